package asyncio4j.tck;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;

import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

import java.time.Duration;

/** {@code toMono(task)}, of a task that is under way. */
@Verified("toMono(task)")
@Test
public class TaskMonoTest extends MonoVerification {

    @Override
    Publisher<Integer> publisher(long elements) {
        return Bridge.toMono(
                running()
                        .task(() -> {
                            await(sleep(Duration.ofMillis(1)));
                            return elements == 0 ? null : 1;
                        }));
    }

    @Override
    Publisher<Integer> failedPublisher() {
        return Bridge.toMono(
                running()
                        .task(() -> {
                            throw new IllegalStateException("failed, as it should");
                        }));
    }
}
