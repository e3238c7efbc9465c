package asyncio4j;

import asyncio4j.internal.fiber.Fiber;
import asyncio4j.internal.fiber.FiberEngine;
import asyncio4j.internal.spi.ThreadLocals;

import org.jspecify.annotations.Nullable;

import java.lang.ref.Reference;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What an {@link AsyncGenerator} is inside: the state that those who ask for items share with the
 * body's fiber, and the loop knows.
 *
 * <p>It is apart from what users hold, as a suspended fiber is never garbage: neither this nor
 * anything that the fiber or the loop holds may refer to the {@code AsyncGenerator}, or a forgotten
 * one would never be found. {@link ForgottenGenerator} looks out for that.
 *
 * <p>The baton holder, all of it: the consumer and the body are never at work at the same time.
 */
final class GeneratorState<T extends @Nullable Object> {

    static final String IGNORED_EXIT =
            "async generator ignored GeneratorExit: don't yield while it is being closed";

    /** Null once it has begun. */
    private AsyncGenerator.@Nullable Body<T> body;

    /** Where it was made; in debug mode only. */
    private final @Nullable Throwable creationStack;

    /** The class that has the body's code, for messages. */
    private final String origin;

    private @Nullable DefaultEventLoop loop;

    /** The fiber of the body, from its begin to its end. */
    private @Nullable Fiber fiber;

    /** What finds out that it was forgotten; from its begin to its end. */
    private @Nullable ForgottenGenerator lookout;

    /** The loop has been told that it begins. */
    private boolean announced;

    /** An anext, asend, athrow, aclose or forEach is under way. */
    private boolean running;

    /** A forEach is at its consumer, while the body is suspended at its yield. */
    private boolean held;

    /** aclose was called, and may have failed: a body that goes on yielding isn't at its end. */
    private boolean closed;

    /** The body has ended, or never will begin. */
    private boolean ended;

    /** The context in which the body goes on: its consumer's. */
    private @Nullable Object context;

    /**
     * What goes over with the baton in the thread-locals, from the consumer's fiber to the body's
     * and back; null if nothing is carried.
     */
    private @Nullable Object carried;

    /** What the body's fiber has there, from its begin to its end. */
    private ThreadLocals.@Nullable Scope threadLocals;

    private @Nullable Object sent;

    private @Nullable Throwable thrown;

    private @Nullable T item;

    private @Nullable Throwable failure;

    GeneratorState(AsyncGenerator.Body<T> body) {
        this.body = body;
        String name = body.getClass().getName();
        int lambda = name.indexOf("$$Lambda");
        this.origin = lambda < 0 ? name : name.substring(0, lambda);
        DefaultEventLoop running = DefaultEventLoop.running();
        boolean debug = running == null ? DebugMode.byDefault() : running.getDebug();
        this.creationStack = debug ? new CreationStack("the generator was made here") : null;
    }

    // What is asked for. The handle is who asks: it stays reachable until that is done. Null if it
    // is the loop.

    /** The next item, where the body's yield returns {@code value}. */
    T advance(@Nullable AsyncGenerator<T> handle, String what, @Nullable Object value) {
        checkNotRunning(what);
        if (ended) {
            throw new StopAsyncIteration();
        }
        return transfer(handle, what, value, null);
    }

    T send(AsyncGenerator<T> handle, @Nullable Object value) {
        if (value != null && body != null && !ended) {
            throw new IllegalArgumentException(
                    "can't send a value to a generator that hasn't begun: asend(null) or anext()"
                            + " first");
        }
        return advance(handle, "asend()", value);
    }

    @SuppressWarnings("NullAway") // null is for a generator that has ended
    T raise(AsyncGenerator<T> handle, Throwable error) {
        if (ended) {
            return null;
        }
        checkNotRunning("athrow()");
        checkNotClosed();
        return transfer(handle, "athrow()", null, error);
    }

    /** Whether its body can still be run on another's stack. */
    boolean fresh() {
        return body != null && !ended;
    }

