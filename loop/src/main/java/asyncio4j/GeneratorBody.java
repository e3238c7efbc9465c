package asyncio4j;

import asyncio4j.internal.fiber.Fiber;
import asyncio4j.internal.fiber.Step;
import asyncio4j.internal.spi.ThreadLocals;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * A generator's body on its fiber: the step that runs it, and what it calls to yield. Baton holder
 * only.
 */
final class GeneratorBody<T extends @Nullable Object> extends Step
        implements AsyncGenerator.Yielder<T> {

    private final GeneratorState<T> state;

    private final AsyncGenerator.Body<T> body;

    /** Who asked for the first item; null once the body runs. */
    private @Nullable Task<?> task;

    GeneratorBody(GeneratorState<T> state, AsyncGenerator.Body<T> body, Task<?> task) {
        this.state = state;
        this.body = body;
        this.task = task;
    }

    @Override
    public void run() {
        Fiber self = DefaultEventLoop.currentFiber();
        ThreadLocals.Scope scope = state.begin(self, Objects.requireNonNull(task));
        task = null;
        Throwable failure = null;
        try {
            body.run(this);
        } catch (StopAsyncIteration e) {
            failure = raisedStop(e);
        } catch (Throwable e) {
            failure = e; // whoever asked gets it, the loop's own exits too
        }
        self.task(null);
        self.context(null);
        state.leave(scope);
        state.end(failure);
    }

    @Override
    public @Nullable Object yield(T value) {
        Fiber self = Fiber.current();
        if (self == null || self != state.fiber()) {
            throw notTheBody(state);
        }
        if (self.context() != state.context()) {
            throw otherContext(state);
        }
        return state.handOut(self, value);
    }

    /** What becomes of a StopAsyncIteration that a body lets out (PEP 479). */
    static IllegalStateException raisedStop(StopAsyncIteration e) {
        return new IllegalStateException(
                "async generator raised StopAsyncIteration: return instead", e);
    }

    static IllegalStateException notTheBody(GeneratorState<?> state) {
        return new IllegalStateException(
                "yield belongs to the generator's own body, not to another task or thread: "
                        + state);
    }

    static IllegalStateException otherContext(GeneratorState<?> state) {
        return new IllegalStateException(
                "yield inside Context.run: the body runs in the context of whoever asks for the"
                        + " item; leave run(...) first: "
                        + state);
    }

    @Override
    public String toString() {
        return state.toString();
    }
}
