package asyncio4j;

import asyncio4j.internal.fiber.Step;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Work on other threads for a loop: the executor it uses by default, and the way back of the
 * results.
 *
 * <p>Baton holder only, but for what runs on the threads themselves.
 */
final class DefaultExecutor {

    private final DefaultEventLoop loop;

    private @Nullable ExecutorService executor;

    private boolean shutdownCalled;

    /** How often a shutdown looks whether what it waits for can still end. */
    private static final long EXIT_CHECK = TimeUnit.MILLISECONDS.toNanos(50);

    /** Those that run something now. Any thread. */
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    DefaultExecutor(DefaultEventLoop loop) {
        this.loop = loop;
    }

    void set(ExecutorService newExecutor) {
        executor = newExecutor;
    }

    <T extends @Nullable Object> AsyncFuture<T> run(@Nullable Executor target, Callable<T> work) {
        AsyncFuture<T> future = loop.createFuture();
        (target == null ? defaultExecutor() : target)
                .execute(new Job<>(loop, threads, future, work));
        return future;
    }

    private ExecutorService defaultExecutor() {
        if (shutdownCalled) {
            throw new IllegalStateException(
                    "Executor shutdown has been called: start work before the loop shuts down, or"
                            + " pass an executor");
        }
        ExecutorService present = executor;
        if (present == null) {
            present =
                    Executors.newThreadPerTaskExecutor(
                            Thread.ofVirtual().name("asyncio4j-executor-", 0).factory());
            executor = present;
        }
        return present;
    }

    /**
     * Refuses new work, and waits for what runs; past the timeout it is interrupted. A thread of
     * its own waits, in real time whatever the loop's clock is: what it waits for are real threads.
     */
    Coroutine<@Nullable Void> shutdown(Duration timeout) {
        return Coroutine.of(() -> {
            shutdownCalled = true;
            ExecutorService present = executor;
            if (present == null) {
                return;
            }
            present.shutdown();
            AsyncFuture<Boolean> ended = loop.createFuture();
            if (present.isTerminated()) {
                // Not at once: the outcomes of what has just ended may still be in the inbox.
                loop.core().post(new Completion<>(ended, true, null));
                Asyncio.await(ended);
                return;
            }
            Thread waiting =
                    Thread.ofVirtual()
                            .name("asyncio4j-executor-shutdown")
                            .start(() -> awaitTermination(present, timeout, ended));
            try {
                if (!Asyncio.await(ended)) {
                    LoopReports.write(
                            System.Logger.Level.WARNING,
                            "The executor did not finish joining its threads within "
                                    + timeout
                                    + ": what still runs is interrupted",
                            null);
                    present.shutdownNow();
                }
            } finally {
                waiting.interrupt(); // nobody asks any more
            }
        });
    }

    private void awaitTermination(
            ExecutorService present, Duration timeout, AsyncFuture<Boolean> ended) {
        Boolean inTime;
        long start = System.nanoTime();
        long left = Durations.nanos(timeout);
        try {
            do {
                inTime =
                        present.awaitTermination(Math.min(left, EXIT_CHECK), TimeUnit.NANOSECONDS)
                                || onlyExits();
                left = Durations.nanos(timeout) - (System.nanoTime() - start);
            } while (!inTime && left > 0);
        } catch (InterruptedException e) {
            return;
        }
        loop.enqueue(new Completion<>(ended, inTime, null));
    }

    /** Whether all that still runs has called {@code System.exit}, from which nobody returns. */
    private boolean onlyExits() {
        return JvmShutdown.begun()
                && !threads.isEmpty()
                && threads.stream().allMatch(JvmShutdown::exits);
    }

    /** Refuses new work and interrupts what runs, without waiting. */
    void shutdownNow() {
        shutdownCalled = true;
        ExecutorService present = executor;
        if (present != null) {
            present.shutdownNow();
        }
    }

    /** One piece of work on its thread. */
    private record Job<T extends @Nullable Object>(
            DefaultEventLoop loop, Set<Thread> threads, AsyncFuture<T> future, Callable<T> work)
            implements Runnable {

        @Override
        public void run() {
            if (future.done()) {
                return; // cancelled before it began
            }
            Completion<T> completion;
            threads.add(Thread.currentThread());
            try {
                completion = new Completion<>(future, work.call(), null);
            } catch (Throwable e) {
                completion = new Completion<>(future, null, e);
            } finally {
                threads.remove(Thread.currentThread());
            }
            loop.enqueue(completion); // refused if the loop is closed: then nobody waits any more
        }
    }

    /** Completes a future that nobody has cancelled meanwhile. */
    static final class Completion<T extends @Nullable Object> extends Step {

        private final AsyncFuture<T> future;

        private final @Nullable T value;

        private final @Nullable Throwable error;

        Completion(AsyncFuture<T> future, @Nullable T value, @Nullable Throwable error) {
            this.future = future;
            this.value = value;
            this.error = error;
        }

        @Override
        public boolean light() {
            return true;
        }

        @Override
        @SuppressWarnings("NullAway") // a null value is what the work returned
        public void run() {
            if (future.done()) {
                return;
            }
            if (error != null) {
                future.setException(error);
            } else {
                future.setResult(value);
            }
        }
    }
}
