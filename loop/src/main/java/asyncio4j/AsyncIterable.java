package asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * Something that can be iterated over by awaiting each item: what Python's {@code __aiter__} makes.
 * {@link Asyncio#each} makes a {@code for} loop of one.
 *
 * {@snippet :
 * AsyncIterable<Integer> oneTwo = () -> AsyncGenerator.of(g -> {
 *     g.yield(1);
 *     g.yield(2);
 * });
 * for (int i : each(oneTwo)) {
 *     System.out.println(i);
 * }
 * }
 *
 * @param <T> the type of the items
 */
public interface AsyncIterable<T extends @Nullable Object> {

    /**
     * An iterator over the items. Python's {@code aiter}.
     *
     * @return a new iterator; itself, if this is one
     */
    AsyncIterator<T> aiter();
}
