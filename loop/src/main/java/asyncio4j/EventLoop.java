package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;

/**
 * An event loop: runs callbacks and tasks, one at a time. Python's {@code
 * asyncio.AbstractEventLoop}.
 *
 * <p>Make one with {@link Asyncio#newEventLoop()}, or let {@link Runner} do it; extend {@link
 * ForwardingEventLoop} to change what one does. While a loop runs, its methods belong to its own
 * thread and fail on any other, at once and not only in debug mode; what is for all threads says
 * so, {@link #callSoonThreadsafe} above all. While it doesn't run it is like any object that isn't
 * thread-safe: one thread at a time.
 */
public sealed interface EventLoop extends AutoCloseable
        permits DefaultEventLoop, ForwardingEventLoop {

    /**
     * Runs until {@link #stop} is called. The calling thread waits; if it is interrupted, the loop
     * leaves at once.
     *
     * @throws IllegalStateException if the loop runs or is closed, or the calling thread runs
     *     another loop
     * @throws java.util.concurrent.CancellationException if the calling thread was interrupted; its
     *     flag is set then
     */
    void runForever();

    /**
     * Runs until {@code future} is done, by {@link #runForever}.
     *
     * @param future a future of this loop
     * @param <T> the type of the result
     * @return its result
     * @throws IllegalArgumentException if the future belongs to another loop
     * @throws IllegalStateException if the loop runs or is closed, or was stopped before the future
     *     was done
     * @throws java.util.concurrent.CancellationException if the future was cancelled, or the
     *     calling thread interrupted
     */
    <T extends @Nullable Object> T runUntilComplete(AsyncFuture<T> future);

    /**
     * Runs until {@code coroutine} has ended, as a new task.
     *
     * @param coroutine the coroutine
     * @param <T> the type of the result
     * @return its result
     * @throws IllegalStateException if the loop runs or is closed, or was stopped before the
     *     coroutine ended
     * @throws java.util.concurrent.CancellationException if the task was cancelled, or the calling
     *     thread interrupted
     */
    <T extends @Nullable Object> T runUntilComplete(Coroutine<T> coroutine);

    /**
     * Makes the loop return to its caller after the current iteration. Before a run: after one
     * iteration of it.
     */
    void stop();

    /**
     * Whether the loop runs. Any thread.
     *
     * @return true while it does
     */
    boolean isRunning();

    /**
     * Whether {@link #close} was called. Any thread.
     *
     * @return true if it was
     */
    boolean isClosed();

    /**
     * Ends the loop: what is queued is dropped, suspended tasks are reported and unwound, the
     * default executor is shut down without waiting, and exceptions that nobody asked for are
     * reported. Does nothing when called again.
     *
     * @throws IllegalStateException if the loop runs
     */
    @Override
    void close();

    /**
     * Closes all async generators that are still open. Python's {@code shutdown_asyncgens}.
     *
     * @return a coroutine that ends when they have
     */
    Coroutine<@Nullable Void> shutdownAsyncGenerators();

    /**
     * Has {@code hooks} told of the async generators that begin on this loop from now on. Python's
     * {@code sys.set_asyncgen_hooks}, which is per thread.
     *
     * @param hooks the hooks; {@link AsyncGeneratorHooks#NONE} for none
     */
    void setAsyncGeneratorHooks(AsyncGeneratorHooks hooks);

    /**
     * The hooks that are told of async generators. Python's {@code sys.get_asyncgen_hooks}.
     *
     * @return the hooks; {@link AsyncGeneratorHooks#NONE} unless set
     */
    AsyncGeneratorHooks getAsyncGeneratorHooks();

    /**
     * Shuts the default executor down and waits for its threads.
     *
     * @param timeout how long to wait, in real time even on a {@link VirtualClock}, as it is for
     *     other threads; after that a warning is logged and what still runs is interrupted
     * @return a coroutine that ends when the threads have, or with the timeout
     */
    Coroutine<@Nullable Void> shutdownDefaultExecutor(Duration timeout);

    /**
     * Has {@code callback} called in the next iteration, in a copy of the current context.
     *
     * @param callback what to call; it must not await
     * @return a handle to cancel it with
     */
    Handle callSoon(Runnable callback);

    /**
     * Has {@code callback} called in the next iteration, in {@code context}.
     *
     * @param callback what to call; it must not await
     * @param context the context
     * @return a handle to cancel it with
     */
    Handle callSoon(Runnable callback, Context context);

    /**
     * {@link #callSoon(Runnable)} for any thread; the callback gets a copy of the calling thread's
     * context.
     *
     * @param callback what to call; it must not await
     * @return a handle to cancel it with
     * @throws IllegalStateException if the loop is closed
     */
    Handle callSoonThreadsafe(Runnable callback);

    /**
     * {@link #callSoon(Runnable, Context)} for any thread.
     *
     * @param callback what to call; it must not await
     * @param context the context
     * @return a handle to cancel it with
     * @throws IllegalStateException if the loop is closed
     */
    Handle callSoonThreadsafe(Runnable callback, Context context);

    /**
     * Has {@code callback} called after {@code delay}. With none, or a negative one, it is called
     * in an iteration soon to come, after what is ready now.
     *
     * @param delay how long from now
     * @param callback what to call; it must not await
     * @return a handle to cancel it with
     */
    TimerHandle callLater(Duration delay, Runnable callback);

    /**
     * Has {@code callback} called after {@code delay}, in {@code context}.
     *
     * @param delay how long from now
     * @param callback what to call; it must not await
     * @param context the context
     * @return a handle to cancel it with
     */
    TimerHandle callLater(Duration delay, Runnable callback, Context context);

    /**
     * Has {@code callback} called at {@code when}; callbacks of the same time in the order in which
     * they came.
     *
     * @param when a time on the loop's clock
     * @param callback what to call; it must not await
     * @return a handle to cancel it with
     */
    TimerHandle callAt(Duration when, Runnable callback);

    /**
     * Has {@code callback} called at {@code when}, in {@code context}.
     *
     * @param when a time on the loop's clock
     * @param callback what to call; it must not await
     * @param context the context
     * @return a handle to cancel it with
     */
    TimerHandle callAt(Duration when, Runnable callback, Context context);

    /**
     * The time on the loop's clock. Any thread.
     *
     * @return the time since the clock was made
     */
    Duration time();

    /**
     * Has {@code callback} called on this loop at each signal of that kind that the process gets,
     * in a copy of the current context, the same each time. Python's {@code add_signal_handler}.
     *
     * <p>It takes the place of this loop's own handler for the signal, if there is one, and comes
     * before any other: the JVM's, another loop's, a {@link Runner}'s for Ctrl-C ({@code "INT"}).
     * That one is back when this is removed or the loop closed. Where the process was started with
     * {@code HUP}, {@code INT} or {@code TERM} ignored, as {@code nohup} does, the JVM leaves it
     * so, and the callback isn't called.
     *
     * {@snippet :
     * Task<?> main = currentTask();
     * getRunningLoop().addSignalHandler("TERM", () -> main.cancel());
     * }
     *
     * @param signal the name, with or without {@code SIG}: {@code "TERM"}, {@code "SIGUSR1"}
     * @param callback what to call; it must not await
     * @throws IllegalArgumentException if the system has no such signal, or the callback is a
     *     coroutine
     * @throws IllegalStateException if it can't be caught ({@code KILL}, {@code STOP}) or the JVM
     *     keeps it for itself ({@code QUIT}, {@code SEGV} and others; with {@code -Xrs} also {@code
     *     INT}, {@code TERM} and {@code HUP}), or the loop is closed
     */
    void addSignalHandler(String signal, Runnable callback);

    /**
     * Removes this loop's handler for a signal: whoever dealt with it before does so again. What
     * came before the removal is still called. Python's {@code remove_signal_handler}.
     *
     * @param signal the name, with or without {@code SIG}
     * @return false if this loop has no handler for it
     * @throws IllegalArgumentException if the system has no such signal
     */
    boolean removeSignalHandler(String signal);

    /**
     * A future of this loop.
     *
     * @param <T> the type of the result
     * @return a new, pending future
     */
    <T extends @Nullable Object> AsyncFuture<T> createFuture();

    /**
     * A task that runs {@code coroutine}, from the next iteration on.
     *
     * @param coroutine the body
     * @param <T> the type of the result
     * @return the task
     */
    default <T extends @Nullable Object> Task<T> createTask(Coroutine<T> coroutine) {
        return createTask(coroutine, TaskOptions.DEFAULT);
    }

    /**
     * A task that runs {@code coroutine}, made by the {@linkplain #setTaskFactory task factory} if
     * there is one.
     *
     * @param coroutine the body
     * @param options name, context and kind of start
     * @param <T> the type of the result
     * @return the task
     */
    <T extends @Nullable Object> Task<T> createTask(Coroutine<T> coroutine, TaskOptions options);

    /**
     * A task that runs {@code coroutine}, past the task factory: what a factory calls to make one.
     *
     * @param coroutine the body
     * @param options name, context and kind of start
     * @param <T> the type of the result
     * @return the task
     */
    <T extends @Nullable Object> Task<T> newTask(Coroutine<T> coroutine, TaskOptions options);

    /**
     * Has tasks made by {@code factory} from now on.
     *
     * @param factory the factory; null for the usual tasks
     */
    void setTaskFactory(@Nullable TaskFactory factory);

    /**
     * The task factory.
     *
     * @return the factory, or null if there is none
     */
    @Nullable TaskFactory getTaskFactory();

    /**
     * The tasks of this loop that aren't done.
     *
     * @return a new set, in the order in which they were made
     */
    Set<Task<?>> allTasks();

    /**
     * Runs {@code work} on another thread. It doesn't get the caller's context; {@link
     * Asyncio#toThread} gives it that. Cancelling the future lets go of the thread at once: it goes
     * on, and its result is dropped.
     *
     * @param executor where to run it; null for the default executor, which has a virtual thread
     *     for each piece of work
     * @param work what to run; it may block
     * @param <T> the type of the result
     * @return a future of the result
     * @throws IllegalStateException if it is the default executor, and that was shut down
     */
    <T extends @Nullable Object> AsyncFuture<T> runInExecutor(
            @Nullable Executor executor, Callable<T> work);

    /**
     * Uses {@code executor} as the default from now on; the loop shuts it down when it is closed.
     *
     * @param executor the executor
     */
    void setDefaultExecutor(ExecutorService executor);

    /**
     * Has errors that reach nobody told to {@code handler}: those of callbacks, of tasks that
     * nobody asks, of shutdown.
     *
     * @param handler the handler; null for {@link #defaultExceptionHandler}
     */
    void setExceptionHandler(@Nullable LoopExceptionHandler handler);

    /**
     * The exception handler.
     *
     * @return the handler, or null if there is none
     */
    @Nullable LoopExceptionHandler getExceptionHandler();

    /**
     * Logs the error, as happens when there is no handler. Any thread.
     *
     * @param context what happened
     */
    void defaultExceptionHandler(ExceptionContext context);

    /**
     * Tells the exception handler. If that fails, the default one is told of both; if that fails
     * too, both are logged.
     *
     * @param context what happened
     */
    void callExceptionHandler(ExceptionContext context);

    /**
     * Switches debug mode: creation stacks are kept, and callbacks and steps that take longer than
     * {@link #getSlowCallbackDuration} are logged. It is on from the start with the system property
     * {@code asyncio4j.debug} or the environment variable {@code ASYNCIO4J_DEBUG}.
     *
     * @param enabled whether it is to be on
     */
    void setDebug(boolean enabled);

    /**
     * Whether debug mode is on. Any thread.
     *
     * @return true if it is
     */
    boolean getDebug();

    /**
     * What counts as slow in debug mode.
     *
     * @param duration the limit; 100 ms unless set
     */
    void setSlowCallbackDuration(Duration duration);

    /**
     * What counts as slow in debug mode.
     *
     * @return the limit
     */
    Duration getSlowCallbackDuration();

    /**
     * Has the watchdog name the code that holds this loop for longer than {@code limit}: by a
     * warning of the logger {@code asyncio4j} with the task and the stack, while the step still
     * runs, again at growing intervals, and once it has ended. The time is the real one, whatever
     * clock the loop has. Where other code holds all carrier threads of virtual threads, so that a
     * step doesn't get on, the warning says that. All loops of the JVM are watched by one daemon
     * thread, {@code asyncio4j-watchdog}, which looks some times per limit, so the report comes up
     * to half a limit late.
     *
     * <p>Unless this is called, the limit is what the system property {@code asyncio4j.watchdog}
     * says, as an ISO-8601 duration or a number of seconds; without it, 5 seconds, and in debug
     * mode {@link #getSlowCallbackDuration}, but 100 ms at least.
     *
     * @param limit the limit; zero switches the watchdog off for this loop
     * @throws IllegalArgumentException if the limit is negative
     */
    void setWatchdogLimit(Duration limit);

    /**
     * How long a step may hold this loop before the watchdog names it.
     *
     * @return the limit; zero if the watchdog is off for this loop
     */
    Duration getWatchdogLimit();

    /**
     * What the tasks run on. Any thread.
     *
     * @return the engine
     */
    Engine getEngine();
}
