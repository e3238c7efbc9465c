package asyncio4j.tck;

import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

/** {@code awaitFirst(publisher)}, with a probe. */
@Verified("awaitFirst(publisher)")
@Test
public class AwaitFirstWhiteboxTest extends OneElementAwaitVerification {

    @Override
    void use(Publisher<Integer> publisher) {
        var _ = Bridge.awaitFirst(publisher);
    }
}
