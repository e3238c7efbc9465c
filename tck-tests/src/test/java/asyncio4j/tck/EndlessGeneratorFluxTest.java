package asyncio4j.tck;

import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.Test;

import java.util.concurrent.atomic.AtomicInteger;

/** {@code flux(loop, body)}: a body that yields as long as somebody asks, and never completes. */
@Verified("flux(loop, body) that never ends")
@Test
public class EndlessGeneratorFluxTest extends FluxVerification {

    /** How many checks have ended. */
    private final AtomicInteger ended = new AtomicInteger();

    /** Ends the bodies of a check that has left them as they were. */
    @AfterMethod
    public void end() {
        ended.incrementAndGet();
    }

    @Override
    public long maxElementsFromPublisher() {
        return publisherUnableToSignalOnComplete();
    }

    @Override
    Publisher<Integer> publisher(long elements) {
        int before = ended.get();
        return Bridge.flux(
                running().loop,
                g -> {
                    for (int i = 0; ended.get() == before; i++) {
                        g.yield(i);
                    }
                });
    }
}
