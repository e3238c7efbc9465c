package asyncio4j.child;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.run;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.toThread;
import static asyncio4j.child.Child.say;

import asyncio4j.AsyncFuture;
import asyncio4j.CancelledError;
import asyncio4j.KeyboardInterrupt;
import asyncio4j.VoidCoroutine;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;

/** Programs that get SIGINT while they are in {@code run}. */
public final class RunPrograms {

    private static final Duration HOUR = Duration.ofHours(1);

    private RunPrograms() {}

    /** Runs the program of that name. */
    public static void main(String[] args) throws Exception {
        Child.run(
                switch (args[0]) {
                    case "awaiting" -> RunPrograms::awaiting;
                    case "awaitingAFuture" -> RunPrograms::awaitingAFuture;
                    case "spinning" -> RunPrograms::spinning;
                    case "swallowing" -> RunPrograms::swallowing;
                    case "swallowingAndGoingOn" -> RunPrograms::swallowingAndGoingOn;
                    case "failing" -> RunPrograms::failing;
                    case "cancelled" -> RunPrograms::cancelled;
                    case "looping" -> RunPrograms::looping;
                    case "taking" -> RunPrograms::taking;
                    case "sleeping" -> RunPrograms::sleeping;
                    case "anotherTaskBlocks" -> RunPrograms::anotherTaskBlocks;
                    case "executorBlocks" -> RunPrograms::executorBlocks;
                    case "lastStep" -> RunPrograms::lastStep;
                    case "virtualThread" -> RunPrograms::virtualThread;
                    default -> throw new IllegalArgumentException(args[0]);
                });
    }

    /** Says {@code line} once the calling task is suspended. */
    private static void sayOnceSuspended(String line) {
        getRunningLoop().callSoon(() -> say(line));
    }

    private static void awaiting() {
        run(() -> {
            sayOnceSuspended("awaiting");
            try {
                await(sleep(HOUR));
            } finally {
                say("cleaning up");
                await(sleep(Duration.ofMillis(1)));
                say("clean");
            }
        });
    }

    private static void awaitingAFuture() {
        AsyncFuture<?>[] awaited = new AsyncFuture<?>[1];
        try {
            run(() -> {
                awaited[0] = getRunningLoop().createFuture();
                sayOnceSuspended("awaiting");
                await(awaited[0]);
            });
        } finally {
            say("future cancelled: " + awaited[0].cancelled());
        }
    }

    private static void spinning() {
        VoidCoroutine main =
                () -> {
                    sayOnceSuspended("spinning");
                    while (true) {
                        await(sleep(Duration.ZERO));
                    }
                };
        run(main);
    }

    private static void swallowing() {
        say(
                "result "
                        + run(() -> {
                            sayOnceSuspended("awaiting");
                            try {
                                await(sleep(HOUR));
                                return "slept";
                            } catch (CancelledError e) {
                                return "swallowed";
                            }
                        }));
    }

    private static void swallowingAndGoingOn() {
        run(() -> {
            for (int i = 1; i <= 2; i++) {
                sayOnceSuspended("awaiting " + i);
                try {
                    await(sleep(HOUR));
                } catch (CancelledError e) {
                    say("swallowed " + i + " of " + currentTask().cancelling());
                }
            }
        });
    }

    private static void failing() {
        try {
            run(() -> {
                sayOnceSuspended("awaiting");
                try {
                    await(sleep(HOUR));
                } finally {
                    fail();
                }
            });
        } catch (IllegalStateException e) {
            say("failed: " + e.getMessage());
        }
    }

    private static void fail() {
        throw new IllegalStateException("clean-up");
    }

    /** Somebody else wanted the task cancelled before: what comes out is that. */
    private static void cancelled() {
        try {
            run(() -> {
                currentTask().cancel("by itself");
                try {
                    await(sleep(HOUR));
                } finally {
                    sayOnceSuspended("cleaning up");
                    await(sleep(HOUR));
                }
            });
        } catch (CancellationException e) {
            say("cancelled");
        }
    }

    private static void looping() {
        try {
            run(() -> {
                Child.sayWhenHandled();
                say("looping");
                while (!Thread.interrupted()) {
                    Thread.onSpinWait();
                }
                say("loop interrupted");
                await(sleep(HOUR));
                say("went on");
            });
        } finally {
            say("run has ended");
        }
    }

    private static void taking() {
        blocking(() -> new LinkedBlockingQueue<>().take());
    }

    private static void sleeping() {
        blocking(() -> Thread.sleep(HOUR));
    }

    private static void blocking(Child.Body call) {
        try {
            run(() -> {
                Child.sayWhenHandled();
                say("blocking");
                call.run();
            });
        } catch (KeyboardInterrupt e) {
            for (Throwable mains : e.getSuppressed()) {
                say("with " + mains.getClass().getSimpleName());
            }
            throw e;
        }
    }

    private static void anotherTaskBlocks() {
        run(() -> {
            createTask(() -> {
                Child.sayWhenHandled();
                say("blocking");
                try {
                    new LinkedBlockingQueue<>().take();
                } catch (InterruptedException e) {
                    say("interrupted");
                }
                await(sleep(Duration.ZERO));
                say("went on");
            });
            try {
                await(sleep(HOUR));
            } finally {
                say("main cancelled, flag " + Thread.currentThread().isInterrupted());
            }
        });
    }

    private static void executorBlocks() {
        run(() -> {
            try {
                await(
                        toThread(() -> {
                            say("blocking");
                            try {
                                return new LinkedBlockingQueue<>().take();
                            } catch (InterruptedException e) {
                                say("interrupted");
                                throw e;
                            }
                        }));
            } finally {
                say("main cancelled");
            }
        });
    }

    /** There is no await any more at which the cancellation could be delivered. */
    private static void lastStep() {
        run(() -> {
            Child.sayWhenHandled();
            say("last step");
            Child.hear();
            return "result";
        });
    }

    private static void virtualThread() throws Exception {
        Throwable[] error = new Throwable[1];
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        awaiting();
                    } catch (KeyboardInterrupt e) {
                        error[0] = e;
                    }
                })
                .join();
        if (error[0] instanceof KeyboardInterrupt interrupt) {
            throw interrupt;
        }
    }
}
