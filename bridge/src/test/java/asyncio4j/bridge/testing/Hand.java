package asyncio4j.bridge.testing;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A publisher that is worked by hand: it does nothing by itself, notes what its subscriber asks,
 * and notes when two threads are inside of request or cancel at once.
 */
public final class Hand<T> implements Publisher<T>, Subscription {

    /** The sizes of the requests, in order. */
    public final List<Long> requests = new CopyOnWriteArrayList<>();

    public final AtomicInteger cancels = new AtomicInteger();

    /** How often somebody requested or cancelled while somebody else did. */
    public final AtomicInteger overlaps = new AtomicInteger();

    public volatile Thread canceller;

    private final ReentrantLock inside = new ReentrantLock();

    /** Called with the subscriber, inside of subscribe. */
    private final Script<T> script;

    public volatile Subscriber<? super T> subscriber;

    /** What happens inside of subscribe. */
    public interface Script<T> {
        void run(Hand<T> hand, Subscriber<? super T> subscriber);
    }

    /** What happens inside of request. */
    public volatile Runnable onRequest = () -> {};

    public Hand(Script<T> script) {
        this.script = script;
    }

    /** One that calls onSubscribe, as it should. */
    public static <T> Hand<T> ready() {
        return new Hand<>((hand, subscriber) -> subscriber.onSubscribe(hand));
    }

    /** One that calls nothing. */
    public static <T> Hand<T> mute() {
        return new Hand<>((hand, subscriber) -> {});
    }

    @Override
    public void subscribe(Subscriber<? super T> newSubscriber) {
        subscriber = newSubscriber;
        script.run(this, newSubscriber);
    }

    @Override
    public void request(long n) {
        alone(() -> {
            requests.add(n);
            onRequest.run();
        });
    }

    @Override
    public void cancel() {
        alone(() -> {
            canceller = Thread.currentThread();
            cancels.incrementAndGet();
        });
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
