package asyncio4j.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A table of scale: what its chart's file is called, its title, its cases and their titles. */
record ScaleKind(String name, String title, Map<String, String> cases) {

    private static final List<ScaleKind> KINDS =
            List.of(
                    kind("sleep", "Tasks that sleep")
                            .with("sleepEnd", "create, sleep for 1 ms, gather")
                            .with("sleep", "create, and let sleep on")
                            .with("sleepClose", "close the runner over them"),
                    kind("timers", "Timers")
                            .with("timersAdded", "add")
                            .with("timersCancelled", "cancel every other one")
                            .with("timersFired", "fire the rest"),
                    kind("chain", "Tasks that await each the one before")
                            .with("chain", "create")
                            .with("chainDone", "complete what the first awaits")
                            .with("chainCancel", "cancel the last"),
                    kind("gather", "One gather of coroutines that don't suspend")
                            .with("gather", "call")
                            .with("gatherDone", "await"),
                    kind("groups", "Task groups, each in a task of the one around it")
                            .with("groups", "enter")
                            .with("groupsDone", "let the innermost end")
                            .with("groupsCancel", "cancel the outermost"),
                    kind("generators", "Generators that wait at a yield")
                            .with("generators", "open")
                            .with("generatorsClosed", "close the runner over them"));

    /** Those that have points; one more for cases that none of them knows. */
    static List<ScaleKind> of(List<ScalePoint> points) {
        Set<String> measured = new LinkedHashSet<>();
        points.forEach(point -> measured.add(point.work()));
        List<ScaleKind> kinds = new ArrayList<>();
        for (ScaleKind kind : KINDS) {
            Map<String, String> cases = new LinkedHashMap<>(kind.cases);
            cases.keySet().retainAll(measured);
            measured.removeAll(cases.keySet());
            if (!cases.isEmpty()) {
                kinds.add(new ScaleKind(kind.name, kind.title, cases));
            }
        }
        if (!measured.isEmpty()) {
            ScaleKind others = kind("others", "Others");
            measured.forEach(work -> others.with(work, work));
            kinds.add(others);
        }
        return kinds;
    }

    private static ScaleKind kind(String name, String title) {
        return new ScaleKind("scale-" + name, title, new LinkedHashMap<>());
    }

    private ScaleKind with(String work, String caseTitle) {
        cases.put(work, caseTitle);
        return this;
    }
}
