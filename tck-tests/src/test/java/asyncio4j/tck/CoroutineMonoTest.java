package asyncio4j.tck;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;

import asyncio4j.Asyncio;
import asyncio4j.EventLoop;
import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

import java.time.Duration;

/** {@code mono(loop, coroutine)}, with a coroutine that suspends. */
@Verified("mono(loop, coroutine)")
@Test
public class CoroutineMonoTest extends MonoVerification {

    @Override
    Publisher<Integer> publisher(long elements) {
        return Bridge.mono(
                running().loop,
                () -> {
                    await(sleep(Duration.ZERO));
                    return elements == 0 ? null : 1;
                });
    }

    /**
     * Without a demand the coroutine doesn't run; what fails at the subscription is a loop that is
     * closed.
     */
    @Override
    Publisher<Integer> failedPublisher() {
        EventLoop closed = Asyncio.newEventLoop();
        closed.close();
        return Bridge.mono(closed, () -> 1);
    }
}
