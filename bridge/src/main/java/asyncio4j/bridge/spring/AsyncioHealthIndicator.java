package asyncio4j.bridge.spring;

import asyncio4j.Coroutine;
import asyncio4j.bridge.Bridge;
import asyncio4j.internal.access.LoopAccess;

import org.springframework.boot.health.contributor.AbstractReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Health;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/**
 * Up while all loops answer within a second. The details say how many tasks each has, or that it
 * doesn't answer: then a step holds it, and the watchdog's warning names that.
 */
public final class AsyncioHealthIndicator extends AbstractReactiveHealthIndicator {

    static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final LoopAccess ACCESS = LoopAccess.get();

    private static final String HELD = "held: doesn't answer";

    private final AsyncioLoops loops;

    /**
     * For these loops.
     *
     * @param loops the loops
     */
    public AsyncioHealthIndicator(AsyncioLoops loops) {
        this.loops = Objects.requireNonNull(loops, "the loops are null");
    }

    @Override
    protected Mono<Health> doHealthCheck(Health.Builder builder) {
        builder.up();
        return Flux.fromArray(loops.threads())
                .flatMap(AsyncioHealthIndicator::ask)
                .doOnNext(answer -> {
                    builder.withDetail(answer.loop(), answer.text());
                    if (answer.text().equals(HELD)) {
                        builder.down();
                    }
                })
                .then(Mono.fromSupplier(builder::build));
    }

    private record Answer(String loop, String text) {}

    private static Mono<Answer> ask(LoopThread thread) {
        Coroutine<Answer> counting =
                () -> {
                    int others = ACCESS.tasks(thread.loop()) - 1; // this is one, too
                    return new Answer(thread.name(), "tasks: " + others);
                };
        return Bridge.mono(thread.loop(), counting)
                .timeout(PATIENCE)
                .onErrorReturn(TimeoutException.class, new Answer(thread.name(), HELD));
    }
}
