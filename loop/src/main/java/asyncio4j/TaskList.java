package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The tasks of a loop that aren't done, oldest first; the links are in the tasks. Baton holder
 * only.
 */
final class TaskList {

    private @Nullable Task<?> first;

    private @Nullable Task<?> last;

    private int size;

    void add(Task<?> task) {
        Task<?> before = last;
        task.previous = before;
        if (before == null) {
            first = task;
        } else {
            before.next = task;
        }
        last = task;
        size++;
    }

    /**
     * Takes a task out; does nothing if it isn't in, as an eager one that ended inside its create
     * call.
     */
    void remove(Task<?> task) {
        Task<?> before = task.previous;
        Task<?> after = task.next;
        if (before == null && first != task) {
            return;
        }
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        task.previous = null;
        task.next = null;
        size--;
    }

    int size() {
        return size;
    }

    Set<Task<?>> copy() {
        Set<Task<?>> copy = LinkedHashSet.newLinkedHashSet(size);
        for (Task<?> task = first; task != null; task = task.next) {
            copy.add(task);
        }
        return copy;
    }
}
