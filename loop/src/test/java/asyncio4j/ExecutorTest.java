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

import asyncio4j.testing.Contract;
import asyncio4j.testing.LoggedWarnings;
import asyncio4j.testing.VirtualRunner;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Work on other threads: how its results come back, and what becomes of it at the end. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ExecutorTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final List<ExceptionContext> reports = new ArrayList<>();

    /** On the real clock: a virtual one doesn't wait for other threads. No test here sleeps or has a timeout. */
    private final Runner runner = Runner.builder()
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
    void theWorkRunsOnAVirtualThreadWhileTheLoopGoesOn() {
        runner.run(() -> {
            AsyncFuture<Thread> work = getRunningLoop().runInExecutor(null, () -> {
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
    void manyPiecesOfWorkBlockAtTheSameTime() {
        int many = 100;
        CountDownLatch all = new CountDownLatch(many);
        List<Integer> results = runner.run(() -> {
            List<Coroutine<Integer>> work = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                int number = i;
                work.add(toThread(() -> {
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
    void whatTheWorkThrowsComesOutAsItIs() {
        IOException error = new IOException("checked");
        runner.run(() -> {
            assertThatThrownBy(() -> await(toThread(() -> {
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
            AsyncFuture<String> future = getRunningLoop().runInExecutor(executor, () -> {
                begun.countDown();
                release.await();
                interrupted.complete(Thread.currentThread().isInterrupted());
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
    void cancellingTheTaskThatAwaitsDetachesItAndAFailureIsDroppedToo() {
        runner.run(() -> {
            List<Thread> threads = new ArrayList<>();
            Executor executor = work -> threads.add(Thread.startVirtualThread(work));
            Task<Object> task =
                    createTask(() -> await(getRunningLoop().runInExecutor(executor, () -> {
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
            AsyncFuture<Object> future = getRunningLoop().runInExecutor(queue::add, () -> ran[0] = true);
            assertThat(future.cancel()).isTrue();
            queue.getFirst().run();
            assertThat(ran[0]).isFalse();
        });
    }

    @Test
    void anExecutorOnTheLoopsOwnThreadCompletesTheFutureLater() {
        runner.run(() -> {
            AsyncFuture<String> future = getRunningLoop().runInExecutor(Runnable::run, () -> "direct");
            assertThat(future.done()).isFalse();
            assertThat(await(future)).isEqualTo("direct");
        });
    }

    @Test
    void anExecutorThatRefusesIsHeard() {
        RejectedExecutionException refusal = new RejectedExecutionException("full");
        runner.run(() -> assertThatThrownBy(() -> getRunningLoop()
                        .runInExecutor(
                                work -> {
                                    throw refusal;
                                },
                                () -> 1))
                .isSameAs(refusal));
    }

    @Test
    @Contract(60)
    void afterShutdownTheDefaultExecutorAloneRefuses() {
        runner.run(() -> {
            EventLoop loop = getRunningLoop();
            await(toThread(() -> 1));
            await(loop.shutdownDefaultExecutor(HOUR));
            assertThatThrownBy(() -> loop.runInExecutor(null, () -> 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Executor shutdown has been called")
                    .hasMessageContaining("pass an executor");
            assertThatThrownBy(() -> await(toThread(() -> 1))).isInstanceOf(IllegalStateException.class);
            assertThat(await(loop.runInExecutor(Thread::startVirtualThread, () -> "own")))
                    .isEqualTo("own");
            await(loop.shutdownDefaultExecutor(HOUR)); // once more does nothing
        });
    }

    @Test
    @Contract(60)
    void shutdownBeforeAnyUseRefusesAsWell() {
        runner.run(() -> {
            await(getRunningLoop().shutdownDefaultExecutor(Duration.ZERO));
            assertThatThrownBy(() -> await(toThread(() -> 1))).isInstanceOf(IllegalStateException.class);
        });
    }

    @Test
    @Contract(61)
    void shutdownWaitsForWhatRuns() {
        try (LoggedWarnings log = new LoggedWarnings()) {
            runner.run(() -> {
                boolean[] ended = {false};
                AsyncFuture<String> work = getRunningLoop().runInExecutor(null, () -> {
                    release.await();
                    ended[0] = true;
                    return "result";
                });
                getRunningLoop().callSoon(release::countDown);
                await(getRunningLoop().shutdownDefaultExecutor(HOUR));
                assertThat(ended[0]).isTrue();
                assertThat(await(work)).isEqualTo("result");
            });
            assertThat(log.messages).isEmpty();
        }
    }

    @Test
    @Contract(61)
    void pastTheTimeoutThereIsAWarningAndWhatRunsIsInterruptedWithoutWaiting() throws InterruptedException {
        CompletableFuture<Thread> interrupted = new CompletableFuture<>();
        try (LoggedWarnings log = new LoggedWarnings();
                VirtualRunner virtual = new VirtualRunner()) {
            virtual.run(() -> {
                AsyncFuture<?> work = getRunningLoop().runInExecutor(null, () -> {
                    begun.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        interrupted.complete(Thread.currentThread());
                    }
                    return null;
                });
                begun.await();
                await(getRunningLoop().shutdownDefaultExecutor(Duration.ofMinutes(5)));
                assertThat(virtual.clock.time()).isEqualTo(Duration.ofMinutes(5));
                assertThat(log.messages).singleElement().satisfies(message -> assertThat(message)
                        .contains("did not finish joining its threads within PT5M", "interrupted"));
                await(work);
            });
            interrupted.join().join();
        }
    }

    @Test
    @Contract({11, 61})
    void closingTheLoopInterruptsWhatRunsAndWaitsForNobody() throws InterruptedException {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        CompletableFuture<Thread> worker = new CompletableFuture<>();
        EventLoop loop = newEventLoop();
        loop.setExceptionHandler((l, report) -> reports.add(report));
        loop.runUntilComplete(Coroutine.of(() -> {
            getRunningLoop().runInExecutor(null, () -> {
                worker.complete(Thread.currentThread());
                try {
                    release.await();
                    interrupted.complete(false);
                } catch (InterruptedException e) {
                    interrupted.complete(true);
                }
                begun.await(); // in spite of the interrupt
                return "dropped";
            });
            assertThat(await(worker)).isNotNull();
        }));
        loop.close();
        assertThat(interrupted.join()).isTrue();
        assertThat(worker.join().isAlive()).isTrue();
        begun.countDown();
        worker.join().join();
    }

    @Test
    void anExecutorOfOnesOwnIsUsedAndShutDownWithTheLoop() {
        ExecutorService own = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("own").factory());
        runner.run(() -> {
            getRunningLoop().setDefaultExecutor(own);
            assertThat(await(toThread(() -> Thread.currentThread().getName()))).isEqualTo("own");
        });
        assertThat(own.isShutdown()).isFalse();
        runner.close();
        assertThat(own.isTerminated()).isTrue();
    }
}
