package asyncio4j.internal.loop;

import asyncio4j.internal.fiber.Step;
import asyncio4j.internal.spi.Poller;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * The loop's turn at its {@link Poller}: the first step of an iteration, and all that is done while
 * nothing is ready. A step, as others are: what it calls is users' code, which must not run on a
 * stack that it knows nothing of.
 *
 * <p>While something is ready, I/O is looked at once in an iteration, and not more often than each
 * {@value #BUSY_NANOS} nanoseconds, since a look is a system call. While nothing is, it is looked
 * at again and again for a while, since what a task has just asked for is often there before a
 * thread could go to sleep and be woken; then the loop waits in the poller. How long it looks
 * depends on whether that paid lately, as in {@link Inbox}.
 *
 * <p>Where fibers are virtual threads, the wait is a step of its own, on a thread of its own: a
 * virtual thread in a system call would keep its carrier from all others.
 */
final class IoTurn extends Step implements Poller.Host {

    /** How often I/O is looked at while there are other things to do. */
    static final long BUSY_NANOS = 20_000;

    /**
     * How long to look before waiting at most. A wait that was no longer than this had better been
     * spent looking.
     */
    private static final long MOST_NANOS =
            Runtime.getRuntime().availableProcessors() > 1 ? 50_000 : 0;

    /** And at least; one look, that is. */
    private static final long FEWEST_NANOS = MOST_NANOS >> 6;

    private final LoopCore core;

    private final Poller poller;

    private final Work work = new Work();

    /** {@link #work} is on its way. Any thread. */
    private final AtomicBoolean requested = new AtomicBoolean();

    // Baton holder only, from here on.

    /** This iteration has had its turn, and the rest of its beginning is due. */
    private boolean served;

    /** When the last turn began. */
    private long last = System.nanoTime() - BUSY_NANOS;

    /** How long this turn may take, if nothing happens. */
    private long nanos;

    /** How long to look before waiting. */
    private long patience = MOST_NANOS;

    /** Nothing came while the last turn looked: this one waits. */
    private boolean waits;

    /** The poller waits, or is about to. */
    private boolean waiting;

    /** When it began to. */
    private long waitingSince;

    @SuppressWarnings("this-escape") // only kept
    IoTurn(LoopCore core, Function<? super Poller.Host, ? extends Poller> factory) {
        this.core = core;
        this.poller = factory.apply(this);
    }

    Poller poller() {
        return poller;
    }

    /** Whether an iteration is under way of which only this turn was done. */
    boolean served() {
        return served;
    }

    /** Whether this turn is due in the iteration that begins, where something else is ready. */
    boolean dueWhileBusy() {
        if (served) {
            served = false;
            waits = false;
            return false;
        }
        return due(0);
    }

    /** The same where nothing else is ready for {@code untilTimer}. */
    boolean dueWhileIdle(long untilTimer) {
        if (served) {
            served = false;
            return false;
        }
        return due(untilTimer);
    }

    private boolean due(long wait) {
        long now = System.nanoTime();
        if (wait == 0) {
            waits = false;
            if (now - last < BUSY_NANOS) {
                return false;
            }
        }
        last = now;
        nanos = wait;
        served = true;
        return true;
    }

    @Override
    public boolean io() {
        return true;
    }

    @Override
    public boolean blocks() {
        return waits;
    }

    @Override
    public void run() {
        if (nanos == 0) {
            poller.poll(0);
        } else if (waits) {
            waits = false;
            await();
        } else if (!look()) {
            if (core.engine().mayBlock()) {
                await();
            } else {
                waits = true; // by way of blocks
            }
        }
    }

    /** Looks until something is there, or patience is at its end; whether something was there. */
    private boolean look() {
        long end = last + Math.min(nanos, patience);
        do {
            if (poller.poll(0) || !core.nothingReady()) {
                return true;
            }
            Thread.onSpinWait();
        } while (System.nanoTime() - end < 0);
        return nanos <= patience;
    }

    private void await() {
        waiting = true;
        waitingSince = System.nanoTime();
        try {
            core.await(poller, nanos);
        } finally {
            waited();
        }
    }

    @Override
    public boolean mayWait() {
        return core.nothingReady();
    }

    @Override
    public void waited() {
        if (waiting) {
            waiting = false;
            core.awake(this);
            patience =
                    System.nanoTime() - waitingSince < MOST_NANOS
                            ? MOST_NANOS
                            : Math.max(patience >> 1, FEWEST_NANOS);
        }
    }

    @Override
    public void request() {
        if (requested.compareAndSet(false, true)) {
            core.addFromAnywhere(work);
        }
    }

    @Override
    public boolean isHolder(Thread thread) {
        return core.engine().holdsBaton(thread);
    }

    @Override
    public String toString() {
        return "I/O of " + poller;
    }

    /** What other code has handed in to the poller. */
    private final class Work extends Step {

        @Override
        public boolean io() {
            return true;
        }

        @Override
        public void run() {
            requested.set(false); // before it is looked at: what comes later is announced anew
            poller.work();
        }

        @Override
        public String toString() {
            return "work of " + poller;
        }
    }
}
