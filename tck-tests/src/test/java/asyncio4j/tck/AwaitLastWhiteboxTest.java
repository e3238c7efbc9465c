package asyncio4j.tck;

import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

/** {@code awaitLast(publisher)}, with a probe. */
@Verified("awaitLast(publisher)")
@Test
public class AwaitLastWhiteboxTest extends AwaitWhiteboxVerification {

    @Override
    void use(Publisher<Integer> publisher) {
        var _ = Bridge.awaitLast(publisher);
    }
}
