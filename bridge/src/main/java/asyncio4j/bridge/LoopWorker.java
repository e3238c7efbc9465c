package asyncio4j.bridge;

import org.jspecify.annotations.Nullable;

import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Scannable;
import reactor.core.scheduler.Scheduler;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

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
final class LoopWorker implements Scheduler.Worker, Scannable {

    private final LoopScheduler scheduler;

    /** The work that waits for its turn or its time. Any thread. */
    private final Disposable.Composite waiting = Disposables.composite();

    private final Queue<ScheduledTask> queue = new ConcurrentLinkedQueue<>();

    /** How much of the work in the queue isn't done. Any thread. */
    private final AtomicInteger left = new AtomicInteger();

    LoopWorker(LoopScheduler scheduler) {
        this.scheduler = scheduler;
        if (!scheduler.adopt(this)) {
            waiting.dispose();
        }
    }

    @Override
    public Disposable schedule(Runnable task) {
        ScheduledTask work = scheduler.accept(task, waiting);
        queue.add(work);
        if (left.getAndIncrement() == 0 && !handOver()) {
            waiting.dispose(); // the loop is closed
            throw LoopScheduler.rejected();
        }
        work.refuseIfLate();
        return work;
    }

    /** Has the loop run the head of the queue. */
    private boolean handOver() {
        ScheduledTask head = queue.element();
        Subscriptions registry = scheduler.registry();
        registry.workSent();
        boolean taken =
                LoopScheduler.ACCESS.enqueue(
                        scheduler.loop(), this::runHead, head.context(), head.carried());
        if (!taken) {
            registry.workArrived();
        }
        return taken;
    }

    private void runHead() {
        scheduler.registry().workArrived();
        try {
            queue.remove().run();
        } finally {
            if (left.decrementAndGet() > 0) {
                handOver();
            }
        }
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        if (delay <= 0) {
            return schedule(task);
        }
        ScheduledTask work = scheduler.accept(task, waiting);
        work.startAfter(unit.toNanos(delay));
        return work;
    }

    @Override
    public Disposable schedulePeriodically(
            Runnable task, long initialDelay, long period, TimeUnit unit) {
        ScheduledTask work = scheduler.accept(task, waiting);
        work.startPeriodically(unit.toNanos(initialDelay), unit.toNanos(period));
        return work;
    }

    @Override
    public void dispose() {
        waiting.dispose();
        scheduler.release(this);
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
