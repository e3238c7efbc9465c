package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The future of {@link Asyncio#gather}: done when its children are, or with the first error.
 * Python's {@code _GatheringFuture}.
 */
final class GatheringFuture<T extends @Nullable Object> extends AsyncFuture<List<T>> {

    /** In the order of the arguments; a future that comes twice is there twice. */
    private final List<AsyncFuture<? extends T>> children;

    private final boolean returnExceptions;

    private final boolean cancelOnError;

    /** How many different children aren't done. */
    private int missing;

    /** Cancelled by somebody else than a child. */
    private boolean cancelRequested;

    private @Nullable String requestMessage;

    /** The first failure; only where that cancels the others. */
    private @Nullable Throwable firstError;

    private GatheringFuture(
            DefaultEventLoop loop,
            List<AsyncFuture<? extends T>> children,
            boolean returnExceptions,
            GatherOptions options) {
        super(loop);
        this.children = children;
        this.returnExceptions = returnExceptions;
        this.cancelOnError = options.cancelOnError();
    }

    /**
     * Gathers; with {@code returnExceptions} T must be a supertype of Throwable. The loop's thread,
     * or with futures only, where their loop doesn't run.
     */
    static <T extends @Nullable Object> AsyncFuture<List<T>> gather(
            Collection<? extends Awaitable<? extends T>> awaitables,
            boolean returnExceptions,
            GatherOptions options) {
        Objects.requireNonNull(awaitables, "gather: the collection of awaitables is null");
        Objects.requireNonNull(
                options, "gather: the options are null: pass GatherOptions.DEFAULT or leave out");
        if (awaitables.isEmpty()) {
            AsyncFuture<List<T>> empty =
                    DefaultEventLoop.unwrap(Asyncio.getEventLoop()).createFuture();
            empty.setResult(List.of());
            return empty;
        }
        DefaultEventLoop loop = loopOf("gather", awaitables);
        List<AsyncFuture<? extends T>> children = new ArrayList<>(awaitables.size());
        List<AsyncFuture<? extends T>> different = new ArrayList<>(awaitables.size());
        Set<AsyncFuture<?>> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Awaitable<? extends T> awaitable : awaitables) {
            AsyncFuture<? extends T> child = Asyncio.ensureFuture(awaitable, loop);
            children.add(child);
            if (child != awaitable) {
                ((Task<?>) child).hideDestroyPending();
                different.add(child);
            } else if (seen.add(child)) {
                different.add(child);
            }
        }
        GatheringFuture<T> outer = new GatheringFuture<>(loop, children, returnExceptions, options);
        outer.missing = different.size();
        List<AsyncFuture<? extends T>> done = new ArrayList<>(0);
        for (AsyncFuture<? extends T> child : different) {
            if (child.done()) {
                done.add(child);
            } else {
                child.add(outer.new ChildDone(child));
            }
        }
        for (AsyncFuture<? extends T> child : done) {
            outer.childDone(
                    child); // an eager task, or an argument that was done: no iteration to wait for
        }
        return outer;
    }

    /** The loop of the futures among {@code awaitables}, else the current one. */
    static DefaultEventLoop loopOf(String what, Collection<? extends Awaitable<?>> awaitables) {
        DefaultEventLoop loop = null;
        for (Awaitable<?> awaitable : awaitables) {
            Objects.requireNonNull(awaitable, () -> what + ": one of the arguments is null");
            if (awaitable instanceof AsyncFuture<?> future) {
                if (loop != null && future.loop() != loop) {
                    throw new IllegalArgumentException(
                            what
                                    + ": the futures belong to different loops; "
                                    + future
                                    + " to "
                                    + future.loop());
                }
                loop = future.loop();
            }
        }
        return loop == null ? DefaultEventLoop.unwrap(Asyncio.getEventLoop()) : loop;
    }

    private void childDone(AsyncFuture<? extends T> child) {
        missing--;
        if (done()) {
            if (!child.cancelled()) {
                child.retrieved(); // nobody will ask it
            }
            return;
        }
        if (cancelOnError) {
            cancelOthersIfFailed(child);
        } else if (!returnExceptions) {
            Throwable error = child.error("gather");
            if (error != null) {
                super.setException(error);
                return;
            }
        }
        if (missing == 0) {
            if (firstError != null && !returnExceptions) {
                finishFailed(firstError);
            } else {
                finishAll();
            }
        }
    }

    /** The first failure cancels the others, which may then fail in turn. */
    private void cancelOthersIfFailed(AsyncFuture<? extends T> child) {
        boolean first = firstError == null;
        Throwable error =
                returnExceptions && child.cancelled()
                        ? child.newCancelledError() // its own is for the list of outcomes
                        : child.error("gather");
        if (error == null) {
            return;
        }
        if (first) {
            firstError = error;
            if (!cancelRequested) {
                for (AsyncFuture<?> other : new LinkedHashSet<>(children)) {
                    other.cancel();
                }
            }
        } else if (!returnExceptions && !(error instanceof CancelledError)) {
            addTo(firstError, error);
        }
    }

    /** Ends with the error that cancelled the others; a cancel of this itself counts more. */
    private void finishFailed(Throwable error) {
        if (cancelRequested && !(error instanceof CancelledError)) {
            CancelledError cancelled = new CancelledError(requestMessage);
            cancelled.addSuppressed(error);
            super.setException(cancelled);
        } else {
            super.setException(error);
        }
    }

    private static void addTo(@Nullable Throwable first, Throwable error) {
        if (first != null && first != error) {
            first.addSuppressed(error);
        }
    }

    private void finishAll() {
        List<T> results = new ArrayList<>(children.size());
        for (AsyncFuture<? extends T> child : children) {
            results.add(outcome(child));
        }
        if (cancelRequested) {
            AsyncFuture<? extends T> last =
                    children.getLast(); // asyncio takes this one's error, too
            super.setException(
                    last.cancelled()
                            ? last.makeCancelledError()
                            : new CancelledError(requestMessage));
        } else {
            super.setResult(results);
        }
    }

    @SuppressWarnings("unchecked") // an exception is a T where exceptions are returned
    private T outcome(AsyncFuture<? extends T> child) {
        Throwable error = child.cancelled() ? child.newCancelledError() : child.error("gather");
        return error == null ? child.value() : (T) error;
    }

    @Override
    List<? extends AsyncFuture<?>> waitsForAll() {
        return children;
    }

    /** Cancels the children; this is done when they are. */
    @Override
    public boolean cancel(@Nullable String message) {
        loop().checkThread("cancelling a future");
        if (done()) {
            return false; // what it failed with still waits for somebody who asks
        }
        return Cancellation.of(this, message);
    }

    /** A child at least was cancelled on behalf of this. For {@link Cancellation}. */
    void cancelRequested(@Nullable String message) {
        cancelRequested = true;
        requestMessage = message;
    }

    /** One child's way to tell. */
    private final class ChildDone extends LightCallback {

        private final AsyncFuture<? extends T> child;

        ChildDone(AsyncFuture<? extends T> child) {
            this.child = child;
        }

        @Override
        public void run() {
            childDone(child);
        }
    }
}
