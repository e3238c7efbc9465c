package asyncio4j;

import asyncio4j.internal.fiber.Fiber;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;

/**
 * Captures a {@link FutureCallGraph}. Python's {@code asyncio/graph.py}. It goes up from awaited to
 * awaiter without recursion, and to each future once. Baton holder only.
 */
final class CallGraph {

    private final CallGraphOptions options;

    private final AwaitedBy awaitedBy;

    /** Null for what is on the way up to where it is now. */
    private final IdentityHashMap<AsyncFuture<?>, @Nullable FutureCallGraph> done =
            new IdentityHashMap<>();

    private CallGraph(DefaultEventLoop loop, CallGraphOptions options) {
        this.options = options;
        this.awaitedBy = new AwaitedBy(loop);
    }

    /**
     * The graph of {@code future}; of the calling task if that is null, and null inside a plain
     * callback then.
     */
    static @Nullable FutureCallGraph capture(
            @Nullable AsyncFuture<?> future, CallGraphOptions options) {
        Objects.requireNonNull(options, "the options are null: pass CallGraphOptions.DEFAULT");
        AsyncFuture<?> top = future;
        if (top == null) {
            if (Fiber.current() == null) {
                throw new IllegalStateException(
                        "there is no running event loop here, and so no current task: pass the"
                                + " future to look at");
            }
            top = Asyncio.currentTask();
            if (top == null) {
                return null;
            }
        }
        top.loop().checkThread("captureCallGraph");
        return new CallGraph(top.loop(), options).build(top);
    }

    /** A future on the way up, with those of its awaiters that are done. */
    private record Level(
            AsyncFuture<?> future, List<Task<?>> awaiters, List<FutureCallGraph> built) {}

    private FutureCallGraph build(AsyncFuture<?> top) {
        Deque<Level> way = new ArrayDeque<>();
        push(way, top);
        for (; ; ) {
            Level level = way.getLast();
            if (level.built.size() < level.awaiters.size()) {
                Task<?> awaiter = level.awaiters.get(level.built.size());
                if (!done.containsKey(awaiter)) {
                    push(way, awaiter);
                } else {
                    FutureCallGraph present = done.get(awaiter);
                    level.built.add(
                            present != null
                                    ? present
                                    : new FutureCallGraph(awaiter, List.of(), List.of()));
                }
                continue;
            }
            FutureCallGraph graph =
                    new FutureCallGraph(level.future, stack(level.future), level.built);
            done.put(level.future, graph);
            way.removeLast();
            if (way.isEmpty()) {
                return graph;
            }
            way.getLast().built.add(graph);
        }
    }

    private void push(Deque<Level> way, AsyncFuture<?> future) {
        done.put(future, null);
        way.addLast(new Level(future, awaitedBy.tasks(future), new ArrayList<>(1)));
    }

    private List<StackTraceElement> stack(AsyncFuture<?> future) {
        Integer limit = options.limit();
        if (!(future instanceof Task<?> task) || task.done() || (limit != null && limit == 0)) {
            return List.of();
        }
        List<StackTraceElement> stack = Arrays.asList(TaskStack.of(task));
        Fiber current = Fiber.current();
        if (current != null && current.task() == task) {
            stack = stack.subList(Math.min(options.depth() - 1, stack.size()), stack.size());
        }
        if (limit == null || Math.abs((long) limit) >= stack.size()) {
            return stack;
        }
        return limit > 0
                ? stack.subList(0, limit)
                : stack.subList(stack.size() + limit, stack.size());
    }
}
