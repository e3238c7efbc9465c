package asyncio4j.samples.bar;

import static asyncio4j.Asyncio.allTasks;
import static asyncio4j.Asyncio.captureCallGraph;

import asyncio4j.AsyncFuture;
import asyncio4j.FutureCallGraph;
import asyncio4j.Task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A live task of the loop, for the page.
 *
 * @param name the task's name
 * @param at where it is
 * @param awaits the tasks that it awaits
 */
record TaskNode(String name, String at, List<TaskNode> awaits) {

    /** Those of the running loop that nobody awaits, with those that they await below them. */
    static List<TaskNode> roots() {
        Map<AsyncFuture<?>, TaskNode> nodes = new HashMap<>();
        List<FutureCallGraph> graphs = new ArrayList<>();
        for (Task<?> task :
                allTasks().stream().sorted(Comparator.comparing(Task::getName)).toList()) {
            FutureCallGraph graph = captureCallGraph(task);
            graphs.add(graph);
            nodes.put(task, new TaskNode(task.getName(), place(graph), new ArrayList<>()));
        }
        List<TaskNode> roots = new ArrayList<>();
        for (FutureCallGraph graph : graphs) {
            TaskNode node = Objects.requireNonNull(nodes.get(graph.future()));
            if (graph.awaitedBy().isEmpty()) {
                roots.add(node);
            }
            for (FutureCallGraph awaiter : graph.awaitedBy()) {
                TaskNode above = nodes.get(awaiter.future());
                if (above != null) { // it is a task of this loop
                    above.awaits().add(node);
                }
            }
        }
        return roots;
    }

    private static String place(FutureCallGraph graph) {
        return graph.callStack().stream()
                .filter(call -> call.getClassName().startsWith("asyncio4j.samples"))
                .findFirst()
                .map(call -> call.getFileName() + ":" + call.getLineNumber())
                .orElse("");
    }
}
