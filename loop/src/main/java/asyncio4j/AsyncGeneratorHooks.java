package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.function.Consumer;

/**
 * What a loop tells of its async generators: that one begins, and that one was forgotten. Python's
 * {@code sys.set_asyncgen_hooks}; set by {@link EventLoop#setAsyncGeneratorHooks}.
 *
 * {@snippet :
 * var begun = new java.util.concurrent.atomic.AtomicInteger();
 * EventLoop loop = getRunningLoop();
 * loop.setAsyncGeneratorHooks(
 *         AsyncGeneratorHooks.NONE.firstIter(generator -> begun.incrementAndGet()));
 * }
 *
 * <p>Unlike Python's they don't take the place of the loop's own: the loop always knows its
 * generators, since it has to end their threads. Both are called on the loop's thread, and must not
 * keep the generator.
 *
 * @param firstIter called with a generator when its first item is asked for, in the task that asks,
 *     before the body begins; what it throws comes out there, and the next request begins without
 *     it. Null for nothing
 * @param finalizer called with a generator that nobody could reach any more although it was begun
 *     and isn't at its end, once, as a callback in a copy of the context in which its last item was
 *     asked for; it closes it, or has a task close it. Null for what the loop does: it tells the
 *     exception handler, and makes a task that closes it
 */
public record AsyncGeneratorHooks(
        @Nullable Consumer<? super AsyncGenerator<?>> firstIter,
        @Nullable Consumer<? super AsyncGenerator<?>> finalizer) {

    /** None: the loop does what it does. */
    public static final AsyncGeneratorHooks NONE = new AsyncGeneratorHooks(null, null);

    /**
     * The same with another hook for generators that begin.
     *
     * @param hook the hook, or null
     * @return new hooks
     */
    public AsyncGeneratorHooks firstIter(@Nullable Consumer<? super AsyncGenerator<?>> hook) {
        return new AsyncGeneratorHooks(hook, finalizer);
    }

    /**
     * The same with another hook for generators that were forgotten.
     *
     * @param hook the hook, or null
     * @return new hooks
     */
    public AsyncGeneratorHooks finalizer(@Nullable Consumer<? super AsyncGenerator<?>> hook) {
        return new AsyncGeneratorHooks(firstIter, hook);
    }
}
