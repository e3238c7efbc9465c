package asyncio4j.traces;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.gatherReturnExceptions;

import asyncio4j.AsyncFuture;
import asyncio4j.Asyncio;
import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.Task;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** {@code src/test/python/gather}. */
class GatherTraces extends Traces {

    private String child(String name, double n) {
        ticks(n);
        say(name);
        return name;
    }

    void results() {
        run(() -> {
            say(await(gather(() -> child("a", 3), () -> child("b", 1), () -> child("c", 2))));
            say(await(gather(List.<Coroutine<String>>of())));
        });
    }

    void firstError() {
        run(() -> {
            say(
                    outcome(
                            gather(
                                    () -> failing("a", 3, false),
                                    () -> failing("b", 1, true),
                                    () -> failing("c", 2, true))));
            ticks(2.5);
            say("all had their time");
        });
    }

    private void failing(String name, double n, boolean fails) {
        try {
            ticks(n);
            if (fails) {
                throw new Boom(name);
            }
            say(name, "ends");
        } catch (CancelledError error) {
            say(name, "cancelled");
            throw error;
        }
    }

    void returnExceptions() {
        run(() -> {
            List<@Nullable Object> results =
                    await(
                            gatherReturnExceptions(
                                    List.of(
                                            outcomeAfter(2, null),
                                            outcomeAfter(1, new Boom("one")),
                                            outcomeAfter(3, new CancelledError()))));
            say(
                    results.stream()
                            .map(each -> each instanceof Throwable error ? describe(error) : each)
                            .toArray());
        });
    }

    private static Coroutine<Integer> outcomeAfter(int n, @Nullable Throwable error) {
        return () -> {
            ticks(n);
            if (error instanceof Error fatal) {
                throw fatal;
            }
            if (error instanceof Exception exception) {
                throw exception;
            }
            return n;
        };
    }

    void cancelled() {
        run(() -> {
            AsyncFuture<?> future = gather(() -> endingLate("a", 3), () -> endingLate("b", 1));
            ticks(1);
            say("cancel says", future.cancel());
            say("cancel says", future.cancel());
            say(outcome(future), future.cancelled());
        });
    }

    private void endingLate(String name, double n) {
        try {
            ticks(100);
        } finally {
            ticks(n);
            say(name, "ended");
        }
    }

    void childCancelled() {
        run(() -> {
            Task<String> a = createTask(() -> ending("a", 2));
            Task<String> b = createTask(() -> ending("b", 3));
            AsyncFuture<List<String>> future = gather(a, b);
            ticks(1);
            a.cancel("go");
            say(outcome(future), future.cancelled(), b.done());
            say(await(b));
        });
    }

    private String ending(String name, double n) {
        ticks(n);
        say(name, "ends");
        return name;
    }

    void awaitingTaskCancelled() {
        run(() -> {
            Task<?> task =
                    createTask(() ->
                            await(gatherReturnExceptions(List.of(sleeping("a"), sleeping("b")))));
            ticks(1);
            task.cancel();
            say(outcome(task));
        });
    }

    private Coroutine<String> sleeping(String name) {
        return () -> {
            try {
                ticks(100);
                return name;
            } finally {
                say(name, "ends");
            }
        };
    }

    void nested() {
        run(() -> {
            say(
                    outcome(
                            gather(
                                    List.of(
                                            gather(number(1), number(2)),
                                            gather(number(3), number(4)),
                                            number(5)))));
            ticks(3);
        });
    }

    private static Coroutine<Object> number(int n) {
        return () -> {
            ticks(n);
            if (n == 3) {
                throw new Boom("three");
            }
            return n;
        };
    }

    void duplicates() {
        run(() -> {
            Task<String> task =
                    createTask(() -> {
                        say("runs once");
                        ticks(1);
                        return "it";
                    });
            say(await(gather(task, task, task)));
        });
    }

    void shieldInnerCancelled() {
        run(() -> {
            Task<Void> task = createTask(() -> ticks(100));
            AsyncFuture<Void> future = Asyncio.shield(task);
            ticks(1);
            task.cancel();
            say(outcome(future), future.cancelled());
            say(Asyncio.shield(task) == task);
        });
    }

    void shield() {
        run(() -> {
            Task<String> task =
                    createTask(() -> {
                        ticks(3);
                        say("inner ends");
                        return "inner";
                    });
            Task<String> outer =
                    createTask(() -> {
                        try {
                            return await(Asyncio.shield(task));
                        } catch (CancelledError error) {
                            say("outer cancelled", task.done());
                            throw error;
                        }
                    });
            ticks(1);
            outer.cancel();
            say(outcome(outer));
            say(await(task));
        });
    }
}
