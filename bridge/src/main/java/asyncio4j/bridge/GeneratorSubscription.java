package asyncio4j.bridge;

import asyncio4j.AsyncFuture;
import asyncio4j.AsyncGenerator;
import asyncio4j.Asyncio;
import asyncio4j.CancelledError;
import asyncio4j.Context;
import asyncio4j.EventLoop;
import asyncio4j.GeneratorExit;
import asyncio4j.Task;
import asyncio4j.internal.access.LoopAccess;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.Scannable;
import reactor.core.publisher.Operators;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/**
 * One subscriber of a {@link GeneratorFlux}, and the task that runs the body for it: {@code yield}
 * is {@code onNext} on the task's own stack, and suspends only where there is no demand.
 *
 * <h2>Why signals come one after the other, and none after the end</h2>
 *
 * <p>The task begins with the first demand, but on another thread not before onSubscribe has
 * returned, as those two would overlap: whoever sets the second of STARTED and KNOWN starts it, and
 * only STARTED's bringer may set both at once. From then on it alone signals onNext, and its end,
 * on the loop's thread as well, signals what became of it. Until then nothing is signalled but the
 * refusal of a start, by the one who has set ENDED; from then on ENDED, which is set once, decides
 * who signals the end: the task, or {@link #loopGone} when the loop is closed and the task can't.
 * STOPPED is set by cancel, and by a demand that isn't positive: then nothing is signalled any
 * more, but for the error of that demand once the body has ended.
 *
 * <h2>Why no demand and no stop is overlooked</h2>
 *
 * <p>The task takes all the demand there is into {@code credit}, and uses that up. When there is
 * none it sets WAITING, and then looks at the demand and at the state; who requests or stops first
 * changes those, and then looks whether WAITING is set. All are volatile accesses, and the changes
 * atomic read-modify-writes: so either the task sees what came, or the other side sees WAITING, and
 * wakes the task if it is the one that takes WAITING away.
 */
