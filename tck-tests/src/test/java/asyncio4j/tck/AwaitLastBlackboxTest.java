package asyncio4j.tck;

import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

/** {@code awaitLast(publisher)}, from outside. */
@Verified("awaitLast(publisher)")
@Test
public class AwaitLastBlackboxTest extends BlackboxVerification {

    @Override
    void use(Publisher<Integer> publisher) {
        var _ = Bridge.awaitLast(publisher);
    }
}
