package asyncio4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * What the tasks of one loop are at, all seen at one moment.
 *
 * @param loop the loop's name
 * @param tasks its tasks that aren't done, oldest first
 * @param trouble why there are no tasks here, if the loop couldn't be asked; else empty
 */
record LoopSnapshot(String loop, List<TaskSnapshot> tasks, String trouble) {

    /** Of more tasks than this no stacks are taken: the loop does nothing else meanwhile. */
    static final int MOST_STACKS = 10_000;

    /** Of one task more awaiters than this are only counted. */
    static final int MOST_AWAITERS = 100;

    /**
     * One task.
     *
     * @param name its name
     * @param state what it is about to do
     * @param stack its stack, innermost call first, without the library's frames
     * @param awaiters who awaits it, by their places in the list of tasks
     * @param more how many await it besides those
     */
    record TaskSnapshot(
            String name,
            String state,
            List<StackTraceElement> stack,
            List<Integer> awaiters,
            int more) {}

    /**
     * What {@code loop} is at now. Baton holder.
     *
     * @param midStep whether a task or callback asks; in a step of the loop's own all tasks wait,
     *     even the one whose thread does it
     */
    static LoopSnapshot of(DefaultEventLoop loop, boolean midStep) {
        List<Task<?>> tasks = new ArrayList<>(loop.tasks().copy());
        IdentityHashMap<Task<?>, Integer> places = new IdentityHashMap<>();
        for (Task<?> task : tasks) {
            places.put(task, places.size());
        }
        AwaitedBy awaitedBy = new AwaitedBy(loop);
        List<TaskSnapshot> snapshots = new ArrayList<>();
        for (Task<?> task : tasks) {
            List<Task<?>> all = awaitedBy.tasks(task);
            List<Integer> awaiters = new ArrayList<>();
            for (Task<?> awaiter : all.subList(0, Math.min(all.size(), MOST_AWAITERS))) {
                Integer place = places.get(awaiter);
                if (place != null) {
                    awaiters.add(place);
                }
            }
            snapshots.add(
                    new TaskSnapshot(
                            task.getName(),
                            state(task, midStep),
                            snapshots.size() < MOST_STACKS
                                    ? Arrays.asList(TaskStack.of(task))
                                    : List.of(),
                            awaiters,
                            all.size() - awaiters.size()));
        }
        return new LoopSnapshot(loop.name(), snapshots, "");
    }

    private static String state(Task<?> task, boolean midStep) {
        AsyncFuture<?> waiter = task.waitsFor();
        String doing;
        if (midStep && TaskStack.isActive(task)) {
            doing = "running";
        } else if (task.step().resumes() == null) {
            doing = "not begun";
        } else {
            doing = waiter == null || waiter.done() ? "ready" : "waiting";
        }
        return task.cancelling() > 0 ? doing + ", cancelling" : doing;
    }
}
