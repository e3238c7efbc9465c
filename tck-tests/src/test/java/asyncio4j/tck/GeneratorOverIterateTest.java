package asyncio4j.tck;

import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

import reactor.core.publisher.Flux;

/** {@code flux(loop, generator)}: a body that goes through another Flux. */
@Verified("flux(loop, body) over iterate(flux)")
@Test
public class GeneratorOverIterateTest extends FluxVerification {

    @Override
    Publisher<Integer> publisher(long elements) {
        Flux<Long> source =
                elements == Long.MAX_VALUE
                        ? Flux.<Long, Long>generate(
                                () -> 0L,
                                (n, sink) -> {
                                    sink.next(n);
                                    return n + 1;
                                })
                        : Flux.just(elements)
                                .flatMap(n -> Flux.range(0, n.intValue()))
                                .map(Integer::longValue);
        return Bridge.flux(
                running().loop,
                g -> {
                    try (var items = Bridge.iterate(source, 8)) {
                        for (long item : items) {
                            g.yield((int) item);
                        }
                    }
                });
    }
}