    /** Hands all items to {@code consumer}; closes the body if that throws. */
    void forEach(AsyncGenerator<T> handle, Consumer<? super T> consumer) {
        checkNotRunning("forEach()");
        if (fresh()) {
            push(
                    handle,
                    item -> {
                        consumer.accept(item);
                        return null;
                    },
                    false);
            return;
        }
        while (!ended) {
            T next;
            try {
                next = advance(handle, "forEach()", null);
            } catch (StopAsyncIteration end) {
                return;
            }
            held = true;
            try {
                consumer.accept(next);
            } catch (Throwable e) {
                held = false;
                closeFor(handle, e);
                throw e;
            } finally {
                held = false;
            }
        }
    }

    private void closeFor(AsyncGenerator<T> handle, Throwable left) {
        try {
            close(handle);
        } catch (Throwable e) {
            if (e != left) {
                left.addSuppressed(e);
            }
        }
    }

    /** Hands out all items as {@code outer}'s own, on whose fiber this is. */
    void delegate(AsyncGenerator<T> handle, AsyncGenerator.Yielder<? super T> outer) {
        push(handle, outer::yield, true);
    }

    /** Runs the body, which hasn't begun, to its end on the calling fiber. */
    private void push(
            AsyncGenerator<T> handle, Function<T, @Nullable Object> consumer, boolean delegated) {
        Task<?> task = Asyncio.requireTask("forEach()");
        bind(task.loop());
        Fiber self = DefaultEventLoop.currentFiber();
        AsyncGenerator.Body<T> begin = Objects.requireNonNull(body);
        running = true;
        try {
            announcePushed(task.loop(), handle);
            body = null;
            context = self.context();
            task.loop().generators().add(this);
            new PushedBody<>(this, self, consumer, delegated).run(begin);
        } finally {
            running = false;
            Reference.reachabilityFence(handle);
        }
    }

    /** As {@link #announce}; one that runs to its end isn't looked out for. */
    private void announcePushed(DefaultEventLoop running, AsyncGenerator<T> handle) {
        if (!announced) {
            try {
                running.generators().announce(handle);
                announced = true;
            } finally {
                if (!announced) { // the hook threw: whoever asks next begins without it
                    announced = true;
                    lookout = new ForgottenGenerator(this, running);
                    lookout.watch(handle);
                }
            }
        }
    }

    void close(@Nullable AsyncGenerator<T> handle) {
        if (!ended) {
            checkNotRunning("aclose()");
            checkNotClosed();
            bind(Asyncio.requireTask("aclose()").loop());
            closed = true;
            exit(handle, DefaultEventLoop.currentFiber());
        }
    }

    /** The loop's shutdown closes it, or waits for who does so because it was forgotten. */
    void closeAtShutdown() {
        Task<@Nullable Void> closing = lookout == null ? null : lookout.closing();
        if (closing == null || closing.done()) {
            close(null);
        } else {
            Asyncio.await(closing); // it reports its errors itself
        }
    }

    private void exit(@Nullable AsyncGenerator<T> handle, Fiber self) {
        boolean dying = self.dying();
        try {
            transfer(handle, "aclose()", null, new GeneratorExit("the generator was closed"));
        } catch (StopAsyncIteration | GeneratorExit e) {
            if (self.dying() != dying) {
                throw e; // the loop was closed meanwhile
            }
            Throwable onTheWay = suppressed(e);
            if (onTheWay != null) {
                throw Sneaky.raise(onTheWay);
            }
            return;
        }
        throw new IllegalStateException(IGNORED_EXIT);
    }

    /**
     * What a resource of the body threw when it was closed on the way out. In Python it would have
     * taken the place of the {@code GeneratorExit}; a try block of Java's hides it there.
     */
    static @Nullable Throwable suppressed(Throwable exit) {
        Throwable first = null;
        for (Throwable hidden : exit.getSuppressed()) {
            if (first == null) {
                first = hidden;
            } else if (first != hidden) {
                first.addSuppressed(hidden);
            }
        }
        return first;
    }

