package asyncio4j;

import asyncio4j.LoopSnapshot.TaskSnapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * All tasks of all loops as a table, a row for each awaiter of each. What {@code python -m asyncio
 * ps} prints.
 */
final class PsTable {

    private static final String NO_LOOPS = "no event loop is running";

    private static final List<String> HEAD =
            List.of("loop", "task name", "state", "stack", "awaiter chain", "awaiter name");

    /** What is wider than this sticks out. */
    private static final int WIDEST = 60;

    private PsTable() {}

    static String of(List<LoopSnapshot> loops) {
        if (loops.isEmpty()) {
            return NO_LOOPS;
        }
        List<List<String>> rows = new ArrayList<>();
        StringBuilder troubles = new StringBuilder();
        for (LoopSnapshot loop : loops) {
            for (TaskSnapshot task : loop.tasks()) {
                addRows(loop, task, rows);
            }
            addTrouble(loop, troubles);
        }
        return format(rows) + troubles;
    }

    /** Adds a line on a loop that has no tasks to show. */
    static void addTrouble(LoopSnapshot loop, StringBuilder text) {
        if (!loop.trouble().isEmpty()) {
            text.append('\n').append(loop.loop()).append(' ').append(loop.trouble());
        } else if (loop.tasks().isEmpty()) {
            text.append('\n').append(loop.loop()).append(" has no tasks");
        }
    }

    private static void addRows(LoopSnapshot loop, TaskSnapshot task, List<List<String>> rows) {
        List<String> begin = List.of(loop.loop(), task.name(), task.state(), chain(task.stack()));
        if (task.awaiters().isEmpty()) {
            rows.add(row(begin, "", ""));
        }
        for (int place : task.awaiters()) {
            TaskSnapshot awaiter = loop.tasks().get(place);
            rows.add(row(begin, chain(awaiter.stack()), awaiter.name()));
        }
        if (task.more() > 0) {
            rows.add(row(begin, "", "and " + task.more() + " more"));
        }
    }

    private static List<String> row(List<String> begin, String chain, String name) {
        List<String> row = new ArrayList<>(begin);
        row.add(chain);
        row.add(name);
        return row;
    }

    private static String chain(List<StackTraceElement> stack) {
        return stack.stream().map(PsTable::call).collect(Collectors.joining(" -> "));
    }

    /** A frame in short: class, method, line. */
    static String call(StackTraceElement frame) {
        String name = frame.getClassName();
        String method = frame.getMethodName();
        if (method.startsWith("lambda$") && method.lastIndexOf('$') > "lambda$".length()) {
            method = method.substring("lambda$".length(), method.lastIndexOf('$')) + ".lambda";
        }
        return name.substring(name.lastIndexOf('.') + 1).replace('$', '.')
                + "."
                + method
                + (frame.getLineNumber() > 0 ? ":" + frame.getLineNumber() : "");
    }

    private static String format(List<List<String>> rows) {
        int[] widths = new int[HEAD.size()];
        measure(HEAD, widths);
        for (List<String> row : rows) {
            measure(row, widths);
        }
        StringBuilder text = new StringBuilder();
        append(HEAD, widths, text);
        int total = HEAD.size() - 1;
        for (int width : widths) {
            total += width;
        }
        text.append('\n').append("-".repeat(total));
        for (List<String> row : rows) {
            append(row, widths, text.append('\n'));
        }
        return text.toString();
    }

    private static void measure(List<String> row, int[] widths) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], Math.min(row.get(i).length(), WIDEST));
        }
    }

    private static void append(List<String> row, int[] widths, StringBuilder text) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = row.get(i);
            line.append(cell).append(" ".repeat(Math.max(0, widths[i] - cell.length()) + 1));
        }
        text.append(line.toString().stripTrailing());
    }
}
