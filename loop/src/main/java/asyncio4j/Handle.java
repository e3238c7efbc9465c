package asyncio4j;

/**
 * A callback that was handed to {@link EventLoop#callSoon} or one of its like. Python's {@code
 * asyncio.Handle}.
 *
 * <p>Any thread may cancel one, but for a {@link TimerHandle}: that belongs to the loop's own
 * thread.
 */
public sealed interface Handle permits TimerHandle, CallbackHandle {

    /**
     * Makes the loop skip the callback. Does nothing if it has run already, or when called again.
     * If another thread than the loop's calls this, the callback may be just running, or about to:
     * that isn't waited for.
     */
    void cancel();

    /**
     * Whether {@link #cancel} was called.
     *
     * @return true if it was
     */
    boolean cancelled();

    /**
     * The context that the callback runs in.
     *
     * @return the context
     */
    Context context();
}
