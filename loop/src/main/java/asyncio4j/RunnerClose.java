package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;

/**
 * The shutdown of a {@link Runner}'s loop, step by step. Python's {@code Runner.close}.
 *
 * <p>A Ctrl-C and an interrupt of the waiting thread mean the same here: that nothing is waited for
 * any longer.
 */
final class RunnerClose {

    /** How long tasks may take to end before they are reported, and how often after that. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    /** How often tasks that have come up meanwhile are waited for. */
    private static final int MOST_ROUNDS = 1_000;

    private final EventLoop loop;

    private final DefaultEventLoop inner;

    /** What came out of the last run: whoever caught that knows of it. */
    private final @Nullable Throwable told;

    private final Set<Task<?>> cancelled = Collections.newSetFromMap(new IdentityHashMap<>());

    /** The first error of a step. */
    private @Nullable Throwable failure;

    /**
     * What asks to end this at once. Written by the thread that closes and by those of the JVM's
     * signal handlers.
     */
    private volatile @Nullable Throwable leaving;

    RunnerClose(EventLoop loop, @Nullable Throwable told) {
        this.loop = loop;
        this.told = told;
        this.inner = DefaultEventLoop.unwrap(loop);
    }

    /**
     * Does all steps, or those up to a Ctrl-C. Throws the first error, with the others as
     * suppressed.
     */
    void run() {
        inner.startClosing();
        boolean interrupted = Thread.interrupted(); // it ended the run, and that was all it was for
        inner.interruptListener(() ->
                leave(
                        new CancellationException(
                                "the thread that waited in close was interrupted")));
        try (var _ = Sigint.install(() -> leave(new KeyboardInterrupt()))) {
            step(this::cancelAllTasks);
            inner.startShut();
            for (Coroutine<@Nullable Void> own : inner.shutdownSteps()) {
                step(() -> complete(own));
            }
            step(this::cancelAllTasks); // that came after the last look
            step(this::closeGenerators);
            step(this::awaitCleanUp);
            step(() -> complete(loop.shutdownDefaultExecutor(Runner.THREAD_JOIN_TIMEOUT)));
            for (Coroutine<@Nullable Void> last : inner.lastSteps()) {
                step(() -> complete(last));
                step(this::awaitCleanUp);
            }
        } finally {
            inner.interruptListener(null);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        throwFailure();
    }

    private void leave(Throwable reason) {
        leaving = reason;
        inner.core().interrupt(reason);
    }

    private void step(Runnable step) {
        if (leaving != null) {
            return;
        }
        try {
            step.run();
        } catch (Throwable e) {
            if (failure == null) {
                failure = e;
            } else if (e != failure) {
                failure.addSuppressed(e);
            }
        }
    }

    /**
     * Runs {@code coroutine} on the loop. One who asks to leave between two runs of it isn't
     * overheard.
     */
    private void complete(Coroutine<@Nullable Void> coroutine) {
        loop.runUntilComplete(() -> {
            Throwable reason = leaving;
            if (reason != null) {
                throw Sneaky.raise(reason);
            }
            return Asyncio.await(coroutine);
        });
    }

    private void throwFailure() {
        for (Task<?> task : cancelled) {
            if (told != null && task.peekException() == told) {
                task.retrieved(); // it waited for the one that threw it first
            }
        }
        Throwable first = failure;
        Throwable reason = leaving;
        if (reason != null) {
            if (first != null && first != reason) {
                reason.addSuppressed(first);
            }
            throw Sneaky.raise(reason);
        }
        if (first != null && first != told) { // else try-with-resources would choke on it
            throw Sneaky.raise(first);
        }
    }

    /**
     * Cancels every task once, also those that come up meanwhile, but for those that clean up after
     * others, and waits until none is left, or they turn out to make new ones for ever.
     */
    private void cancelAllTasks() {
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Set<Task<?>> tasks = loop.allTasks();
            if (tasks.isEmpty()) {
                return;
            }
            for (Task<?> task : tasks) {
                if (!task.cleansUp() && cancelled.add(task)) {
                    task.cancel();
                }
            }
            complete(Coroutine.of(() -> settle(tasks)));
            inner.startSettling();
            for (Task<?> task : tasks) {
                Throwable error = task.peekException();
                if (error != null) {
                    task.retrieved();
                    loop.callExceptionHandler(
                            ExceptionContext.of("unhandled exception during Runner shutdown", error)
                                    .future(task));
                }
            }
        }
    }

    private void closeGenerators() {
        inner.closingGenerators(true);
        try {
            complete(loop.shutdownAsyncGenerators());
        } finally {
            inner.closingGenerators(false);
        }
    }

    /** Waits for what cleans up after others, and for what comes of that. */
    private void awaitCleanUp() {
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Set<Task<?>> tasks = cleanUp();
            if (tasks.isEmpty()) {
                return;
            }
            complete(Coroutine.of(() -> settle(tasks)));
        }
    }

    private Set<Task<?>> cleanUp() {
        Set<Task<?>> tasks = loop.allTasks();
        tasks.removeIf(task -> !task.cleansUp());
        return tasks;
    }

    private static void settle(Set<Task<?>> tasks) throws Exception {
        AsyncFuture<?> all = Asyncio.gatherReturnExceptions(tasks);
        for (; ; ) {
            try {
                new WaitFor<>(Asyncio.shield(all), PATIENCE).run();
                return;
            } catch (TimeoutException e) {
                report(tasks);
            }
        }
    }

    private static void report(Set<Task<?>> tasks) {
        int told = 0;
        int more = 0;
        for (Task<?> task : tasks) {
            if (task.done()) {
                continue;
            }
            if (told == LoopReports.MOST_TASKS) {
                more++;
                continue;
            }
            told++;
            StringBuilder text =
                    new StringBuilder(
                                    task.cleansUp()
                                            ? "Still waiting at shutdown for clean-up: "
                                            : "Still waiting for a task that was cancelled at"
                                                    + " shutdown: ")
                            .append(task);
            for (StackTraceElement frame : task.getStack()) {
                text.append("\n    at ").append(frame);
            }
            LoopReports.write(System.Logger.Level.WARNING, text.toString(), null);
        }
        if (more > 0) {
            LoopReports.write(
                    System.Logger.Level.WARNING,
                    "Still waiting for " + more + " more tasks that were cancelled at shutdown",
                    null);
        }
    }
}
