package asyncio4j.internal.bridge;

import asyncio4j.internal.spi.Companion;
import asyncio4j.internal.spi.ThreadLocals;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What the loop asks the bridge; found by the loop through {@link java.util.ServiceLoader}. */
public final class BridgeCompanion implements Companion {

    /** For the service loader. */
    public BridgeCompanion() {}

    @Override
    public void loopCreated() {
        BlockingGuard.install();
    }

    @Override
    public @Nullable String awaitable(Object value) {
        return switch (value) {
            case Mono<?> _ -> "a Mono";
            case Flux<?> _ -> "a Flux";
            case Publisher<?> _ -> "a Publisher";
            default -> null;
        };
    }

    @Override
    public @Nullable ThreadLocals threadLocals() {
        return Propagation.VALUES;
    }
}
