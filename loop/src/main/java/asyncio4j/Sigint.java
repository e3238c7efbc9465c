package asyncio4j;

import org.jspecify.annotations.Nullable;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * A handler for Ctrl-C that is there for a while, and only if the JVM's own would be there otherwise.
 *
 * <p>The JVM calls it on a thread of its own. Install and close belong to the thread that drives the loop.
 */
final class Sigint implements AutoCloseable {

    private static final Signal SIGNAL = new Signal("INT");

    /** Null if there was none to replace, or signals can't be had. */
    private final @Nullable SignalHandler replaced;

    private final SignalHandler own;

    private Sigint(SignalHandler own, @Nullable SignalHandler replaced) {
        this.own = own;
        this.replaced = replaced;
    }

    /** Has {@code action} called at every Ctrl-C until this is closed, unless somebody else deals with them. */
    static Sigint install(Runnable action) {
        SignalHandler own = signal -> action.run();
        SignalHandler before;
        try {
            before = Signal.handle(SIGNAL, own);
        } catch (IllegalArgumentException e) {
            return new Sigint(own, null); // the JVM runs with -Xrs, or the system has no such signal
        }
        if (isJvmDefault(before)) {
            return new Sigint(own, before);
        }
        Signal.handle(SIGNAL, before);
        return new Sigint(own, null);
    }

    /** The JVM's handler for Ctrl-C isn't made by users of sun.misc.Signal, which wraps it to hand it out. */
    private static boolean isJvmDefault(SignalHandler handler) {
        return handler == SignalHandler.SIG_DFL
                || handler.getClass().getName().startsWith("sun.misc.Signal$");
    }

    /** Whether a Ctrl-C comes here. */
    boolean installed() {
        return replaced != null;
    }

    /** Puts the JVM's handler back, unless somebody has put in another meanwhile. */
    @Override
    public void close() {
        if (replaced == null) {
            return;
        }
        SignalHandler present = Signal.handle(SIGNAL, replaced);
        if (present != own) {
            Signal.handle(SIGNAL, present);
        }
    }
}
