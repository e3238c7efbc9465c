package asyncio4j.tck;

import static asyncio4j.Asyncio.await;

import asyncio4j.AsyncFuture;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.Task;
import asyncio4j.bridge.ReactorRunner;

import java.util.concurrent.CompletableFuture;

/** A loop that runs on a thread of its own until it is closed, and all that it has with it. */
final class RunningLoop implements AutoCloseable {

    private final ReactorRunner runner = ReactorRunner.create();

    final EventLoop loop = runner.getLoop();

    private final AsyncFuture<Void> closed = loop.createFuture();

    private final Thread thread =
            Thread.ofPlatform().name("tck-loop").start(() -> runner.run(() -> await(closed)));

    /** A task of the loop, whose failure nobody has to ask for. From any other thread. */
    <T> Task<T> task(Coroutine<T> body) {
        CompletableFuture<Task<T>> made = new CompletableFuture<>();
        run(() -> {
            Task<T> task = loop.createTask(body);
            task.addDoneCallback(done -> {
                if (!done.cancelled()) {
                    var _ = done.exception();
                }
            });
            made.complete(task);
        });
        return made.join();
    }

    /** Has the loop's thread call {@code action}. Any thread. */
    void run(Runnable action) {
        var _ = loop.callSoonThreadsafe(action);
    }

    /** Waits until the loop has run all that was ready, and what that made ready. */
    void settle() {
        for (int turn = 0; turn < 5; turn++) {
            CompletableFuture<Void> reached = new CompletableFuture<>();
            run(() -> reached.complete(null));
            reached.join();
        }
    }

    @Override
    public void close() {
        run(() -> closed.setResult(null));
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        runner.close();
    }
}
