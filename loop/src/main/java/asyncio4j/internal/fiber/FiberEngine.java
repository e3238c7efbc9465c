package asyncio4j.internal.fiber;

import org.jspecify.annotations.Nullable;

/**
 * Runs the fibers of one loop, one at a time: the one that holds the baton.
 *
 * <p>An engine is made with the {@link Agenda} that it works through. While the loop isn't running
 * nobody holds the baton, and the thread that owns the loop then may touch everything that the
 * baton guards.
 */
public interface FiberEngine {

    /**
     * Works through the agenda until {@link Agenda#next} returns null. The calling thread gives the
     * baton to a fiber and waits; it gets the baton back when this returns.
     *
     * @param onInterrupt called on the calling thread each time it is interrupted while it waits;
     *     the flag is cleared then and set again when this method returns
     */
    void drive(Runnable onInterrupt);

    /**
     * Suspends the calling fiber until a step that {@linkplain Step#resumes() resumes} it has its
     * turn. Only the fiber that holds the baton may call this.
     *
     * @param awaited the first step of the task that the calling fiber waits for: an engine may run
     *     it above the calling fiber's stack, where its exceptions then show who waits; null if
     *     that isn't a task
     * @throws IllegalStateException if the fiber can't be suspended where it is; the step that
     *     should have resumed it may have been queued all the same, or even have had its turn
     */
    void suspend(Fiber self, @Nullable Step awaited);

    /** {@link #suspend(Fiber, Step)} where it waits for no task. */
    default void suspend(Fiber self) {
        suspend(self, null);
    }

    /**
     * Runs {@code step} on another fiber now, and comes back when that suspends for the first time
     * or ends. Only the fiber that holds the baton may call this.
     */
    void call(Fiber self, Step step);

    /**
     * Runs {@code step}, a generator's body, on another fiber, and comes back when that {@linkplain
     * #yieldBack yields} or ends; it may suspend in between, as part of the calling fiber's task.
     * Only the fiber that holds the baton may call this.
     */
    void enter(Fiber self, Step step);

    /**
     * Makes a generator's fiber go on from its yield; comes back as {@link #enter} does. If the
     * calling fiber is {@linkplain Fiber#dying() dying}, so is the generator's from here on.
     */
    void resume(Fiber self, Fiber generator);

    /**
     * Goes back to the fiber that entered or resumed this one, a generator's, and waits to be
     * resumed.
     *
     * @throws IllegalStateException if the fiber can't be suspended where it is; then nothing has
     *     happened
     */
    void yieldBack(Fiber self);

    /**
     * Whether fibers share a thread, so that one that gives the baton away leaves the thread to
     * others, with all that is in its thread-locals; else each keeps a thread of its own up to its
     * end. Any thread.
     */
    default boolean sharesThread() {
        return false;
    }

    /** Whether the step that runs may block. Baton holder only. */
    boolean mayBlock();

    /** Whether the calling thread is the one that holds the baton. Any thread may ask. */
    boolean holdsBaton();

    /**
     * Whether {@code thread} is the one that holds the baton: for sure if it is the calling one, as
     * far as the calling thread can see if not. Any thread may ask.
     */
    default boolean holdsBaton(Thread thread) {
        if (thread == Thread.currentThread()) {
            return holdsBaton();
        }
        Fiber fiber = holder();
        return fiber != null && fiber.thread() == thread;
    }

    /**
     * The fiber that holds the baton, as far as the calling thread can see; null while the loop
     * isn't running.
     */
    @Nullable Fiber holder();

    /**
     * Interrupts the fiber that holds the baton, once: the flag doesn't outlast its current step.
     * Any thread may call this.
     */
    void interruptHolder();

    /**
     * Gives a suspended fiber the baton so that it can end, and waits until it has or until it
     * suspends for good; if it is a generator's, the same for the fiber that waits for its item.
     * Only while the loop isn't running; {@link Fiber#dying()} is true for them from here on, and
     * {@link #close} waits for their threads.
     */
    void unwind(Fiber fiber);

    /**
     * Ends all threads that wait for work, and waits until they are gone. Only while the loop isn't
     * running.
     */
    void close();
}
