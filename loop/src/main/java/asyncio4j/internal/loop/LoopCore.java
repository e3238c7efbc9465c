package asyncio4j.internal.loop;

import asyncio4j.internal.fiber.Agenda;
import asyncio4j.internal.fiber.ContinuationEngine;
import asyncio4j.internal.fiber.Fiber;
import asyncio4j.internal.fiber.FiberEngine;
import asyncio4j.internal.fiber.Step;
import asyncio4j.internal.fiber.VirtualThreadEngine;
import asyncio4j.internal.flight.Flight;
import asyncio4j.internal.flight.StepSpan;
import asyncio4j.internal.spi.Poller;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ObjLongConsumer;

/**
 * The order in which a loop does things.
 *
 * <p>One iteration: what was left ready, then what other threads put into the {@link Inbox}, then
 * the timers that are due; the steps that are ready at its start are served in it, and those that
 * come meanwhile in the next. The inbox is looked into after each step, too, so that what was put
 * there has the place that it would have in asyncio: ahead of what later steps make ready. An
 * iteration has no stack frame of its own: it is {@code batch}, the number of steps still to serve,
 * and whoever holds the baton takes the next one in {@link #next}.
 */
public final class LoopCore implements Agenda {

    /** As asyncio: the loop looks around once a day at least. */
    private static final long LONGEST_WAIT = Duration.ofHours(24).toNanos();

    private final FiberEngine engine;

    private final Clock clock;

    /** The name of the loop. Any thread. */
    private final String name;

    private final Inbox inbox = new Inbox();

    private final Progress progress = new Progress();

    /** The turn at what the loop waits in; null if it parks. */
    private final @Nullable IoTurn io;

    /**
     * The loop that this is the core of, for the floors above. Any thread; set once, before
     * anything runs.
     */
    private final Object owner;

    // Baton holder only, from here on.

    private final ArrayDeque<Step> ready = new ArrayDeque<>();

    /** What becomes of a step from outside while the loop doesn't run. */
    private final Consumer<Step> queued = ready::add;

    /** And while it runs. */
    private final Consumer<Step> arrived = this::arrived;

    private final TimerQueue timers = new TimerQueue();

    /** How many of the ready steps belong to the current iteration and weren't served yet. */
    private int batch;

    /** How many steps may still be taken over from other threads for the next iteration. */
    private int room = Inbox.MOST_AT_ONCE;

    /** The loop was just entered: one iteration is due even if a stop was set beforehand. */
    private boolean fresh;

    private boolean stopping;

    /** What the caller of {@link #run} will get; the loop is on its way out. */
    private @Nullable Throwable leaving;

    /** Called with a step that took longer than {@code slowNanos}; null unless in debug mode. */
    private @Nullable ObjLongConsumer<Step> slowListener;

    private long slowNanos;

    private @Nullable Step current;

    /** When {@link #current} began; far in the future if nobody listens. */
    private long currentSince;

    /** What the Flight Recorder is told of {@link #current}; null if nobody records it. */
    private @Nullable StepSpan span;

    // Any thread, from here on.

    private volatile boolean running;

    private volatile boolean closed;

    /** Asks the loop to leave at once, with this. Written under {@link #interruptLock}. */
    private volatile @Nullable Throwable interrupt;

    /**
     * Held while the loop is interrupted from outside, and when a run ends: none outlasts the run
     * that it was for.
     */
    private final Object interruptLock = new Object();

    /**
     * A core whose time is {@code clock}'s.
     *
     * @param owner the loop that this is the core of
     * @param clock the time
     * @param name its name and that of its threads
     */
    public LoopCore(Object owner, Clock clock, String name) {
        this(owner, clock, name, false, null);
    }

    /**
     * A core whose time is {@code clock}'s.
     *
     * @param owner the loop that this is the core of
     * @param clock the time
     * @param name its name and that of its threads
     * @param continuations whether the fibers are continuations, which must be available
     * @param poller makes what the loop waits in; null for parking
     */
    @SuppressWarnings("this-escape") // it is only kept
    public LoopCore(
            Object owner,
            Clock clock,
            String name,
            boolean continuations,
            @Nullable Function<? super Poller.Host, ? extends Poller> poller) {
        this.owner = owner;
        this.clock = clock;
        this.name = name;
        this.engine =
                continuations
                        ? new ContinuationEngine(this, name)
                        : new VirtualThreadEngine(this, name);
        this.io = poller == null ? null : new IoTurn(this, poller);
    }

