package asyncio4j.queues;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Collections;

/**
 * A {@link Queue} whose last item comes out first. Python's {@code asyncio.LifoQueue}.
 *
 * {@snippet :
 * var free = new asyncio4j.queues.LifoQueue<String>();
 * free.putNowait("used long ago");
 * free.putNowait("used just now");
 * String next = await(free.get()); // the one used just now
 * }
 *
 * @param <T> the type of the items
 */
public final class LifoQueue<T extends @Nullable Object> extends Queue<T> {

    /** A queue that is never full. */
    public LifoQueue() {
        this(0);
    }

    /**
     * A queue of at most so many items.
     *
     * @param maxsize how many items it holds; any number if it is 0 or less
     */
    public LifoQueue(int maxsize) {
        super(maxsize, Collections.asLifoQueue(new ArrayDeque<>()));
    }
}
