package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.ensureFuture;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.taskGroup;
import static asyncio4j.testing.Failing.failures;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Where tasks begin at once: by a factory or by their options, in groups and in combinators. */
class EagerTaskFactoryTest {

    private static final TaskOptions EAGER = TaskOptions.DEFAULT.eagerStart(true);

    private static final TaskOptions NOT_EAGER = TaskOptions.DEFAULT.eagerStart(false);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final List<Object> order = new ArrayList<>();

    /** Counts the tasks that aren't done when their create call returns. */
    private static final class Counting implements TaskFactory {

        private final boolean eager;

        private int count;

        Counting(boolean eager) {
            this.eager = eager;
        }

        @Override
        public <T> Task<T> createTask(EventLoop loop, Coroutine<T> coroutine, TaskOptions options) {
            Task<T> task = loop.newTask(coroutine, options.eagerStart(eager));
            if (!task.done()) {
                count++;
            }
            return task;
        }
    }

    /** How many tasks {@code main} needs, itself included, without and with an eager factory. */
    private Map<Boolean, Integer> tasksNeeded(VoidCoroutine main) {
        Counting plain = new Counting(false);
        runner.loop().setTaskFactory(plain);
        runner.run(main);
        Counting eager = new Counting(true);
        runner.loop().setTaskFactory(eager);
        runner.run(main);
        runner.loop().setTaskFactory(null);
        return Map.of(false, plain.count, true, eager.count);
    }

    private static int chain(int depth) {
        return depth == 0 ? 0 : 1 + await((Coroutine<Integer>) () -> chain(depth - 1));
    }

    @Test
    @CPythonTest("test_eager_task_factory::test_awaitables_chain")
    void aChainOfCoroutinesNeedsOneTask() {
        assertThat(tasksNeeded(() -> order.add(chain(100)))).containsValues(1, 1);
        assertThat(order).containsExactly(100, 100);
    }

    private static void groups(int width, int depth) {
        if (depth > 0) {
            await(
                    taskGroup(group -> {
                        for (int i = 0; i < width; i++) {
                            group.createTask(() -> groups(width, depth - 1));
                        }
                    }));
        }
    }

    private static void gathers(int width, int depth) {
        if (depth > 0) {
            await(
                    gather(
                            Collections.nCopies(
                                    width, Coroutine.of(() -> gathers(width, depth - 1)))));
        }
    }

    @Test
    @CPythonTest("test_eager_task_factory::test_recursive_gather")
    void eagerTasksThatGatherOthersAreAllDoneAtOnce() {
        int all = 1 + 5 + 25 + 125 + 625;
        assertThat(tasksNeeded(() -> gathers(5, 4)))
                .isEqualTo(Map.of(false, all, true, 1)); // the main task begins when the loop runs
    }

    @Test
    @CPythonTest("test_eager_task_factory::test_recursive_taskgroups")
    void eagerTasksThatRunGroupsSuspendOnlyAtTheirExit() {
        int all = 1 + 5 + 25 + 125 + 625;
        int withoutLeaves = 1 + 5 + 25 + 125;
        assertThat(tasksNeeded(() -> groups(5, 4)))
                .isEqualTo(Map.of(false, all, true, withoutLeaves));
    }

    @Test
    @CPythonTest({
        "test_eager_task_factory::test_eager_task_factory_set",
        "test_eager_task_factory::test_eager_completion",
        "test_eager_task_factory::test_issue122332"
    })
    void theFactoryMakesTasksThatMayBeDoneAtOnce() {
        EventLoop loop = runner.loop();
        loop.setTaskFactory(TaskFactory.EAGER);
        assertThat(loop.getTaskFactory()).isSameAs(TaskFactory.EAGER);
        runner.run(() -> {
            Task<String> task = loop.createTask(() -> "hello");
            assertThat(task.done()).isTrue();
            assertThat(task.getCoroutine()).isNull();
            assertThat(await(task)).isEqualTo("hello");
        });
    }

    @Test
    @CPythonTest("test_eager_task_factory::test_block_after_eager_step")
    void oneThatSuspendsIsDoneLater() {
        runner.loop().setTaskFactory(TaskFactory.EAGER);
        runner.run(() -> {
            Task<String> task = createTask(() -> await(sleep(Duration.ofMillis(100), "late")));
            assertThat(task.done()).isFalse();
            assertThat(await(task)).isEqualTo("late");
            assertThat(task.done()).isTrue();
        });
    }

    @Test
    @CPythonTest("test_eager_task_factory::test_await_future_during_eager_step")
    void whatTheFirstStepCompletesIsComplete() {
        runner.loop().setTaskFactory(TaskFactory.EAGER);
        runner.run(() -> {
            AsyncFuture<String> future = getRunningLoop().createFuture();
            Task<?> task = createTask(() -> future.setResult("message"));
            assertThat(task.done()).isTrue();
            assertThat(await(future)).isEqualTo("message");
        });
    }

    @Test
    @CPythonTest("test_eager_task_factory::test_cancellation_after_eager_completion")
    void oneThatIsDoneCantBeCancelled() {
        runner.loop().setTaskFactory(TaskFactory.EAGER);
        runner.run(() -> {
            Task<String> task = createTask(() -> "done");
            assertThat(task.cancel()).isFalse();
            assertThat(await(task)).isEqualTo("done");
            assertThat(task.cancelled()).isFalse();
        });
    }

    @Test
    void optionsCountMoreThanTheFactory() {
        runner.run(() -> {
            assertThat(createTask(() -> 1).done()).isFalse();
            assertThat(createTask(() -> 1, EAGER).done()).isTrue();
            getRunningLoop().setTaskFactory(TaskFactory.EAGER);
            assertThat(createTask(() -> 1).done()).isTrue();
            assertThat(createTask(() -> 1, NOT_EAGER).done()).isFalse();
            assertThat(createTask(() -> 1, NOT_EAGER.name("named")).getName()).isEqualTo("named");
        });
    }

    @Test
    void everyWayToMakeATaskCanBeginIt() {
        runner.run(() -> {
            EventLoop loop = getRunningLoop();
            assertThat(loop.createTask(() -> 1, EAGER).result()).isEqualTo(1);
            assertThat(loop.newTask(() -> 1, EAGER).result()).isEqualTo(1);
            await(
                    taskGroup(group -> {
                        assertThat(group.createTask(() -> 1, EAGER).result()).isEqualTo(1);
                        assertThat(group.createTask(() -> {}, EAGER).done()).isTrue();
                    }));
            loop.setTaskFactory(TaskFactory.EAGER);
            Coroutine<Integer> one = () -> 1;
            assertThat(ensureFuture(one).result()).isEqualTo(1);
            assertThat(gather(one, one).result()).containsExactly(1, 1);
            assertThat(Asyncio.shield(one).result()).isEqualTo(1);
        });
    }

    @Test
    void anEagerTaskThatFailsCancelsItsGroupOnlyAtTheNextAwait() {
        runner.run(() -> {
            RuntimeException error = new IllegalStateException("at once");
            assertThat(
                            failures(() ->
                                    await(
                                            taskGroup(group -> {
                                                group.createTask(
                                                        () -> {
                                                            throw error;
                                                        },
                                                        EAGER);
                                                group.createTask(() -> order.add("second"), EAGER);
                                                order.add(currentTask().cancelling());
                                                await(sleep(Duration.ofHours(1)));
                                                order.add("never");
                                            }))))
                    .containsExactly(error);
            assertThat(currentTask().cancelling()).isZero();
        });
        assertThat(order).containsExactly("second", 0);
    }
}
