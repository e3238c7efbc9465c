package asyncio4j.tck;

import asyncio4j.Coroutine;
import asyncio4j.Task;
import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

import java.util.concurrent.CountDownLatch;

/** {@code toMono(task)}, of a task that is done: it signals on the requesting thread. */
@Verified("toMono(task) that is done")
@Test
public class DoneTaskMonoTest extends MonoVerification {

    @Override
    Publisher<Integer> publisher(long elements) {
        return Bridge.toMono(done(() -> elements == 0 ? null : 1));
    }

    @Override
    Publisher<Integer> failedPublisher() {
        return Bridge.toMono(
                done(() -> {
                    throw new IllegalStateException("failed, as it should");
                }));
    }

    private Task<Integer> done(Coroutine<Integer> body) {
        Task<Integer> task = running().task(body);
        CountDownLatch ended = new CountDownLatch(1);
        running().run(() -> task.addDoneCallback(done -> ended.countDown()));
        try {
            ended.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return task;
    }
}
