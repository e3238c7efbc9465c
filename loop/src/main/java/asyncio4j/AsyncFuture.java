package asyncio4j;

import asyncio4j.internal.fiber.Fiber;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A result that isn't there yet, on one loop. Python's {@code asyncio.Future}.
 *
 * <p>Make one with {@link EventLoop#createFuture}, complete it with {@link #setResult}, {@link
 * #setException} or {@link #cancel}, await it with {@link Asyncio#await(AsyncFuture)}. All methods
 * that change it or register something belong to the loop's own thread, and fail on any other while
 * the loop runs; any thread may ask whether it is done and for its outcome.
 *
 * @param <T> the type of the result
 */
public sealed class AsyncFuture<T extends @Nullable Object> implements Awaitable<T>
        permits Task, GatheringFuture, StandIn {

    private static final int PENDING = 0;

    private static final int FINISHED = 1;

    private static final int CANCELLED = 2;

    private static final int FAILED = 3;

    /** More callbacks than this aren't looked at for toString. */
    private static final int MOST_NAMED = 1_000;

    private static final VarHandle STATE;

    private static final VarHandle OUTCOME;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(AsyncFuture.class, "state", int.class);
            OUTCOME = lookup.findVarHandle(AsyncFuture.class, "outcome", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final DefaultEventLoop loop;

    /** Written by the baton holder, after all that it stands for; read by any thread. */
    private volatile int state;

    /**
     * The result. If this has FAILED, the exception, or what will report it if nobody asks for it.
     * If this was CANCELLED, the message that cancel was given, or the error that ended the task,
     * for the first who asks. Written before {@link #state}; the first who asks, on any thread,
     * leaves the exception, or null, in its place.
     */
    private @Nullable Object outcome;

    // Baton holder only, from here on.

    /** Null, a {@link DoneEntry}, or {@link DoneEntries}. */
    private @Nullable Object waiters;

    private final @Nullable Throwable creationStack;

    AsyncFuture(DefaultEventLoop loop) {
        this.loop = loop;
        this.creationStack = loop.getDebug() ? new CreationStack("it was made here") : null;
    }

    /** The loop behind this future. */
    final DefaultEventLoop loop() {
        return loop;
    }

    @Nullable Throwable creationStack() {
        return creationStack;
    }

    /**
     * The loop that this future belongs to.
     *
     * @return the loop
     */
    public final EventLoop getLoop() {
        return loop.facade();
    }

    /**
     * Whether there is a result, an exception or a cancellation. Any thread.
     *
     * @return true if this isn't pending any more
     */
    public final boolean done() {
        return state != PENDING;
    }

    /**
     * Whether this was cancelled. Any thread.
     *
     * @return true if it was
     */
    public final boolean cancelled() {
        return state == CANCELLED;
    }

    /**
     * The result. Any thread.
     *
     * @return the result
     * @throws InvalidStateException if it isn't there yet
     * @throws CancelledError if this was cancelled
     */
    public final T result() {
        Throwable error = error("result()");
        if (error != null) {
            throw Sneaky.raise(error);
        }
        return value();
    }

    /**
     * The exception. Any thread.
     *
     * @return the exception, or null if there is a result
     * @throws InvalidStateException if this isn't done yet
     * @throws CancelledError if this was cancelled
     */
    public final @Nullable Throwable exception() {
        Throwable error = error("exception()");
        if (state == CANCELLED && error != null) {
            throw Sneaky.raise(error);
        }
        return error;
    }

    /** What awaiting this throws, or null if there is a result; counts as having been looked at. */
    final @Nullable Throwable error(String asked) {
        return switch (state) {
            case FINISHED -> null;
            case FAILED -> {
                retrieved();
                yield failure();
            }
            case CANCELLED -> makeCancelledError();
            default ->
                    throw new InvalidStateException(
                            asked
                                    + ": the result is not ready; await(future) waits for it: "
                                    + this);
        };
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // set by setResult alone: null only if T allows it
    final T value() {
        return (T) outcome;
    }

    /** The exception if there is one, without counting as having been looked at. Any thread. */
    final @Nullable Throwable peekException() {
        return state == FAILED ? failure() : null;
    }

    /** The exception of what has FAILED. */
    private @Nullable Throwable failure() {
        Object found = outcome;
        return found instanceof Unretrieved.Entry entry ? entry.exception() : (Throwable) found;
    }

    /**
     * The error of a cancelled future: the one that ended the task for the first who asks, then new
     * ones.
     */
    final CancelledError makeCancelledError() {
        return outcome instanceof CancelledError error && OUTCOME.compareAndSet(this, error, null)
                ? error
                : newCancelledError();
    }

    /**
     * An error of its own for a list of outcomes; the one that ended the task is left for the first
     * who asks.
     */
    final CancelledError newCancelledError() {
        return new CancelledError(outcome instanceof String message ? message : null);
    }

    /** Nobody has to be told of the exception any more. Any thread. */
    final void retrieved() {
        if (state == FAILED && outcome instanceof Unretrieved.Entry entry) {
            outcome = entry.exception();
            entry.retrieved();
        }
    }

    /**
     * Sets the result and schedules the callbacks.
     *
     * @param result the result
     * @throws InvalidStateException if this is done already
     * @throws IllegalStateException if the loop is closed and there are done callbacks, which are
     *     never called then; the result is set all the same
     */
    public void setResult(T result) {
        checkSettable();
        outcome = result;
        finish(FINISHED);
    }

    /**
     * Sets the exception and schedules the callbacks. If nobody ever asks for it, it is reported to
     * the loop's exception handler, when the loop is closed at the latest.
     *
     * @param exception the exception, which await will throw as it is
     * @throws InvalidStateException if this is done already
     * @throws IllegalStateException if the loop is closed and there are done callbacks, which are
     *     never called then; the exception is set all the same
     */
    public void setException(Throwable exception) {
        Objects.requireNonNull(
                exception, "the exception is null: use setResult(null) for a result of null");
        checkSettable();
        outcome = loop.unretrieved().track(this, exception);
        finish(FAILED);
    }

    private void checkSettable() {
        loop.checkThread("completing a future");
        if (state != PENDING) {
            throw new InvalidStateException("it has its outcome already: " + this);
        }
    }

    /**
     * Cancels this, so that whoever awaits it gets a {@link CancelledError}.
     *
     * @return false if it was done already
     * @throws IllegalStateException if the loop is closed and there are done callbacks, which are
     *     never called then
     */
    public final boolean cancel() {
        return cancel(null);
    }

    /**
     * Cancels this, so that whoever awaits it gets a {@link CancelledError}.
     *
     * @param message the error's message, or null
     * @return false if it was done already
     * @throws IllegalStateException if the loop is closed and there are done callbacks, which are
     *     never called then
     */
    public boolean cancel(@Nullable String message) {
        loop.checkThread("cancelling a future");
        retrieved();
        if (state != PENDING) {
            return false;
        }
        becomeCancelled(message);
        return true;
    }

    /**
     * Cancels a pending future.
     *
     * @param reason the message of the errors that it will throw, or the first of these errors; or
     *     null
     */
    final void becomeCancelled(@Nullable Object reason) {
        outcome = reason;
        finish(CANCELLED);
    }

    /** Marks a pending future as cancelled when its loop is gone, and tells nobody. */
    final void abandon() {
        waiters = null;
        STATE.setRelease(this, CANCELLED);
        finished();
    }

    /** Completes this if it is pending; for the library's own timers and threads. */
    final void setResultUnlessDone(T result) {
        if (state == PENDING) {
            outcome = result;
            finish(FINISHED);
        }
    }

    private void finish(int newState) {
        Object entries = waiters;
        waiters = null;
        STATE.setRelease(this, newState);
        finished();
        if (entries == null) {
            return;
        }
        if (loop.core().closed()) {
            refuseToCall(entries);
        } else if (entries instanceof DoneEntry entry) {
            entry.schedule(this);
        } else {
            ((DoneEntries) entries).forEach(entry -> entry.schedule(this));
        }
    }

    /**
     * The loop was closed: those who waited in tasks have been told so, but a user's callback would
     * be dropped silently. What is unwound by closing the loop goes on all the same.
     */
    private void refuseToCall(Object entries) {
        if (copy(entries).stream().noneMatch(UserCallback.class::isInstance)) {
            return;
        }
        IllegalStateException error =
                new IllegalStateException(
                        "Event loop is closed: the done callbacks of "
                                + this
                                + " are never called; complete it before, or take them out with"
                                + " removeDoneCallback");
        Fiber fiber = Fiber.current();
        if (fiber == null || !fiber.dying()) {
            throw error;
        }
        loop.report(
                ExceptionContext.of("a future was completed while its loop was closed", error)
                        .future(this));
    }

    /** Called once, when this is done. Baton holder. */
    void finished() {}

    /**
     * Calls {@code callback} with this once it is done: in the next iteration if it is done
     * already. It runs in a copy of the current context, and its errors go to the loop's exception
     * handler.
     *
     * @param callback what to call, on the loop's thread; it must not await
     */
    public final void addDoneCallback(Consumer<? super AsyncFuture<T>> callback) {
        addDoneCallback(callback, Context.copyContext());
    }

    /**
     * Calls {@code callback} with this once it is done, in {@code context}.
     *
     * @param callback what to call, on the loop's thread; it must not await
     * @param context the context to run it in
     */
    public final void addDoneCallback(Consumer<? super AsyncFuture<T>> callback, Context context) {
        Objects.requireNonNull(
                callback, "the callback is null: pass what to call, such as f -> use(f.result())");
        Objects.requireNonNull(
                context, "the context is null: leave it out to run in a copy of the current one");
        if (done()) {
            loop.checkOpen("calling back"); // it would never be called
        }
        add(new UserCallback<>(callback, context, Carried.capture(loop)));
    }

    /**
     * Takes out all callbacks that equal {@code callback}, unless they are scheduled already.
     *
     * @param callback the callback
     * @return how many were taken out
     */
    public final int removeDoneCallback(Consumer<? super AsyncFuture<T>> callback) {
        loop.checkThread("AsyncFuture.removeDoneCallback");
        Object entries = waiters;
        if (entries == null) {
            return 0;
        }
        int removed = 0;
        for (DoneEntry entry : copy(entries)) { // a user's equals may change them itself
            if (entry instanceof UserCallback<?> user
                    && user.callback.equals(callback)
                    && remove(entry)) {
                removed++;
            }
        }
        return removed;
    }

    /** Has {@code entry} scheduled when this is done, or now if it is. */
    final void add(DoneEntry entry) {
        loop.checkThread("waiting for a future");
        if (state != PENDING) {
            entry.schedule(this);
        } else if (waiters == null) {
            waiters = entry;
        } else if (waiters instanceof DoneEntry one) {
            waiters = new DoneEntries(one, entry);
        } else {
            ((DoneEntries) waiters).add(entry);
        }
    }

    /**
     * Takes {@code entry} out, unless it is scheduled already.
     *
     * @return whether it was there
     */
    final boolean remove(DoneEntry entry) {
        Object entries = waiters;
        if (entries instanceof DoneEntries many) {
            return many.remove(entry);
        }
        if (entries == null || !entries.equals(entry)) {
            return false;
        }
        waiters = null;
        return true;
    }

    private static List<DoneEntry> copy(Object entries) {
        return entries instanceof DoneEntry one ? List.of(one) : ((DoneEntries) entries).copy();
    }

    /**
     * A {@code CompletableFuture} that ends as this does, for code outside of the loop:
     * cancellation is a {@link CancellationException} there. Cancelling it cancels this. If the
     * loop is closed before this is done, it is cancelled.
     *
     * @return a new future
     */
    public final CompletableFuture<T> toCompletableFuture() {
        return ThreadsafeFutures.toCompletableFuture(this);
    }

    /** The result for a thread that isn't the loop's; cancellation is the JDK's exception there. */
    final T blockingResult() {
        Throwable error = error("result()");
        if (error instanceof CancelledError cancelled) {
            CancellationException exception =
                    new CancellationException(
                            cancelled.getMessage() == null
                                    ? "the task was cancelled"
                                    : cancelled.getMessage());
            exception.initCause(cancelled);
            throw exception;
        }
        if (error != null) {
            AwaitSite.add(error, null);
            throw Sneaky.raise(error);
        }
        return value();
    }

    /**
     * The futures that this one waits for in turn, for whoever looks at who awaits what; none for
     * one that somebody completes by hand. Baton holder.
     */
    Collection<? extends AsyncFuture<?>> waitsForAll() {
        return List.of();
    }

    /** A word for the state, for toString. */
    final String stateName() {
        return switch (state) {
            case PENDING -> "pending";
            case CANCELLED -> "cancelled";
            case FAILED -> "exception=" + failure();
            default -> "finished" + FutureText.result(outcome);
        };
    }

    /** The users' callbacks and, in debug mode, where this was made, for toString. */
    final String details() {
        return FutureText.callbacks(callbackNames()) + FutureText.created(creationStack);
    }

    /** What the users' callbacks print as; none on a thread that mustn't look at them. */
    private List<String> callbackNames() {
        Object entries = loop.core().mayTouch() ? waiters : null;
        if (entries == null) {
            return List.of();
        }
        List<DoneEntry> some =
                entries instanceof DoneEntry one
                        ? List.of(one)
                        : ((DoneEntries) entries).first(MOST_NAMED);
        return some.stream()
                .filter(UserCallback.class::isInstance)
                .map(entry -> ((UserCallback<?>) entry).callback.getClass().getName())
                .toList();
    }

    @Override
    public String toString() {
        return "Future[" + stateName() + details() + "]";
    }

    /** A user's callback in its context. One that is registered twice is called twice. */
    private static final class UserCallback<T extends @Nullable Object> implements DoneEntry {

        private final Consumer<? super AsyncFuture<T>> callback;

        private final Context context;

        private final @Nullable Object carried;

        UserCallback(
                Consumer<? super AsyncFuture<T>> callback,
                Context context,
                @Nullable Object carried) {
            this.callback = callback;
            this.context = context;
            this.carried = carried;
        }

        @Override
        @SuppressWarnings("unchecked") // registered with this very future
        public void schedule(AsyncFuture<?> future) {
            AsyncFuture<T> done = (AsyncFuture<T>) future;
            future.loop()
                    .core()
                    .add(
                            new CallbackHandle(
                                    future.loop(),
                                    new DoneCall<>(callback, done),
                                    context,
                                    carried));
        }
    }

    /** The call itself; a record so that it prints as what it is. */
    private record DoneCall<T extends @Nullable Object>(
            Consumer<? super AsyncFuture<T>> callback, AsyncFuture<T> future) implements Runnable {
        @Override
        public void run() {
            callback.accept(future);
        }
    }
}