    /** A body that ignored GeneratorExit can be asked for items, but not closed again. */
    private void checkNotClosed() {
        if (closed) {
            throw new StopAsyncIteration();
        }
    }

    private void checkNotRunning(String what) {
        if (running || held) {
            throw new IllegalStateException(
                    what
                            + ": asynchronous generator is already running: it is for one task at a"
                            + " time");
        }
    }

    /** Has the body run up to its next yield or its end. */
    @SuppressWarnings("NullAway") // a null item is one that the body yielded
    private T transfer(
            @Nullable AsyncGenerator<T> handle,
            String what,
            @Nullable Object value,
            @Nullable Throwable error) {
        Task<?> task = Asyncio.requireTask(what);
        bind(task.loop());
        Fiber self = DefaultEventLoop.currentFiber();
        boolean dying = self.dying();
        running = true;
        try {
            if (body != null && error == null && handle != null) {
                announce(task.loop(), handle);
            }
            sent = value;
            thrown = error;
            context = self.context();
            enter(self, task, error);
        } finally {
            running = false;
            Reference.reachabilityFence(handle);
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

    // The thread-locals are the task's, whichever fiber it runs on.

    /** Goes to the body's fiber, with the thread-locals that the consumer's has, and back. */
    private void enter(Fiber self, Task<?> task, @Nullable Throwable error) {
        ThreadLocals.Scope own = task.threadLocals();
        boolean shares = task.loop().core().engine().sharesThread();
        if (own != null) {
            handOver(own, shares);
        }
        try {
            run(self, task, error);
        } finally {
            if (own != null) {
                takeOver(own, shares);
            }
            task.threadLocals(own);
            if (ended) {
                carried = null;
            }
        }
    }

    /** The fiber that has them in {@code scope} gives the baton to the other one. */
    private void handOver(ThreadLocals.Scope scope, boolean shares) {
        carried = scope.values();
        if (shares) {
            scope.suspend();
        }
    }

    /** The fiber goes on that has them in {@code scope}. */
    private void takeOver(ThreadLocals.Scope scope, boolean shares) {
        if (shares) {
            scope.resume();
        }
        if (carried != null) {
            scope.set(carried);
        }
    }

    /** Tells the loop, once; what its hook throws comes out of the first request. */
    private void announce(DefaultEventLoop running, AsyncGenerator<T> handle) {
        if (!announced) {
            announced = true;
            lookout = new ForgottenGenerator(this, running);
            lookout.watch(handle);
            running.generators().announce(handle);
        }
    }

    private void run(Fiber self, Task<?> task, @Nullable Throwable error) {
        task.label(self);
        FiberEngine engine = task.loop().core().engine();
        AsyncGenerator.Body<T> begin = body;
        if (begin == null) {
            Fiber own = Objects.requireNonNull(fiber);
            own.task(task);
            own.context(context);
            engine.resume(self, own);
            return;
        }
        body = null;
        if (error != null) {
            end(null); // thrown before its first line
            throw Sneaky.raise(error);
        }
        task.loop().generators().add(this);
        engine.enter(self, new GeneratorBody<>(this, begin, task));
    }

    private void bind(DefaultEventLoop running) {
        if (loop == null) {
            loop = running;
        } else if (loop != running) {
            throw new IllegalStateException(this + " belongs to " + loop + ", not to " + running);
        }
    }

    // The body's side, called on its fiber.

    /** The body begins on {@code own}, for {@code task}. */
    ThreadLocals.@Nullable Scope begin(Fiber own, Task<?> task) {
        ThreadLocals.Scope scope = Carried.open(task.loop(), carried);
        threadLocals = scope;
        task.threadLocals(scope);
        fiber = own;
        own.task(task);
        own.context(context);
        own.label("generator " + origin);
        return scope;
    }

    /** The body has left {@code scope} behind, and its fiber goes back to others. */
    void leave(ThreadLocals.@Nullable Scope scope) {
        if (scope != null) {
            carried = scope.values();
            threadLocals = null;
            scope.close();
        }
    }

    /** The body has ended, with {@code error} or without. */
    void end(@Nullable Throwable error) {
        failure = error;
        ended = true;
        fiber = null;
        context = null;
        DefaultEventLoop known = loop;
        if (known != null) {
            known.generators().remove(this);
        }
        ForgottenGenerator watching = lookout;
        if (watching != null) {
            lookout = null;
            watching.ended();
        }
    }

    /** The body's yield, up to the next request. */
    @Nullable Object handOut(Fiber self, T value) {
        FiberEngine engine = DefaultEventLoop.of(self).core().engine();
        if (self.dying()) {
            engine.suspend(self); // ends it for good if it goes on like this
            throw new GeneratorExit();
        }
        item = value;
        self.task(null); // it may have ended, and nothing else would hold it
        ThreadLocals.Scope own = threadLocals;
        boolean shares = engine.sharesThread();
        if (own != null) {
            handOver(own, shares);
        }
        try {
            engine.yieldBack(self);
        } catch (Throwable e) { // it can't be suspended there
            item = null;
            self.task(Objects.requireNonNull(self.consumer()).task());
            if (own != null) {
                takeOver(own, shares);
            }
            throw e;
        }
        if (own != null) {
            takeOver(own, shares);
            Task<?> next = (Task<?>) Objects.requireNonNull(self.task());
            next.threadLocals(own);
        }
        if (self.dying() && thrown == null) {
            throw new GeneratorExit();
        }
        Throwable error = thrown;
        thrown = null;
        if (error != null) {
            throw Sneaky.raise(error);
        }
        Object received = sent;
        sent = null;
        return received;
    }

    @Nullable ForgottenGenerator lookout() {
        return lookout;
    }

    @Nullable Fiber fiber() {
        return fiber;
    }

    @Nullable Object context() {
        return context;
    }

    // The loop's side

    /** Whether it was begun, and can be closed: what there is to do for one that was forgotten. */
    boolean closable() {
        return fiber != null && !ended && !running && !held && !closed;
    }

    @Nullable Throwable creationStack() {
        return creationStack;
    }

    /** The context of who asked for the last item; only if it is {@link #closable}. */
    Context lastContext() {
        return (Context) Objects.requireNonNull(context);
    }

    /** What it left in the thread-locals at its yield, or null. */
    @Nullable Object lastCarried() {
        return carried;
    }

    /** The class that has the body's code. */
    String origin() {
        return origin;
    }

    /**
     * The loop is gone: ends the body if it is suspended at a yield. Called while the loop doesn't
     * run.
     */
    void unwind() {
        DefaultEventLoop gone = loop;
        Fiber suspended = fiber;
        if (gone == null || suspended == null || running) {
            return;
        }
        suspended.task(
                new Task<>(
                        gone,
                        Coroutine.of(() -> {}), // never run: what the body awaits now is refused
                        TaskOptions.DEFAULT.name("end of " + this)));
        gone.core().engine().unwind(suspended);
        if (!ended) {
            leave();
            return;
        }
        Throwable end = failure;
        failure = null;
        if (end instanceof GeneratorExit) {
            end = suppressed(end);
        }
        if (end != null && !(end instanceof GeneratorExit)) {
            gone.report(ExceptionContext.of(AsyncGenerators.CLOSING_FAILED + this, end));
        }
    }

    /** Gives a body up that doesn't end although its loop was closed. */
    private void leave() {
        DefaultEventLoop gone = Objects.requireNonNull(loop);
        end(null);
        gone.report(
                ExceptionContext.of(
                        "async generator ignored GeneratorExit: it goes on after its loop was"
                                + " closed, and is left: "
                                + this,
                        null));
    }

    @Override
    public String toString() {
        return "AsyncGenerator["
                + (ended ? "ended" : running ? "running" : body != null ? "not begun" : "suspended")
                + (closed ? ", closed" : "")
                + "]";
    }
}
