package asyncio4j.child;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.run;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.toThread;
import static asyncio4j.child.Child.say;

import asyncio4j.AsyncFuture;
import asyncio4j.ContextVar;
import asyncio4j.EventLoop;
import asyncio4j.KeyboardInterrupt;
import asyncio4j.Runner;

import sun.misc.Signal;
import sun.misc.SignalHandler;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Programs about a loop's signal handlers. */
public final class SignalPrograms {

    private static final Duration HOUR = Duration.ofHours(1);

    private static final Signal USR1 = new Signal("USR1");

    private SignalPrograms() {}

    /** Runs the program of that name. */
    public static void main(String[] args) throws Exception {
        Child.run(
                switch (args[0]) {
                    case "waking" -> SignalPrograms::waking;
                    case "inContext" -> SignalPrograms::inContext;
                    case "failing" -> SignalPrograms::failing;
                    case "replaced" -> SignalPrograms::replaced;
                    case "removed" -> SignalPrograms::removed;
                    case "closed" -> SignalPrograms::closed;
                    case "closedInt" -> SignalPrograms::closedInt;
                    case "queuedAtClose" -> SignalPrograms::queuedAtClose;
                    case "usersInt" -> SignalPrograms::usersInt;
                    case "usersIntRemovedInRun" -> SignalPrograms::usersIntRemovedInRun;
                    case "intOutlivesARun" -> SignalPrograms::intOutlivesARun;
                    case "lastFirst" -> () -> twoLoops(1, 0);
                    case "firstFirst" -> () -> twoLoops(0, 1);
                    case "foreignOnTop" -> SignalPrograms::foreignOnTop;
                    case "foreignPutsBack" -> SignalPrograms::foreignPutsBack;
                    case "manyTimes" -> SignalPrograms::manyTimes;
                    case "refusing" -> SignalPrograms::refusing;
                    default -> throw new IllegalArgumentException(args[0]);
                });
    }

    /** A loop with nothing to do waits for the signal. */
    private static void waking() {
        try (EventLoop loop = newEventLoop()) {
            loop.addSignalHandler(
                    "SIGALRM",
                    () -> {
                        say("ALRM");
                        loop.stop();
                    });
            loop.callSoon(() -> say("waiting"));
            loop.callLater(HOUR, loop::stop);
            loop.runForever();
        }
    }

    private static void inContext() {
        ContextVar<String> var = ContextVar.withDefault("var", "unset");
        run(() -> {
            EventLoop loop = getRunningLoop();
            AsyncFuture<String> third = loop.createFuture();
            AtomicInteger calls = new AtomicInteger();
            var.set("at registration");
            loop.addSignalHandler(
                    "USR1",
                    () -> {
                        say(var.get());
                        var.set("by call " + calls.incrementAndGet());
                        if (calls.get() == 3) {
                            third.setResult("done");
                        }
                    });
            var.set("later");
            loop.callSoon(() -> say("waiting"));
            say(await(third) + ", " + var.get());
        });
    }

    private static void failing() {
        run(() -> {
            EventLoop loop = getRunningLoop();
            AsyncFuture<String> reported = loop.createFuture();
            loop.setExceptionHandler((l, context) ->
                    reported.setResult(context.message() + ", " + context.exception()));
            loop.addSignalHandler(
                    "HUP",
                    () -> {
                        throw new IllegalStateException("no good");
                    });
            loop.callSoon(() -> say("waiting"));
            say(await(reported).replaceAll("callback .*,", "callback,"));
        });
    }

    private static void replaced() {
        run(() -> {
            EventLoop loop = getRunningLoop();
            AsyncFuture<String> heard = loop.createFuture();
            loop.addSignalHandler("TERM", () -> heard.setResult("first"));
            loop.addSignalHandler("SIGTERM", () -> heard.setResult("second"));
            loop.callSoon(() -> say("waiting"));
            say(await(heard));
            say(loop.removeSignalHandler("TERM") + " " + loop.removeSignalHandler("TERM"));
        });
    }

    private static void removed() {
        Child.sayAtShutdown();
        run(() -> {
            getRunningLoop().addSignalHandler("TERM", () -> say("TERM"));
            say("removed: " + getRunningLoop().removeSignalHandler("TERM"));
            await(toThread(Child::hear));
        });
    }

    private static void closed() {
        Child.sayAtShutdown();
        run(() -> getRunningLoop().addSignalHandler("TERM", () -> say("TERM")));
        say("closed");
        Child.waitForTheEnd();
    }

    /** What was put into the Runner's place during a run; the next run has Ctrl-C again. */
    private static void closedInt() {
        run(() -> getRunningLoop().addSignalHandler("INT", () -> say("INT")));
        run(() -> {
            getRunningLoop().callSoon(() -> say("awaiting"));
            await(sleep(HOUR));
        });
    }

