package asyncio4j.internal.spi;

import org.jspecify.annotations.Nullable;

/** A library that goes along with the loop, found through {@link java.util.ServiceLoader}. */
public interface Companion {

    /** Called once, before the first loop is made. */
    default void loopCreated() {}

    /**
     * Whether {@code value} is something of this library's that has to be awaited to have an
     * effect.
     *
     * @param value what a coroutine returned
     * @return what to call it in a message, such as "a Mono"; null if it is nothing of that kind
     */
    default @Nullable String awaitable(Object value) {
        return null;
    }

    /** What carries the values of thread-locals along with tasks; null if this doesn't. */
    default @Nullable ThreadLocals threadLocals() {
        return null;
    }
}
