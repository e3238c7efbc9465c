package asyncio4j.traces;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;

import asyncio4j.AsyncFuture;
import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.Task;

import java.util.List;
import java.util.Objects;

/** {@code src/test/python/cancel}. */
class CancelTraces extends Traces {

    private static Task<?> me() {
        return Objects.requireNonNull(currentTask());
    }

    void beforeStart() {
        run(() -> {
            Task<Void> task = createTask(() -> say("never"));
            say(task.cancel(), task.cancelled(), task.cancelling());
            say(outcome(task));
            say(task.cancelled(), task.cancel());
        });
    }

    void duringSleep() {
        run(() -> {
            Task<Void> task =
                    createTask(() -> {
                        try {
                            ticks(100);
                        } catch (CancelledError error) {
                            say("cancelled");
                            throw error;
                        } finally {
                            ticks(2);
                            say("cleaned up");
                        }
                    });
            ticks(1);
            task.cancel();
            say("asked");
            say(outcome(task));
        });
    }

    void twice() {
        run(() -> {
            Task<Void> task =
                    createTask(() -> {
                        try {
                            ticks(100);
                        } finally {
                            say("count", me().cancelling());
                            try {
                                ticks(5);
                                say("never");
                            } finally {
                                say("count", me().cancelling());
                            }
                        }
                    });
            ticks(1);
            task.cancel("one");
            task.cancel("two");
            ticks(1);
            task.cancel("three");
            say(outcome(task));
        });
    }

    void itself() {
        run(() -> {
            Coroutine<Integer> returns =
                    () -> {
                        me().cancel();
                        return 1;
                    };
            Coroutine<Integer> fails =
                    () -> {
                        me().cancel();
                        throw new Boom("wins");
                    };
            Coroutine<Integer> awaits =
                    () -> {
                        me().cancel("me");
                        say("still here");
                        ticks(1);
                        say("never");
                        return 2;
                    };
            for (Coroutine<Integer> child : List.of(returns, fails, awaits)) {
                Task<Integer> task = createTask(child);
                say(outcome(task), task.cancelled());
            }
        });
    }

    void swallowed() {
        run(() -> {
            Task<String> task =
                    createTask(() -> {
                        try {
                            ticks(100);
                        } catch (CancelledError error) {
                            say("swallowed", me().cancelling());
                        }
                        ticks(1);
                        return "stubborn";
                    });
            ticks(1);
            task.cancel();
            say(outcome(task), task.cancelled(), task.cancelling());
        });
    }

    void uncancel() {
        run(() -> {
            say(
                    outcome(
                            createTask(() -> {
                                me().cancel();
                                say(me().cancelling(), me().uncancel());
                                turn();
                                say("goes on");
                                me().cancel();
                                me().cancel();
                                say(me().uncancel());
                                turn();
                                say("never");
                            })));
        });
    }

    void innerTask() {
        run(() -> {
            Task<Void> inner =
                    createTask(() -> {
                        try {
                            ticks(100);
                        } finally {
                            say("inner ends");
                        }
                    });
            Task<Void> outer =
                    createTask(() -> {
                        try {
                            await(inner);
                        } finally {
                            say("outer ends", inner.cancelled());
                        }
                    });
            ticks(1);
            outer.cancel("from outside");
            say(outcome(outer));
        });
    }

    void innerSwallows() {
        run(() -> {
            Task<String> task =
                    createTask(() -> {
                        String result = await(createTask(CancelTraces::swallowing));
                        say("outer got", result, me().cancelling());
                        ticks(1);
                        return "done";
                    });
            ticks(1);
            task.cancel();
            say(outcome(task), task.cancelled());
        });
    }

    private static String swallowing() {
        try {
            ticks(100);
            return "never";
        } catch (CancelledError error) {
            return "swallowed";
        }
    }

    void resultOnItsWay() {
        run(() -> {
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            Task<Void> task = createTask(() -> say("got", await(future)));
            turn();
            future.setResult(1);
            say("cancel says", task.cancel());
            say(outcome(task), future.result());
        });
    }

    @SuppressWarnings({"finally", "Finally"}) // what the program is about
    void replaced() {
        run(() -> {
            Task<Void> task =
                    createTask(() -> {
                        try {
                            ticks(100);
                        } finally {
                            throw new Boom("while cleaning up");
                        }
                    });
            turn();
            task.cancel();
            say(outcome(task), task.cancelled());
        });
    }
}
