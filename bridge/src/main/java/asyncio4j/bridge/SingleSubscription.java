package asyncio4j.bridge;

import asyncio4j.AsyncFuture;
import asyncio4j.CancelledError;
import asyncio4j.internal.access.LoopAccess;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.Scannable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/**
 * What a subscriber holds of a Mono that this library makes: one outcome, which comes on the loop's
 * thread, and a demand and a cancellation, which come on any.
 *
 * <h2>Why signals come one after the other, and at most one outcome comes</h2>
 *
 * <p>Whoever wants to signal onNext, onError or onComplete first has to set TERMINATED, by a
 * compare-and-set; one succeeds and is the only one ever to signal. A value needs a demand: it is
 * written, then READY is set, and whoever of the two sides comes second, request with REQUESTED or
 * the outcome with READY, goes on to TERMINATED in the same step. {@code cancel} sets TERMINATED
 * too, and then nobody signals; a value that was READY belongs to whoever sets TERMINATED, to
 * signal or to discard, and one that wasn't yet stays with the one who brings it.
 *
 * <p>What the demand sets off on another thread begins once onSubscribe has returned, as its
 * signals would overlap that: the second of REQUESTED and KNOWN begins it.
 */
abstract class SingleSubscription<T> implements Subscription, Scannable, Subscriptions.Open {

    static final LoopAccess ACCESS = LoopAccess.get();

    private static final int REQUESTED = 1;
    private static final int READY = 1 << 1;
    private static final int TERMINATED = 1 << 2;
    private static final int CANCELLED = 1 << 3;
    private static final int KNOWN = 1 << 4;

    private static final VarHandle STATE;

