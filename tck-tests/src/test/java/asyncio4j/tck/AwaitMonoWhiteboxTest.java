package asyncio4j.tck;

import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

import reactor.core.publisher.Mono;

/** {@code await(mono)}, with a probe. */
@Verified("await(mono)")
@Test
public class AwaitMonoWhiteboxTest extends OneElementAwaitVerification {

    @Override
    void use(Publisher<Integer> publisher) {
        var _ = Bridge.await(Mono.fromDirect(publisher));
    }
}
