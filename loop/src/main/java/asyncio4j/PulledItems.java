package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;

/**
 * The items of an async iterator for a {@code for} loop: each is awaited when it is asked for. For
 * one task at a time.
 */
final class PulledItems<T extends @Nullable Object> implements Iterator<T> {

    /** Awaits the next item, or throws {@link StopAsyncIteration}. */
    private final Supplier<T> advance;

    private boolean fetched;

    private boolean atEnd;

    private @Nullable T next;

    PulledItems(Supplier<T> advance) {
        this.advance = advance;
    }

    @Override
    public boolean hasNext() {
        if (!fetched && !atEnd) {
            try {
                next = advance.get();
                fetched = true;
            } catch (StopAsyncIteration e) {
                atEnd = true;
            }
        }
        return fetched;
    }

    @Override
    @SuppressWarnings("NullAway") // a null item is one that was given
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the async generator has no more items");
        }
        fetched = false;
        T item = next;
        next = null;
        return item;
    }
}
