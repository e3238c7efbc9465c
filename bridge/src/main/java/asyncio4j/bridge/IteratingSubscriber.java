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

import reactor.core.Scannable;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/**
 * The subscriber under a {@link FluxIterator}: fetches {@code prefetch} elements ahead, and asks
 * for more once three quarters of them are used. A source that offers its own queue is polled.
 *
 * <h2>Who does what</h2>
 *
 * <p>The iterating task takes elements and requests; closing is done on the loop's thread as well,
 * or on the thread that closes the loop when that doesn't run any more. {@link SerialSubscriber}
 * keeps request and cancel apart, also where the publisher's thread cancels for a violation.
 *
 * <ul>
 *   <li><b>No wake-up is lost.</b> The task sets WAITING, and then looks whether an element, the
 *       end or the subscription is there; the publisher puts that there, and then looks whether
 *       WAITING is set. Between the two steps of each there is a full fence, or an atomic
 *       read-modify-write of the state, which is one: a queue's {@code offer} alone might become
 *       visible only after what the publisher reads next. So either the task sees what came, or the
 *       publisher sees WAITING, and wakes the task if it is the one that takes WAITING away. What
 *       comes on the task's own thread, from inside of its request, needs neither: the task doesn't
 *       wait then, and only the baton holder closes.
 *   <li><b>No element is lost.</b> An element that comes after CLOSED is dropped by the publisher's
 *       thread; one that was put into the queue before is discarded, by who closes or by the
 *       publisher if it finds CLOSED after having put one in, and after the same fence: see {@link
 *       FetchedElements}. An element that was taken out stays in {@code fetched} until it is used;
 *       one of the task's own stays in its queue. The queue is for one publishing thread at a time:
 *       {@code emitting} finds out if there are two, and the second's element is dropped. One of
 *       them may be the task's own thread, whose elements have a queue of their own, so that
 *       nothing is lost if the other thread doesn't see it there. As long as all have come there,
 *       {@code nearby} says so, and it need not be looked whether others are to be used before: who
 *       is the first to put one elsewhere takes that away, and whoever signals after that sees it.
 *   <li><b>No error is lost.</b> The first end, and no other, goes into {@code end} by a
 *       compare-and-set, before ENDED is set. If that finds CLOSED the publisher drops it; else
 *       closing finds ENDED, and drops it unless it was thrown.
 * </ul>
 */
