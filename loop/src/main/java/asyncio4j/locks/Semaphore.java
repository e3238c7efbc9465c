package asyncio4j.locks;

import static asyncio4j.Asyncio.await;

import asyncio4j.AsyncFuture;
import asyncio4j.Asyncio;
import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.GeneratorExit;
import asyncio4j.internal.access.LoopAccess;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Lets so many tasks in at once, the others wait their turn, first come first served. Python's
 * {@code asyncio.Semaphore}.
 *
 * {@snippet :
 * Semaphore connections = new Semaphore(3);
 * try (var _ = await(connections.acquire())) {
 *     String page = await(download(url));
 * }
 * }
 *
 * <p>It belongs to the loop on which a task first has to wait for it, and to that loop's thread.
 * {@link #release} and {@link #acquire} fail on any other while the loop runs.
 */
public final class Semaphore {

    // The loop's thread, all of it.

    private int value;

    /** The loop on which a task first had to wait. */
    private @Nullable EventLoop loop;

    private final Deque<AsyncFuture<@Nullable Void>> waiters = new ArrayDeque<>();

    /**
     * A semaphore with so many permits.
     *
     * @param value the number of permits; 0 or more
     * @throws IllegalArgumentException if it is negative
     */
    public Semaphore(int value) {
        if (value < 0) {
            throw new IllegalArgumentException(
                    "Semaphore initial value must be >= 0, not " + value);
        }
        this.value = value;
    }

    /**
     * Whether {@link #acquire} would have to wait now.
     *
     * @return true if no permit is left, or others wait already
     */
    public boolean locked() {
        if (value == 0) {
            return true;
        }
        for (AsyncFuture<?> waiter : waiters) {
            if (!waiter.cancelled()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Takes a permit, and waits for one if need be. A task that is cancelled while it waits has
     * none, and if it had just been given one, the next in line gets it.
     *
     * @return a coroutine of the permit: close it, or call {@link #release}, once; it throws {@link
     *     IllegalStateException} if it would have to wait on another loop than tasks did before
     */
    public Coroutine<Permit> acquire() {
        return () -> {
            checkThread("Semaphore.acquire");
            if (!locked()) {
                value--;
                return new Permit(this);
            }
            AsyncFuture<@Nullable Void> turn = bind().createFuture();
            waiters.add(turn);
            try {
                await(turn);
            } catch (CancelledError | GeneratorExit e) {
                if (turn.done() && !turn.cancelled()) {
                    value++; // it was given one and can't use it
                }
                throw e;
            } finally {
                waiters.remove(turn);
                wakeUp(value); // those who came when others had been woken, but hadn't gone yet
            }
            return new Permit(this);
        };
    }

    /** Gives a permit back, and wakes the first task that waits for one. */
    public void release() {
        checkThread("Semaphore.release");
        value++;
        wakeUp(1);
    }

    /** Gives {@code permits} of those that are there to those who wait, the first first. */
    private void wakeUp(int permits) {
        int left = permits;
        for (AsyncFuture<@Nullable Void> waiter : waiters) {
            if (left == 0) {
                return;
            }
            if (!waiter.done()) {
                left--;
                value--;
                waiter.setResult(null);
            }
        }
    }

    private EventLoop bind() {
        EventLoop running = Asyncio.getRunningLoop();
        EventLoop bound = loop;
        if (bound == null) {
            loop = running;
        } else if (bound != running) {
            throw new IllegalStateException(
                    this
                            + " is bound to a different event loop, "
                            + bound
                            + ", not to "
                            + running
                            + ": make one for each loop");
        }
        return running;
    }

    private void checkThread(String what) {
        EventLoop bound = loop;
        if (bound != null && !LoopAccess.get().mayTouch(bound)) {
            throw new IllegalStateException(
                    what
                            + " belongs to the thread of "
                            + bound
                            + ", not to thread "
                            + Thread.currentThread().getName()
                            + ": use loop.callSoonThreadsafe(...)");
        }
    }

    @Override
    public String toString() {
        return "Semaphore["
                + (locked() ? "locked" : "unlocked, value=" + value)
                + (waiters.isEmpty() ? "" : ", waiters=" + waiters.size())
                + "]";
    }

    /** A permit that was taken; closing it gives it back. */
    public static final class Permit implements AutoCloseable {

        private final Semaphore semaphore;

        private boolean released;

        private Permit(Semaphore semaphore) {
            this.semaphore = semaphore;
        }

        /** Gives the permit back. Does nothing when called again. */
        @Override
        public void close() {
            if (!released) {
                released = true;
                semaphore.release();
            }
        }
    }
}
