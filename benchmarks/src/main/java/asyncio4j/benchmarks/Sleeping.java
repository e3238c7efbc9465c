package asyncio4j.benchmarks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;

import asyncio4j.Runner;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * The heap that a sleeping task holds: 100,000 of them at once, the heap in use after a full
 * collection, less what it was before. A program of its own, run once for each kind; prints the
 * bytes for one.
 */
public final class Sleeping {

    static final int TASKS = 100_000;

    private Sleeping() {}

    /** Measures the kind that the argument names. */
    public static void main(String[] args) throws InterruptedException {
        long before = used();
        long[] after = new long[1];
        switch (args[0]) {
            case "asyncio4j" -> asyncio4j(() -> after[0] = used());
            case "kotlin" -> Kotlin.sleepers(TASKS, () -> after[0] = used());
            case "virtualThreads" -> virtualThreads(() -> after[0] = used());
            default ->
                    throw new IllegalArgumentException(
                            "asyncio4j, kotlin or virtualThreads, not " + args[0]);
        }
        System.out.println((after[0] - before) / TASKS);
        System.exit(0);
    }

    private static void asyncio4j(Runnable measure) {
        try (Runner runner = Runner.create()) {
            runner.run(() -> {
                for (int i = 0; i < TASKS; i++) {
                    createTask(() -> await(sleep(Duration.ofHours(1))));
                }
                await(sleep(Duration.ZERO));
                measure.run();
            });
        }
    }

    private static void virtualThreads(Runnable measure) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(TASKS);
        List<Thread> threads = new ArrayList<>(TASKS);
        for (int i = 0; i < TASKS; i++) {
            threads.add(
                    Thread.startVirtualThread(() -> {
                        started.countDown();
                        try {
                            Thread.sleep(Duration.ofHours(1));
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }));
        }
        started.await();
        for (Thread thread : threads) {
            while (thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
        }
        measure.run();
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
