package asyncio4j.bridge;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/**
 * A subscriber with one subscription, of which it requests all it wants at once, and which any
 * thread may cancel.
 *
 * <p><b>The subscription is cancelled once at most, and never while another thread is inside of
 * {@code request}</b> (rule 2.7). There is one call of {@code request}, in {@code onSubscribe},
 * with REQUESTING set. Whoever wants to cancel sets CANCEL, by an atomic operation that tells what
 * was set before; the first to do so cancels, unless it finds REQUESTING, or no SUBSCRIBED yet. In
 * those cases the thread in {@code onSubscribe} does: it looks for CANCEL when it sets SUBSCRIBED,
 * and again when it takes REQUESTING away. As all of these are operations on the one word {@code
 * state}, of two sides that meet exactly one comes second and knows of the other.
 *
 * <p>A publisher may signal from inside of {@code request}, without end perhaps. A thread that
 * finds REQUESTING and is itself the one that requests cancels at once, and leaves a note for
 * itself in {@code cancelledInside}.
 */
abstract class SerialSubscriber<T> implements CoreSubscriber<T> {

    static final int SUBSCRIBED = 1;
    private static final int REQUESTING = 1 << 1;
    private static final int CANCEL = 1 << 2;

    /** The publisher has called onComplete or onError: nothing is left to cancel. */
    static final int TERMINATED = 1 << 3;

    /** The first bit that is free for subclasses. */
    static final int FREE = 1 << 4;

    private static final VarHandle STATE;
    private static final VarHandle SUBSCRIPTION;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(SerialSubscriber.class, "state", int.class);
            SUBSCRIPTION =
                    lookup.findVarHandle(
                            SerialSubscriber.class, "subscription", Subscription.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile int state;

    private volatile @Nullable Subscription subscription;

    /** The thread inside of request. Written before REQUESTING is set. */
    private @Nullable Thread requester;

    /** The requesting thread only. */
    private boolean cancelledInside;

    /** How much to request; all of it at once. */
    abstract long demand();

    /**
     * The publisher broke a rule. Any thread.
     *
     * @param cause what it threw or signalled, if it is about that
     */
    abstract void violated(String rule, String what, @Nullable Throwable cause);

    /** What rule 2.13 has this throw at a signal that is null; notes the violation. */
    abstract NullPointerException nullSignal(String signal);

    /** Whether {@code e} was thrown by {@link #nullSignal}, and now comes back. */
    abstract boolean isReported(Throwable e);

    /** The bits as they are. */
    final int state() {
        return state;
    }

    /** Sets bits; tells what was set before. */
    final int set(int bits) {
        return (int) STATE.getAndBitwiseOr(this, bits);
    }

    final @Nullable Subscription subscription() {
        return subscription;
    }

    final boolean isCancelled() {
        return (state & (CANCEL | TERMINATED)) == CANCEL;
    }

    @Override
    public final void onSubscribe(Subscription s) {
        if (s == null) {
            throw nullSignal("onSubscribe");
        }
        if (!SUBSCRIPTION.compareAndSet(this, null, s)) {
            if (!Operators.canAppearAfterOnSubscribe(
                    s)) { // how Reactor reports what subscribe threw
                cancel(s);
                violated("2.5", "onSubscribe was called a second time, which 2.12 forbids", null);
            }
            return;
        }
        requester = Thread.currentThread();
        if ((set(SUBSCRIBED | REQUESTING) & CANCEL) != 0) {
            cancel(s);
        } else {
            request(s);
        }
    }

    private void request(Subscription s) {
        try {
            s.request(demand());
        } catch (Throwable e) {
            if (Awaits.isBeyondSignals(e)) {
                requested(s);
                throw e;
            }
            if (!isReported(e)) {
                violated("3.16", "Subscription.request threw an exception", e);
            }
        }
        requested(s);
    }

    private void requested(Subscription s) {
        int before = (int) STATE.getAndBitwiseAnd(this, ~REQUESTING);
        requester = null;
        if ((before & (CANCEL | TERMINATED)) == CANCEL && !cancelledInside) {
            cancel(s);
        }
    }

    /**
     * Cancels the subscription, now or as soon as it is there, unless that was done or the
     * publisher has ended.
     */
    final void cancelUpstream() {
        int before = set(CANCEL);
        if ((before & (CANCEL | TERMINATED | SUBSCRIBED)) != SUBSCRIBED) {
            return;
        }
        if ((before & REQUESTING) != 0) {
            if (requester != Thread.currentThread()) {
                return;
            }
            cancelledInside = true;
        }
        cancel(Objects.requireNonNull(subscription));
    }

    private void cancel(Subscription s) {
        try {
            s.cancel();
        } catch (Throwable e) {
            if (Awaits.isBeyondSignals(e)) {
                throw e;
            }
            Operators.onErrorDropped(
                    e, currentContext()); // against rule 3.15; what is under way goes on
        }
    }
}
