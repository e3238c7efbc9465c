package asyncio4j.internal.bridge;

import org.jspecify.annotations.Nullable;

/**
 * Whether io.micrometer:context-propagation is there. If it isn't, nothing of it is loaded.
 *
 * <p>The library itself is only touched by {@link RegisteredThreadLocals}.
 */
public final class Propagation {

    /** The oldest type of the library's that is needed came with its version 1.0.3. */
    private static final String NEEDED = "io.micrometer.context.ContextSnapshotFactory";

    /** The way to the thread-locals that are registered there; null without the library. */
    public static final @Nullable ContextValues VALUES = find();

    private Propagation() {}

    private static @Nullable ContextValues find() {
        try {
            Class.forName(NEEDED, false, Propagation.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            return null;
        }
        try {
            return new RegisteredThreadLocals();
        } catch (LinkageError | RuntimeException e) { // an accessor's, which the registry loads
            System.getLogger("asyncio4j")
                    .log(
                            System.Logger.Level.ERROR,
                            "thread-locals aren't carried along with tasks: context-propagation's"
                                    + " ContextRegistry can't be loaded; see the cause, it names"
                                    + " the accessor that is at fault",
                            e);
            return null;
        }
    }
}
