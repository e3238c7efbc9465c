package asyncio4j;

/**
 * An async generator has no more items: thrown by awaiting {@link AsyncGenerator#anext}. Python's
 * own name for it.
 */
public final class StopAsyncIteration extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** There is nothing more to say. */
    public StopAsyncIteration() {
        super("the async generator has no more items");
    }
}
