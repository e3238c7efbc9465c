package asyncio4j.locks;

import static asyncio4j.Asyncio.await;

import asyncio4j.AsyncFuture;
import asyncio4j.CheckReturnValue;
import asyncio4j.Coroutine;
import asyncio4j.internal.locks.LoopBound;
import asyncio4j.internal.locks.WaitingLine;

import org.jspecify.annotations.Nullable;

/**
 * A flag that tasks can wait for. Python's {@code asyncio.Event}.
 *
 * {@snippet :
 * Event ready = new Event();
 * createTask(() -> {
 *     await(sleep(Duration.ofSeconds(1)));
 *     ready.set();
 * });
 * await(ready.waitFor());
 * }
 *
 * <p>It belongs to the loop on which a task first has to wait for it, and to that loop's thread:
 * from then on {@link #set}, {@link #clear} and {@link #waitFor} fail on any other while the loop
 * runs. Another thread sets it with {@code loop.callSoonThreadsafe(event::set)}.
 */
public final class Event {

    private final LoopBound bound = new LoopBound(this);

    // The loop's thread, from here on.

    private boolean set;

    private final WaitingLine waiters = new WaitingLine();

    /** An event that isn't set. */
    public Event() {}

    /**
     * Whether the flag is set.
     *
     * @return true if it is
     */
    public boolean isSet() {
        return set;
    }

    /**
     * Sets the flag and wakes all who wait for it, who go on even if it is cleared before their
     * turn comes. Does nothing if it is set.
     */
    public void set() {
        bound.checkThread("Event.set");
        if (set) {
            return;
        }
        set = true;
        waiters.wake(Integer.MAX_VALUE);
    }

    /** Clears the flag, so that tasks wait until it is set again. */
    public void clear() {
        bound.checkThread("Event.clear");
        set = false;
    }

    /**
     * Waits until the flag is set; doesn't suspend if it is. Python's {@code Event.wait}, a name
     * that {@link Object} has taken.
     *
     * @return a coroutine without a result; it throws {@link IllegalStateException} if it would
     *     have to wait on another loop than tasks did before
     */
    @CheckReturnValue
    public Coroutine<@Nullable Void> waitFor() {
        return Coroutine.named(
                "Event.waitFor",
                Coroutine.of(() -> {
                    bound.checkThread("Event.waitFor");
                    if (set) {
                        return;
                    }
                    AsyncFuture<@Nullable Void> wakeUp = bound.bind().createFuture();
                    WaitingLine.Place place = waiters.add(wakeUp);
                    try {
                        await(wakeUp);
                    } finally {
                        waiters.remove(place);
                    }
                }));
    }

    @Override
    public String toString() {
        return "Event["
                + (set ? "set" : "unset")
                + (waiters.size() == 0 ? "" : ", waiters=" + waiters.size())
                + "]";
    }
}
