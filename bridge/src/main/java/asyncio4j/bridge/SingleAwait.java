package asyncio4j.bridge;

import asyncio4j.Task;

import org.reactivestreams.Publisher;

import reactor.core.publisher.Operators;

/** Awaits the end of a publisher of one element: requests two, and fails at the second. */
final class SingleAwait<T> extends PublisherAwait<T> {

    SingleAwait(Publisher<? extends T> source, Task<?> task) {
        super(source, task);
    }

    @Override
    long demand() {
        return 2;
    }

    @Override
    long limit() {
        return 2;
    }

    @Override
    void accept(T element) {
        if (received() == 1) {
            keep(element);
        } else {
            Operators.onDiscard(element, currentContext());
            finish(
                    new IndexOutOfBoundsException(
                            "awaitSingle: the publisher emitted more than one element; awaitFirst"
                                    + " takes the first of several"));
        }
    }
}
