package asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * What {@code await} accepts: a {@link Coroutine}, which runs when it is awaited, or an {@link
 * AsyncFuture}, a {@link Task} among them, which someone else completes. asyncio calls both
 * awaitables.
 *
 * @param <T> the type of the result
 */
public sealed interface Awaitable<T extends @Nullable Object> permits AsyncFuture, Coroutine {}