final class IteratingSubscriber<T> extends SerialSubscriber<T>
        implements Scannable, Subscriptions.Open {

    private static final LoopAccess ACCESS = LoopAccess.get();

    private static final int ENDED = FREE;
    private static final int CLOSED = FREE << 1;
    private static final int WAITING = FREE << 2;

    /** The state inside of request, as long as nothing has gone wrong or come to an end. */
    private static final int OPEN = SUBSCRIBED | REQUESTING;

    /** In {@code end}: there was no error. */
    private static final Object COMPLETE = new Object();

    private static final VarHandle END;
    private static final VarHandle EMITTING;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            END = lookup.findVarHandle(IteratingSubscriber.class, "end", Object.class);
            EMITTING = lookup.findVarHandle(IteratingSubscriber.class, "emitting", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int prefetch;

    /** After how many elements as many are requested. */
    private final int refill;

    private final EventLoop loop;

    private final Subscriptions registry;

    /** Of what the Context is made: the state when the first element was asked for. */
    private final Object snapshot;

    private final FetchedElements<T> elements = new FetchedElements<>();

    /** Those of them that come on the task's own thread, inside of its request. */
    private final NearElements<T> near = elements.near;

    /** The error, or COMPLETE. Set once. */
    private volatile @Nullable Object end;

    /** How much was requested so far. Written by the task before it requests. */
    private volatile long demand;

    /** A thread is inside of onNext. */
    @SuppressWarnings("unused") // through EMITTING
    private volatile boolean emitting;

    /** How many elements have come on other threads. Guarded by {@code emitting}. */
    private long received;

    /**
     * All elements have come on the task's own thread so far, and into its own queue. Written
     * before the first, and when one comes on another thread.
     */
    private boolean nearby;

    /** Written by the task before it sets WAITING. */
    private @Nullable AsyncFuture<@Nullable Void> future;

    // The loop's thread, from here on.

    private boolean begun;

    private boolean thrown;

    /** How many elements were used, or are ready, since as many were requested. */
    private int used;

    /** The element that was taken last from those that aren't near, until it is used. */
    private @Nullable T fetched;

    IteratingSubscriber(Publisher<? extends T> source, int prefetch, Task<?> task) {
        super(source);
        this.prefetch = prefetch;
        this.refill = prefetch == Integer.MAX_VALUE ? prefetch : prefetch - (prefetch >> 2);
        this.loop = task.getLoop();
        this.snapshot = ReactorContext.here(loop);
        this.registry = Subscriptions.of(loop);
    }

    // The task's side

    /** Whether there is an element for which there is nothing to do. On the task's fiber. */
    boolean isReady() {
        return near.isReady();
    }

    /** The element that {@link #isReady} or {@link #advance} has found. On the task's fiber. */
    @Nullable T next() {
        if (near.isReady()) {
            return near.take();
        }
        T element = fetched;
        fetched = null;
        return element;
    }

    /** Whether there is an element. Suspends until that is known. On the task's fiber. */
    boolean advance() {
        if (near.isReady() || fetched != null) {
            return true;
        }
        try {
            if (demand == 0 || (state() & CLOSED) != 0) {
                return fetch();
            }
            return poll() || (elements.isSync() ? ended() : fetch());
        } catch (Throwable e) {
            leave(e);
            throw e;
        }
    }

    private boolean fetch() {
        if (!begun) {
            if (loop.isClosed()) {
                throw loopClosed();
            }
            begun = true;
            registry.add(this);
            subscribe();
        }
        for (; ; ) {
            int now = state();
            if ((now & CLOSED) != 0) { // by whatever ran meanwhile; the rest was discarded
                if (loop.isClosed()) {
                    throw loopClosed();
                }
                return false;
            }
            if ((now & SUBSCRIBED) != 0) {
                if (demand == 0) {
                    request(prefetch == Integer.MAX_VALUE ? Long.MAX_VALUE : prefetch);
                    continue;
                }
                if (poll()) {
                    return true;
                }
                if (elements.isSync()) {
                    return ended();
                }
            }
            if ((now & ENDED) != 0) {
                return ended();
            }
            suspend();
        }
    }

    /** Whether there is an element by now. */
    private boolean poll() {
        if (!near.isEmpty()) {
            return pollNear();
        }
        T element = elements.poll();
        if (element == null) {
            if (elements.isSync()) { // it is nothing but its queue, and isn't asked once again
                set(TERMINATED);
                endWith(null);
            }
            return false;
        }
        if ((state() & CLOSED) != 0) { // by the source's own code, which ran in there
            Operators.onDiscard(element, currentContext());
            return false;
        }
        fetched = element;
        if (++used == refill) {
            askForMore();
        }
        return fetched != null; // the publisher, asked for more, may have closed this
    }

    /** Makes all ready up to that which has as many requested as were used, or that one. */
    private boolean pollNear() {
        if (near.isReady()) {
            return true;
        }
        int most = refill - 1 - used;
        if (most > 0) {
            used += near.makeReady(most);
            return true;
        }
        near.makeReady(1);
        askForMore();
        return near.isReady(); // as above
    }

    /** What an await would throw: that isn't the end of the elements. */
    private static GeneratorExit loopClosed() {
        return new GeneratorExit("the event loop was closed");
    }

    private boolean ended() {
        thrown = true;
        registry.remove(this);
        if (end instanceof Throwable failure) {
            throw Awaits.rethrow(failure);
        }
        return false;
    }

    /** As many were used as are requested at a time. */
    private void askForMore() {
        used = 0;
        if (prefetch != Integer.MAX_VALUE && (state() & ENDED) == 0) {
            request(refill);
        }
    }

    private void request(long n) {
        demand = Operators.addCap(demand, n);
        if (!elements.isSync()) {
            near.allow(demand);
            requestMore(n);
        }
    }

    private void suspend() {
        AsyncFuture<@Nullable Void> woken = loop.createFuture();
        future = woken;
        int before = set(WAITING);
        if ((before & (ENDED | CLOSED)) != 0
                || ((before & SUBSCRIBED) != 0 && (demand == 0 || !elements.isEmpty()))) {
            unset(WAITING);
            return;
        }
        TimerHandle grace = null;
        try {
            if ((before & SUBSCRIBED) == 0) {
                grace = loop.callLater(PublisherAwait.GRACE, this::noSubscription);
            }
            Asyncio.await(woken);
        } finally {
            if (grace != null) {
                grace.cancel();
            }
        }
    }

    /**
     * Cancels, and discards what is left. Once the publisher has ended there is only something to
     * discard. The loop's thread, or the one that closes the loop.
     */
    void close() {
        leave(null);
    }

    @Override
    void leave(@Nullable Throwable leaving) {
        T left = fetched;
        fetched = null;
        near.makeNoneReady();
        int before = set(CLOSED);
        Operators.onDiscard(left, currentContext());
        if ((before & CLOSED) != 0) {
            return;
        }
        registry.remove(this);
        wake(before);
        try {
            registry.cleanUp(this::cancelUpstream);
        } finally {
            if ((before & SUBSCRIBED) != 0) {
                elements.discardNear(currentContext());
                elements.discard(currentContext());
            }
            if ((before & ENDED) != 0
                    && !thrown
                    && end instanceof Throwable failure
                    && (leaving == null || failure.getCause() != leaving)) {
                Operators.onErrorDropped(failure, currentContext());
            }
        }
    }

    @Override
    public void loopGone() {
        close();
    }

    /** While a Runner closes the loop, clean-up may still iterate. */
    @Override
    public boolean outlastsShut() {
        return true;
    }

    // The publisher's side

    @Override
    long prepare(Subscription s) {
        elements.open(s, prefetch);
        nearby = !elements.isAsync();
        return 0; // the task requests
    }

    @Override
    void subscribed() {
        int now = state();
        if ((now & CLOSED) != 0) {
            elements.discard(currentContext());
        } else if ((now & WAITING) != 0) {
            wakeUp();
        }
    }

    @Override
    public void onNext(T element) {
        if (nearby
                && near.isAllowed()
                && isRequester()
                && !emitting
                && state() == OPEN
                && element != null) {
            near.put(element);
        } else {
            receive(element);
        }
    }

    /** An element, or what is none, for which there may be more to do than to put it in. */
    private void receive(T element) {
        if (elements.isAsync()) {
            arrived();
            return;
        }
        if (element == null) {
            throw nullSignal("onNext");
        }
        int now = state();
        if ((now & (SUBSCRIBED | TERMINATED | ENDED | CLOSED)) != SUBSCRIBED) {
            if ((now & SUBSCRIBED) == 0 || (now & TERMINATED) != 0) {
                misplaced(now, "onNext", null);
            }
            Operators.onNextDropped(element, currentContext());
        } else if (isRequester() && !emitting && elements.isNear()) {
            if (received + near.added() < demand) {
                near.add(element);
                near.allow(demand);
            } else {
                tooMany(element);
            }
        } else {
            fromAfar(element);
        }
    }

    /** An element comes on another thread than the task's, or after one that did. */
    private void fromAfar(T element) {
        if (!EMITTING.compareAndSet(this, false, true)) {
            violated("1.3", "onNext was called by two threads at once", null);
            Operators.onNextDropped(element, currentContext());
            return;
        }
        nearby = false;
        boolean taken = received + near.added() < demand && elements.offer(element);
        received++;
        EMITTING.setRelease(this, false);
        if (taken) {
            arrived();
        } else {
            tooMany(element);
        }
    }

    private void tooMany(T element) {
        violated("1.1", "onNext was called more often than was requested", null);
        Operators.onNextDropped(element, currentContext()); // last: the hook may throw
    }

    /** An element is in the queue. */
    private void arrived() {
        if (!isRequester()) {
            VarHandle.fullFence();
        }
        int now = state();
        if ((now & CLOSED) != 0) {
            elements.discard(currentContext());
        } else if ((now & WAITING) != 0) {
            wakeUp();
        }
    }

    @Override
    public void onError(Throwable e) {
        if (e == null) {
            throw nullSignal("onError");
        }
        terminate("onError", e);
    }

    @Override
    public void onComplete() {
        terminate("onComplete", null);
    }

    private void terminate(String signal, @Nullable Throwable e) {
        int now = state();
        if ((now & SUBSCRIBED) == 0) {
            misplaced(now, signal, e);
            return;
        }
        if (END.compareAndSet(this, null, e == null ? COMPLETE : e)) {
            ended(set(TERMINATED | ENDED), e);
            return;
        }
        int before = set(TERMINATED);
        if ((before & TERMINATED) != 0 || end != violation()) {
            misplaced(before, signal, e); // of two ends at once the other counts
        } else if (e != null) {
            Operators.onErrorDropped(e, currentContext());
        }
    }

    @Override
    void fail(ProtocolViolationException broken) {
        endWith(broken);
    }

    private void endWith(@Nullable Throwable failure) {
        if (END.compareAndSet(this, null, failure == null ? COMPLETE : failure)) {
            ended(set(ENDED), failure);
        } else if (failure != null) {
            Operators.onErrorDropped(failure, currentContext());
        }
    }

    private void ended(int before, @Nullable Throwable failure) {
        if ((before & CLOSED) == 0) {
            if ((before & WAITING) != 0) {
                wakeUp();
            }
        } else if (failure != null) {
            Operators.onErrorDropped(failure, currentContext());
        }
    }

    /** What was put there is to be seen by the task, which waits. */
    private void wakeUp() {
        wake(unset(WAITING));
    }

    private void wake(int before) {
        if ((before & WAITING) == 0) {
            return;
        }
        AsyncFuture<@Nullable Void> waiting = Objects.requireNonNull(future);
        if (ACCESS.holdsBaton(loop)) {
            ACCESS.<@Nullable Void>setResultUnlessDone(waiting, null);
        } else {
            ACCESS.enqueueWakeUp(
                    loop, () -> ACCESS.<@Nullable Void>setResultUnlessDone(waiting, null));
        }
    }

    // What Reactor asks

    @Override
    public Context currentContext() {
        return ReactorContext.of(snapshot);
    }

    @Override
    @SuppressWarnings("rawtypes") // as Reactor declares it
    public @Nullable Object scanUnsafe(Attr key) {
        int now = state();
        if (key == Attr.PARENT) {
            return subscription();
        }
        if (key == Attr.PREFETCH) {
            return prefetch;
        }
        if (key == Attr.BUFFERED) {
            return (now & SUBSCRIBED) == 0 ? 0 : elements.size();
        }
        if (key == Attr.TERMINATED) {
            return (now & ENDED) != 0;
        }
        if (key == Attr.CANCELLED) {
            return (now & (CLOSED | ENDED)) == CLOSED;
        }
        if (key == Attr.ERROR) {
            return (now & ENDED) != 0 && end instanceof Throwable failure ? failure : null;
        }
        if (key == Attr.RUN_STYLE) {
            return Attr.RunStyle.ASYNC;
        }
        return null;
    }
}
