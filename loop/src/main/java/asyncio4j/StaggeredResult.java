package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What came of {@link Asyncio#staggeredRace}. asyncio gives such a triple.
 *
 * @param result what the winner returned; null if there is none, or if it returned that
 * @param index the winner's place among the coroutines; -1 if there is none
 * @param exceptions one for each coroutine that was started, in their order: null for the winner, a
 *     {@link CancelledError} for one that was on its way when the winner came in
 * @param <T> the type of the result
 */
public record StaggeredResult<T extends @Nullable Object>(
        @Nullable T result, int index, List<@Nullable Throwable> exceptions) {

    /**
     * Whether one of the coroutines has a result.
     *
     * @return false if all have failed, or there were none
     */
    public boolean won() {
        return index >= 0;
    }
}
