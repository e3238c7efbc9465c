package asyncio4j;

import asyncio4j.internal.fiber.Fiber;

import org.jspecify.annotations.Nullable;

import java.util.function.Function;

/**
 * A generator's body on its consumer's own stack, where {@code yield} is a call of the consumer:
 * nothing is switched to. What a body does that has a fiber of its own ({@link GeneratorBody}), in
 * the same order. Baton holder only.
 *
 * <p>A body can't be left suspended here. So when the consumer throws, the body is closed, as
 * {@code aclose} does it, and what the consumer threw goes on afterwards.
 */
final class PushedBody<T extends @Nullable Object> implements AsyncGenerator.Yielder<T> {

    private final GeneratorState<T> state;

    private final Fiber fiber;

    /** Takes an item, and says what {@code yield} returns. */
    private final Function<T, @Nullable Object> consumer;

    /** The body may catch what the consumer throws, and go on: as if athrow were called. */
    private final boolean delegated;

    /** The consumer is at work, or the body has ended. */
    private boolean busy;

    /** What the consumer threw, for which the body is closed. */
    private @Nullable Throwable thrown;

    /** What tells the body to end. */
    private @Nullable GeneratorExit exit;

    PushedBody(
            GeneratorState<T> state,
            Fiber fiber,
            Function<T, @Nullable Object> consumer,
            boolean delegated) {
        this.state = state;
        this.fiber = fiber;
        this.consumer = consumer;
        this.delegated = delegated;
    }

    /** Runs the body to its end. */
    void run(AsyncGenerator.Body<T> body) {
        boolean dying = fiber.dying();
        Throwable failure = null;
        try {
            body.run(this);
        } catch (StopAsyncIteration e) {
            failure = GeneratorBody.raisedStop(e);
        } catch (Throwable e) {
            failure = e;
        }
        busy = true;
        state.end(null);
        if (thrown != null) {
            throw Sneaky.raise(closed(thrown, failure));
        }
        if (fiber.dying() && !dying && (failure == null || failure instanceof GeneratorExit)) {
            throw new GeneratorExit(); // the loop was closed while the body awaited
        }
        if (failure != null) {
            throw Sneaky.raise(failure);
        }
    }

    /** What goes on when the body, told to end, has ended with {@code failure} or without. */
    private Throwable closed(Throwable first, @Nullable Throwable failure) {
        Throwable second = failure == exit && exit != null ? hidden(first, exit) : failure;
        if (second != null && second != first) {
            first.addSuppressed(second);
        }
        return first;
    }

    /** What is hidden in the exit, unless that is what goes on itself. */
    private static @Nullable Throwable hidden(Throwable first, GeneratorExit exit) {
        return first == exit ? null : GeneratorState.suppressed(exit);
    }

    @Override
    public @Nullable Object yield(T item) {
        if (busy || Fiber.current() != fiber) {
            throw GeneratorBody.notTheBody(state);
        }
        if (!delegated && fiber.context() != state.context()) {
            throw GeneratorBody.otherContext(state);
        }
        if (exit != null) {
            throw new IllegalStateException(GeneratorState.IGNORED_EXIT);
        }
        if (fiber.dying()) {
            DefaultEventLoop.of(fiber).core().engine().suspend(fiber); // ends it if it goes on so
            throw new GeneratorExit();
        }
        busy = true;
        try {
            return consumer.apply(item);
        } catch (Throwable e) {
            if (delegated && !(e instanceof GeneratorExit)) {
                throw e;
            }
            thrown = e;
            exit = delegated ? (GeneratorExit) e : new GeneratorExit("the generator was closed");
            throw exit;
        } finally {
            busy = false;
        }
    }

    @Override
    public String toString() {
        return state.toString();
    }
}
