package asyncio4j.internal.bridge;

import asyncio4j.internal.spi.ThreadLocals;

import org.jspecify.annotations.Nullable;

import reactor.util.context.Context;
import reactor.util.context.ContextView;

import java.util.function.Predicate;

/**
 * {@link ThreadLocals} that also go into a Reactor Context and come out of one, under the keys of
 * their accessors.
 */
public interface ContextValues extends ThreadLocals {

    /**
     * The values in {@code context}.
     *
     * @param complete whether what isn't in the Context has no value; else the calling thread's
     *     counts
     * @return the values; null if nobody has registered anything
     */
    @Nullable Object capture(ContextView context, boolean complete, Failures failures);

    /**
     * {@code context} with the values in place of what it has under their keys, and without those
     * that have none.
     *
     * @param kept which keys to leave alone
     */
    Context write(Object values, Context context, Predicate<Object> kept);
}
