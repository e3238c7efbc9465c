package asyncio4j.internal.access;

import asyncio4j.AsyncFuture;
import asyncio4j.Asyncio;
import asyncio4j.Context;
import asyncio4j.Coroutine;
import asyncio4j.Engine;
import asyncio4j.EventLoop;
import asyncio4j.Task;
import asyncio4j.internal.spi.Poller;
import asyncio4j.internal.spi.ThreadLocals;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A way into the package-private parts of {@code asyncio4j}, for the packages on top of it and the
 * bridge.
 *
 * <p>"Light" code is bookkeeping that runs no user's code and never suspends: it may run on any
 * fiber's stack.
 */
public abstract class LoopAccess {

    /** Written once, when {@link Asyncio} is initialised. */
    private static volatile @Nullable LoopAccess instance;

    /** For the one implementation. */
    protected LoopAccess() {}

    /** The way in. Any thread. */
    public static LoopAccess get() {
        LoopAccess present = instance;
        if (present == null) {
            try {
                MethodHandles.lookup().ensureInitialized(Asyncio.class);
            } catch (IllegalAccessException e) {
                throw new LinkageError("asyncio4j.Asyncio isn't accessible", e);
            }
            present = Objects.requireNonNull(instance);
        }
        return present;
    }

    /** Called by the implementation. */
    protected static void set(LoopAccess access) {
        instance = access;
    }

    /** A new loop that goes by {@code time}. Any thread. */
    public abstract EventLoop newEventLoop(TestTime time);

    /**
     * A new loop that waits in what {@code poller} makes. Any thread.
     *
     * @param engine what its tasks run on; null for what {@link Engine} says
     */
    public abstract EventLoop newEventLoop(
            @Nullable Engine engine, Function<? super Poller.Host, ? extends Poller> poller);

    /** What {@code loop} waits in; null if it parks. Any thread. */
    public abstract @Nullable Poller poller(EventLoop loop);

    /** The loop that runs the calling code, or null. Any thread. */
    public abstract @Nullable EventLoop runningLoop();

    /** The task that runs the calling code, or null: also inside a plain callback. Any thread. */
    public abstract @Nullable Task<?> currentTask();

    /**
     * Whether {@code task} runs the calling code, at less than {@link #currentTask} costs; where
     * this answers false, that one has to be asked. Any thread.
     */
    public abstract boolean surelyRuns(Task<?> task);

    /**
     * The task that runs the calling code; if there is none, fails with a message about {@code
     * what}.
     */
    public abstract Task<?> requireTask(String what);

    /** Whether the calling thread holds the baton of {@code loop}. Any thread. */
    public abstract boolean holdsBaton(EventLoop loop);

    /**
     * Whether the calling thread may touch {@code loop}: it holds the baton, or the loop doesn't
     * run. Any thread.
     */
    public abstract boolean mayTouch(EventLoop loop);

    /**
     * Has light code run by the loop, in order with other callbacks. Any thread.
     *
     * @return false if the loop is closed; the code won't run then
     */
    public abstract boolean enqueueLight(EventLoop loop, Runnable light);

    /**
     * Has light code run by the loop that does nothing but complete a future; who waits for that
     * then has the code's place in the order. Any thread that doesn't hold the baton.
     *
     * @return false if the loop is closed; the code won't run then
     */
    public abstract boolean enqueueWakeUp(EventLoop loop, Runnable wakeUp);

    /**
     * Has a user's callback run by the loop on a stack of its own, in {@code context} and with
     * {@code carried} in the thread-locals. Any thread.
     *
     * @param carried what {@link ThreadLocals#capture} answered
     * @return false if the loop is closed; the callback won't run then
     */
    public abstract boolean enqueue(
            EventLoop loop, Runnable callback, Context context, @Nullable Object carried);

    /** Who is told when thread-locals for a task or callback of {@code loop} can't be carried. */
    public abstract ThreadLocals.Failures carryingFailures(EventLoop loop);

