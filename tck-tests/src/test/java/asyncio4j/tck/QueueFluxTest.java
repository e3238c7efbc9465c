package asyncio4j.tck;

import asyncio4j.Asyncio;
import asyncio4j.bridge.Bridge;
import asyncio4j.queues.Queue;

import org.reactivestreams.Publisher;
import org.testng.annotations.Test;

/** {@code flux(loop, queue)}: a queue that a task fills. */
@Verified("flux(loop, queue)")
@Test
public class QueueFluxTest extends FluxVerification {

    @Override
    Publisher<Integer> publisher(long elements) {
        Queue<Integer> queue = new Queue<>(16);
        var _ =
                Asyncio.runCoroutineThreadsafe(
                        () -> {
                            for (long i = 0; i < elements; i++) {
                                Asyncio.await(queue.put((int) i));
                            }
                            queue.shutdown();
                            return null;
                        },
                        running().loop);
        return Bridge.flux(running().loop, queue);
    }
}
