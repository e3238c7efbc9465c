package asyncio4j.netty;

import asyncio4j.internal.spi.Poller;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import io.netty.util.internal.ThreadExecutorMap;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A loop as Netty sees it: an event loop whose thread is whichever holds the loop's baton.
 *
 * <p>Netty's own class for event loops that others drive, {@code ManualIoEventLoop}, belongs to one
 * thread for good. On the engine of virtual threads that would be a thread of its own, next to
 * those of the tasks: each write of a task would be handed over to it, and each answer handed back.
 * Netty asks an event loop "is this your thread?" and nothing else, and so does its {@link
 * IoHandler}. So this one answers that for the baton: a task calls into a channel directly, and
 * what a channel reports completes an await directly, on both engines. What Netty demands of an
 * event loop holds for the baton as well: one at a time, and each sees what the last one did.
 *
 * <p>All else is as in {@code ManualIoEventLoop}: I/O, then the tasks, in the order in which they
 * came, and those that were scheduled and are due.
 */
final class NettyEventLoop extends AbstractScheduledEventExecutor implements IoEventLoop, Poller {

    /** How many tasks are done at once, before the loop has its turn. */
    private static final int MOST_AT_ONCE = 1 << 10;

    /** How often to look whether a shutdown has been quiet for long enough. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** A wait that is longer than this may just as well have no end. */
    private static final long ENDLESS_NANOS = TimeUnit.HOURS.toNanos(12);

    private static final int STARTED = 0;

    private static final int SHUTTING_DOWN = 1;

    private static final int TERMINATED = 2;

    // Any thread.

    private final AtomicInteger state = new AtomicInteger(STARTED);

    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    private final Promise<?> terminated = new DefaultPromise<>(GlobalEventExecutor.INSTANCE);

    private final String name;

    private final IoHandler handler;

    /** Written by who asks for the shutdown. */
    private volatile long quietNanos;

    /** Written by who asks for the shutdown. */
    private volatile long timeoutNanos;

    /** The thread that closes this, which then is this event loop's. */
    private volatile @Nullable Thread closer;

    /** Null when this is closed: a closed loop is garbage, even if others still know this. */
    private volatile @Nullable Host host;

    // Baton holder only, from here on.

    private boolean initialized;

    /** The tasks are done at the end of what runs now: nobody needs to ask for that. */
    private boolean draining;

    /** How long to wait for I/O at most. */
    private long limit;

    private final IoHandlerContext context = new Wait();

    /** When the first look at a shutdown was. */
    private long shutdownSince;

    /** When something was done last while it was shut down. */
    private long lastDone;

    private @Nullable Runnable onTermination;

    NettyEventLoop(Host host, Transport transport) {
        this.host = host;
        this.name = "Netty (" + transport.name().toLowerCase(Locale.ROOT) + ")";
        this.handler = transport.handlers().newHandler(this);
    }

    // The loop's side

    @Override
    public boolean poll(long nanos) {
        if (!initialized) {
            initialized = true;
            handler.initialize();
        }
        EventExecutor before = ThreadExecutorMap.setCurrentExecutor(this);
        draining = true;
        try {
            limit = state.get() == SHUTTING_DOWN ? Math.min(nanos, LOOK_NANOS) : nanos;
            int done = handler.run(context);
            return done + runTasks() > 0;
        } finally {
            afterwards(before);
        }
    }

    @Override
    public void work() {
        EventExecutor before = ThreadExecutorMap.setCurrentExecutor(this);
        draining = true;
        try {
            runTasks();
        } finally {
            afterwards(before);
        }
    }

    private void afterwards(@Nullable EventExecutor before) {
        draining = false;
        ThreadExecutorMap.setCurrentExecutor(before);
        if (!tasks.isEmpty()) {
            request();
        }
    }

    private void request() {
        Host asked = host;
        if (asked != null) {
            asked.request();
        }
    }

