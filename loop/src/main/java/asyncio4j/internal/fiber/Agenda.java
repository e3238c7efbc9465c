package asyncio4j.internal.fiber;

import org.jspecify.annotations.Nullable;

/** What an engine asks of the loop. Every method is called by the baton holder only. */
public interface Agenda {

    /**
     * The next step to do. Waits while nothing is ready.
     *
     * @param holder the fiber that asks
     * @return the step, or null when the loop has to return to its caller
     */
    @Nullable Step next(Fiber holder);

    /** A step threw {@code error}: the loop has to return to its caller, who gets it. */
    void leave(Throwable error);
}
