package asyncio4j;

/**
 * Thrown at the await of a coroutine that has to end because its loop was closed while it was suspended, so that its
 * {@code finally} blocks run; it can't await any more. Python's {@code GeneratorExit}.
 *
 * <p>{@link Runner} cancels all tasks before it closes the loop, so only tasks that refuse to be cancelled, and those
 * of a loop that was closed by hand, ever see this.
 */
public final class GeneratorExit extends Error {

    private static final long serialVersionUID = 1L;

    GeneratorExit() {
        super("the loop of this coroutine was closed");
    }
}
