package asyncio4j.internal.fiber;

import org.jspecify.annotations.Nullable;

/**
 * One of a loop's stacks: at its base a pump that takes steps and runs them, and a task's fiber as
 * soon as one of those steps suspends. What it is made of is its engine's affair.
 */
public abstract sealed class Fiber permits ThreadFiber, ContinuationFiber {

    // Baton holder only, from here on.

    /** What to run first when this pump gets the baton. */
    @Nullable Step first;

    /**
     * The fiber that called this one and gets the baton back at the first suspension or at the end.
     */
    @Nullable Fiber invoker;

    /** The fiber that waits for this one's next item, if this one runs a generator's body. */
    @Nullable Fiber consumer;

    /** This pump has to end. */
    boolean exit;

    private boolean dying;

    /** At most {@link VirtualThreadEngine#MAX_REFUSALS} and one. */
    private byte refusals;

    private @Nullable Object task;

    private @Nullable Object context;

    /** The fiber that the calling code runs on, or null outside of loops. */
    public static @Nullable Fiber current() {
        Thread thread = Thread.currentThread();
        if (thread instanceof FiberThread shared) {
            return shared.fiber();
        }
        return thread.isVirtual() ? Holders.of(thread) : null;
    }

    /** The loop that this fiber belongs to, as the floor above knows it. Any thread. */
    public abstract Object loop();

    /** The task that this fiber runs, or null. Belongs to the floors above. Baton holder only. */
    public @Nullable Object task() {
        return task;
    }

    /** Sets the task that this fiber runs. Baton holder only. */
    public void task(@Nullable Object newTask) {
        task = newTask;
    }

    /**
     * The context in which this fiber's code runs, or null. Belongs to the floors above. Baton
     * holder only.
     */
    public @Nullable Object context() {
        return context;
    }

    /** Sets the context in which this fiber's code runs. Baton holder only. */
    public void context(@Nullable Object newContext) {
        context = newContext;
    }

    /**
     * The fiber that waits for the item that this one, a generator's, is about to make; or null.
     * Baton holder; others may look, and can only err.
     */
    public @Nullable Fiber consumer() {
        return consumer;
    }

    /**
     * The fiber that called this one and hasn't got the baton back yet, or null. Baton holder;
     * others may look, and can only err.
     */
    public @Nullable Fiber invoker() {
        return invoker == null || invoker.suspended() ? null : invoker;
    }

    /** Whether this fiber bears a label that says what it does. Baton holder only. */
    public abstract boolean labelled();

    /**
     * Says what this fiber does, until that ends: for thread dumps, where it has a thread of its
     * own. Baton holder only.
     */
    public abstract void label(String label);

    /** Takes the label off. Baton holder only. */
    abstract void unlabel();

    /** The thread that this fiber runs on. Any thread. */
    public abstract Thread thread();

    /**
     * The stack, innermost call first. The baton holder gets that of any fiber; others get that of
     * one that runs, and else maybe nothing.
     */
    public abstract StackTraceElement[] stackTrace();

    /**
     * Takes the interrupt flag down, so that parking works, and remembers it if it was a user's.
     * Its own thread only, while it waits.
     */
    public abstract void noteInterrupt();

    /** Whether this is suspended although its call of another fiber is under way. */
    boolean suspended() {
        return false;
    }

    /** Whether the loop is gone and this fiber's code has to end. Baton holder only. */
    public boolean dying() {
        return dying;
    }

    void die() {
        dying = true;
    }

    /** How often this dying fiber has tried to suspend again. */
    int refuse() {
        return ++refusals;
    }
}
