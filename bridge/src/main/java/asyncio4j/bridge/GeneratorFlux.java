package asyncio4j.bridge;

import asyncio4j.AsyncGenerator;
import asyncio4j.EventLoop;

import org.jspecify.annotations.Nullable;

import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/** {@link Bridge#flux}: a generator's body as a Flux, with a task for each subscriber. */
final class GeneratorFlux<T> extends Flux<T> implements Scannable {

    private final EventLoop loop;

    private final AsyncGenerator.Body<T> body;

    private GeneratorFlux(EventLoop loop, AsyncGenerator.Body<T> body) {
        this.loop = loop;
        this.body = body;
    }

    static <T> Flux<T> of(EventLoop loop, AsyncGenerator.Body<T> body) {
        return onAssembly(new GeneratorFlux<>(loop, body));
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        if (body instanceof GeneratorItems<T> items && !items.claim()) {
            Operators.error(
                    actual,
                    new IllegalStateException(
                            "a generator's items come once, so its Flux has one subscriber; "
                                    + "flux(loop, g -> g.yieldAll(...)) makes a generator for"
                                    + " each"));
            return;
        }
        GeneratorSubscription<T> subscription = new GeneratorSubscription<>(actual, loop, body);
        actual.onSubscribe(subscription);
        subscription.register();
    }

    @Override
    @SuppressWarnings("rawtypes") // as Reactor declares it
    public @Nullable Object scanUnsafe(Attr key) {
        return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
    }
}
