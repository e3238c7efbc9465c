package asyncio4j;

import asyncio4j.internal.fiber.Fiber;
import asyncio4j.internal.fiber.FiberEngine;
import asyncio4j.internal.fiber.Step;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

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
 *         sum += i;
 *     }
 * }
 * }
 *
 * <p>The body runs when an item is asked for, in the task that asks and in its context, up to the
 * next {@code yield}. A generator that was begun and isn't at its end has to be closed, best by
 * try-with-resources; {@link Runner#close} closes those that were forgotten. It is for one task at
 * a time, and for one loop.
 *
 * @param <T> the type of the items
 */
public final class AsyncGenerator<T extends @Nullable Object>
        implements AutoCloseable, Iterable<T>, AsyncIterator<T> {

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
    }

    // The baton holder, all of it: the consumer and the body are never at work at the same time.

    /** Null once it has begun. */
    private @Nullable Body<T> body;

    private @Nullable DefaultEventLoop loop;

    /** The fiber of the body, from its begin to its end. */
    private @Nullable Fiber fiber;

    /** An anext, asend, athrow or aclose is under way. */
    private boolean running;

    /** aclose was called, and may have failed: a body that goes on yielding isn't at its end. */
    private boolean closed;

    /** The body has ended, or never will begin. */
    private boolean ended;

    /** The context in which the body goes on: its consumer's. */
    private @Nullable Object context;

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
    @Override
    public Coroutine<T> anext() {
        return () -> advance("anext()", null);
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
                        "can't send a value to a generator that hasn't begun: asend(null) or"
                                + " anext() first");
            }
            return advance("asend()", value);
        };
    }

    /**
     * Asks for the next item, and has the body's {@code yield} throw {@code error}.
     *
     * @param error what to throw
     * @return a coroutine of the item; it throws what the body lets out, and {@link
     *     StopAsyncIteration} if that ends without. Of a generator that has ended before, a
     *     coroutine of null, as in Python
     */
    @SuppressWarnings("NullAway") // null is for a generator that has ended
    public Coroutine<T> athrow(Throwable error) {
        Objects.requireNonNull(error, "athrow: the error is null");
        return () -> {
            if (ended) {
                return null;
            }
            checkNotRunning("athrow()");
            checkNotClosed();
            return transfer("athrow()", null, error);
        };
    }

    /**
     * Has the body's {@code yield} throw {@link GeneratorExit}, so that its {@code finally} blocks
     * run, awaits in them too. Does nothing if it has ended; one that hasn't begun never will.
     *
     * @return a coroutine that ends when the body has; it throws what the body throws, and {@link
     *     IllegalStateException} if that yields again
     */
    public Coroutine<@Nullable Void> aclose() {
        return () -> {
            if (!ended) {
                checkNotRunning("aclose()");
                checkNotClosed();
                bind(Asyncio.requireTask("aclose()").loop());
                closed = true;
                exit(DefaultEventLoop.currentFiber());
            }
            return null;
        };
    }

    private void exit(Fiber self) {
        boolean dying = self.dying();
        try {
            transfer("aclose()", null, new GeneratorExit("the generator was closed"));
        } catch (StopAsyncIteration | GeneratorExit e) {
            if (self.dying() != dying) {
                throw e; // the loop was closed meanwhile
            }
            return;
        }
        throw new IllegalStateException(
                "async generator ignored GeneratorExit: don't yield while it is being closed");
    }

    /** {@link #aclose}, awaited. */
    @Override
    public void close() {
        Asyncio.await(aclose());
    }

    /**
     * The items one by one, for a {@code for} loop in a task; leaving the loop early doesn't close
     * the generator.
     *
     * @return an iterator over what is still to come
     */
    @Override
    public Iterator<T> iterator() {
        return new Items();
    }

    private T advance(String what, @Nullable Object value) {
        checkNotRunning(what);
        if (ended) {
            throw new StopAsyncIteration();
        }
        return transfer(what, value, null);
    }

    /** A body that ignored GeneratorExit can be asked for items, but not closed again. */
    private void checkNotClosed() {
        if (closed) {
            throw new StopAsyncIteration();
        }
    }

    private void checkNotRunning(String what) {
        if (running) {
            throw new IllegalStateException(
                    what
                            + ": asynchronous generator is already running: it is for one task at a"
                            + " time");
        }
    }

    /** Has the body run up to its next yield or its end. */
    @SuppressWarnings("NullAway") // a null item is one that the body yielded
    private T transfer(String what, @Nullable Object value, @Nullable Throwable error) {
        Task<?> task = Asyncio.requireTask(what);
        bind(task.loop());
        Fiber self = DefaultEventLoop.currentFiber();
        boolean dying = self.dying();
        FiberEngine engine = task.loop().core().engine();
        Body<T> begin = body;
        sent = value;
        thrown = error;
        context = self.context();
        running = true;
        try {
            if (begin != null) {
                body = null;
                if (error != null) {
                    ended = true; // thrown before its first line
                    throw Sneaky.raise(error);
                }
                task.loop().generators().add(this);
                engine.enter(self, new BodyStep(begin, task));
            } else {
                Fiber own = Objects.requireNonNull(fiber);
                own.task(task);
                own.context(context);
                engine.resume(self, own);
            }
        } finally {
            running = false;
        }
        if (!ended) {
            if (self.dying()) {
                leave();
                throw new GeneratorExit();
            }
            T next = item;
            item = null;
            return next;
        }
        Throwable end = failure;
        failure = null;
        if (self.dying() && !dying && (end == null || end instanceof GeneratorExit)) {
            throw new GeneratorExit(); // the loop was closed while the body awaited
        }
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

    /**
     * The loop is gone: ends the body if it is suspended at a yield. Called while the loop doesn't
     * run.
     */
    void unwind() {
        DefaultEventLoop closed = loop;
        Fiber suspended = fiber;
        if (closed == null || suspended == null || running) {
            return;
        }
        closed.core().engine().unwind(suspended);
        if (!ended) {
            leave();
            return;
        }
        Throwable end = failure;
        failure = null;
        if (end != null && !(end instanceof GeneratorExit)) {
            closed.report(ExceptionContext.of(AsyncGenerators.CLOSING_FAILED + this, end));
        }
    }

    /** Gives a body up that doesn't end although its loop was closed. */
    private void leave() {
        DefaultEventLoop closed = Objects.requireNonNull(loop);
        ended = true;
        fiber = null;
        closed.generators().remove(this);
        closed.report(
                ExceptionContext.of(
                        "async generator ignored GeneratorExit: it goes on after its loop was"
                                + " closed, and is left: "
                                + this,
                        null));
    }

    private final class BodyStep extends Step implements Yielder<T> {

        private final Body<T> begin;

        private final Task<?> task;

        BodyStep(Body<T> begin, Task<?> task) {
            this.begin = begin;
            this.task = task;
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
                failure =
                        new IllegalStateException(
                                "async generator raised StopAsyncIteration: return instead", e);
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
                throw new IllegalStateException(
                        "yield belongs to the generator's own body, not to "
                                + "another task or thread: "
                                + AsyncGenerator.this);
            }
            if (self.context() != context) {
                throw new IllegalStateException(
                        "yield inside Context.run: the body runs in the context of whoever "
                                + "asks for the item; leave run(...) first: "
                                + AsyncGenerator.this);
            }
            FiberEngine engine = DefaultEventLoop.of(self).core().engine();
            if (self.dying()) {
                engine.suspend(self); // ends it for good if it goes on like this
                throw new GeneratorExit();
            }
            item = value;
            engine.yieldBack(self);
            if (self.dying() && thrown == null) {
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
                    next = advance("iterator()", null);
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
                + (closed ? ", closed" : "")
                + "]";
    }
}
