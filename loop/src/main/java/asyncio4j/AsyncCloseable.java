package asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * Something whose closing may have to be awaited: what Python gives a method {@code aclose()}, for
 * {@code contextlib.aclosing}. It is closed by try-with-resources in a task.
 *
 * {@snippet :
 * Semaphore semaphore = new Semaphore(0);
 * try (AsyncCloseable _ = () -> sleep(Duration.ofMillis(1))) {
 *     semaphore.release();
 * }
 * }
 */
@FunctionalInterface
public interface AsyncCloseable extends AutoCloseable {

    /**
     * Closes this.
     *
     * @return a coroutine that ends when this is closed
     */
    Coroutine<@Nullable Void> aclose();

    /**
     * {@link #aclose}, awaited.
     *
     * @throws IllegalStateException outside of a task
     */
    @Override
    default void close() {
        Asyncio.await(aclose());
    }
}
