package asyncio4j;

import static asyncio4j.Asyncio.allTasks;
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
import static asyncio4j.Asyncio.staggeredRace;
import static asyncio4j.Asyncio.taskGroup;
import static asyncio4j.Asyncio.timeout;
import static asyncio4j.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.Contract;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * The same for every way to suspend: cancelled before, meanwhile and twice, past a deadline, and
 * with the loop closed.
 */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class SuspendPointTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final VirtualRunner runner = new VirtualRunner();

    private final List<String> order = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    private static void turns() {
        for (int i = 0; i < 4; i++) {
            await(sleep(Duration.ZERO));
        }
    }

    /** Ways to suspend for an hour at least. */
    static Stream<Named<VoidCoroutine>> suspensions() {
        return Stream.of(
                Named.of(
                        "bare yields",
                        () -> {
                            for (; ; ) {
                                await(sleep(Duration.ZERO));
                            }
                        }),
                Named.of("a sleep", () -> await(sleep(HOUR))),
                Named.of("a future", () -> await(getRunningLoop().createFuture())),
                Named.of("a JDK future", () -> await(new CompletableFuture<Object>())),
                Named.of("a task", () -> await(createTask(() -> await(sleep(HOUR))))),
                Named.of(
                        "an eager task",
                        () ->
                                await(
                                        createTask(
                                                () -> await(sleep(HOUR)),
                                                TaskOptions.DEFAULT.eagerStart(true)))),
                Named.of("a coroutine", () -> await(Coroutine.of(() -> await(sleep(HOUR))))),
                Named.of("a gather", () -> await(gather(sleep(HOUR), () -> await(sleep(HOUR))))),
                Named.of(
                        "a gather of errors",
                        () -> await(gatherReturnExceptions(List.of(sleep(HOUR), sleep(HOUR))))),
                Named.of(
                        "a group's body",
                        () ->
                                await(
                                        taskGroup(group -> {
                                            group.createTask(sleep(HOUR));
                                            await(sleep(HOUR));
                                        }))),
                Named.of(
                        "a group's exit",
                        () ->
                                await(
                                        taskGroup(group -> {
                                            group.createTask(sleep(HOUR));
                                        }))),
                Named.of("a shield", () -> await(shield(getRunningLoop().createFuture()))),
                Named.of(
                        "a deadline for a coroutine",
                        () -> await(waitFor(sleep(HOUR), HOUR.multipliedBy(2)))),
                Named.of(
                        "a deadline for a task",
                        () -> await(waitFor(createTask(sleep(HOUR)), HOUR.multipliedBy(2)))),
                Named.of(
                        "a block with a deadline",
                        () -> await(timeout(HOUR.multipliedBy(2), t -> await(sleep(HOUR))))),
                Named.of(
                        "a block with a deadline and a resource",
                        () -> {
                            try (var _ = timeout(HOUR.multipliedBy(2))) {
                                await(sleep(HOUR));
                            }
                        }),
                Named.of(
                        "a race",
                        () -> await(staggeredRace(List.of(sleep(HOUR), sleep(HOUR)), null))),
                Named.of(
                        "a gather whose failures cancel",
                        () ->
                                await(
                                        gather(
                                                List.of(sleep(HOUR), sleep(HOUR)),
                                                GatherOptions.DEFAULT.cancelOnError(true)))),
                Named.of(
                        "a wait",
                        () ->
                                await(
                                        Asyncio.wait(
                                                List.of(getRunningLoop().createFuture()),
                                                ReturnWhen.FIRST_COMPLETED,
                                                HOUR))),
                Named.of(
                        "outcomes as they come",
                        () ->
                                asCompleted(List.of(getRunningLoop().createFuture()))
                                        .futures()
                                        .iterator()
                                        .next()),
                Named.of(
                        "work that never begins",
                        () -> await(getRunningLoop().runInExecutor(work -> {}, () -> 1))));
    }

    @ParameterizedTest
    @MethodSource("suspensions")
    @Contract({25, 28})
    void cancelledBeforeItIsCancelledThere(VoidCoroutine suspension) {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        currentTask().cancel("before");
                        order.add("runs on");
                        suspension.run();
                    });
            assertThatThrownBy(() -> await(task))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("before");
            assertThat(task.cancelled()).isTrue();
            assertThat(task.cancelling()).isEqualTo(1);
            assertThat(allTasks()).containsExactly(currentTask());
        });
        assertThat(order).containsExactly("runs on");
        assertThat(runner.clock.time()).isZero();
    }

    @ParameterizedTest
    @MethodSource("suspensions")
    @Contract({25, 30})
    void cancelledMeanwhileUnwindsAndLeavesNothing(VoidCoroutine suspension) {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        try {
                            suspension.run();
                        } catch (Exception e) {
                            order.add("swallowed " + e);
                        } finally {
                            order.add("finally");
                        }
                    });
            turns();
            assertThat(task.cancel("meanwhile")).isTrue();
            assertThatThrownBy(() -> await(task))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("meanwhile");
            assertThat(task.cancelled()).isTrue();
            assertThat(task.cancelling()).isEqualTo(1);
            assertThat(allTasks()).containsExactly(currentTask());
            assertThat(task.cancel()).isFalse();
        });
        assertThat(order).containsExactly("finally");
        assertThat(runner.clock.time()).isZero();
        assertThat(DefaultEventLoop.unwrap(runner.loop()).core().timers()).isZero();
    }

    @ParameterizedTest
    @MethodSource("suspensions")
    @Contract(26)
    void cancelledTwiceGetsOneErrorAndCanSuspendAgain(VoidCoroutine suspension) {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        try {
                            suspension.run();
                        } catch (CancelledError e) {
                            order.add("cancelled");
                        }
                        turns();
                        await(sleep(Duration.ofSeconds(1)));
                        order.add("end");
                    });
            turns();
            task.cancel();
            task.cancel();
            await(task);
            assertThat(task.cancelling()).isEqualTo(2);
        });
        assertThat(order).containsExactly("cancelled", "end");
    }

    @ParameterizedTest
    @MethodSource("suspensions")
    @Contract({42, 43})
    void aDeadlineEndsItAndLeavesTheTaskAsItWas(VoidCoroutine suspension) {
        runner.run(() -> {
            // bare yields are always ready, so that the virtual time would never move by itself
            getRunningLoop().callSoon(() -> runner.clock.advance(Duration.ofMinutes(1)));
            assertThatThrownBy(
                            () -> await(waitFor(Coroutine.of(suspension), Duration.ofSeconds(30))))
                    .isInstanceOf(TimeoutException.class);
            assertThat(currentTask().cancelling()).isZero();
            turns();
            assertThat(allTasks()).containsExactly(currentTask());
        });
    }

    @ParameterizedTest
    @MethodSource("suspensions")
    @Contract(34)
    void aLoopThatIsClosedMeanwhileEndsItAndItsThread(VoidCoroutine suspension) {
        List<Thread> threads = new ArrayList<>();
        EventLoop loop = newEventLoop(new VirtualClock());
        List<ExceptionContext> reports = new ArrayList<>();
        loop.setExceptionHandler((l, report) -> reports.add(report));
        Task<?> task =
                loop.createTask(
                        Coroutine.of(() -> {
                            threads.add(Thread.currentThread());
                            try {
                                suspension.run();
                            } catch (GeneratorExit e) {
                                order.add("exit");
                                throw e;
                            } finally {
                                order.add("finally");
                            }
                        }));
        loop.runUntilComplete(Coroutine.of(SuspendPointTest::turns));
        loop.close();
        assertThat(order).containsExactly("exit", "finally");
        assertThat(task.done()).isTrue();
        assertThat(threads).hasSize(1).noneMatch(Thread::isAlive);
        assertThat(reports)
                .isNotEmpty()
                .allSatisfy(report ->
                        assertThat(report.message())
                                .isEqualTo("Task was destroyed but it is pending!"));
    }
}
