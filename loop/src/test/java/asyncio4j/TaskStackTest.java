package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Where a task is: the user's frames, and no others. */
class TaskStackTest {

    private final VirtualRunner runner = new VirtualRunner();

    @AfterEach
    void close() {
        runner.close();
    }

    private static void outer(VoidCoroutine suspension) throws Exception {
        inner(suspension);
    }

    private static void inner(VoidCoroutine suspension) throws Exception {
        suspension.run();
    }

    private static void onTheFuture(AsyncFuture<?> future) {
        await(future);
    }

    private static void inASleep() {
        await(sleep(Duration.ofHours(1)));
    }

    private static void inAnAwaitedCoroutine() throws Exception {
        Coroutine<Object> nested =
                () -> {
                    inASleep();
                    return null;
                };
        await(waitFor(nested, Duration.ofHours(2)));
    }

    /**
     * The methods of the stack, innermost first, lambdas and library frames among them if there are
     * any.
     */
    private static List<String> methods(Task<?> task) {
        return Arrays.stream(task.getStack())
                .map(frame ->
                        frame.getClassName().equals(TaskStackTest.class.getName())
                                ? frame.getMethodName()
                                : frame.getClassName() + "." + frame.getMethodName())
                .filter(name -> !name.startsWith("lambda$"))
                .toList();
    }

    private static Task<?> suspended(VoidCoroutine body) {
        Task<?> task = createTask(body);
        await(sleep(Duration.ZERO));
        return task;
    }

    @Test
    void aSuspendedTaskShowsItsCallsInnermostFirst() {
        runner.run(() -> {
            AsyncFuture<?> future = getRunningLoop().createFuture();
            Task<?> task = suspended(() -> outer(() -> onTheFuture(future)));
            assertThat(methods(task)).containsExactly("onTheFuture", "inner", "outer");
            assertThat(task.getStack()[0].getLineNumber()).isPositive();
        });
    }

    @Test
    void theLibrarysOwnCoroutinesAreLeftOut() {
        runner.run(() -> {
            assertThat(methods(suspended(() -> outer(TaskStackTest::inASleep))))
                    .containsExactly("inASleep", "inner", "outer");
            assertThat(methods(suspended(() -> outer(TaskStackTest::inAnAwaitedCoroutine))))
                    .containsExactly("inASleep", "inAnAwaitedCoroutine", "inner", "outer");
        });
    }

    @Test
    @CPythonTest("test_tasks::test_get_stack")
    void aTaskThatAsksForItsOwnStackGetsItSuspendedBeforeOrNot() {
        runner.run(() -> {
            await(
                    createTask(() ->
                            outer(() -> {
                                assertThat(methods(currentTask()))
                                        .containsExactly("methods", "inner", "outer");
                                await(sleep(Duration.ZERO));
                                assertThat(methods(currentTask()))
                                        .containsExactly("methods", "inner", "outer");
                            })));
        });
    }

    @Test
    void aTaskThatHasntBegunOrIsDoneHasNoStack() {
        runner.run(() -> {
            Task<Integer> task = createTask(() -> 1);
            assertThat(task.getStack()).isEmpty();
            await(task);
            assertThat(task.getStack()).isEmpty();
            Task<?> cancelled = suspended(TaskStackTest::inASleep);
            cancelled.cancel();
            assertThatThrownBy(() -> await(cancelled)).isInstanceOf(CancelledError.class);
            assertThat(cancelled.getStack()).isEmpty();
        });
    }

    @Test
    @CPythonTest("test_tasks::test_exception_traceback")
    void aTaskThatFailedShowsWhere() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() ->
                            outer(() -> {
                                throw new IllegalArgumentException("here");
                            }));
            assertThatThrownBy(() -> await(task)).hasMessage("here");
            assertThat(methods(task)).startsWith("inner", "outer");
            assertThat(task.getStack()).isEqualTo(task.exception().getStackTrace());
        });
    }

    private static void body(AsyncGenerator.Yielder<Integer> generator, AsyncFuture<?> future) {
        generator.yield(1);
        onTheFuture(future);
    }

    private static void consume(AsyncGenerator<Integer> generator) {
        int sum = 0;
        for (int item : generator) {
            sum += item;
        }
        assertThat(sum).isLessThanOrEqualTo(1);
    }

    @Test
    void insideAGeneratorTheFramesOfItsBodyAndOfItsConsumerAreShown() {
        runner.run(() -> {
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            AsyncGenerator<Integer> generator = AsyncGenerator.of(g -> body(g, future));
            Task<?> task = suspended(() -> outer(() -> consume(generator)));
            assertThat(methods(task))
                    .containsExactly("onTheFuture", "body", "consume", "inner", "outer");
            future.setResult(1);
            await(task);
        });
    }

    @Test
    void generatorsInsideGeneratorsToo() {
        runner.run(() -> {
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            AsyncGenerator<Integer> inner = AsyncGenerator.of(g -> body(g, future));
            AsyncGenerator<Integer> outer = AsyncGenerator.of(g -> consume(inner));
            Task<?> task = suspended(() -> consume(outer));
            assertThat(methods(task)).containsExactly("onTheFuture", "body", "consume", "consume");
            future.setResult(1);
            await(task);
        });
    }

    @Test
    void aGeneratorsBodyThatAsksForItsTasksStackGetsAllOfIt() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g ->
                            assertThat(methods(currentTask()))
                                    .containsExactly("methods", "consume", "inner", "outer"));
            await(createTask(() -> outer(() -> consume(generator))));
        });
    }

    @Test
    void aTaskThatStartsAnotherEagerlyIsWhereItStartsIt() {
        runner.run(() -> {
            Task<?> starter =
                    createTask(() ->
                            outer(() -> {
                                Task<?> self = currentTask();
                                createTask(
                                        () ->
                                                assertThat(methods(self))
                                                        .containsExactly("inner", "outer"),
                                        TaskOptions.DEFAULT.eagerStart(true));
                            }));
            await(starter);
        });
    }
}
