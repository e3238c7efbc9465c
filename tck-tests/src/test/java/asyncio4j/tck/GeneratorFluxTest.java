package asyncio4j.tck;

import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

/** {@code flux(loop, body)}: items without a pause, as many as are asked for. */
@Verified("flux(loop, body)")
@Test
public class GeneratorFluxTest extends FluxVerification {

    @Override
    Publisher<Integer> publisher(long elements) {
        return Bridge.flux(
                running().loop,
                g -> {
                    for (long i = 0; i < elements; i++) {
                        g.yield((int) i);
                    }
                });
    }
}
