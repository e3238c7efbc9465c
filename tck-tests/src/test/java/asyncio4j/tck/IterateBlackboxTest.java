package asyncio4j.tck;

import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

/** {@code iterate(publisher)}, gone through in a task, from outside. */
@Verified("iterate(publisher)")
@Test
public class IterateBlackboxTest extends BlackboxVerification {

    @Override
    void use(Publisher<Integer> publisher) {
        for (int element : Bridge.iterate(publisher)) {
            assert element >= 0;
        }
    }
}
