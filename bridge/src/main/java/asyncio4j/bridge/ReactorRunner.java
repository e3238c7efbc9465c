package asyncio4j.bridge;

import asyncio4j.AsyncGenerator;
import asyncio4j.Context;
import asyncio4j.Coroutine;
import asyncio4j.Engine;
import asyncio4j.EventLoop;
import asyncio4j.Runner;
import asyncio4j.VoidCoroutine;

import org.jspecify.annotations.Nullable;

import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A {@link Runner} that also runs Monos.
 *
 * {@snippet :
 * try (ReactorRunner runner = ReactorRunner.create()) {
 *     String both = runner.run(() ->
 *             await(users.find("ada")).name() + " and " + await(users.find("bob")).name());
 *     Integer total = runner.run(Flux.range(1, 10).reduce(Integer::sum));
 * }
 * }
 *
 * <p>Ctrl-C, interrupts, contexts and exceptions are as {@link Runner} has them. {@link #close}
 * cancels all tasks and waits for them, and with them what they awaited, and for the cancel hooks
 * of that, as long as these go by {@link Bridge#mono} or {@link Bridge#flux}; then ends the
 * subscriptions that still wait for something of the loop, with {@link
 * java.util.concurrent.CancellationException}; then closes the asynchronous generators, shuts the
 * default executor down, has {@link LoopScheduler}s refuse more work and do what they have, and
 * closes the loop. A plain {@code Runner} does the same.
 *
 * <p>Once {@code close} has begun, other threads may subscribe to what the loop offers, in limits,
 * as long as the first tasks are waited for, since their clean-up may need that. After that they
 * get a {@link java.util.concurrent.CancellationException} at once.
 *
 * <p>A runner is for one thread at a time.
 */
public final class ReactorRunner implements AutoCloseable {

    private final Runner runner;

    private ReactorRunner(Runner runner) {
        this.runner = runner;
    }

    /**
     * A runner with the usual loop.
     *
     * @return a new runner; its loop is made when it is needed
     */
    public static ReactorRunner create() {
        return builder().build();
    }

    /**
     * For a runner with options.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** What may be said of a {@link ReactorRunner}. */
    public static final class Builder {

        private final Runner.Builder builder = Runner.builder();

        private Builder() {}

        /**
         * Has the loop run in debug mode, or not, whatever the system property says.
         *
         * @param enabled whether debug mode is on
         * @return this
         */
        public Builder debug(boolean enabled) {
            builder.debug(enabled);
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
            builder.watchdogLimit(limit);
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
            builder.shutdownTimeout(timeout);
            return this;
        }

        /**
         * Has the loop's tasks run on {@code wanted}; see {@link Runner.Builder#engine}.
         *
         * @param wanted the engine
         * @return this
         * @throws IllegalStateException if the engine isn't available; the message says what to do
         */
        public Builder engine(Engine wanted) {
            builder.engine(wanted);
            return this;
        }

        /**
         * Has the loop made by {@code factory}.
         *
         * @param factory called once, when the loop is needed; the runner closes the loop
         * @return this
         */
        public Builder loopFactory(Supplier<? extends EventLoop> factory) {
            builder.loopFactory(factory);
            return this;
        }

        /**
         * The runner.
         *
         * @return a new runner
         * @throws IllegalStateException if there are both an engine and a loop factory
         */
        public ReactorRunner build() {
            return new ReactorRunner(builder.build());
        }
    }

    /**
     * The loop; made now if it wasn't yet.
     *
     * @return the loop
     * @throws IllegalStateException if the runner is closed
     */
    public EventLoop getLoop() {
        return runner.getLoop();
    }

    /**
     * {@link Runner#run(Coroutine)}.
     *
     * @param coroutine the coroutine
     * @param <T> the type of the result
     * @return its result; what it throws is thrown as it is, checked or not
     */
    public <T extends @Nullable Object> T run(Coroutine<T> coroutine) {
        return runner.run(coroutine);
    }

    /**
     * {@link Runner#run(VoidCoroutine)}.
     *
     * @param coroutine the coroutine
     */
    public void run(VoidCoroutine coroutine) {
        runner.run(coroutine);
    }

    /**
     * {@link Runner#run(Coroutine, Context)}.
     *
     * @param coroutine the coroutine
     * @param inContext the context
     * @param <T> the type of the result
     * @return its result
     */
    public <T extends @Nullable Object> T run(Coroutine<T> coroutine, Context inContext) {
        return runner.run(coroutine, inContext);
    }

    /**
     * {@link Runner#runForever}: a generator that starts a server, yields, and stops it when the
     * program is told to stop.
     *
     * @param main the body
     */
    public void runForever(AsyncGenerator.Body<?> main) {
        runner.runForever(main);
    }

    /**
     * Subscribes to {@code mono} on the loop, as a coroutine that awaits it does, and waits for it.
     * Ctrl-C cancels the subscription.
     *
     * @param mono the main Mono
     * @param <T> the type of its value
     * @return its value, or null if it is empty; its error is thrown as it is, checked or not
     * @throws IllegalStateException if the runner is closed, or the calling thread runs a loop
     *     already
     * @throws java.util.concurrent.CancellationException if the calling thread is interrupted
     */
    public <T> @Nullable T run(Mono<T> mono) {
        return runner.run(awaiting(mono));
    }

    /**
     * {@link #run(Mono)} in another context than the one that the runs share.
     *
     * @param mono the main Mono
     * @param inContext the context, whose variables are in the Mono's Context
     * @param <T> the type of its value
     * @return its value, or null if it is empty
     */
    public <T> @Nullable T run(Mono<T> mono, Context inContext) {
        return runner.run(awaiting(mono), inContext);
    }

    private static <T> Coroutine<@Nullable T> awaiting(Mono<T> mono) {
        Objects.requireNonNull(mono, "run: the Mono is null");
        return () -> Bridge.await(mono);
    }

    /**
     * Ends everything that belongs to the loop; see the class. Does nothing if there is no loop
     * yet, and when called again.
     *
     * @throws asyncio4j.KeyboardInterrupt at Ctrl-C; the loop is closed then too, without waiting
     *     any longer
     */
    @Override
    public void close() {
        runner.close();
    }

    @Override
    public String toString() {
        return "Reactor" + runner;
    }
}
