package asyncio4j;

import asyncio4j.internal.fiber.Fiber;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

// Long, as it is the whole of Python's module in one place; what takes more than a few lines is
// in a class of its own.

/**
 * The functions of Python's {@code asyncio} module; import them statically.
 *
 * {@snippet :
 * String greeting = run(() -> {
 *     Task<String> name = createTask(() -> {
 *         await(sleep(Duration.ofMillis(10)));
 *         return "world";
 *     });
 *     return "hello " + await(name);
 * });
 * }
 */
public final class Asyncio {

    static final String NULL_COROUTINE =
            "a coroutine was expected, not null: pass a lambda, such as () -> await(...)";

    private static final String NULL_AWAITABLE =
            "ensureFuture: the awaitable is null: pass a future or a coroutine";

    /** What set_event_loop set, by thread. */
    private static final ThreadLocal<@Nullable EventLoop> SET = new ThreadLocal<>();

    static {
        LoopAccessImpl.install();
    }

    private Asyncio() {}

    // Running

    /**
     * Runs {@code main} on a new loop and cleans up after it. Python's {@code asyncio.run}; {@link
     * Runner} has the options.
     *
     * @param main the coroutine
     * @param <T> the type of its result
     * @return its result
     * @throws IllegalStateException if the calling thread runs a loop already
     * @throws java.util.concurrent.CancellationException if the coroutine was cancelled
     */
    public static <T extends @Nullable Object> T run(Coroutine<T> main) {
        Unawaited.refused(main, "Asyncio.run()");
        checkNotRunning("Asyncio.run()");
        try (Runner runner = Runner.forOneRun()) {
            return runner.run(main);
        }
    }

    /**
     * {@link #run(Coroutine)} without a result.
     *
     * @param main the coroutine
     */
    public static void run(VoidCoroutine main) {
        Unawaited.refused(main, "Asyncio.run()");
        checkNotRunning("Asyncio.run()");
        Objects.requireNonNull(main, NULL_COROUTINE);
        run(Coroutine.of(main));
    }

    static void checkNotRunning(String what) {
        if (Fiber.current() != null) {
            throw new IllegalStateException(
                    what
                            + " cannot be called from a running event loop: await(...) the"
                            + " coroutine there");
        }
    }

    /**
     * A new loop. Python's {@code asyncio.new_event_loop}.
     *
     * @return a loop that doesn't run yet; close it in the end
     */
    public static EventLoop newEventLoop() {
        return newEventLoop(LoopOptions.DEFAULT);
    }

    /**
     * {@link #newEventLoop()} with options.
     *
     * @param options the options
     * @return a loop that doesn't run yet; close it in the end
     * @throws IllegalStateException if the engine that was asked for isn't available
     */
    public static EventLoop newEventLoop(LoopOptions options) {
        Objects.requireNonNull(options, "the options are null: leave them out");
        VirtualClock clock = options.clock();
        return new DefaultEventLoop(
                clock == null ? asyncio4j.internal.loop.Clock.system() : clock.clock(),
                options.engine());
    }

    /**
     * A new loop whose time is a test's.
     *
     * @param clock the time
     * @return a loop that doesn't run yet; close it in the end
     */
    public static EventLoop newEventLoop(VirtualClock clock) {
        return newEventLoop(LoopOptions.DEFAULT.clock(clock));
    }

    /**
     * The loop that runs the calling code. Python's {@code asyncio.get_running_loop}.
     *
     * @return the loop
     * @throws IllegalStateException if no loop runs it
     */
    public static EventLoop getRunningLoop() {
        DefaultEventLoop loop = DefaultEventLoop.running();
        if (loop == null) {
            throw new IllegalStateException(
                    "no running event loop on thread "
                            + Thread.currentThread().getName()
                            + ": start one with Asyncio.run(...) or a Runner");
        }
        return loop.facade();
    }

    /**
     * The running loop, else the one that {@link #setEventLoop} set for this thread. Python's
     * {@code asyncio.get_event_loop}.
     *
     * @return the loop
     * @throws IllegalStateException if there is neither
     */
    public static EventLoop getEventLoop() {
        DefaultEventLoop loop = DefaultEventLoop.running();
        if (loop != null) {
            return loop.facade();
        }
        EventLoop set = SET.get();
        if (set == null) {
            throw new IllegalStateException(
                    "There is no current event loop in thread "
                            + Thread.currentThread().getName()
                            + ": start one with Asyncio.run(...) or a Runner");
        }
        return set;
    }

    /**
     * Sets the loop that {@link #getEventLoop} answers on this thread while none runs.
     *
     * @param loop the loop, or null for none
     */
    public static void setEventLoop(@Nullable EventLoop loop) {
        if (loop == null) {
            SET.remove();
        } else {
            SET.set(loop);
        }
    }

    // Awaiting