    /** Completes {@code future} unless it is done. The loop's thread. */
    public abstract <T extends @Nullable Object> void setResultUnlessDone(
            AsyncFuture<T> future, T result);

    /** Has light code run one iteration after {@code future} is done. The loop's thread. */
    public abstract void addLightCallback(AsyncFuture<?> future, Runnable light);

    /** Has {@code listener} called when {@code loop} is closed; at once if it is. Any thread. */
    public abstract void addCloseListener(EventLoop loop, Runnable listener);

    /** Takes a close listener out. Any thread. */
    public abstract void removeCloseListener(EventLoop loop, Runnable listener);

    /**
     * Has {@code step} run by Runner.close, after the tasks have ended and before the generators
     * are closed; the tasks that it leaves behind are cancelled and waited for too. Any thread. A
     * step that comes too late for that is added when {@link #shut} is true already.
     */
    public abstract void addShutdownStep(EventLoop loop, Coroutine<@Nullable Void> step);

    /**
     * Has Runner.close wait for {@code task}, and not cancel it: it cleans up after others, as a
     * finally block does. The loop's thread.
     */
    public abstract void markAsCleanUp(Task<?> task);

    /** Whether {@link #markAsCleanUp} was called for {@code task}. The loop's thread. */
    public abstract boolean cleansUp(Task<?> task);

    /** Has {@code step} run by Runner.close just before it closes the loop. Any thread. */
    public abstract void addLastStep(EventLoop loop, Coroutine<@Nullable Void> step);

    /** Whether a Runner closes {@code loop}, or it is closed. Any thread. */
    public abstract boolean closing(EventLoop loop);

    /**
     * Whether a Runner closes {@code loop}, and the tasks that it found at first have ended. Any
     * thread.
     */
    public abstract boolean settling(EventLoop loop);

    /**
     * Whether {@code loop} takes no new tasks: a Runner closes it and is past the tasks, or it is
     * closed. Any thread.
     */
    public abstract boolean shut(EventLoop loop);

    /**
     * Whether a Runner closes {@code loop}, and has the generators closed: what their finally
     * blocks start is clean-up. Any thread.
     */
    public abstract boolean closingGenerators(EventLoop loop);

    /**
     * The one object that the bridge keeps along with {@code loop}; made the first time. Any
     * thread.
     */
    public abstract Object attachment(EventLoop loop, Supplier<?> factory);

    /** The context that the calling code runs in, itself and not a copy. Any thread. */
    public abstract Context currentContext();

    /** The immutable state of {@code context}: the same object as long as no variable is set. */
    public abstract Object snapshot(Context context);

    /** A new context with the state {@code snapshot}. Any thread. */
    public abstract Context contextOf(Object snapshot);

    /** What {@link #derived(Object, Object)} kept, or null. Any thread. */
    public abstract @Nullable Object derived(Object snapshot);

    /**
     * Keeps something made from {@code snapshot} along with it; the last one stays. Any thread.
     *
     * @param value an object all of whose fields are final, since it is handed over without
     *     synchronisation
     */
    public abstract void derived(Object snapshot, Object value);

    /** Adds the calling code's stack to {@code error}, as await does with what it rethrows. */
    public abstract void addAwaitSite(Throwable error);

    /**
     * Counts the exception of {@code future}, if there is one, as having been looked at. Any
     * thread.
     */
    public abstract void retrieved(AsyncFuture<?> future);

    /**
     * The exception of {@code future}, or null, without counting as having been looked at. Any
     * thread.
     */
    public abstract @Nullable Throwable peekException(AsyncFuture<?> future);

    /** About how many tasks of {@code loop} aren't done. Any thread. */
    public abstract int tasks(EventLoop loop);

    /** About how many steps of {@code loop} are ready to be run. Any thread. */
    public abstract int ready(EventLoop loop);

    /** How many steps of {@code loop} the watchdog has named so far. Any thread. */
    public abstract long namedSteps(EventLoop loop);

    /** Throws {@code error} as it is. */
    public abstract RuntimeException raise(Throwable error);
}
