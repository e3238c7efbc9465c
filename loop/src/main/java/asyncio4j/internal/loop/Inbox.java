package asyncio4j.internal.loop;

import asyncio4j.internal.fiber.Fiber;
import asyncio4j.internal.fiber.Step;
import asyncio4j.internal.spi.Poller;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Where other threads put steps for the loop, and where the baton holder waits for them.
 *
 * <h2>Why no wake-up is lost</h2>
 *
 * <p>{@link #post} first appends, then reads {@code sleeper}; {@link #await} first writes {@code
 * sleeper}, then looks whether something was appended, then parks. All four are sequentially
 * consistent (volatile accesses, and those of {@code ConcurrentLinkedQueue}), so in any order of
 * them at least one side sees the other: either the waiter sees the step and doesn't park, or the
 * poster sees the waiter and unparks it, and that permit ends the park whether it comes before or
 * after it began. Only one of many posters pays for the unpark: the one whose compare-and-set takes
 * the sleeper away. The others come after that one's step was appended, and before the waiter
 * drains, which it does whenever {@code await} returned.
 *
 * <h2>Why no step is lost at close</h2>
 *
 * <p>{@link #close} sets {@code closed}, then takes out what is there; {@code post} appends, then
 * reads {@code closed}, and if it is set tries to take its own step out again. One of the two takes
 * it out, by an atomic removal: either the poster is told that the inbox is closed, or the step is
 * dropped by close.
 */
final class Inbox {

    private static final VarHandle SLEEPER;

    static {
        try {
            SLEEPER = MethodHandles.lookup().findVarHandle(Inbox.class, "sleeper", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Marks where {@link #drainTo} stops. */
    private static final Step END =
            new Step() {
                @Override
                public void run() {
                    throw new AssertionError("taken for a step");
                }
            };

    /**
     * How many steps are handed over at once. Threads that post faster than the loop can follow
     * would else make each iteration longer than the one before, without bound, and what the loop's
     * own tasks do in ten iterations would take for ever.
     */
    static final int MOST_AT_ONCE = 1 << 12;

    private final ConcurrentLinkedQueue<Step> queue = new ConcurrentLinkedQueue<>();

    /**
     * The thread that waits, or the poller that it waits in. Written by the baton holder, taken
     * away by a poster.
     */
    @SuppressWarnings("unused") // through SLEEPER
    private volatile @Nullable Object sleeper;

    private volatile boolean closed;

    /** Something was put in since {@link #drainTo} began. Written by all. */
    private volatile boolean posted;

    /** How long to look before parking. Baton holder only. */
    private final Lookout lookout = new Lookout();

    /** {@link #END} is in the queue. Baton holder only. */
    private boolean marked;

    /**
     * Puts a step in and wakes the loop if it waits. Any thread.
     *
     * @return false if the inbox is closed; the step isn't in it then
     */
    boolean post(Step step) {
        queue.add(step);
        if (closed && queue.remove(step)) {
            return false;
        }
        if (!posted) {
            posted = true;
        }
        Object waiting = sleeper;
        if (waiting != null && SLEEPER.compareAndSet(this, waiting, null)) {
            if (waiting instanceof Thread thread) {
                LockSupport.unpark(thread);
            } else {
                ((Poller) waiting).wakeup();
            }
        }
        return true;
    }

    /**
     * Hands what is in the inbox now to {@code taker}, in order, or the first {@link #MOST_AT_ONCE}
     * of it. What is posted meanwhile stays for the next time, so that threads that post without
     * end can't keep the loop here. Baton holder only.
     */
    void drainTo(Consumer<Step> taker) {
        drainTo(taker, MOST_AT_ONCE);
    }

    /**
     * The same for the first {@code most} of it.
     *
     * @return how many there were
     */
    int drainTo(Consumer<Step> taker, int most) {
        int taken = 0;
        if (posted) {
            posted = false;
        }
        if (most == 0 || queue.isEmpty()) {
            return taken;
        }
        mark();
        while (taken < most) {
            Step step = queue.poll();
            if (step == END) {
                marked = false;
                if (taken > 0 || queue.isEmpty()) {
                    break;
                }
                mark(); // the last time took all that was before it
            } else if (step == null) { // it was closed
                marked = false;
                break;
            } else {
                taken++;
                taker.accept(step);
            }
        }
        return taken;
    }

    private void mark() {
        if (!marked) {
            queue.add(END);
            marked = true;
        }
    }

    /**
     * Waits until something is in the inbox, {@code nanos} have passed, or for no reason. Baton
     * holder only.
     */
    void await(Fiber self, long nanos) {
        if (look(nanos)) {
            return;
        }
        sleeper = Thread.currentThread();
        if (queue.isEmpty()) {
            if (nanos == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, nanos);
            }
            self.noteInterrupt();
        }
        sleeper = null;
    }

    /**
     * The same in a poller. It asks {@link #isEmpty} once more when its own wake-up counts from
     * there on, so the argument above holds for it, too. Baton holder only.
     */
    void await(Poller poller, long nanos) {
        sleeper = poller;
        try {
            poller.poll(nanos);
        } finally {
            sleeper = null;
        }
    }

    /** The poller doesn't wait any more, and needn't be woken. Baton holder only. */
    void awake() {
        sleeper = null;
    }

    /**
     * Whether something was put in that {@link #drainTo} hasn't taken: a look that costs next to
     * nothing, and comes too late for a step that is being put in. Any thread.
     */
    boolean posted() {
        return posted;
    }

    /** Whether nothing is in it. Any thread. */
    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Looks for a step for a while. Baton holder only. */
    private boolean look(long nanos) {
        for (int turns = lookout.begin(nanos); turns > 0; turns--) {
            if (!queue.isEmpty()) {
                lookout.found();
                return true;
            }
            Thread.onSpinWait();
        }
        lookout.foundNothing();
        return false;
    }

    /** Refuses steps from now on, and drops those that are there. The owner of the loop only. */
    void close() {
        closed = true;
        queue.clear();
    }
}
