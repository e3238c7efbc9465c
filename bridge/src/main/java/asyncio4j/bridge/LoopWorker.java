package asyncio4j.bridge;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Scannable;
import reactor.core.scheduler.Scheduler;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * A worker of a {@link LoopScheduler}: its work without a delay is done in the order in which it
 * was handed in.
 *
 * <p>What the loop's own thread hands to the loop overtakes what other threads have put into its
 * inbox. So the order is kept here: work is appended to {@code queue}, then counted in {@code
 * left}. Who counts the first hands the head of the queue to the loop; having run it, the loop
 * counts it off, and hands itself the next head if there is one. Only one is on its way at any
 * time, and each is appended before it is counted, so the head that is due is there.
 */
final class LoopWorker implements Scheduler.Worker, Scannable, Handed {

    private final LoopScheduler scheduler;

    /** The work that waits for its turn or its time. Any thread. */
    private final Disposable.Composite waiting = Disposables.composite();

    private final Queue<ScheduledTask> queue = new ConcurrentLinkedQueue<>();

    private final Predicate<ScheduledTask> appending = this::append;

    /** How much of the work in the queue isn't done. Any thread. */
    private final AtomicInteger left = new AtomicInteger();

    /** What waits for this worker; null if nothing is known to. Any thread. */
    private volatile @Nullable Subscription operator;

    /** Something has been known to wait. Any thread. */
    private volatile boolean known;

    private volatile boolean refuses;

    LoopWorker(LoopScheduler scheduler) {
        this.scheduler = scheduler;
        if (!scheduler.adopt(this)) {
            waiting.dispose();
        }
    }

    LoopScheduler scheduler() {
        return scheduler;
    }

    @Override
    public Disposable schedule(Runnable task) {
        return scheduler.hand(taskOf(task), appending);
    }

    private ScheduledTask taskOf(Runnable task) {
        return scheduler.taskOf(task, waiting, this);
    }

    /** Appends work that was taken; whether it is on its way to the loop. */
    private boolean append(ScheduledTask work) {
        queue.add(work);
        boolean onItsWay = left.getAndIncrement() == 0 && handOver();
        work.refuseIfClosed();
        return onItsWay;
    }

    /** Has the loop run the head of the queue. Who calls has entered; the loop leaves. */
    private boolean handOver() {
        ScheduledTask head = queue.element();
        return LoopScheduler.ACCESS.enqueue(
                scheduler.loop(), this::runHead, head.context(), head.carried());
    }

    private void runHead() {
        SchedulerWork all = scheduler.all();
        all.leave();
        try {
            queue.remove().run();
        } finally {
            if (left.decrementAndGet() > 0) {
                all.enter();
                if (!handOver()) {
                    all.leave();
                }
            }
        }
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        if (delay <= 0) {
            return schedule(task);
        }
        long nanos = unit.toNanos(delay);
        return scheduler.hand(taskOf(task), work -> work.startAfter(nanos));
    }

    @Override
    public Disposable schedulePeriodically(
            Runnable task, long initialDelay, long period, TimeUnit unit) {
        long delay = unit.toNanos(initialDelay);
        long interval = unit.toNanos(period);
        return scheduler.hand(taskOf(task), work -> work.startPeriodically(delay, interval));
    }

    /** Whether work is refused by this worker alone. */
    boolean refuses() {
        return refuses;
    }

    /**
     * An operator hands in itself; it is this worker's until that is disposed of. False if it isn't
     * taken. Any thread.
     */
    boolean know(Subscription itself) {
        if (known) {
            return true;
        }
        operator = itself;
        if (!scheduler.all().opened(this)) {
            operator = null;
            return false;
        }
        known = true;
        if (isDisposed()) {
            operator = null;
            scheduler.all().ended(this);
        }
        return true;
    }

    @Override
    public void forget() {
        if (operator != null) {
            operator = null;
            scheduler.all().ended(this);
        }
    }

    @Override
    public @Nullable Subscription operator() {
        return operator;
    }

    @Override
    public boolean isDue() {
        return left.get() > 0;
    }

    @Override
    public boolean takeBack() {
        boolean some = false;
        for (ScheduledTask work : queue) {
            some |= work.operator() != null && work.takeBack();
        }
        return some;
    }

    @Override
    public void refuse() {
        refuses = true;
    }

    @Override
    public void dispose() {
        waiting.dispose();
        scheduler.release(this);
        forget();
        if (refuses) {
            scheduler.registry().cleansUpBrieflyNow();
        }
    }

    @Override
    public boolean isDisposed() {
        return waiting.isDisposed();
    }

    @Override
    @SuppressWarnings("rawtypes") // as Reactor declares it
    public @Nullable Object scanUnsafe(Attr key) {
        if (key == Attr.TERMINATED || key == Attr.CANCELLED) {
            return isDisposed();
        }
        if (key == Attr.PARENT) {
            return scheduler;
        }
        if (key == Attr.NAME) {
            return scheduler + ".worker";
        }
        if (key == Attr.BUFFERED) {
            return waiting.size();
        }
        return null;
    }

    @Override
    public String toString() {
        return scheduler + ".worker";
    }
}
