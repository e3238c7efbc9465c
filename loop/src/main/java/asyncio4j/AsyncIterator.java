package asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * Gives items one by one, each of which may have to be awaited. What Python's {@code __anext__}
 * makes.
 *
 * {@snippet :
 * while (true) {
 *     try {
 *         use(await(items.anext()));
 *     } catch (StopAsyncIteration end) {
 *         break;
 *     }
 * }
 * }
 *
 * <p>It belongs to the thread of the loop whose task asks.
 *
 * @param <T> the type of the items
 */
@FunctionalInterface
public interface AsyncIterator<T extends @Nullable Object> {

    /**
     * Asks for the next item. Python's {@code __anext__}.
     *
     * @return a coroutine of the item; it throws {@link StopAsyncIteration} at the end
     */
    Coroutine<T> anext();
}
