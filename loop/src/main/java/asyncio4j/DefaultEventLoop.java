package asyncio4j;

import asyncio4j.internal.fiber.Fiber;
import asyncio4j.internal.fiber.Step;
import asyncio4j.internal.loop.Clock;
import asyncio4j.internal.loop.LoopCore;
import asyncio4j.internal.spi.Poller;
import asyncio4j.internal.spi.ThreadLocals;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The loop: futures, tasks and callbacks on top of a {@link LoopCore}. Python's {@code
 * BaseEventLoop}.
 *
 * <p>Fields belong to the baton holder unless they say otherwise.
 *
 * <p>It is long because {@link EventLoop} is wide: a few lines for each of its methods, while what
 * takes more is in a class of its own.
 */
final class DefaultEventLoop implements EventLoop {

    private static final String NULL_CONTEXT =
            "the context is null: leave it out to run in a copy of the current one";

    private static final String NULL_REPORT =
            "there is nothing to report: pass ExceptionContext.of(message, exception)";

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final String name = "asyncio4j-loop-" + NUMBERS.incrementAndGet();

    private final LoopCore core;

    private final Engine engine;

    private final TaskList tasks = new TaskList();

    private final Unretrieved unretrieved = new Unretrieved(this);

    /** The coroutines of debug mode that nobody has run yet. Any thread. */
    private final Set<Unawaited.Entry> unawaited = Unawaited.entries();

    private final LoopReports reports = new LoopReports(this);

    private final AsyncGenerators generators = new AsyncGenerators(this);

    private final DefaultExecutor executor = new DefaultExecutor(this);

    /** Is told when the thread-locals of a task or callback can't be carried. Any thread. */
    private final ThreadLocals.Failures carryingFailures = reports::carrying;

    private final LoopSignals signals = new LoopSignals(this);

    /** What has to be told when the loop is closed. Any thread. */
    private final Set<Runnable> closeListeners = ConcurrentHashMap.newKeySet();

    /** What a Runner does when it closes, after the tasks have ended. Any thread. */
    private final List<Coroutine<@Nullable Void>> shutdownSteps = new CopyOnWriteArrayList<>();

    /** What a Runner does when it closes, just before it closes the loop. Any thread. */
    private final List<Coroutine<@Nullable Void>> lastSteps = new CopyOnWriteArrayList<>();

    /** A Runner closes this. Any thread. */
    private volatile boolean closing;

    /** A Runner closes this, and the tasks that it found have ended. Any thread. */
    private volatile boolean settling;

    /** A Runner closes this, and has no patience for new tasks any more. Any thread. */
    private volatile boolean shut;

    /** A Runner closes this, and has the generators closed. Any thread. */
    private volatile boolean closingGenerators;

    /**
     * What the bridge keeps along with this loop. Any thread; written under the monitor of {@link
     * #closeListeners}.
     */
    private volatile @Nullable Object attachment;

    /** What users see as this loop: itself, or what forwards to it. */
    private EventLoop facade = this;

    private @Nullable TaskFactory taskFactory;

    /**
     * What to do when the thread that drives the loop is interrupted; null for leaving at once. Any
     * thread.
     */
    private volatile @Nullable Runnable interruptListener;

    private volatile boolean debug;

    private Duration slowCallbackDuration = Duration.ofMillis(100);

    private final WatchdogLimit watchdogLimit = new WatchdogLimit();

    DefaultEventLoop(Clock clock) {
        this(clock, null);
    }

    DefaultEventLoop(Clock clock, @Nullable Engine asked) {
        this(clock, asked, null);
    }

    @SuppressWarnings("this-escape") // the core only keeps it
    DefaultEventLoop(
            Clock clock,
            @Nullable Engine asked,
            @Nullable Function<? super Poller.Host, ? extends Poller> poller) {
        engine = Engine.choose(asked);
        core = new LoopCore(this, clock, name, engine == Engine.CONTINUATIONS, poller);
        setDebug(DebugMode.byDefault());
        Companions.loopCreated();
    }

    /** The fiber that the calling code runs on; only where a loop's code runs. */
    static Fiber currentFiber() {
        return Objects.requireNonNull(Fiber.current());
    }

