package asyncio4j.traces;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import asyncio4j.AsyncFuture;
import asyncio4j.Asyncio;
import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.ExceptionGroup;
import asyncio4j.InvalidStateException;
import asyncio4j.Runner;
import asyncio4j.SystemExit;
import asyncio4j.VirtualClock;
import asyncio4j.VoidCoroutine;
import asyncio4j.queues.QueueShutDownException;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * What the programs share: a loop whose time is virtual, and a way to say what happens. It is
 * {@code src/test/python/trace.py} in Java.
 */
abstract class Traces {

    /** What goes wrong in the programs. */
    static final class Boom extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Boom(String message) {
            super(message);
        }
    }

    private final StringBuilder printed = new StringBuilder();

    /** What the program has said so far. */
    final String printed() {
        return printed.toString();
    }

    /** Prints the time in milliseconds, and the words. */
    final void say(@Nullable Object... words) {
        String now;
        try {
            now = String.valueOf(getRunningLoop().time().toMillis());
        } catch (IllegalStateException e) {
            now = "-";
        }
        printed.append(now);
        for (Object word : words) {
            printed.append(' ').append(python(word));
        }
        printed.append('\n');
    }

    /** As Python prints it. */
    private static String python(@Nullable Object value) {
        return switch (value) {
            case null -> "None";
            case Boolean truth -> truth ? "True" : "False";
            case List<?> list ->
                    list.stream()
                            .map(each -> each instanceof String ? "'" + each + "'" : python(each))
                            .collect(Collectors.joining(", ", "[", "]"));
            default -> String.valueOf(value);
        };
    }

    /** The type and the message of an error; of a group also what is in it. */
    static String describe(@Nullable Throwable error) {
        return switch (error) {
            case null -> "None";
            case Boom boom -> "Boom(" + boom.getMessage() + ")";
            case CancelledError cancelled ->
                    "CancelledError("
                            + (cancelled.getMessage() == null ? "" : cancelled.getMessage())
                            + ")";
            case ExceptionGroup group ->
                    group.exceptions().stream()
                            .map(Traces::describe)
                            .collect(Collectors.joining(", ", "ExceptionGroup[", "]"));
            case CancellationException outside -> describe(outside.getCause());
            case QueueShutDownException _ -> "QueueShutDown";
            case TimeoutException _ -> "TimeoutError";
            case InvalidStateException _ -> "InvalidStateError";
            case IllegalStateException _ -> "RuntimeError";
            default -> error.getClass().getSimpleName();
        };
    }

    /** Lets everything that is ready have its turn. */
    static void turn() {
        await(sleep(Duration.ZERO));
    }

    /** Sleeps for so many times 10 ms. */
    static void ticks(double n) {
        await(sleep(time(n)));
    }

    /** So many times 10 ms. */
    static Duration time(double ticks) {
        return Duration.ofNanos(Math.round(ticks * 10_000_000));
    }

    /** What comes of it, in words. */
    static String outcome(Coroutine<?> coroutine) {
        try {
            return "result " + python(Asyncio.<@Nullable Object>await(coroutine::run));
        } catch (Throwable error) { // whatever it is, it is what the program says
            return describe(error);
        }
    }

    /** What comes of it, in words. */
    static String outcome(AsyncFuture<?> future) {
        return outcome(() -> await(future));
    }

    /** A runner of a new loop on a virtual clock. */
    final Runner runner() {
        return Runner.builder()
                .loopFactory(() -> {
                    EventLoop loop = Asyncio.newEventLoop(new VirtualClock());
                    loop.setExceptionHandler((_, context) -> {
                        if (!(context.exception() instanceof SystemExit)) {
                            say("handler", describe(context.exception()));
                        }
                    });
                    return loop;
                })
                .build();
    }

    /** Runs the program, and says what comes out of it. */
    final void run(VoidCoroutine main) {
        run(() -> {
            main.run();
            return null;
        });
    }

    /** Runs the program, and says what comes out of it. */
    final void run(Coroutine<?> main) {
        try (Runner runner = runner()) {
            say("result", runner.<@Nullable Object>run(main::run));
        } catch (Throwable error) { // whatever it is, it is what the program says
            say("out", describe(error));
        }
        say("end");
    }
}
