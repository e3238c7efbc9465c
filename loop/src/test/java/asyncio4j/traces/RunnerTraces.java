package asyncio4j.traces;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;

import asyncio4j.CancelledError;
import asyncio4j.ContextVar;
import asyncio4j.Coroutine;
import asyncio4j.Runner;
import asyncio4j.SystemExit;
import asyncio4j.VoidCoroutine;

import java.util.Objects;

/** {@code src/test/python/runner}. */
class RunnerTraces extends Traces {

    private static final ContextVar<String> VAR = ContextVar.withDefault("VAR", "default");

    void leftovers() {
        run(() -> {
            createTask(() -> ending("a", 3));
            createTask(() -> ending("b", 1));
            createTask(() -> ending("c", 2));
            ticks(1);
            createTask(() -> ending("d", 4));
            return "main";
        });
    }

    private void ending(String name, double n) {
        try {
            say(name, "begins");
            ticks(100);
        } finally {
            ticks(n);
            say(name, "ends");
        }
    }

    /** A task that says that it ends after so many ticks, and after having been cancelled. */
    private VoidCoroutine child(double n) {
        return () -> {
            try {
                ticks(100);
            } finally {
                if (n > 0) {
                    ticks(n);
                }
                say("child ends");
            }
        };
    }

    void mainFails() {
        run(() -> {
            createTask(child(0));
            ticks(1);
            throw new Boom("main");
        });
    }

    void mainCancelled() {
        run(() -> {
            getRunningLoop().callLater(time(1), Objects.requireNonNull(currentTask())::cancel);
            try {
                ticks(100);
            } finally {
                say("main ends");
            }
        });
    }

    @SuppressWarnings({"finally", "Finally"}) // what the program is about
    void errorsAtClose() {
        run(() -> {
            createTask(() -> {
                try {
                    ticks(100);
                } finally {
                    throw new Boom("child");
                }
            });
            turn();
            return "main";
        });
    }

    void stubborn() {
        run(() -> {
            createTask(() -> {
                try {
                    ticks(100);
                } catch (CancelledError error) {
                    say("swallowed");
                }
                ticks(5);
                say("ends by itself");
            });
            turn();
        });
    }

    void severalRuns() {
        try (Runner runner = runner()) {
            runner.run(() -> {
                say(VAR.get());
                VAR.set("one");
                createTask(() -> {
                    say("left, of", VAR.get());
                    ticks(1);
                    say("goes on in the next run");
                });
            });
            Coroutine<String> two =
                    () -> {
                        say(VAR.get());
                        ticks(2);
                        return "two";
                    };
            say(runner.run(two));
        }
    }

    void exitInATask() {
        run(() -> {
            createTask(child(1));
            createTask(() -> {
                ticks(1);
                say("exits");
                throw new SystemExit(3);
            });
            try {
                ticks(100);
            } finally {
                say("main ends");
            }
        });
    }

    void exitInMain() {
        run(() -> {
            createTask(child(0));
            ticks(1);
            try {
                throw new SystemExit(4);
            } finally {
                say("main ends");
            }
        });
    }

    void nestedCleanup() {
        run(() -> {
            createTask(() -> {
                try {
                    await(gather(this::deep, this::deep));
                } finally {
                    ticks(1);
                    say("shallow");
                }
            });
            ticks(1);
        });
    }

    private void deep() {
        try {
            await(
                    createTask(() -> {
                        try {
                            ticks(100);
                        } finally {
                            ticks(1);
                            say("deepest");
                        }
                    }));
        } finally {
            ticks(1);
            say("deep");
        }
    }
}
