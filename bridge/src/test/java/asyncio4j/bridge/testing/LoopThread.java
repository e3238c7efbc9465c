package asyncio4j.bridge.testing;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.runCoroutineThreadsafe;
import static asyncio4j.Asyncio.sleep;

import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.ExceptionContext;
import asyncio4j.bridge.ReactorRunner;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * A loop that runs on a thread of its own until this is closed, so that the test is another one.
 */
public final class LoopThread implements AutoCloseable {

    private final ReactorRunner runner = ReactorRunner.create();

    public final EventLoop loop = runner.getLoop();

    private final CompletableFuture<Void> over = new CompletableFuture<>();

    /** What the exception handler was told, in order: failures at the shutdown. */
    public final List<ExceptionContext> reports = new CopyOnWriteArrayList<>();

    private final Thread thread;

    public LoopThread() {
        loop.setExceptionHandler((_, context) -> reports.add(context));
        thread = Threads.start(() -> runner.run(() -> await(over)));
    }

    /** Runs {@code coroutine} there, and waits for it. */
    public <T> T run(Coroutine<T> coroutine) {
        return runCoroutineThreadsafe(coroutine, loop).join();
    }

    /** Waits until the loop has done what it was given before, and what came of that at once. */
    public void settle() {
        CountDownLatch settled = new CountDownLatch(1);
        var _ =
                runCoroutineThreadsafe(
                        () -> {
                            for (int i = 0; i < 10; i++) {
                                await(sleep(Duration.ZERO));
                            }
                            settled.countDown();
                            return null;
                        },
                        loop);
        try {
            settled.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        over.complete(null);
        Threads.join(thread);
        runner.close();
    }
}
