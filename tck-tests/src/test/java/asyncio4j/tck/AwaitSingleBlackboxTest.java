package asyncio4j.tck;

import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

/** {@code awaitSingle(publisher)}, from outside. */
@Verified("awaitSingle(publisher)")
@Test
public class AwaitSingleBlackboxTest extends BlackboxVerification {

    @Override
    void use(Publisher<Integer> publisher) {
        var _ = Bridge.awaitSingle(publisher);
    }
}
