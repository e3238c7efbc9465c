package asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * {@link AsyncGenerator.Yielder#yieldAll}: one generator hands out what another gives. As Python's
 * {@code yield from} between plain generators (PEP 380).
 */
final class Delegation {

    private Delegation() {}

    /** Hands out all items of {@code inner}, and closes it if it can be closed. */
    static <T extends @Nullable Object> void run(
            AsyncGenerator.Yielder<T> outer, AsyncIterator<? extends T> inner) {
        try (AsyncCloseable _ = inner instanceof AsyncCloseable closeable ? closeable : null) {
            if (inner instanceof AsyncGenerator<? extends T> generator) {
                if (outer instanceof GeneratorBody || !generator.state().fresh()) {
                    passBothWays(outer, generator);
                } else {
                    push(outer, generator);
                }
            } else {
                for (T item : Asyncio.each(inner)) {
                    outer.yield(item);
                }
            }
        }
    }

    /** On a consumer's stack the inner body needs no fiber of its own either. */
    private static <T extends @Nullable Object> void push(
            AsyncGenerator.Yielder<? super T> outer, AsyncGenerator<T> inner) {
        inner.state().delegate(inner, outer);
    }

    private static <T extends @Nullable Object> void passBothWays(
            AsyncGenerator.Yielder<T> outer, AsyncGenerator<? extends T> inner) {
        Coroutine<? extends T> request = inner.anext();
        while (true) {
            T item;
            try {
                item = Asyncio.await(request);
            } catch (StopAsyncIteration end) {
                return;
            }
            request = answer(outer, inner, item);
        }
    }

    /** Hands out {@code item}; what comes back is for {@code inner}. */
    private static <T extends @Nullable Object> Coroutine<? extends T> answer(
            AsyncGenerator.Yielder<T> outer, AsyncGenerator<? extends T> inner, T item) {
        try {
            return inner.asend(outer.yield(item));
        } catch (GeneratorExit e) {
            throw e; // closing inner is the way to tell it that
        } catch (Throwable thrown) { // what athrow was given, whatever it is
            return inner.athrow(thrown);
        }
    }
}
