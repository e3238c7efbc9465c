package asyncio4j;

import org.jspecify.annotations.Nullable;

import sun.misc.Signal;
import sun.misc.SignalHandler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The signal handlers of one loop. Python's {@code add_signal_handler} of the loops for Unix.
 *
 * <p>The JVM calls a handler on a thread of its own, which does nothing but hand the callback in,
 * as any other thread would: the loop wakes up if it waits, and calls it in its next iteration. Of
 * several loops that want the same signal the one that asked last gets it; {@link SignalLink} says
 * why that holds in any order of adding and removing.
 *
 * <h2>Signals that come just then</h2>
 *
 * <p>During {@link #add}: until the handler is in the place the signal is for whoever was there,
 * from then on it waits for the lock and finds the new callback. If the callback is replaced, there
 * is a handler for the loop at all times: also one that reaches the old handler later calls the new
 * callback. During {@link #remove} and {@link #close}: what was handed in before is called, if the
 * loop still runs; what comes later goes to whoever was there before. A signal for a loop that was
 * closed before it came to the callback is dropped with all that was queued, as in asyncio.
 */
final class LoopSignals {

    private final DefaultEventLoop loop;

    /** By name, without {@code SIG}. Guarded by {@link SignalLink#LOCK}. */
    private final Map<String, Link> links = new HashMap<>();

    LoopSignals(DefaultEventLoop loop) {
        this.loop = loop;
    }

    /** Has {@code callback} called at that signal, instead of whatever was before. */
    void add(String name, Runnable callback) {
        Signal signal = signal(name);
        Link link = new Link(signal, new CallbackHandle(loop, callback, null));
        synchronized (SignalLink.LOCK) {
            Link replaced = links.put(signal.getName(), link);
            if (replaced != null) {
                replaced.die(); // so that it isn't kept as the one before
            }
            boolean installed = false;
            try {
                installed = link.install(LoopSignals::canBeReplaced);
            } catch (IllegalArgumentException e) {
                throw refused(name, e);
            } finally {
                if (!installed) {
                    links.remove(signal.getName());
                    if (replaced != null) {
                        replaced.uninstall();
                    }
                }
            }
            if (!installed) {
                throw refused(name, null);
            }
        }
    }

    private static IllegalStateException refused(
            String name, @Nullable IllegalArgumentException cause) {
        return new IllegalStateException(
                "signal "
                        + name
                        + " cannot be caught: the system or the JVM keeps it for itself (with -Xrs"
                        + " also INT, TERM and HUP); use another, such as USR1",
                cause);
    }

    /** What native code deals with, the JVM's above all, can't be passed on to it. */
    private static boolean canBeReplaced(SignalHandler present) {
        return !present.toString().startsWith("jdk.internal.misc.Signal$NativeHandler");
    }

    /** Puts whoever was there before back. Says whether there was a handler. */
    boolean remove(String name) {
        Signal signal = signal(name);
        synchronized (SignalLink.LOCK) {
            Link link = links.remove(signal.getName());
            if (link != null) {
                link.uninstall();
            }
            return link != null;
        }
    }

    /** Removes all. */
    void close() {
        synchronized (SignalLink.LOCK) {
            List<Link> left = new ArrayList<>(links.values());
            links.clear();
            left.forEach(SignalLink::uninstall);
        }
    }

    private static Signal signal(String name) {
        Objects.requireNonNull(name, "the signal is null: pass a name, such as \"TERM\"");
        try {
            return new Signal(name.startsWith("SIG") ? name.substring(3) : name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "unknown signal: "
                            + name
                            + "; pass a name that this system has, such as \"TERM\" or \"SIGTERM\"",
                    e);
        }
    }

    /** The loop's handler for one signal. */
    private final class Link extends SignalLink {

        private final String name;

        /** The same each time, and so the context. */
        private final CallbackHandle handle;

        Link(Signal signal, CallbackHandle handle) {
            super(signal);
            this.name = signal.getName();
            this.handle = handle;
        }

        @Override
        boolean deliver() {
            Link present = links.get(name);
            return present != null && loop.core().post(present.handle);
        }
    }
}
