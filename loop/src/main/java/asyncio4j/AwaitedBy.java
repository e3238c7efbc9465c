package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Who awaits whom on one loop at this moment. Awaits keep no such links: they are found out when
 * somebody looks, from what each task waits for, and go stale at once. Baton holder only.
 */
final class AwaitedBy {

    /** Who waits for a future directly: tasks, and futures that others are completed by. */
    private final IdentityHashMap<AsyncFuture<?>, List<AsyncFuture<?>>> waiting =
            new IdentityHashMap<>();

    /** The tasks behind what isn't a task itself; each is found out once. */
    private final IdentityHashMap<AsyncFuture<?>, List<Task<?>>> tasksBehind =
            new IdentityHashMap<>();

    /** Looks at all tasks of {@code loop}. */
    AwaitedBy(DefaultEventLoop loop) {
        Set<AsyncFuture<?>> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        ArrayDeque<AsyncFuture<?>> todo = new ArrayDeque<>(loop.tasks().copy());
        for (AsyncFuture<?> waiter = todo.poll(); waiter != null; waiter = todo.poll()) {
            for (AsyncFuture<?> awaited : waiter.waitsForAll()) {
                if (awaited.done()) {
                    continue; // it holds nobody up
                }
                List<AsyncFuture<?>> waiters =
                        waiting.computeIfAbsent(awaited, _ -> new ArrayList<>(1));
                if (waiters.isEmpty() || waiters.getLast() != waiter) { // one may come twice
                    waiters.add(waiter);
                }
                if (!(awaited instanceof Task<?>) && seen.add(awaited)) {
                    todo.add(awaited);
                }
            }
        }
    }

    /** The tasks that wait for {@code future}, themselves or by way of other futures. */
    List<Task<?>> tasks(AsyncFuture<?> future) {
        List<AsyncFuture<?>> waiters = waiting.getOrDefault(future, List.of());
        if (waiters.size() == 1 && !(waiters.getFirst() instanceof Task<?>)) {
            return tasksBehind(waiters.getFirst()); // as for each of the many that are gathered
        }
        return search(waiters);
    }

    private List<Task<?>> tasksBehind(AsyncFuture<?> standIn) {
        List<Task<?>> known = tasksBehind.get(standIn);
        if (known == null) {
            known = search(waiting.getOrDefault(standIn, List.of()));
            tasksBehind.put(standIn, known);
        }
        return known;
    }

    private List<Task<?>> search(List<AsyncFuture<?>> waiters) {
        Set<AsyncFuture<?>> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Task<?>> tasks = new ArrayList<>(1);
        ArrayDeque<AsyncFuture<?>> todo = new ArrayDeque<>(waiters);
        for (@Nullable AsyncFuture<?> waiter = todo.poll(); waiter != null; waiter = todo.poll()) {
            if (!seen.add(waiter)) {
                continue;
            }
            if (waiter instanceof Task<?> task) {
                tasks.add(task);
            } else {
                todo.addAll(waiting.getOrDefault(waiter, List.of()));
            }
        }
        return tasks;
    }
}
