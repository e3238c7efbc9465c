package asyncio4j.bridge.test;

import asyncio4j.Context;
import asyncio4j.EventLoop;
import asyncio4j.internal.access.LoopAccess;
import asyncio4j.internal.access.TestTime;

import org.jspecify.annotations.Nullable;

import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.PriorityBlockingQueue;

/**
 * One virtual time for a test: a loop and Reactor's schedulers both go by it. So {@code sleep},
 * {@code timeout} and {@code callLater}, {@code Mono.delay}, {@code Flux.interval} and {@code
 * LoopScheduler} are due in one order.
 *
 * <p>From {@link #automatic} or {@link #manual} to {@link #close} there is a {@link
 * VirtualTimeScheduler} in place of {@code Schedulers.parallel()} and its like, and {@link
 * #newEventLoop} makes a loop. An <em>automatic</em> time jumps to whatever is due next when the
 * loop has nothing to do, as with a {@link asyncio4j.VirtualClock}:
 *
 * {@snippet :
 * try (VirtualTime time = VirtualTime.automatic();
 *         ReactorRunner runner =
 *                 ReactorRunner.builder().loopFactory(time::newEventLoop).build()) {
 *     runner.run(() -> {
 *         await(Mono.delay(Duration.ofHours(1)));
 *         await(sleep(Duration.ofHours(1)));
 *     });
 *     assert time.now().equals(Duration.ofHours(2));
 * }
 * }
 *
 * <p>A <em>manual</em> one moves only by {@link #advanceBy}, or by what moves the scheduler, such
 * as {@code thenAwait} of {@code StepVerifier.withVirtualTime}. The loop runs on another thread
 * then. The time stops at each moment at which something is due, and goes on when the loop has
 * nothing more to do at that moment. {@code StepVerifier} takes the scheduler away at its end, so
 * one belongs to each of them.
 *
 * <p>At the same moment, Reactor's work comes first, in the order in which it was handed in; then
 * the loop's timers in theirs. What is handed in at a moment for the same one comes after that.
 * Threads other than the loop's and the one that moves the time aren't waited for.
 *
 * <p>The scheduler is the whole JVM's, so there is one such time at once.
 */
public final class VirtualTime implements AutoCloseable {

    private static final LoopAccess ACCESS = LoopAccess.get();

    /** How long to wait for the loop before looking whether it runs any more. */
    private static final long LOOK_MILLIS = 10;

    private final boolean manual;

    private final LinkedScheduler scheduler = new LinkedScheduler(this);

    /** When Reactor's work is due; what was cancelled stays. */
    private final PriorityBlockingQueue<Long> due = new PriorityBlockingQueue<>();

    private volatile long nanos;

    /** How far the scheduler's own time is. Who moves the time. */
    private long schedulersNanos;

    private volatile @Nullable EventLoop loop;

    /** Held by who moves the time from outside of the loop. */
    private final Object moving = new Object();

    // Guarded by this.

    /** When the loop has something to do, as it said when it had nothing. */
    private long loopDue = TestTime.NEVER;

    private long asked;

    /** Counted by the loop's thread for each question that has reached it. */
    private long heard;

    /** {@code heard} when the loop last had nothing to do. */
    private long answered;

    private VirtualTime(boolean manual) {
        this.manual = manual;
        VirtualTimeScheduler.set(scheduler);
        Schedulers.setFactory(new DueNotingFactory(scheduler));
    }

    /**
     * A time that jumps to what is due next when the loop has nothing to do.
     *
     * @return the time, in place until it is closed
     */
    public static VirtualTime automatic() {
        return new VirtualTime(false);
    }

    /**
     * A time that is moved by hand.
     *
     * @return the time, in place until it is closed
     */
    public static VirtualTime manual() {
        return new VirtualTime(true);
    }

