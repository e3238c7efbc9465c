package asyncio4j.bridge.spring;

import asyncio4j.AsyncGenerator;
import asyncio4j.Coroutine;
import asyncio4j.Engine;
import asyncio4j.EventLoop;
import asyncio4j.VoidCoroutine;
import asyncio4j.bridge.Bridge;
import asyncio4j.internal.access.LoopAccess;

import org.jspecify.annotations.NonNull;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The event loops of an application: so many, each on a thread of its own. A bean of this type is
 * there with Spring Boot, or with {@link EnableAsyncio}; whoever wants others defines a bean of
 * their own, made by {@link #builder}.
 *
 * {@snippet lang=java :
 * @Bean
 * AsyncioLoops loops() {
 *     return AsyncioLoops.builder().loops(2).watchdogLimit(Duration.ofSeconds(1)).build();
 * }
 * }
 *
 * <h2>Which loop</h2>
 *
 * <p>A request has one loop, {@linkplain #pick picked} when it comes in, on which all of its
 * coroutines run. What is subscribed to by code that runs on a loop runs on that loop. Everything
 * else that Spring subscribes to, such as a {@code @Scheduled} method's coroutine, gets a loop each
 * time. The loops share nothing: what tasks of several loops touch has to be safe for several
 * threads, as with every bean of Spring's. With one loop nothing changes between two awaits.
 *
 * <h2>Begin and end</h2>
 *
 * <p>The loops start with the application context, or when they are first asked for. They stop when
 * the web server has: first those that a subscriber waits for may end, for as long as the shutdown
 * timeout; then everything that is left is cancelled, and {@code finally} blocks may take as long
 * again, or 2 seconds if that is longer; then the loops are closed, whatever still runs. So
 * stopping takes little longer than twice the timeout, which should be less than {@code
 * spring.lifecycle.timeout-per-shutdown-phase}.
 *
 * <p>The methods may be called by any thread.
 */
public final class AsyncioLoops implements SmartLifecycle, DisposableBean {

    /**
     * The phase in Spring's lifecycle: started before the web server and stopped after it, whose
     * phase is {@code DEFAULT_PHASE - 2048}.
     */
    public static final int PHASE = DEFAULT_PHASE - 4096;

    /** How long what is under way may take to end, unless set. */
    static final Duration DEFAULT_SHUTDOWN_TIMEOUT = Duration.ofSeconds(10);

    private static final LoopAccess ACCESS = LoopAccess.get();

    /** Those of all application contexts that have started, the latest last. */
    private static final List<AsyncioLoops> STARTED = new CopyOnWriteArrayList<>();

    private final Settings settings;

    /** Counts the picks. */
    private final AtomicInteger turn = new AtomicInteger();

    /** Empty while there are no loops. Written under the monitor of this. */
    private volatile LoopThread[] threads = {};

    /** Stopped, and not started again. Guarded by this. */
    private boolean stopped;

    private AsyncioLoops(Settings settings) {
        this.settings = settings;
    }

    /** What can be set; null is the library's own default. */
    record Settings(
            int loops,
            @Nullable Engine engine,
            @Nullable Boolean debug,
            @Nullable Duration watchdogLimit,
            Duration shutdownTimeout) {}

    /**
     * For loops with options.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** What may be said of {@link AsyncioLoops}. */
    public static final class Builder {

        private int loops = Runtime.getRuntime().availableProcessors();

        private @Nullable Engine engine;

        private @Nullable Boolean debug;

        private @Nullable Duration watchdogLimit;

        private Duration shutdownTimeout = DEFAULT_SHUTDOWN_TIMEOUT;

        private Builder() {}

        /**
         * How many loops there are.
         *
         * @param number the number; as many as the JVM has processors unless set
         * @return this
         * @throws IllegalArgumentException if it isn't positive
         */
        public Builder loops(int number) {
            if (number <= 0) {
                throw new IllegalArgumentException(
                        "the number of event loops (asyncio4j.loops) has to be 1 or more, not "
                                + number
                                + "; leave it out for one per processor");
            }
            loops = number;
            return this;
        }

        /**
         * Has the tasks run on {@code engine}; unless set, on what the system property {@code
         * asyncio4j.engine} says, else on what is available.
         *
         * @param kind the engine
         * @return this
         * @throws IllegalStateException if the JVM hasn't got it
         */
        public Builder engine(Engine kind) {
            if (!Objects.requireNonNull(kind, "the engine is null").isAvailable()) {
                throw new IllegalStateException(
                        "the engine "
                                + kind
                                + " (asyncio4j.engine) isn't available: start java with"
                                + " --add-exports java.base/jdk.internal.vm=ALL-UNNAMED, or leave"
                                + " it out");
            }
            engine = kind;
            return this;
        }

        /**
         * Has the loops run in debug mode, or not.
         *
         * @param enabled whether debug mode is on; off unless set, or unless the system property
         *     {@code asyncio4j.debug} says otherwise
         * @return this
         */
        public Builder debug(boolean enabled) {
            debug = enabled;
            return this;
        }

        /**
         * Has the watchdog name the code that holds a loop for longer than {@code limit}; see
         * {@link EventLoop#setWatchdogLimit}.
         *
         * @param limit the limit, 5 seconds unless set; zero switches the watchdog off
         * @return this
         * @throws IllegalArgumentException if the limit is negative
         */
        public Builder watchdogLimit(Duration limit) {
            watchdogLimit =
                    notNegative(
                            limit,
                            "the watchdog's limit (asyncio4j.watchdog-limit)",
                            "for no watchdog");
            return this;
        }

        /**
         * How long what is under way may take to end when the application stops, before it is
         * cancelled; and how long it may take after that.
         *
         * @param timeout the limit, 10 seconds unless set; zero to cancel at once
         * @return this
         * @throws IllegalArgumentException if the timeout is negative
         */
        public Builder shutdownTimeout(Duration timeout) {
            shutdownTimeout =
                    notNegative(
                            timeout,
                            "the shutdown timeout (asyncio4j.shutdown-timeout)",
                            "to cancel at once");
            return this;
        }

        private static Duration notNegative(@Nullable Duration value, String what, String zero) {
            if (value == null || value.isNegative()) {
                throw new IllegalArgumentException(
                        what + " can't be " + value + "; pass a duration, or zero " + zero);
            }
            return value;
        }

        /**
         * The loops; they start when the application context does.
         *
         * @return new loops
         */
        public AsyncioLoops build() {
            return new AsyncioLoops(
                    new Settings(loops, engine, debug, watchdogLimit, shutdownTimeout));
        }
    }

    // Which loop

    /**
     * A loop for something new: of two loops, which change with every call, the one with fewer
     * subscribers that wait for it.
     *
     * @return a loop that runs
     * @throws IllegalStateException if the application has stopped
     */
    public EventLoop pick() {
        LoopThread[] present = running();
        int number = present.length;
        int now = turn.getAndIncrement() & Integer.MAX_VALUE;
        LoopThread first = present[now % number];
        if (number == 1 || first.subscribers() == 0) {
            return first.loop();
        }
        int distance = 1 + now / number % (number - 1);
        LoopThread second = present[(now % number + distance) % number];
        return (second.subscribers() < first.subscribers() ? second : first).loop();
    }

    /**
     * The loop that runs the calling code, or else one that is {@linkplain #pick picked}.
     *
     * @return a loop that runs
     * @throws IllegalStateException if the application has stopped
     */
    public EventLoop current() {
        EventLoop running = ACCESS.runningLoop();
        return running == null ? pick() : running;
    }

    /**
     * All loops, always in the same order.
     *
     * @return the loops
     * @throws IllegalStateException if the application has stopped
     */
    public List<EventLoop> all() {
        List<EventLoop> loops = new ArrayList<>();
        for (LoopThread each : running()) {
            loops.add(each.loop());
        }
        return List.copyOf(loops);
    }

    /** The loops and their threads. */
    LoopThread[] threads() {
        return running().clone();
    }

    /**
     * The one loop that there is.
     *
     * @return the loop
     * @throws IllegalStateException if there are several, or the application has stopped
     */
    public EventLoop only() {
        if (settings.loops() != 1) {
            throw new IllegalStateException(
                    "there are "
                            + settings.loops()
                            + " event loops, not one: take pick() or current(), or set"
                            + " asyncio4j.loops to 1");
        }
        return pick();
    }

    /**
     * {@link Bridge#mono(EventLoop, Coroutine)} on the {@linkplain #current current} loop of
     * whoever subscribes, or on that of the request whose Reactor Context the subscriber has.
     *
     * @param coroutine what to run
     * @param <T> the type of its result
     * @return a cold Mono
     */
    public <T extends @Nullable Object> Mono<@NonNull T> mono(Coroutine<T> coroutine) {
        Objects.requireNonNull(
                coroutine, "mono: the coroutine is null; pass a lambda, such as () -> await(...)");
        return Place.unlessOwn(() -> this).mono(coroutine);
    }

    /**
     * {@link #mono(Coroutine)} without a result.
     *
     * @param coroutine what to run
     * @return a cold Mono that is always empty
     */
    public Mono<Void> mono(VoidCoroutine coroutine) {
        Objects.requireNonNull(
                coroutine, "mono: the coroutine is null; pass a lambda, such as () -> await(...)");
        return mono(Coroutine.of(coroutine));
    }

    /**
     * {@link Bridge#flux(EventLoop, AsyncGenerator.Body)} on the same loop as {@link
     * #mono(Coroutine)}.
     *
     * @param body what makes the items
     * @param <T> the type of the items
     * @return a cold Flux
     */
    public <T> Flux<T> flux(AsyncGenerator.Body<T> body) {
        Objects.requireNonNull(
                body, "flux: the body is null; pass a lambda, such as g -> g.yield(1)");
        return Place.unlessOwn(() -> this).flux(body);
    }

    /** The loop for a subscriber: the running one, its request's, or one of {@code loops}. */
    static EventLoop loopFor(ContextView subscriber, Supplier<AsyncioLoops> loops) {
        EventLoop running = ACCESS.runningLoop();
        if (running != null) {
            return running;
        }
        EventLoop own = subscriber.getOrDefault(EventLoop.class, null);
        return own != null && !own.isClosed() ? own : loops.get().pick();
    }

    /** The loops of the application context that has started last. */
    static AsyncioLoops latest() {
        AsyncioLoops latest = null;
        for (AsyncioLoops each : STARTED) {
            latest = each;
        }
        if (latest == null) {
            throw new IllegalStateException(
                    "no event loop is there to run this on: no application context with"
                            + " @EnableAsyncio, or with asyncio4j's auto-configuration, has started"
                            + " yet, or all have stopped; without one, hand over a mono(coroutine)"
                            + " or flux(generator) of the bridge instead");
        }
        return latest;
    }

    // Begin and end

    private LoopThread[] running() {
        LoopThread[] present = threads;
        return present.length > 0 ? present : started();
    }

    private synchronized LoopThread[] started() {
        if (threads.length == 0) {
            if (stopped) {
                throw new IllegalStateException(
                        "the event loops of this application have stopped: ask for one while it"
                                + " runs");
            }
            LoopThread[] fresh = new LoopThread[settings.loops()];
            for (int i = 0; i < fresh.length; i++) {
                fresh[i] = new LoopThread("asyncio4j-" + (i + 1), settings);
            }
            for (LoopThread each : fresh) {
                each.start();
            }
            threads = fresh;
            STARTED.add(this);
        }
        return threads;
    }

    /** Starts the loops unless they have. */
    @Override
    public synchronized void start() {
        stopped = false;
        started();
    }

    /** Stops the loops, and waits until they are closed. */
    @Override
    public void stop() {
        CountDownLatch closed = new CountDownLatch(1);
        stop(closed::countDown);
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // they go on stopping
        }
    }

    /**
     * Stops the loops.
     *
     * @param callback called when they are closed, on another thread
     */
    @Override
    public void stop(Runnable callback) {
        LoopThread[] stopping;
        synchronized (this) {
            stopping = threads;
            threads = new LoopThread[0];
            stopped = true;
            STARTED.remove(this);
        }
        if (stopping.length == 0) {
            callback.run();
            return;
        }
        Thread.ofPlatform()
                .daemon()
                .name("asyncio4j-stop")
                .start(() -> {
                    try {
                        LoopThread.stopAll(stopping, settings.shutdownTimeout());
                    } finally {
                        callback.run();
                    }
                });
    }

    /** Stops the loops if that wasn't done yet. */
    @Override
    public void destroy() {
        stop();
    }

    @Override
    public boolean isRunning() {
        return threads.length > 0;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /**
     * Whether the loops stop when the context only pauses.
     *
     * @return false: what holds one of them goes on
     */
    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public String toString() {
        return "AsyncioLoops[" + settings.loops() + (isRunning() ? ", running]" : "]");
    }
}
