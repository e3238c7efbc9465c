package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/**
 * Runs coroutines on a loop of its own, and leaves nothing running behind. Python's {@code
 * asyncio.Runner}.
 *
 * {@snippet :
 * try (Runner runner = Runner.create()) {
 *     int answer = runner.run(() -> await(sleep(Duration.ofMillis(10), 42)));
 * }
 * }
 *
 * <p>While a coroutine runs, Ctrl-C cancels it, and a {@link KeyboardInterrupt} comes out of {@code
 * run} if it lets the cancellation through; a second Ctrl-C interrupts whatever runs, and leaves at
 * once. That holds only if nobody else deals with Ctrl-C ({@code SIGINT}), and where the JVM lets
 * programs have signals. Interrupting the thread that waits in {@code run} does the same, but
 * {@link CancellationException} comes out, and the thread's flag is set again.
 *
 * <p>When the JVM is told to stop while the runner runs something ({@code SIGTERM}, {@code SIGHUP},
 * {@code System.exit} on another thread), the main task is cancelled as well: {@link
 * CancellationException} comes out of {@code run}, and the JVM waits until the runner is closed,
 * for 10 seconds at most unless {@link Builder#shutdownTimeout} says otherwise; past that a warning
 * names the tasks that didn't end. A runner that is between two runs isn't waited for, nor is code
 * of the loop, or the runner's thread, that calls {@code System.exit} itself: it never goes on.
 *
 * <p>A runner is for one thread at a time.
 */
public final class Runner implements AutoCloseable {

    /** How long {@link #close} waits for the default executor's threads. */
    static final Duration THREAD_JOIN_TIMEOUT = Duration.ofMinutes(5);

    private enum State {
        CREATED,
        INITIALIZED,
        CLOSED
    }

    // The thread that uses the runner, all of it.

    private State state = State.CREATED;

    private final @Nullable Boolean debug;

    private final @Nullable Duration watchdogLimit;

    private final @Nullable Engine engine;

    private final @Nullable Supplier<? extends EventLoop> loopFactory;

    private @Nullable EventLoop loop;

    private @Nullable Context context;

    private boolean eventLoopSet;

    private final Duration shutdownTimeout;

    /** Whether {@link #close} follows the first run at once. */
    private boolean once;

    /** Null while there is no loop. */
    private @Nullable JvmShutdown jvmShutdown;

    /**
     * What made the last run leave the loop. A task that waits for its origin may throw it again.
     */
    private @Nullable Throwable left;

    private Runner(Builder builder) {
        this.debug = builder.debug;
        this.watchdogLimit = builder.watchdogLimit;
        this.shutdownTimeout = builder.shutdownTimeout;
        this.engine = builder.engine;
        this.loopFactory = builder.loopFactory;
    }

    /**
     * A runner with the usual loop.
     *
     * @return a new runner; its loop is made when it is needed
     */
    public static Runner create() {
        return builder().build();
    }

    /** A runner that is closed right after its run. */
    static Runner forOneRun() {
        Runner runner = create();
        runner.once = true;
        return runner;
    }

    /**
     * For a runner with options.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** What may be said of a {@link Runner}. */
    public static final class Builder {

        private @Nullable Boolean debug;

        private @Nullable Duration watchdogLimit;

        private Duration shutdownTimeout = JvmShutdown.DEFAULT_LIMIT;

        private @Nullable Engine engine;

        private @Nullable Supplier<? extends EventLoop> loopFactory;

        private Builder() {}

        /**
         * Has the loop run in debug mode, or not, whatever the system property says.
         *
         * @param enabled whether debug mode is on
         * @return this
         */
        public Builder debug(boolean enabled) {
            debug = enabled;
            return this;
        }

        /**
         * Has the watchdog name the code that holds the loop for longer than {@code limit}; see
         * {@link EventLoop#setWatchdogLimit}.
         *
         * @param limit the limit; zero switches the watchdog off for the loop
         * @return this
         * @throws IllegalArgumentException if the limit is negative
         */
        public Builder watchdogLimit(Duration limit) {
            watchdogLimit = WatchdogLimit.checked(limit);
            return this;
        }

