package asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * Gives items one by one, each of which may have to be awaited. Python's {@code
 * collections.abc.AsyncIterator}. {@link Asyncio#each} makes a {@code for} loop of one, {@link
 * Asyncio#anext(AsyncIterator, Object)} gives something else at its end.
 *
 * {@snippet :
 * Iterator<String> source = List.of("a", "b").iterator();
 * AsyncIterator<String> slowly = () -> () -> {
 *     if (!source.hasNext()) {
 *         throw new StopAsyncIteration();
 *     }
 *     return await(sleep(Duration.ofMillis(1), source.next()));
 * };
 * for (String item : each(slowly)) {
 *     System.out.println(item);
 * }
 * }
 *
 * <p>It belongs to the thread of the loop whose task asks.
 *
 * @param <T> the type of the items
 */
@FunctionalInterface
public interface AsyncIterator<T extends @Nullable Object> extends AsyncIterable<T> {

    /**
     * Asks for the next item. Python's {@code __anext__}.
     *
     * @return a coroutine of the item; it throws {@link StopAsyncIteration} at the end
     */
    Coroutine<T> anext();

    /**
     * Itself, as with Python's iterators.
     *
     * @return this
     */
    @Override
    default AsyncIterator<T> aiter() {
        return this;
    }
}
