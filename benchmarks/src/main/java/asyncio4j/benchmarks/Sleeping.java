package asyncio4j.benchmarks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.sleep;

import asyncio4j.Engine;
import asyncio4j.Runner;
import asyncio4j.Task;

import org.jspecify.annotations.Nullable;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * The heap that a sleeping task holds: 100,000 of them at once, the heap in use after a full
 * collection, less what it was before. Others have slept before them and ended, so that their code
 * is compiled: an interpreted frame takes several times the room, in the first second of a program.
 * A program of its own, run once for each kind; prints the bytes for one.
 */
public final class Sleeping {

    private static final int TASKS = 100_000;

    private static final int WARM_UPS = 5;

    private static final Duration SHORT = Duration.ofMillis(1);

    private static final Duration LONG = Duration.ofHours(1);

    private Sleeping() {}

    /** Measures the kind that the argument names. */
    public static void main(String[] args) throws InterruptedException {
        long[] used = new long[2];
        Runnable before = () -> used[0] = used();
        Runnable during = () -> used[1] = used();
        switch (args[0]) {
            case "asyncio4j" -> asyncio4j(Engine.VIRTUAL_THREADS, before, during);
            case "asyncio4jOnContinuations" -> asyncio4j(Engine.CONTINUATIONS, before, during);
            case "kotlin" -> Kotlin.sleepers(WARM_UPS, TASKS, before, during);
            case "virtualThreads" -> virtualThreads(before, during);
            default ->
                    throw new IllegalArgumentException(
                            "asyncio4j, asyncio4jOnContinuations, kotlin or virtualThreads, not "
                                    + args[0]);
        }
        System.out.println((used[1] - used[0]) / TASKS);
        System.exit(0);
    }

    private static void asyncio4j(Engine engine, Runnable before, Runnable during) {
        try (Runner runner = Runner.builder().engine(engine).build()) {
            runner.run(() -> {
                for (int i = 0; i < WARM_UPS; i++) {
                    await(gather(sleepers(SHORT)));
                    await(sleep(Duration.ZERO)); // as below: its first time would undo the
                    // compiling
                }
                before.run();
                List<Task<@Nullable Void>> tasks = sleepers(LONG);
                await(sleep(Duration.ZERO));
                during.run();
                tasks.forEach(Task::cancel);
            });
        }
    }

    private static List<Task<@Nullable Void>> sleepers(Duration duration) {
        List<Task<@Nullable Void>> tasks = new ArrayList<>(TASKS);
        for (int i = 0; i < TASKS; i++) {
            tasks.add(createTask(() -> await(sleep(duration))));
        }
        return tasks;
    }

    private static void virtualThreads(Runnable before, Runnable during)
            throws InterruptedException {
        for (int i = 0; i < WARM_UPS; i++) {
            for (Thread thread : sleepingThreads(SHORT)) {
                thread.join();
            }
        }
        before.run();
        List<Thread> threads = sleepingThreads(LONG);
        for (Thread thread : threads) {
            while (thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
        }
        during.run();
        threads.forEach(Thread::interrupt);
    }

    private static List<Thread> sleepingThreads(Duration duration) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(TASKS);
        List<Thread> threads = new ArrayList<>(TASKS);
        for (int i = 0; i < TASKS; i++) {
            threads.add(
                    Thread.startVirtualThread(() -> {
                        started.countDown();
                        try {
                            Thread.sleep(duration);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }));
        }
        started.await();
        return threads;
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
