package asyncio4j.bridge;

import asyncio4j.EventLoop;

import org.jspecify.annotations.Nullable;

import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/**
 * What {@link Bridge#untilClosed} waits for beside its source: fails when the loop is closed, and
 * says nothing else. For one subscriber.
 */
final class ClosedMono<T> extends Mono<T> {

    private final EventLoop loop;

    /** What it has failed with. */
    private volatile @Nullable Throwable failure;

    ClosedMono(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        OpenSubscription<T> subscription =
                new OpenSubscription<>(actual, Subscriptions.of(loop), this);
        actual.onSubscribe(subscription);
        subscription.register();
    }

    /** That it has failed, as a Mono; an empty one if it hasn't. */
    Mono<T> failure() {
        Throwable error = failure;
        return error == null ? Mono.empty() : Mono.error(error);
    }

    /** The one subscriber; the registry is all that knows it. */
    private static final class OpenSubscription<T> extends SingleSubscription<T> {

        private final ClosedMono<T> owner;

        OpenSubscription(
                CoreSubscriber<? super T> actual, Subscriptions registry, ClosedMono<T> owner) {
            super(actual, registry);
            this.owner = owner;
        }

        @Override
        boolean atHome() {
            return ACCESS.holdsBaton(owner.loop);
        }

        @Override
        void onRequested() {
            // nothing has to begin
        }

        @Override
        void failing(Throwable error) {
            owner.failure = error;
        }

        @Override
        void onAbandoned() {
            // nothing has to end
        }

        @Override
        void lateValue(T outcome) {
            throw new AssertionError("there is no value");
        }
    }
}
