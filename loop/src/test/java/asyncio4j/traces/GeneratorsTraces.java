package asyncio4j.traces;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;

import asyncio4j.AsyncGenerator;
import asyncio4j.StopAsyncIteration;
import asyncio4j.Task;

import java.util.ArrayList;
import java.util.List;

/** {@code src/test/python/generators}. */
class GeneratorsTraces extends Traces {

    /** Generators that are left open must not be collected. */
    private final List<AsyncGenerator<?>> kept = new ArrayList<>();

    void items() {
        run(() -> {
            AsyncGenerator<Integer> numbers =
                    AsyncGenerator.of(g -> {
                        for (int i = 0; i < 3; i++) {
                            say("makes", i);
                            ticks(1);
                            g.yield(i);
                        }
                        say("no more");
                    });
            for (int number : numbers) {
                say("got", number);
            }
        });
    }

    void send() {
        run(() -> {
            AsyncGenerator<String> generator =
                    AsyncGenerator.of(g -> {
                        Object received = null;
                        while (!"stop".equals(received)) {
                            received = g.yield("got " + (received == null ? "None" : received));
                            turn();
                        }
                    });
            say(await(generator.asend(null)));
            say(await(generator.asend("one")));
            say(await(generator.anext()));
            try {
                await(generator.asend("stop"));
            } catch (StopAsyncIteration e) {
                say("stopped");
            }
            say(outcome(generator.anext()));
        });
    }

    void throwBack() {
        run(() -> {
            AsyncGenerator<String> generator = stubborn();
            say(await(generator.anext()));
            say(await(generator.athrow(new Boom("first"))));
            say(outcome(generator.athrow(new Boom("last"))));
            say(outcome(generator.anext()));
            AsyncGenerator<String> fresh = stubborn();
            say(outcome(fresh.athrow(new Boom("not begun"))));
            say(outcome(fresh.anext()));
        });
    }

    private AsyncGenerator<String> stubborn() {
        return AsyncGenerator.of(g -> {
            for (; ; ) {
                try {
                    g.yield("item");
                } catch (Boom error) {
                    say("caught", describe(error));
                    ticks(1);
                    if ("last".equals(error.getMessage())) {
                        throw new Boom("out");
                    }
                }
            }
        });
    }

    void close() {
        run(() -> {
            AsyncGenerator<Integer> generator = closing();
            say(await(generator.anext()));
            await(generator.aclose());
            await(generator.aclose());
            say(outcome(generator.anext()));
            AsyncGenerator<Integer> unused = closing();
            await(unused.aclose());
            say(outcome(unused.anext()));
        });
    }

    private AsyncGenerator<Integer> closing() {
        return AsyncGenerator.of(g -> {
            try {
                g.yield(1);
                g.yield(2);
            } finally {
                say("closing");
                ticks(2);
                say("closed");
            }
        });
    }

    @SuppressWarnings({"finally", "Finally"}) // what the program is about
    void ignoringExit() {
        run(() -> {
            AsyncGenerator<Integer> stubborn =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield(1);
                        } finally {
                            g.yield(2);
                        }
                    });
            kept.add(stubborn);
            say(await(stubborn.anext()));
            say(outcome(stubborn.aclose()));
            AsyncGenerator<Integer> fails =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield(1);
                        } finally {
                            throw new Boom("closing");
                        }
                    });
            say(await(fails.anext()));
            say(outcome(fails.aclose()));
        });
    }

    void cancelled() {
        run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield(1);
                            ticks(100);
                            g.yield(2);
                        } finally {
                            say("body ends");
                        }
                    });
            Task<Void> task =
                    createTask(() -> {
                        for (int item : generator) {
                            say(item);
                        }
                    });
            ticks(1);
            task.cancel("enough");
            say(outcome(task));
            say(outcome(generator.anext()));
        });
    }

    void twoTasks() {
        run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        g.yield(1);
                        ticks(2);
                        g.yield(2);
                    });
            await(generator.anext());
            Task<String> task = createTask(() -> outcome(generator.anext()));
            ticks(1);
            say(outcome(generator.anext()));
            say(outcome(generator.aclose()));
            say(await(task));
            say(outcome(generator.anext()));
        });
    }

    void leftOpen() {
        run(() -> {
            createTask(() -> {
                try {
                    ticks(100);
                } finally {
                    say("task ends");
                }
            });
            open("a", 2);
            open("b", 1);
            return "left";
        });
    }

    private void open(String name, double n) {
        AsyncGenerator<Integer> generator =
                AsyncGenerator.of(g -> {
                    try {
                        for (int i = 0; i < 10; i++) {
                            g.yield(i);
                        }
                    } finally {
                        ticks(n);
                        say(name, "closed");
                    }
                });
        kept.add(generator);
        for (int number : generator) {
            say(name, number);
            if (number == 1) {
                break;
            }
        }
    }

    @SuppressWarnings({"finally", "Finally"}) // what the program is about
    void failingShutdown() {
        run(() -> {
            AsyncGenerator<String> generator =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield("item");
                        } finally {
                            turn();
                            throw new Boom("closing");
                        }
                    });
            kept.add(generator);
            say(await(generator.anext()));
        });
    }

    void delegating() {
        run(() -> {
            AsyncGenerator<Integer> inner =
                    AsyncGenerator.of(g -> {
                        try {
                            for (int i = 0; i < 5; i++) {
                                g.yield(i);
                            }
                        } finally {
                            say("inner ends");
                        }
                    });
            AsyncGenerator<Integer> outer =
                    AsyncGenerator.of(g -> {
                        try {
                            for (int item : inner) {
                                turn();
                                g.yield(item * 10);
                            }
                        } finally {
                            await(inner.aclose());
                            say("outer ends");
                        }
                    });
            for (int item : outer) {
                say(item);
                if (item == 20) {
                    break;
                }
            }
            await(outer.aclose());
            say("closed");
        });
    }
}
