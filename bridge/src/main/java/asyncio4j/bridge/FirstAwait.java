package asyncio4j.bridge;

import asyncio4j.Task;

import org.reactivestreams.Publisher;

/** Awaits the first element: requests one, and cancels as soon as it has it. */
final class FirstAwait<T> extends PublisherAwait<T> {

    FirstAwait(Publisher<? extends T> source, Task<?> task) {
        super(source, task);
    }

    @Override
    long demand() {
        return 1;
    }

    @Override
    long limit() {
        return 1;
    }

    @Override
    void accept(T element) {
        keep(element);
        finish(null);
    }
}
