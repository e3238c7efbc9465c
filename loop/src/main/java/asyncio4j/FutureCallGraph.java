package asyncio4j;

import java.util.List;

/**
 * Where a future's task is suspended, and who awaits it: what {@link Asyncio#captureCallGraph} saw
 * at one moment. Python's {@code FutureCallGraph}.
 *
 * <p>A task that awaits several of those below it is one object in all their lists. Where tasks
 * await each other in a circle, the one that closes it is there once more, without stack and
 * without awaiters.
 *
 * <p>Two of these are equal only if they are the same object.
 *
 * @param future the future or task
 * @param callStack the task's stack, innermost call first, without the library's frames; empty for
 *     a plain future, and for a task that hasn't begun or is done
 * @param awaitedBy the tasks that wait for it, themselves or by way of a {@code gather}, {@code
 *     shield} or the like; each with its own stack and awaiters
 */
public record FutureCallGraph(
        AsyncFuture<?> future, List<StackTraceElement> callStack, List<FutureCallGraph> awaitedBy) {

    /** Takes copies of the lists. */
    public FutureCallGraph {
        callStack = List.copyOf(callStack);
        awaitedBy = List.copyOf(awaitedBy);
    }

    @Override
    public boolean equals(Object other) {
        return this == other; // comparing what it holds would go through the whole graph
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return "FutureCallGraph["
                + future
                + ", "
                + callStack.size()
                + " calls, awaited by "
                + awaitedBy.size()
                + "]";
    }
}
