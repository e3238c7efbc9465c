package asyncio4j.bridge;

import asyncio4j.AsyncFuture;
import asyncio4j.Asyncio;
import asyncio4j.EventLoop;
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
import java.time.Duration;
import java.util.Objects;

/**
 * One await of a publisher: its subscriber, and all that is allocated if the publisher completes
 * inside of {@code subscribe}. Subclasses say how much they request, and which elements they keep.
 *
 * <h2>Who does what</h2>
 *
 * <p>The task's fiber calls {@link #await}; the publisher's threads call {@code onSubscribe},
 * {@code onNext}, {@code onError} and {@code onComplete}, one after the other if the publisher
 * keeps to the rules. Everything that the two sides tell each other is a bit of the state, set by
 * one atomic operation that also tells which bits were there before, or the content of {@code
 * slot}. So of two sides that meet, exactly one comes second and knows of the other:
 *
 * <ul>
 *   <li><b>No wake-up is lost, none comes twice.</b> The fiber sets WAITING before it suspends, the
 *       publisher sets DECIDED when the outcome is written. Whoever comes second acts: the fiber
 *       doesn't suspend, or the publisher completes {@code future}. DECIDED is new only once.
 *   <li><b>No element is lost, none is used twice.</b> An element goes into {@code slot} by a
 *       compare-and-set, which fails once the fiber has put {@code GONE} there; the fiber takes out
 *       what it finds by the same operation that puts {@code GONE} in. So it is either the fiber's,
 *       to return or to discard, or the publisher is told and drops it.
 *   <li><b>No error is lost, none is told twice.</b> An error is written before FAILED is set. If
 *       that operation finds LEFT, the publisher drops the error; else the fiber's setting of LEFT
 *       finds FAILED, and the fiber throws or drops it. The same holds for a violation, with
 *       VIOLATED in place of FAILED.
 * </ul>
 *
 * <p>{@link SerialSubscriber} says why the subscription is cancelled once at most, and never beside
 * a request.
 */
abstract class PublisherAwait<T> extends SerialSubscriber<T> implements Scannable, Runnable {

    static final LoopAccess ACCESS = LoopAccess.get();

    /** How long a publisher may take to call onSubscribe after subscribe has returned. */
    static final Duration GRACE = Duration.ofSeconds(30);

    private static final int DECIDED = FREE;
    private static final int VIOLATED = FREE << 1;
    private static final int WAITING = FREE << 2;
    private static final int LEFT = FREE << 3;
    private static final int FAILED = FREE << 4;

    /** In {@code slot}: the fiber has taken what there was, and won't look again. */
    private static final Object GONE = new Object();

