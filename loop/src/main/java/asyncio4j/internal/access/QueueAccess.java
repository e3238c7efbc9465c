package asyncio4j.internal.access;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * A way into the private parts of {@code asyncio4j.queues}, for the bridge. A queue is an Object
 * here, as its package is on top of this one. The thread of the queue's loop.
 */
public abstract class QueueAccess {

    /** Written once, when the class of the queues is initialised. */
    private static volatile @Nullable QueueAccess instance;

    /** For the one implementation. */
    @SuppressWarnings("this-escape") // it has no state
    protected QueueAccess() {
        instance = this;
    }

    /** The way in, for who has a queue. Any thread. */
    public static QueueAccess get() {
        return Objects.requireNonNull(instance);
    }

    /** Has {@code light} called once {@code queue} is shut down and empty, now if it is. */
    public abstract void whenEnded(Object queue, Runnable light);

    /** Undoes that. */
    public abstract void forget(Object queue, Runnable light);
}