    /** The loop that this is the core of. Any thread. */
    public Object owner() {
        return owner;
    }

    /** The engine under this loop. Any thread. */
    public FiberEngine engine() {
        return engine;
    }

    /** What the loop waits in; null if it parks. Any thread. */
    public @Nullable Poller poller() {
        return io == null ? null : io.poller();
    }

    /** How far this loop has come. Any thread. */
    public Progress progress() {
        return progress;
    }

    /** The loop's time, in nanoseconds. Any thread. */
    public long nanos() {
        return clock.nanos();
    }

    /** Whether the loop runs. Any thread. */
    public boolean running() {
        return running;
    }

    /** Whether the loop was closed. Any thread. */
    public boolean closed() {
        return closed;
    }

    /**
     * Whether the calling thread may touch the loop: it holds the baton, or the loop doesn't run
     * and so belongs to whichever thread uses it. Any thread.
     */
    public boolean mayTouch() {
        return engine.holdsBaton() || !running;
    }

    /** Puts a step at the end of the ready queue. Baton holder only. */
    public void add(Step step) {
        if (!running) {
            // what its owner handed in as from outside, before the loop ran, came first
            inbox.drainTo(queued);
        }
        ready.add(step);
    }

    /** Puts a timer in. Baton holder only. */
    public void add(TimerStep timer) {
        timers.add(timer);
    }

    /** Takes a timer out, at once or later. Baton holder only. */
    public void cancel(TimerStep timer) {
        timers.cancel(timer);
    }

    /** About how many steps are ready; exactly for the baton holder. Any thread. */
    public int ready() {
        return ready.size();
    }

    /** How many timers are kept, cancelled ones included. Baton holder only. */
    public int timers() {
        return timers.size();
    }

    /**
     * Hands a step in from outside and wakes the loop. Any thread.
     *
     * @return false if the loop is closed
     */
    public boolean post(Step step) {
        return inbox.post(step);
    }

    /**
     * Puts a step at the end of the ready queue, or hands it in from outside.
     *
     * @return false if the loop is closed
     */
    public boolean addFromAnywhere(Step step) {
        if (engine.holdsBaton() && !closed) {
            add(step);
            return true;
        }
        return post(step);
    }

    /** Makes the loop return to its caller after the current iteration. Baton holder only. */
    public void stop() {
        stopping = true;
    }

    /**
     * Makes the loop return to its caller at once with {@code error}, ahead of everything that is
     * ready, and interrupts the step that runs. Does nothing if the loop doesn't run: if it does,
     * {@link #run} gives the error, even if it was about to return. Any thread.
     */
    public void interrupt(Throwable error) {
        synchronized (interruptLock) {
            if (running) {
                interrupt = error;
                inbox.post(NOTHING); // wakes it if it waits
                engine.interruptHolder();
            }
        }
    }

    @Override
    public boolean interrupted() {
        return interrupt != null;
    }

    /**
     * Reports steps that take {@code nanos} or longer to {@code listener}; null ends that. Baton
     * holder only.
     */
    public void reportSlowSteps(@Nullable ObjLongConsumer<Step> listener, long nanos) {
        slowListener = listener;
        slowNanos = nanos;
    }

    /**
     * Runs until {@link #stop} or until a step throws. The calling thread waits.
     *
     * @param onInterrupt what to do when the waiting thread is interrupted
     * @return what made the loop leave at once, or null if it was stopped
     */
    public @Nullable Throwable run(Runnable onInterrupt) {
        fresh = true;
        batch = 0;
        leaving = null;
        running = true;
        try {
            engine.drive(onInterrupt);
        } finally {
            progress.idle();
            synchronized (interruptLock) {
                running = false;
                if (leaving == null) {
                    leaving = interrupt;
                }
                interrupt = null;
            }
            stopping = false;
            current = null;
            span = null;
        }
        Throwable error = leaving;
        leaving = null;
        return error;
    }

