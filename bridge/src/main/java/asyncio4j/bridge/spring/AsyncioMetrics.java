package asyncio4j.bridge.spring;

import asyncio4j.EventLoop;
import asyncio4j.internal.access.LoopAccess;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

import java.time.Duration;
import java.util.Objects;

/**
 * How the loops do, for Micrometer. Each meter has the tag {@code loop}, with the name of the
 * loop's thread:
 *
 * <ul>
 *   <li>{@code asyncio4j.loop.tasks}: tasks that aren't done;
 *   <li>{@code asyncio4j.loop.subscribers}: requests and other subscribers that wait for the loop;
 *   <li>{@code asyncio4j.loop.ready}: steps that are ready and wait for their turn;
 *   <li>{@code asyncio4j.loop.lag}: by how much a timer is late, measured once a second;
 *   <li>{@code asyncio4j.loop.slow.steps}: steps that held the loop for longer than the watchdog's
 *       limit.
 * </ul>
 *
 * <p>With Spring Boot there is a bean of this type wherever there is Micrometer.
 */
public final class AsyncioMetrics implements MeterBinder {

    /** How often the lag is measured. */
    static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final LoopAccess ACCESS = LoopAccess.get();

    private final AsyncioLoops loops;

    /**
     * For these loops.
     *
     * @param loops the loops, which this starts when it is bound
     */
    public AsyncioMetrics(AsyncioLoops loops) {
        this.loops = Objects.requireNonNull(loops, "the loops are null");
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (LoopThread thread : loops.threads()) {
            EventLoop loop = thread.loop();
            Tags tags = Tags.of("loop", thread.name());
            Gauge.builder("asyncio4j.loop.tasks", loop, ACCESS::tasks)
                    .description("Tasks that aren't done")
                    .baseUnit("tasks")
                    .tags(tags)
                    .register(registry);
            Gauge.builder("asyncio4j.loop.subscribers", thread, LoopThread::subscribers)
                    .description("Requests and other subscribers that wait for the loop")
                    .tags(tags)
                    .register(registry);
            Gauge.builder("asyncio4j.loop.ready", loop, ACCESS::ready)
                    .description("Steps that are ready and wait for their turn")
                    .tags(tags)
                    .register(registry);
            FunctionCounter.builder("asyncio4j.loop.slow.steps", loop, ACCESS::namedSteps)
                    .description("Steps that held the loop for longer than the watchdog's limit")
                    .tags(tags)
                    .register(registry);
            Timer lag =
                    Timer.builder("asyncio4j.loop.lag")
                            .description("By how much the loop is late for a timer")
                            .tags(tags)
                            .register(registry);
            loop.callSoonThreadsafe(() -> measure(loop, lag));
        }
    }

    /** Records how late a timer is, again and again until the loop is closed. On the loop. */
    private static void measure(EventLoop loop, Timer lag) {
        Duration due = loop.time().plus(INTERVAL);
        loop.callAt(
                due,
                () -> {
                    lag.record(loop.time().minus(due));
                    measure(loop, lag);
                });
    }
}
