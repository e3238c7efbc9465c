package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.toThread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.LoggedWarnings;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The end of the default executor: who waits for whom, and what is refused afterwards. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ExecutorShutdownTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final List<ExceptionContext> reports = new ArrayList<>();

    /**
     * On the real clock: a virtual one doesn't wait for other threads. No test here sleeps; where a
     * timeout passes, what it waits for is held until then.
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
            assertThatThrownBy(() -> await(toThread(() -> 1)))
                    .isInstanceOf(IllegalStateException.class);
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
            assertThatThrownBy(() -> await(toThread(() -> 1)))
                    .isInstanceOf(IllegalStateException.class);
        });
    }

    @Test
    @Contract(61)
    void shutdownWaitsForWhatRuns() {
        try (LoggedWarnings log = new LoggedWarnings()) {
            runner.run(() -> {
                boolean[] ended = {false};
                AsyncFuture<String> work =
                        getRunningLoop()
                                .runInExecutor(
                                        null,
                                        () -> {
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
    void afterShutdownTheResultsAreThereAlsoOfWhatEndedBeforeIt() {
        List<Thread> threads = new ArrayList<>();
        runner.run(() -> {
            EventLoop loop = getRunningLoop();
            loop.setDefaultExecutor(
                    Executors.newThreadPerTaskExecutor(work -> {
                        Thread thread = Thread.ofPlatform().unstarted(work);
                        threads.add(thread);
                        return thread;
                    }));
            AsyncFuture<String> work = loop.runInExecutor(null, () -> "result");
            threads.getFirst().join(); // its result waits for the loop, which is held here
            await(loop.shutdownDefaultExecutor(HOUR));
            assertThat(work.result()).isEqualTo("result");
        });
    }

    @Test
    @Contract(61)
    @CPythonTest("test_base_events::test_shutdown_default_executor_timeout")
    void pastTheTimeoutThereIsAWarningAndWhatRunsIsInterruptedWithoutWaiting()
            throws InterruptedException {
        CompletableFuture<Thread> interrupted = new CompletableFuture<>();
        try (LoggedWarnings log = new LoggedWarnings();
                VirtualRunner virtual = new VirtualRunner()) {
            virtual.run(() -> {
                AsyncFuture<?> work =
                        getRunningLoop()
                                .runInExecutor(
                                        null,
                                        () -> {
                                            begun.countDown();
                                            try {
                                                release.await();
                                            } catch (InterruptedException e) {
                                                interrupted.complete(Thread.currentThread());
                                            }
                                            return null;
                                        });
                begun.await();
                await(getRunningLoop().shutdownDefaultExecutor(Duration.ofMillis(1)));
                assertThat(virtual.clock.time()).as("it waits in real time").isZero();
                assertThat(log.messages)
                        .singleElement()
                        .satisfies(message ->
                                assertThat(message)
                                        .contains(
                                                "did not finish joining its threads within"
                                                        + " PT0.001S",
                                                "interrupted"));
                await(work);
            });
            interrupted.join().join();
        }
    }

    @Test
    @Contract(61)
    void onAVirtualClockAThreadThatIsAboutToEndIsWaitedForTooWithoutAWarning() {
        try (LoggedWarnings log = new LoggedWarnings()) {
            for (int i = 0; i < 100; i++) {
                CountDownLatch goOn = new CountDownLatch(1);
                VirtualRunner virtual = new VirtualRunner();
                try (virtual) {
                    virtual.run(() -> {
                        AsyncFuture<?> left =
                                getRunningLoop()
                                        .runInExecutor(
                                                null,
                                                () -> {
                                                    goOn.await();
                                                    return null;
                                                });
                        left.cancel();
                        getRunningLoop().callSoon(goOn::countDown);
                    });
                }
                assertThat(virtual.clock.time()).isZero();
            }
            assertThat(log.messages).isEmpty();
        }
    }

    @Test
    void aShutdownThatIsCancelledNoLongerWaits() {
        runner.run(() -> {
            AsyncFuture<String> work =
                    getRunningLoop()
                            .runInExecutor(
                                    null,
                                    () -> {
                                        release.await();
                                        return "result";
                                    });
            Task<?> shutdown = createTask(getRunningLoop().shutdownDefaultExecutor(HOUR));
            await(sleep(Duration.ZERO));
            shutdown.cancel();
            assertThatThrownBy(() -> await(shutdown)).isInstanceOf(CancelledError.class);
            release.countDown();
            assertThat(await(work)).as("it wasn't interrupted").isEqualTo("result");
        });
    }

    @Test
    @Contract({11, 61})
    void closingTheLoopInterruptsWhatRunsAndWaitsForNobody() throws InterruptedException {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        CompletableFuture<Thread> worker = new CompletableFuture<>();
        EventLoop loop = newEventLoop();
        loop.setExceptionHandler((l, report) -> reports.add(report));
        loop.runUntilComplete(
                Coroutine.of(() -> {
                    getRunningLoop()
                            .runInExecutor(
                                    null,
                                    () -> {
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
    @CPythonTest("test_base_events::test_set_default_executor")
    void anExecutorOfOnesOwnIsUsedAndShutDownWithTheLoop() {
        ExecutorService own =
                Executors.newSingleThreadExecutor(Thread.ofPlatform().name("own").factory());
        runner.run(() -> {
            getRunningLoop().setDefaultExecutor(own);
            assertThat(await(toThread(() -> Thread.currentThread().getName()))).isEqualTo("own");
        });
        assertThat(own.isShutdown()).isFalse();
        runner.close();
        assertThat(own.isTerminated()).isTrue();
    }
}
