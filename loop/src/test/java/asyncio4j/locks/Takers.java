package asyncio4j.locks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;

import asyncio4j.Task;

import java.util.List;

/** The tasks of tests of semaphores. */
final class Takers {

    private Takers() {}

    /**
     * A task that takes a permit, says so and keeps it; it has begun when the next iteration is
     * over.
     */
    static Task<?> taker(Semaphore semaphore, Object name, List<Object> log) {
        return createTask(() -> {
            await(semaphore.acquire());
            log.add(name);
        });
    }
}
