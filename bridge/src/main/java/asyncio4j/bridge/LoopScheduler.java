package asyncio4j.bridge;

import asyncio4j.Context;
import asyncio4j.EventLoop;
import asyncio4j.internal.access.LoopAccess;

import org.jspecify.annotations.Nullable;

import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.Scannable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * An {@link EventLoop} as a Reactor {@link Scheduler}: what operators such as {@code publishOn},
 * {@code subscribeOn}, {@code delayElements} or {@code interval} are given to work on the loop's
 * thread.
 *
 * {@snippet :
 * Scheduler scheduler = LoopScheduler.of(loop);
 * Flux<Row> onTheLoop = rows.publishOn(scheduler);
 * }
 *
 * <p>Each piece of work is a plain callback of the loop's, in a copy of the context in which it was
 * handed in: it may touch the loop's objects, and it must neither block nor await. What it throws
 * goes to the loop's exception handler; what comes periodically goes on all the same. Delays and
 * {@link #now} are by the loop's clock. All methods are for any thread.
 *
 * <p>Disposing of the scheduler cancels the work that waits and refuses more, and leaves the loop
 * alone.
 *
 * <h2>When the loop is closed</h2>
 *
 * <p>As long as a Runner's {@code close} waits for tasks and generators, the scheduler works on.
 * The last thing before the loop is closed is that it refuses more work, by {@link
 * RejectedExecutionException}, and that all the work without a delay that it has taken is done. So
 * a subscriber behind {@code publishOn} gets what was on its way; and at the next signal from above
 * the operator fails with that exception and cancels its source, and so does {@code subscribeOn}.
 * Work whose delay isn't over is dropped.
 *
 * <p>A scheduler knows the work that operators give it, and not their subscribers. One whose source
 * says nothing more, or who waits for a delay, isn't told by the scheduler that the loop is closed,
 * as with all of Reactor's schedulers that are disposed of. {@link Bridge#untilClosed(EventLoop,
 * reactor.core.publisher.Flux)} is for those:
 *
 * {@snippet :
 * Flux<Row> onTheLoop = untilClosed(loop, rows.publishOn(LoopScheduler.of(loop)));
 * }
 *
 * <p>If the loop is closed without a Runner, what it hasn't done by then is dropped.
 */
public final class LoopScheduler implements Scheduler, Scannable {

    static final LoopAccess ACCESS = LoopAccess.get();

    private final EventLoop loop;

    private final Subscriptions registry;

    /** The work that waits for its turn or its time. */
    private final Disposable.Composite waiting = Disposables.composite();

    private volatile boolean disposed;

    private LoopScheduler(EventLoop loop) {
        this.loop = loop;
        this.registry = Subscriptions.of(loop);
    }

    /**
     * A scheduler of {@code loop}.
     *
     * @param loop the loop; it may run already, or later
     * @return a new scheduler
     */
    public static LoopScheduler of(EventLoop loop) {
        LoopScheduler scheduler =
                new LoopScheduler(
                        Objects.requireNonNull(
                                loop, "LoopScheduler.of: the loop is null: pass getRunningLoop()"));
        scheduler.registry.add(scheduler);
        return scheduler;
    }

    EventLoop loop() {
        return loop;
    }

    Subscriptions registry() {
        return registry;
    }

    /**
     * Has {@code task} called by the loop.
     *
     * @throws RejectedExecutionException if this was disposed of, or the loop is closed
     */
    @Override
    public Disposable schedule(Runnable task) {
        ScheduledTask work = accept(task, waiting);
        work.start();
        return work;
    }

    /**
     * Has {@code task} called by the loop after {@code delay}.
     *
     * @throws RejectedExecutionException if this was disposed of, or the loop is closed
     */
    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        ScheduledTask work = accept(task, waiting);
        work.startAfter(unit.toNanos(delay));
        return work;
    }

    /**
     * Has {@code task} called by the loop after {@code initialDelay}, and then at a fixed rate.
     *
     * @throws RejectedExecutionException if this was disposed of, or the loop is closed
     */
    @Override
    public Disposable schedulePeriodically(
            Runnable task, long initialDelay, long period, TimeUnit unit) {
        ScheduledTask work = accept(task, waiting);
        work.startPeriodically(unit.toNanos(initialDelay), unit.toNanos(period));
        return work;
    }

    /** A piece of work that {@code owner} knows of, or the refusal of it. */
    ScheduledTask accept(Runnable task, Disposable.Composite owner) {
        Objects.requireNonNull(task, "schedule: the task is null");
        ScheduledTask work =
                new ScheduledTask(this, owner, Schedulers.onSchedule(task), Context.copyContext());
        if (isDisposed() || registry.refusesWork() || !owner.add(work)) {
            throw rejected();
        }
        return work;
    }

    static RejectedExecutionException rejected() {
        return Exceptions.failWithRejected();
    }

    /** The loop's time; it starts at zero with the loop's clock. */
    @Override
    public long now(TimeUnit unit) {
        return unit.convert(loop.time());
    }

    /** The loop's time in nanoseconds. */
    long nanos() {
        return loop.time().toNanos();
    }

    /**
     * A worker, whose work is done in the order in which it was handed in, from whatever threads.
     */
    @Override
    public Worker createWorker() {
        return new LoopWorker(this);
    }

    /** Has {@code worker} disposed of along with this. */
    boolean adopt(Disposable worker) {
        return !isDisposed() && waiting.add(worker);
    }

    /** {@code worker} was disposed of. */
    void release(Disposable worker) {
        waiting.remove(worker);
    }

    @Override
    public void dispose() {
        disposed = true;
        waiting.dispose();
        registry.remove(this);
    }

    @Override
    public boolean isDisposed() {
        return disposed || loop.isClosed();
    }

    @Override
    @SuppressWarnings("rawtypes") // as Reactor declares it
    public @Nullable Object scanUnsafe(Attr key) {
        if (key == Attr.TERMINATED || key == Attr.CANCELLED) {
            return isDisposed();
        }
        if (key == Attr.NAME) {
            return toString();
        }
        if (key == Attr.BUFFERED) {
            return waiting.size();
        }
        return null;
    }

    @Override
    public String toString() {
        return "LoopScheduler[" + loop + "]";
    }
}
