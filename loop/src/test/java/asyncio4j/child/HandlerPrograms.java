package asyncio4j.child;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.run;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.toThread;
import static asyncio4j.child.Child.say;

import asyncio4j.AsyncFuture;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.ForwardingEventLoop;
import asyncio4j.KeyboardInterrupt;
import asyncio4j.Runner;

import org.jspecify.annotations.Nullable;

import sun.misc.Signal;
import sun.misc.SignalHandler;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Programs about who deals with SIGINT: during close, after a run, between two runners, and if the
 * user does.
 */
public final class HandlerPrograms {

    private static final Duration HOUR = Duration.ofHours(1);

    private HandlerPrograms() {}

    /** Runs the program of that name. */
    public static void main(String[] args) throws Exception {
        Child.run(
                switch (args[0]) {
                    case "closeWaitsForATask" -> HandlerPrograms::closeWaitsForATask;
                    case "closeWaitsForAThread" -> HandlerPrograms::closeWaitsForAThread;
                    case "closeBlocks" -> HandlerPrograms::closeBlocks;
                    case "afterRun" -> HandlerPrograms::afterRun;
                    case "afterClose" -> HandlerPrograms::afterClose;
                    case "chainedAfterRun" -> HandlerPrograms::chainedAfterRun;
                    case "usersHandler" -> HandlerPrograms::usersHandler;
                    case "usersHandlerSetInRun" -> HandlerPrograms::usersHandlerSetInRun;
                    case "usersDefaultAction" -> HandlerPrograms::usersDefaultAction;
                    case "hearing" -> HandlerPrograms::hearing;
                    case "twoRunners" -> HandlerPrograms::twoRunners;
                    case "manyRuns" -> HandlerPrograms::manyRuns;
                    default -> throw new IllegalArgumentException(args[0]);
                });
    }

    private static void closeWaitsForATask() {
        run(() -> {
            createTask(() -> {
                try {
                    await(sleep(HOUR));
                } finally {
                    getRunningLoop().callSoon(() -> say("stuck"));
                    try {
                        await(sleep(HOUR));
                    } finally {
                        say("unwound");
                    }
                }
            });
            await(sleep(Duration.ZERO));
        });
    }

    private static void closeWaitsForAThread() throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        try (Runner runner = Runner.builder().loopFactory(SayingLoop::new).build()) {
            runner.run(() -> {
                CountDownLatch began = new CountDownLatch(1);
                createTask(() ->
                        await(
                                toThread(() -> {
                                    began.countDown();
                                    try {
                                        return new LinkedBlockingQueue<>().take();
                                    } finally {
                                        say("thread interrupted");
                                        ended.countDown();
                                    }
                                })));
                await(sleep(Duration.ZERO));
                began.await();
            });
        } finally {
            ended.await();
        }
    }

    /** Says when its shutdown has come to wait for the executor's threads. */
    private static final class SayingLoop extends ForwardingEventLoop {

        SayingLoop() {
            super(newEventLoop());
        }

        @Override
        public Coroutine<@Nullable Void> shutdownDefaultExecutor(Duration timeout) {
            return () -> {
                callSoon(() -> say("close waits"));
                return await(super.shutdownDefaultExecutor(timeout));
            };
        }
    }

    private static void closeBlocks() {
        run(() -> {
            createTask(() -> {
                try {
                    await(sleep(HOUR));
                } finally {
                    say("stuck");
                    try {
                        new LinkedBlockingQueue<>().take();
                    } finally {
                        say("interrupted");
                    }
                }
            });
            await(sleep(Duration.ZERO));
        });
    }

    private static void afterRun() {
        Child.sayAtShutdown();
        try (Runner runner = Runner.create()) {
            runner.run(() -> await(sleep(Duration.ZERO)));
            say("run has ended");
            Child.waitForTheEnd();
        }
    }

    private static void afterClose() {
        Child.sayAtShutdown();
        run(() -> await(sleep(Duration.ZERO)));
        say("closed");
        Child.waitForTheEnd();
    }

    /** A SIGINT that comes to the Runner's handler too late is the JVM's. */
    private static void chainedAfterRun() {
        Child.sayAtShutdown();
        run(Child::sayWhenHandled);
        say("closed");
        Child.waitForTheEnd();
    }

    private static void usersHandler() {
        try (EventLoop loop = newEventLoop()) {
            AsyncFuture<String> signalled = loop.createFuture();
            Signal.handle(
                    Child.INT,
                    signal -> {
                        say("user's handler");
                        if (!signalled.done()) {
                            loop.callSoonThreadsafe(
                                    () -> signalled.setResult("told by the handler"));
                        }
                    });
            try (Runner runner = Runner.builder().loopFactory(() -> loop).build()) {
                say(
                        runner.<String>run(() -> {
                            getRunningLoop().callSoon(() -> say("awaiting"));
                            return await(signalled);
                        }));
                say("closing " + Child.hear());
            }
            say("closed " + Child.hear());
        }
    }

    private static void usersHandlerSetInRun() {
        run(() -> {
            Signal.handle(Child.INT, signal -> say("user's handler"));
            say("set");
            await(toThread(Child::hear));
        });
        say("closed " + Child.hear());
    }

    /** The user wants SIGINT to end the process at once, without the JVM's way of ending. */
    private static void usersDefaultAction() {
        Child.sayAtShutdown();
        Signal.handle(Child.INT, SignalHandler.SIG_DFL);
        run(() -> {
            getRunningLoop().callSoon(() -> say("awaiting"));
            try {
                await(sleep(HOUR));
            } finally {
                say("cleaning up");
            }
        });
    }

    private static void hearing() {
        say(
                "heard "
                        + run(() -> {
                            getRunningLoop().callSoon(() -> say("awaiting"));
                            return await(toThread(Child::hear));
                        }));
    }

    /** Each on a thread of its own; the second starts once the first runs. */
    private static void twoRunners() throws InterruptedException {
        Child.sayAtShutdown();
        CountDownLatch firstRuns = new CountDownLatch(1);
        Thread first =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                run(() -> {
                                    getRunningLoop().callSoon(firstRuns::countDown);
                                    await(sleep(HOUR));
                                });
                            } catch (KeyboardInterrupt e) {
                                say("first: KeyboardInterrupt");
                            }
                        });
        firstRuns.await();
        run(() -> {
            getRunningLoop().callSoon(() -> say("both await"));
            await(toThread(() -> first.join(HOUR)));
            say("second goes on");
            await(sleep(HOUR));
        });
    }

    /** One run after the other, each until it is interrupted. */
    private static void manyRuns() {
        int interrupted = 0;
        try (Runner runner = Runner.create()) {
            while (interrupted < 5) {
                int before = interrupted;
                try {
                    runner.run(() -> {
                        getRunningLoop().callSoon(() -> say("run " + before));
                        await(sleep(HOUR));
                    });
                } catch (KeyboardInterrupt e) {
                    interrupted++;
                }
            }
        }
        say("interrupted " + interrupted);
    }
}
