package asyncio4j.bridge.spring;

import asyncio4j.Coroutine;
import asyncio4j.bridge.Bridge;

import org.jspecify.annotations.Nullable;

import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;

/**
 * A Mono as a coroutine, which is a Mono all the same: where a cache answers late, Spring's caching
 * casts what it has made for a method's return type to {@code Mono}.
 */
final class MonoCoroutine<T> extends MonoOperator<T, T> implements Coroutine<@Nullable T> {

    private final Mono<T> mono;

    MonoCoroutine(Mono<T> mono) {
        super(mono);
        this.mono = mono;
    }

    @Override
    public @Nullable T run() {
        return Bridge.await(mono);
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        mono.subscribe(actual);
    }
}
