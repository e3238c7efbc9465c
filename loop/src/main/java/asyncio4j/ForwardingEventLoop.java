package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;

/**
 * A loop that does what another does, for subclasses that change or watch some of it.
 *
 * <p>It takes the other's place: {@link Asyncio#getRunningLoop} and {@link AsyncFuture#getLoop}
 * answer this one, and the functions of {@link Asyncio} call it. Give one to {@link
 * Runner.Builder#loopFactory}.
 *
 * {@snippet :
 * class CountingLoop extends ForwardingEventLoop {
 *     int tasks;
 *
 *     CountingLoop() {
 *         super(newEventLoop());
 *     }
 *
 *     @Override
 *     public <T> Task<T> createTask(Coroutine<T> coroutine, TaskOptions options) {
 *         tasks++;
 *         return super.createTask(coroutine, options);
 *     }
 * }
 * }
 */
public abstract non-sealed class ForwardingEventLoop implements EventLoop {

    private final EventLoop delegate;

    /**
     * Takes the place of {@code delegate}.
     *
     * @param delegate the loop that does the work; it must not be used directly any more
     */
    @SuppressWarnings("this-escape") // only kept there, and used once the loop runs
    protected ForwardingEventLoop(EventLoop delegate) {
        this.delegate =
                Objects.requireNonNull(
                        delegate, "the delegate is null: pass a loop, such as newEventLoop()");
        DefaultEventLoop.unwrap(delegate).facade(this);
    }

    /**
     * The loop that does the work.
     *
     * @return the loop that the constructor was given
     */
    protected final EventLoop delegate() {
        return delegate;
    }

    @Override
    public void runForever() {
        delegate.runForever();
    }

    @Override
    public <T extends @Nullable Object> T runUntilComplete(AsyncFuture<T> future) {
        return delegate.runUntilComplete(future);
    }

    @Override
    public <T extends @Nullable Object> T runUntilComplete(Coroutine<T> coroutine) {
        return delegate.runUntilComplete(coroutine);
    }

    @Override
    public void stop() {
        delegate.stop();
    }

    @Override
    public boolean isRunning() {
        return delegate.isRunning();
    }

    @Override
    public boolean isClosed() {
        return delegate.isClosed();
    }

    @Override
    public void close() {
        delegate.close();
    }

    @Override
    public Coroutine<@Nullable Void> shutdownAsyncGenerators() {
        return delegate.shutdownAsyncGenerators();
    }

    @Override
    public void setAsyncGeneratorHooks(AsyncGeneratorHooks hooks) {
        delegate.setAsyncGeneratorHooks(hooks);
    }

    @Override
    public AsyncGeneratorHooks getAsyncGeneratorHooks() {
        return delegate.getAsyncGeneratorHooks();
    }

    @Override
    public Coroutine<@Nullable Void> shutdownDefaultExecutor(Duration timeout) {
        return delegate.shutdownDefaultExecutor(timeout);
    }

    @Override
    public Handle callSoon(Runnable callback) {
        return delegate.callSoon(callback);
    }

    @Override
    public Handle callSoon(Runnable callback, Context context) {
        return delegate.callSoon(callback, context);
    }

    @Override
    public Handle callSoonThreadsafe(Runnable callback) {
        return delegate.callSoonThreadsafe(callback);
    }

    @Override
    public Handle callSoonThreadsafe(Runnable callback, Context context) {
        return delegate.callSoonThreadsafe(callback, context);
    }

    @Override
    public TimerHandle callLater(Duration delay, Runnable callback) {
        return delegate.callLater(delay, callback);
    }

    @Override
    public TimerHandle callLater(Duration delay, Runnable callback, Context context) {
        return delegate.callLater(delay, callback, context);
    }

    @Override
    public TimerHandle callAt(Duration when, Runnable callback) {
        return delegate.callAt(when, callback);
    }

    @Override
    public TimerHandle callAt(Duration when, Runnable callback, Context context) {
        return delegate.callAt(when, callback, context);
    }

    @Override
    public Duration time() {
        return delegate.time();
    }

    @Override
    public void addSignalHandler(String signal, Runnable callback) {
        delegate.addSignalHandler(signal, callback);
    }

    @Override
    public boolean removeSignalHandler(String signal) {
        return delegate.removeSignalHandler(signal);
    }

    @Override
    public <T extends @Nullable Object> AsyncFuture<T> createFuture() {
        return delegate.createFuture();
    }

    @Override
    public <T extends @Nullable Object> Task<T> createTask(
            Coroutine<T> coroutine, TaskOptions options) {
        return delegate.createTask(coroutine, options);
    }

    @Override
    public <T extends @Nullable Object> Task<T> newTask(
            Coroutine<T> coroutine, TaskOptions options) {
        return delegate.newTask(coroutine, options);
    }

    @Override
    public void setTaskFactory(@Nullable TaskFactory factory) {
        delegate.setTaskFactory(factory);
    }

    @Override
    public @Nullable TaskFactory getTaskFactory() {
        return delegate.getTaskFactory();
    }

    @Override
    public Set<Task<?>> allTasks() {
        return delegate.allTasks();
    }

    @Override
    public <T extends @Nullable Object> AsyncFuture<T> runInExecutor(
            @Nullable Executor executor, Callable<T> work) {
        return delegate.runInExecutor(executor, work);
    }

    @Override
    public void setDefaultExecutor(ExecutorService executor) {
        delegate.setDefaultExecutor(executor);
    }

    @Override
    public void setExceptionHandler(@Nullable LoopExceptionHandler handler) {
        delegate.setExceptionHandler(handler);
    }

    @Override
    public @Nullable LoopExceptionHandler getExceptionHandler() {
        return delegate.getExceptionHandler();
    }

    @Override
    public void defaultExceptionHandler(ExceptionContext context) {
        delegate.defaultExceptionHandler(context);
    }

    @Override
    public void callExceptionHandler(ExceptionContext context) {
        delegate.callExceptionHandler(context);
    }

    @Override
    public void setDebug(boolean enabled) {
        delegate.setDebug(enabled);
    }

    @Override
    public boolean getDebug() {
        return delegate.getDebug();
    }

    @Override
    public void setSlowCallbackDuration(Duration duration) {
        delegate.setSlowCallbackDuration(duration);
    }

    @Override
    public Duration getSlowCallbackDuration() {
        return delegate.getSlowCallbackDuration();
    }

    @Override
    public void setWatchdogLimit(Duration limit) {
        delegate.setWatchdogLimit(limit);
    }

    @Override
    public Duration getWatchdogLimit() {
        return delegate.getWatchdogLimit();
    }

    @Override
    public Engine getEngine() {
        return delegate.getEngine();
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + delegate + "]";
    }
}
