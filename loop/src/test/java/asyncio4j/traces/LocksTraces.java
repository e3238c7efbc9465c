package asyncio4j.traces;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.taskGroup;

import asyncio4j.Asyncio;
import asyncio4j.CancelledError;
import asyncio4j.Task;
import asyncio4j.locks.Barrier;
import asyncio4j.locks.BoundedSemaphore;
import asyncio4j.locks.Condition;
import asyncio4j.locks.Event;
import asyncio4j.locks.Lock;
import asyncio4j.locks.Semaphore;
import asyncio4j.queues.LifoQueue;
import asyncio4j.queues.PriorityQueue;
import asyncio4j.queues.Queue;

import java.util.List;
import java.util.stream.Stream;

/** {@code src/test/python/locks}. */
class LocksTraces extends Traces {

    void fifo() {
        run(() -> {
            Lock lock = new Lock();
            await(
                    taskGroup(group -> {
                        for (String name : List.of("a", "b", "c")) {
                            group.createTask(() -> {
                                try (var _ = await(lock.acquire())) {
                                    say(name, "has it");
                                    ticks(1);
                                }
                                say(name, "gave it back");
                            });
                        }
                        turn();
                        say("locked", lock.locked());
                    }));
            say("locked", lock.locked());
        });
    }

    void cancelledWaiter() {
        run(() -> {
            Lock lock = new Lock();
            await(lock.acquire());
            List<Task<Void>> tasks =
                    Stream.of("a", "b", "c", "d")
                            .map(name ->
                                    createTask(() -> {
                                        try (var _ = await(lock.acquire())) {
                                            say(name, "has it");
                                            turn();
                                        }
                                    }))
                            .toList();
            turn();
            tasks.get(0).cancel();
            turn();
            lock.release();
            tasks.get(1).cancel();
            for (Task<?> task : tasks) {
                say(outcome(task));
            }
            say("locked", lock.locked());
        });
    }

    void event() {
        run(() -> {
            Event event = new Event();
            Task<Void> a = createTask(() -> waiter(event, "a"));
            Task<Void> b = createTask(() -> waiter(event, "b"));
            turn();
            event.set();
            event.clear();
            Task<Void> late = createTask(() -> waiter(event, "late"));
            ticks(1);
            say(late.done());
            event.set();
            await(Asyncio.wait(List.of(a, b, late)));
        });
    }

    private void waiter(Event event, String name) {
        await(event.waitFor());
        say(name, "goes on", event.isSet());
    }

    void condition() {
        run(() -> {
            Condition condition = new Condition();
            List<Task<Void>> tasks =
                    Stream.of("a", "b", "c")
                            .map(name -> createTask(() -> waiter(condition, name)))
                            .toList();
            turn();
            try (var _ = await(condition.acquire())) {
                condition.signal(2);
                say("notified, and still has the lock");
                turn();
            }
            ticks(1);
            say(tasks.stream().map(Task::done).toList());
            try (var _ = await(condition.acquire())) {
                condition.signalAll();
            }
            await(tasks.get(2));
        });
    }

    private void waiter(Condition condition, String name) {
        try (var _ = await(condition.acquire())) {
            await(condition.waitFor());
            say(name, "woken");
            turn();
            say(name, "leaves");
        }
    }

    void conditionCancelled() {
        run(() -> {
            Condition condition = new Condition();
            Task<Void> task =
                    createTask(() -> {
                        try (var _ = await(condition.acquire())) {
                            try {
                                await(condition.waitFor());
                            } catch (CancelledError error) {
                                say("cancelled, has the lock", condition.locked());
                                throw error;
                            }
                        }
                    });
            turn();
            await(condition.acquire());
            task.cancel("go");
            ticks(1);
            say("done", task.done());
            condition.release();
            say(outcome(task), condition.locked());
        });
    }

    void semaphore() {
        run(() -> {
            Semaphore semaphore = new Semaphore(2);
            await(
                    gather(
                            () -> user(semaphore, "a", 3),
                            () -> user(semaphore, "b", 1),
                            () -> user(semaphore, "c", 1),
                            () -> user(semaphore, "d", 1)));
            say(semaphore.locked());
            BoundedSemaphore bounded = new BoundedSemaphore(1);
            try {
                bounded.release();
            } catch (IllegalStateException | IllegalArgumentException error) {
                say("released too often");
            }
        });
    }

    private void user(Semaphore semaphore, String name, double n) {
        try (var _ = await(semaphore.acquire())) {
            say(name, "enters");
            ticks(n);
        }
        say(name, "left");
    }

    void barrier() {
        run(() -> {
            Barrier barrier = new Barrier(3);
            await(
                    gather(
                            () -> party(barrier, "a", 1),
                            () -> party(barrier, "b", 2),
                            () -> party(barrier, "c", 3)));
            say(barrier.nWaiting(), barrier.broken());
        });
    }

    private void party(Barrier barrier, String name, double n) {
        for (int i = 0; i < 2; i++) {
            ticks(n);
            say(name, "waits", barrier.nWaiting());
            int position = await(barrier.waitFor());
            say(name, "goes on", position);
        }
    }

    void queue() {
        run(() -> {
            Queue<Integer> queue = new Queue<>(2);
            Task<Void> producer =
                    createTask(() -> {
                        for (int i = 0; i < 5; i++) {
                            await(queue.put(i));
                            say("put", i, queue.qsize());
                        }
                    });
            Task<Void> consumer =
                    createTask(() -> {
                        for (int i = 0; i < 5; i++) {
                            ticks(1);
                            say("got", await(queue.get()));
                            queue.taskDone();
                        }
                    });
            ticks(0.5);
            await(queue.join());
            say("joined", queue.empty());
            await(Asyncio.wait(List.of(producer, consumer)));
        });
    }

    void queueShutdown() {
        run(() -> {
            Queue<String> queue = new Queue<>(1);
            await(queue.put("last"));
            Task<?> putter = createTask(() -> await(queue.put("never")));
            turn();
            queue.shutdown();
            say("put", outcome(putter));
            say("get", outcome(() -> "a " + await(queue.get())));
            say("get", outcome(queue.get()));
            Queue<String> waiting = new Queue<>();
            Task<?> getter = createTask(() -> await(waiting.get()));
            turn();
            waiting.shutdown();
            say("get", outcome(getter));
        });
    }

    void queueOrder() {
        run(() -> {
            for (Queue<Integer> queue :
                    List.of(
                            new Queue<Integer>(),
                            new LifoQueue<Integer>(),
                            new PriorityQueue<Integer>())) {
                for (int item : new int[] {2, 3, 1}) {
                    queue.putNowait(item);
                }
                say(
                        queue.getClass().getSimpleName(),
                        List.of(queue.getNowait(), queue.getNowait(), queue.getNowait()));
            }
            Queue<Integer> queue = new Queue<>();
            List<Task<Void>> tasks =
                    Stream.of("a", "b", "c")
                            .map(name -> createTask(() -> say(name, await(queue.get()))))
                            .toList();
            turn();
            tasks.get(0).cancel();
            queue.putNowait(1);
            queue.putNowait(2);
            await(Asyncio.wait(tasks));
        });
    }
}
