package asyncio4j.bridge.spring;

import asyncio4j.Asyncio;
import asyncio4j.Timeout;
import asyncio4j.bridge.Bridge;
import asyncio4j.internal.access.LoopAccess;

import org.jspecify.annotations.Nullable;

import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A Mono whose {@code block} awaits where it is called in a task, for code that calls it on behalf
 * of a plain method. Elsewhere it blocks, or is refused, as usual.
 */
final class AwaitingMono<T> extends MonoOperator<T, T> {

    private static final LoopAccess ACCESS = LoopAccess.get();

    private final Mono<T> mono;

    AwaitingMono(Mono<T> mono) {
        super(mono);
        this.mono = mono;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        mono.subscribe(actual);
    }

    @Override
    public @Nullable T block() {
        return ACCESS.currentTask() == null ? super.block() : Bridge.await(mono);
    }

    @Override
    public @Nullable T block(Duration timeout) {
        return ACCESS.currentTask() == null ? super.block(timeout) : await(timeout);
    }

    @Override
    public Optional<T> blockOptional() {
        return ACCESS.currentTask() == null
                ? super.blockOptional()
                : Optional.ofNullable(Bridge.await(mono));
    }

    @Override
    public Optional<T> blockOptional(Duration timeout) {
        return ACCESS.currentTask() == null
                ? super.blockOptional(timeout)
                : Optional.ofNullable(await(timeout));
    }

    /** With the exception that {@code block} has, as the caller can't know which of them it was. */
    private @Nullable T await(Duration limit) {
        AtomicReference<Timeout> deadline = new AtomicReference<>();
        try {
            return Asyncio.await(
                    Asyncio.timeout(
                            limit,
                            t -> {
                                deadline.set(t);
                                return Bridge.await(mono);
                            }));
        } catch (TimeoutException e) {
            if (!deadline.get().expired()) {
                throw ACCESS.raise(e); // the request's own
            }
            throw new IllegalStateException(
                    "there was no response within " + limit + ", the block timeout", e);
        }
    }
}
