package asyncio4j;

import asyncio4j.internal.fiber.Fiber;
import asyncio4j.internal.fiber.FiberEngine;
import asyncio4j.internal.fiber.Step;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes items one by one, and may await between them. What {@code async def} with {@code yield} makes in Python.
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
 *         sum += i;
 *     }
 * }
 * }
 *
 * <p>The body runs when an item is asked for, in the task that asks and in its context, up to the next {@code yield}. A
 * generator that was begun and isn't at its end has to be closed, best by try-with-resources; {@link Runner#close}
 * closes those that were forgotten. It is for one task at a time, and for one loop.
 *
 * @param <T> the type of the items
 */
public final class AsyncGenerator<T extends @Nullable Object> implements AutoCloseable, Iterable<T> {

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
         * @throws GeneratorExit if the generator is closed; what {@link AsyncGenerator#athrow} was given
         */
        @Nullable Object yield(T item);
    }

    // The baton holder, all of it: the consumer and the body are never at work at the same time.

    /** Null once it has begun. */
    private @Nullable Body<T> body;

    private @Nullable DefaultEventLoop loop;

    /** The fiber of the body, from its begin to its end. */
    private @Nullable Fiber fiber;

    /** An anext, asend, athrow or aclose is under way. */
    private boolean running;

    /** aclose was called. */
    private boolean closed;

    /** The body has ended, or never will begin. */
    private boolean ended;

    private @Nullable Object sent;

    private @Nullable Throwable thrown;

    private @Nullable T item;

    private @Nullable Throwable failure;

    private AsyncGenerator(Body<T> body) {
        this.body = body;
    }

    /**
     * A generator; its body begins when the first item is asked for.
     *
     * @param body the body
     * @param <T> the type of the items
     * @return a new generator
     */
    public static <T extends @Nullable Object> AsyncGenerator<T> of(Body<T> body) {
        return new AsyncGenerator<>(Objects.requireNonNull(body, "a generator's body is null"));
    }

    /**
     * Asks for the next item. Python's {@code __anext__}.
     *
     * @return a coroutine of the item; it throws {@link StopAsyncIteration} at the end
     */
    public Coroutine<T> anext() {
        return () -> advance("anext()", null, null);
    }

    /**
     * Asks for the next item, and has the body's {@code yield} return {@code value}.
     *
     * @param value what to send; null before the first item
     * @return a coroutine of the item; it throws {@link StopAsyncIteration} at the end
     */
    public Coroutine<T> asend(@Nullable Object value) {
        return () -> {
            if (value != null && body != null && !ended) {
                throw new IllegalArgumentException(
                        "can't send a value to a generator that hasn't begun: asend(null) or anext() first");
            }
            return advance("asend()", value, null);
        };
    }

    /**
     * Asks for the next item, and has the body's {@code yield} throw {@code error}.
     *
     * @param error what to throw
     * @return a coroutine of the item; it throws what the body lets out
     */
    public Coroutine<T> athrow(Throwable error) {
        Objects.requireNonNull(error, "athrow: the error is null");
        return () -> advance("athrow()", null, error);
    }

    /**
     * Has the body's {@code yield} throw {@link GeneratorExit}, so that its {@code finally} blocks run, awaits in them
     * too. Does nothing if it has ended; one that hasn't begun never will.
     *
     * @return a coroutine that ends when the body has; it throws what the body throws, and {@link
     *     IllegalStateException} if that yields again
     */
    public Coroutine<@Nullable Void> aclose() {
        return () -> {
            checkNotRunning("aclose()");
            if (!closed && !ended) {
                closed = true;
                exit();
            }
            return null;
        };
    }

    private void exit() {
        GeneratorExit exit = new GeneratorExit("the generator was closed");
        try {
            transfer("aclose()", null, exit);
        } catch (StopAsyncIteration | GeneratorExit e) {
            if (DefaultEventLoop.currentFiber().dying()) {
                throw e;
            }
            return;
        }
        throw new IllegalStateException("async generator ignored GeneratorExit: don't yield while it is being closed");
    }

    /** {@link #aclose}, awaited. */
    @Override
    public void close() {
        Asyncio.await(aclose());
    }

    /**
     * The items one by one, for a {@code for} loop in a task; leaving the loop early doesn't close the generator.
     *
     * @return an iterator over what is still to come
     */
    @Override
    public Iterator<T> iterator() {
        return new Items();
    }

