package asyncio4j.model;

/** The event, the condition and the queue of a program. */
final class ModelShared {

    private final ModelEvent event;

    private final ModelCondition condition;

    private final ModelQueue queue;

    ModelShared(ModelLoop loop) {
        event = new ModelEvent(loop);
        condition = new ModelCondition(loop);
        queue = new ModelQueue(loop, 1);
    }

    /** What may suspend. */
    Co use(Step.Use step, Runnable held) {
        return switch (step.op()) {
            case EVENT_WAIT -> event.await();
            case CONDITION_WAIT -> condition.waitOnce(held);
            case NOTIFY -> condition.notifyOnce(step.number());
            case PUT -> queue.put("" + step.number());
            case GET -> queue.get();
            case JOIN -> queue.join();
            default -> throw new IllegalArgumentException("doesn't suspend: " + step);
        };
    }

    /** What doesn't suspend; answers a value or null. */
    Object useNow(Step.Use step) {
        switch (step.op()) {
            case EVENT_SET -> event.set();
            case EVENT_CLEAR -> event.clear();
            case PUT_NOWAIT -> queue.putNowait("" + step.number());
            case GET_NOWAIT -> {
                return queue.getNowait();
            }
            case TASK_DONE -> queue.taskDone();
            case SHUTDOWN -> queue.shutDown(false);
            case SHUTDOWN_NOW -> queue.shutDown(true);
            default -> throw new IllegalArgumentException("suspends: " + step);
        }
        return null;
    }
}
