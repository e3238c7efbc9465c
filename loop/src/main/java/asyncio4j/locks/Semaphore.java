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
public sealed class Semaphore permits BoundedSemaphore {

    private final LoopBound bound = new LoopBound(this);

    // The loop's thread, from here on.

    private int value;

    private final WaitingLine waiters = new WaitingLine();

    /** A semaphore with one permit. */
    public Semaphore() {
        this(1);
    }

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
    public final boolean locked() {
        return value == 0 || waiters.waiting();
    }

    /**
     * Takes a permit, and waits for one if need be. A task that is cancelled while it waits has
     * none, and if it had just been given one, the next in line gets it.
     *
     * @return a coroutine of the permit: close it, or call {@link #release}, once; it throws {@link
     *     IllegalStateException} if it would have to wait on another loop than tasks did before
     */
    @CheckReturnValue
    public final Coroutine<Permit> acquire() {
        return Coroutine.named(
                "Semaphore.acquire",
                () -> {
                    checkThread("Semaphore.acquire");
                    if (!locked()) {
                        value--;
                        return new Permit(this);
                    }
                    AsyncFuture<@Nullable Void> turn = bound.bind().createFuture();
                    WaitingLine.Place place = waiters.add(turn);
                    try {
                        await(turn);
                    } catch (CancelledError | GeneratorExit e) {
                        if (turn.done() && !turn.cancelled()) {
                            value++; // it was given one and can't use it
                        }
                        throw e;
                    } finally {
                        waiters.remove(place);
                        wakeUp(value); // those who came when others had been woken, but hadn't
                        // gone yet
                    }
                    return new Permit(this);
                });
    }

    /** Gives a permit back, and wakes the first task that waits for one. */
    public void release() {
        checkThread("Semaphore.release");
        value++;
        wakeUp(1);
    }

    /** Gives {@code permits} of those that are there to those who wait, the first first. */
    private void wakeUp(int permits) {
        value -= waiters.wake(permits);
    }

    /** How many permits are there, those that aren't given to anybody yet. */
    final int value() {
        return value;
    }

    /** Fails on another thread than the loop's. */
    final void checkThread(String what) {
        bound.checkThread(what);
    }

    @Override
    public final String toString() {
        return (this instanceof BoundedSemaphore ? "BoundedSemaphore[" : "Semaphore[")
                + (locked() ? "locked" : "unlocked, value=" + value)
                + (waiters.size() == 0 ? "" : ", waiters=" + waiters.size())
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
