package asyncio4j.tck;

import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

import reactor.core.publisher.Mono;

/** {@code await(mono)}, from outside. */
@Verified("await(mono)")
@Test
public class AwaitMonoBlackboxTest extends BlackboxVerification {

    @Override
    void use(Publisher<Integer> publisher) {
        var _ = Bridge.await(Mono.fromDirect(publisher));
    }
}