    /** One that came when nobody runs the loop any more. */
    private static void queuedAtClose() {
        EventLoop loop = newEventLoop();
        loop.addSignalHandler("USR1", () -> say("called"));
        SignalHandler[] previous = new SignalHandler[1];
        previous[0] =
                Signal.handle(
                        USR1,
                        signal -> {
                            previous[0].handle(signal);
                            say("handed in");
                        });
        say("idle");
        Child.hear();
        loop.close();
        say("closed");
    }

    private static void usersInt() {
        run(() -> {
            EventLoop loop = getRunningLoop();
            AsyncFuture<String> twice = loop.createFuture();
            AtomicInteger calls = new AtomicInteger();
            loop.addSignalHandler(
                    "INT",
                    () -> {
                        say("INT " + calls.incrementAndGet());
                        if (calls.get() == 3) {
                            twice.setResult("went on");
                        }
                    });
            loop.callSoon(() -> say("waiting"));
            say(await(twice));
        });
    }

    /** The Runner's own handler is back. */
    private static void usersIntRemovedInRun() {
        run(() -> {
            getRunningLoop().addSignalHandler("INT", () -> say("INT"));
            getRunningLoop().removeSignalHandler("INT");
            getRunningLoop().callSoon(() -> say("awaiting"));
            await(sleep(HOUR));
        });
    }

    /**
     * The loop's handler stays between runs and in later ones; after its removal all is as ever.
     */
    private static void intOutlivesARun() {
        try (Runner runner = Runner.create()) {
            AsyncFuture<String> heard = runner.getLoop().createFuture();
            runner.run(
                    () -> getRunningLoop().addSignalHandler("INT", () -> heard.setResult("INT")));
            say("between runs");
            say(runner.<String>run(() -> await(heard)));
            runner.getLoop().removeSignalHandler("INT");
            try {
                runner.run(() -> {
                    getRunningLoop().callSoon(() -> say("awaiting"));
                    await(sleep(HOUR));
                });
            } catch (KeyboardInterrupt e) {
                say("interrupted");
            }
        }
    }

    /** The same signal for two loops, and whose turn it is until both are out again. */
    private static void twoLoops(int first, int second) {
        EventLoop[] loops = {newEventLoop(), newEventLoop()};
        Signal.handle(USR1, signal -> say("before"));
        for (int i = 0; i < 2; i++) {
            add(loops[i], "loop " + i);
        }
        serve(loops[1], "both");
        loops[first].removeSignalHandler("USR1");
        serve(loops[second], "without " + first);
        loops[second].removeSignalHandler("USR1");
        say("without " + second);
        Child.hear();
        add(loops[0], "loop 0 again");
        add(loops[1], "loop 1 again");
        add(loops[0], "loop 0 once more");
        serve(loops[0], "added again");
        loops[0].close();
        serve(loops[1], "closed 0");
        loops[1].close();
        say("closed 1");
        Child.hear();
    }

    /** A handler that says so and stops its loop. */
    private static void add(EventLoop loop, String says) {
        loop.addSignalHandler(
                "USR1",
                () -> {
                    say(says);
                    loop.stop();
                });
    }

    /** Says that the test may send one, and runs the loop that is to get it until it has. */
    private static void serve(EventLoop loop, String when) {
        say(when);
        loop.runForever();
    }

    /** A handler that isn't ours came on top, calls the one before, and stays. */
    private static void foreignOnTop() {
        Signal.handle(USR1, signal -> say("before"));
        EventLoop loop = newEventLoop();
        add(loop, "loop");
        SignalHandler[] previous = new SignalHandler[1];
        previous[0] =
                Signal.handle(
                        USR1,
                        signal -> {
                            say("foreign");
                            previous[0].handle(signal);
                        });
        serve(loop, "on top");
        loop.close();
        say("closed");
        Child.hear();
    }

    /** Somebody puts a handler back whose loop is closed meanwhile: it passes on, to nothing. */
    private static void foreignPutsBack() {
        EventLoop loop = newEventLoop();
        loop.addSignalHandler("USR1", () -> say("loop"));
        SignalHandler previous = Signal.handle(USR1, signal -> say("foreign"));
        loop.close();
        Signal.handle(USR1, previous);
        say("put back");
        Child.waitForTheEnd();
    }

    /** Adding and removing while signals come: each reaches the loop or the one before it. */
    private static void manyTimes() {
        Signal.handle(USR1, signal -> say("heard"));
        run(() -> {
            EventLoop loop = getRunningLoop();
            boolean[] stop = new boolean[1];
            loop.addSignalHandler("HUP", () -> stop[0] = true);
            say("go");
            while (!stop[0]) {
                loop.addSignalHandler("USR1", () -> say("heard"));
                loop.addSignalHandler("USR1", () -> say("heard"));
                loop.removeSignalHandler("USR1");
                await(sleep(Duration.ZERO));
            }
        });
    }

    private static void refusing() {
        try (EventLoop loop = newEventLoop()) {
            for (String name : new String[] {"TERM", "INT", "HUP", "QUIT"}) {
                try {
                    loop.addSignalHandler(name, () -> {});
                    say(name);
                } catch (IllegalStateException e) {
                    say(e.getMessage());
                }
                say("" + loop.removeSignalHandler(name));
            }
        }
    }
}
