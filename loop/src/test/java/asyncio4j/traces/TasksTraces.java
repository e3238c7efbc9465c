package asyncio4j.traces;

import static asyncio4j.Asyncio.allTasks;
import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;

import asyncio4j.Asyncio;
import asyncio4j.Context;
import asyncio4j.ContextVar;
import asyncio4j.Task;
import asyncio4j.TaskFactory;
import asyncio4j.TaskOptions;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** {@code src/test/python/tasks}. */
class TasksTraces extends Traces {

    private static final ContextVar<String> VAR = ContextVar.withDefault("VAR", "default");

    void start() {
        run(() -> {
            Task<String> a = createTask(() -> child("a"));
            Task<String> b = createTask(() -> child("b"));
            say("both made");
            say(await(b));
            say(a.done(), await(a));
        });
    }

    private String child(String name) {
        say(name, "begins");
        turn();
        say(name, "ends");
        return name.toUpperCase(java.util.Locale.ROOT);
    }

    void interleaving() {
        run(() -> {
            List<Task<Integer>> tasks =
                    List.of(
                            createTask(() -> count("a", 3)),
                            createTask(() -> count("b", 1)),
                            createTask(() -> count("c", 2)));
            for (Task<Integer> task : tasks) {
                say("result", await(task));
            }
        });
    }

    private int count(String name, int n) {
        for (int i = 0; i < n; i++) {
            say(name, i);
            turn();
        }
        return n;
    }

    void chain() {
        run(() -> {
            int[] turns = {0};
            boolean[] done = {false};
            createTask(() -> {
                while (!done[0]) {
                    turn();
                    turns[0]++;
                }
            });
            turn();
            int before = turns[0];
            say(await(createTask(() -> link(5))));
            say("turns", turns[0] - before);
            done[0] = true;
        });
    }

    private static String link(int n) {
        return n == 0 ? "end" : await(createTask(() -> link(n - 1)));
    }

    void exceptions() {
        run(() -> say(await(createTask(this::catches))));
    }

    private String catches() {
        try {
            await(createTask(() -> passesOn()));
            return "never";
        } catch (Boom error) {
            say("caught", describe(error));
            return "fine";
        }
    }

    private void passesOn() {
        try {
            await(
                    createTask(() -> {
                        ticks(1);
                        throw new Boom("deep");
                    }));
        } finally {
            say("finally");
            ticks(1);
            say("finally after a sleep");
        }
    }

    void doneCallbacks() {
        run(() -> {
            Task<Integer> task =
                    createTask(() -> {
                        turn();
                        return 1;
                    });
            task.addDoneCallback(t -> say("added before", t.result()));
            say(await(task));
            task.addDoneCallback(t -> say("added when done", t.result()));
            say("not called yet");
            turn();
        });
    }

    void current() {
        run(() -> {
            me().setName("main");
            List<Task<Void>> tasks =
                    Stream.of("one", "two")
                            .map(name ->
                                    createTask(
                                            () -> {
                                                say(me().getName(), names());
                                                ticks(1);
                                            },
                                            TaskOptions.DEFAULT.name(name)))
                            .toList();
            say(me().getName(), names());
            getRunningLoop().callSoon(() -> say("in a callback", currentTask()));
            await(Asyncio.wait(tasks));
            say(names());
        });
    }

    private static Task<?> me() {
        return Objects.requireNonNull(currentTask());
    }

    private static List<String> names() {
        return allTasks().stream().map(Task::getName).sorted().toList();
    }

    void contexts() {
        run(() -> {
            VAR.set("main");
            Task<?> a = createTask(() -> seen("a"));
            VAR.set("main again");
            Task<?> b = createTask(() -> seen("b"));
            Context own = Context.copyContext();
            Task<?> c = createTask(() -> seen("c"), TaskOptions.DEFAULT.context(own));
            await(Asyncio.wait(List.of(a, b, c)));
            say("main", VAR.get(), "own", own.get(VAR, "none"));
        });
    }

    private void seen(String name) {
        say(name, VAR.get());
        VAR.set(name);
        turn();
        say(name, VAR.get());
    }

    void eager() {
        run(() -> {
            getRunningLoop().setTaskFactory(TaskFactory.EAGER);
            Task<?> parent = me();
            Task<String> a = createTask(() -> eagerChild(parent, "a", false));
            say("a done", a.done());
            Task<String> b = createTask(() -> eagerChild(parent, "b", true));
            say("b done", b.done());
            say(await(a));
            say("a took no turn");
            say(await(b));
        });
    }

    private String eagerChild(Task<?> parent, String name, boolean suspends) {
        say(name, "begins in a task of its own:", me() != parent);
        if (suspends) {
            turn();
            say(name, "goes on");
        }
        return name;
    }

    void eagerFailing() {
        run(() -> {
            getRunningLoop().setTaskFactory(TaskFactory.EAGER);
            Task<?> a =
                    createTask(() -> {
                        say("fails");
                        throw new Boom("at once");
                    });
            Task<?> b =
                    createTask(() -> {
                        me().cancel();
                        say("cancelled, and goes on");
                        turn();
                        say("never");
                    });
            say(a.done(), b.done());
            say(outcome(a));
            say(outcome(b));
        });
    }

    void timersAndTasks() {
        run(() -> {
            await(
                    gather(
                            () -> sleeper("a", 1, 3),
                            () -> sleeper("b", 2, 1),
                            () -> sleeper("c", 5),
                            () -> sleeper("d", 0.5, 0.6, 0.7)));
        });
    }

    private void sleeper(String name, double... times) {
        for (double time : times) {
            ticks(time);
            say(name);
        }
    }
}
