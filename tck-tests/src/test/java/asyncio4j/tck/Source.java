package asyncio4j.tck;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A publisher that the test works by hand. It notes what is requested and cancelled, and when two
 * threads are in there at once, which rule 2.7 forbids.
 */
final class Source<T> implements Publisher<T> {

    /** The sizes of the requests, in order. */
    final List<Long> requests = Collections.synchronizedList(new ArrayList<>());

    final AtomicInteger cancels = new AtomicInteger();

    final AtomicInteger overlaps = new AtomicInteger();

    /** All subscribers that there were. */
    final List<Subscriber<? super T>> subscribers = new CopyOnWriteArrayList<>();

    /** Completed with the subscriber after its onSubscribe. */
    final CompletableFuture<Subscriber<? super T>> subscribed = new CompletableFuture<>();

    /** Completed by the first request. */
    final CompletableFuture<Long> requested = new CompletableFuture<>();

    /** Completed by the first cancel. */
    final CompletableFuture<Void> cancelled = new CompletableFuture<>();

    private final ReentrantLock inside = new ReentrantLock();

    /** What happens inside of request. */
    volatile Runnable onRequest = () -> {};

    /** What happens inside of cancel. */
    volatile Runnable onCancel = () -> {};

    @Override
    public void subscribe(Subscriber<? super T> subscriber) {
        subscribers.add(subscriber);
        subscriber.onSubscribe(
                new Subscription() {
                    @Override
                    public void request(long n) {
                        alone(() -> {
                            requests.add(n);
                            onRequest.run();
                        });
                        requested.complete(n);
                    }

                    @Override
                    public void cancel() {
                        alone(() -> {
                            cancels.incrementAndGet();
                            onCancel.run();
                        });
                        cancelled.complete(null);
                    }
                });
        subscribed.complete(subscriber);
    }

    /** The subscriber, once there is one. */
    Subscriber<? super T> subscriber() {
        return subscribed.join();
    }

    private void alone(Runnable action) {
        if (!inside.tryLock()) {
            overlaps.incrementAndGet();
            action.run();
            return;
        }
        try {
            action.run();
        } finally {
            inside.unlock();
        }
    }
}