final class GeneratorSubscription<T>
        implements Subscription, Scannable, Subscriptions.Open, AsyncGenerator.Yielder<T> {

    private static final LoopAccess ACCESS = LoopAccess.get();

    private static final int STARTED = 1;
    private static final int STOPPED = 1 << 1;
    private static final int ENDED = 1 << 2;
    private static final int WAITING = 1 << 3;
    private static final int KNOWN = 1 << 4;

    private static final VarHandle STATE;
    private static final VarHandle DEMAND;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(GeneratorSubscription.class, "state", int.class);
            DEMAND = lookup.findVarHandle(GeneratorSubscription.class, "demand", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final CoreSubscriber<? super T> actual;

    private final EventLoop loop;

    private final AsyncGenerator.Body<T> body;

    private final Subscriptions registry;

    /** The subscriber's, with its Reactor Context; the task's own in the end. */
    private final Context context;

    /** What it has in the thread-locals when it begins. */
    private final @Nullable Object carried;

    private volatile int state;

    /** What was requested and the task hasn't taken over. */
    private volatile long demand;

    /** The error of a demand that isn't positive. Written before STOPPED is set. */
    private @Nullable Throwable refusal;

    /** Written by the task before it sets WAITING. */
    private @Nullable AsyncFuture<@Nullable Void> woken;

    // The loop's thread, from here on.

    private @Nullable Task<@Nullable Void> task;

    /** The body has begun to run. */
    private boolean ran;

    /** The body has no more items. */
    private boolean over;

    /** What may still be emitted without looking. */
    private long credit;

    /** The body is inside of yield: it doesn't await anything of its own. */
    private boolean yielding;

    /** The body's await was cancelled, so that it ends. */
    private boolean interrupted;

    /** What told the body to end at its yield. */
    private @Nullable GeneratorExit exit;

    GeneratorSubscription(
            CoreSubscriber<? super T> actual, EventLoop loop, AsyncGenerator.Body<T> body) {
        this.actual = actual;
        this.loop = loop;
        this.body = body;
        this.registry = Subscriptions.of(loop);
        this.context = ReactorContext.inherit(actual.currentContext());
        this.carried = Carrying.capture(loop, actual.currentContext());
    }

    /**
     * The subscriber's onSubscribe has returned: it is told if the loop ends, and the task may
     * begin. The subscribing thread.
     */
    void register() {
        registry.add(this);
        int before = (int) STATE.getAndBitwiseOr(this, KNOWN);
        if ((before & (STARTED | KNOWN)) == STARTED) {
            start(before);
        }
        if ((state & ENDED) != 0) {
            registry.remove(this); // it needs the loop no more
        }
    }

    // The subscriber's side

    @Override
    public void request(long n) {
        if (gone()) {
            return;
        }
        if (n <= 0) {
            refusal = Exceptions.nullOrNegativeRequestException(n);
            stop();
            return;
        }
        for (; ; ) {
            long before = demand;
            if (DEMAND.compareAndSet(this, before, Operators.addCap(before, n))) {
                break;
            }
        }
        int now = state;
        if ((now & STARTED) == 0) {
            // the loop's own thread may begin at once: nothing else of the loop runs beside it
            int bits = ACCESS.holdsBaton(loop) ? STARTED | KNOWN : STARTED;
            now = (int) STATE.getAndBitwiseOr(this, bits);
            if ((now & STARTED) == 0) {
                if (((now | bits) & KNOWN) != 0) {
                    start(now);
                }
                return;
            }
        }
        if ((now & WAITING) != 0) {
            wake((int) STATE.getAndBitwiseAnd(this, ~WAITING));
        }
    }

    @Override
    public void cancel() {
        stop();
    }

    private void stop() {
        int before = (int) STATE.getAndBitwiseOr(this, STOPPED | STARTED);
        if ((before & (STOPPED | ENDED)) != 0) {
            return;
        }
        if ((before & STARTED) == 0) {
            end(null); // there is no body to end
        } else if (ACCESS.holdsBaton(loop)) {
            stopTask();
        } else {
            ACCESS.enqueueLight(loop, this::stopTask);
        }
    }

    /** Ends the body: at its yield, or else at its await. The loop's thread. */
    private void stopTask() {
        Task<?> running = task;
        if (yielding) {
            wake((int) STATE.getAndBitwiseAnd(this, ~WAITING));
        } else if (running != null && exit == null && !interrupted) {
            interrupted = true;
            running.cancel();
        }
    }

    private void start(int before) {
        if ((before & ENDED) != 0) {
            return;
        }
        if (ACCESS.holdsBaton(loop)) {
            Carrying.run(loop, carried, this::begin);
        } else if (!registry.admitsGuest()
                || !ACCESS.enqueue(loop, this::beginAsGuest, context, carried)) {
            loopGone();
        }
    }

    // The task's side

    /** For a subscriber on another thread. The loop's thread. */
    private void beginAsGuest() {
        if (!registry.admitsGuest()) {
            loopGone();
            return;
        }
        begin();
        if (task != null) {
            registry.addGuest(task);
        }
    }

    private void begin() {
        if (gone()) {
            end(null);
            return;
        }
        if (registry.shut()) {
            if (!registry.isTired()) {
                loopGone();
            }
            return;
        }
        Task<@Nullable Void> made;
        try {
            made =
                    loop.createTask(
                            () -> {
                                runBody();
                                return null;
                            },
                            ReactorContext.options(actual.currentContext(), context));
        } catch (Throwable e) {
            if (Awaits.isBeyondSignals(e)) {
                throw e;
            }
            end(Exceptions.unwrap(e)); // the task factory's
            return;
        }
        task = made;
        registry.markCleanUp(made);
        made.addDoneCallback(this::ended, context);
        if ((state & STOPPED) != 0) {
            stopTask(); // it began eagerly, and stopped itself before there was a task to cancel
        }
    }

    /** On the task's fiber. */
    private void runBody() throws Exception {
        ran = true;
        try {
            body.run(this);
        } catch (GeneratorExit e) {
            if (e != exit) {
                throw e; // the loop is gone
            }
            Throwable hidden = suppressed(e);
            if (hidden != null) {
                throw ACCESS.raise(hidden);
            }
        }
    }

    /** What a resource of the body threw when it was closed on the way out, as aclose has it. */
    private static @Nullable Throwable suppressed(GeneratorExit exit) {
        Throwable first = null;
        for (Throwable hidden : exit.getSuppressed()) {
            if (first == null) {
                first = hidden;
            } else if (first != hidden) {
                first.addSuppressed(hidden);
            }
        }
        return first;
    }

    @Override
    public @Nullable Object yield(T item) {
        Task<?> running = task;
        if (running == null || !ACCESS.surelyRuns(running)) {
            check();
        }
        if (item == null) {
            throw new NullPointerException(
                    "yield(null): a Flux has no null items; leave it out, or yield an Optional");
        }
        if (credit == 0) {
            try {
                awaitDemand();
            } catch (Throwable e) { // the task was cancelled, or its loop closed
                discard(item);
                throw e;
            }
        }
        if (gone()) {
            discard(item);
            throw exit();
        }
        credit--; // of what is unbounded, too: it lasts for centuries
        yielding = true; // a cancel from inside of onNext is dealt with below
        try {
            actual.onNext(item);
        } finally {
            yielding = false;
        }
        if (gone()) {
            throw exit();
        }
        return null;
    }

    private void discard(T item) {
        Operators.onDiscard(item, actual.currentContext());
    }

    /** Whether nobody wants items any more. Any thread. */
    private boolean gone() {
        return (state & (STOPPED | ENDED)) != 0;
    }

    /** There are no more items: {@link #awaitNext} doesn't wait any more. */
    void noMore() {
        over = true;
        wake((int) STATE.getAndBitwiseAnd(this, ~WAITING));
    }

    /**
     * Waits until the next item is wanted, or it is said that there is {@linkplain #noMore none}.
     * On the task's fiber.
     */
    void awaitNext() {
        if (credit == 0) {
            awaitDemand();
        }
        if (gone()) {
            throw exit();
        }
    }

    private void check() {
        Task<?> running = ACCESS.currentTask();
        if (running == null || (task != null && running != task)) {
            throw new IllegalStateException(
                    "yield belongs to the generator's own body, not to another task or thread: "
                            + this);
        }
    }

    /** What tells the body to end; it is told once. */
    private GeneratorExit exit() {
        if (exit != null) {
            throw new IllegalStateException(
                    "async generator ignored GeneratorExit: it yields while it is being closed");
        }
        GeneratorExit told = new GeneratorExit("the subscription was cancelled, or the task");
        exit = told;
        if (interrupted) { // the body may not have met it: it isn't for the clean-up's awaits
            Objects.requireNonNull(task).uncancel();
        }
        return told;
    }

    /** Waits until there is demand, or this was stopped. */
    private void awaitDemand() {
        while (!gone() && !over) {
            credit = (long) DEMAND.getAndSet(this, 0L);
            if (credit != 0) {
                return;
            }
            if (Objects.requireNonNull(ACCESS.currentTask()).cancelling() > 0) {
                throw exit(); // who has cancelled it waits for its end, and demand may never come
            }
            AsyncFuture<@Nullable Void> future = loop.createFuture();
            woken = future;
            int before = (int) STATE.getAndBitwiseOr(this, WAITING);
            if ((before & (STOPPED | ENDED)) != 0 || demand != 0) {
                STATE.getAndBitwiseAnd(this, ~WAITING);
                continue;
            }
            yielding = true;
            try {
                Asyncio.await(future);
            } finally {
                yielding = false;
            }
        }
    }

    private void wake(int before) {
        if ((before & WAITING) == 0) {
            return;
        }
        AsyncFuture<@Nullable Void> future = Objects.requireNonNull(woken);
        if (ACCESS.holdsBaton(loop)) {
            ACCESS.<@Nullable Void>setResultUnlessDone(future, null);
        } else {
            ACCESS.enqueueLight(
                    loop, () -> ACCESS.<@Nullable Void>setResultUnlessDone(future, null));
        }
    }

    private void ended(AsyncFuture<@Nullable Void> done) {
        Task<?> ended = task;
        if (ended != null && ACCESS.cleansUp(ended)) {
            registry.cleanUpAfter(ended, () -> tell(done)); // what follows it does, too
        } else {
            tell(done);
        }
    }

    private void tell(AsyncFuture<@Nullable Void> done) {
        Throwable error = done.cancelled() ? cancellation(done) : ACCESS.peekException(done);
        ACCESS.retrieved(done);
        if (error == null && exit != null && (state & STOPPED) == 0) {
            error = new CancellationException(done + " was cancelled");
        }
        boolean expected =
                (state & STOPPED) != 0
                        && (error == null || error instanceof GeneratorExit || done.cancelled());
        end(expected ? null : error);
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

    /** The body has ended, or never will begin: signals that, unless it was stopped. */
    private void end(@Nullable Throwable error) {
        int before = (int) STATE.getAndBitwiseOr(this, ENDED);
        if ((before & ENDED) != 0) {
            if (error != null) {
                Operators.onErrorDropped(error, actual.currentContext());
            }
            return;
        }
        if (!ran && body instanceof GeneratorItems<T> items) {
            items.abandon(loop, context, actual.currentContext());
        }
        signalEnd(before, error);
    }

    /** Tells of the end what is to be told, by the state before. Who has set ENDED. */
    private void signalEnd(int before, @Nullable Throwable error) {
        registry.remove(this);
        if ((before & STOPPED) == 0) {
            if (error == null) {
                actual.onComplete();
            } else {
                actual.onError(error);
            }
            return;
        }
        Throwable refused = refusal;
        if (refused != null) {
            if (error != null) {
                refused.addSuppressed(error);
            }
            actual.onError(refused);
        } else if (error != null) {
            Operators.onErrorDropped(error, actual.currentContext());
        }
    }

    @Override
    public void loopGone() {
        int before = (int) STATE.getAndBitwiseOr(this, ENDED);
        if ((before & ENDED) != 0) {
            return; // it was told of its end already
        }
        signalEnd(
                before,
                (before & STOPPED) != 0
                        ? null // nobody wants to know
                        : new CancellationException(
                                "the event loop was closed before this was done: subscribe while it"
                                        + " runs, and wait for the end"));
    }

    // What Reactor asks

    @Override
    @SuppressWarnings("rawtypes") // as Reactor declares it
    public @Nullable Object scanUnsafe(Attr key) {
        int now = state;
        if (key == Attr.ACTUAL) {
            return actual;
        }
        if (key == Attr.TERMINATED) {
            return (now & (ENDED | STOPPED)) == ENDED;
        }
        if (key == Attr.CANCELLED) {
            return (now & STOPPED) != 0;
        }
        if (key == Attr.REQUESTED_FROM_DOWNSTREAM) {
            return demand;
        }
        if (key == Attr.RUN_STYLE) {
            return Attr.RunStyle.ASYNC;
        }
        return null;
    }

    @Override
    public String toString() {
        Task<?> running = task;
        return "GeneratorSubscription[" + (running == null ? "not begun" : running.getName()) + "]";
    }
}
