package asyncio4j.traces;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;

import asyncio4j.AsyncFuture;
import asyncio4j.Asyncio;
import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.ReturnWhen;
import asyncio4j.Task;
import asyncio4j.TaskOptions;
import asyncio4j.WaitResult;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** {@code src/test/python/wait}. */
class WaitTraces extends Traces {

    private static List<String> names(Collection<? extends AsyncFuture<?>> futures) {
        return futures.stream().map(each -> ((Task<?>) each).getName()).sorted().toList();
    }

    private static Task<Integer> sleeper(int n, String name) {
        return createTask(
                () -> {
                    ticks(n);
                    return n;
                },
                TaskOptions.DEFAULT.name(name));
    }

    void firstCompleted() {
        run(() -> {
            List<Task<String>> tasks = List.of(ending("a", 3), ending("b", 1));
            WaitResult<Task<String>> some = await(Asyncio.wait(tasks, ReturnWhen.FIRST_COMPLETED));
            say(names(some.done()), names(some.pending()));
            WaitResult<Task<String>> all = await(Asyncio.wait(tasks));
            say(names(all.done()), names(all.pending()));
        });
    }

    private Task<String> ending(String name, double n) {
        return createTask(
                () -> {
                    ticks(n);
                    say(name, "ends");
                    return name;
                },
                TaskOptions.DEFAULT.name(name));
    }

    void firstException() {
        run(() -> {
            Task<Integer> fails =
                    createTask(
                            () -> {
                                ticks(3);
                                throw new Boom("fails");
                            },
                            TaskOptions.DEFAULT.name("c"));
            Task<Integer> cancelled = sleeper(2, "b");
            List<Task<Integer>> tasks = List.of(sleeper(1, "a"), cancelled, fails, sleeper(4, "d"));
            getRunningLoop().callLater(time(1.5), cancelled::cancel);
            WaitResult<Task<Integer>> result =
                    await(Asyncio.wait(tasks, ReturnWhen.FIRST_EXCEPTION));
            say(names(result.done()), names(result.pending()));
            say(describe(fails.exception()));
        });
    }

    void timeout() {
        run(() -> {
            List<Task<Integer>> tasks = List.of(sleeper(1, "1"), sleeper(2, "2"), sleeper(3, "3"));
            WaitResult<Task<Integer>> result =
                    await(Asyncio.wait(tasks, ReturnWhen.ALL_COMPLETED, time(1.5)));
            say(names(result.done()), names(result.pending()));
            say(outcome(tasks.get(2)));
        });
    }

    void cancelled() {
        run(() -> {
            Task<Void> task =
                    createTask(() -> {
                        ticks(2);
                        say("child ends");
                    });
            Task<?> waiting = createTask(Asyncio.wait(List.of(task)));
            ticks(1);
            waiting.cancel();
            say(outcome(waiting));
            await(task);
        });
    }

    void asCompleted() {
        run(() -> {
            List<Coroutine<String>> children =
                    List.of(child("a", 3, false), child("b", 1, false), child("c", 2, true));
            for (Coroutine<String> each : Asyncio.asCompleted(children)) {
                say(outcome(each));
            }
        });
    }

    private static Coroutine<String> child(String name, double n, boolean fails) {
        return () -> {
            ticks(n);
            if (fails) {
                throw new Boom(name);
            }
            return name;
        };
    }

    void asCompletedTimeout() {
        run(() -> {
            List<Task<Integer>> tasks = List.of(sleeper(1, "one"), sleeper(3, "three"));
            for (Coroutine<Integer> each : Asyncio.asCompleted(tasks, time(2))) {
                say(outcome(each));
            }
            say(tasks.get(1).done(), await(tasks.get(1)));
        });
    }

    void asCompletedAsync() {
        run(() -> {
            List<Task<Integer>> tasks =
                    Stream.of(3, 1, 2).map(n -> sleeper(n, "task " + n)).toList();
            for (AsyncFuture<Integer> each : Asyncio.asCompleted(tasks).futures()) {
                say(((Task<?>) each).getName(), each.done(), await(each));
            }
        });
    }

    void waitFor() {
        run(() -> {
            say(outcome(Asyncio.waitFor(() -> cleaningUp(1), time(2))));
            say(outcome(Asyncio.waitFor(() -> cleaningUp(5), time(2))));
            say(Objects.requireNonNull(currentTask()).cancelling());
        });
    }

    private int cleaningUp(int n) {
        try {
            ticks(n);
            return n;
        } catch (CancelledError error) {
            say("cancelled");
            ticks(1);
            say("cleaned up");
            throw error;
        }
    }

    void waitForSwallowed() {
        run(() -> {
            say(outcome(Asyncio.waitFor(WaitTraces::late, time(2))));
            Task<String> task = createTask(WaitTraces::late);
            say(outcome(Asyncio.waitFor(task, time(2))), task.cancelled());
        });
    }

    private static String late() {
        try {
            ticks(5);
            return "never";
        } catch (CancelledError error) {
            ticks(1);
            return "late";
        }
    }

    void waitForNoTime() {
        run(() -> {
            AsyncFuture<String> future = getRunningLoop().createFuture();
            future.setResult("done");
            say(outcome(Asyncio.waitFor(future, Duration.ZERO)));
            say(outcome(Asyncio.waitFor(() -> say("never"), Duration.ZERO)));
            AsyncFuture<String> pending = getRunningLoop().createFuture();
            say(outcome(Asyncio.waitFor(pending, Duration.ZERO)), pending.cancelled());
        });
    }
}
