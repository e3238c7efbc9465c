package asyncio4j.benchmarks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import asyncio4j.AsyncFuture;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Timers: added and cancelled, added and fired, and many tasks that sleep at once. */
public class TimerBenchmark extends LoopSettings {

    private static final Duration LONG = Duration.ofMinutes(1);

    private static final Duration SHORT = Duration.ofMillis(1);

    private ScheduledThreadPoolExecutor executor;

    /** The JDK's own timers, on one thread. */
    @Setup
    public void openExecutor() {
        executor = new ScheduledThreadPoolExecutor(1);
        executor.setRemoveOnCancelPolicy(true);
    }

    /** Ends the executor's thread. */
    @TearDown
    public void closeExecutor() {
        executor.close();
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public void timerCancelledAsyncio4j() {
        runner.run(() -> {
            EventLoop loop = getRunningLoop();
            for (int i = 0; i < N; i++) {
                loop.callLater(LONG, () -> {}).cancel();
            }
        });
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public void timerCancelledKotlin() {
        Kotlin.timeouts(N);
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public void timerCancelledScheduledExecutor() {
        for (int i = 0; i < N; i++) {
            executor.schedule(() -> {}, 1, TimeUnit.MINUTES).cancel(false);
        }
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public int timerFiredAsyncio4j() {
        return runner.run(() -> {
            EventLoop loop = getRunningLoop();
            AsyncFuture<Integer> all = loop.createFuture();
            int[] fired = {0};
            for (int i = 0; i < N; i++) {
                loop.callLater(
                        Duration.ZERO,
                        () -> {
                            if (++fired[0] == N) {
                                all.setResult(N);
                            }
                        });
            }
            return await(all);
        });
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public void timerFiredScheduledExecutor() throws InterruptedException {
        CountDownLatch fired = new CountDownLatch(N);
        for (int i = 0; i < N; i++) {
            executor.schedule(fired::countDown, 0, TimeUnit.NANOSECONDS);
        }
        fired.await();
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public int sleepAsyncio4j() {
        return runner.run(() -> {
            Coroutine<@Nullable Void> sleeper = () -> await(sleep(SHORT));
            return await(gather(Collections.nCopies(N, sleeper))).size();
        });
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public void sleepKotlin() {
        Kotlin.sleep(N);
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public int sleepVirtualThreads() throws InterruptedException {
        return onVirtualThread(() -> {
            List<Thread> threads = new ArrayList<>(N);
            for (int i = 0; i < N; i++) {
                threads.add(Thread.startVirtualThread(TimerBenchmark::sleepShortly));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            return N;
        });
    }

    private static void sleepShortly() {
        try {
            Thread.sleep(SHORT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
