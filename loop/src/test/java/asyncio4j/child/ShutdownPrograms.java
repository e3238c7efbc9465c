package asyncio4j.child;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.run;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.toThread;
import static asyncio4j.child.Child.say;

import asyncio4j.AsyncGenerator;
import asyncio4j.CancelledError;
import asyncio4j.Runner;
import asyncio4j.SystemExit;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;

/** Programs about a JVM that is told to stop. */
public final class ShutdownPrograms {

    private static final Duration HOUR = Duration.ofHours(1);

    private ShutdownPrograms() {}

    /** Runs the program of that name. */
    public static void main(String[] args) throws Exception {
        Child.run(
                switch (args[0]) {
                    case "unwinding" -> ShutdownPrograms::unwinding;
                    case "stubborn" -> () -> stubborn(Duration.ofMillis(200));
                    case "endlesslyStubborn" -> () -> stubborn(HOUR);
                    case "blocking" -> ShutdownPrograms::blocking;
                    case "notCaring" -> ShutdownPrograms::notCaring;
                    case "exitInTask" -> () -> run(() -> System.exit(3));
                    case "exitInCallback" -> ShutdownPrograms::exitInCallback;
                    case "exitInCleanUp" -> ShutdownPrograms::exitInCleanUp;
                    case "exitAfterRun" -> ShutdownPrograms::exitAfterRun;
                    case "exitOnAnotherThread" -> ShutdownPrograms::exitOnAnotherThread;
                    case "exitInExecutor" -> ShutdownPrograms::exitInExecutor;
                    case "systemExit" -> ShutdownPrograms::systemExit;
                    case "twoRunners" -> ShutdownPrograms::twoRunners;
                    case "betweenRuns" -> ShutdownPrograms::betweenRuns;
                    case "closing" -> ShutdownPrograms::closing;
                    case "inAHook" -> ShutdownPrograms::inAHook;
                    case "mainGenerator" -> ShutdownPrograms::mainGenerator;
                    case "forgotten" -> ShutdownPrograms::forgotten;
                    default -> throw new IllegalArgumentException(args[0]);
                });
    }

    private static void awaiting() {
        getRunningLoop().callSoon(() -> say("awaiting"));
        await(sleep(HOUR));
    }

    private static void unwinding() {
        AsyncGenerator<Integer> numbers =
                AsyncGenerator.of(g -> {
                    try {
                        g.yield(1);
                    } finally {
                        await(sleep(Duration.ofMillis(1)));
                        say("generator closed");
                    }
                });
        try (Runner runner = Runner.create()) {
            runner.run(() -> {
                await(numbers.anext());
                createTask(() -> {
                    try {
                        await(sleep(HOUR));
                    } finally {
                        await(sleep(Duration.ofMillis(1)));
                        say("other task unwound");
                    }
                });
                try {
                    awaiting();
                } finally {
                    await(sleep(Duration.ofMillis(1)));
                    say("main unwound");
                }
            });
        } catch (CancellationException e) {
            say("cancelled: " + e.getMessage());
        }
    }

    private static void stubborn(Duration limit) {
        try (Runner runner = Runner.builder().shutdownTimeout(limit).build()) {
            runner.run(() -> {
                while (true) {
                    try {
                        awaiting();
                    } catch (CancelledError e) {
                        say("swallowed");
                    }
                }
            });
        }
    }

    private static void blocking() {
        try (Runner runner = Runner.builder().shutdownTimeout(Duration.ofMillis(200)).build()) {
            runner.run(() -> {
                createTask(() -> await(sleep(HOUR)));
                await(sleep(Duration.ZERO));
                say("awaiting");
                new CountDownLatch(1).await();
            });
        }
    }

    private static void notCaring() {
        try (Runner runner = Runner.builder().shutdownTimeout(Duration.ZERO).build()) {
            runner.run(() -> {
                try {
                    awaiting();
                } finally {
                    say("unwound");
                }
            });
        }
    }

    private static void exitInCallback() {
        run(() -> {
            getRunningLoop().callSoon(() -> System.exit(3));
            awaiting();
        });
    }

    /** The JVM is told to stop already when the task calls exit. */
    private static void exitInCleanUp() {
        run(() -> {
            try {
                awaiting();
            } finally {
                say("exiting");
                System.exit(5);
            }
        });
    }

    /** The runner's own thread calls exit once the run is over, and so never closes it. */
    private static void exitAfterRun() {
        try (Runner runner = Runner.create()) {
            try {
                runner.run(ShutdownPrograms::awaiting);
            } catch (CancellationException e) {
                say("exiting");
                System.exit(5);
            }
        }
    }

    private static void exitOnAnotherThread() {
        run(() -> {
            getRunningLoop().callSoon(() -> Thread.ofPlatform().start(() -> System.exit(3)));
            try {
                await(sleep(HOUR));
            } finally {
                await(sleep(Duration.ofMillis(1)));
                say("unwound");
            }
        });
    }

    private static void exitInExecutor() {
        run(() -> {
            try {
                await(
                        toThread(() -> {
                            System.exit(3);
                            return "never";
                        }));
            } finally {
                await(sleep(Duration.ofMillis(1)));
                say("unwound");
            }
        });
    }

    private static void systemExit() {
        try {
            run(() -> {
                throw new SystemExit(7);
            });
        } catch (SystemExit e) {
            say("status " + e.status());
            System.exit(e.status());
        }
    }

    /** Each cleans up only once the other does. */
    private static void twoRunners() throws InterruptedException {
        CountDownLatch both = new CountDownLatch(2);
        CountDownLatch unwinding = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            Thread.ofPlatform()
                    .start(() ->
                            run(() -> {
                                getRunningLoop().callSoon(both::countDown);
                                try {
                                    await(sleep(HOUR));
                                } finally {
                                    unwinding.countDown();
                                    await(
                                            toThread(() -> {
                                                unwinding.await();
                                                return "both";
                                            }));
                                    say("unwound");
                                }
                            }));
        }
        both.await();
        say("awaiting");
        Child.waitForTheEnd();
    }

    private static void betweenRuns() {
        try (Runner runner = Runner.create()) {
            runner.run(() -> {
                createTask(() -> await(sleep(HOUR)));
            });
            say("between");
            Child.waitForTheEnd();
        }
    }

    /** Told to stop when the runner is being closed already. */
    private static void closing() {
        run(() -> {
            createTask(() -> {
                try {
                    await(sleep(HOUR));
                } finally {
                    say("awaiting");
                    await(toThread(Child::hear));
                    await(sleep(Duration.ofMillis(1)));
                    say("unwound");
                }
            });
            await(sleep(Duration.ZERO));
        });
        say("closed");
    }

    /** A program that uses a loop for its own clean-up when the JVM shuts down. */
    private static void inAHook() {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() ->
                                say(
                                        run(() -> {
                                            await(sleep(Duration.ofMillis(1)));
                                            return "cleaned up";
                                        }))));
        say("awaiting");
        Child.waitForTheEnd();
    }

    /** Its thread has ended without closing it, and the JVM ends on its own. */
    private static void forgotten() {
        Runner runner = Runner.create();
        runner.run(() -> await(sleep(Duration.ZERO)));
    }

    private static void mainGenerator() {
        try (Runner runner = Runner.create()) {
            runner.runForever(g -> {
                getRunningLoop().callSoon(() -> say("awaiting"));
                try {
                    g.yield("ready");
                } finally {
                    await(sleep(Duration.ofMillis(1)));
                    say("stopped");
                }
            });
            say("returned");
        }
    }
}
