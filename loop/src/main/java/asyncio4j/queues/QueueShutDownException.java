package asyncio4j.queues;

/**
 * A queue was shut down: it takes no items any more, and has none to give. Python's {@code
 * asyncio.QueueShutDown}.
 */
public final class QueueShutDownException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * With a message.
     *
     * @param message what to do about it
     */
    public QueueShutDownException(String message) {
        super(message);
    }
}
