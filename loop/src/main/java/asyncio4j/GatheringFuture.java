package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
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

    /** How many different children aren't done. */
    private int missing;

    /** Cancelled by somebody else than a child. */
    private boolean cancelRequested;

    private @Nullable String requestMessage;

    private GatheringFuture(
            DefaultEventLoop loop,
            List<AsyncFuture<? extends T>> children,
            boolean returnExceptions) {
        super(loop);
        this.children = children;
        this.returnExceptions = returnExceptions;
    }

    /**
     * Gathers; with {@code returnExceptions} T must be a supertype of Throwable. The loop's thread,
     * or with futures only, where their loop doesn't run.
     */
    static <T extends @Nullable Object> AsyncFuture<List<T>> gather(
            Collection<? extends Awaitable<? extends T>> awaitables, boolean returnExceptions) {
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
        GatheringFuture<T> outer = new GatheringFuture<>(loop, children, returnExceptions);
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
        if (!returnExceptions) {
            Throwable error = child.error("gather");
            if (error != null) {
                super.setException(error);
                return;
            }
        }
        if (missing == 0) {
            finishAll();
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
    Collection<? extends AsyncFuture<?>> waitsForAll() {
        return children;
    }

    /** Cancels the children; this is done when they are. */
    @Override
    public boolean cancel(@Nullable String message) {
        loop().checkThread("cancelling a future");
        retrieved();
        if (done()) {
            return false;
        }
        boolean any = false;
        for (AsyncFuture<? extends T> child : children) {
            any |= child.cancel(message);
        }
        if (any) {
            cancelRequested = true;
            requestMessage = message;
        }
        return any;
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
