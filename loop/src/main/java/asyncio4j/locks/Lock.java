package asyncio4j.locks;

import static asyncio4j.Asyncio.await;

import asyncio4j.AsyncFuture;
import asyncio4j.CancelledError;
import asyncio4j.CheckReturnValue;
import asyncio4j.Coroutine;
import asyncio4j.GeneratorExit;
import asyncio4j.internal.locks.LoopBound;
import asyncio4j.internal.locks.WaitingLine;

import org.jspecify.annotations.Nullable;

/**
 * Lets one task in at a time, the others wait their turn, first come first served. Python's {@code
 * asyncio.Lock}.
 *
 * <p>Between two awaits no other task runs, so a lock is needed only where what belongs together
 * goes on over an await.
 *
 * {@snippet :
 * Lock lock = new Lock();
 * try (var _ = await(lock.acquire())) {
 *     await(sleep(Duration.ofMillis(10))); // nobody else is in here meanwhile
 * }
 * }
 *
 * <p>A lock isn't a task's own: any task may release it, and a task that acquires it twice waits
 * for itself.
 *
 * <p>It belongs to the loop on which a task first has to wait for it, and to that loop's thread:
 * from then on {@link #acquire} and {@link #release} fail on any other while the loop runs.
 */
public final class Lock {

    private final LoopBound bound;

    // The loop's thread, from here on.

    /** What {@link #acquire} gave to the one that has the lock; null if it is free. */
    private @Nullable Held holder;

    private final WaitingLine waiters = new WaitingLine();

    /** A lock that nobody has. */
    public Lock() {
        bound = new LoopBound(this);
    }

    /** The lock inside of {@code owner}, which messages speak of. */
    Lock(Object owner) {
        bound = new LoopBound(owner);
    }

    /**
     * Whether somebody has the lock.
     *
     * @return true if so
     */
    public boolean locked() {
        return holder != null;
    }

    /**
     * Takes the lock, and waits for it if need be. A task that is cancelled while it waits doesn't
     * have it, and if it had just been woken, the next in line is.
     *
     * @return a coroutine of what gives the lock back: close it, or call {@link #release}; it
     *     throws {@link IllegalStateException} if it would have to wait on another loop than tasks
     *     did before
     */
    @CheckReturnValue
    public Coroutine<Held> acquire() {
        return Coroutine.named(
                "Lock.acquire",
                () -> {
                    Held held = new Held(this);
                    take(held);
                    return held;
                });
    }

    /** Waits for the lock and takes it, for {@code held} to give it back. In a task. */
    void take(Held held) {
        bound.checkThread("Lock.acquire");
        if (holder == null && !waiters.waiting()) {
            holder = held;
            return;
        }
        AsyncFuture<@Nullable Void> turn = bound.bind().createFuture();
        WaitingLine.Place place = waiters.add(turn);
        try {
            try {
                await(turn);
            } finally {
                waiters.remove(place);
            }
        } catch (CancelledError | GeneratorExit e) {
            if (holder == null) {
                waiters.wakeFirst(); // it may have been this one's turn
            }
            throw e;
        }
        holder = held;
    }

    /** Takes the lock for {@code held} if that goes without waiting, past those who wait. */
    void takeIfFree(Held held) {
        if (holder == null) {
            holder = held;
        }
    }

    /** What has the lock, or null. */
    @Nullable Held holder() {
        return holder;
    }

    /**
     * Gives the lock back, and wakes the first task that waits for it.
     *
     * @throws IllegalStateException if nobody has the lock
     */
    public void release() {
        bound.checkThread("Lock.release");
        if (holder == null) {
            throw new IllegalStateException(
                    "release: the lock is not acquired; release once for each acquire");
        }
        holder = null;
        waiters.wakeFirst(); // if it is done already, it will pass that on itself
    }

    @Override
    public String toString() {
        return "Lock["
                + (locked() ? "locked" : "unlocked")
                + (waiters.size() == 0 ? "" : ", waiters=" + waiters.size())
                + "]";
    }

    /** A lock that was taken; closing it gives it back. */
    public static final class Held implements AutoCloseable {

        private final Lock lock;

        private Held(Lock lock) {
            this.lock = lock;
        }

        /**
         * Gives the lock back. Does nothing if that was done already, by this or by {@link
         * Lock#release}, whoever has the lock now.
         */
        @Override
        public void close() {
            lock.bound.checkThread("Lock.Held.close");
            if (lock.holder == this) {
                lock.release();
            }
        }
    }
}
