package asyncio4j.tck;

import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

/** {@code awaitSingle(publisher)}. */
@Test
public class AwaitSingleTest extends AwaitVerification {

    @Override
    void awaitIt(Publisher<Integer> publisher) {
        var _ = Bridge.awaitSingle(publisher);
    }
}
