package asyncio4j.locks;

/**
 * A {@link Barrier} was aborted, or reset while this task waited at it. Python's {@code
 * asyncio.BrokenBarrierError}.
 *
 * <p>Not {@link java.util.concurrent.BrokenBarrierException}: that one is checked, and as {@code
 * await} declares no exceptions, the compiler would refuse to let it be caught.
 */
public final class BrokenBarrierException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /**
     * With a message.
     *
     * @param message what happened to the barrier
     */
    public BrokenBarrierException(String message) {
        super(message);
    }
}