    /** The loop whose thread the calling one is, or null. */
    static @Nullable DefaultEventLoop running() {
        Fiber fiber = Fiber.current();
        return fiber == null ? null : of(fiber);
    }

    static DefaultEventLoop of(Fiber fiber) {
        return (DefaultEventLoop) ((LoopCore) fiber.loop()).owner();
    }

    /** The loop itself behind what may forward to it. */
    static DefaultEventLoop unwrap(EventLoop loop) {
        EventLoop inner = loop;
        while (inner instanceof ForwardingEventLoop forwarding) {
            inner = forwarding.delegate();
        }
        return (DefaultEventLoop) inner;
    }

    /** The name of this loop and of its threads. Any thread. */
    String name() {
        return name;
    }

    LoopCore core() {
        return core;
    }

    TaskList tasks() {
        return tasks;
    }

    Unretrieved unretrieved() {
        return unretrieved;
    }

    AsyncGenerators generators() {
        return generators;
    }

    WatchdogLimit watchdogLimit() {
        return watchdogLimit;
    }

    LoopSignals signals() {
        return signals;
    }

    Set<Unawaited.Entry> unawaited() {
        return unawaited;
    }

    LoopReports reports() {
        return reports;
    }

    ThreadLocals.Failures carryingFailures() {
        return carryingFailures;
    }

    /** Tells the exception handler, by way of what users see as this loop. */
    void report(ExceptionContext context) {
        facade.callExceptionHandler(context);
    }

    EventLoop facade() {
        return facade;
    }

    void facade(EventLoop outer) {
        facade = outer;
    }

    void interruptListener(@Nullable Runnable listener) {
        interruptListener = listener;
    }

    /**
     * Has {@code listener} called when the loop is closed, unless it is taken out before. Any
     * thread.
     */
    void addCloseListener(Runnable listener) {
        closeListeners.add(listener);
        if (core.closed() && closeListeners.remove(listener)) {
            listener.run();
        }
    }

    /** Takes {@code listener} out. Any thread. */
    void removeCloseListener(Runnable listener) {
        closeListeners.remove(listener);
    }

    /** Has {@code step} run when a Runner closes this, after the tasks have ended. Any thread. */
    void addShutdownStep(Coroutine<@Nullable Void> step) {
        shutdownSteps.add(step);
    }

    List<Coroutine<@Nullable Void>> shutdownSteps() {
        return shutdownSteps;
    }

    /** Has {@code step} run when a Runner closes this, as the last of all. Any thread. */
    void addLastStep(Coroutine<@Nullable Void> step) {
        lastSteps.add(step);
    }

    List<Coroutine<@Nullable Void>> lastSteps() {
        return lastSteps;
    }

    boolean closing() {
        return closing || core.closed();
    }

    void startClosing() {
        closing = true;
    }

    boolean settling() {
        return settling;
    }

    void startSettling() {
        settling = true;
    }

    boolean shut() {
        return shut || core.closed();
    }

    void startShut() {
        shut = true;
    }

    boolean closingGenerators() {
        return closingGenerators;
    }

    void closingGenerators(boolean now) {
        closingGenerators = now;
    }

    /**
     * What the bridge keeps along with this loop; made by {@code factory} the first time. Any
     * thread.
     */
    Object attachment(Supplier<?> factory) {
        Object present = attachment;
        if (present == null) {
            synchronized (closeListeners) {
                present = attachment;
                if (present == null) {
                    present = Objects.requireNonNull(factory.get());
                    attachment = present;
                }
            }
        }
        return present;
    }

    /**
     * Fails unless the calling thread may do {@code what}: it is the loop's, or the loop doesn't
     * run.
     */
    void checkThread(String what) {
        if (!core.mayTouch()) {
            throw new IllegalStateException(
                    what
                            + " belongs to the thread of "
                            + this
                            + ", not to thread "
                            + Thread.currentThread().getName()
                            + ": use loop.callSoonThreadsafe(...)");
        }
    }

    void checkOpen(String what) {
        if (core.closed()) {
            throw new IllegalStateException("Event loop is closed: " + what + " needs an open one");
        }
    }

    private void check(String what) {
        checkThread(what);
        checkOpen(what);
    }