    /** Does tasks, and what is due of those that were scheduled; how many. */
    private int runTasks() {
        if (hasScheduledTasks()) {
            fetchFromScheduledTaskQueue(tasks);
        }
        int done = 0;
        while (done < MOST_AT_ONCE) {
            Runnable task = tasks.poll();
            if (task == null) {
                break;
            }
            safeExecute(task);
            done++;
        }
        if (state.get() == SHUTTING_DOWN) {
            if (done > 0) {
                lastDone = System.nanoTime();
            }
            shutDown();
        }
        return done;
    }

    @Override
    public void wakeup() {
        handler.wakeup();
    }

    @Override
    public void close() {
        closer = Thread.currentThread();
        state.compareAndSet(STARTED, SHUTTING_DOWN);
        EventExecutor before = ThreadExecutorMap.setCurrentExecutor(this);
        draining = true;
        try {
            if (!initialized) {
                initialized = true;
                handler.initialize();
            }
            if (state.get() != TERMINATED) {
                quietNanos = 0;
                timeoutNanos = 0;
                shutDown();
            }
            handler.prepareToDestroy();
            runLast();
        } finally {
            try {
                handler.destroy();
                runLast();
            } finally {
                ThreadExecutorMap.setCurrentExecutor(before);
                terminated();
                host = null;
                closer = null;
            }
        }
    }

    // The end

    /** Closes the channels, and ends this once it was quiet for long enough. */
    private void shutDown() {
        if (state.get() != SHUTTING_DOWN) {
            return;
        }
        long now = System.nanoTime();
        if (shutdownSince == 0) {
            shutdownSince = now;
            lastDone = now;
        }
        cancelScheduledTasks();
        handler.prepareToDestroy();
        if (quietNanos == 0
                || now - shutdownSince >= timeoutNanos
                || now - lastDone >= quietNanos) {
            runLast();
            terminated();
        }
    }

