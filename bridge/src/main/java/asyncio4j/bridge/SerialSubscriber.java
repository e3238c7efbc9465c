package asyncio4j.bridge;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/**
 * A subscriber with one subscription, of which one thread at a time requests, and which any thread
 * may cancel; and which says by which rule a publisher is wrong.
 *
 * <p><b>The subscription is cancelled once at most, and never while another thread is inside of
 * {@code request}</b> (rule 2.7). Who calls {@code request} sets REQUESTING around it: {@code
 * onSubscribe}, or later on the one thread that {@linkplain #requestMore requests more}. Whoever
 * wants to cancel sets CANCEL, by an atomic operation that tells what was set before; the first to
 * do so cancels, unless it finds REQUESTING, or no SUBSCRIBED yet. In those cases the thread in
 * {@code onSubscribe} or {@code request} does: it looks for CANCEL when it sets SUBSCRIBED, and
 * again when it takes REQUESTING away. As all of these are operations on the one word {@code
 * state}, of two sides that meet exactly one comes second and knows of the other.
 *
 * <p>Once the publisher has ended there is nothing to cancel, and REQUESTING may stay.
 *
 * <p>A publisher may signal from inside of {@code request}, without end perhaps. A thread that
 * finds REQUESTING and is itself the one that requests cancels at once, and leaves a note for
 * itself in {@code cancelledInside}.
 *
 * <p><b>A publisher is told off once.</b> The first violation is the one that counts; of those
 * after it only what the publisher threw or signalled is kept, and dropped.
 */
abstract class SerialSubscriber<T> implements CoreSubscriber<T> {

    static final int SUBSCRIBED = 1;
    static final int REQUESTING = 1 << 1;
    private static final int CANCEL = 1 << 2;

    /** The publisher has called onComplete or onError: nothing is left to cancel. */
    static final int TERMINATED = 1 << 3;

    /** The first bit that is free for subclasses. */
    static final int FREE = 1 << 4;

