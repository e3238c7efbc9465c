package asyncio4j;

import asyncio4j.internal.fiber.Fiber;
import asyncio4j.internal.fiber.FiberEngine;
import asyncio4j.internal.flight.Flight;
import asyncio4j.internal.flight.TaskLife;
import asyncio4j.internal.spi.ThreadLocals;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A {@link Coroutine} that a loop runs. Python's {@code asyncio.Task}.
 *
 * <p>Make one with {@link Asyncio#createTask(Coroutine)}. The loop holds it until it is done, so
 * that nobody else need to. The methods that change it belong to the loop's own thread; any thread
 * may ask it something, though the answer may not be the last word there.
 *
 * @param <T> the type of the result
 */
public final class Task<T extends @Nullable Object> extends AsyncFuture<T> {

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final long number;

    // Baton holder only, from here on.

    private @Nullable String name;

    private final Context context;

    /** What the body begins with in the thread's thread-locals; null once it has. */
    private @Nullable Object carried;

    /** What it has there since; of a generator's body while that runs. See {@link Carried}. */
    private ThreadLocals.@Nullable Scope threadLocals;

    /** Null once the body has ended. */
    private @Nullable Coroutine<T> coroutine;

    private TaskStep step = new TaskStep(this);

    /** What the suspended body waits for; null at a bare yield. */
    private @Nullable AsyncFuture<?> futureWaiter;

    /** A cancellation that couldn't be delivered yet. */
    private boolean mustCancel;

    private int cancelRequests;

    /** A {@link Cancellation} is on its way through this. */
    boolean beingCancelled;

    private @Nullable String pendingMessage;

    /** The innermost of the timeouts that the body is in; see {@link Timeout}. */
    @Nullable Timeout timeout;

    /** What the Flight Recorder is told of this; null if nobody records it. */
    private final @Nullable TaskLife life = Flight.taskMade();

    /** Whether to say so if the loop is closed before this is done. */
    private boolean logDestroyPending = true;

    /**
     * Cleans up after others: a Runner that closes the loop waits for it, and doesn't cancel it.
     */
    private boolean cleansUp;

    /**
     * The tasks of the loop that aren't done, as a list that each can be taken out of; see {@link
     * TaskList}.
     */
    @Nullable Task<?> previous;

    @Nullable Task<?> next;

    Task(DefaultEventLoop loop, Coroutine<T> coroutine, TaskOptions options) {
        super(loop);
        this.number = NUMBERS.incrementAndGet();
        this.name = options.name();
        this.coroutine = coroutine;
        Unawaited.handedIn(coroutine);
        this.context = options.context() == null ? Context.copyContext() : options.context();
        this.carried = Carried.capture(loop);
    }

    /** The entry of the ready queue that starts this task, and then each time makes it go on. */
    TaskStep step() {
        return step;
    }

    /** This won't be reported if the loop is closed before it is done. */
    void hideDestroyPending() {
        logDestroyPending = false;
    }

    boolean logDestroyPending() {
        return logDestroyPending;
    }

    /** This is clean-up, to be waited for as a finally block is. The loop's thread. */
    void markAsCleanUp() {
        cleansUp = true;
    }

    boolean cleansUp() {
        return cleansUp;
    }

    /**
     * The name.
     *
     * @return the name it was given, else {@code Task-} and a number
     */
    public String getName() {
        String given = name;
        return given == null ? "Task-" + number : given;
    }

    /**
     * Gives this another name.
     *
     * @param newName the name
     */
    public void setName(String newName) {
        loop().checkThread("Task.setName");
        name = Objects.requireNonNull(newName, "a task's name");
        Fiber fiber = done() ? null : TaskStack.innermost(this);
        while (fiber != null && fiber.consumer() != null) {
            fiber = fiber.consumer(); // from a generator's to the own one
        }
        if (fiber != null && (fiber.labelled() || step.resumes() == fiber)) {
            fiber.label(newName);
        }
    }

    /**
     * The context that the body runs in.
     *
     * @return the context
     */
    public Context getContext() {
        return context;
    }

    /**
     * The body.
     *
     * @return the coroutine; null once it has ended
     */
    public @Nullable Coroutine<T> getCoroutine() {
        return coroutine;
    }

    /**
     * Asks the body to end: it gets a {@link CancelledError} at the await it is suspended in, or
     * else at its next one. A body that hasn't begun never will. What it awaits is cancelled along.
     *
     * @param message the error's message, or null
     * @return false if this is done already
     */
    @Override
    public boolean cancel(@Nullable String message) {
        loop().checkThread("Task.cancel");
        return Cancellation.of(this, message);
    }

    /** One more request to cancel this, which isn't done. For {@link Cancellation}. */
    void cancelRequested() {
        cancelRequests++;
    }

    /** What this waits for couldn't be cancelled: the error comes at the next opportunity. */
    void cancelLater(@Nullable String message) {
        mustCancel = true;
        pendingMessage = message;
    }

    /**
     * Delivers a cancellation to the suspended body although what it waits for isn't done: that
     * waits for this, and so never would be.
     */
    void cancelNow(@Nullable String message) {
        cancelLater(message);
        AsyncFuture<?> waiter = futureWaiter;
        if (waiter != null && waiter.remove(step)) { // else it is ready
            loop().core().add(step);
            waiter.add(new Unwaited(waiter));
        }
    }

    /** Sees to it that a cancellation isn't reported because nobody waits for it any more. */
    private static final class Unwaited extends LightCallback {

        private final AsyncFuture<?> future;

        Unwaited(AsyncFuture<?> future) {
            this.future = future;
        }

        @Override
        public void run() {
            if (future.peekException() instanceof CancelledError) {
                future.retrieved();
            }
        }
    }

    /**
     * Takes one request to cancel back, for code that cancelled this itself and deals with it, such
     * as a timeout.
     *
     * @return how many requests are left; 0 also forgets a cancellation that wasn't delivered yet
     */
    public int uncancel() {
        loop().checkThread("Task.uncancel");
        if (cancelRequests > 0 && --cancelRequests == 0) {
            mustCancel = false;
        }
        return cancelRequests;
    }

    /**
     * How many requests to cancel there were, less those taken back.
     *
     * @return the number
     */
    public int cancelling() {
        return cancelRequests;
    }

    /** Not for tasks: the body's return value is the result. */
    @Override
    public void setResult(T result) {
        throw new UnsupportedOperationException(
                "a task's result is what its body returns; setResult is for futures");
    }

    /** Not for tasks: what the body throws is the exception. */
    @Override
    public void setException(Throwable exception) {
        throw new UnsupportedOperationException(
                "a task's exception is what its body throws; cancel() ends it");
    }

    /**
     * Where the body is suspended: its stack, innermost call first, without the library's own
     * frames. For a task that failed, the stack of its exception; for one that is done otherwise,
     * or hasn't begun, nothing. While the loop runs on {@link Engine#CONTINUATIONS}, other threads
     * get nothing for a task that is suspended.
     *
     * @return the stack
     */
    public StackTraceElement[] getStack() {
        return TaskStack.of(this);
    }

    /** The future that the suspended body waits for, or null. */
    @Nullable AsyncFuture<?> waitsFor() {
        return futureWaiter;
    }

    @Override
    Collection<? extends AsyncFuture<?>> waitsForAll() {
        AsyncFuture<?> waiter = futureWaiter;
        return waiter == null ? List.of() : List.of(waiter);
    }

    // The course of a task: start() runs the body on a pump, which is its fiber from the first
    // suspension on.

    /** Runs the body to its end. On a pump, by the step. */
    private void start() {
        Fiber fiber = DefaultEventLoop.currentFiber();
        Coroutine<T> body = coroutine;
        ThreadLocals.Scope scope = Carried.open(loop(), carried);
        carried = null;
        threadLocals = scope;
        fiber.task(this);
        fiber.context(context);
        try {
            if (body == null || done()) {
                throw new InvalidStateException("started twice: " + this);
            }
            if (mustCancel) {
                mustCancel = false;
                end(new CancelledError(pendingMessage));
            } else {
                runBody(body);
            }
        } finally {
            coroutine = null;
            step.resumes(null); // who keeps this task doesn't keep its fiber
            fiber.task(null);
            fiber.context(null);
            threadLocals = null;
            Carried.close(scope);
        }
    }

    private void runBody(Coroutine<T> body) {
        if (life != null) {
            life.begins();
        }
        T value;
        try {
            value = body.run();
        } catch (GeneratorExit e) {
            if (currentFiberDies()) {
                abandon();
                return;
            }
            Timeout.exitAll(this);
            end(e);
            return;
        } catch (Throwable e) {
            Timeout.exitAll(this);
            end(TimeoutError.leaving(e));
            if (e instanceof KeyboardInterrupt || e instanceof SystemExit) {
                throw Sneaky.raise(e);
            }
            return;
        }
        Timeout.exitAll(this);
        if (currentFiberDies()) {
            abandon();
        } else if (mustCancel) {
            mustCancel = false;
            becomeCancelled(pendingMessage);
        } else {
            checkReturned(value);
            super.setResult(value);
        }
    }

    private void end(Throwable error) {
        if (error instanceof CancelledError cancellation) {
            loop().reports().hidden(this, cancellation);
        }
        if (error instanceof TimeoutError) {
            becomeCancelled(error.getMessage()); // no deadline of whoever awaits this
        } else if (error instanceof CancelledError cancelled) {
            becomeCancelled(
                    cancelled); // its message is for the first who asks alone, as in asyncio
        } else {
            super.setException(error);
        }
    }

    private void checkReturned(@Nullable Object value) {
        if (value != null && loop().getDebug()) {
            Companions.checkReturned(this, value);
        }
    }

    @Override
    void finished() {
        loop().tasks().remove(this);
        if (life != null) {
            life.ends(
                    getName(),
                    loop().name(),
                    cancelled() ? "cancelled" : peekException() == null ? "finished" : "failed");
        }
    }

    /** What the thread's thread-locals have of this, while it runs; null if nothing is carried. */
    ThreadLocals.@Nullable Scope threadLocals() {
        return threadLocals;
    }

    /** The body goes on on a generator's fiber, or comes back from it. Baton holder. */
    void threadLocals(ThreadLocals.@Nullable Scope scope) {
        threadLocals = scope;
    }

    /**
     * Gives the baton away until the step that resumes {@code fiber} has its turn.
     *
     * @param awaited what that waits for, if it isn't queued
     */
    private void suspend(Fiber fiber, @Nullable AsyncFuture<?> awaited) {
        FiberEngine engine = loop().core().engine();
        ThreadLocals.Scope scope = engine.sharesThread() ? threadLocals : null;
        if (scope != null) {
            scope.suspend();
        }
        try {
            engine.suspend(fiber, awaited instanceof Task<?> task ? task.step : null);
        } catch (Throwable e) { // it can't: the step, wherever it is, is not for this task any more
            futureWaiter = null;
            if (awaited != null) {
                awaited.remove(step);
            }
            step.disable();
            step = new TaskStep(this);
            throw e;
        } finally {
            if (scope != null) {
                scope.resume();
            }
        }
    }

    /** Called before each suspension. */
    private void suspends(Fiber fiber) {
        label(fiber);
        if (life != null) {
            life.suspends();
        }
    }

    /**
     * Has thread dumps show that {@code fiber} is this task's: from its first suspension on, and
     * only if it was given a name, so that others don't pay for it. Baton holder.
     */
    void label(Fiber fiber) {
        String given = name;
        if (given != null && !fiber.labelled()) {
            fiber.label(given);
        }
    }

    /** Waits for {@code future}, which isn't done. On this task's fiber. */
    <R extends @Nullable Object> R awaitPending(AsyncFuture<R> future, Fiber fiber) {
        checkAlive(fiber);
        if (future.loop() != loop()) {
            throw failNextStep(
                    fiber,
                    new IllegalStateException(
                            this
                                    + " awaits a future of another loop: "
                                    + future
                                    + "; use runCoroutineThreadsafe(coroutine, loop) to have it"
                                    + " awaited there"));
        }
        if (future == this) {
            throw failNextStep(
                    fiber, new IllegalStateException("a task cannot await itself: " + this));
        }
        suspends(fiber);
        step.resumes(fiber);
        future.add(step);
        futureWaiter = future;
        if (mustCancel) {
            mustCancel = false;
            if (!future.cancel(pendingMessage)) {
                mustCancel = true;
            }
        }
        suspend(fiber, future);
        if (fiber.dying()) {
            throw new GeneratorExit();
        }
        while (!future.done() && !mustCancel) { // see cancelNow; but it was taken back
            future.add(step);
            suspend(fiber, future);
            if (fiber.dying()) {
                throw new GeneratorExit();
            }
        }
        futureWaiter = null;
        Throwable error = future.done() ? future.error("await") : null;
        if (mustCancel) {
            mustCancel = false;
            if (!(error instanceof CancelledError)) {
                error = new CancelledError(pendingMessage);
            }
        }
        if (error instanceof CancelledError cancelled) {
            throw Timeout.delivered(this, cancelled);
        }
        if (error != null) {
            AwaitSite.add(error, this);
            throw Sneaky.raise(error);
        }
        return future.value();
    }

    /** Lets everything that is ready have its turn. On this task's fiber. */
    void yieldOnce(Fiber fiber) {
        checkAlive(fiber);
        suspends(fiber);
        step.resumes(fiber);
        loop().core().add(step);
        suspend(fiber, null);
        if (fiber.dying()) {
            throw new GeneratorExit();
        }
        if (mustCancel) {
            mustCancel = false;
            throw Timeout.delivered(this, new CancelledError(pendingMessage));
        }
    }

    /**
     * An error that asyncio delivers one iteration later, as it finds it after the task has
     * suspended.
     */
    private RuntimeException failNextStep(Fiber fiber, IllegalStateException error) {
        yieldOnce(fiber);
        return error;
    }

    private void checkAlive(Fiber fiber) {
        if (fiber.dying()) {
            loop().core().engine().suspend(fiber); // ends it for good if it goes on like this
            throw new GeneratorExit();
        }
    }

    private static boolean currentFiberDies() {
        return DefaultEventLoop.currentFiber().dying();
    }

    @Override
    public String toString() {
        AsyncFuture<?> waiter = futureWaiter;
        String doing = done() || cancelRequests == 0 ? stateName() : "cancelling";
        return "Task["
                + getName()
                + ", "
                + doing
                + (waiter == null
                        ? ""
                        : ", awaits " + (waiter instanceof Task<?> t ? t.getName() : waiter))
                + details()
                + "]";
    }

    /**
     * A task's entry in the ready queue, and before that among those who wait for the future that
     * it awaits: there is one at most at any time, so it is never made anew.
     */
    static final class TaskStep extends StepCallback {

        /** Null if nothing shall happen any more when its turn comes. */
        private @Nullable Task<?> task;

        TaskStep(Task<?> task) {
            this.task = task;
        }

        /** Nothing shall happen any more when its turn comes. */
        void disable() {
            task = null;
            resumes(null);
        }

        @Override
        public void run() {
            if (task != null) {
                task.start();
            }
        }

        @Override
        public String toString() {
            return String.valueOf(task);
        }
    }
}
