package asyncio4j.tck;

import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

/** {@code awaitFirst(publisher)}, from outside. */
@Verified("awaitFirst(publisher)")
@Test
public class AwaitFirstBlackboxTest extends BlackboxVerification {

    @Override
    void use(Publisher<Integer> publisher) {
        var _ = Bridge.awaitFirst(publisher);
    }
}