    private static final VarHandle STATE;
    private static final VarHandle SUBSCRIPTION;
    private static final VarHandle VIOLATION;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(SerialSubscriber.class, "state", int.class);
            SUBSCRIPTION =
                    lookup.findVarHandle(
                            SerialSubscriber.class, "subscription", Subscription.class);
            VIOLATION =
                    lookup.findVarHandle(
                            SerialSubscriber.class, "violation", ProtocolViolationException.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Publisher<? extends T> source;

    private volatile int state;

    private volatile @Nullable Subscription subscription;

    private volatile @Nullable ProtocolViolationException violation;

    /** The thread inside of request. Written before REQUESTING is set. */
    private @Nullable Thread requester;

    /** The requesting thread only. */
    private boolean cancelledInside;

    SerialSubscriber(Publisher<? extends T> source) {
        this.source = source;
    }

    /**
     * Gets ready for elements. In onSubscribe.
     *
     * @return how much to request at once; 0 if that is done later
     */
    abstract long prepare(Subscription s);

    /** The subscription is there, and nothing was requested yet. In onSubscribe. */
    abstract void subscribed();

    /** The publisher broke a rule, for the first time; it was cancelled. Any thread. */
    abstract void fail(ProtocolViolationException broken);

    /**
     * Nobody waits any more.
     *
     * @param thrown what goes on its way through this, and so isn't to be told once more
     */
    abstract void leave(@Nullable Throwable thrown);

    /** The bits as they are. */
    final int state() {
        return state;
    }

    /** Sets bits; tells what was set before. */
    final int set(int bits) {
        return (int) STATE.getAndBitwiseOr(this, bits);
    }

    /** Sets bits if the state is {@code expected}; false if it isn't any more. */
    final boolean set(int expected, int bits) {
        return STATE.compareAndSet(this, expected, expected | bits);
    }

    /** Takes bits away; tells what was set before. */
    final int unset(int bits) {
        return (int) STATE.getAndBitwiseAnd(this, ~bits);
    }

    final @Nullable Subscription subscription() {
        return subscription;
    }

    final boolean isCancelled() {
        return (state & (CANCEL | TERMINATED)) == CANCEL;
    }

    /** Whether the calling thread is inside of request: what it signals needs no wake-up. */
    final boolean isRequester() {
        return requester == Thread.currentThread();
    }

    // Subscribing and requesting

    /** Subscribes to the source. The task's fiber. */
    final void subscribe() {
        try {
            source.subscribe(this);
        } catch (Throwable e) {
            if (Awaits.isBeyondSignals(e)) {
                leave(e);
                throw e;
            }
            violated(
                    "1.9",
                    "subscribe threw an exception, where it has to call onSubscribe and onError",
                    e);
        }
    }

    /** The subscription should be there by now. */
    final void noSubscription() {
        if ((state & SUBSCRIBED) == 0) {
            violated(
                    "1.9",
                    "onSubscribe wasn't called within "
                            + PublisherAwait.GRACE.toSeconds()
                            + " s after subscribe",
                    null);
        }
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
        long first = prepare(s);
        if (first == 0) {
            if ((set(SUBSCRIBED) & CANCEL) != 0) {
                cancel(s);
            }
            subscribed();
            return;
        }
        requester = Thread.currentThread();
        if ((set(SUBSCRIBED | REQUESTING) & CANCEL) != 0) {
            cancel(s);
        } else {
            request(s, first);
        }
    }

    /** Requests so many more, unless this was cancelled. One thread at a time. */
    final void requestMore(long n) {
        requester = Thread.currentThread();
        if ((set(REQUESTING) & CANCEL) != 0) {
            unset(REQUESTING);
            requester = null;
        } else {
            request(Objects.requireNonNull(subscription), n);
        }
    }

    private void request(Subscription s, long n) {
        try {
            s.request(n);
        } catch (Throwable e) {
            violated("3.16", "Subscription.request threw an exception", e);
            if (Awaits.isBeyondSignals(e)) {
                requested(s);
                throw e;
            }
        }
        requested(s);
    }

    private void requested(Subscription s) {
        if ((state & TERMINATED) != 0) { // nobody cancels any more: it doesn't matter who may
            requester = null;
            return;
        }
        int before = unset(REQUESTING);
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
            if (!isRequester()) {
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

    // Violations

    /**
     * The publisher broke a rule: cancels it. Any thread.
     *
     * @param cause what it threw or signalled, if it is about that
     */
    final void violated(String rule, String what, @Nullable Throwable cause) {
        if (cause != null && isReported(cause)) {
            return;
        }
        ProtocolViolationException fresh =
                new ProtocolViolationException(rule, source, what, cause);
        if (VIOLATION.compareAndSet(this, null, fresh)) {
            cancelUpstream();
            fail(fresh);
        } else if (cause != null) {
            Operators.onErrorDropped(cause, currentContext());
        }
    }

    /** A signal came before onSubscribe, after the end, or after another violation. */
    final void misplaced(int now, String signal, @Nullable Throwable cause) {
        if ((now & SUBSCRIBED) == 0) {
            violated("1.9", signal + " was called before onSubscribe", cause);
        } else {
            violated("1.7", signal + " was called after onComplete or onError", cause);
        }
    }

    /** What rule 2.13 has this throw at a signal that is null; notes the violation. */
    final NullPointerException nullSignal(String signal) {
        violated("2.13", signal + " was called with null", null);
        ProtocolViolationException cause = Objects.requireNonNull(violation);
        NullPointerException thrown = new NullPointerException(cause.getMessage());
        thrown.initCause(cause);
        return thrown;
    }

    /** The first violation, or null. */
    final @Nullable ProtocolViolationException violation() {
        return violation;
    }

    /** Whether {@code e} tells of the violation already: it was thrown at the publisher. */
    private boolean isReported(Throwable e) {
        ProtocolViolationException broken = violation;
        return broken != null && (e.getCause() == broken || broken.getCause() == e);
    }
}
