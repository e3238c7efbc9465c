package asyncio4j.tck;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;

import asyncio4j.Coroutine;
import asyncio4j.Task;
import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** {@code toMono(task)}, of a task that is under way. */
@Test
public class TaskMonoTest extends MonoVerification {

    @Override
    public Publisher<Integer> createPublisher(long elements) {
        return Bridge.toMono(
                task(() -> {
                    await(sleep(Duration.ofMillis(1)));
                    return elements == 0 ? null : 1;
                }));
    }

    @Override
    public Publisher<Integer> createFailedPublisher() {
        return Bridge.toMono(
                task(() -> {
                    throw new IllegalStateException("failed, as it should");
                }));
    }

    private Task<Integer> task(Coroutine<Integer> body) {
        CompletableFuture<Task<Integer>> made = new CompletableFuture<>();
        var _ =
                running()
                        .loop
                        .callSoonThreadsafe(() -> made.complete(running().loop.createTask(body)));
        return made.join();
    }
}
