package asyncio4j.bridge;

import asyncio4j.Asyncio;
import asyncio4j.Coroutine;

import org.jspecify.annotations.Nullable;

import reactor.core.publisher.Sinks;

import java.time.Duration;

/**
 * {@link Bridge#emit}: one value for a sink, offered until it is taken.
 *
 * <p>A sink doesn't say when it has room, so this asks again: at once a few times, since another
 * thread that emits is about to be done, and then at growing intervals.
 */
record Emission<T>(Sinks.Many<T> sink, T value) implements Coroutine<@Nullable Void> {

    /** How often to let the others have their turn before sleeping. */
    private static final int TURNS = 10;

    private static final Duration SHORTEST = Duration.ofMillis(1);

    private static final Duration LONGEST = Duration.ofMillis(20);

    @Override
    public @Nullable Void run() {
        Duration pause = Duration.ZERO;
        for (int tries = 1; ; tries++) {
            Sinks.EmitResult result = sink.tryEmitNext(value);
            switch (result) {
                case FAIL_OVERFLOW, FAIL_ZERO_SUBSCRIBER, FAIL_NON_SERIALIZED -> {
                    if (tries > TURNS) {
                        Duration longer = pause.isZero() ? SHORTEST : pause.multipliedBy(2);
                        pause = longer.compareTo(LONGEST) > 0 ? LONGEST : longer;
                    }
                    Asyncio.await(Asyncio.sleep(pause));
                }
                default -> {
                    result.orThrow();
                    return null;
                }
            }
        }
    }
}
