package asyncio4j.tck;

import asyncio4j.Asyncio;
import asyncio4j.bridge.Bridge;
import asyncio4j.queues.Queue;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

/** {@code drain(publisher, queue)}, from outside. */
@Verified("drain(publisher, queue)")
@Test
public class DrainBlackboxTest extends BlackboxVerification {

    @Override
    void use(Publisher<Integer> publisher) {
        var _ = Asyncio.await(Bridge.drain(publisher, new Queue<Integer>()));
    }
}