    private static final VarHandle SLOT;
    private static final VarHandle ERROR;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            SLOT = lookup.findVarHandle(PublisherAwait.class, "slot", Object.class);
            ERROR = lookup.findVarHandle(PublisherAwait.class, "error", Throwable.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Task<?> task;

    /** Of what the Context is made: the state at the time of the await. */
    private final Object snapshot;

    /** The element kept so far, or {@code GONE}. */
    private volatile @Nullable Object slot;

    /** How many elements have come. The publisher's threads, serially. */
    private long received;

    /** Set once, before FAILED is. */
    private volatile @Nullable Throwable error;

    /** Written by the fiber before it sets WAITING. */
    private @Nullable AsyncFuture<@Nullable Void> future;

    /** On the task's fiber. */
    PublisherAwait(Publisher<? extends T> source, Task<?> task) {
        super(source);
        this.task = task;
        this.snapshot = ReactorContext.here(task.getLoop());
    }

    /** How much to request; all of it at once. */
    abstract long demand();

    /** How many elements may come before that is an error of the publisher's. */
    abstract long limit();

    /**
     * Deals with an element, by {@link #keep}, {@link #replace} or {@link #refuse}, and perhaps
     * {@link #finish}.
     */
    abstract void accept(T element);

    // The fiber's side

    /** Subscribes and waits. The task's fiber. */
    final @Nullable T await() {
        subscribe();
        if ((state() & DECIDED) == 0) {
            suspend();
        }
        return take();
    }

    private void suspend() {
        EventLoop loop = task.getLoop();
        AsyncFuture<@Nullable Void> woken = loop.createFuture();
        future = woken;
        int before = set(WAITING);
        if ((before & DECIDED) != 0) {
            return;
        }
        TimerHandle grace = null;
        try {
            if ((before & SUBSCRIBED) == 0) {
                grace = loop.callLater(GRACE, this::noSubscription);
            }
            Asyncio.await(woken);
        } catch (Throwable e) {
            leave(null);
            throw e;
        } finally {
            if (grace != null) {
                grace.cancel();
            }
        }
    }

    /** The outcome. */
    @SuppressWarnings("unchecked") // accept put it in
    private @Nullable T take() {
        int before = set(LEFT);
        Object kept = SLOT.getAndSet(this, GONE);
        Throwable failure = failure(before);
        if (failure == null) {
            return (T) kept;
        }
        Operators.onDiscard(kept, currentContext());
        throw Awaits.rethrow(failure);
    }

    /** The task is cancelled, or has to end at once: nobody will take the outcome. */
    @Override
    final void leave(@Nullable Throwable thrown) {
        int before = set(LEFT);
        Object kept = SLOT.getAndSet(this, GONE);
        try {
            Subscriptions.of(task.getLoop()).cleanUp(this::cancelUpstream);
        } finally {
            Operators.onDiscard(kept, currentContext());
            Throwable failure = failure(before);
            if (failure != null && (thrown == null || failure.getCause() != thrown)) {
                Operators.onErrorDropped(failure, currentContext());
            }
        }
    }

    /** The error there was when the state was {@code before}. */
    private @Nullable Throwable failure(int before) {
        Throwable signalled = (before & FAILED) != 0 ? error : null;
        if ((before & VIOLATED) == 0) {
            return signalled;
        }
        ProtocolViolationException broken = Objects.requireNonNull(violation());
        if (signalled != null && signalled != broken.getCause()) {
            broken.addSuppressed(signalled);
        }
        return broken;
    }

    // The publisher's side

    @Override
    final long prepare(Subscription s) {
        return demand();
    }

    @Override
    final void subscribed() {}

    @Override
    public final void onNext(T element) {
        if (element == null) {
            throw nullSignal("onNext");
        }
        int now = state();
        if (isMisplaced(now)) {
            if ((now & VIOLATED) == 0) {
                misplaced(now, "onNext", null);
            }
            refuse(element);
        } else if (++received > limit()) {
            violated("1.1", tooMany(), null);
            refuse(element);
        } else if ((now & LEFT) != 0) {
            refuse(element);
        } else {
            accept(element);
        }
    }

    /** What to say of an element over the limit. */
    String tooMany() {
        return "onNext was called "
                + received
                + " times, though only "
                + demand()
                + " were requested";
    }

    /** Keeps the first element. */
    final void keep(T element) {
        Object witness = SLOT.compareAndExchange(this, null, element);
        if (witness != null) {
            if (witness != GONE) {
                violated("1.3", "onNext was called by two threads at once", null);
            }
            refuse(element);
        }
    }

    /** Keeps an element in place of the one before. */
    final void replace(T element) {
        Object present = slot;
        while (present != GONE) {
            Object witness = SLOT.compareAndExchange(this, present, element);
            if (witness == present) {
                Operators.onDiscard(present, currentContext());
                return;
            }
            present = witness;
        }
        refuse(element);
    }

    /** Drops an element that nobody is there for. */
    final void refuse(T element) {
        Operators.onNextDropped(element, currentContext());
    }

    /** How many elements have come. */
    final long received() {
        return received;
    }

    /** Cancels the rest, and has the fiber go on with what was kept, or with {@code failure}. */
    final void finish(@Nullable Throwable failure) {
        cancelUpstream();
        decide(failure);
    }

    @Override
    public final void onError(Throwable e) {
        if (e == null) {
            throw nullSignal("onError");
        }
        int now = state();
        if (isMisplaced(now)) {
            misplaced(now, "onError", e);
            return;
        }
        int before = set(TERMINATED);
        if ((before & TERMINATED) != 0) {
            misplaced(before, "onError", e);
        } else if ((before & (DECIDED | LEFT)) != 0) {
            Operators.onErrorDropped(e, currentContext());
        } else {
            decide(e);
        }
    }

    @Override
    public final void onComplete() {
        int now = state();
        if (isMisplaced(now)) {
            if ((now & VIOLATED) == 0) {
                misplaced(now, "onComplete", null);
            }
            return;
        }
        if ((now & (DECIDED | LEFT)) == 0 && set(now, TERMINATED | DECIDED)) { // both in one
            wake(now);
            return;
        }
        int before = set(TERMINATED);
        if ((before & TERMINATED) != 0) {
            misplaced(before, "onComplete", null);
        } else if ((before & (DECIDED | LEFT)) == 0) {
            decide(null);
        }
    }

    /** The publisher's outcome is there. */
    private void decide(@Nullable Throwable failure) {
        if (failure == null) {
            outcome(null, DECIDED);
        } else if (ERROR.compareAndSet(this, null, failure)) {
            outcome(failure, FAILED | DECIDED);
        } else {
            Operators.onErrorDropped(failure, currentContext()); // of two at once
        }
    }

    private void outcome(@Nullable Throwable failure, int bits) {
        int before = set(bits);
        if ((before & LEFT) != 0) {
            if (failure != null) {
                Operators.onErrorDropped(failure, currentContext());
            }
        } else if ((before & DECIDED) == 0) {
            wake(before);
        }
    }

    /** The outcome is there, and the state was {@code before}. */
    private void wake(int before) {
        if ((before & WAITING) == 0) {
            return;
        }
        EventLoop loop = task.getLoop();
        if (ACCESS.holdsBaton(loop)) {
            run();
        } else {
            ACCESS.enqueueWakeUp(
                    loop, this); // refused if the loop is closed: then the fiber leaves anyway
        }
    }

    /** Wakes the fiber. Light, on the loop's thread. */
    @Override
    public final void run() {
        ACCESS.<@Nullable Void>setResultUnlessDone(Objects.requireNonNull(future), null);
    }

    /** A signal before onSubscribe, after the end, or of a publisher that was given up. */
    private static boolean isMisplaced(int now) {
        return (now & (SUBSCRIBED | TERMINATED | VIOLATED)) != SUBSCRIBED;
    }

    @Override
    final void fail(ProtocolViolationException broken) {
        outcome(broken, VIOLATED | DECIDED);
    }

    // What Reactor asks

    @Override
    public final Context currentContext() {
        return ReactorContext.of(snapshot);
    }

    @Override
    @SuppressWarnings("rawtypes") // as Reactor declares it
    public final @Nullable Object scanUnsafe(Attr key) {
        int now = state();
        if (key == Attr.PARENT) {
            return subscription();
        }
        if (key == Attr.PREFETCH) {
            return (int) Math.min(demand(), Integer.MAX_VALUE);
        }
        if (key == Attr.TERMINATED) {
            return (now & (TERMINATED | DECIDED)) != 0;
        }
        if (key == Attr.CANCELLED) {
            return isCancelled();
        }
        if (key == Attr.RUN_STYLE) {
            return Attr.RunStyle.ASYNC;
        }
        return null;
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "[" + task.getName() + "]";
    }
}