    /**
     * The one loop that goes by this; for {@code loopFactory}.
     *
     * @return a new loop
     * @throws IllegalStateException if there is one
     */
    public synchronized EventLoop newEventLoop() {
        if (loop != null) {
            throw new IllegalStateException(
                    "this time has a loop already: make another VirtualTime for the next");
        }
        EventLoop made =
                ACCESS.newEventLoop(
                        new TestTime() {
                            @Override
                            public long nanos() {
                                return nanos;
                            }

                            @Override
                            public boolean idleUntil(long deadline) {
                                return loopIdle(deadline);
                            }
                        });
        loop = made;
        return made;
    }

    /**
     * Reactor's side of this; it can be moved, too.
     *
     * @return the scheduler, the same each time
     */
    public VirtualTimeScheduler scheduler() {
        return scheduler;
    }

    /**
     * The time since this was made.
     *
     * @return the time of the loop and of the scheduler
     */
    public Duration now() {
        return Duration.ofNanos(nanos);
    }

    /**
     * Moves the time, and does what is due, moment by moment. On another thread than the loop's
     * this returns when the loop has nothing more to do. A loop's own code moves it in one step, as
     * if it had taken that long: the loop's timers have their turn later.
     *
     * @param amount how far; not negative
     */
    public void advanceBy(Duration amount) {
        Objects.requireNonNull(amount, "the amount is null: pass how far to move the time");
        if (amount.isNegative()) {
            throw new IllegalArgumentException("time doesn't go back, not even by " + amount);
        }
        long target = nanos + amount.toNanos();
        EventLoop moved = loop;
        if (moved != null && ACCESS.holdsBaton(moved)) {
            moveTo(target);
            return;
        }
        synchronized (moving) {
            for (; ; ) {
                long next = Math.min(awaitLoop(), reactorsNext());
                if (next > target) {
                    break;
                }
                moveTo(next);
            }
            moveTo(target);
        }
    }

    /** Reactor's work is due in so many nanoseconds. Any thread. */
    void note(long delay) {
        if (delay > 0) {
            due.add(nanos + delay);
        }
    }

    private long reactorsNext() {
        Long next = due.peek();
        return next == null ? TestTime.NEVER : next;
    }

    /** Moves the time, and does Reactor's work up to there. */
    private void moveTo(long target) {
        setNanos(target);
        for (Long next = due.peek(); next != null && next <= target; next = due.peek()) {
            due.poll();
        }
        long step = target - schedulersNanos;
        schedulersNanos = Math.max(schedulersNanos, target);
        scheduler.step(Duration.ofNanos(Math.max(0, step)));
    }

    private synchronized void setNanos(long target) {
        nanos = Math.max(nanos, target);
    }

    /** The loop has nothing to do. Its thread, on anybody's stack. */
    private boolean loopIdle(long deadline) {
        long next;
        synchronized (this) {
            loopDue = deadline;
            answered = heard;
            notifyAll();
            next = manual ? TestTime.NEVER : Math.min(deadline, reactorsNext());
            if (next == TestTime.NEVER) {
                return false;
            }
            nanos = Math.max(nanos, next);
        }
        return ACCESS.enqueue(
                Objects.requireNonNull(loop), () -> moveTo(next), new Context(), null);
    }

    /** Waits until the loop has nothing to do at this moment; when it will have. */
    private long awaitLoop() {
        EventLoop asking = loop;
        if (asking == null || !asking.isRunning()) {
            return TestTime.NEVER;
        }
        long question;
        synchronized (this) {
            question = ++asked;
        }
        if (!ACCESS.enqueueLight(asking, this::hear)) {
            return TestTime.NEVER;
        }
        boolean interrupted = false;
        try {
            synchronized (this) {
                while (answered < question) {
                    try {
                        wait(LOOK_MILLIS);
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                    if (!asking.isRunning()) {
                        heard = asked;
                        answered = asked;
                        return TestTime.NEVER;
                    }
                }
                return loopDue;
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized void hear() {
        heard++;
    }

    /** Puts Reactor's own schedulers back. */
    @Override
    public void close() {
        scheduler.end();
    }

    @Override
    public String toString() {
        return "VirtualTime[" + now() + (manual ? ", manual]" : ", automatic]");
    }
}
