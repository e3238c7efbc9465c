package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.function.Supplier;

/**
 * A future that a combinator completes when others are done, and that knows which: so that the
 * await graph goes on behind it.
 */
final class StandIn<T extends @Nullable Object> extends AsyncFuture<T> {

    private final Supplier<? extends Collection<? extends AsyncFuture<?>>> others;

    /**
     * A pending future of {@code loop}.
     *
     * @param others what it waits for, asked when somebody looks
     */
    StandIn(
            DefaultEventLoop loop,
            Supplier<? extends Collection<? extends AsyncFuture<?>>> others) {
        super(loop);
        this.others = others;
    }

    @Override
    Collection<? extends AsyncFuture<?>> waitsForAll() {
        return others.get();
    }
}
