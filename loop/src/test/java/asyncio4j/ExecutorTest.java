package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.toThread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Work on other threads: how its results come back, and how it is let go of. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ExecutorTest {

    private final List<ExceptionContext> reports = new ArrayList<>();

    /**
     * On the real clock: a virtual one doesn't wait for other threads. No test here sleeps or has a
     * timeout.
     */
    private final Runner runner =
            Runner.builder()
                    .loopFactory(() -> {
                        EventLoop loop = newEventLoop();
                        loop.setExceptionHandler((l, report) -> reports.add(report));
                        return loop;
                    })
                    .build();

    private final CountDownLatch begun = new CountDownLatch(1);

    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void close() {
        runner.close();
        assertThat(reports).isEmpty();
    }

    private static void turn() {
        await(sleep(Duration.ZERO));
    }

    @Test
    @CPythonTest("test_events::test_run_in_executor")
    void theWorkRunsOnAVirtualThreadWhileTheLoopGoesOn() {
        runner.run(() -> {
            AsyncFuture<Thread> work =
                    getRunningLoop()
                            .runInExecutor(
                                    null,
                                    () -> {
                                        release.await();
                                        return Thread.currentThread();
                                    });
            getRunningLoop().callSoon(release::countDown);
            Thread thread = await(work);
            assertThat(thread).isNotSameAs(Thread.currentThread());
            assertThat(thread.isVirtual()).isTrue();
        });
    }

    @Test
    @CPythonTest({
        "test_threads::test_to_thread_concurrent",
        "test_threads::test_to_thread_args_kwargs"
    })
    void manyPiecesOfWorkBlockAtTheSameTime() {
        int many = 100;
        CountDownLatch all = new CountDownLatch(many);
        List<Integer> results =
                runner.run(() -> {
                    List<Coroutine<Integer>> work = new ArrayList<>();
                    for (int i = 0; i < many; i++) {
                        int number = i;
                        work.add(
                                toThread(() -> {
                                    all.countDown();
                                    all.await(); // each waits for all the others
                                    return number;
                                }));
                    }
                    return await(gather(work));
                });
        assertThat(results).hasSize(many).isSorted();
    }

    @Test
    @CPythonTest("test_threads::test_to_thread_exception")
    void whatTheWorkThrowsComesOutAsItIs() {
        IOException error = new IOException("checked");
        runner.run(() -> {
            assertThatThrownBy(() ->
                            await(
                                    toThread(() -> {
                                        throw error;
                                    })))
                    .isSameAs(error);
            assertThat(await(toThread(() -> (Object) null))).isNull();
        });
    }

    @Test
    @Contract(35)
    void theOtherThreadIsNotTheLoops() {
        runner.run(() -> {
            assertThatThrownBy(() -> await(toThread(() -> currentTask())))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no running event loop");
        });
    }

    @Test
    @CPythonTest({"test_threads::test_to_thread", "test_threads::test_to_thread_once"})
    void toThreadBeginsWhenItIsAwaitedAndMayBeAwaitedAgain() {
        runner.run(() -> {
            int[] runs = {0};
            Coroutine<Integer> work = toThread(() -> ++runs[0]);
            turn();
            assertThat(runs[0]).isZero();
            assertThat(await(work)).isEqualTo(1);
            assertThat(await(work)).isEqualTo(2);
        });
    }

    @Test
    @Contract(59)
    void cancelDetachesTheFutureAtOnceAndTheThreadGoesOn() {
        runner.run(() -> {
            List<Thread> threads = new ArrayList<>();
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Executor executor = work -> threads.add(Thread.startVirtualThread(work));
            AsyncFuture<String> future =
                    getRunningLoop()
                            .runInExecutor(
                                    executor,
                                    () -> {
                                        begun.countDown();
                                        release.await();
                                        interrupted.complete(
                                                Thread.currentThread().isInterrupted());
                                        return "dropped";
                                    });
            begun.await();
            assertThat(future.cancel("why")).isTrue();
            assertThatThrownBy(() -> await(future))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("why");
            assertThat(interrupted).isNotDone();
            release.countDown();
            assertThat(await(interrupted)).isFalse();
            threads.getFirst().join();
            turn();
            assertThat(future.cancelled()).isTrue();
        });
    }

    @Test
    @Contract(59)
    @CPythonTest("test_futures::test_set_result_unless_cancelled")
    void cancellingTheTaskThatAwaitsDetachesItAndAFailureIsDroppedToo() {
        runner.run(() -> {
            List<Thread> threads = new ArrayList<>();
            Executor executor = work -> threads.add(Thread.startVirtualThread(work));
            Task<Object> task =
                    createTask(() ->
                            await(
                                    getRunningLoop()
                                            .runInExecutor(
                                                    executor,
                                                    () -> {
                                                        begun.countDown();
                                                        release.await();
                                                        throw new IOException("dropped");
                                                    })));
            turn();
            begun.await();
            task.cancel("why");
            assertThatThrownBy(() -> await(task))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("why");
            release.countDown();
            threads.getFirst().join();
            turn();
        });
    }

    @Test
    @Contract(59)
    void workCancelledBeforeItBeginsNeverDoes() {
        runner.run(() -> {
            List<Runnable> queue = new ArrayList<>();
            boolean[] ran = {false};
            AsyncFuture<Object> future =
                    getRunningLoop().runInExecutor(queue::add, () -> ran[0] = true);
            assertThat(future.cancel()).isTrue();
            queue.getFirst().run();
            assertThat(ran[0]).isFalse();
        });
    }

    @Test
    void anExecutorOnTheLoopsOwnThreadCompletesTheFutureLater() {
        runner.run(() -> {
            AsyncFuture<String> future =
                    getRunningLoop().runInExecutor(Runnable::run, () -> "direct");
            assertThat(future.done()).isFalse();
            assertThat(await(future)).isEqualTo("direct");
        });
    }

    @Test
    void anExecutorThatRefusesIsHeard() {
        RejectedExecutionException refusal = new RejectedExecutionException("full");
        runner.run(() ->
                assertThatThrownBy(() ->
                                getRunningLoop()
                                        .runInExecutor(
                                                work -> {
                                                    throw refusal;
                                                },
                                                () -> 1))
                        .isSameAs(refusal));
    }
}
