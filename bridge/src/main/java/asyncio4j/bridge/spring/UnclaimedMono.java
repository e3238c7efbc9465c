package asyncio4j.bridge.spring;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Scannable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/**
 * {@link HttpConnections#closeIfCancelled}: a Mono that disposes of its value if the cancellation
 * meets it.
 */
final class UnclaimedMono<T extends Disposable> extends Mono<T> implements Scannable {

    private final Mono<? extends T> source;

    private UnclaimedMono(Mono<? extends T> source) {
        this.source = source;
    }

    static <T extends Disposable> Mono<T> of(Mono<? extends T> source) {
        return onAssembly(new UnclaimedMono<T>(source));
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        Delivery<T> delivery = new Delivery<>(actual);
        source.doOnDiscard(Disposable.class, delivery::discarded).subscribe(delivery);
    }

    @Override
    @SuppressWarnings("rawtypes") // as Reactor declares it
    public @Nullable Object scanUnsafe(Attr key) {
        if (key == Attr.PARENT) {
            return source;
        }
        return key == Attr.RUN_STYLE ? Attr.RunStyle.SYNC : null;
    }

    /**
     * One subscriber.
     *
     * <p>The delivering thread sets DELIVERING before it hands the value on, and DELIVERED when
     * that is done; who cancels sets CANCELLED. As these are atomic operations on one word, a
     * cancellation comes before, during or after. In the first two cases the delivering thread
     * finds CANCELLED at one of its two steps, and disposes of the value. In the last one the
     * subscriber had the value before it was told of the cancellation: operators cancel upstream
     * first, and only then refuse what comes. A cancellation by the delivering thread itself comes
     * from inside of the subscriber's onNext: so {@code Flux.next} says that it wants no second
     * value, and that is how every response is taken.
     */
    private static final class Delivery<T extends Disposable>
            implements CoreSubscriber<T>, Subscription, Scannable {

        private static final int DELIVERING = 1;
        private static final int DELIVERED = 1 << 1;
        private static final int CANCELLED = 1 << 2;

        private static final VarHandle STATE;

        static {
            try {
                STATE = MethodHandles.lookup().findVarHandle(Delivery.class, "state", int.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private final CoreSubscriber<? super T> actual;

        private volatile int state;

        /** Written in onSubscribe. */
        private @Nullable Subscription subscription;

        /** Written before DELIVERING is set. */
        private @Nullable Thread deliverer;

        /** The value was disposed of before it was told. The source's threads, serially. */
        private boolean lost;

        Delivery(CoreSubscriber<? super T> actual) {
            this.actual = actual;
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }

        @Override
        public void onSubscribe(Subscription s) {
            if (Operators.validate(subscription, s)) {
                subscription = s;
                actual.onSubscribe(this);
            }
        }

        @Override
        public void onNext(T value) {
            deliverer = Thread.currentThread();
            if ((set(DELIVERING) & CANCELLED) != 0) {
                lost = true;
                value.dispose();
                return;
            }
            try {
                actual.onNext(value);
            } finally {
                if ((set(DELIVERED) & CANCELLED) != 0) {
                    value.dispose();
                }
            }
        }

        @Override
        public void onError(Throwable error) {
            if (lost) {
                Operators.onErrorDropped(error, currentContext());
            } else {
                actual.onError(error);
            }
        }

        @Override
        public void onComplete() {
            if (!lost) { // else it would seem empty
                actual.onComplete();
            }
        }

        @Override
        public void request(long n) {
            upstream().request(n);
        }

        @Override
        public void cancel() {
            if ((state & DELIVERING) == 0 || deliverer != Thread.currentThread()) {
                set(CANCELLED); // after DELIVERED nobody looks
            }
            upstream().cancel();
        }

        /**
         * An operator of the source has let go of {@code value}: Reactor Netty's own retry does
         * that with a connection, if it learns of the cancellation first.
         */
        void discarded(Disposable value) {
            if ((state & (CANCELLED | DELIVERING)) == CANCELLED) {
                value.dispose();
            }
        }

        private int set(int bit) {
            return (int) STATE.getAndBitwiseOr(this, bit);
        }

        private Subscription upstream() {
            return Objects.requireNonNull(subscription, "there is no subscription yet");
        }

        @Override
        @SuppressWarnings("rawtypes") // as Reactor declares it
        public @Nullable Object scanUnsafe(Attr key) {
            if (key == Attr.PARENT) {
                return subscription;
            }
            if (key == Attr.ACTUAL) {
                return actual;
            }
            if (key == Attr.CANCELLED) {
                return (state & (CANCELLED | DELIVERED)) == CANCELLED;
            }
            if (key == Attr.TERMINATED) {
                return (state & DELIVERED) != 0;
            }
            return key == Attr.RUN_STYLE ? Attr.RunStyle.SYNC : null;
        }
    }
}