    // Running

    @Override
    public void runForever() {
        checkOpen("runForever");
        checkCanRun();
        LoopWatch watch = Watchdog.OF_JVM.enter(this);
        Throwable error;
        try {
            error = core.run(this::interrupted);
        } finally {
            Watchdog.OF_JVM.leave(watch);
        }
        if (error != null) {
            throw Sneaky.raise(error);
        }
    }

    private void interrupted() {
        Runnable listener = interruptListener;
        if (listener == null) {
            core.interrupt(
                    new CancellationException(
                            "the thread that ran the event loop was interrupted"));
        } else {
            listener.run();
        }
    }

    private void checkCanRun() {
        if (core.running()) {
            throw new IllegalStateException(
                    "This event loop is already running: inside of it, await instead of running it"
                            + " again");
        }
        DefaultEventLoop other = running();
        if (other != null) {
            throw new IllegalStateException(
                    "Cannot run the event loop while another loop is running on this thread: "
                            + "await there, or use toThread(...) to run a loop of its own");
        }
    }

    @Override
    public <T extends @Nullable Object> T runUntilComplete(AsyncFuture<T> future) {
        Objects.requireNonNull(future, "the future is null: pass one of this loop, or a coroutine");
        checkOpen("runUntilComplete");
        checkCanRun();
        if (future.loop() != this) {
            throw new IllegalArgumentException(
                    "The future belongs to a different loop than this: "
                            + future
                            + "; run its own loop, future.getLoop()");
        }
        LightCallback stop =
                new LightCallback() {
                    @Override
                    public void run() {
                        Throwable error = future.peekException();
                        if (!(error instanceof KeyboardInterrupt)
                                && !(error instanceof SystemExit)) {
                            core.stop(); // else the loop has left already, and the next run
                            // mustn't be stopped
                        }
                    }
                };
        future.add(stop);
        try {
            facade.runForever();
        } finally {
            future.remove(stop);
        }
        if (!future.done()) {
            throw new IllegalStateException("Event loop stopped before Future completed.");
        }
        return future.blockingResult();
    }

    @Override
    public <T extends @Nullable Object> T runUntilComplete(Coroutine<T> coroutine) {
        Objects.requireNonNull(coroutine, Asyncio.NULL_COROUTINE);
        checkOpen("runUntilComplete");
        checkCanRun();
        Task<T> task = facade.createTask(coroutine, TaskOptions.DEFAULT);
        task.hideDestroyPending();
        try {
            return runUntilComplete(task);
        } catch (Throwable e) {
            task.retrieved(); // the caller has no other way to it
            throw e;
        }
    }

    @Override
    public void stop() {
        checkThread("EventLoop.stop");
        core.stop();
    }

    @Override
    public boolean isRunning() {
        return core.running();
    }

    @Override
    public boolean isClosed() {
        return core.closed();
    }

    @Override
    public void close() {
        if (core.running()) {
            throw new IllegalStateException(
                    "Cannot close a running event loop: stop() it, and close it afterwards");
        }
        if (core.closed()) {
            return;
        }
        try {
            LoopClose.close(this, closeListeners);
        } finally {
            core.closePoller();
            executor.shutdownNow(); // whatever an exception handler threw
            unretrieved.closed();
        }
    }

    @Override
    public Coroutine<@Nullable Void> shutdownAsyncGenerators() {
        checkThread("EventLoop.shutdownAsyncGenerators");
        return generators.shutdown();
    }

    @Override
    public void setAsyncGeneratorHooks(AsyncGeneratorHooks hooks) {
        checkThread("EventLoop.setAsyncGeneratorHooks");
        generators.hooks(
                Objects.requireNonNull(
                        hooks, "the hooks are null: pass AsyncGeneratorHooks.NONE for none"));
    }

    @Override
    public AsyncGeneratorHooks getAsyncGeneratorHooks() {
        checkThread("EventLoop.getAsyncGeneratorHooks");
        return generators.hooks();
    }

    @Override
    public Coroutine<@Nullable Void> shutdownDefaultExecutor(Duration timeout) {
        checkThread("EventLoop.shutdownDefaultExecutor");
        return executor.shutdown(
                Objects.requireNonNull(timeout, "the timeout is null: pass how long to wait"));
    }

