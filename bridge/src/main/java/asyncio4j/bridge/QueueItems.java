package asyncio4j.bridge;

import asyncio4j.AsyncGenerator;
import asyncio4j.Asyncio;
import asyncio4j.internal.access.QueueAccess;
import asyncio4j.queues.Queue;
import asyncio4j.queues.QueueShutDownException;

/** The body of {@link Bridge#flux(asyncio4j.EventLoop, Queue)}: takes one item for each demand. */
record QueueItems<T>(Queue<T> queue) implements AsyncGenerator.Body<T> {

    @Override
    public void run(AsyncGenerator.Yielder<T> generator) {
        GeneratorSubscription<T> subscription = (GeneratorSubscription<T>) generator;
        Runnable end = subscription::noMore;
        QueueAccess.get().whenEnded(queue, end);
        try {
            takeAll(subscription);
        } finally {
            QueueAccess.get().forget(queue, end);
        }
    }

    private void takeAll(GeneratorSubscription<T> subscription) {
        for (; ; ) {
            subscription.awaitNext(); // so that nobody else misses an item that isn't wanted here
            T item;
            try {
                item = Asyncio.await(queue.get());
            } catch (QueueShutDownException end) {
                return;
            }
            try {
                subscription.yield(item);
            } finally {
                queue.taskDone();
            }
        }
    }
}
