package asyncio4j.internal.loop;

import asyncio4j.internal.fiber.Step;

/** A step that becomes ready at a time. All fields belong to the baton holder. */
public abstract class TimerStep extends Step {

    private final long when;

    /** Set by the queue: equal times are served in the order in which they came. */
    private long sequence;

    private boolean queued;

    private boolean cancelled;

    /** A step that is due at {@code when}, in the nanoseconds of the loop's clock. */
    protected TimerStep(long when) {
        this.when = when;
    }

    /** When this is due, in the nanoseconds of the loop's clock. Any thread. */
    public final long dueNanos() {
        return when;
    }

    /** Whether this was cancelled, so that its turn is skipped. */
    public final boolean timerCancelled() {
        return cancelled;
    }

    final void markCancelled() {
        cancelled = true;
    }

    final boolean queued() {
        return queued;
    }

    final void queued(boolean now) {
        queued = now;
    }

    final long sequence() {
        return sequence;
    }

    final void sequence(long number) {
        sequence = number;
    }
}
