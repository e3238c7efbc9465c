package asyncio4j.bridge;

import asyncio4j.Context;
import asyncio4j.EventLoop;
import asyncio4j.internal.access.LoopAccess;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.Scannable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

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
 * Then, as the last thing before the loop is closed, what waits for the scheduler is ended. First
 * all the work without a delay is done, so that a subscriber behind {@code publishOn} gets what was
 * on its way; then the sources are cancelled, and the subscribers get a {@link
 * RejectedExecutionException}, on the loop's thread. What cancel hooks do by {@link Bridge#mono} or
 * {@link Bridge#flux} is waited for, and may go by the scheduler; what comes of those errors is
 * waited for too, but cancelled after ten seconds. Last of all the scheduler refuses more work, by
 * that exception too. If the loop is closed without a Runner, the thread that closes it ends what
 * waits, and work is dropped.
 *
 * <p>A scheduler knows what waits by the operators that hand in themselves as work:
 *
 * <ul>
 *   <li>{@code Flux.publishOn} and {@code runOn}, from the first demand on;
 *   <li>{@code Flux.interval} and {@code Mono.delay}, and whatever waits for one of them at that
 *       time: {@code delayElements}, {@code delaySubscription}, {@code timeout} (whose subscriber
 *       is told of a timeout, or gets the fallback), {@code sample}, {@code buffer(Duration)},
 *       {@code window(Duration)}, {@code take(Duration)}, {@code skip(Duration)}, {@code
 *       Retry.backoff} and such;
 *   <li>{@code Mono.delayElement}, once there is the element;
 *   <li>{@code subscribeOn}. This has only subscribed to its source, which may be speaking on
 *       another thread at that moment. So the source is cancelled, but the subscriber is told only
 *       if all operators up to the source say that they signal where they are asked, or on the
 *       loop; else the error goes to Reactor's hook for dropped errors.
 * </ul>
 *
 * <p>It can't know {@code Mono.publishOn} whose source has said nothing, nor what hands in other
 * things than itself: {@code bufferTimeout}, {@code windowTimeout}, {@code delaySequence}, {@code
 * refCount} with a grace period, and what goes by {@code Schedulers.single(scheduler)}. Those fail
 * at the next signal that needs the scheduler. {@code onBackpressureBuffer} with a time to live,
 * and operators that aren't Reactor's own, are cancelled, and their errors dropped. What starts
 * anew when it fails, as by {@code retry()}, is told a few times, and then cancelled.
 *
 * <p>{@link Bridge#untilClosed(EventLoop, reactor.core.publisher.Flux)} ties any pipeline to the
 * loop; its subscriber is told in each case, by a {@link
 * java.util.concurrent.CancellationException}, and once the tasks have ended:
 *
 * {@snippet :
 * Flux<List<Row>> batches =
 *         untilClosed(
 *                 loop, rows.bufferTimeout(100, Duration.ofSeconds(1), LoopScheduler.of(loop)));
 * }
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
        scheduler.all().add(scheduler);
        return scheduler;
    }

    EventLoop loop() {
        return loop;
    }

    /**
     * Has {@code task} called by the loop.
     *
     * @throws RejectedExecutionException if this was disposed of, or the loop is closed
     */
    @Override
    public Disposable schedule(Runnable task) {
        return hand(taskOf(task, waiting, null), ScheduledTask::start);
    }

    /**
     * Has {@code task} called by the loop after {@code delay}.
     *
     * @throws RejectedExecutionException if this was disposed of, or the loop is closed
     */
    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        long nanos = unit.toNanos(delay);
        return hand(taskOf(task, waiting, null), work -> work.startAfter(nanos));
    }

    /**
     * Has {@code task} called by the loop after {@code initialDelay}, and then at a fixed rate.
     *
     * @throws RejectedExecutionException if this was disposed of, or the loop is closed
     */
    @Override
    public Disposable schedulePeriodically(
            Runnable task, long initialDelay, long period, TimeUnit unit) {
        long delay = unit.toNanos(initialDelay);
        long interval = unit.toNanos(period);
        return hand(taskOf(task, waiting, null), work -> work.startPeriodically(delay, interval));
    }

    /** A piece of work that {@code owner} will know of. */
    ScheduledTask taskOf(Runnable task, Disposable.Composite owner, @Nullable LoopWorker worker) {
        Objects.requireNonNull(task, "schedule: the task is null");
        return new ScheduledTask(
                this,
                owner,
                worker,
                task instanceof Subscription operator ? operator : null,
                Schedulers.onSchedule(task),
                Context.copyContext());
    }

    /**
     * Takes {@code work} and has it started, or refuses it.
     *
     * @param starting answers whether the loop will tell when it has got the work
     */
    ScheduledTask hand(ScheduledTask work, Predicate<ScheduledTask> starting) {
        SchedulerWork all = all();
        all.enter();
        boolean onItsWay = false;
        try {
            onItsWay = accepts(work) && starting.test(work);
        } finally {
            if (!onItsWay) {
                all.leave();
            }
        }
        return work;
    }

    /**
     * Whether work is taken to be done, and not only taken; throws if it is refused. Who asks has
     * entered.
     */
    private boolean accepts(ScheduledTask work) {
        boolean closed = all().refuses();
        if (closed && registry.isTired()) {
            work.park();
            return false;
        }
        if (closed || disposed || !work.take()) {
            throw rejected();
        }
        return true;
    }

    Subscriptions registry() {
        return registry;
    }

    /** All the work of the loop's schedulers. */
    SchedulerWork all() {
        return registry.schedulers();
    }

    RejectedExecutionException rejected() {
        return ACCESS.closing(loop)
                ? closed()
                : Exceptions.failWithRejected("the LoopScheduler, or its Worker, was disposed of");
    }

    /** The error of what is refused, or ended, as the loop is closed. */
    static RejectedExecutionException closed() {
        return Exceptions.failWithRejected(
                "the event loop was closed before this was done: end the pipeline before that, or"
                        + " tie it to the loop by untilClosed");
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
        all().remove(this);
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
