package asyncio4j;

/**
 * A {@link Coroutine} without a result, so that a lambda need not end in {@code return null}.
 *
 * <p>Every function that takes a {@code Coroutine} takes this as well; Java chooses by whether the
 * lambda returns something.
 */
@FunctionalInterface
public interface VoidCoroutine {

    /**
     * The body; see {@link Coroutine#run()}.
     *
     * @throws Exception what the body throws
     * @throws CancelledError if the task was cancelled, at an await
     */
    void run() throws Exception;
}
