package asyncio4j.bridge;

import asyncio4j.AsyncGenerator;
import asyncio4j.Asyncio;
import asyncio4j.Context;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.TaskOptions;
import asyncio4j.internal.access.LoopAccess;

import org.jspecify.annotations.Nullable;

import reactor.core.publisher.Operators;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The body of {@link Bridge#flux(EventLoop, AsyncGenerator)}: hands out what a generator makes, and
 * closes it. For one subscriber, as the generator's items come once.
 */
final class GeneratorItems<T> implements AsyncGenerator.Body<T> {

    private static final LoopAccess ACCESS = LoopAccess.get();

    private final AsyncGenerator<T> generator;

    /** Somebody has subscribed. Any thread. */
    private final AtomicBoolean claimed = new AtomicBoolean();

    GeneratorItems(AsyncGenerator<T> generator) {
        this.generator = generator;
    }

    /** Whether the caller is the first, whom the items are for. Any thread. */
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    @Override
    public void run(AsyncGenerator.Yielder<T> subscription) {
        try (generator) {
            generator.forEach(subscription::yield);
        }
    }

    /**
     * Closes the generator, as {@link #run} never will: somebody may have begun it. What that
     * throws is dropped. Any thread.
     *
     * @param subscriber the Context of the one who doesn't want its items
     */
    void abandon(EventLoop loop, Context context, reactor.util.context.Context subscriber) {
        Coroutine<@Nullable Void> closing =
                Coroutine.named(
                        "aclose",
                        () -> {
                            try {
                                return Asyncio.await(generator.aclose());
                            } catch (Throwable e) {
                                if (Awaits.isBeyondSignals(e)) {
                                    throw e;
                                }
                                Operators.onErrorDropped(e, subscriber);
                                return null;
                            }
                        });
        ACCESS.enqueue(
                loop,
                () -> {
                    if (!ACCESS.shut(loop)) { // else the loop closes it, or has done so
                        loop.createTask(closing, TaskOptions.DEFAULT.context(context));
                    }
                },
                context,
                Carrying.capture(loop, subscriber));
    }
}
