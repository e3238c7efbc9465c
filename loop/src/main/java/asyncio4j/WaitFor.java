package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/**
 * {@link Asyncio#waitFor}: an await within a {@link Timeout}. Python's {@code asyncio.wait_for}.
 */
final class WaitFor<T extends @Nullable Object> extends TimedCoroutine<T> {

    private final Awaitable<T> awaitable;

    private final @Nullable Duration limit;

    WaitFor(Awaitable<T> awaitable, @Nullable Duration limit) {
        this.awaitable =
                Objects.requireNonNull(
                        awaitable, "there is nothing to wait for: the awaitable is null");
        this.limit = limit;
    }

    @Override
    public T run() throws Exception {
        Task<?> task = Asyncio.requireTask("waitFor");
        if (limit == null) {
            return Asyncio.await(awaitable);
        }
        if (limit.isNegative() || limit.isZero()) {
            return atOnce(limit);
        }
        return Timeout.enter(task, limit, Timeout.Form.LAMBDA).run(t -> Asyncio.await(awaitable));
    }

    /** Without any time a body isn't even started. */
    private T atOnce(Duration none) throws TimeoutException {
        AsyncFuture<T> future = Asyncio.ensureFuture(awaitable);
        if (future.done()) {
            return Asyncio.await(future);
        }
        future.cancel();
        Asyncio.awaitSettled(future);
        try {
            return Asyncio.await(future);
        } catch (CancelledError e) { // it was cancelled, or that is what it failed with
            TimeoutException exception = new TimeoutException("not done within " + none);
            exception.initCause(e);
            throw exception;
        }
    }
}
