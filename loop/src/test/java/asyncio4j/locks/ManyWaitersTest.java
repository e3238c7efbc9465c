package asyncio4j.locks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.testing.Cancellations.turn;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.Coroutine;
import asyncio4j.Task;
import asyncio4j.queues.Queue;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.util.ArrayList;
import java.util.List;

/** Tens of thousands wait for one lock or queue, and are woken or cancelled at once. */
class ManyWaitersTest {

    private static final int MANY = 50_000;

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final List<Integer> woken = new ArrayList<>();

    private List<Task<?>> waiters(Coroutine<?> wait) {
        List<Task<?>> tasks = new ArrayList<>(MANY);
        for (int i = 0; i < MANY; i++) {
            int number = i;
            tasks.add(
                    createTask(() -> {
                        await(wait);
                        woken.add(number);
                    }));
        }
        turn();
        return tasks;
    }

    /** From the last to the first, which a search from the head would find last. */
    private void cancelAllButTheFirst(List<Task<?>> tasks) {
        for (Task<?> task : tasks.reversed()) {
            if (task != tasks.getFirst()) {
                task.cancel();
            }
        }
        turn();
        assertThat(tasks.subList(1, MANY)).allMatch(Task::cancelled);
        assertThat(tasks.getFirst().done()).isFalse();
    }

    private void assertTheFirstGoesOn(List<Task<?>> tasks) {
        await(tasks.getFirst());
        assertThat(woken).containsExactly(0);
    }

    @Test
    void aSemaphoresPermitsAreGivenBackOneByOneInOneIteration() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(0);
            waiters(semaphore.acquire());
            for (int i = 0; i < MANY; i++) {
                semaphore.release();
            }
            turn();
            assertThat(woken).hasSize(MANY).isSorted();
            assertThat(semaphore.locked()).isTrue();
        });
    }

    @Test
    void aConditionsWaitersAreSignalledOneByOneInOneIteration() {
        runner.run(() -> {
            Condition condition = new Condition();
            List<Task<?>> tasks =
                    waiters(() -> {
                        try (var _ = await(condition.acquire())) {
                            return await(condition.waitFor());
                        }
                    });
            turn();
            try (var _ = await(condition.acquire())) {
                for (int i = 0; i < MANY; i++) {
                    condition.signal();
                }
            }
            await(tasks.getLast());
            assertThat(woken).hasSize(MANY).isSorted();
        });
    }

    @Test
    void aSemaphoresWaitersAreCancelledFromTheEnd() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(0);
            List<Task<?>> tasks = waiters(semaphore.acquire());
            cancelAllButTheFirst(tasks);
            semaphore.release();
            assertTheFirstGoesOn(tasks);
        });
    }

    @Test
    void aLocksWaitersAreCancelledFromTheEnd() {
        runner.run(() -> {
            Lock lock = new Lock();
            try (var _ = await(lock.acquire())) {
                List<Task<?>> tasks = waiters(lock.acquire());
                cancelAllButTheFirst(tasks);
                lock.release();
                assertTheFirstGoesOn(tasks);
            }
        });
    }

    @Test
    void anEventsWaitersAreCancelledFromTheEnd() {
        runner.run(() -> {
            Event event = new Event();
            List<Task<?>> tasks = waiters(event.waitFor());
            cancelAllButTheFirst(tasks);
            event.set();
            assertTheFirstGoesOn(tasks);
        });
    }

    @Test
    void aQueuesGettersAreCancelledFromTheEnd() {
        runner.run(() -> {
            Queue<String> queue = new Queue<>();
            List<Task<?>> tasks = waiters(queue.get());
            cancelAllButTheFirst(tasks);
            queue.putNowait("item");
            assertTheFirstGoesOn(tasks);
        });
    }

    @Test
    void aConditionsWaitersAreCancelledAtOnce() {
        runner.run(() -> {
            Condition condition = new Condition();
            List<Task<?>> tasks =
                    waiters(() -> {
                        try (var _ = await(condition.acquire())) {
                            return await(condition.waitFor());
                        }
                    });
            turn();
            cancelAllButTheFirst(tasks);
            try (var _ = await(condition.acquire())) {
                condition.signal();
            }
            assertTheFirstGoesOn(tasks);
        });
    }
}
