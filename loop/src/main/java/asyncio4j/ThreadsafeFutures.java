package asyncio4j;

import asyncio4j.internal.fiber.Step;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * The JDK's futures and the loop's, made from one another. Python's {@code wrap_future}, {@code
 * run_coroutine_threadsafe} and {@code _chain_future}.
 */
final class ThreadsafeFutures {

    private ThreadsafeFutures() {}

    /** A JDK future that ends as {@code future} does, and cancels it. Any thread. */
    static <T extends @Nullable Object> CompletableFuture<T> toCompletableFuture(
            AsyncFuture<T> future) {
        CompletableFuture<T> copy = new CompletableFuture<>();
        if (future.done()) {
            copyOutcome(future, copy);
        } else {
            link(future, copy);
        }
        return copy;
    }

    /**
     * Has {@code copy} end as {@code future} does, at the latest with the loop, and cancel it. Any
     * thread.
     */
    private static <T extends @Nullable Object> void link(
            AsyncFuture<T> future, CompletableFuture<T> copy) {
        DefaultEventLoop loop = future.loop();
        Runnable closed =
                () -> {
                    if (future.done() && !future.cancelled()) {
                        copyOutcome(future, copy); // the loop was closed before it could say so
                    } else {
                        copy.completeExceptionally(loopClosed());
                    }
                };
        loop.addCloseListener(closed);
        var _ =
                copy.whenComplete((value, error) -> {
                    loop.removeCloseListener(closed);
                    if (copy.isCancelled() && !future.done()) {
                        loop.enqueue(light(future::cancel));
                    }
                });
        StepCallback copyLater =
                new StepCallback() { // not light: completing copy runs what users hung on it
                    @Override
                    public void run() {
                        copyOutcome(future, copy);
                    }
                };
        if (loop.core().engine().holdsBaton()) {
            future.add(copyLater);
        } else {
            loop.enqueue(light(() -> future.add(copyLater)));
        }
    }

    private static <T extends @Nullable Object> void copyOutcome(
            AsyncFuture<T> future, CompletableFuture<T> copy) {
        Throwable error = future.peekException();
        if (future.cancelled() || error instanceof CancelledError) {
            copy.cancel(false);
            future.retrieved();
        } else if (error == null) {
            copy.complete(future.value());
        } else if (copy.completeExceptionally(error)) {
            future.retrieved(); // else it was cancelled before, and nobody there will see the error
        }
    }

    /** Starts a coroutine on a loop, from another thread. */
    static <T extends @Nullable Object> CompletableFuture<T> runCoroutineThreadsafe(
            Coroutine<T> coroutine, EventLoop eventLoop) {
        Objects.requireNonNull(coroutine, Asyncio.NULL_COROUTINE);
        Objects.requireNonNull(
                eventLoop, "the loop is null: pass the one that is to run the coroutine");
        DefaultEventLoop loop = DefaultEventLoop.unwrap(eventLoop);
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable closed = () -> result.completeExceptionally(loopClosed());
        loop.addCloseListener(closed);
        var _ = result.whenComplete((value, error) -> loop.removeCloseListener(closed));
        Context context = Context.copyContext();
        eventLoop.callSoonThreadsafe(
                () -> {
                    if (result.isDone()) {
                        return; // cancelled before it began
                    }
                    Task<T> task;
                    try {
                        task = eventLoop.createTask(coroutine);
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                        throw e;
                    }
                    link(task, result);
                    loop.removeCloseListener(closed);
                },
                context);
        return result;
    }

    /** A future of the loop that ends as {@code stage} does, and cancels it. The loop's thread. */
    static <T extends @Nullable Object> AsyncFuture<T> wrap(
            CompletionStage<T> stage, DefaultEventLoop loop) {
        AsyncFuture<T> future = loop.createFuture();
        stage.whenComplete((value, error) -> {
            Throwable cause = unwrap(error);
            if (cause instanceof CancellationException cancelled) {
                loop.enqueue(light(() -> future.cancel(cancelled.getMessage())));
            } else {
                loop.enqueue(new DefaultExecutor.Completion<>(future, value, cause));
            }
        });
        if (stage instanceof CompletableFuture<?> source) {
            future.add(
                    new StepCallback() {
                        // Unless it runs what users hung on the source.
                        @Override
                        public boolean light() {
                            return !future.cancelled();
                        }

                        @Override
                        public void run() {
                            if (future.cancelled()) {
                                source.cancel(false);
                            }
                        }
                    });
        }
        return future;
    }

    /** What awaiting a future that is done gives: no need to suspend. */
    static <T extends @Nullable Object> T outcome(CompletableFuture<T> done, Task<?> task) {
        return switch (done.state()) {
            case SUCCESS -> done.resultNow();
            case CANCELLED -> throw new CancelledError();
            default -> {
                Throwable error = Objects.requireNonNull(unwrap(done.exceptionNow()));
                if (error instanceof CancellationException) {
                    throw new CancelledError(
                            error.getMessage()); // of the stage that this one depends on
                }
                AwaitSite.add(error, task);
                throw Sneaky.raise(error);
            }
        };
    }

    /** The error itself, without the wrapper that a dependent stage puts around it. */
    static @Nullable Throwable unwrap(@Nullable Throwable error) {
        return error instanceof CompletionException && error.getCause() != null
                ? error.getCause()
                : error;
    }

    private static CancellationException loopClosed() {
        return new CancellationException("the event loop was closed before this was done");
    }

    /** Bookkeeping as a step. */
    static Step light(Runnable action) {
        return new LightStep(action);
    }

    /** The completion of a future as a step. */
    static Step wakeUp(Runnable action) {
        return new LightStep(action) {
            @Override
            public boolean wakes() {
                return true;
            }
        };
    }

    private static class LightStep extends Step {

        private final Runnable action;

        LightStep(Runnable action) {
            this.action = action;
        }

        @Override
        public boolean light() {
            return true;
        }

        @Override
        public void run() {
            action.run();
        }
    }
}
