package asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * The cancellation that a {@link Timeout} delivers whose deadline has passed, in a block of {@code
 * try (Timeout t = timeout(...))}. Inside of the block it is a {@link CancelledError} like any
 * other; outside it is what one catches.
 *
 * <p>It is one only if nobody else has cancelled the task by then, or has let an outer timeout pass
 * whose exception it would be: those get a {@link CancelledError}, or a {@code TimeoutError} of
 * that one. If it isn't caught, and leaves the task or an {@link Asyncio#await(Coroutine)} that the
 * block is in, it becomes a {@link java.util.concurrent.TimeoutException} there: so the task has
 * failed, and isn't cancelled.
 *
 * <p>Where an outer timeout passes inside of the block of an inner one, the {@code catch} beside
 * the inner block sees it first, as it goes by. Tell them apart with {@link #timeout()}, or use the
 * form with a lambda, {@link Asyncio#timeout(java.time.Duration, Timeout.Body)}, which never mixes
 * them up.
 *
 * {@snippet :
 * Timeout inner = timeout(Duration.ofSeconds(2));
 * try (inner) {
 *     await(sleep(Duration.ofHours(1)));
 * } catch (TimeoutError e) {
 *     if (e.timeout() != inner) {
 *         throw e;
 *     }
 * }
 * }
 */
public final class TimeoutError extends CancelledError {

    private static final long serialVersionUID = 1L;

    private final transient Timeout timeout;

    TimeoutError(Timeout timeout, @Nullable String message, CancelledError cause) {
        super(message);
        this.timeout = timeout;
        initCause(cause);
    }

    /**
     * The timeout whose deadline has passed.
     *
     * @return the timeout
     */
    public Timeout timeout() {
        return timeout;
    }

    /**
     * What becomes of {@code error} where it leaves a task or an await: a TimeoutException if it is
     * from a timeout that has ended with it.
     */
    static Throwable leaving(Throwable error) {
        return error instanceof TimeoutError e && e.timeout.timedOut()
                ? e.timeout.exception(e)
                : error;
    }
}
