package asyncio4j.tck;

import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

/** {@code flux(loop, generator)}: items without a pause, as many as are asked for. */
@Test
public class GeneratorFluxTest extends FluxVerification {

    @Override
    public Publisher<Integer> createPublisher(long elements) {
        return Bridge.flux(
                running().loop,
                g -> {
                    for (long i = 0; i < elements; i++) {
                        g.yield((int) i);
                    }
                });
    }
}