    private T advance(String what, @Nullable Object value, @Nullable Throwable error) {
        checkNotRunning(what);
        if (closed || ended) {
            throw new StopAsyncIteration();
        }
        return transfer(what, value, error);
    }

    private void checkNotRunning(String what) {
        if (running) {
            throw new IllegalStateException(
                    what + ": asynchronous generator is already running: it is for one task at a time");
        }
    }

    /** Has the body run up to its next yield or its end. */
    @SuppressWarnings("NullAway") // a null item is one that the body yielded
    private T transfer(String what, @Nullable Object value, @Nullable Throwable error) {
        Task<?> task = Asyncio.requireTask(what);
        bind(task.loop());
        Fiber self = DefaultEventLoop.currentFiber();
        FiberEngine engine = task.loop().core().engine();
        Body<T> begin = body;
        sent = value;
        thrown = error;
        running = true;
        try {
            if (begin != null) {
                body = null;
                if (error != null) {
                    ended = true; // thrown before its first line
                    throw Sneaky.raise(error);
                }
                task.loop().generators().add(this);
                engine.enter(self, new BodyStep(begin, task, self.context()));
            } else {
                Fiber own = Objects.requireNonNull(fiber);
                own.task(task);
                own.context(self.context());
                engine.resume(self, own);
            }
        } finally {
            running = false;
        }
        if (self.dying()) {
            throw new GeneratorExit();
        }
        if (!ended) {
            T next = item;
            item = null;
            return next;
        }
        Throwable end = failure;
        failure = null;
        if (end != null) {
            AwaitSite.add(end, task);
            throw Sneaky.raise(end);
        }
        throw new StopAsyncIteration();
    }

    private void bind(DefaultEventLoop running) {
        if (loop == null) {
            loop = running;
        } else if (loop != running) {
            throw new IllegalStateException(this + " belongs to " + loop + ", not to " + running);
        }
    }

    /** The loop is gone: the fiber that is suspended at a yield, if there is one, has to end. */
    @Nullable Fiber abandon() {
        return ended || running ? null : fiber;
    }

    private final class BodyStep extends Step implements Yielder<T> {

        private final Body<T> begin;

        private final Task<?> task;

        private final @Nullable Object context;

        BodyStep(Body<T> begin, Task<?> task, @Nullable Object context) {
            this.begin = begin;
            this.task = task;
            this.context = context;
        }

        @Override
        public void run() {
            Fiber self = DefaultEventLoop.currentFiber();
            fiber = self;
            self.task(task);
            self.context(context);
            try {
                begin.run(this);
            } catch (StopAsyncIteration e) {
                failure = new IllegalStateException("async generator raised StopAsyncIteration: return instead", e);
            } catch (Throwable e) {
                failure = e; // whoever asked gets it, the loop's own exits too
            }
            ended = true;
            fiber = null;
            self.task(null);
            self.context(null);
            if (loop != null) {
                loop.generators().remove(AsyncGenerator.this);
            }
        }

        @Override
        public @Nullable Object yield(T value) {
            Fiber self = Fiber.current();
            if (self == null || self != fiber) {
                throw new IllegalStateException("yield belongs to the generator's own body, not to "
                        + "another task or thread: " + AsyncGenerator.this);
            }
            if (self.dying()) {
                throw new GeneratorExit();
            }
            item = value;
            DefaultEventLoop.of(self).core().engine().yieldBack(self);
            if (self.dying()) {
                throw new GeneratorExit();
            }
            Throwable error = thrown;
            thrown = null;
            if (error != null) {
                throw Sneaky.raise(error);
            }
            return sent;
        }

        @Override
        public String toString() {
            return AsyncGenerator.this.toString();
        }
    }

    private final class Items implements Iterator<T> {

        private boolean fetched;

        private boolean atEnd;

        private @Nullable T next;

        @Override
        public boolean hasNext() {
            if (!fetched && !atEnd) {
                try {
                    next = advance("iterator()", null, null);
                    fetched = true;
                } catch (StopAsyncIteration e) {
                    atEnd = true;
                }
            }
            return fetched;
        }

        @Override
        @SuppressWarnings("NullAway") // a null item is one that the body yielded
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the async generator has no more items");
            }
            fetched = false;
            T item = next;
            next = null;
            return item;
        }
    }

    @Override
    public String toString() {
        return "AsyncGenerator["
                + (ended ? "ended" : running ? "running" : body != null ? "not begun" : "suspended")
                + (closed ? ", closed" : "") + "]";
    }
}
