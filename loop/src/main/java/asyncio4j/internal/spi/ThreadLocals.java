package asyncio4j.internal.spi;

import org.jspecify.annotations.Nullable;

/**
 * Carries the values of thread-locals along with tasks and callbacks: of those that the user has
 * registered with some library. What "values" are, only the companion knows; they never change, so
 * that any number of tasks may be given the same, on any thread.
 *
 * <p>What a user's accessor throws is told to {@link Failures}, and thrown by none of these
 * methods.
 */
public interface ThreadLocals {

    /** The values that the calling thread has now; null if nobody has registered anything. */
    @Nullable Object capture(Failures failures);

    /**
     * Gives the calling thread these values, and none where they have none, until the scope is
     * closed.
     *
     * @param values what {@link #capture} answered
     * @return the scope; null if nobody has registered anything
     */
    @Nullable Scope open(@Nullable Object values, Failures failures);

    /**
     * A thread has some code's values while this is open, and gets its own back when it is closed:
     * the last value that was set first. For the thread that the code runs on at the time.
     */
    interface Scope {

        /** The values that the thread has now. */
        Object values();

        /**
         * Gives the thread other values, as if the code itself had set them; it hasn't run since
         * {@link #values} was called.
         */
        void set(Object values);

        /** The code gives up the thread: notes its values, and gives the thread its own back. */
        void suspend();

        /** The code goes on, perhaps on another thread: it gets the values that it had. */
        void resume();

        /** The code has ended: gives the thread its own values back. */
        void close();
    }

    /** Who is told that an accessor has failed. */
    @FunctionalInterface
    interface Failures {

        /** {@code message} says which one, and what to do. Any thread. */
        void failed(String message, Throwable error);
    }
}
