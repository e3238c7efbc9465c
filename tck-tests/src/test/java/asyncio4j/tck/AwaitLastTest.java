package asyncio4j.tck;

import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

/** {@code awaitLast(publisher)}. */
@Test
public class AwaitLastTest extends AwaitVerification {

    @Override
    void awaitIt(Publisher<Integer> publisher) {
        var _ = Bridge.awaitLast(publisher);
    }
}
