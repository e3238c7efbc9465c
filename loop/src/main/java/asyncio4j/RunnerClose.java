package asyncio4j;

import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The shutdown of a {@link Runner}'s loop, step by step. Python's {@code Runner.close}. */
final class RunnerClose {

    /** How long tasks may take to end before they are reported, and how often after that. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final EventLoop loop;

    private final Set<Task<?>> cancelled = Collections.newSetFromMap(new IdentityHashMap<>());

    private @Nullable Throwable failure;

    RunnerClose(EventLoop loop) {
        this.loop = loop;
    }

    /** Does all steps; a Ctrl-C ends it. Throws the first error, with the others as suppressed. */
    void run() {
        DefaultEventLoop inner = DefaultEventLoop.unwrap(loop);
        try (Sigint sigint = Sigint.install(() -> inner.core().interrupt(new KeyboardInterrupt()))) {
            step(this::cancelAllTasks);
            for (Coroutine<@Nullable Void> own : inner.shutdownSteps()) {
                step(() -> loop.runUntilComplete(own));
            }
            step(() -> loop.runUntilComplete(loop.shutdownAsyncGenerators()));
            step(() -> loop.runUntilComplete(loop.shutdownDefaultExecutor(Runner.THREAD_JOIN_TIMEOUT)));
        }
        Throwable error = failure;
        if (error != null) {
            throw Sneaky.raise(error);
        }
    }

    private void step(Runnable step) {
        if (failure instanceof KeyboardInterrupt) {
            return;
        }
        try {
            step.run();
        } catch (Throwable e) {
            if (failure == null) {
                failure = e;
            } else if (e instanceof KeyboardInterrupt) {
                e.addSuppressed(failure);
                failure = e;
            } else if (e != failure) {
                failure.addSuppressed(e);
            }
        }
    }

    /** Cancels every task once, also those that come up meanwhile, and waits until none is left. */
    private void cancelAllTasks() {
        for (Set<Task<?>> tasks = loop.allTasks(); !tasks.isEmpty(); tasks = loop.allTasks()) {
            for (Task<?> task : tasks) {
                if (cancelled.add(task)) {
                    task.cancel();
                }
            }
            Set<Task<?>> waitedFor = tasks;
            loop.runUntilComplete(Coroutine.of(() -> settle(waitedFor)));
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

    private static void settle(Set<Task<?>> tasks) throws Exception {
        AsyncFuture<?> all = GatheringFuture.<@Nullable Object>gather(tasks, true);
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
        for (Task<?> task : tasks) {
            if (!task.done()) {
                StringBuilder text = new StringBuilder("Still waiting for a task that was cancelled at shutdown: ")
                        .append(task);
                for (StackTraceElement frame : task.getStack()) {
                    text.append("\n    at ").append(frame);
                }
                LoopReports.LOG.log(System.Logger.Level.WARNING, text.toString());
            }
        }
    }
}
