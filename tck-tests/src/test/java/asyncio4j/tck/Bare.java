package asyncio4j.tck;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;

/**
 * A publisher of Reactor's type without the guard that Reactor puts around subscribers that aren't
 * its own: that one keeps rules 1.3 and 3.9 by itself, for any publisher behind it. So the TCK sees
 * the bridge's own subscriptions.
 */
final class Bare {

    private Bare() {}

    static <T> Publisher<T> of(Publisher<T> publisher) {
        return subscriber ->
                publisher.subscribe(subscriber == null ? null : new Core<T>(subscriber));
    }

    private static final class Core<T> implements CoreSubscriber<T> {

        private final Subscriber<? super T> subscriber;

        Core(Subscriber<? super T> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void onSubscribe(Subscription s) {
            subscriber.onSubscribe(s);
        }

        @Override
        public void onNext(T element) {
            subscriber.onNext(element);
        }

        @Override
        public void onError(Throwable error) {
            subscriber.onError(error);
        }

        @Override
        public void onComplete() {
            subscriber.onComplete();
        }
    }
}
