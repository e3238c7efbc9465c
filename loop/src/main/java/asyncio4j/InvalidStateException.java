package asyncio4j;

/**
 * A future was used in a state in which that makes no sense: its result was asked for before it was
 * there, or set twice. Python's {@code asyncio.InvalidStateError}.
 */
public final class InvalidStateException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /**
     * With a message.
     *
     * @param message what was wrong
     */
    public InvalidStateException(String message) {
        super(message);
    }
}