    /**
     * Waits for {@code future}; the other tasks go on meanwhile. One that is done is answered
     * without suspending.
     *
     * @param future a future or task of the running loop
     * @param <T> the type of the result
     * @return its result; its exception is thrown as it is, checked or not
     * @throws CancelledError if the calling task is cancelled, and then {@code future} is too, or
     *     if {@code future} was
     * @throws IllegalStateException outside of a task, or if the future is another loop's, or the
     *     calling task itself
     */
    public static <T extends @Nullable Object> T await(AsyncFuture<T> future) {
        Objects.requireNonNull(future, "await: the future is null");
        Fiber fiber = Fiber.current();
        Task<?> task = fiber == null ? null : (Task<?>) fiber.task();
        if (fiber == null || task == null) {
            throw outside("await");
        }
        if (!future.done()) {
            return task.awaitPending(future, fiber);
        }
        Throwable error = future.error("await");
        if (error != null) {
            AwaitSite.add(error, task);
            throw Sneaky.raise(error);
        }
        return future.value();
    }

    /**
     * Runs {@code coroutine} in the calling task, on the same stack.
     *
     * @param coroutine the coroutine
     * @param <T> the type of the result
     * @return its result; what it throws is thrown as it is, checked or not
     * @throws IllegalStateException outside of a task
     */
    public static <T extends @Nullable Object> T await(Coroutine<T> coroutine) {
        Objects.requireNonNull(coroutine, NULL_COROUTINE);
        requireTask("await");
        try {
            return coroutine.run();
        } catch (TimeoutError | Exception e) {
            throw Sneaky.raise(TimeoutError.leaving(e));
        }
    }

    /**
     * {@link #await(Coroutine)} of what has a deadline.
     *
     * @param coroutine what {@link #waitFor} or {@link #timeout(Duration, Timeout.Body)} made
     * @param <T> the type of the result
     * @return its result; what it throws is thrown as it is, checked or not
     * @throws TimeoutException if it wasn't done in time
     * @throws IllegalStateException outside of a task
     */
    public static <T extends @Nullable Object> T await(TimedCoroutine<T> coroutine)
            throws TimeoutException {
        return await((Coroutine<T>) coroutine);
    }

