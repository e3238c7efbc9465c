package asyncio4j;

/**
 * Ends a suspended body so that its {@code finally} blocks run. Python's {@code GeneratorExit}. It
 * is thrown at the {@code yield} of an async generator that is closed, which may await on its way
 * out; and at the await of a coroutine whose loop was closed, which can't await any more.
 *
 * <p>{@link Runner} cancels all tasks before it closes the loop, so only tasks that refuse to be
 * cancelled, and those of a loop that was closed by hand, ever see this.
 */
public final class GeneratorExit extends Error {

    private static final long serialVersionUID = 1L;

    GeneratorExit() {
        this("the loop of this coroutine was closed");
    }

    /**
     * For whoever runs a generator's body in a way of its own.
     *
     * @param message why the body has to end
     */
    public GeneratorExit(String message) {
        super(message);
    }
}
