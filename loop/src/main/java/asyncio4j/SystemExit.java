package asyncio4j;

/**
 * Asks to end the program: thrown in a task or a callback it leaves the loop at once, as {@link
 * KeyboardInterrupt} does, and comes out of {@link Runner#run}, which still cleans up. Python's
 * {@code SystemExit}; here the caller decides what to do with {@link #status()}.
 */
public final class SystemExit extends Error {

    private static final long serialVersionUID = 1L;

    /** The exit status that is asked for. */
    private final int status;

    /**
     * Asks for an exit status.
     *
     * @param status the status
     */
    public SystemExit(int status) {
        super("exit status " + status);
        this.status = status;
    }

    /**
     * The exit status that is asked for.
     *
     * @return the status
     */
    public int status() {
        return status;
    }
}