    // Callbacks

    @Override
    public Handle callSoon(Runnable callback) {
        return soon(callback, null);
    }

    @Override
    public Handle callSoon(Runnable callback, Context context) {
        return soon(callback, Objects.requireNonNull(context, NULL_CONTEXT));
    }

    private Handle soon(Runnable callback, @Nullable Context context) {
        check("EventLoop.callSoon");
        checkCallback(callback);
        CallbackHandle handle = new CallbackHandle(this, callback, context);
        core.add(handle);
        return handle;
    }

    @Override
    public Handle callSoonThreadsafe(Runnable callback) {
        return soonThreadsafe(callback, null);
    }

    @Override
    public Handle callSoonThreadsafe(Runnable callback, Context context) {
        return soonThreadsafe(callback, Objects.requireNonNull(context, NULL_CONTEXT));
    }

    private Handle soonThreadsafe(Runnable callback, @Nullable Context context) {
        checkCallback(callback);
        CallbackHandle handle = new CallbackHandle(this, callback, context);
        if (!enqueue(handle)) {
            checkOpen("callSoonThreadsafe");
        }
        return handle;
    }

    /**
     * Puts a step at the end of the queue, from any thread.
     *
     * @return false if the loop is closed
     */
    boolean enqueue(Step step) {
        if (core.engine().holdsBaton() && !core.closed()) {
            core.add(step);
            return true;
        }
        return core.post(step);
    }

    private static void checkCallback(Runnable callback) {
        Objects.requireNonNull(
                callback, "the callback is null: pass what to call, such as () -> future.cancel()");
        if (callback instanceof Coroutine || callback instanceof VoidCoroutine) {
            throw new IllegalArgumentException(
                    "coroutines cannot be used as callbacks: use createTask(coroutine) for "
                            + callback);
        }
    }

    @Override
    public TimerHandle callLater(Duration delay, Runnable callback) {
        return at(after(delay), callback, null);
    }

    @Override
    public TimerHandle callLater(Duration delay, Runnable callback, Context context) {
        return at(after(delay), callback, Objects.requireNonNull(context, NULL_CONTEXT));
    }

    @Override
    public TimerHandle callAt(Duration when, Runnable callback) {
        return at(nanos(when), callback, null);
    }

    @Override
    public TimerHandle callAt(Duration when, Runnable callback, Context context) {
        return at(nanos(when), callback, Objects.requireNonNull(context, NULL_CONTEXT));
    }

    private long after(Duration delay) {
        return Durations.after(
                core.nanos(),
                Objects.requireNonNull(delay, "the delay is null: use callSoon for none"));
    }

    private static long nanos(Duration when) {
        return Durations.nanos(
                Objects.requireNonNull(when, "the time is null: pass loop.time().plus(...)"));
    }

    private TimerHandle at(long when, Runnable callback, @Nullable Context context) {
        check("EventLoop.callAt");
        checkCallback(callback);
        TimerCallback handle = new TimerCallback(this, when, callback, context);
        core.add(handle);
        return handle;
    }

    @Override
    public Duration time() {
        return Duration.ofNanos(core.nanos());
    }

    @Override
    public void addSignalHandler(String signal, Runnable callback) {
        check("EventLoop.addSignalHandler");
        checkCallback(callback);
        signals.add(signal, callback);
    }

    @Override
    public boolean removeSignalHandler(String signal) {
        checkThread("EventLoop.removeSignalHandler");
        return signals.remove(signal);
    }

    // Futures and tasks

    @Override
    public <T extends @Nullable Object> AsyncFuture<T> createFuture() {
        checkThread("EventLoop.createFuture");
        return new AsyncFuture<>(this);
    }

    @Override
    public <T extends @Nullable Object> Task<T> createTask(
            Coroutine<T> coroutine, TaskOptions options) {
        check("EventLoop.createTask");
        Objects.requireNonNull(coroutine, Asyncio.NULL_COROUTINE);
        TaskFactory factory = taskFactory;
        if (factory == null) {
            return newTask(coroutine, options);
        }
        return Objects.requireNonNull(
                factory.createTask(facade, coroutine, options),
                "the task factory made no task: return loop.newTask(...)");
    }

