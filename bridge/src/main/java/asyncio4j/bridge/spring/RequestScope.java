package asyncio4j.bridge.spring;

import asyncio4j.internal.bridge.OneSubscribersOwn;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

import reactor.core.publisher.Flux;

import java.util.ArrayList;
import java.util.List;

/**
 * What a request's response has subscribed to, so that none of it outlives the request. Where the
 * connection is gone by the time that the first element is to be written, Spring's {@code
 * ChannelSendOperator} ends with that error, and leaves the Flux that it has subscribed to, neither
 * asked for more nor cancelled: a generator would stay at its {@code yield} for ever. A coroutine's
 * own pipelines, such as the body of a call that a task makes which outlives the request, don't
 * belong to it. Any thread.
 */
final class RequestScope implements OneSubscribersOwn {

    // Guarded by this.

    private boolean over;

    /** Null while there are none. */
    private @Nullable List<Subscription> subscriptions;

    /** {@code flux}, cancelled when the request is over in whose Reactor Context it is. */
    static <T> Flux<T> bound(Flux<T> flux) {
        return Flux.deferContextual(context -> {
            RequestScope scope = context.getOrDefault(RequestScope.class, null);
            return scope == null ? flux : flux.doOnSubscribe(scope::add);
        });
    }

    private void add(Subscription subscription) {
        synchronized (this) {
            if (!over) {
                if (subscriptions == null) {
                    subscriptions = new ArrayList<>(1);
                }
                subscriptions.add(subscription);
                return;
            }
        }
        subscription.cancel();
    }

    /** The request is over: cancels what has not ended. */
    void close() {
        List<Subscription> left;
        synchronized (this) {
            over = true;
            left = subscriptions;
            subscriptions = null;
        }
        if (left != null) {
            left.forEach(Subscription::cancel);
        }
    }
}