        /**
         * How long the end of the JVM waits for this runner to be closed; see {@link Runner}.
         *
         * @param timeout the limit, 10 seconds unless set; zero means that the runner doesn't care
         *     for the JVM's shutdown
         * @return this
         * @throws IllegalArgumentException if the timeout is negative
         */
        public Builder shutdownTimeout(Duration timeout) {
            Objects.requireNonNull(
                    timeout, "the timeout is null: pass how long to wait, or Duration.ZERO");
            if (timeout.isNegative()) {
                throw new IllegalArgumentException(
                        "the shutdown timeout is negative: "
                                + timeout
                                + "; pass how long to wait, or Duration.ZERO not to wait");
            }
            shutdownTimeout = timeout;
            return this;
        }

        /**
         * Has the loop's tasks run on {@code wanted}, whatever the system property says.
         *
         * @param wanted the engine
         * @return this
         * @throws IllegalStateException if the engine isn't available; the message says what to do
         */
        public Builder engine(Engine wanted) {
            engine =
                    Engine.choose(
                            Objects.requireNonNull(
                                    wanted, "the engine is null: leave it out to have one chosen"));
            return this;
        }

        /**
         * Has the loop made by {@code factory}.
         *
         * @param factory called once, when the loop is needed; the runner closes the loop
         * @return this
         */
        public Builder loopFactory(Supplier<? extends EventLoop> factory) {
            loopFactory = Objects.requireNonNull(factory, "loopFactory");
            return this;
        }

        /**
         * The runner.
         *
         * @return a new runner
         * @throws IllegalStateException if there are both an engine and a loop factory
         */
        public Runner build() {
            if (engine != null && loopFactory != null) {
                throw new IllegalStateException(
                        "the loop factory decides on the engine: leave out engine(...), and have"
                            + " the factory call newEventLoop(LoopOptions.DEFAULT.engine(...))");
            }
            return new Runner(this);
        }
    }

    /**
     * The loop; made now if it wasn't yet.
     *
     * @return the loop
     * @throws IllegalStateException if the runner is closed
     */
    public EventLoop getLoop() {
        return initialized();
    }

    /**
     * Runs {@code coroutine}, in the context that all runs of this runner share.
     *
     * @param coroutine the coroutine
     * @param <T> the type of the result
     * @return its result; what it throws is thrown as it is, checked or not
     * @throws IllegalStateException if the runner is closed, or the calling thread runs a loop
     *     already
     * @throws CancellationException if the coroutine was cancelled, or the calling thread
     *     interrupted
     * @throws KeyboardInterrupt if it was cancelled by Ctrl-C
     */
    public <T extends @Nullable Object> T run(Coroutine<T> coroutine) {
        return runIn(coroutine, null);
    }

    /**
     * {@link #run(Coroutine)} without a result.
     *
     * @param coroutine the coroutine
     */
    public void run(VoidCoroutine coroutine) {
        Objects.requireNonNull(coroutine, Asyncio.NULL_COROUTINE);
        runIn(Coroutine.of(coroutine), null);
    }

    /**
     * {@link #run(Coroutine)} in another context than the one that the runs share.
     *
     * @param coroutine the coroutine
     * @param inContext the context
     * @param <T> the type of the result
     * @return its result
     */
    public <T extends @Nullable Object> T run(Coroutine<T> coroutine, Context inContext) {
        return runIn(coroutine, Objects.requireNonNull(inContext, "context"));
    }

