package asyncio4j.locks;

import static asyncio4j.Asyncio.await;

import asyncio4j.CheckReturnValue;
import asyncio4j.Coroutine;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/**
 * A place where tasks wait until so many have come, who then go on together; after that it can be
 * used again. Python's {@code asyncio.Barrier}.
 *
 * {@snippet :
 * Barrier barrier = new Barrier(2);
 * Task<Integer> other = createTask(barrier.waitFor());
 * int place = await(barrier.waitFor());
 * int place2 = await(other); // 0 and 1, each of them once
 * }
 *
 * <p>It belongs to the loop on which a task first has to wait at it, and to that loop's thread:
 * from then on its methods fail on any other while the loop runs.
 */
public final class Barrier {

    /** What a task that comes finds. */
    private enum State {
        /** It has to wait for others. */
        FILLING,
        /** Enough had come, and they aren't all gone yet: it has to wait for that first. */
        DRAINING,
        /** Those who waited are being sent away with an error; it has to wait for that first. */
        RESETTING,
        /** It gets an error, until the barrier is reset. */
        BROKEN
    }

    private final int parties;

    /** Guards the state, as tasks suspend in the midst of it. */
    private final Condition condition = new Condition((Object) this);

    // The loop's thread, from here on.

    private State state = State.FILLING;

    /** How many are in: waiting, or not gone yet. */
    private int count;

    /**
     * A barrier for so many tasks.
     *
     * @param parties how many have to come; 1 or more
     * @throws IllegalArgumentException if it is less
     */
    public Barrier(int parties) {
        if (parties < 1) {
            throw new IllegalArgumentException("Barrier parties must be >= 1, not " + parties);
        }
        this.parties = parties;
    }

    /**
     * How many tasks have to come.
     *
     * @return the number that this was made with
     */
    public int parties() {
        return parties;
    }

    /**
     * How many tasks wait for others to come. Python's {@code n_waiting}.
     *
     * @return the number; 0 while those who waited go on
     */
    public int nWaiting() {
        return state == State.FILLING ? count : 0;
    }

    /**
     * Whether this was aborted, and not reset since.
     *
     * @return true if so
     */
    public boolean broken() {
        return state == State.BROKEN;
    }

    /**
     * Waits until as many tasks as there are parties have called this. Who comes while others still
     * leave waits for that first. A task that is cancelled while it waits doesn't count any more;
     * the others go on waiting. Python's {@code Barrier.wait}, a name that {@link Object} has
     * taken.
     *
     * @return a coroutine of the task's place, from 0 to {@code parties - 1}, for each another; it
     *     throws {@link BrokenBarrierException} if this is aborted, or was reset while the task
     *     waited, and {@link IllegalStateException} if it would have to wait on another loop than
     *     tasks did before
     */
    @CheckReturnValue
    public Coroutine<Integer> waitFor() {
        return Coroutine.named(
                "Barrier.waitFor",
                () -> {
                    condition.checkThread("Barrier.waitFor");
                    try (var _ = await(condition.acquire())) {
                        await(
                                condition.waitFor(
                                        () -> state != State.DRAINING && state != State.RESETTING));
                        if (state == State.BROKEN) {
                            throw new BrokenBarrierException("the barrier was aborted");
                        }
                        return pass();
                    }
                });
    }

    /** Comes in, waits for the others, and goes on. With the lock. */
    private int pass() {
        int place = count++;
        try {
            if (count == parties) {
                state = State.DRAINING;
                condition.signalAll();
            } else {
                awaitOthers();
            }
            return place;
        } finally {
            count--;
            if (count == 0) {
                if (state != State.BROKEN) {
                    state = State.FILLING;
                }
                condition.wakeUp(Integer.MAX_VALUE); // when the loop was closed, without the lock
            }
        }
    }

    private void awaitOthers() {
        await(condition.waitFor(() -> state != State.FILLING));
        if (state != State.DRAINING) {
            throw new BrokenBarrierException(
                    state == State.BROKEN
                            ? "the barrier was aborted"
                            : "the barrier was reset while this task waited");
        }
    }

    /**
     * Makes this as it was at first; tasks that wait at it get a {@link BrokenBarrierException}.
     *
     * @return a coroutine without a result, which may have to wait for its turn
     */
    @CheckReturnValue
    public Coroutine<@Nullable Void> reset() {
        return Coroutine.named(
                "Barrier.reset",
                Coroutine.of(() -> {
                    condition.checkThread("Barrier.reset");
                    try (var _ = await(condition.acquire())) {
                        state = count > 0 ? State.RESETTING : State.FILLING;
                        condition.signalAll();
                    }
                }));
    }

    /**
     * Breaks this: tasks that wait at it, and those who come until it is reset, get a {@link
     * BrokenBarrierException}.
     *
     * @return a coroutine without a result, which may have to wait for its turn
     */
    @CheckReturnValue
    public Coroutine<@Nullable Void> abort() {
        return Coroutine.named(
                "Barrier.abort",
                Coroutine.of(() -> {
                    condition.checkThread("Barrier.abort");
                    try (var _ = await(condition.acquire())) {
                        state = State.BROKEN;
                        condition.signalAll();
                    }
                }));
    }

    @Override
    public String toString() {
        return "Barrier["
                + state.name().toLowerCase(Locale.ROOT)
                + (broken() ? "" : ", waiters=" + nWaiting() + "/" + parties)
                + "]";
    }
}
