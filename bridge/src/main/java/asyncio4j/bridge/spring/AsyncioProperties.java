package asyncio4j.bridge.spring;

import asyncio4j.Engine;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

import java.time.Duration;

/** The properties {@code asyncio4j.*}, as Spring Boot binds them. */
@ConfigurationProperties("asyncio4j")
public class AsyncioProperties {

    static final String LOOPS = "asyncio4j.loops";

    static final String ENGINE = "asyncio4j.engine";

    static final String DEBUG = "asyncio4j.debug";

    static final String WATCHDOG_LIMIT = "asyncio4j.watchdog-limit";

    static final String SHUTDOWN_TIMEOUT = "asyncio4j.shutdown-timeout";

    private @Nullable Integer loops;

    private @Nullable Engine engine;

    private @Nullable Boolean debug;

    private @Nullable Duration watchdogLimit;

    private Duration shutdownTimeout = AsyncioLoops.DEFAULT_SHUTDOWN_TIMEOUT;

    /** With nothing set. */
    public AsyncioProperties() {}

    /**
     * The number of event loops.
     *
     * @return the number, or null for one per processor
     */
    public @Nullable Integer getLoops() {
        return loops;
    }

    /**
     * Sets the number of event loops.
     *
     * @param loops the number, or null for one per processor
     */
    public void setLoops(@Nullable Integer loops) {
        this.loops = loops;
    }

    /**
     * What the tasks of the loops run on.
     *
     * @return the engine, or null for the one that is available
     */
    public @Nullable Engine getEngine() {
        return engine;
    }

    /**
     * Sets what the tasks of the loops run on.
     *
     * @param engine the engine, or null for the one that is available
     */
    public void setEngine(@Nullable Engine engine) {
        this.engine = engine;
    }

    /**
     * Whether the loops run in debug mode.
     *
     * @return whether, or null for what the environment variable {@code ASYNCIO4J_DEBUG} says
     */
    public @Nullable Boolean getDebug() {
        return debug;
    }

    /**
     * Sets whether the loops run in debug mode.
     *
     * @param debug whether, or null
     */
    public void setDebug(@Nullable Boolean debug) {
        this.debug = debug;
    }

    /**
     * How long a step may hold its loop before the watchdog names it.
     *
     * @return the limit, or null for the usual one
     */
    public @Nullable Duration getWatchdogLimit() {
        return watchdogLimit;
    }

    /**
     * Sets how long a step may hold its loop before the watchdog names it.
     *
     * @param watchdogLimit the limit; zero switches the watchdog off; null is the usual one
     */
    public void setWatchdogLimit(@Nullable Duration watchdogLimit) {
        this.watchdogLimit = watchdogLimit;
    }

    /**
     * How long what is under way may take to end when the application stops.
     *
     * @return the limit
     */
    public Duration getShutdownTimeout() {
        return shutdownTimeout;
    }

    /**
     * Sets how long what is under way may take to end when the application stops.
     *
     * @param shutdownTimeout the limit
     */
    public void setShutdownTimeout(Duration shutdownTimeout) {
        this.shutdownTimeout = shutdownTimeout;
    }

    /** The loops that they ask for. */
    AsyncioLoops.Builder settings() {
        AsyncioLoops.Builder builder = AsyncioLoops.builder().shutdownTimeout(shutdownTimeout);
        if (loops != null) {
            builder.loops(loops);
        }
        if (engine != null) {
            builder.engine(engine);
        }
        if (debug != null) {
            builder.debug(debug);
        }
        if (watchdogLimit != null) {
            builder.watchdogLimit(watchdogLimit);
        }
        return builder;
    }
}
