package asyncio4j.tck;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;

import asyncio4j.bridge.Bridge;
import java.time.Duration;
import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

/** {@code mono(loop, coroutine)}, with a coroutine that suspends. */
@Test
public class CoroutineMonoTest extends MonoVerification {

    @Override
    public Publisher<Integer> createPublisher(long elements) {
        return Bridge.mono(
                running().loop,
                () -> {
                    await(sleep(Duration.ZERO));
                    return elements == 0 ? null : 1;
                });
    }

    @Override
    public Publisher<Integer> createFailedPublisher() {
        return Bridge.mono(
                running().loop,
                () -> {
                    throw new IllegalStateException("failed, as it should");
                });
    }
}
