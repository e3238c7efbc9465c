package asyncio4j.bridge;

import asyncio4j.Context;
import asyncio4j.TimerHandle;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

import reactor.core.Disposable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;

/**
 * A piece of work that a {@link LoopScheduler} was given.
 *
 * <p>{@code state} goes from WAITING to another one once, by a compare-and-set: whoever does it,
 * the loop because the work is done, any thread that disposes of it, or who takes it back to tell
 * its operator's subscriber that the loop is closed, takes it out of its owner. Work that was
 * disposed of may still have its turn, and does nothing in it.
 */
final class ScheduledTask implements Runnable, Disposable, Handed {

    private static final int WAITING = 0;

    private static final int DONE = 1;

    private static final int DISPOSED = 2;

    private static final int TAKEN_BACK = 3;

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

    /** The one that it belongs to, if it does. */
    private final @Nullable LoopWorker worker;

    /** Who handed in itself; null if it is something else. */
    private final @Nullable Subscription operator;

    /** The operator was ended. Any thread. */
    private volatile boolean forgotten;

    private final Runnable task;

    private final Context context;

    /** What it has in the thread-locals: from who handed it in. */
    private final @Nullable Object carried;

    private volatile int state = WAITING;

    /** It has no delay. Set once. */
    private volatile boolean soon;

    /** Nanoseconds from one start to the next; negative if there is one alone. Set once. */
    private long period = -1;

    // The loop's thread, from here on.

    /** When it is due, on the loop's clock. */
    private long due;

    private @Nullable TimerHandle timer;

    ScheduledTask(
            LoopScheduler scheduler,
            Disposable.Composite owner,
            @Nullable LoopWorker worker,
            @Nullable Subscription operator,
            Runnable task,
            Context context) {
        this.scheduler = scheduler;
        this.owner = owner;
        this.worker = worker;
        this.operator = operator;
        this.task = task;
        this.context = context;
        this.carried = Carrying.capture(scheduler.loop());
    }

    /** Has its owner know of it, and of its operator. False if it isn't taken. Any thread. */
    boolean take() {
        if ((worker != null && worker.refuses()) || !owner.add(this)) {
            return false;
        }
        if (operator == null) {
            return true;
        }
        boolean known = worker == null ? scheduler.all().opened(this) : worker.know(operator);
        if (!known) {
            end(DISPOSED);
        } else if (worker == null && state != WAITING) {
            scheduler.all().ended(this); // disposed of meanwhile
        }
        return known;
    }

    /** It won't be done, though it isn't refused. Any thread. */
    void park() {
        if (operator != null) {
            scheduler.all().parked(this);
        }
    }

    /** The context to run in. */
    Context context() {
        return context;
    }

    /** What to have in the thread-locals. */
    @Nullable Object carried() {
        return carried;
    }

    /** Has the loop run it now; true, as the loop tells when it has got it. Any thread. */
    boolean start() {
        soon = true;
        if (!LoopScheduler.ACCESS.enqueue(scheduler.loop(), this::arrive, context, carried)) {
            reject();
            return false;
        }
        return true;
    }

    private void arrive() {
        scheduler.all().leave();
        run();
    }

    /** Takes it back if the loop was closed meanwhile. Any thread. */
    void refuseIfClosed() {
        if (scheduler.loop().isClosed()) {
            reject();
        }
    }

    /** Has the loop run it after so many nanoseconds. Any thread. */
    boolean startAfter(long delay) {
        return delay <= 0 ? start() : startTimer(delay);
    }

    /** Has the loop run it after {@code delay}, and then once in each {@code interval}. */
    boolean startPeriodically(long delay, long interval) {
        period = Math.max(0, interval);
        return startTimer(Math.max(0, delay));
    }

    /** False: it isn't on its way to the loop. */
    private boolean startTimer(long delay) {
        long now = scheduler.nanos();
        due = now + Math.min(delay, Long.MAX_VALUE - now);
        if (LoopScheduler.ACCESS.holdsBaton(scheduler.loop())) {
            arm();
        } else if (!LoopScheduler.ACCESS.enqueueLight(scheduler.loop(), this::arm)) {
            reject();
        }
        return false;
    }

    /** The loop was closed meanwhile: refuses this, unless it was done or taken back before. */
    private void reject() {
        if (end(DISPOSED) || state == DISPOSED) {
            throw scheduler.rejected();
        }
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
        if (state != WAITING) {
            return;
        }
        try {
            task.run(); // the loop's exception handler is told of what it throws
        } finally {
            timer = null;
            if (period < 0) {
                end(DONE);
            } else {
                due += Math.min(period, Long.MAX_VALUE - due);
                arm();
            }
        }
    }

    private boolean end(int how) {
        if (!STATE.compareAndSet(this, WAITING, how)) {
            return false;
        }
        owner.remove(this);
        if (operator != null && worker == null) {
            scheduler.all().ended(this);
        }
        return true;
    }

    @Override
    public @Nullable Subscription operator() {
        return state == WAITING && !forgotten ? operator : null;
    }

    @Override
    public void forget() {
        forgotten = true;
        scheduler.all().ended(this);
    }

    @Override
    public boolean isDue() {
        return soon;
    }

    @Override
    public boolean takeBack() {
        if (!end(TAKEN_BACK)) {
            return false;
        }
        unset();
        return true;
    }

    /** Nothing to do: it has handed in itself once. */
    @Override
    public void refuse() {}

    @Override
    public void dispose() {
        if (end(DISPOSED)) {
            unset();
        }
    }

    private void unset() {
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
        return state != WAITING;
    }

    @Override
    public String toString() {
        return "ScheduledTask[" + task + (isDisposed() ? ", ended]" : "]");
    }
}
