package asyncio4j;

import java.time.Duration;

/**
 * A callback that waits for its time; from {@link EventLoop#callLater}. Python's {@code
 * asyncio.TimerHandle}.
 */
public sealed interface TimerHandle extends Handle permits TimerCallback {

    /**
     * When the callback is due, on the loop's clock ({@link EventLoop#time()}).
     *
     * @return the time
     */
    Duration when();
}