    @Override
    public <T extends @Nullable Object> Task<T> newTask(
            Coroutine<T> coroutine, TaskOptions options) {
        check("EventLoop.newTask");
        Objects.requireNonNull(coroutine, Asyncio.NULL_COROUTINE);
        Objects.requireNonNull(options, "the options are null: pass TaskOptions.DEFAULT");
        Task<T> task = new Task<>(this, coroutine, options);
        if (Boolean.TRUE.equals(options.eagerStart()) && core.engine().holdsBaton()) {
            EagerStart.start(task);
        } else {
            tasks.add(task);
            core.add(task.step());
        }
        return task;
    }

    @Override
    public void setTaskFactory(@Nullable TaskFactory factory) {
        checkThread("EventLoop.setTaskFactory");
        taskFactory = factory;
    }

    @Override
    public @Nullable TaskFactory getTaskFactory() {
        checkThread("EventLoop.getTaskFactory");
        return taskFactory;
    }

    @Override
    public Set<Task<?>> allTasks() {
        checkThread("EventLoop.allTasks");
        return tasks.copy();
    }

    // Executor

    @Override
    public <T extends @Nullable Object> AsyncFuture<T> runInExecutor(
            @Nullable Executor target, Callable<T> work) {
        check("EventLoop.runInExecutor");
        Objects.requireNonNull(work, "the work is null: pass what to run, such as () -> compute()");
        return executor.run(target, work);
    }

    @Override
    public void setDefaultExecutor(ExecutorService newExecutor) {
        checkThread("EventLoop.setDefaultExecutor");
        executor.set(
                Objects.requireNonNull(
                        newExecutor,
                        "the executor is null: pass one, such as Executors.newFixedThreadPool(4)"));
    }

    // Errors and debug mode

    @Override
    public void setExceptionHandler(@Nullable LoopExceptionHandler handler) {
        checkThread("EventLoop.setExceptionHandler");
        reports.handler(handler);
    }

    @Override
    public @Nullable LoopExceptionHandler getExceptionHandler() {
        checkThread("EventLoop.getExceptionHandler");
        return reports.handler();
    }

    @Override
    public void defaultExceptionHandler(ExceptionContext context) {
        Objects.requireNonNull(context, NULL_REPORT);
        reports.log(context);
    }

    @Override
    public void callExceptionHandler(ExceptionContext context) {
        checkThread("EventLoop.callExceptionHandler");
        Objects.requireNonNull(context, NULL_REPORT);
        reports.call(context);
    }

    @Override
    public void setDebug(boolean enabled) {
        checkThread("EventLoop.setDebug");
        debug = enabled;
        if (enabled) {
            Unawaited.use();
        }
        core.reportSlowSteps(enabled ? reports::slow : null, Durations.nanos(slowCallbackDuration));
        watchdogLimit.follow(enabled, slowCallbackDuration);
        Watchdog.OF_JVM.limitChanged(this);
    }

    @Override
    public boolean getDebug() {
        return debug;
    }

    @Override
    public void setSlowCallbackDuration(Duration duration) {
        checkThread("EventLoop.setSlowCallbackDuration");
        slowCallbackDuration =
                Objects.requireNonNull(duration, "the duration is null: pass the limit");
        setDebug(debug);
    }

    @Override
    public Duration getSlowCallbackDuration() {
        checkThread("EventLoop.getSlowCallbackDuration");
        return slowCallbackDuration;
    }

    @Override
    public void setWatchdogLimit(Duration limit) {
        checkThread("EventLoop.setWatchdogLimit");
        watchdogLimit.set(limit);
        Watchdog.OF_JVM.limitChanged(this);
    }

    @Override
    public Duration getWatchdogLimit() {
        checkThread("EventLoop.getWatchdogLimit");
        return watchdogLimit.get();
    }

    @Override
    public Engine getEngine() {
        return engine;
    }

    @Override
    public String toString() {
        return name
                + "["
                + (core.closed() ? "closed" : core.running() ? "running" : "not running")
                + (debug ? ", debug" : "")
                + "]";
    }
}
