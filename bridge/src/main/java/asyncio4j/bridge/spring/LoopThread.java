package asyncio4j.bridge.spring;

import asyncio4j.Asyncio;
import asyncio4j.Coroutine;
import asyncio4j.Engine;
import asyncio4j.EventLoop;
import asyncio4j.KeyboardInterrupt;
import asyncio4j.LoopOptions;
import asyncio4j.Runner;
import asyncio4j.SystemExit;
import asyncio4j.TaskOptions;
import asyncio4j.internal.bridge.BridgeAccess;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntSupplier;

/** One loop and the thread that runs it until the application stops. */
final class LoopThread {

    private static final Logger LOG = System.getLogger("asyncio4j");

    /** How often to look whether all subscribers have gone. */
    private static final Duration LOOK = Duration.ofMillis(10);

    /** What finally blocks may take at least. */
    private static final Duration CLEAN_UP = Duration.ofSeconds(2);

    /** How long an interrupted thread may take to close its loop. */
    private static final Duration LAST_CHANCE = Duration.ofSeconds(3);

    private final Runner runner;

    private final EventLoop loop;

    private final Thread thread;

    private final IntSupplier subscribers;

    /** No run of the loop is to follow. Any thread. */
    private volatile boolean stopping;

    LoopThread(String name, AsyncioLoops.Settings settings) {
        Engine engine = settings.engine();
        LoopOptions options =
                engine == null ? LoopOptions.DEFAULT : LoopOptions.DEFAULT.engine(engine);
        Runner.Builder builder =
                Runner.builder()
                        .loopFactory(() -> Asyncio.newEventLoop(options))
                        .shutdownTimeout(Duration.ZERO); // Spring deals with the end of the JVM
        Boolean debug = settings.debug();
        if (debug != null) {
            builder.debug(debug);
        }
        Duration limit = settings.watchdogLimit();
        if (limit != null) {
            builder.watchdogLimit(limit);
        }
        runner = builder.build();
        loop = runner.getLoop();
        subscribers = BridgeAccess.get().subscribers(loop);
        thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    EventLoop loop() {
        return loop;
    }

    String name() {
        return thread.getName();
    }

    /** How many wait for something of the loop from outside. Any thread. */
    int subscribers() {
        return subscribers.getAsInt();
    }

    /** Has the loop run, and returns when it does. */
    void start() {
        CountDownLatch runs = new CountDownLatch(1);
        loop.callSoon(runs::countDown);
        thread.start();
        boolean interrupted = false;
        for (; ; ) {
            try {
                runs.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!stopping) {
                runOnce();
            }
        } finally {
            close();
        }
    }

    private void runOnce() {
        try {
            loop.runForever();
        } catch (KeyboardInterrupt | SystemExit e) {
            LOG.log(
                    Level.ERROR,
                    "A task of an event loop of Spring's asked to leave the program; one request"
                            + " doesn't end an application, so the loop goes on. Call"
                            + " SpringApplication.exit(context) to end it",
                    e);
        } catch (CancellationException e) {
            stopping = true; // this thread was interrupted, by us
        }
    }

    private void close() {
        try {
            runner.close();
        } catch (KeyboardInterrupt | CancellationException e) {
            LOG.log(Level.WARNING, "An event loop was closed before all of its tasks had ended", e);
        } catch (Throwable e) {
            LOG.log(Level.ERROR, "An event loop failed while it was closed", e);
        }
    }

    /** Stops all of them at the same time, and waits until they have. */
    static void stopAll(LoopThread[] threads, Duration timeout) {
        for (LoopThread each : threads) {
            each.stop(timeout);
        }
        Duration cleanUp = timeout.compareTo(CLEAN_UP) > 0 ? timeout : CLEAN_UP;
        long deadline = System.nanoTime() + timeout.plus(cleanUp).toNanos();
        for (LoopThread each : threads) {
            each.join(Duration.ofNanos(deadline - System.nanoTime()));
        }
        for (LoopThread each : threads) {
            each.thread.interrupt(); // closes the loop at once
        }
        deadline = System.nanoTime() + LAST_CHANCE.toNanos();
        for (LoopThread each : threads) {
            if (!each.join(Duration.ofNanos(deadline - System.nanoTime()))) {
                LOG.log(
                        Level.ERROR,
                        "{0} doesn''t stop: a step of its loop goes on and on. It is left behind",
                        each.thread.getName());
            }
        }
    }

    private boolean join(Duration limit) {
        try {
            return limit.isPositive() ? thread.join(limit) : !thread.isAlive();
        } catch (InterruptedException e) {
            return false; // nobody does that
        }
    }

    /** Lets the loop go when nobody waits for it any more, or after {@code timeout}. Any thread. */
    private void stop(Duration timeout) {
        Coroutine<Object> draining =
                () -> {
                    Duration deadline = loop.time().plus(timeout);
                    while (subscribers() > 0 && loop.time().compareTo(deadline) < 0) {
                        Asyncio.await(Asyncio.sleep(LOOK));
                    }
                    stopping = true;
                    loop.stop();
                    return this;
                };
        loop.callSoonThreadsafe(
                () -> loop.createTask(draining, TaskOptions.DEFAULT.name("asyncio4j-stop")));
    }
}
