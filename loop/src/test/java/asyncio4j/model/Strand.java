package asyncio4j.model;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;

/** A coroutine that is being run, or an async generator's body: what Python calls a frame. */
final class Strand {

    /** Why a strand stopped. */
    sealed interface Signal {}

    /** Its end. */
    record Ended(Outcome outcome) implements Signal {}

    /** It waits for a future, or, if that is null, for its next turn. */
    record Waits(ModelFuture future) implements Signal {}

    /** A generator has an item. */
    record Yields(Object item) implements Signal {}

    private final Deque<Function<Outcome, Co>> frames = new ArrayDeque<>();

    /** The whole; null once it has begun. */
    private Co start;

    private boolean ended;

    Strand(Co start) {
        this.start = start;
    }

    boolean begun() {
        return start == null;
    }

    boolean ended() {
        return ended;
    }

    /** send() or throw(). */
    Signal resume(Outcome in) {
        Co co = begun() || in.isFailure() ? new Co.Done(in) : start;
        start = null;
        while (true) {
            try {
                switch (co) {
                    case Co.Done done -> {
                        if (frames.isEmpty()) {
                            ended = true;
                            return new Ended(done.outcome());
                        }
                        co = frames.pop().apply(done.outcome());
                    }
                    case Co.Then then -> {
                        frames.push(then.next());
                        co = then.first();
                    }
                    case Co.Lazy lazy -> co = lazy.body().get();
                    case Co.Suspend suspend -> {
                        return new Waits(suspend.future());
                    }
                    case Co.Item item -> {
                        return new Yields(item.item());
                    }
                }
            } catch (ModelError error) {
                co = new Co.Done(Outcome.failed(error));
            }
        }
    }
}
