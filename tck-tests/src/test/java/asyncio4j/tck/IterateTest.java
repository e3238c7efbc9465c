package asyncio4j.tck;

import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

/** {@code iterate(publisher)}, gone through in a task. */
@Test
public class IterateTest extends AwaitVerification {

    @Override
    void awaitIt(Publisher<Integer> publisher) {
        for (int element : Bridge.iterate(publisher, 4)) {
            assert element >= 0;
        }
    }
}
