package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;

/** {@link Asyncio#timeout} and {@link Asyncio#timeoutAt} with the block as a lambda. */
final class TimeoutBlock<T extends @Nullable Object> extends TimedCoroutine<T> {

    private final @Nullable Duration time;

    /** Whether {@link #time} is the loop's, and not how long it may take. */
    private final boolean absolute;

    private final Timeout.Body<T> body;

    TimeoutBlock(@Nullable Duration time, boolean absolute, Timeout.Body<T> body) {
        this.time = time;
        this.absolute = absolute;
        this.body =
                Objects.requireNonNull(
                        body, "the body is null: pass a lambda, such as t -> await(...)");
    }

    @Override
    public T run() throws Exception {
        Task<?> task = Asyncio.requireTask(absolute ? "timeoutAt" : "timeout");
        Timeout timeout =
                absolute
                        ? Timeout.enterAt(task, time, Timeout.Form.LAMBDA)
                        : Timeout.enter(task, time, Timeout.Form.LAMBDA);
        return timeout.run(body);
    }
}
