package asyncio4j.internal.fiber;

import org.jspecify.annotations.Nullable;

/** What an engine asks of the loop. Called by the baton holder only, where nothing else is said. */
public interface Agenda {

    /**
     * The next step to do. Waits while nothing is ready.
     *
     * @param holder the fiber that asks
     * @return the step, or null when the loop has to return to its caller
     */
    @Nullable Step next(Fiber holder);

    /**
     * Whether the loop was asked from outside to return to its caller at once, and hasn't yet:
     * {@link #next} answers null then. Any thread.
     */
    boolean interrupted();

    /** A step threw {@code error}: the loop has to return to its caller, who gets it. */
    void leave(Throwable error);
}