    /**
     * Runs a main generator: a body that starts something, such as a server, yields once, and stops
     * it in its {@code finally} block. It waits at its {@code yield} until Ctrl-C, the end of the
     * JVM ({@code SIGTERM}) or an interrupt of the calling thread closes it; this returns when it
     * has ended. One that ends without a {@code yield} isn't waited for.
     *
     * {@snippet :
     * try (Runner runner = Runner.create()) {
     *     runner.runForever(g -> {
     *         AutoCloseable server = await(toThread(() -> new java.net.ServerSocket(0)));
     *         try (server) {
     *             g.yield("ready");
     *         }
     *     });
     * }
     * }
     *
     * @param main the body; what it throws is thrown as it is, checked or not
     * @throws IllegalStateException if the runner is closed, or the calling thread runs a loop
     *     already, or the body yields again while it is closed
     * @throws KeyboardInterrupt if a second Ctrl-C came before the body had ended
     * @throws CancellationException if a second interrupt came before the body had ended
     */
    public void runForever(AsyncGenerator.Body<?> main) {
        Objects.requireNonNull(main, "the body is null: pass a lambda, such as g -> { ... }");
        new MainGenerator(main).runWith(this);
    }

    private <T extends @Nullable Object> T runIn(
            Coroutine<T> coroutine, @Nullable Context inContext) {
        Objects.requireNonNull(coroutine, Asyncio.NULL_COROUTINE);
        Unawaited.refused(coroutine, "Runner.run()");
        Asyncio.checkNotRunning("Runner.run()");
        EventLoop running = initialized();
        Task<T> task =
                running.createTask(
                        coroutine,
                        TaskOptions.DEFAULT.context(inContext == null ? context : inContext));
        task.hideDestroyPending(); // it is reported as what this throws
        MainTask<T> main = new MainTask<>(task);
        JvmShutdown shutdown = Objects.requireNonNull(jvmShutdown);
        shutdown.enter(task.loop(), main);
        try {
            return main.run(running);
        } catch (KeyboardInterrupt | SystemExit e) {
            left = e;
            throw e;
        } finally {
            if (!once) {
                shutdown.leave();
            }
        }
    }

    private EventLoop initialized() {
        EventLoop present = loop;
        if (present != null) {
            return present;
        }
        if (state == State.CLOSED) {
            throw new IllegalStateException("Runner is closed: make another one");
        }
        Supplier<? extends EventLoop> factory = loopFactory;
        EventLoop fresh;
        if (factory == null) {
            fresh = Asyncio.newEventLoop(new LoopOptions(engine, null));
            Asyncio.setEventLoop(fresh);
            eventLoopSet = true;
        } else {
            fresh = Objects.requireNonNull(factory.get(), "the loop factory made no loop");
        }
        if (debug != null) {
            fresh.setDebug(debug);
        }
        if (watchdogLimit != null) {
            fresh.setWatchdogLimit(watchdogLimit);
        }
        context = Context.copyContext();
        jvmShutdown = JvmShutdown.watch(shutdownTimeout);
        loop = fresh;
        state = State.INITIALIZED;
        return fresh;
    }

    /**
     * Cancels the tasks that are left and waits for them, closes the async generators, shuts the
     * default executor down (5 minutes at most, then its threads are interrupted), and closes the
     * loop. A step that fails doesn't keep the next from being done. Errors of the tasks go to the
     * loop's exception handler. Does nothing if there is no loop yet, and when called again.
     *
     * @throws KeyboardInterrupt at Ctrl-C; the loop is closed then too, without waiting any longer.
     *     One that came out of {@code run} isn't thrown again
     */
    @Override
    public void close() {
        EventLoop closing = loop;
        if (closing == null) {
            return;
        }
        Asyncio.checkNotRunning("Runner.close()");
        loop = null;
        state = State.CLOSED;
        JvmShutdown shutdown = Objects.requireNonNull(jvmShutdown);
        shutdown.enter(DefaultEventLoop.unwrap(closing), null);
        try {
            new RunnerClose(closing, left).run();
        } finally {
            if (eventLoopSet) {
                Asyncio.setEventLoop(null);
            }
            try {
                closing.close();
            } finally {
                shutdown.close();
            }
        }
    }

    @Override
    public String toString() {
        return "Runner[" + state + (loop == null ? "" : ", " + loop) + "]";
    }
}
