package asyncio4j.traces;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.taskGroup;
import static asyncio4j.Asyncio.timeout;

import asyncio4j.CancelledError;
import asyncio4j.ExceptionGroup;
import asyncio4j.Task;
import asyncio4j.TaskGroup;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/** {@code src/test/python/groups}. */
class GroupsTraces extends Traces {

    private static int cancelling() {
        return Objects.requireNonNull(currentTask()).cancelling();
    }

    /** Goes on after so many ticks; at once if there are none. */
    private static void later(double n) {
        if (n > 0) {
            ticks(n);
        }
    }

    private String child(String name, double n) {
        ticks(n);
        say(name);
        return name;
    }

    void allEnd() {
        run(() -> {
            List<Task<String>> tasks =
                    await(
                            taskGroup(group -> {
                                Task<String> a = group.createTask(() -> child("a", 2));
                                Task<String> b = group.createTask(() -> child("b", 1));
                                say("block ends");
                                return List.of(a, b);
                            }));
            say(tasks.get(0).result(), tasks.get(1).result());
            await(taskGroup(_ -> {}));
            say("empty");
        });
    }

    private void failing(String name, double n, boolean fails) {
        try {
            ticks(n);
            if (fails) {
                throw new Boom(name);
            }
        } finally {
            say(name, "ends");
        }
    }

    void oneFails() {
        run(() -> {
            try {
                await(
                        taskGroup(group -> {
                            group.createTask(() -> failing("a", 5, false));
                            group.createTask(() -> failing("b", 1, true));
                            try {
                                ticks(10);
                            } catch (CancelledError error) {
                                say("block cancelled", cancelling());
                                throw error;
                            }
                        }));
            } catch (ExceptionGroup error) {
                say(describe(error));
            }
            say(cancelling());
        });
    }

    private static void fails(String name, double n) {
        later(n);
        throw new Boom(name);
    }

    @SuppressWarnings({"finally", "Finally"}) // what the programs are about
    private static void failsAtTheEnd(String name, double n) {
        try {
            ticks(100);
        } finally {
            later(n);
            throw new Boom(name);
        }
    }

    void severalFail() {
        run(() -> {
            try {
                await(
                        taskGroup(group -> {
                            group.createTask(() -> failsAtTheEnd("slow", 3));
                            group.createTask(() -> fails("first", 1));
                            group.createTask(() -> failsAtTheEnd("quick", 1));
                        }));
            } catch (ExceptionGroup error) {
                say(describe(error));
            }
        });
    }

    @SuppressWarnings({"finally", "Finally"}) // what the program is about
    private void failsAndSays() {
        try {
            ticks(100);
        } finally {
            say("child ends");
            throw new Boom("child");
        }
    }

    void blockFails() {
        run(() -> {
            try {
                await(
                        taskGroup(group -> {
                            group.createTask(this::failsAndSays);
                            ticks(1);
                            group.createTask(this::failsAndSays);
                            throw new Boom("block");
                        }));
            } catch (ExceptionGroup error) {
                say(describe(error));
            }
        });
    }

    private void endingLate(String name, double n) {
        try {
            ticks(100);
        } finally {
            ticks(n);
            say(name, "ends");
        }
    }

    void cancelled() {
        run(() -> {
            Task<?> task =
                    createTask(() ->
                            await(
                                    taskGroup(group -> {
                                        group.createTask(() -> endingLate("a", 2));
                                        group.createTask(() -> endingLate("b", 1));
                                    })));
            ticks(1);
            task.cancel("outside");
            say(outcome(task), task.cancelled());
        });
    }

    void cancelledAndFailing() {
        run(() -> {
            Task<Void> task =
                    createTask(() -> {
                        try {
                            await(
                                    taskGroup(group -> {
                                        group.createTask(() -> failsAtTheEnd("child", 0));
                                    }));
                        } catch (ExceptionGroup error) {
                            say(describe(error), cancelling());
                        }
                        turn();
                        say("never");
                    });
            ticks(1);
            task.cancel();
            say(outcome(task));
        });
    }

    void nested() {
        run(() -> {
            try {
                await(
                        taskGroup(outer -> {
                            outer.createTask(() -> failing("outer child", 100, false));
                            await(
                                    taskGroup(inner -> {
                                        inner.createTask(() -> failing("inner child", 100, false));
                                        inner.createTask(() -> fails("1", 1));
                                    }));
                        }));
            } catch (ExceptionGroup error) {
                say(describe(error));
            }
        });
    }

    private void ending(String name, double n) {
        ticks(n);
        say(name, "ends");
    }

    void childCancelled() {
        run(() -> {
            Task<?>[] a = new Task<?>[1];
            await(
                    taskGroup(group -> {
                        a[0] = group.createTask(() -> ending("a", 2));
                        group.createTask(() -> ending("b", 3));
                        ticks(1);
                        a[0].cancel();
                    }));
            say(a[0].cancelled());
        });
    }

    void noMoreTasks() {
        run(() -> {
            TaskGroup[] ended = new TaskGroup[1];
            try {
                await(
                        taskGroup(group -> {
                            ended[0] = group;
                            group.createTask(() -> fails("at once", 0));
                            try {
                                ticks(1);
                            } finally {
                                refused(group);
                            }
                        }));
            } catch (ExceptionGroup error) {
                say(describe(error));
            }
            refused(ended[0]);
        });
    }

    private void refused(TaskGroup group) {
        try {
            group.createTask(() -> say("never"));
        } catch (IllegalStateException error) {
            say(describe(error));
        }
    }

    void inATimeout() {
        run(() -> {
            try {
                await(
                        timeout(
                                time(2),
                                _ -> {
                                    await(
                                            taskGroup(group -> {
                                                twoOfThem(group);
                                            }));
                                }));
            } catch (TimeoutException error) {
                say(describe(error));
            }
            say(cancelling());
        });
    }

    private void twoOfThem(TaskGroup group) throws TimeoutException {
        group.createTask(() -> endingLate("a", 2));
        await(
                timeout(
                        time(500),
                        _ -> {
                            group.createTask(() -> endingLate("b", 1));
                            ticks(100);
                        }));
    }
}
