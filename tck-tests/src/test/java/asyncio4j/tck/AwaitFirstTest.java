package asyncio4j.tck;

import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

/** {@code awaitFirst(publisher)}. */
@Test
public class AwaitFirstTest extends AwaitVerification {

    @Override
    void awaitIt(Publisher<Integer> publisher) {
        var _ = Bridge.awaitFirst(publisher);
    }
}
