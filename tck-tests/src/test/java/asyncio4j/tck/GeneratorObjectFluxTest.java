package asyncio4j.tck;

import asyncio4j.AsyncGenerator;
import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

/** {@code flux(loop, generator)}: an async generator that there is already, for one subscriber. */
@Verified("flux(loop, generator)")
@Test
public class GeneratorObjectFluxTest extends FluxVerification {

    @Override
    Publisher<Integer> publisher(long elements) {
        return Bridge.flux(
                running().loop,
                AsyncGenerator.of(g -> {
                    for (long i = 0; i < elements; i++) {
                        g.yield((int) i);
                    }
                }));
    }
}
