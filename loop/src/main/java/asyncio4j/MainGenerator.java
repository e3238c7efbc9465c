package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CancellationException;

/**
 * {@link Runner#runForever}: a main generator, which begins something, waits at its {@code yield}
 * until the program is told to stop, and then ends what it began.
 */
final class MainGenerator implements VoidCoroutine {

    private final AsyncGenerator<?> generator;

    /** The body has run to its end. The baton holder, and then the thread that waited for it. */
    private boolean ended;

    MainGenerator(AsyncGenerator.Body<?> body) {
        this.generator = of(body);
    }

    private static <T extends @Nullable Object> AsyncGenerator<T> of(AsyncGenerator.Body<T> body) {
        return AsyncGenerator.of(body);
    }

    /** Runs it with {@code runner}. Being told to stop is how it ends, and so no error. */
    void runWith(Runner runner) {
        try {
            runner.run(this);
        } catch (KeyboardInterrupt | CancellationException e) {
            if (!ended) {
                throw e;
            }
        }
    }

    @Override
    public void run() {
        try {
            Asyncio.await(generator.anext());
            Asyncio.await(Asyncio.getRunningLoop().createFuture()); // until it is cancelled
        } catch (StopAsyncIteration e) {
            ended = true; // it has nothing to wait for
        } finally {
            Asyncio.await(generator.aclose());
            ended = true;
        }
    }
}
