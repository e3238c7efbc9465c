package asyncio4j;

import asyncio4j.LoopSnapshot.TaskSnapshot;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * The tasks of a loop as a tree: below each task its calls, outermost first, and below those the
 * tasks that it awaits. What {@code python -m asyncio pstree} prints.
 *
 * <p>A task that several await is shown with all that it awaits once. Where tasks await each other
 * in a circle that is said, and one of them stands at the top. A branch that goes too far in goes
 * on at the left.
 */
final class PsTree {

    /** How many levels are indented before a branch goes on at the left. */
    private static final int DEEPEST = 60;

    private final List<TaskSnapshot> tasks;

    /** Whom each task awaits. */
    private final List<List<Integer>> awaits = new ArrayList<>();

    private final BitSet shown = new BitSet();

    private final StringBuilder text;

    /** Still to be shown, the next one first. */
    private final Deque<Branch> todo = new ArrayDeque<>();

    private record Branch(int task, String prefix, boolean last, int level) {}

    private PsTree(List<TaskSnapshot> tasks, StringBuilder text) {
        this.tasks = tasks;
        this.text = text;
        for (int i = 0; i < tasks.size(); i++) {
            awaits.add(new ArrayList<>(0));
        }
        for (int i = 0; i < tasks.size(); i++) {
            for (int awaiter : tasks.get(i).awaiters()) {
                awaits.get(awaiter).add(i);
            }
        }
    }

    static String of(List<LoopSnapshot> loops) {
        if (loops.isEmpty()) {
            return PsTable.of(loops);
        }
        StringBuilder text = new StringBuilder();
        for (LoopSnapshot loop : loops) {
            text.append(text.isEmpty() ? "" : "\n");
            if (loop.tasks().isEmpty()) {
                StringBuilder trouble = new StringBuilder();
                PsTable.addTrouble(loop, trouble);
                text.append(trouble, 1, trouble.length());
            } else {
                text.append(loop.loop());
                new PsTree(loop.tasks(), text).render();
            }
        }
        return text.toString();
    }

    private void render() {
        for (int i = 0; i < tasks.size(); i++) {
            if (tasks.get(i).awaiters().isEmpty()) {
                renderFrom(i);
            }
        }
        for (int i = 0; i < tasks.size(); i++) {
            if (!shown.get(i)) { // nothing but a circle leads here
                renderFrom(i);
            }
        }
        for (List<Integer> cycle : AwaitCycles.of(awaits)) {
            text.append("\ncycle: ");
            for (int task : cycle) {
                text.append(tasks.get(task).name()).append(" → ");
            }
            text.append(tasks.get(cycle.getFirst()).name());
        }
    }

    private void renderFrom(int root) {
        todo.push(new Branch(root, "", true, 0));
        for (Branch branch = todo.poll(); branch != null; branch = todo.poll()) {
            render(branch);
        }
    }

    private void render(Branch branch) {
        TaskSnapshot task = tasks.get(branch.task);
        boolean again = shown.get(branch.task);
        line(
                branch.prefix,
                branch.last,
                "(T) "
                        + task.name()
                        + (again && !awaits.get(branch.task).isEmpty() ? " (shown above)" : ""));
        if (again) {
            return;
        }
        shown.set(branch.task);
        String prefix = branch.prefix + (branch.last ? "    " : "│   ");
        int level = branch.level + 1;
        for (StackTraceElement frame : task.stack().reversed()) {
            line(prefix, true, " " + PsTable.call(frame));
            prefix += "    ";
            level++;
        }
        List<Integer> awaited = awaits.get(branch.task);
        if (level > DEEPEST && !awaited.isEmpty()) {
            line(prefix, true, "... goes on at the left");
            prefix = "";
            level = 0;
        }
        for (int i = awaited.size() - 1; i >= 0; i--) {
            todo.push(new Branch(awaited.get(i), prefix, i == awaited.size() - 1, level));
        }
    }

    private void line(String prefix, boolean last, String label) {
        text.append('\n').append(prefix).append(last ? "└── " : "├── ").append(label);
    }
}
