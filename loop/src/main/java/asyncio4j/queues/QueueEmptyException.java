package asyncio4j.queues;

/** {@link Queue#getNowait} found no item. Python's {@code asyncio.QueueEmpty}. */
public final class QueueEmptyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * With a message.
     *
     * @param message what to do about it
     */
    public QueueEmptyException(String message) {
        super(message);
    }
}
