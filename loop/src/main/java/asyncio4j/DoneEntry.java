package asyncio4j;

/**
 * Somebody who is told when a future is done. {@code schedule} is called once, by the baton holder,
 * in order of registration; it must only put a step into the ready queue.
 */
@FunctionalInterface
interface DoneEntry {

    /** Puts what has to be done into the ready queue. Baton holder only. */
    void schedule(AsyncFuture<?> future);
}
