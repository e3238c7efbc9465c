package asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * A coroutine with a deadline: what {@link Asyncio#waitFor} and {@link Asyncio#timeout} make. It is
 * a type of its own so that {@link Asyncio#await(TimedCoroutine)} can declare the {@link
 * java.util.concurrent.TimeoutException}, which is then caught where it is awaited.
 *
 * {@snippet :
 * try {
 *     await(waitFor(sleep(Duration.ofHours(1)), Duration.ofSeconds(2)));
 * } catch (java.util.concurrent.TimeoutException e) {
 *     System.out.println("too slow: " + e.getMessage());
 * }
 * }
 *
 * <p>As any coroutine it may be awaited more than once; its time begins anew each time.
 *
 * @param <T> the type of the result
 */
public abstract sealed class TimedCoroutine<T extends @Nullable Object> implements Coroutine<T>
        permits WaitFor, TimeoutBlock, Unawaited {

    TimedCoroutine() {}
}
