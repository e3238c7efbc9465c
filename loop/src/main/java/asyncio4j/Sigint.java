package asyncio4j;

import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * A handler for Ctrl-C that is there for a while, and only if the JVM's own would be there
 * otherwise.
 *
 * <p>To see who deals with Ctrl-C this has to take the place first; {@link SignalLink} says why
 * none is lost meanwhile. A loop's handler for the signal ({@link EventLoop#addSignalHandler}) that
 * is there stays, and one that is added later comes on top of this.
 */
final class Sigint extends SignalLink implements AutoCloseable {

    private final Runnable action;

    private Sigint(Runnable action) {
        super(new Signal("INT"));
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
            try {
                own.install(Sigint::isJvmDefault);
            } catch (IllegalArgumentException e) {
                // the JVM runs with -Xrs
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
    boolean deliver() {
        boolean own = live();
        if (own) {
            action.run();
        }
        return own;
    }

    /** Puts the JVM's handler back, unless somebody has put in another meanwhile. */
    @Override
    public void close() {
        synchronized (LOCK) {
            if (live()) {
                uninstall();
            }
        }
    }
}
