package asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * The user pressed Ctrl-C. Leaves the loop at once: it comes out of {@link Runner#run}. Python's
 * {@code KeyboardInterrupt}.
 *
 * <p>A program that wants the usual exit status catches it around its Runner and exits with 130.
 */
public final class KeyboardInterrupt extends Error {

    private static final long serialVersionUID = 1L;

    /** Without a message. */
    public KeyboardInterrupt() {}

    /**
     * With a message.
     *
     * @param message the message, or null
     */
    public KeyboardInterrupt(@Nullable String message) {
        super(message);
    }
}
