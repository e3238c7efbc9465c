package asyncio4j;

import asyncio4j.internal.fiber.Step;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's futures and the loop's, made from one another. Python's {@code wrap_future}, {@code
 * run_coroutine_threadsafe} and {@code _chain_future}.
 */
final class ThreadsafeFutures {

    private ThreadsafeFutures() {}

    /** A JDK future that ends as {@code future} does, and cancels it. Any thread. */
    static <T extends @Nullable Object> CompletableFuture<T> toCompletableFuture(AsyncFuture<T> future) {
        CompletableFuture<T> copy = new CompletableFuture<>();
        if (future.done()) {
            copyOutcome(future, copy);
            return copy;
        }
        DefaultEventLoop loop = future.loop();
        Runnable closed = () -> copy.completeExceptionally(loopClosed());
        loop.addCloseListener(closed);
        LightCallback copyLater = new LightCallback() {
            @Override
            public void run() {
                loop.removeCloseListener(closed);
                copyOutcome(future, copy);
            }
        };
        if (loop.core().mayTouch()) {
            future.add(copyLater);
        } else {
            loop.enqueue(light(() -> future.add(copyLater)));
        }
        cancelAlong(copy, future);
        return copy;
    }

    private static <T extends @Nullable Object> void copyOutcome(AsyncFuture<T> future, CompletableFuture<T> copy) {
        Throwable error = future.error("result()");
        if (error == null) {
            copy.complete(future.value());
        } else if (error instanceof CancelledError) {
            copy.cancel(false);
        } else {
            copy.completeExceptionally(error);
        }
    }

    private static void cancelAlong(CompletableFuture<?> copy, AsyncFuture<?> future) {
        copy.whenComplete((value, error) -> {
            if (copy.isCancelled() && !future.done()) {
                future.loop().enqueue(light(future::cancel));
            }
        });
    }

    /** Starts a coroutine on a loop, from another thread. */
    static <T extends @Nullable Object> CompletableFuture<T> runCoroutineThreadsafe(
            Coroutine<T> coroutine, EventLoop eventLoop) {
        Objects.requireNonNull(coroutine, Asyncio.NULL_COROUTINE);
        DefaultEventLoop loop = DefaultEventLoop.unwrap(eventLoop);
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable closed = () -> result.completeExceptionally(loopClosed());
        loop.addCloseListener(closed);
        result.whenComplete((value, error) -> loop.removeCloseListener(closed));
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
                    task.add(new LightCallback() {
                        @Override
                        public void run() {
                            copyOutcome(task, result);
                        }
                    });
                    cancelAlong(result, task);
                },
                context);
        return result;
    }

    /** A future of the loop that ends as {@code stage} does, and cancels it. The loop's thread. */
    static <T extends @Nullable Object> AsyncFuture<T> wrap(CompletionStage<T> stage, DefaultEventLoop loop) {
        AsyncFuture<T> future = loop.createFuture();
        stage.whenComplete((value, error) -> {
            Throwable cause = unwrap(error);
            if (cause instanceof CancellationException cancelled) {
                loop.enqueue(light(() -> future.cancel(cancelled.getMessage())));
            } else {
                loop.enqueue(new DefaultExecutor.Completion<>(future, value, cause));
            }
        });
        future.add(new LightCallback() {
            @Override
            public void run() {
                if (future.cancelled() && stage instanceof CompletableFuture<?> source) {
                    source.cancel(false);
                }
            }
        });
        return future;
    }

    /** What awaiting a future that is done gives: no need to suspend. */
    static <T extends @Nullable Object> T outcome(CompletableFuture<T> done, Task<?> task) {
        switch (done.state()) {
            case SUCCESS -> {
                return done.resultNow();
            }
            case CANCELLED -> throw new CancelledError();
            default -> {
                Throwable error = Objects.requireNonNull(unwrap(done.exceptionNow()));
                AwaitSite.add(error, task);
                throw Sneaky.raise(error);
            }
        }
    }

    /** The error itself, without the wrapper that a dependent stage puts around it. */
    static @Nullable Throwable unwrap(@Nullable Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    private static CancellationException loopClosed() {
        return new CancellationException("the event loop was closed before this was done");
    }

    /** Bookkeeping as a step. */
    static Step light(Runnable action) {
        return new Step() {
            @Override
            public boolean light() {
                return true;
            }

            @Override
            public void run() {
                action.run();
            }
        };
    }
}
