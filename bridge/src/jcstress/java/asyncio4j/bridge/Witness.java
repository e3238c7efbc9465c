package asyncio4j.bridge;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/** A subscriber that notes what it is told, and whether that was told one after the other. */
final class Witness implements CoreSubscriber<Integer> {

    static final int COMPLETED = 1;

    static final int FAILED = 2;

    /** Signals overlapped, or one came after the end. */
    static final int BROKEN = 9;

    /** What to request inside of onSubscribe; 0 for nothing. */
    private final long first;

    /** What goes on inside of onSubscribe after that. */
    private final Runnable then;

    /** Who is inside of a signal. */
    private final AtomicReference<@Nullable Thread> inside = new AtomicReference<>();

    private volatile boolean broken;

    private volatile @Nullable Subscription subscription;

    /** Written by one thread at a time. */
    private volatile int items;

    private int end;

    Witness(long first) {
        this(first, Stress::delay);
    }

    Witness(long first, Runnable then) {
        this.first = first;
        this.then = then;
    }

    Subscription subscription() {
        return Objects.requireNonNull(subscription);
    }

    /** Whether onSubscribe was called; it may still be under way. */
    boolean subscribed() {
        return subscription != null;
    }

    /** The items, as the digits of a number: 12 for 1 and 2. */
    int items() {
        return items;
    }

    /** 0, COMPLETED, FAILED or BROKEN. */
    int end() {
        return broken ? BROKEN : end;
    }

    @Override
    public void onSubscribe(Subscription s) {
        signal(() -> {
            subscription = s;
            if (first > 0) {
                s.request(first);
                then.run();
            }
        });
    }

    @Override
    public void onNext(Integer item) {
        signal(() -> items = 10 * items + item);
    }

    @Override
    public void onComplete() {
        signal(() -> end = COMPLETED);
    }

    @Override
    public void onError(Throwable e) {
        signal(() -> end = FAILED);
    }

    private void signal(Runnable what) {
        Thread thread = Thread.currentThread();
        if (inside.get() == thread) { // from inside of request
            broken |= end != 0;
            what.run();
            return;
        }
        if (!inside.compareAndSet(null, thread)) {
            broken = true;
            return;
        }
        broken |= end != 0;
        what.run();
        inside.set(null);
    }
}
