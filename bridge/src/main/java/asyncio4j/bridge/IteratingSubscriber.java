package asyncio4j.bridge;

import asyncio4j.AsyncFuture;
import asyncio4j.Asyncio;
import asyncio4j.EventLoop;
import asyncio4j.GeneratorExit;
import asyncio4j.Task;
import asyncio4j.TimerHandle;
import asyncio4j.internal.access.LoopAccess;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;
import reactor.core.Fuseable;
import reactor.core.Scannable;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Queue;

/**
 * The subscriber under a {@link FluxIterator}: fetches {@code prefetch} elements ahead, and asks
 * for more once three quarters of them are used. A source that offers its own queue is polled.
 *
 * <h2>Who does what</h2>
 *
 * <p>The iterating task takes elements, requests, and cancels; so does what closes this, on the
 * loop's thread as well, or on the thread that closes the loop when that doesn't run any more. That
 * keeps request and cancel apart (rule 2.7): {@code onSubscribe} calls neither.
 *
 * <ul>
 *   <li><b>No wake-up is lost.</b> The task sets WAITING, and then looks whether an element, the
 *       end or the subscription is there; the publisher puts that there, and then looks whether
 *       WAITING is set. Between the two steps of each there is a full fence, or an atomic
 *       read-modify-write of {@code state}, which is one: a queue's {@code offer} alone might
 *       become visible only after what the publisher reads next. So either the task sees what came,
 *       or the publisher sees WAITING, and wakes the task if it is the one that takes WAITING away.
 *       What comes while the task itself requests comes on its own thread, and needs neither.
 *   <li><b>No element is lost.</b> An element that comes after CLOSED is dropped by the publisher's
 *       thread; one that was put into the queue before is discarded by {@link #discard}, which the
 *       publisher calls as well if it finds CLOSED after having put one in, and after the same
 *       fence: either it finds CLOSED, or whoever closes finds the element. {@code discarding}
 *       counts the calls, and only the first of those that meet polls, as often as there were
 *       calls: so there is one thread at a time at the queue's end, and none leaves before it has
 *       seen what the others had put in.
 *   <li><b>No error is lost.</b> It is written before ENDED is set. If that finds CLOSED the
 *       publisher drops it; else closing finds ENDED, and drops it unless it was thrown.
 * </ul>
 */
final class IteratingSubscriber<T> implements CoreSubscriber<T>, Scannable, Subscriptions.Open {

    private static final LoopAccess ACCESS = LoopAccess.get();

    private static final int SUBSCRIBED = 1;
    private static final int ENDED = 1 << 1;
    private static final int CLOSED = 1 << 2;
    private static final int WAITING = 1 << 3;