    @Override
    public @Nullable Step next(Fiber holder) {
        if (current != null) {
            finishCurrent();
        }
        for (; ; ) {
            if (leaving == null && interrupt != null) {
                leaving = interrupt;
            }
            if (leaving != null) {
                return null;
            }
            if (batch > 0) {
                if (inbox.posted()) {
                    takeOver();
                }
                batch--;
                Step step = ready.remove();
                begin(step);
                return step;
            }
            if (stopping && !fresh && (io == null || !io.served())) {
                return null;
            }
            fresh = false;
            if (beginIteration(holder)) {
                begin(io);
                return io;
            }
        }
    }

    private void begin(@Nullable Step step) {
        progress.step();
        StepSpan begun = Flight.stepBegins();
        if (slowListener != null || begun != null) {
            span = begun;
            current = step;
            currentSince = slowListener == null ? Long.MAX_VALUE : clock.nanos();
        }
    }

    @Override
    public void leave(Throwable error) {
        if (leaving == null) {
            leaving = error;
        }
    }

    /** Begins an iteration, unless the turn at the poller has to be served first: then says so. */
    private boolean beginIteration(Fiber holder) {
        takeOver();
        boolean idle = ready.isEmpty() && !stopping;
        if (io != null) {
            if (idle ? io.dueWhileIdle(untilTimer()) : io.dueWhileBusy()) {
                return true;
            }
        } else if (idle) {
            TimerStep timer = timers.peek();
            if (timer == null) {
                if (!clock.idle()) {
                    await(holder, Long.MAX_VALUE);
                }
            } else {
                long now = clock.nanos();
                long wait =
                        timer.dueNanos() > now ? Math.min(timer.dueNanos() - now, LONGEST_WAIT) : 0;
                if (wait > 0 && !clock.skipTo(now + wait)) {
                    await(holder, clock.realWait(wait));
                }
            }
            takeOver();
        }
        if (timers.size() > 0) {
            timers.expire(clock.nanos(), ready);
        }
        batch = ready.size();
        room = Inbox.MOST_AT_ONCE;
        return false;
    }

    /** Puts what other threads have handed in where it would be if this thread had done it. */
    private void takeOver() {
        room -= inbox.drainTo(arrived, room);
    }

    private void arrived(Step step) {
        if (step.wakes()) {
            step.run();
        } else {
            ready.add(step);
        }
    }

    /** How long until the first timer is due. */
    private long untilTimer() {
        TimerStep timer = timers.peek();
        return timer == null
                ? LONGEST_WAIT
                : Math.clamp(timer.dueNanos() - clock.nanos(), 0, LONGEST_WAIT);
    }

    /** Whether there is nothing to do but wait. Baton holder only. */
    boolean nothingReady() {
        return ready.isEmpty() && inbox.isEmpty();
    }

    /** Waits in the poller, and does what came of it. Baton holder only. */
    void await(Poller poller, long nanos) {
        current = null;
        span = null;
        progress.idle();
        inbox.await(poller, nanos);
    }

    /** The wait in the poller is over, and {@code step} goes on. Baton holder only. */
    void awake(Step step) {
        inbox.awake();
        begin(step);
    }

    private void await(Fiber holder, long nanos) {
        progress.idle();
        inbox.await(holder, nanos);
    }

    private void finishCurrent() {
        Step step = current;
        current = null;
        if (step != null && span != null) {
            span.ends(step, name);
            span = null;
        }
        ObjLongConsumer<Step> listener = slowListener;
        if (step != null && listener != null) {
            long took = clock.nanos() - currentSince;
            if (took >= slowNanos) {
                listener.accept(step, took);
            }
        }
    }

    /** Ends the I/O, if there is any. After {@link #close}, when nothing runs any more. */
    public void closePoller() {
        if (io != null) {
            io.poller().close();
        }
    }

    /**
     * Drops everything that is queued, refuses more, and ends the loop's threads. Only while it
     * doesn't run.
     */
    public void close() {
        closed = true;
        inbox.close();
        ready.clear();
        timers.clear();
        batch = 0;
        engine.close();
    }

    private static final Step NOTHING =
            new Step() {
                @Override
                public boolean light() {
                    return true;
                }

                @Override
                public void run() {
                    // only there to be there
                }
            };
}
