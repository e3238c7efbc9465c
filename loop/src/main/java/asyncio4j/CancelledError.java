package asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * The task was cancelled: thrown by {@code await} in the task, and by {@link AsyncFuture#result()}
 * of a cancelled future. Python's {@code asyncio.CancelledError}.
 *
 * <p>It is an {@link Error}, so that {@code catch (Exception e)} lets it through; clean up in
 * {@code finally}. Whoever catches it and doesn't throw it on should call {@link Task#uncancel()}.
 * At the blocking edge ({@link Runner#run}, {@code toCompletableFuture().join()}) it is the JDK's
 * {@link java.util.concurrent.CancellationException} instead.
 */
public sealed class CancelledError extends Error permits TimeoutError {

    private static final long serialVersionUID = 1L;

    /** Without a message. */
    public CancelledError() {}

    /**
     * With the message that {@code cancel} was given.
     *
     * @param message the message, or null
     */
    public CancelledError(@Nullable String message) {
        super(message);
    }
}
