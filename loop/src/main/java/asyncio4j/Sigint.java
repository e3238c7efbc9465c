package asyncio4j;

import org.jspecify.annotations.Nullable;

import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * A handler for Ctrl-C that is there for a while, and only if the JVM's own would be there
 * otherwise.
 *
 * <p>The JVM calls handlers on threads of its own. No Ctrl-C is lost on the way in or out: to see
 * who deals with them this has to take the place first, and one that comes just then, or is under
 * way when this is closed, is passed on to whoever it was for.
 */
final class Sigint implements AutoCloseable, SignalHandler {

    private static final Signal SIGNAL = new Signal("INT");

    /**
     * Held while handlers are exchanged, so that each sees what was there before and not another
     * one's try.
     */
    private static final Object LOCK = new Object();

    private final Runnable action;

    // Guarded by LOCK, from here on.

    /** Who dealt with Ctrl-C before; null if signals can't be had. */
    private @Nullable SignalHandler before;

    /** Whether a Ctrl-C is for this. */
    private boolean live;

    private Sigint(Runnable action) {
        this.action = action;
    }

    /**
     * Has {@code action} called at every Ctrl-C until this is closed, unless somebody else deals
     * with them.
     *
     * @param action what to do; it mustn't wait for anything. It isn't called any more once {@link
     *     #close} has returned
     */
    static Sigint install(Runnable action) {
        Sigint own = new Sigint(action);
        synchronized (LOCK) {
            SignalHandler before;
            try {
                before = Signal.handle(SIGNAL, own);
            } catch (IllegalArgumentException e) {
                return own; // the JVM runs with -Xrs
            }
            own.before = before;
            own.live = isJvmDefault(before);
            if (!own.live) {
                Signal.handle(SIGNAL, before);
            }
        }
        return own;
    }

    /**
     * The JVM's handler for Ctrl-C isn't made by users of sun.misc.Signal, which wraps it to hand
     * it out.
     */
    private static boolean isJvmDefault(SignalHandler handler) {
        return handler != SIG_DFL
                && handler != SIG_IGN
                && handler.getClass().getName().startsWith("sun.misc.Signal$");
    }

    @Override
    public void handle(Signal signal) {
        SignalHandler other;
        synchronized (LOCK) {
            if (live) {
                action.run();
                return;
            }
            other = before;
        }
        if (other == SIG_DFL) {
            Signal.raise(signal); // it is in force again
        } else if (other != null && other != SIG_IGN) {
            other.handle(signal);
        }
    }

    /** Puts the JVM's handler back, unless somebody has put in another meanwhile. */
    @Override
    public void close() {
        synchronized (LOCK) {
            SignalHandler replaced = before;
            if (!live || replaced == null) {
                return;
            }
            live = false;
            SignalHandler present = Signal.handle(SIGNAL, replaced);
            if (present != this) {
                Signal.handle(SIGNAL, present);
            }
        }
    }
}
