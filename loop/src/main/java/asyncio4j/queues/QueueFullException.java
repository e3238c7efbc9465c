package asyncio4j.queues;

/** {@link Queue#putNowait} found no room. Python's {@code asyncio.QueueFull}. */
public final class QueueFullException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * With a message.
     *
     * @param message what to do about it
     */
    public QueueFullException(String message) {
        super(message);
    }
}
