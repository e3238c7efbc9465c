package asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * The stack of an await that rethrew an exception, added to that exception as suppressed: the
 * exception comes out as it went in, and still tells the way it took.
 */
final class AwaitSite extends Throwable {

    private static final long serialVersionUID = 1L;

    /**
     * More than this are not added: an exception may be shared, or pass through a chain of
     * thousands of tasks.
     */
    private static final int MOST = 8;

    private AwaitSite(String message) {
        super(message, null, false, true);
    }

    /**
     * Adds the calling code's stack to {@code error}, unless it has enough of them.
     *
     * @param error what is about to be thrown
     * @param task the task that awaits; null for a thread outside of the loop
     */
    static void add(Throwable error, @Nullable Task<?> task) {
        if (error instanceof CancelledError
                || error instanceof GeneratorExit
                || error instanceof StopAsyncIteration) {
            return; // made for the one who gets it, and expected
        }
        int present = 0;
        for (Throwable suppressed : error.getSuppressed()) {
            if (suppressed instanceof AwaitSite) {
                present++;
            }
        }
        if (present < MOST) {
            error.addSuppressed(
                    new AwaitSite(
                            task == null
                                    ? "awaited here"
                                    : "awaited here by task " + task.getName()));
        }
    }

    /** Prints as its message alone: it isn't an error of its own. */
    @Override
    @SuppressWarnings("OverrideThrowableToString") // the class name would say nothing
    public String toString() {
        return String.valueOf(getMessage());
    }
}
