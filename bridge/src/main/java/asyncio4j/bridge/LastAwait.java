package asyncio4j.bridge;

import asyncio4j.Task;

import org.reactivestreams.Publisher;

/** Awaits the end, and the last element before it: requests all, and discards the others. */
final class LastAwait<T> extends PublisherAwait<T> {

    LastAwait(Publisher<? extends T> source, Task<?> task) {
        super(source, task);
    }

    @Override
    long demand() {
        return Long.MAX_VALUE;
    }

    @Override
    long limit() {
        return Long.MAX_VALUE;
    }

    @Override
    void accept(T element) {
        replace(element);
    }
}
