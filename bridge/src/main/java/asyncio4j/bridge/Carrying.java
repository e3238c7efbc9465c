package asyncio4j.bridge;

import asyncio4j.EventLoop;
import asyncio4j.internal.access.LoopAccess;
import asyncio4j.internal.bridge.ContextValues;
import asyncio4j.internal.bridge.Propagation;
import asyncio4j.internal.spi.ThreadLocals;

import org.jspecify.annotations.Nullable;

import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The thread-locals that context-propagation knows, on their way through pipelines: from the code
 * that subscribes into the Reactor Context, and from there into what runs for a subscriber. Without
 * the library all values are null, and there is nothing to pay.
 */
final class Carrying {

    private static final LoopAccess ACCESS = LoopAccess.get();

    private static final @Nullable ContextValues BY = Propagation.VALUES;

    /**
     * The key of an entry that stands in each Context that was made from a task's thread-locals:
     * those that aren't in it had no value there.
     */
    private static final Object COMPLETE =
            new Object() {
                @Override
                public String toString() {
                    return "asyncio4j.thread-locals";
                }
            };

    private Carrying() {}

    /** What the calling code has; {@code loop} runs it, or null for none. */
    static @Nullable Object capture(@Nullable EventLoop loop) {
        if (BY == null) {
            return null;
        }
        return BY.capture(loop == null ? Carrying::log : ACCESS.carryingFailures(loop));
    }

    private static void log(String message, Throwable error) {
        System.getLogger("asyncio4j").log(System.Logger.Level.ERROR, message, error);
    }

    /**
     * What something that {@code loop} runs for a subscriber begins with: what its Context has, and
     * else what the calling code has.
     */
    static @Nullable Object capture(EventLoop loop, ContextView subscriber) {
        return BY == null
                ? null
                : BY.capture(
                        subscriber, subscriber.hasKey(COMPLETE), ACCESS.carryingFailures(loop));
    }

    /** Runs something that {@code loop} would run, with {@code values} in the thread-locals. */
    static void run(EventLoop loop, @Nullable Object values, Runnable body) {
        ThreadLocals.Scope scope =
                BY == null || values == null
                        ? null
                        : BY.open(values, ACCESS.carryingFailures(loop));
        try {
            body.run();
        } finally {
            if (scope != null) {
                scope.close();
            }
        }
    }

    /**
     * {@code context} with the values, in place of those that it has under their keys, but for
     * those of bound context variables.
     */
    static Context write(Object values, Context context) {
        return BY == null
                ? context
                : BY.write(
                                values,
                                context,
                                key -> ReactorContext.isBound(key) && context.hasKey(key))
                        .put(COMPLETE, true);
    }
}
