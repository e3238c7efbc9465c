package asyncio4j.bridge;

import asyncio4j.Context;
import asyncio4j.TimerHandle;

import org.jspecify.annotations.Nullable;

import reactor.core.Disposable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;

/**
 * A piece of work that a {@link LoopScheduler} was given.
 *
 * <p>{@code state} goes from WAITING to ENDED once, by a compare-and-set: whoever does it, the loop
 * because the work is done or any thread that disposes of it, takes it out of its owner. Work that
 * was disposed of may still have its turn, and does nothing in it.
 */
final class ScheduledTask implements Runnable, Disposable {

    private static final int WAITING = 0;

    private static final int ENDED = 1;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(ScheduledTask.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final LoopScheduler scheduler;

    private final Disposable.Composite owner;

    private final Runnable task;

    private final Context context;

    /** What it has in the thread-locals: from who handed it in. */
    private final @Nullable Object carried;

    private volatile int state = WAITING;

    /** Nanoseconds from one start to the next; negative if there is one alone. Set once. */
    private long period = -1;

    // The loop's thread, from here on.

    /** When it is due, on the loop's clock. */
    private long due;

    private @Nullable TimerHandle timer;

    ScheduledTask(
            LoopScheduler scheduler, Disposable.Composite owner, Runnable task, Context context) {
        this.scheduler = scheduler;
        this.owner = owner;
        this.task = task;
        this.context = context;
        this.carried = Carrying.capture(scheduler.loop());
    }

    /** The context to run in. */
    Context context() {
        return context;
    }

    /** What to have in the thread-locals. */
    @Nullable Object carried() {
        return carried;
    }

    /** Has the loop run it now. Any thread. */
    void start() {
        Subscriptions registry = scheduler.registry();
        registry.workSent();
        if (!LoopScheduler.ACCESS.enqueue(scheduler.loop(), this::arrive, context, carried)) {
            registry.workArrived();
            refuse();
        } else {
            refuseIfLate();
        }
    }

    private void arrive() {
        scheduler.registry().workArrived();
        run();
    }

    /**
     * Takes back what was handed in just when the scheduler began to refuse, unless the loop has
     * it. Any thread.
     */
    void refuseIfLate() {
        if (scheduler.registry().refusesWork() && end()) {
            throw LoopScheduler.rejected();
        }
    }

    /** Has the loop run it after so many nanoseconds. Any thread. */
    void startAfter(long delay) {
        if (delay <= 0) {
            start();
        } else {
            startTimer(delay);
        }
    }

    /** Has the loop run it after {@code delay}, and then once in each {@code interval}. */
    void startPeriodically(long delay, long interval) {
        period = Math.max(0, interval);
        startTimer(Math.max(0, delay));
    }

    private void startTimer(long delay) {
        long now = scheduler.nanos();
        due = now + Math.min(delay, Long.MAX_VALUE - now);
        if (LoopScheduler.ACCESS.holdsBaton(scheduler.loop())) {
            arm();
        } else if (!LoopScheduler.ACCESS.enqueueLight(scheduler.loop(), this::arm)) {
            refuse();
        }
    }

    private void refuse() {
        dispose();
        throw LoopScheduler.rejected();
    }

    /** Sets the timer. The loop's thread. */
    private void arm() {
        if (state == WAITING && !scheduler.loop().isClosed()) {
            Carrying.run(
                    scheduler.loop(),
                    carried,
                    () -> timer = scheduler.loop().callAt(Duration.ofNanos(due), this, context));
        }
    }

    @Override
    public void run() {
        if (state == ENDED) {
            return;
        }
        try {
            task.run(); // the loop's exception handler is told of what it throws
        } finally {
            timer = null;
            if (period < 0) {
                end();
            } else {
                due += Math.min(period, Long.MAX_VALUE - due);
                arm();
            }
        }
    }

    private boolean end() {
        if (!STATE.compareAndSet(this, WAITING, ENDED)) {
            return false;
        }
        owner.remove(this);
        return true;
    }

    @Override
    public void dispose() {
        if (!end()) {
            return;
        }
        if (LoopScheduler.ACCESS.holdsBaton(scheduler.loop())) {
            disarm();
        } else {
            LoopScheduler.ACCESS.enqueueLight(scheduler.loop(), this::disarm);
        }
    }

    /** Takes the timer out. The loop's thread. */
    private void disarm() {
        TimerHandle set = timer;
        if (set != null) {
            timer = null;
            set.cancel();
        }
    }

    @Override
    public boolean isDisposed() {
        return state == ENDED;
    }

    @Override
    public String toString() {
        return "ScheduledTask[" + task + (isDisposed() ? ", ended]" : "]");
    }
}
