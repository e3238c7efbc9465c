package asyncio4j;

import static asyncio4j.Asyncio.asCompleted;
import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.gatherReturnExceptions;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.shield;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.taskGroup;
import static asyncio4j.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.Contract;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * How many iterations of the loop it takes until a task goes on that awaits this or that. The
 * numbers are CPython's; a program sees them as the order in which its tasks do things.
 */
class IterationsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private static final Coroutine<Integer> QUICK = () -> 1;

    private static final Coroutine<Integer> ONCE =
            () -> {
                await(sleep(Duration.ZERO));
                return 1;
            };

    private static final Coroutine<Integer> FAILS =
            () -> {
                throw new IllegalStateException("failed");
            };

    private final VirtualRunner runner = new VirtualRunner();

    @AfterEach
    void close() {
        runner.close();
    }

    /** A callback that is in every iteration, ahead of the task that made it, and counts them. */
    private static final class Ticks implements Runnable {

        private final EventLoop loop = getRunningLoop();

        private int count;

        private boolean stopped;

        @Override
        public void run() {
            count++;
            if (!stopped) {
                loop.callSoon(this);
            }
        }
    }

    /** What is awaited while the iterations are counted. */
    @FunctionalInterface
    private interface Measured<T> {
        void run(T prepared) throws Exception;
    }

    /** The iterations that {@code measured} takes. */
    private int iterations(VoidCoroutine measured) {
        return iterations(() -> null, nothing -> measured.run());
    }

    /** The iterations that {@code measured} takes, not counting what {@code prepare} does. */
    private <T> int iterations(Coroutine<T> prepare, Measured<T> measured) {
        return runner.run(() -> {
            Ticks ticks = new Ticks();
            ticks.loop.callSoon(ticks);
            await(sleep(Duration.ZERO));
            T prepared = await(prepare);
            int before = ticks.count;
            measured.run(prepared);
            int taken = ticks.count - before;
            ticks.stopped = true;
            return taken;
        });
    }

    private static <T> AsyncFuture<T> doneSoon(T result) {
        AsyncFuture<T> future = getRunningLoop().createFuture();
        getRunningLoop().callSoon(() -> future.setResult(result));
        return future;
    }

    private static Task<Integer> doneTask() {
        Task<Integer> task = createTask(QUICK);
        await(task);
        return task;
    }

    private static Task<?> sleeping() {
        Task<?> task = createTask(sleep(SECOND));
        await(sleep(Duration.ZERO));
        return task;
    }

    @Test
    @Contract({33, 39})
    void aSleepOfNoTimeTakesOne() {
        assertThat(iterations(() -> await(sleep(Duration.ZERO)))).isEqualTo(1);
        assertThat(iterations(() -> await(sleep(Duration.ofNanos(-1))))).isEqualTo(1);
    }

    @Test
    @Contract(33)
    void aTaskTakesTwoAndWhatItsBodyTakes() {
        assertThat(iterations(() -> await(createTask(QUICK)))).isEqualTo(2);
        assertThat(iterations(() -> await(createTask(ONCE)))).isEqualTo(3);
        assertThat(
                        iterations(() ->
                                assertThatThrownBy(() -> await(createTask(FAILS)))
                                        .hasMessage("failed")))
                .isEqualTo(2);
    }

    private static int chain(int tasks) {
        return tasks == 0 ? 1 : await(createTask(() -> chain(tasks - 1)));
    }

    @Test
    @Contract(33)
    void aChainOfTasksTakesTwoForEach() {
        assertThat(iterations(() -> chain(2))).isEqualTo(4);
        assertThat(iterations(() -> chain(4))).isEqualTo(8);
    }

    @Test
    @Contract(33)
    void aCoroutineTakesWhatItsBodyTakes() {
        assertThat(iterations(() -> await(QUICK))).isZero();
        assertThat(iterations(() -> await(ONCE))).isEqualTo(1);
    }

    @Test
    @Contract({18, 19, 33})
    void aFutureTakesOneAfterItIsDone() {
        assertThat(iterations(() -> await(doneSoon(1)))).isEqualTo(2);
        assertThat(
                        iterations(
                                () -> {
                                    AsyncFuture<Integer> future = getRunningLoop().createFuture();
                                    future.setResult(1);
                                    return future;
                                },
                                Asyncio::<Integer>await))
                .isZero();
    }

    @Test
    @Contract(33)
    void gatherTakesThreeOrOneMoreThanItsSlowestTask() {
        assertThat(iterations(() -> await(gather(QUICK)))).isEqualTo(3);
        assertThat(iterations(() -> await(gather(QUICK, QUICK)))).isEqualTo(3);
        assertThat(iterations(() -> await(gather(QUICK, ONCE)))).isEqualTo(4);
        assertThat(iterations(() -> await(gatherReturnExceptions(List.of(FAILS, QUICK)))))
                .isEqualTo(3);
        assertThat(
                        iterations(() ->
                                assertThatThrownBy(() -> await(gather(FAILS, ONCE)))
                                        .hasMessage("failed")))
                .isEqualTo(3);
    }

    @Test
    @Contract(33)
    void gatherOfWhatIsDoneTakesNone() {
        assertThat(iterations(IterationsTest::doneTask, done -> await(gather(done)))).isZero();
        assertThat(iterations(() -> await(gather(List.<Coroutine<Integer>>of())))).isZero();
        assertThat(
                        iterations(
                                IterationsTest::doneTask,
                                done -> await(gather(List.of(done, QUICK)))))
                .isEqualTo(3);
    }

    @Test
    @Contract(33)
    void shieldTakesThree() {
        assertThat(iterations(() -> await(shield(QUICK)))).isEqualTo(3);
        assertThat(iterations(IterationsTest::doneTask, done -> await(shield(done)))).isZero();
    }

    @Test
    @Contract(33)
    void aTaskGroupTakesThreeOrOneMoreThanItsSlowestTask() {
        assertThat(iterations(() -> await(taskGroup(group -> {})))).isZero();
        assertThat(iterations(() -> await(taskGroup(group -> group.createTask(QUICK)))))
                .isEqualTo(3);
        assertThat(
                        iterations(() ->
                                await(
                                        taskGroup(group -> {
                                            group.createTask(QUICK);
                                            group.createTask(ONCE);
                                        }))))
                .isEqualTo(4);
        assertThat(
                        iterations(() ->
                                assertThatThrownBy(() ->
                                                await(
                                                        taskGroup(group -> {
                                                            group.createTask(FAILS);
                                                        })))
                                        .isInstanceOf(ExceptionGroup.class)))
                .isEqualTo(3);
    }

    @Test
    @Contract(33)
    void waitTakesThreeAndTwoForWhatIsDone() {
        for (ReturnWhen returnWhen : ReturnWhen.values()) {
            assertThat(
                            iterations(() ->
                                    await(Asyncio.wait(List.of(createTask(QUICK)), returnWhen))))
                    .isEqualTo(3);
            assertThat(
                            iterations(
                                    IterationsTest::doneTask,
                                    done -> await(Asyncio.wait(List.of(done), returnWhen))))
                    .isEqualTo(2);
        }
        assertThat(
                        iterations(() ->
                                await(Asyncio.wait(List.of(createTask(ONCE), createTask(QUICK))))))
                .isEqualTo(4);
        assertThat(
                        iterations(
                                IterationsTest::sleeping,
                                task ->
                                        await(
                                                Asyncio.wait(
                                                        List.of(task),
                                                        ReturnWhen.ALL_COMPLETED,
                                                        Duration.ZERO))))
                .isEqualTo(2);
    }

    @Test
    @Contract(33)
    void asCompletedTakesThreeAndTwoForWhatIsDone() {
        assertThat(iterations(() -> await(asCompleted(List.of(QUICK)).iterator().next())))
                .isEqualTo(3);
        assertThat(iterations(() -> asCompleted(List.of(QUICK)).futures().iterator().next()))
                .isEqualTo(3);
        assertThat(
                        iterations(
                                IterationsTest::doneTask,
                                done -> await(asCompleted(List.of(done)).anext())))
                .isEqualTo(2);
        assertThat(
                        iterations(() -> {
                            for (Coroutine<Integer> next : asCompleted(List.of(ONCE, QUICK))) {
                                await(next);
                            }
                        }))
                .isEqualTo(3); // both are done by the time the first is taken
    }

    @Test
    @Contract({33, 42})
    void waitForTakesWhatItWaitsForTakes() {
        assertThat(iterations(() -> await(waitFor(QUICK, SECOND)))).isZero();
        assertThat(iterations(() -> await(waitFor(createTask(QUICK), SECOND)))).isEqualTo(2);
        assertThat(iterations(IterationsTest::doneTask, done -> await(waitFor(done, SECOND))))
                .isZero();
        assertThat(
                        iterations(
                                IterationsTest::doneTask,
                                done -> await(waitFor(done, Duration.ZERO))))
                .isZero();
    }

    @Test
    @Contract({33, 42})
    void waitForWithoutTimeTakesTheCancellation() {
        assertThat(
                        iterations(() ->
                                assertThatThrownBy(() -> await(waitFor(QUICK, Duration.ZERO)))
                                        .isInstanceOf(TimeoutException.class)))
                .isEqualTo(3);
        assertThat(
                        iterations(() ->
                                assertThatThrownBy(() ->
                                                await(
                                                        waitFor(
                                                                getRunningLoop().createFuture(),
                                                                Duration.ZERO)))
                                        .isInstanceOf(TimeoutException.class)))
                .isEqualTo(2);
    }

    @Test
    @Contract(33)
    void cancellingTakesAsLongAsEnding() {
        assertThat(
                        iterations(
                                IterationsTest::sleeping,
                                task -> {
                                    task.cancel();
                                    assertThatThrownBy(() -> await(task))
                                            .isInstanceOf(CancelledError.class);
                                }))
                .isEqualTo(2);
        assertThat(
                        iterations(() -> {
                            Task<?> task = createTask(QUICK);
                            task.cancel();
                            assertThatThrownBy(() -> await(task))
                                    .isInstanceOf(CancelledError.class);
                        }))
                .isEqualTo(2);
        assertThat(
                        iterations(() -> {
                            Task<?> task =
                                    createTask(() -> {
                                        currentTask().cancel();
                                        await(sleep(Duration.ZERO));
                                    });
                            assertThatThrownBy(() -> await(task))
                                    .isInstanceOf(CancelledError.class);
                        }))
                .isEqualTo(3);
        assertThat(
                        iterations(
                                () -> {
                                    AsyncFuture<?> all = gather(List.of(sleeping(), sleeping()));
                                    await(sleep(Duration.ZERO));
                                    return all;
                                },
                                all -> {
                                    all.cancel();
                                    assertThatThrownBy(() -> await(all))
                                            .isInstanceOf(CancelledError.class);
                                }))
                .isEqualTo(3);
    }

    @Test
    @Contract({32, 33})
    void anAwaitThatIsRefusedTakesOne() {
        assertThat(
                        iterations(() -> {
                            try (EventLoop other = newEventLoop()) {
                                assertThatThrownBy(() -> await(other.createFuture()))
                                        .isInstanceOf(IllegalStateException.class);
                            }
                        }))
                .isEqualTo(1);
        assertThat(
                        iterations(() ->
                                assertThatThrownBy(
                                                () -> await(createTask(() -> await(currentTask()))))
                                        .isInstanceOf(IllegalStateException.class)))
                .isEqualTo(3);
    }

    @Test
    @Contract({33, 37})
    void eagerTasksSaveTheIterationsUntilTheyBegin() {
        runner.loop().setTaskFactory(TaskFactory.EAGER);
        assertThat(iterations(() -> await(createTask(QUICK)))).isZero();
        assertThat(iterations(() -> await(createTask(ONCE)))).isEqualTo(2);
        assertThat(iterations(() -> await(gather(QUICK, QUICK)))).isZero();
        assertThat(iterations(() -> await(gather(QUICK, ONCE)))).isEqualTo(3);
        assertThat(iterations(() -> await(shield(QUICK)))).isZero();
        assertThat(iterations(() -> await(waitFor(QUICK, Duration.ZERO)))).isZero();
    }
}
