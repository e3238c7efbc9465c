package asyncio4j.tck;

import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A subscriber that requests when the test does. It keeps what it is told, and notes signals that
 * overlap. Reactor puts no guard around it, as it is of its own type.
 */
class Recorder<T> implements CoreSubscriber<T> {

    final List<T> elements = new CopyOnWriteArrayList<>();

    final List<Throwable> errors = new CopyOnWriteArrayList<>();

    final AtomicInteger completions = new AtomicInteger();

    final AtomicInteger onSubscribes = new AtomicInteger();

    /** Signals that began while another one was under way on another thread. */
    final List<String> overlaps = new CopyOnWriteArrayList<>();

    final CountDownLatch ended = new CountDownLatch(1);

    volatile Subscription subscription;

    private final AtomicReference<Thread> inside = new AtomicReference<>();

    @Override
    public final void onSubscribe(Subscription s) {
        serially(
                "onSubscribe",
                () -> {
                    onSubscribes.incrementAndGet();
                    subscription = s;
                    subscribed(s);
                });
    }

    @Override
    public final void onNext(T element) {
        serially("onNext", () -> received(element));
    }

    @Override
    public final void onError(Throwable error) {
        serially("onError", () -> errors.add(error));
        ended.countDown();
    }

    @Override
    public final void onComplete() {
        serially("onComplete", completions::incrementAndGet);
        ended.countDown();
    }

    /** What happens inside of onSubscribe. */
    void subscribed(Subscription s) {}

    /** What happens inside of onNext. */
    void received(T element) {
        elements.add(element);
    }

    /** Waits until the publisher has completed or failed. */
    Recorder<T> join() {
        try {
            ended.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return this;
    }

    /** How many signals there were, but for onSubscribe. */
    int signals() {
        return elements.size() + errors.size() + completions.get();
    }

    private void serially(String signal, Runnable action) {
        Thread me = Thread.currentThread();
        boolean outermost = inside.compareAndSet(null, me);
        if (!outermost && inside.get() != me) {
            overlaps.add(signal);
        }
        try {
            action.run();
        } finally {
            if (outermost) {
                inside.set(null);
            }
        }
    }
}