    private static final VarHandle STATE;
    private static final VarHandle SUBSCRIPTION;
    private static final VarHandle DISCARDING;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(IteratingSubscriber.class, "state", int.class);
            SUBSCRIPTION =
                    lookup.findVarHandle(
                            IteratingSubscriber.class, "subscription", Subscription.class);
            DISCARDING = lookup.findVarHandle(IteratingSubscriber.class, "discarding", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Publisher<? extends T> source;

    private final int prefetch;

    /** After how many elements as many are requested. */
    private final int refill;

    private final EventLoop loop;

    private final Subscriptions registry;

    /** Of what the Context is made: the state when the first element was asked for. */
    private final Object snapshot;

    private volatile int state;

    @SuppressWarnings("unused") // through DISCARDING
    private volatile int discarding;

    private volatile @Nullable Subscription subscription;

    // Written by the publisher before SUBSCRIBED is set.

    private @Nullable Queue<T> queue;

    private int fusion;

    /** Written by the publisher before ENDED is set. */
    private @Nullable Throwable error;

    /** Written by the task before it sets WAITING. */
    private @Nullable AsyncFuture<@Nullable Void> future;

    /** The thread that requests: what comes meanwhile on it is the task's own doing. */
    private volatile @Nullable Thread requester;

    // The loop's thread, from here on.

    private boolean begun;

    private boolean requested;

    private boolean thrown;

    private int used;

    IteratingSubscriber(Publisher<? extends T> source, int prefetch, Task<?> task) {
        this.source = source;
        this.prefetch = prefetch;
        this.refill = prefetch == Integer.MAX_VALUE ? prefetch : prefetch - (prefetch >> 2);
        this.loop = task.getLoop();
        this.snapshot = ReactorContext.here(loop);
        this.registry = Subscriptions.of(loop);
    }

    // The task's side

    /** The next element; null at the end. Suspends until that is known. On the task's fiber. */
    @Nullable T take() {
        if (requested) { // and so there is a subscription, and a queue
            T element = poll();
            if (element != null) {
                used();
                return element;
            }
            if (fusion == Fuseable.SYNC) {
                return polledToTheEnd();
            }
        }
        return await();
    }

    /** A source that is nothing but its queue has no more; it isn't asked once again. */
    private @Nullable T polledToTheEnd() {
        set(ENDED);
        registry.remove(this);
        return null;
    }

    /** The next element if there is none to be polled right now, or null at the end. */
    private @Nullable T await() {
        if (!begun) {
            if (loop.isClosed()) {
                throw loopClosed();
            }
            begun = true;
            subscribe();
        }
        for (; ; ) {
            int now = state;
            if ((now & SUBSCRIBED) != 0) {
                if (!requested) {
                    requested = true;
                    request(prefetch == Integer.MAX_VALUE ? Long.MAX_VALUE : prefetch);
                    continue;
                }
                T element = poll();
                if (element != null) {
                    used();
                    return element;
                }
                if (fusion == Fuseable.SYNC) {
                    return polledToTheEnd();
                }
            }
            if ((now & ENDED) != 0) {
                return end();
            }
            if ((now & CLOSED) != 0) {
                if (loop.isClosed()) {
                    throw loopClosed();
                }
                return null; // by whatever ran while this waited
            }
            suspend();
        }
    }

    /** What an await would throw: that isn't the end of the elements. */
    private static GeneratorExit loopClosed() {
        return new GeneratorExit("the event loop was closed");
    }

    private @Nullable T end() {
        thrown = true;
        registry.remove(this);
        Throwable failure = error;
        if (failure != null) {
            throw Awaits.rethrow(failure);
        }
        return null;
    }

    private void subscribe() {
        registry.add(this);
        try {
            source.subscribe(this);
        } catch (Throwable e) {
            if (Awaits.isBeyondSignals(e)) {
                close(null);
                throw e;
            }
            if (!(e.getCause() instanceof ProtocolViolationException)) {
                violated(
                        "1.9",
                        "subscribe threw an exception, where it has to call onSubscribe and"
                                + " onError",
                        e);
            }
        }
    }

    private @Nullable T poll() {
        try {
            return Objects.requireNonNull(queue).poll();
        } catch (Throwable e) { // a fused source's
            thrown = true;
            close(null);
            throw Awaits.rethrow(e);
        }
    }

    private void used() {
        if (fusion != Fuseable.SYNC && ++used == refill && prefetch != Integer.MAX_VALUE) {
            used = 0;
            if ((state & ENDED) == 0) {
                request(refill);
            }
        }
    }

    private void request(long n) {
        if (fusion == Fuseable.SYNC) {
            return;
        }
        requester = Thread.currentThread();
        try {
            Objects.requireNonNull(subscription).request(n);
        } catch (Throwable e) {
            if (Awaits.isBeyondSignals(e)) {
                throw e;
            }
            violated("3.16", "Subscription.request threw an exception", e);
        } finally {
            requester = null;
        }
    }

    private void suspend() {
        AsyncFuture<@Nullable Void> woken = loop.createFuture();
        future = woken;
        int before = set(WAITING);
        if ((before & (ENDED | CLOSED)) != 0
                || ((before & SUBSCRIBED) != 0
                        && (!requested || !Objects.requireNonNull(queue).isEmpty()))) {
            STATE.getAndBitwiseAnd(this, ~WAITING);
            return;
        }
        TimerHandle grace = null;
        try {
            if ((before & SUBSCRIBED) == 0) {
                grace = loop.callLater(PublisherAwait.GRACE, this::noSubscription);
            }
            Asyncio.await(woken);
        } catch (Throwable e) {
            close(null);
            throw e;
        } finally {
            if (grace != null) {
                grace.cancel();
            }
        }
    }

    private void noSubscription() {
        if ((state & SUBSCRIBED) == 0) {
            violated("1.9", PublisherAwait.NO_SUBSCRIPTION, null);
        }
    }

    /**
     * Cancels, and discards what is left. Once the publisher has ended there is only something to
     * discard. The loop's thread, or the one that closes the loop.
     *
     * @param fetched an element that was taken and not used
     */
    void close(@Nullable T fetched) {
        int before = set(CLOSED);
        if (fetched != null) {
            Operators.onDiscard(fetched, currentContext());
        }
        if ((before & CLOSED) != 0) {
            return;
        }
        registry.remove(this);
        Subscription s = subscription;
        if ((before & (SUBSCRIBED | ENDED)) == SUBSCRIBED && s != null) {
            cancel(s);
        }
        if ((before & SUBSCRIBED) != 0) {
            discard();
        }
        Throwable failure = error;
        if ((before & ENDED) != 0 && !thrown && failure != null) {
            Operators.onErrorDropped(failure, currentContext());
        }
        wake(before);
    }

    @Override
    public void loopGone() {
        close(null);
    }

    /** While a Runner closes the loop, clean-up may still iterate. */
    @Override
    public boolean outlastsShut() {
        return true;
    }

    private void cancel(Subscription s) {
        try {
            s.cancel();
        } catch (Throwable e) {
            if (Awaits.isBeyondSignals(e)) {
                throw e;
            }
            Operators.onErrorDropped(e, currentContext()); // against rule 3.15
        }
    }

    /** Discards what is in the queue. This was closed. Any thread. */
    private void discard() {
        if ((int) DISCARDING.getAndAdd(this, 1) != 0) {
            return;
        }
        int seen = 1;
        do {
            Queue<T> left = Objects.requireNonNull(queue);
            if (fusion == Fuseable.NONE) {
                Operators.onDiscardQueueWithClear(left, currentContext(), null);
            } else {
                left.clear();
            }
            seen = (int) DISCARDING.getAndAdd(this, -seen) - seen;
        } while (seen != 0);
    }

    // The publisher's side

    @Override
    @SuppressWarnings("unchecked") // a QueueSubscription has the source's elements
    public void onSubscribe(Subscription s) {
        if (s == null) {
            throw nullSignal("onSubscribe");
        }
        if (!SUBSCRIPTION.compareAndSet(this, null, s)) {
            if (!Operators.canAppearAfterOnSubscribe(s)) {
                cancel(s);
                violated("2.5", "onSubscribe was called a second time, which 2.12 forbids", null);
            }
            return;
        }
        if (s instanceof Fuseable.QueueSubscription<?> own) {
            // Polled by the loop's thread: the source's code must not move there.
            int mode = own.requestFusion(Fuseable.ANY | Fuseable.THREAD_BARRIER);
            if (mode == Fuseable.SYNC || mode == Fuseable.ASYNC) {
                fusion = mode;
                queue = (Queue<T>) own;
            }
        }
        if (queue == null) {
            queue =
                    prefetch == Integer.MAX_VALUE
                            ? Queues.<T>unbounded().get()
                            : Queues.<T>get(prefetch).get();
        }
        int before = set(SUBSCRIBED);
        if ((before & CLOSED) != 0) {
            cancel(s);
            discard();
        } else if ((before & ENDED) != 0) {
            cancel(s); // subscribe had thrown: nobody waits any more
        } else if ((before & WAITING) != 0) {
            wakeUp();
        }
    }

    @Override
    public void onNext(T element) {
        if (fusion == Fuseable.ASYNC) {
            arrived();
            return;
        }
        if (element == null) {
            throw nullSignal("onNext");
        }
        int now = state;
        if ((now & (SUBSCRIBED | ENDED | CLOSED)) != SUBSCRIBED) {
            Operators.onNextDropped(element, currentContext());
            if ((now & SUBSCRIBED) == 0) {
                violated("1.9", "onNext was called before onSubscribe", null);
            }
            return;
        }
        if (!Objects.requireNonNull(queue).offer(element)) {
            Operators.onNextDropped(element, currentContext());
            violated("1.1", "onNext was called more often than was requested", null);
        } else {
            arrived();
        }
    }

    /** An element is in the queue. */
    private void arrived() {
        if (requester != Thread.currentThread()) {
            VarHandle.fullFence();
        }
        int now = state;
        if ((now & CLOSED) != 0) {
            discard();
        } else if ((now & WAITING) != 0) {
            wakeUp();
        }
    }

    @Override
    public void onError(Throwable e) {
        if (e == null) {
            throw nullSignal("onError");
        }
        endWith(e);
    }

    @Override
    public void onComplete() {
        endWith(null);
    }

    private void endWith(@Nullable Throwable failure) {
        if ((state & (ENDED | CLOSED)) == 0) {
            error = failure;
            int before = set(ENDED);
            if ((before & (ENDED | CLOSED)) == 0) {
                if ((before & WAITING) != 0) {
                    wakeUp();
                }
                return;
            }
        }
        if (failure != null) {
            Operators.onErrorDropped(failure, currentContext());
        }
    }

    /** What was put there is to be seen by the task, which waits. */
    private void wakeUp() {
        wake((int) STATE.getAndBitwiseAnd(this, ~WAITING));
    }

    private void wake(int before) {
        if ((before & WAITING) == 0) {
            return;
        }
        AsyncFuture<@Nullable Void> waiting = Objects.requireNonNull(future);
        if (ACCESS.holdsBaton(loop)) {
            ACCESS.<@Nullable Void>setResultUnlessDone(waiting, null);
        } else {
            ACCESS.enqueueLight(
                    loop, () -> ACCESS.<@Nullable Void>setResultUnlessDone(waiting, null));
        }
    }

    /** The first violation is the end, unless there is one already; then it is dropped. */
    private void violated(String rule, String what, @Nullable Throwable cause) {
        fail(new ProtocolViolationException(rule, source, what, cause));
    }

    /** Ends this with an error of its own, and cancels. Any thread. */
    private void fail(ProtocolViolationException violation) {
        endWith(violation);
        Subscription s = subscription;
        if (s != null && fusion != Fuseable.SYNC) {
            cancel(s);
        }
    }

    private NullPointerException nullSignal(String signal) {
        ProtocolViolationException cause =
                new ProtocolViolationException(
                        "2.13", source, signal + " was called with null", null);
        fail(cause);
        NullPointerException thrown = new NullPointerException(cause.getMessage());
        thrown.initCause(cause);
        return thrown;
    }

    private int set(int bits) {
        return (int) STATE.getAndBitwiseOr(this, bits);
    }

    // What Reactor asks

    @Override
    public Context currentContext() {
        return ReactorContext.of(snapshot);
    }

    @Override
    @SuppressWarnings("rawtypes") // as Reactor declares it
    public @Nullable Object scanUnsafe(Attr key) {
        int now = state;
        if (key == Attr.PARENT) {
            return subscription;
        }
        if (key == Attr.PREFETCH) {
            return prefetch;
        }
        if (key == Attr.BUFFERED) {
            Queue<T> fetched = (now & SUBSCRIBED) == 0 ? null : queue;
            return fetched == null ? 0 : fetched.size();
        }
        if (key == Attr.TERMINATED) {
            return (now & ENDED) != 0;
        }
        if (key == Attr.CANCELLED) {
            return (now & (CLOSED | ENDED)) == CLOSED;
        }
        if (key == Attr.ERROR) {
            return (now & ENDED) != 0 ? error : null;
        }
        if (key == Attr.RUN_STYLE) {
            return Attr.RunStyle.ASYNC;
        }
        return null;
    }
}
