package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Makes items one by one, and may await between them. What {@code async def} with {@code yield}
 * makes in Python.
 *
 * {@snippet :
 * AsyncGenerator<Integer> countdown = AsyncGenerator.of(g -> {
 *     for (int i = 3; i > 0; i--) {
 *         await(sleep(Duration.ofMillis(1)));
 *         g.yield(i);
 *     }
 * });
 * try (countdown) {
 *     for (int i : countdown) {
 *         System.out.println(i);
 *     }
 * }
 * }
 *
 * <p>The body runs when an item is asked for, in the task that asks and in its context, up to the
 * next {@code yield}. It is for one task at a time, and for one loop.
 *
 * <p>A generator that was begun and isn't at its end has to be closed, best by try-with-resources,
 * so that its {@code finally} blocks run where and when they should. One that nobody can reach any
 * more is closed by the loop in a task of its own once the garbage collector has found it, and is
 * reported to the exception handler as forgotten; {@link Runner#close} closes those that are left.
 * A body that refers to its own generator is never found before that.
 *
 * @param <T> the type of the items
 */
public final class AsyncGenerator<T extends @Nullable Object>
        implements AsyncCloseable, Iterable<T>, AsyncIterator<T> {

    /**
     * The body of a generator.
     *
     * @param <T> the type of the items
     */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object> {

        /**
         * Makes the items.
         *
         * @param generator where to hand them out
         * @throws Exception what the body throws; whoever asked for the item gets it as it is
         */
        void run(Yielder<T> generator) throws Exception;
    }

    /**
     * What a generator's body hands its items to.
     *
     * @param <T> the type of the items
     */
    public interface Yielder<T extends @Nullable Object> {

        /**
         * Hands out an item, and waits until the next is asked for.
         *
         * @param item the item
         * @return what {@link AsyncGenerator#asend} sent; null for {@link AsyncGenerator#anext}
         * @throws GeneratorExit if the generator is closed; what {@link AsyncGenerator#athrow} was
         *     given
         * @throws IllegalStateException anywhere but in the body itself, and inside {@link
         *     Context#run}: the body runs in the context of whoever asks for the item
         */
        @SuppressWarnings("NamedLikeContextualKeyword") // it is always called as g.yield(item)
        @Nullable Object yield(T item);

        /**
         * Hands out all items of {@code other}, as if they were this generator's own: what is sent
         * to this one, or thrown into it, goes on to {@code other}, and {@code other} is closed
         * when this one is, and however else this is left. An {@link AsyncIterator} that is no
         * generator gets nothing sent, and is closed if it is {@link AsyncCloseable}. Nobody else
         * may ask {@code other} meanwhile. Python has that as {@code yield from}, but not for async
         * generators.
         *
         * {@snippet :
         * AsyncGenerator<Integer> twice = AsyncGenerator.of(g -> {
         *     for (int i = 0; i < 2; i++) {
         *         g.yieldAll(AsyncGenerator.of(inner -> inner.yield(1)));
         *     }
         * });
         * }
         *
         * @param other whose items to hand out, up to its end
         * @throws GeneratorExit if the generator is closed; what {@code other} throws
         */
        default void yieldAll(AsyncIterable<? extends T> other) {
            Delegation.run(
                    this,
                    Objects.requireNonNull(other, "yieldAll: there is nothing to yield from: null")
                            .aiter());
        }
    }

    /** All that the body shares with this; it doesn't hold this, so that this can be forgotten. */
    private final GeneratorState<T> state;

    AsyncGenerator(GeneratorState<T> state) {
        this.state = state;
    }

    GeneratorState<T> state() {
        return state;
    }

    /**
     * A generator; its body begins when the first item is asked for.
     *
     * @param body the body
     * @param <T> the type of the items
     * @return a new generator
     */
    public static <T extends @Nullable Object> AsyncGenerator<T> of(Body<T> body) {
        return new AsyncGenerator<>(
                new GeneratorState<>(Objects.requireNonNull(body, "a generator's body is null")));
    }

    /**
     * Asks for the next item. Python's {@code __anext__}.
     *
     * @return a coroutine of the item; it throws {@link StopAsyncIteration} at the end
     */
    @Override
    @CheckReturnValue
    public Coroutine<T> anext() {
        return Unawaited.track("anext", () -> state.advance(this, "anext()", null));
    }

    /**
     * Asks for the next item, and has the body's {@code yield} return {@code value}.
     *
     * @param value what to send; null before the first item
     * @return a coroutine of the item; it throws {@link StopAsyncIteration} at the end
     */
    @CheckReturnValue
    public Coroutine<T> asend(@Nullable Object value) {
        return Unawaited.track("asend", () -> state.send(this, value));
    }

    /**
     * Asks for the next item, and has the body's {@code yield} throw {@code error}.
     *
     * @param error what to throw
     * @return a coroutine of the item; it throws what the body lets out, and {@link
     *     StopAsyncIteration} if that ends without. Of a generator that has ended before, a
     *     coroutine of null, as in Python
     */
    @CheckReturnValue
    public Coroutine<T> athrow(Throwable error) {
        Objects.requireNonNull(error, "athrow: the error is null");
        return Unawaited.track("athrow", () -> state.raise(this, error));
    }

    /**
     * Has the body's {@code yield} throw {@link GeneratorExit}, so that its {@code finally} blocks
     * run, awaits in them too. Does nothing if it has ended; one that hasn't begun never will.
     *
     * @return a coroutine that ends when the body has; it throws what the body throws, and {@link
     *     IllegalStateException} if that yields again
     */
    @Override
    @CheckReturnValue
    public Coroutine<@Nullable Void> aclose() {
        return Unawaited.track("aclose", Coroutine.of(() -> state.close(this)));
    }

    /**
     * The items one by one, for a {@code for} loop in a task; leaving the loop early doesn't close
     * the generator.
     *
     * @return an iterator over what is still to come
     */
    @Override
    public Iterator<T> iterator() {
        return new PulledItems<>(() -> state.advance(this, "iterator()", null));
    }

    /**
     * Calls {@code consumer} with each item that is still to come, in the order in which a {@code
     * for} loop does. If the generator hasn't begun, its body runs on the caller's stack, and
     * {@code yield} is a call of the consumer: the cheapest way to go through a generator, as
     * nothing is switched to.
     *
     * {@snippet :
     * AsyncGenerator<Integer> numbers = AsyncGenerator.of(g -> {
     *     for (int i = 0; i < 3; i++) {
     *         g.yield(i);
     *     }
     * });
     * numbers.forEach(i -> await(sleep(Duration.ofMillis(i))));
     * }
     *
     * <p>What the consumer throws comes out, after the generator was closed as by {@link #aclose};
     * an error of the body's in that is added to it as suppressed. The consumer may await. The
     * generator counts as running until this returns: anext, aclose and the like fail meanwhile,
     * also when the consumer calls them.
     *
     * @param consumer what to do with an item
     * @throws IllegalStateException outside of a task, or if somebody else is asking for an item;
     *     otherwise what the body and the consumer throw
     */
    @Override
    public void forEach(Consumer<? super T> consumer) {
        state.forEach(this, Objects.requireNonNull(consumer, "forEach: the consumer is null"));
    }

    @Override
    public String toString() {
        return state.toString();
    }
}
