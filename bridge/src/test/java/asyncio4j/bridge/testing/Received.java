package asyncio4j.bridge.testing;

import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A subscriber that keeps what it is told, requests when it is told to, and counts ends. */
public class Received<T> implements CoreSubscriber<T> {

    public final List<T> elements = new CopyOnWriteArrayList<>();

    public final List<Throwable> errors = new CopyOnWriteArrayList<>();

    public final AtomicInteger completions = new AtomicInteger();

    /** The thread of the last signal. */
    public volatile Thread thread;

    public volatile Subscription subscription;

    private final CountDownLatch ended = new CountDownLatch(1);

    private final long demand;

    private final Context context;

    public Received() {
        this(Long.MAX_VALUE, Context.empty());
    }

    /** Requests {@code demand} at once; none if it is 0. */
    public Received(long demand, Context context) {
        this.demand = demand;
        this.context = context;
    }

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    public void onSubscribe(Subscription s) {
        subscription = s;
        if (demand != 0) {
            s.request(demand);
        }
    }

    @Override
    public void onNext(T element) {
        thread = Thread.currentThread();
        elements.add(element);
    }

    @Override
    public void onError(Throwable error) {
        thread = Thread.currentThread();
        errors.add(error);
        ended.countDown();
    }

    @Override
    public void onComplete() {
        thread = Thread.currentThread();
        completions.incrementAndGet();
        ended.countDown();
    }

    /** How many ends were signalled; one is right. */
    public int ends() {
        return errors.size() + completions.get();
    }

    /** Waits for an end. */
    public Received<T> join() {
        try {
            ended.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return this;
    }
}