    /**
     * Waits for a stage of the JDK's. Cancelling the task cancels a {@link CompletableFuture}.
     *
     * @param stage the stage; any thread may complete it
     * @param <T> the type of the result
     * @return its result; its exception is thrown as it is, without a {@link CompletionException}
     *     around it
     * @throws CancelledError if the calling task or the stage is cancelled
     * @throws IllegalStateException outside of a task
     */
    public static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
        Objects.requireNonNull(stage, "await: the stage is null");
        Task<?> task = requireTask("await");
        if (stage instanceof CompletableFuture<T> future && future.isDone()) {
            return ThreadsafeFutures.outcome(future, task);
        }
        return await(ThreadsafeFutures.wrap(stage, task.loop()));
    }

    /** Waits until {@code future} is done, and leaves its outcome alone. */
    static void awaitSettled(AsyncFuture<?> future) {
        AsyncFuture<@Nullable Void> settled =
                new StandIn<@Nullable Void>(future.loop(), () -> List.of(future));
        LightCallback tell =
                new LightCallback() {
                    @Override
                    public void run() {
                        settled.setResultUnlessDone(null);
                    }
                };
        future.add(tell);
        try {
            await(settled);
        } finally {
            future.remove(tell);
        }
    }

    /** Waits for whatever kind it is. */
    static <T extends @Nullable Object> T await(Awaitable<T> awaitable) {
        return switch (awaitable) {
            case AsyncFuture<T> future -> await(future);
            case Coroutine<T> coroutine -> await(coroutine);
        };
    }

    /** The task that runs the calling code. */
    static Task<?> requireTask(String what) {
        Fiber fiber = Fiber.current();
        Task<?> task = fiber == null ? null : (Task<?>) fiber.task();
        if (task == null) {
            throw outside(what);
        }
        return task;
    }

    private static IllegalStateException outside(String what) {
        return new IllegalStateException(
                Fiber.current() == null
                        ? what
                                + " outside of a coroutine, on thread "
                                + Thread.currentThread().getName()
                                + ": run the code with Asyncio.run(...) or Runner.run(...), or use"
                                + " runCoroutineThreadsafe(coroutine, loop)"
                        : what
                                + " inside a plain callback, which cannot suspend: start a task"
                                + " there with createTask(() -> ...)");
    }

    // Tasks

    /**
     * The task that runs the calling code. Python's {@code asyncio.current_task}.
     *
     * @return the task; null inside a plain callback
     * @throws IllegalStateException if no loop runs it
     */
    public static @Nullable Task<?> currentTask() {
        getRunningLoop();
        return (Task<?>) DefaultEventLoop.currentFiber().task();
    }

    /**
     * The tasks of the running loop that aren't done. Python's {@code asyncio.all_tasks}.
     *
     * @return a new set
     * @throws IllegalStateException if no loop runs the calling code
     */
    public static Set<Task<?>> allTasks() {
        return getRunningLoop().allTasks();
    }

    /**
     * A task that runs {@code coroutine} on the running loop, from the next iteration on. Python's
     * {@code asyncio.create_task}. The loop holds it until it is done.
     *
     * @param coroutine the body
     * @param <T> the type of the result
     * @return the task
     * @throws IllegalStateException if no loop runs the calling code
     */
    public static <T extends @Nullable Object> Task<T> createTask(Coroutine<T> coroutine) {
        return createTask(coroutine, TaskOptions.DEFAULT);
    }

    /**
     * {@link #createTask(Coroutine)} without a result.
     *
     * @param coroutine the body
     * @return the task
     */
    public static Task<@Nullable Void> createTask(VoidCoroutine coroutine) {
        return createTask(coroutine, TaskOptions.DEFAULT);
    }

    /**
     * {@link #createTask(Coroutine)} with options.
     *
     * @param coroutine the body
     * @param options name, context and kind of start
     * @param <T> the type of the result
     * @return the task
     */
    public static <T extends @Nullable Object> Task<T> createTask(
            Coroutine<T> coroutine, TaskOptions options) {
        Objects.requireNonNull(coroutine, NULL_COROUTINE);
        return getRunningLoop().createTask(coroutine, options);
    }

    /**
     * {@link #createTask(Coroutine, TaskOptions)} without a result.
     *
     * @param coroutine the body
     * @param options name, context and kind of start
     * @return the task
     */
    public static Task<@Nullable Void> createTask(VoidCoroutine coroutine, TaskOptions options) {
        Objects.requireNonNull(coroutine, NULL_COROUTINE);
        return createTask(Coroutine.of(coroutine), options);
    }

    /**
     * A future for {@code awaitable}: itself if it is one, else a task. Python's {@code
     * asyncio.ensure_future}.
     *
     * @param awaitable a future or a coroutine
     * @param <T> the type of the result
     * @return a future
     */
    public static <T extends @Nullable Object> AsyncFuture<T> ensureFuture(Awaitable<T> awaitable) {
        Objects.requireNonNull(awaitable, NULL_AWAITABLE);
        return awaitable instanceof AsyncFuture<T> future
                ? future
                : ensureFuture(awaitable, DefaultEventLoop.unwrap(getEventLoop()));
    }

    /**
     * {@link #ensureFuture(Awaitable)} on a loop of one's own choice, which need not run.
     *
     * @param awaitable a future or a coroutine
     * @param loop the loop
     * @param <T> the type of the result
     * @return a future of that loop
     * @throws IllegalArgumentException if it is a future of another loop
     */
    public static <T extends @Nullable Object> AsyncFuture<T> ensureFuture(
            Awaitable<T> awaitable, EventLoop loop) {
        Objects.requireNonNull(awaitable, NULL_AWAITABLE);
        Objects.requireNonNull(loop, "ensureFuture: the loop is null: leave it out for this one");
        DefaultEventLoop inner = DefaultEventLoop.unwrap(loop);
        if (awaitable instanceof AsyncFuture<T> future && future.loop() != inner) {
            throw new IllegalArgumentException(
                    "The future belongs to a different loop than the one specified: "
                            + future
                            + "; await it on its own, future.getLoop()");
        }
        return ensureFuture(awaitable, inner);
    }

    static <T extends @Nullable Object> AsyncFuture<T> ensureFuture(
            Awaitable<T> awaitable, DefaultEventLoop loop) {
        return switch (awaitable) {
            case AsyncFuture<T> future -> future;
            case Coroutine<T> coroutine -> loop.facade().createTask(coroutine, TaskOptions.DEFAULT);
        };
    }

    // Iteration

    /**
     * Asks an iterator for its next item. Python's {@code anext(iterator)}.
     *
     * @param iterator the iterator
     * @param <T> the type of the items
     * @return a coroutine of the item; it throws {@link StopAsyncIteration} at the end
     */
    @CheckReturnValue
    public static <T extends @Nullable Object> Coroutine<T> anext(AsyncIterator<T> iterator) {
        Objects.requireNonNull(iterator, "anext: the iterator is null");
        return Unawaited.track("anext", () -> await(iterator.anext()));
    }

    /**
     * Asks an iterator for its next item, with an answer for the end. Python's {@code
     * anext(iterator, default)}.
     *
     * @param iterator the iterator
     * @param atEnd what to answer if there is no more item; may be null
     * @param <T> the type of the items
     * @return a coroutine of the item, or of {@code atEnd}; it throws what the iterator throws, but
     *     for {@link StopAsyncIteration}
     */
    @CheckReturnValue
    public static <T extends @Nullable Object> Coroutine<T> anext(
            AsyncIterator<? extends T> iterator, T atEnd) {
        Objects.requireNonNull(iterator, "anext: the iterator is null");
        return Unawaited.track(
                "anext",
                () -> {
                    try {
                        return await(iterator.anext());
                    } catch (StopAsyncIteration end) {
                        return atEnd;
                    }
                });
    }

    /**
     * The items of an iterable for a {@code for} loop in a task, which awaits each when it is asked
     * for. Python's {@code async for}. An {@link AsyncGenerator} needs none of this.
     *
     * <p>Leaving the loop early closes nothing: {@link #aclosing} is for that.
     *
     * @param iterable what to iterate over
     * @param <T> the type of the items
     * @return the items; every loop over them asks {@code iterable} for a new iterator
     */
    public static <T extends @Nullable Object> Iterable<T> each(AsyncIterable<T> iterable) {
        Objects.requireNonNull(iterable, "each: there is nothing to iterate over: null");
        return () -> {
            AsyncIterator<T> iterator = iterable.aiter();
            return new PulledItems<>(() -> await(iterator.anext()));
        };
    }

    /**
     * Closes {@code closing} at the end of a try block, whatever its end is. Python's {@code
     * contextlib.aclosing}; what is {@link AsyncCloseable} itself, as an {@link AsyncGenerator} is,
     * may as well stand in the try alone.
     *
     * {@snippet :
     * Semaphore semaphore = new Semaphore(0);
     * Coroutine<Void> disconnect = sleep(Duration.ofMillis(1));
     * try (var _ = aclosing(() -> disconnect)) {
     *     semaphore.release();
     * }
     * }
     *
     * @param closing what is to be closed, or how, such as {@code connection::disconnect}
     * @return it, for the try
     */
    public static AsyncCloseable aclosing(AsyncCloseable closing) {
        return Objects.requireNonNull(closing, "aclosing: there is nothing to close: null");
    }

    // Combinators

    /**
     * Suspends for a time. Python's {@code asyncio.sleep}; not positive means: let everything that
     * is ready have its turn.
     *
     * @param delay how long
     * @return a coroutine that ends after that
     */
    @CheckReturnValue
    public static Coroutine<@Nullable Void> sleep(Duration delay) {
        return Unawaited.track("sleep", Sleep.of(delay));
    }

    /**
     * Suspends for a time, with a result.
     *
     * @param delay how long
     * @param result what to answer then
     * @param <T> the type of the result
     * @return a coroutine that ends after that
     */
    @CheckReturnValue
    public static <T extends @Nullable Object> Coroutine<T> sleep(Duration delay, T result) {
        return Unawaited.track("sleep", new Sleep<>(delay, result));
    }

    /**
     * Runs the coroutines at the same time, as tasks. Python's {@code asyncio.gather}.
     *
     * @param coroutines what to run
     * @param <T> the type of the results
     * @return a future of the results in the order of the arguments, or of the first error; the
     *     others go on then. Cancelling it cancels all
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public static <T extends @Nullable Object> AsyncFuture<List<T>> gather(
            Coroutine<? extends T>... coroutines) {
        return gather(Arrays.asList(coroutines));
    }

    /**
     * Runs coroutines without results at the same time, as tasks.
     *
     * @param coroutines what to run
     * @return a future of as many nulls, or of the first error; the others go on then. Cancelling
     *     it cancels all
     */
    public static AsyncFuture<List<@Nullable Void>> gather(VoidCoroutine... coroutines) {
        return gather(Arrays.stream(coroutines).map(Coroutine::of).toList());
    }

    /**
     * Waits for all futures. Python's {@code asyncio.gather}.
     *
     * @param futures what to wait for
     * @param <T> the type of the results
     * @return a future of the results in the order of the arguments, or of the first error; the
     *     others go on then. Cancelling it cancels all
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public static <T extends @Nullable Object> AsyncFuture<List<T>> gather(
            AsyncFuture<? extends T>... futures) {
        return gather(Arrays.asList(futures));
    }

    /**
     * Waits for futures and runs coroutines, all at the same time. Python's {@code asyncio.gather}.
     * A future that comes twice is waited for once; a coroutine that comes twice is run twice, as a
     * Java lambda can be.
     *
     * @param awaitables futures and coroutines
     * @param <T> the type of the results
     * @return a future of the results in the order of the arguments, or of the first error; the
     *     others go on then. Cancelling it cancels all
     */
    public static <T extends @Nullable Object> AsyncFuture<List<T>> gather(
            Collection<? extends Awaitable<? extends T>> awaitables) {
        return GatheringFuture.gather(awaitables, false, GatherOptions.DEFAULT);
    }

    /**
     * {@link #gather(Collection)} with options.
     *
     * @param awaitables futures and coroutines
     * @param options whether a failure cancels the others. The future then ends with that error
     *     once all have ended; errors that they add are suppressed ones of it. If it is cancelled
     *     meanwhile, that counts, and the error is a suppressed one of the {@link CancelledError}
     * @param <T> the type of the results
     * @return a future of the results in the order of the arguments, or of the first error.
     *     Cancelling it cancels all
     */
    public static <T extends @Nullable Object> AsyncFuture<List<T>> gather(
            Collection<? extends Awaitable<? extends T>> awaitables, GatherOptions options) {
        return GatheringFuture.gather(awaitables, false, options);
    }

    /**
     * {@link #gather(Collection)} with {@code return_exceptions}: errors are results like others,
     * so that it waits for all.
     *
     * @param awaitables futures and coroutines
     * @return a future of a list with a result or a {@link Throwable} for each
     */
    public static AsyncFuture<List<@Nullable Object>> gatherReturnExceptions(
            Collection<? extends Awaitable<?>> awaitables) {
        return GatheringFuture.gather(awaitables, true, GatherOptions.DEFAULT);
    }

    /**
     * {@link #gatherReturnExceptions(Collection)} with options.
     *
     * @param awaitables futures and coroutines
     * @param options whether a failure cancels the others, whose outcomes are in the list all the
     *     same
     * @return a future of a list with a result or a {@link Throwable} for each
     */
    public static AsyncFuture<List<@Nullable Object>> gatherReturnExceptions(
            Collection<? extends Awaitable<?>> awaitables, GatherOptions options) {
        return GatheringFuture.gather(awaitables, true, options);
    }

    /**
     * Runs {@code body}, which may start tasks in a group, and waits for all of them. Python's
     * {@code async with asyncio.TaskGroup()}. If one of them or the body fails, the others are
     * cancelled; {@link TaskGroup} says more.
     *
     * {@snippet :
     * List<String> pages = await(taskGroup(group -> {
     *     Task<String> first = group.createTask(sleep(Duration.ofMillis(20), "first"));
     *     Task<String> second = group.createTask(sleep(Duration.ofMillis(10), "second"));
     *     return List.of(await(first), await(second));
     * }));
     * }
     *
     * @param body what starts the tasks, in the calling task
     * @param <T> the type of the result
     * @return a coroutine of the body's result; null if {@link TaskGroup#cancel} kept the body from
     *     having one. It throws {@link ExceptionGroup} if the body or a task failed, and {@link
     *     CancelledError} if the calling task was cancelled
     */
    @CheckReturnValue
    public static <T extends @Nullable Object> Coroutine<T> taskGroup(TaskGroup.Body<T> body) {
        Objects.requireNonNull(body, TaskGroup.NULL_BODY);
        return Unawaited.track("taskGroup", () -> await(new TaskGroup().run(body)));
    }

    /**
     * {@link #taskGroup(TaskGroup.Body)} without a result.
     *
     * @param body what starts the tasks, in the calling task
     * @return a coroutine that ends when the body and all tasks have
     */
    @CheckReturnValue
    public static Coroutine<@Nullable Void> taskGroup(TaskGroup.VoidBody body) {
        Objects.requireNonNull(body, TaskGroup.NULL_BODY);
        return Unawaited.track("taskGroup", () -> await(new TaskGroup().run(body)));
    }

    /**
     * Waits until futures are done, and says which are. Python's {@code asyncio.wait}. It throws
     * nothing of theirs and cancels none of them, not even when the waiting task is cancelled. It
     * is written {@code Asyncio.wait(...)}, as {@link Object#wait()} hides a static import of it.
     *
     * {@snippet :
     * List<Task<String>> tasks = List.of(
     *         createTask(sleep(Duration.ofMillis(20), "slow")),
     *         createTask(sleep(Duration.ofMillis(10), "quick")));
     * var found = await(Asyncio.wait(tasks, ReturnWhen.FIRST_COMPLETED));
     * for (Task<String> task : found.done()) {
     *     System.out.println(task.result());
     * }
     * found.pending().forEach(Task::cancel);
     * }
     *
     * @param futures futures and tasks of the running loop; one that comes twice counts once. Make
     *     tasks of coroutines first, so as to know them again
     * @param <F> the type of the futures
     * @return a coroutine of the two sets
     * @throws IllegalArgumentException if there are none; when awaited, if one is another loop's
     */
    @CheckReturnValue
    public static <F extends AsyncFuture<?>> Coroutine<WaitResult<F>> wait(
            Collection<? extends F> futures) {
        return Unawaited.track("wait", new Wait<>(futures, ReturnWhen.ALL_COMPLETED, null));
    }

    /**
     * {@link #wait(Collection)} until some are done.
     *
     * @param futures futures and tasks of the running loop
     * @param returnWhen how long to wait
     * @param <F> the type of the futures
     * @return a coroutine of the two sets
     * @throws IllegalArgumentException if there are none; when awaited, if one is another loop's
     */
    @CheckReturnValue
    public static <F extends AsyncFuture<?>> Coroutine<WaitResult<F>> wait(
            Collection<? extends F> futures, ReturnWhen returnWhen) {
        return Unawaited.track("wait", new Wait<>(futures, returnWhen, null));
    }

    /**
     * {@link #wait(Collection, ReturnWhen)}, but not longer than for some time. It is no error if
     * that is over: what isn't done by then is pending.
     *
     * @param futures futures and tasks of the running loop
     * @param returnWhen how long to wait
     * @param timeout how long to wait at most; null for as long as it takes
     * @param <F> the type of the futures
     * @return a coroutine of the two sets
     * @throws IllegalArgumentException if there are none; when awaited, if one is another loop's
     */
    @CheckReturnValue
    public static <F extends AsyncFuture<?>> Coroutine<WaitResult<F>> wait(
            Collection<? extends F> futures, ReturnWhen returnWhen, @Nullable Duration timeout) {
        return Unawaited.track("wait", new Wait<>(futures, returnWhen, timeout));
    }

    /**
     * Waits for futures and runs coroutines, as tasks, and gives their outcomes as they come.
     * Python's {@code asyncio.as_completed}. A future that comes twice is there once; a coroutine
     * that comes twice is run twice, as a Java lambda can be.
     *
     * @param awaitables futures and coroutines
     * @param <T> the type of the results
     * @return the outcomes, to be iterated over
     */
    public static <T extends @Nullable Object> AsCompleted<T> asCompleted(
            Collection<? extends Awaitable<? extends T>> awaitables) {
        return AsCompleted.of(awaitables, null);
    }

    /**
     * {@link #asCompleted(Collection)}, but not longer than for some time from now on. What isn't
     * done by then goes on.
     *
     * @param awaitables futures and coroutines
     * @param timeout how long to wait; null for as long as it takes
     * @param <T> the type of the results
     * @return the outcomes, to be iterated over
     * @throws TimeoutException never by this call: by whoever takes an outcome when the time is
     *     over. It is declared here so that it can be caught around the loop
     */
    public static <T extends @Nullable Object> AsCompleted<T> asCompleted(
            Collection<? extends Awaitable<? extends T>> awaitables, @Nullable Duration timeout)
            throws TimeoutException {
        return AsCompleted.of(awaitables, timeout);
    }

    /**
     * Starts coroutines one after the other, each when the one before has failed or some time is
     * over, until one has a result. Python's {@code asyncio.staggered.staggered_race}, and how one
     * connects to a host with several addresses. The others are cancelled then, and waited for. So
     * are all if the calling task is cancelled.
     *
     * {@snippet :
     * List<Coroutine<String>> mirrors = List.of(
     *         sleep(Duration.ofSeconds(5), "far"), sleep(Duration.ofMillis(10), "near"));
     * var race = await(staggeredRace(mirrors, Duration.ofMillis(100)));
     * if (race.won()) {
     *     System.out.println(race.result()); // near
     * }
     * }
     *
     * @param coroutines what to try, in this order; each runs as a task
     * @param delay how long to wait for one before the next is started, too; null for until it has
     *     failed
     * @param <T> the type of the results
     * @return a coroutine of the winner and of what the others failed with; it doesn't fail if all
     *     have
     */
    public static <T extends @Nullable Object> Coroutine<StaggeredResult<T>> staggeredRace(
            Collection<? extends Coroutine<? extends T>> coroutines, @Nullable Duration delay) {
        Objects.requireNonNull(coroutines, "staggeredRace: the collection of coroutines is null");
        return new Staggered<>(coroutines, delay);
    }

    /**
     * A future that stands for {@code awaitable} and can be cancelled without cancelling that.
     * Python's {@code asyncio.shield}. If the inner one fails after that, the exception handler is
     * told.
     *
     * @param awaitable a future, or a coroutine, which becomes a task
     * @param <T> the type of the result
     * @return the future; the one that was given if it is done already
     */
    public static <T extends @Nullable Object> AsyncFuture<T> shield(Awaitable<T> awaitable) {
        Objects.requireNonNull(awaitable, "shield: the awaitable is null");
        return Shield.shield(ensureFuture(awaitable));
    }

    /**
     * {@link #shield(Awaitable)} for a lambda.
     *
     * @param coroutine the coroutine, which becomes a task
     * @param <T> the type of the result
     * @return the future
     */
    public static <T extends @Nullable Object> AsyncFuture<T> shield(Coroutine<T> coroutine) {
        Objects.requireNonNull(coroutine, NULL_COROUTINE);
        return shield((Awaitable<T>) coroutine);
    }

    /**
     * An await with a deadline. Python's {@code asyncio.wait_for}. A coroutine runs in the calling
     * task; when the time is over it is cancelled, and a {@link TimeoutException} thrown once it
     * has ended. If it has a result in spite of that, that counts. Without any time a body isn't
     * started; a future is cancelled and waited for.
     *
     * @param awaitable a future or a coroutine
     * @param timeout how long it may take; null for as long as it takes
     * @param <T> the type of the result
     * @return a coroutine of the result
     */
    @CheckReturnValue
    public static <T extends @Nullable Object> TimedCoroutine<T> waitFor(
            Awaitable<T> awaitable, @Nullable Duration timeout) {
        return Unawaited.track("waitFor", new WaitFor<>(awaitable, timeout));
    }

    /**
     * {@link #waitFor(Awaitable, Duration)} for a lambda.
     *
     * @param coroutine the coroutine
     * @param timeout how long it may take; null for as long as it takes
     * @param <T> the type of the result
     * @return a coroutine of the result
     */
    @CheckReturnValue
    public static <T extends @Nullable Object> TimedCoroutine<T> waitFor(
            Coroutine<T> coroutine, @Nullable Duration timeout) {
        Objects.requireNonNull(coroutine, NULL_COROUTINE);
        return Unawaited.track("waitFor", new WaitFor<>(coroutine, timeout));
    }

    /**
     * {@link #waitFor(Awaitable, Duration)} for a lambda without a result.
     *
     * @param coroutine the coroutine
     * @param timeout how long it may take; null for as long as it takes
     * @return a coroutine that ends when that has
     */
    @CheckReturnValue
    public static TimedCoroutine<@Nullable Void> waitFor(
            VoidCoroutine coroutine, @Nullable Duration timeout) {
        return Unawaited.track("waitFor", new WaitFor<>(Coroutine.of(coroutine), timeout));
    }

    /**
     * A block with a deadline, which the block may move. Python's {@code async with
     * asyncio.timeout}. It runs in the calling task; when the time is over that is cancelled, and
     * on the way out of the block the cancellation becomes a {@link TimeoutException}. A block that
     * never suspends isn't hurt by its deadline.
     *
     * {@snippet :
     * int sum = await(timeout(Duration.ofSeconds(2), t -> {
     *     await(sleep(Duration.ofMillis(10)));
     *     t.reschedule(null); // the worst is over
     *     return await(sleep(Duration.ofSeconds(5), 42));
     * }));
     * }
     *
     * @param delay how long the block may take, from when it is awaited; null for no deadline
     * @param body the block, given its {@link Timeout}
     * @param <T> the type of the result
     * @return a coroutine of the block's result
     */
    @CheckReturnValue
    public static <T extends @Nullable Object> TimedCoroutine<T> timeout(
            @Nullable Duration delay, Timeout.Body<T> body) {
        return Unawaited.track("timeout", new TimeoutBlock<>(delay, false, body));
    }

    /**
     * {@link #timeout(Duration, Timeout.Body)} for a block without a result.
     *
     * @param delay how long the block may take, from when it is awaited; null for no deadline
     * @param body the block, given its {@link Timeout}
     * @return a coroutine that ends when the block has
     */
    @CheckReturnValue
    public static TimedCoroutine<@Nullable Void> timeout(
            @Nullable Duration delay, Timeout.VoidBody body) {
        return Unawaited.track("timeout", new TimeoutBlock<>(delay, false, Timeout.Body.of(body)));
    }

    /**
     * Enters a timeout in the calling task, for try-with-resources: {@code catch (TimeoutError e)}
     * catches it. {@link #timeout(Duration, Timeout.Body)} is the form to prefer.
     *
     * @param delay how long the block may take; null for no deadline
     * @return the timeout; closing it ends it
     * @throws IllegalStateException outside of a task
     * @see TimeoutError
     */
    public static Timeout timeout(@Nullable Duration delay) {
        return Timeout.enter(requireTask("timeout"), delay, Timeout.Form.TRY);
    }

    /**
     * {@link #timeout(Duration, Timeout.Body)} until a time on the loop's clock. Python's {@code
     * asyncio.timeout_at}.
     *
     * @param when the deadline, to be compared with {@link EventLoop#time()}; null for none
     * @param body the block, given its {@link Timeout}
     * @param <T> the type of the result
     * @return a coroutine of the block's result
     */
    @CheckReturnValue
    public static <T extends @Nullable Object> TimedCoroutine<T> timeoutAt(
            @Nullable Duration when, Timeout.Body<T> body) {
        return Unawaited.track("timeoutAt", new TimeoutBlock<>(when, true, body));
    }

    /**
     * {@link #timeoutAt(Duration, Timeout.Body)} for a block without a result.
     *
     * @param when the deadline, to be compared with {@link EventLoop#time()}; null for none
     * @param body the block, given its {@link Timeout}
     * @return a coroutine that ends when the block has
     */
    @CheckReturnValue
    public static TimedCoroutine<@Nullable Void> timeoutAt(
            @Nullable Duration when, Timeout.VoidBody body) {
        return Unawaited.track("timeoutAt", new TimeoutBlock<>(when, true, Timeout.Body.of(body)));
    }

    /**
     * {@link #timeout(Duration)} until a time on the loop's clock.
     *
     * @param when the deadline, to be compared with {@link EventLoop#time()}; null for none
     * @return the timeout; closing it ends it
     * @throws IllegalStateException outside of a task
     */
    public static Timeout timeoutAt(@Nullable Duration when) {
        return Timeout.enterAt(requireTask("timeoutAt"), when, Timeout.Form.TRY);
    }

    // Threads

    /**
     * Runs blocking code on another thread, with a copy of the calling task's context. Python's
     * {@code asyncio.to_thread}. Thread-locals that a task has for its own go along, too.
     *
     * @param work what to run
     * @param <T> the type of the result
     * @return a coroutine of the result
     */
    @CheckReturnValue
    public static <T extends @Nullable Object> Coroutine<T> toThread(Callable<T> work) {
        Objects.requireNonNull(work, "toThread: the work is null");
        return Unawaited.track(
                "toThread",
                () -> {
                    Context context = Context.copyContext();
                    Callable<T> job =
                            Carried.along(
                                    DefaultEventLoop.unwrap(getRunningLoop()),
                                    () -> context.run(work));
                    return await(getRunningLoop().<T>runInExecutor(null, job));
                });
    }

    /**
     * Runs a coroutine on a loop, from a thread that isn't that loop's. Python's {@code
     * asyncio.run_coroutine_threadsafe}. It gets a copy of the calling thread's context.
     *
     * @param coroutine the coroutine
     * @param loop the loop
     * @param <T> the type of the result
     * @return a future of the result; cancelling it cancels the task. {@code join()} throws what a
     *     JDK future throws
     * @throws IllegalStateException if the loop is closed
     * @see ExecutionException
     */
    public static <T extends @Nullable Object> CompletableFuture<T> runCoroutineThreadsafe(
            Coroutine<T> coroutine, EventLoop loop) {
        return ThreadsafeFutures.runCoroutineThreadsafe(coroutine, loop);
    }

    /**
     * A future of the running loop that ends as {@code stage} does. Python's {@code
     * asyncio.wrap_future}. Cancelling it cancels a {@link CompletableFuture}.
     *
     * @param stage the stage; any thread may complete it
     * @param <T> the type of the result
     * @return a new future
     */
    public static <T extends @Nullable Object> AsyncFuture<T> wrapFuture(CompletionStage<T> stage) {
        return ThreadsafeFutures.wrap(
                Objects.requireNonNull(stage, "wrapFuture: the stage is null"),
                DefaultEventLoop.unwrap(getEventLoop()));
    }

    // Looking at who awaits whom

    /**
     * Where the calling task is, and who awaits it. Python's {@code asyncio.capture_call_graph}.
     *
     * @return the graph; null inside a plain callback
     * @throws IllegalStateException if no loop runs the calling code
     */
    public static @Nullable FutureCallGraph captureCallGraph() {
        return CallGraph.capture(null, CallGraphOptions.DEFAULT);
    }

    /**
     * Where a task is suspended, and who awaits it, and who awaits those. Awaits cost nothing for
     * this: the graph is made from what all tasks of the loop wait for now, in a time in proportion
     * to their number.
     *
     * @param future a future or task
     * @return the graph
     * @throws IllegalStateException on another thread than the loop's, while that runs
     */
    public static FutureCallGraph captureCallGraph(AsyncFuture<?> future) {
        Objects.requireNonNull(future, "the future is null: leave it out for the calling task");
        return Objects.requireNonNull(CallGraph.capture(future, CallGraphOptions.DEFAULT));
    }

    /**
     * {@link #captureCallGraph(AsyncFuture)} with options.
     *
     * @param future a future or task; null for the calling task
     * @param options what to leave out of the stacks
     * @return the graph; null without a future inside a plain callback
     * @throws IllegalStateException on another thread than the loop's, while that runs; without a
     *     future, where no loop runs the calling code
     */
    public static @Nullable FutureCallGraph captureCallGraph(
            @Nullable AsyncFuture<?> future, CallGraphOptions options) {
        return CallGraph.capture(future, options);
    }

    /**
     * The {@linkplain #captureCallGraph() call graph} of the calling task as text. Python's {@code
     * asyncio.format_call_graph}.
     *
     * @return the text, without a line break at its end; empty inside a plain callback
     * @throws IllegalStateException if no loop runs the calling code
     */
    public static String formatCallGraph() {
        return formatCallGraph(null, CallGraphOptions.DEFAULT);
    }

    /**
     * The {@linkplain #captureCallGraph(AsyncFuture) call graph} of {@code future} as text.
     *
     * @param future a future or task
     * @return the text, without a line break at its end
     */
    public static String formatCallGraph(AsyncFuture<?> future) {
        return CallGraphText.of(captureCallGraph(future));
    }

    /**
     * The {@linkplain #captureCallGraph(AsyncFuture, CallGraphOptions) call graph} of {@code
     * future} as text.
     *
     * @param future a future or task; null for the calling task
     * @param options what to leave out of the stacks
     * @return the text, without a line break at its end; empty inside a plain callback
     */
    public static String formatCallGraph(
            @Nullable AsyncFuture<?> future, CallGraphOptions options) {
        FutureCallGraph graph = CallGraph.capture(future, options);
        return graph == null ? "" : CallGraphText.of(graph);
    }

    /**
     * Prints the call graph of the calling task to {@link System#out}. Python's {@code
     * asyncio.print_call_graph}.
     */
    public static void printCallGraph() {
        printCallGraph(null, CallGraphOptions.DEFAULT, System.out);
    }

    /**
     * Prints the call graph of {@code future} to {@link System#out}.
     *
     * @param future a future or task
     */
    public static void printCallGraph(AsyncFuture<?> future) {
        CallGraphText.print(formatCallGraph(future), System.out);
    }

    /**
     * Prints the call graph of {@code future}.
     *
     * @param future a future or task; null for the calling task
     * @param options what to leave out of the stacks
     * @param out where to; a {@link java.io.PrintStream} is one
     * @throws java.io.UncheckedIOException if that fails
     */
    public static void printCallGraph(
            @Nullable AsyncFuture<?> future, CallGraphOptions options, Appendable out) {
        Objects.requireNonNull(out, "there is nothing to print to: pass System.out, say");
        CallGraphText.print(formatCallGraph(future, options), out);
    }

    /**
     * All tasks of all loops of this JVM that run, as a table: loop, task, state, stack, and the
     * stacks and names of those who await it. What {@code python -m asyncio ps PID} prints. Any
     * thread may ask. Each loop answers for itself as soon as it comes to it; one that is held for
     * longer than a second is shown with the stack of what holds it.
     *
     * @return the table, without a line break at its end
     */
    public static String ps() {
        return PsTable.of(LoopSnapshots.ofAll(LoopSnapshots.PATIENCE));
    }

    /**
     * All tasks of all loops of this JVM that run, as a tree: below each task its stack, outermost
     * call first, and below that the tasks it awaits. What {@code python -m asyncio pstree PID}
     * prints; but tasks that await each other in a circle don't keep the others from being shown.
     * Any thread may ask, as for {@link #ps}.
     *
     * @return the tree, without a line break at its end
     */
    public static String pstree() {
        return PsTree.of(LoopSnapshots.ofAll(LoopSnapshots.PATIENCE));
    }
}
