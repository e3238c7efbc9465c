package asyncio4j.bridge.spring;

import asyncio4j.AsyncGenerator;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.bridge.Bridge;

import org.jspecify.annotations.NonNull;
import org.jspecify.annotations.Nullable;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Where coroutines run that Spring subscribes to. What runs there has its loop in its Reactor
 * Context, so that what it hands over to other threads, such as a request's body, comes back to the
 * same loop. Any thread.
 */
@FunctionalInterface
interface Place {

    /** On a loop of the application that has started last, unless the subscriber has one. */
    Place APPLICATION = unlessOwn(AsyncioLoops::latest);

    /** The loop, for a subscriber with this Context. */
    EventLoop loopFor(ContextView subscriber);

    /** On the subscriber's own loop, or else on one of {@code loops}. */
    static Place unlessOwn(Supplier<AsyncioLoops> loops) {
        return subscriber -> AsyncioLoops.loopFor(subscriber, loops);
    }

    /** On {@code loop}. */
    static Place of(EventLoop loop, String what) {
        Objects.requireNonNull(loop, () -> what + ": the loop is null");
        return subscriber -> loop;
    }

    /** On one of {@code loops}: the subscriber's, if that is one of them. */
    static Place of(AsyncioLoops loops, String what) {
        Objects.requireNonNull(loops, () -> what + ": the loops are null");
        return subscriber -> {
            EventLoop own = AsyncioLoops.loopFor(subscriber, () -> loops);
            return loops.all().contains(own) ? own : loops.pick();
        };
    }

    /** {@link Bridge#mono(EventLoop, Coroutine)} there. */
    default <T extends @Nullable Object> Mono<@NonNull T> mono(Coroutine<T> body) {
        return Mono.deferContextual(subscriber -> {
            EventLoop loop = loopFor(subscriber);
            Mono<@NonNull T> mono = Bridge.mono(loop, body);
            return isOwn(loop, subscriber)
                    ? mono
                    : mono.contextWrite(context -> context.put(EventLoop.class, loop));
        });
    }

    /** {@link Bridge#flux(EventLoop, AsyncGenerator.Body)} there. */
    default <T> Flux<T> flux(AsyncGenerator.Body<T> body) {
        return flux(Bridge::flux, body);
    }

    /** {@link Bridge#flux(EventLoop, AsyncGenerator)} there. */
    default <T> Flux<T> flux(AsyncGenerator<T> generator) {
        return flux(Bridge::flux, generator);
    }

    private <T, S> Flux<T> flux(BiFunction<EventLoop, S, Flux<T>> maker, S source) {
        return Flux.deferContextual(subscriber -> {
            EventLoop loop = loopFor(subscriber);
            Flux<T> flux = maker.apply(loop, source);
            return isOwn(loop, subscriber)
                    ? flux
                    : flux.contextWrite(context -> context.put(EventLoop.class, loop));
        });
    }

    private static boolean isOwn(EventLoop loop, ContextView subscriber) {
        return subscriber.getOrDefault(EventLoop.class, null) == loop;
    }
}
