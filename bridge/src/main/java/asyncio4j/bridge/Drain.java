package asyncio4j.bridge;

import asyncio4j.Asyncio;
import asyncio4j.Coroutine;

import org.reactivestreams.Publisher;

import reactor.core.publisher.Operators;

import java.util.function.Function;

/** {@link Bridge#drain}: puts what a publisher emits into a queue or a sink, and counts it. */
record Drain<T>(Publisher<? extends T> publisher, Function<T, Coroutine<?>> target)
        implements Coroutine<Long> {

    @Override
    public Long run() {
        long count = 0;
        try (FluxIterator<? extends T> elements = Bridge.iterate(publisher)) {
            for (T element : elements) {
                put(element);
                count++;
            }
        }
        return count;
    }

    /** Puts one in; one that doesn't get in is discarded, as it is nobody else's. */
    private void put(T element) {
        try {
            Asyncio.await(target.apply(element));
        } catch (Throwable e) {
            Operators.onDiscard(element, ReactorContext.present());
            throw e;
        }
    }
}
