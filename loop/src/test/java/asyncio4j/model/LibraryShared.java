package asyncio4j.model;

import static asyncio4j.Asyncio.await;

import asyncio4j.locks.Condition;
import asyncio4j.locks.Event;
import asyncio4j.queues.Queue;

/** The event, the condition and the queue of a program, in the library. */
final class LibraryShared {

    private final Event event = new Event();

    private final Condition condition = new Condition();

    private final Queue<String> queue = new Queue<>(1);

    /** Answers a value or null. */
    Object use(Step.Use step, Runnable held) {
        switch (step.op()) {
            case EVENT_WAIT -> await(event.waitFor());
            case EVENT_SET -> event.set();
            case EVENT_CLEAR -> event.clear();
            case CONDITION_WAIT -> {
                try (var _ = await(condition.acquire())) {
                    held.run();
                    await(condition.waitFor());
                }
            }
            case NOTIFY -> {
                try (var _ = await(condition.acquire())) {
                    condition.signal(step.number());
                }
            }
            case PUT -> await(queue.put("" + step.number()));
            case GET -> {
                return await(queue.get());
            }
            case PUT_NOWAIT -> queue.putNowait("" + step.number());
            case GET_NOWAIT -> {
                return queue.getNowait();
            }
            case TASK_DONE -> queue.taskDone();
            case JOIN -> await(queue.join());
            case SHUTDOWN -> queue.shutdown();
            case SHUTDOWN_NOW -> queue.shutdown(true);
        }
        return null;
    }
}
