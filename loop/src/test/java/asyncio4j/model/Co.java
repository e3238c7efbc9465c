package asyncio4j.model;

import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A coroutine of the model, as data: what it does first, and functions that say, given how that
 * ended, what it does next. A {@link Strand} runs it, and keeps those functions on a stack.
 */
sealed interface Co {

    /** Ends. */
    record Done(Outcome outcome) implements Co {}

    /**
     * What {@code yield future} does inside of a future's {@code __await__}; null: a bare yield.
     */
    record Suspend(ModelFuture future) implements Co {}

    /** A generator's yield. */
    record Item(Object item) implements Co {}

    record Then(Co first, Function<Outcome, Co> next) implements Co {}

    record Lazy(Supplier<Co> body) implements Co {}

    Co NOTHING = value(null);

    static Co value(Object value) {
        return new Done(Outcome.of(value));
    }

    static Co lazy(Supplier<Co> body) {
        return new Lazy(body);
    }

    /** Does something that doesn't suspend. */
    static Co plain(Runnable action) {
        return lazy(() -> {
            action.run();
            return NOTHING;
        });
    }

    /** Future.__await__. */
    static Co await(ModelFuture future) {
        return lazy(() ->
                future.done()
                        ? new Done(future.outcome())
                        : new Suspend(future).then(_ -> new Done(future.outcome())));
    }

    /** Goes on however it ended. */
    default Co handle(Function<Outcome, Co> next) {
        return new Then(this, next);
    }

    /** Goes on if it ended well. */
    default Co then(Function<Object, Co> next) {
        return handle(o -> o.isFailure() ? new Done(o) : next.apply(o.value()));
    }

    /** A {@code finally} block. */
    default Co andFinally(Supplier<Co> last) {
        return handle(o -> last.get().then(_ -> new Done(o)));
    }

    /** An {@code except CancelledError} block that raises it again, or something else. */
    default Co onCancelled(Runnable action) {
        return handle(o -> {
            if (o.isCancelled()) {
                action.run();
            }
            return new Done(o);
        });
    }
}