    static {
        try {
            STATE =
                    MethodHandles.lookup()
                            .findVarHandle(SingleSubscription.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final CoreSubscriber<? super T> actual;

    private final Subscriptions registry;

    private volatile int state;

    /** Written before READY is set; belongs to whoever sets TERMINATED then. */
    private @Nullable T value;

    SingleSubscription(CoreSubscriber<? super T> actual, Subscriptions registry) {
        this.actual = actual;
        this.registry = registry;
    }

    /** The first demand is there, and the outcome may come. Any thread; called once at most. */
    abstract void onRequested();

    /** Whether this is the loop's own thread, beside which nothing can signal. */
    abstract boolean atHome();

    /** Nobody waits for the outcome any more. Any thread; called once at most. */
    abstract void onAbandoned();

    /**
     * The subscriber's onSubscribe has returned: it is told if the loop ends, and what its demand
     * sets off may begin. The subscribing thread.
     */
    final void register() {
        registry.add(this);
        int before = (int) STATE.getAndBitwiseOr(this, KNOWN);
        if ((before & (KNOWN | REQUESTED | TERMINATED)) == REQUESTED) {
            onRequested();
        }
        if ((state & (READY | TERMINATED)) != 0) {
            registry.remove(this); // it needs the loop no more
        }
    }

    final CoreSubscriber<? super T> actual() {
        return actual;
    }

    final Subscriptions registry() {
        return registry;
    }

    final boolean terminated() {
        return (state & TERMINATED) != 0;
    }

    @Override
    public final void request(long n) {
        if (n <= 0) {
            if (terminate(0)) {
                onAbandoned();
                actual.onError(Exceptions.nullOrNegativeRequestException(n));
            }
            return;
        }
        for (; ; ) {
            int before = state;
            if ((before & (TERMINATED | REQUESTED)) != 0) {
                return;
            }
            boolean ready = (before & READY) != 0;
            boolean begins = (before & KNOWN) != 0 || atHome();
            int bits = REQUESTED | (ready ? TERMINATED : 0) | (begins ? KNOWN : 0);
            if (STATE.compareAndSet(this, before, before | bits)) {
                if (ready) {
                    emit(takeValue());
                } else if (begins) {
                    onRequested();
                }
                return;
            }
        }
    }

    @Override
    public final void cancel() {
        if (terminate(CANCELLED)) {
            onAbandoned();
        }
    }

    @Override
    public final void loopGone() {
        if (terminate(0)) {
            onAbandoned();
            CancellationException error = closed();
            failing(error);
            actual.onError(error);
        }
    }

    /** The loop takes this no more, and knows nothing of it. Any thread. */
    final void refuse() {
        if (!registry.isTired()) {
            fail(closed());
        }
    }

    private static CancellationException closed() {
        return new CancellationException(
                "the event loop was closed before this was done: subscribe while it runs, and wait"
                        + " for the result");
    }

    /**
     * Signals what became of {@code future}, which is done.
     *
     * @return whether the subscriber was told of an error
     */
    final boolean settle(AsyncFuture<? extends @Nullable T> future) {
        Throwable error = future.cancelled() ? new CancelledError() : ACCESS.peekException(future);
        if (error == null) {
            succeed(future.result());
            return false;
        }
        return fail(error instanceof CancelledError ? cancellation(future) : error);
    }

    /** What Reactor gets for a cancellation: there an Error would stand for something else. */
    private static CancellationException cancellation(AsyncFuture<?> future) {
        CancellationException exception = new CancellationException(future + " was cancelled");
        try {
            future.result();
        } catch (CancelledError e) {
            exception.initCause(e);
        }
        return exception;
    }

    /** The outcome: a value, or none. */
    private void succeed(@Nullable T outcome) {
        if (outcome == null) {
            if (terminate(0)) {
                actual.onComplete();
            }
            return;
        }
        for (; ; ) {
            int before = state;
            if ((before & TERMINATED) != 0) {
                lateValue(outcome);
                return;
            }
            if ((before & REQUESTED) != 0) {
                if (terminate(0)) {
                    emit(outcome);
                } else {
                    lateValue(outcome);
                }
                return;
            }
            value = outcome;
            if (STATE.compareAndSet(this, before, before | READY)) {
                registry.remove(this);
                return;
            }
            value = null;
        }
    }

    /** The outcome: an error. False if the subscriber doesn't want it any more. */
    final boolean fail(Throwable error) {
        if (terminate(0)) {
            actual.onError(error);
            return true;
        }
        return false;
    }

    /** The loop is closed: the subscriber will get {@code error}. */
    void failing(Throwable error) {}

    /** A value that the subscriber doesn't want any more. */
    abstract void lateValue(T outcome);

    private void emit(T outcome) {
        actual.onNext(outcome);
        if ((state & CANCELLED) == 0) {
            actual.onComplete();
        }
    }

    /**
     * Sets TERMINATED, and {@code more} with it; false if it was set. A value that is READY is
     * given up then.
     */
    private boolean terminate(int more) {
        int before = (int) STATE.getAndBitwiseOr(this, TERMINATED | more);
        if ((before & TERMINATED) != 0) {
            return false;
        }
        registry.remove(this);
        if ((before & READY) != 0) {
            lateValue(takeValue());
        }
        return true;
    }

    private T takeValue() {
        T taken = Objects.requireNonNull(value);
        value = null;
        return taken;
    }

    @Override
    @SuppressWarnings("rawtypes") // as Reactor declares it
    public @Nullable Object scanUnsafe(Attr key) {
        int now = state;
        if (key == Attr.ACTUAL) {
            return actual;
        }
        if (key == Attr.TERMINATED) {
            return (now & (TERMINATED | CANCELLED)) == TERMINATED;
        }
        if (key == Attr.CANCELLED) {
            return (now & CANCELLED) != 0;
        }
        if (key == Attr.REQUESTED_FROM_DOWNSTREAM) {
            return (now & REQUESTED) != 0 ? 1L : 0L;
        }
        if (key == Attr.RUN_STYLE) {
            return Attr.RunStyle.ASYNC;
        }
        return null;
    }
}
