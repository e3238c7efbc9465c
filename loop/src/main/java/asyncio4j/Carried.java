package asyncio4j;

import asyncio4j.internal.spi.ThreadLocals;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;

/**
 * What tasks and callbacks have in the thread's thread-locals: it is taken along from the code that
 * makes them, if there is a companion that knows how. Without one there is nothing to pay.
 */
final class Carried {

    private static final @Nullable ThreadLocals BY = Companions.threadLocals();

    private Carried() {}

    /** The values that the calling code has now, for something that {@code loop} will run. */
    static @Nullable Object capture(DefaultEventLoop loop) {
        return BY == null ? null : BY.capture(loop.carryingFailures());
    }

    /** Gives the calling thread {@code values} until the scope is closed; null if none need be. */
    static ThreadLocals.@Nullable Scope open(DefaultEventLoop loop, @Nullable Object values) {
        return BY == null ? null : BY.open(values, loop.carryingFailures());
    }

    /** {@code work} with the values that the calling code has now, for another thread. */
    static <T extends @Nullable Object> Callable<T> along(DefaultEventLoop loop, Callable<T> work) {
        Object values = capture(loop);
        if (values == null) {
            return work;
        }
        return () -> {
            ThreadLocals.Scope scope = open(loop, values);
            try {
                return work.call();
            } finally {
                close(scope);
            }
        };
    }

    static void close(ThreadLocals.@Nullable Scope scope) {
        if (scope != null) {
            scope.close();
        }
    }
}