    /** Does what is left, and what comes of it, but not for ever. */
    private void runLast() {
        for (int i = 0; i < MOST_AT_ONCE; i++) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            safeExecute(task);
        }
    }

    private void terminated() {
        if (state.getAndSet(TERMINATED) != TERMINATED) {
            cancelScheduledTasks();
            runLast(); // what came in between
            terminated.setSuccess(null);
        }
        Runnable listener = onTermination;
        onTermination = null;
        if (listener != null) {
            listener.run();
        }
    }

    /**
     * Closes all channels, and ends this. Baton holder only.
     *
     * @param done called with the baton when that has happened
     */
    void shutDown(Runnable done) {
        if (state.get() == TERMINATED) {
            done.run();
            return;
        }
        onTermination = done;
        startShutdown(0, 0);
        quietNanos = 0; // also if it was asked for before
    }

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        Objects.requireNonNull(unit, "the unit is null: pass that of the quiet period");
        if (quietPeriod < 0 || timeout < quietPeriod) {
            throw new IllegalArgumentException(
                    "the quiet period is "
                            + quietPeriod
                            + " and the timeout "
                            + timeout
                            + ": neither may be negative, nor the timeout shorter");
        }
        startShutdown(unit.toNanos(quietPeriod), unit.toNanos(timeout));
        return terminated;
    }

    /** Has this shut down, unless that was asked for before. Any thread. */
    void startShutdown(long quiet, long timeout) {
        if (state.get() == STARTED) {
            quietNanos = quiet;
            timeoutNanos = timeout;
            state.compareAndSet(STARTED, SHUTTING_DOWN);
        }
        request();
    }

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // it implements what Netty has
    public void shutdown() {
        startShutdown(0, 0);
    }

    @Override
    public Future<?> terminationFuture() {
        return terminated;
    }

    @Override
    public boolean isShuttingDown() {
        return state.get() >= SHUTTING_DOWN;
    }

    @Override
    public boolean isShutdown() {
        return isTerminated();
    }

    @Override
    public boolean isTerminated() {
        return state.get() == TERMINATED;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return terminated.await(timeout, unit);
    }

    // Netty's side

    @Override
    public boolean inEventLoop(Thread thread) {
        Host asked = host;
        return (asked != null && asked.isHolder(thread)) || thread == closer;
    }

    @Override
    public void execute(Runnable command) {
        Objects.requireNonNull(command, "the task is null: pass what to run");
        if (isTerminated()) {
            throw rejected();
        }
        tasks.add(command);
        if (inEventLoop()) {
            if (!draining) {
                request();
            }
            return;
        }
        if (isTerminated() && tasks.remove(command)) {
            throw rejected();
        }
        request();
    }

    private RejectedExecutionException rejected() {
        return new RejectedExecutionException(
                this + " is shut down: it has ended with its loop, or by shutdownGracefully");
    }

    @Override
    public IoEventLoopGroup parent() {
        return this;
    }

    @Override
    public IoEventLoop next() {
        return this;
    }

    @Override
    public Future<IoRegistration> register(IoHandle handle) {
        Promise<IoRegistration> promise = newPromise();
        if (inEventLoop()) {
            register(handle, promise);
        } else {
            execute(() -> register(handle, promise));
        }
        return promise;
    }

    private void register(IoHandle handle, Promise<IoRegistration> promise) {
        if (isTerminated()) {
            promise.setFailure(rejected());
            return;
        }
        IoRegistration registration;
        try {
            registration = handler.register(handle);
        } catch (Exception e) {
            promise.setFailure(e);
            return;
        }
        promise.setSuccess(registration);
    }

    @Override
    @Deprecated
    public ChannelFuture register(Channel channel) {
        return register(new DefaultChannelPromise(channel, this));
    }

    @Override
    @Deprecated
    public ChannelFuture register(ChannelPromise promise) {
        promise.channel().unsafe().register(this, promise);
        return promise;
    }

    @Override
    @Deprecated
    public ChannelFuture register(Channel channel, ChannelPromise promise) {
        channel.unsafe().register(this, promise);
        return promise;
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return handler.isCompatible(handleType);
    }

    @Override
    public boolean isIoType(Class<? extends IoHandler> handlerType) {
        return handler.getClass().equals(handlerType);
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> work)
            throws InterruptedException, ExecutionException {
        refuseToWait("invokeAny");
        return super.invokeAny(work);
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> work, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        refuseToWait("invokeAny");
        return super.invokeAny(work, timeout, unit);
    }

    @Override
    public <T> List<java.util.concurrent.Future<T>> invokeAll(
            Collection<? extends Callable<T>> work) throws InterruptedException {
        refuseToWait("invokeAll");
        return super.invokeAll(work);
    }

    @Override
    public <T> List<java.util.concurrent.Future<T>> invokeAll(
            Collection<? extends Callable<T>> work, long timeout, TimeUnit unit)
            throws InterruptedException {
        refuseToWait("invokeAll");
        return super.invokeAll(work, timeout, unit);
    }

    private void refuseToWait(String what) {
        if (inEventLoop()) {
            throw new RejectedExecutionException(
                    what + " on the loop's own thread would wait for ever: use tasks");
        }
    }

    @Override
    public String toString() {
        return name;
    }

    /** How the handler is to wait. */
    private final class Wait implements IoHandlerContext {

        @Override
        public boolean canBlock() {
            Host asked = host;
            return limit > 0
                    && asked != null
                    && asked.mayWait()
                    && tasks.isEmpty()
                    && !hasScheduledTasks();
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return Math.min(limit, NettyEventLoop.this.delayNanos(currentTimeNanos, limit));
        }

        @Override
        public long deadlineNanos() {
            long next = nextScheduledTaskDeadlineNanos();
            if (limit > ENDLESS_NANOS) {
                return next;
            }
            long last = ticker().nanoTime() + limit;
            return next == -1 ? last : Math.min(next, last);
        }

        /** Netty asks this after the wait, and before it does what came of it. */
        @Override
        public boolean shouldReportActiveIoTime() {
            Host asked = host;
            if (asked != null) {
                asked.waited();
            }
            return false;
        }
    }
}
