package asyncio4j;

import java.util.SequencedSet;

/**
 * What {@link Asyncio#wait(java.util.Collection)} found: the futures that it was given, each in one
 * of two sets and there in the order in which they were given. asyncio gives such a pair.
 *
 * @param done those that have a result, an exception or a cancellation; nobody has looked at it
 * @param pending the others; nothing was cancelled
 * @param <F> the type of the futures
 */
public record WaitResult<F extends AsyncFuture<?>>(SequencedSet<F> done, SequencedSet<F> pending) {}
