package asyncio4j.bridge;

import asyncio4j.Task;

import org.reactivestreams.Publisher;

/** Awaits the one element of a Mono, and its end. */
final class MonoAwait<T> extends PublisherAwait<T> {

    MonoAwait(Publisher<? extends T> source, Task<?> task) {
        super(source, task);
    }

    @Override
    long demand() {
        return Long.MAX_VALUE;
    }

    @Override
    long limit() {
        return 1;
    }

    @Override
    String tooMany() {
        return "a Mono emits one element at most, and this emitted more; awaitFirst, awaitLast and"
                + " awaitSingle are for publishers of several";
    }

    @Override
    void accept(T element) {
        keep(element);
    }
}
