package asyncio4j.tck;

import asyncio4j.Asyncio;
import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

import java.time.Duration;

/** {@code flux(loop, body)}: a body that awaits before each item, and while it is closed. */
@Verified("flux(loop, body) that awaits")
@Test
public class AwaitingGeneratorFluxTest extends FluxVerification {

    @Override
    Publisher<Integer> publisher(long elements) {
        return Bridge.flux(
                running().loop,
                g -> {
                    try {
                        for (long i = 0; i < elements; i++) {
                            Asyncio.await(Asyncio.sleep(Duration.ZERO));
                            g.yield((int) i);
                        }
                    } finally {
                        Asyncio.await(Asyncio.sleep(Duration.ZERO));
                    }
                });
    }
}
