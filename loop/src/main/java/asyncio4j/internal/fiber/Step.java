package asyncio4j.internal.fiber;

import org.jspecify.annotations.Nullable;

/**
 * One entry of the ready queue: either a fiber that goes on, or a piece of code to run.
 *
 * <p>All fields belong to the baton holder.
 */
public abstract class Step {

    /**
     * The fiber that goes on when this step's turn comes; null if {@link #run} is what has to be
     * done.
     */
    private @Nullable Fiber resumes;

    /** For subclasses. */
    protected Step() {}

    /** The fiber that goes on when this step's turn comes, or null. Baton holder only. */
    public final @Nullable Fiber resumes() {
        return resumes;
    }

    /** Makes this step the resumption of {@code fiber}. Baton holder only. */
    public final void resumes(@Nullable Fiber fiber) {
        resumes = fiber;
    }

    /**
     * Whether {@link #run} is the loop's own bookkeeping, which never runs a user's code and never
     * suspends, so that any baton holder may do it on its own stack.
     */
    public boolean light() {
        return false;
    }

    /**
     * Whether {@link #run} does nothing but put what goes on into the ready queue. If another
     * thread hands such a step in, it is done when the loop takes it over, and what goes on has the
     * step's place: it would have to wait for the end of another iteration else.
     */
    public boolean wakes() {
        return false;
    }

    /**
     * Whether this is a turn at I/O. It runs users' code, but never becomes a task's, so the fiber
     * for steps that block may run it, too.
     */
    public boolean io() {
        return false;
    }

    /**
     * Whether {@link #run} waits for I/O, so that a virtual thread would keep its carrier
     * meanwhile.
     */
    public boolean blocks() {
        return false;
    }

    /**
     * Does the work, on the thread of the baton holder. What it throws makes the loop return to its
     * caller at once; ordinary failures must be handled inside.
     */
    public abstract void run();
}
