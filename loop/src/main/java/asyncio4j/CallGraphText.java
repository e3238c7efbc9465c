package asyncio4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * A {@link FutureCallGraph} as text, as Python prints it: each future with its stack and, further
 * in, those who await it. One that was shown before isn't shown again, and no line goes further in
 * than {@link #DEEPEST} levels, so that any graph has a text of a size in proportion to its own.
 */
final class CallGraphText {

    /** How many levels are indented; those above bear their number. */
    private static final int DEEPEST = 40;

    private final StringBuilder text = new StringBuilder();

    /** What has been shown, and at which level. */
    private final IdentityHashMap<AsyncFuture<?>, Integer> shown = new IdentityHashMap<>();

    /** What lies below the level that is shown now, down to the future that was asked for. */
    private final List<AsyncFuture<?>> path = new ArrayList<>();

    private CallGraphText() {}

    static String of(FutureCallGraph graph) {
        return new CallGraphText().render(graph);
    }

    /** Writes {@code graph} as one who prints it wants it. */
    static void print(String graph, Appendable out) {
        try {
            out.append(graph).append(System.lineSeparator());
        } catch (IOException e) {
            throw new UncheckedIOException("the call graph can't be printed", e);
        }
    }

    private record Entry(FutureCallGraph graph, int level) {}

    private String render(FutureCallGraph top) {
        Deque<Entry> todo = new ArrayDeque<>();
        todo.push(new Entry(top, 0));
        for (Entry entry = todo.poll(); entry != null; entry = todo.poll()) {
            FutureCallGraph graph = entry.graph;
            int level = entry.level;
            path.subList(level, path.size()).clear();
            line(level, "* " + name(graph.future()) + remark(graph.future(), level));
            path.add(graph.future());
            if (shown.putIfAbsent(graph.future(), level) != null) {
                continue;
            }
            if (!graph.callStack().isEmpty()) {
                line(level, "  + Call stack:");
                for (StackTraceElement frame : graph.callStack()) {
                    line(level, "  |   at " + frame);
                }
            }
            if (!graph.awaitedBy().isEmpty()) {
                line(level, "  + Awaited by:");
                for (FutureCallGraph awaiter : graph.awaitedBy().reversed()) {
                    todo.push(new Entry(awaiter, level + 1));
                }
            }
        }
        text.setLength(text.length() - 1);
        return text.toString();
    }

    private String remark(AsyncFuture<?> future, int level) {
        String number = level > DEEPEST ? " (level " + level + ")" : "";
        Integer before = shown.get(future);
        if (before == null) {
            return number;
        }
        return before < path.size() && path.get(before) == future
                ? number + " (a cycle: it awaits itself)"
                : number + " (shown above)";
    }

    private void line(int level, String line) {
        text.append("    ".repeat(Math.min(level, DEEPEST))).append(line).append('\n');
    }

    private static String name(AsyncFuture<?> future) {
        String id = "id=0x" + Integer.toHexString(System.identityHashCode(future));
        return future instanceof Task<?> task
                ? "Task(name='" + task.getName() + "', " + id + ")"
                : "Future(" + id + ")";
    }
}
