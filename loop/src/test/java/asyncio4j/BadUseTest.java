package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.shield;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.toThread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.VirtualRunner;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What is refused, and that the message names the remedy. */
class BadUseTest {

    private final VirtualRunner runner = new VirtualRunner();

    @AfterEach
    void close() {
        runner.close();
    }

    private static void assertRefused(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(parts);
    }

    private static void assertNullRefused(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOf(NullPointerException.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void awaitOutsideOfACoroutine() {
        AsyncFuture<Object> future = runner.loop().createFuture();
        String thread = Thread.currentThread().getName();
        String[] parts = {
            "outside of a coroutine", thread, "Asyncio.run", "runCoroutineThreadsafe"
        };
        assertRefused(() -> await(future), parts);
        assertRefused(() -> await(sleep(Duration.ZERO)), parts);
        assertRefused(() -> await(() -> 1), parts);
        assertRefused(() -> await(CompletableFuture.completedFuture(1)), parts);
        future.setResult(1);
        assertRefused(() -> await(future), parts);
        assertRefused(() -> sleep(Duration.ZERO).run(), "sleep outside of a coroutine");
    }

    @Test
    void awaitOnAnotherThreadThanTheCoroutines() {
        runner.run(() -> {
            AsyncFuture<Object> future = getRunningLoop().createFuture();
            AsyncFuture<Object> elsewhere =
                    getRunningLoop().runInExecutor(Thread::startVirtualThread, () -> await(future));
            assertRefused(
                    () -> await(elsewhere),
                    "await outside of a coroutine",
                    "runCoroutineThreadsafe");
        });
    }

    @Test
    void awaitInsideAPlainCallback() {
        runner.run(() -> {
            AsyncFuture<Object> future = getRunningLoop().createFuture();
            getRunningLoop().callSoon(() -> await(future));
            getRunningLoop().callLater(Duration.ofSeconds(1), () -> await(sleep(Duration.ZERO)));
            AsyncFuture<Integer> done = getRunningLoop().createFuture();
            done.addDoneCallback(Asyncio::<Integer>await);
            done.setResult(1);
            await(sleep(Duration.ofSeconds(2)));
        });
        assertThat(runner.reports)
                .hasSize(3)
                .allSatisfy(report ->
                        assertThat(report.exception())
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContainingAll(
                                        "inside a plain callback, which cannot suspend",
                                        "createTask(() -> ...)"));
    }

    @Test
    @Contract(32)
    @CPythonTest("test_tasks::test_other_loop_future")
    void awaitOnAnotherLoopsFuture() {
        try (EventLoop other = newEventLoop()) {
            AsyncFuture<String> foreign = other.createFuture();
            runner.run(() -> {
                assertRefused(() -> await(foreign), "of another loop", "runCoroutineThreadsafe");
                await(sleep(Duration.ZERO)); // the task can go on
            });
            assertThat(foreign.done()).isFalse();
            foreign.setResult("done");
            assertThat(runner.<String>run(() -> await(foreign))).isEqualTo("done");
        }
    }

    @Test
    @Contract(32)
    @CPythonTest("test_tasks::test_task_awaits_on_itself")
    void awaitOnItself() {
        runner.run(() -> {
            Task<?> task = createTask(() -> await(currentTask()));
            assertRefused(() -> await(task), "cannot await itself", task.getName());
            assertThat(task.done()).isTrue();
        });
    }

    @Test
    @Contract({27, 32})
    void awaitOnItselfWhileBeingCancelledIsACancellation() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        currentTask().cancel("own");
                        await(currentTask());
                    });
            assertThatThrownBy(() -> await(task))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("own");
        });
    }

    @Test
    void aTaskOutsideOfALoop() {
        assertRefused(() -> createTask(() -> 1), "no running event loop", "Asyncio.run");
        assertRefused(Asyncio::allTasks, "no running event loop");
    }

    @Test
    void aTaskMadeOrTouchedOnAnotherThread() {
        runner.run(() -> {
            EventLoop loop = getRunningLoop();
            Task<?> task = createTask(sleep(Duration.ofSeconds(1)));
            List<ThrowingCallable> calls =
                    List.of(
                            () -> loop.createTask(() -> 1),
                            () -> loop.createTask(() -> 1, TaskOptions.DEFAULT.eagerStart(true)),
                            loop::allTasks,
                            task::cancel,
                            task::uncancel,
                            () -> loop.runInExecutor(null, () -> 1));
            CompletableFuture<Void> checked =
                    CompletableFuture.runAsync(
                            () ->
                                    calls.forEach(call ->
                                            assertRefused(
                                                    call,
                                                    "belongs to the thread of",
                                                    "callSoonThreadsafe")),
                            Thread::startVirtualThread);
            checked.join();
            await(task);
        });
    }

    @Test
    void aNullCoroutine() {
        String[] parts = {"a coroutine was expected, not null", "await(...)"};
        Coroutine<Object> none = null;
        VoidCoroutine noneVoid = null;
        assertNullRefused(() -> runner.runner.run(none), parts);
        assertNullRefused(() -> runner.runner.run(noneVoid), parts);
        assertNullRefused(() -> runner.loop().runUntilComplete(none), parts);
        assertNullRefused(() -> runner.loop().createTask(none), parts);
        assertNullRefused(() -> Asyncio.run(none), parts);
        assertNullRefused(() -> Asyncio.run(noneVoid), parts);
        assertNullRefused(() -> Coroutine.of(null), "the coroutine is null", "await(...)");
        runner.run(() -> {
            assertNullRefused(() -> createTask(none), parts);
            assertNullRefused(() -> createTask(noneVoid), parts);
            assertNullRefused(() -> await(none), parts);
            assertThat(Asyncio.allTasks()).containsExactly(currentTask());
        });
    }

    @Test
    void nullsElsewhere() {
        AsyncFuture<Object> noFuture = null;
        CompletionStage<Object> noStage = null;
        Callable<Object> noWork = null;
        runner.run(() -> {
            assertNullRefused(() -> await(noFuture), "await: the future is null");
            assertNullRefused(() -> await(noStage), "await: the stage is null");
            assertNullRefused(() -> shield(noFuture), "shield");
            assertNullRefused(() -> gather(noFuture, noFuture), "gather");
            assertNullRefused(() -> toThread(noWork), "toThread");
            assertNullRefused(() -> getRunningLoop().runInExecutor(null, noWork), "work is null");
        });
    }

    @Test
    void aCoroutineReturnedThatNobodyAwaitedIsReportedInDebugMode() {
        runner.loop().setDebug(true);
        runner.run(() -> {
            await(
                    createTask(
                            () -> sleep(Duration.ofSeconds(1)),
                            TaskOptions.DEFAULT.name("forgetful")));
            VoidCoroutine lost = () -> {};
            await(createTask(() -> lost));
            await(createTask(() -> createTask(() -> 1))); // a task runs by itself
            await(createTask(() -> "value"));
        });
        assertThat(runner.reports)
                .hasSize(2)
                .allSatisfy(report ->
                        assertThat(report.message())
                                .contains(
                                        "returned a coroutine that nobody awaited",
                                        "return await(...)"));
        ExceptionContext first = runner.reports.getFirst();
        assertThat(first.message()).contains("forgetful");
        assertThat(first.task().getName()).isEqualTo("forgetful");
        assertThat(first.source()).isNotNull();
        assertThat(runner.clock.time()).isZero();
    }

    @Test
    void aMainCoroutineThatReturnsOneIsReportedInDebugModeToo() {
        runner.loop().setDebug(true);
        Coroutine<Object> lost = runner.run(() -> () -> "never");
        assertThat(lost).isNotNull();
        assertThat(runner.reports)
                .singleElement()
                .satisfies(report -> assertThat(report.message()).contains("nobody awaited"));
    }

    @Test
    void aCoroutineReturnedIsAnOrdinaryValueOtherwise() {
        runner.loop().setDebug(false);
        runner.run(() -> {
            Coroutine<String> made = await(createTask(() -> sleep(Duration.ofSeconds(1), "slept")));
            assertThat(await(made)).isEqualTo("slept");
        });
        assertThat(runner.reports).isEmpty();
    }
}
