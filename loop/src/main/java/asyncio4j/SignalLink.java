package asyncio4j;

import org.jspecify.annotations.Nullable;

import sun.misc.Signal;
import sun.misc.SignalHandler;

import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A handler of ours in the place that the JVM has for each signal: a {@link Runner}'s for Ctrl-C,
 * or a loop's. Each knows who was there before it, so that those of one signal are a chain, from
 * the one that is in the place down to the JVM's own.
 *
 * <h2>Why no signal is lost or goes to the wrong one</h2>
 *
 * <p>The JVM calls handlers on threads of their own, which may come as late as they like, while
 * other threads put handlers in and take them out. All of it is done under one lock, {@link #LOCK},
 * so that whoever is called sees the chain before a change or after it, and never between.
 *
 * <ul>
 *   <li><em>While a handler is put in</em>: from the moment it is in the place it is called, waits
 *       for the lock, and then finds itself live; or, if it gave the place back, passes the signal
 *       on to the one who has it.
 *   <li><em>While one is taken out</em>: the JVM can't be asked who is in the place, only to
 *       exchange; a dead link, which passes on to whoever turns out to belong there, holds it for
 *       that time. So neither does a signal meet the default action that ends the process, nor is
 *       another's handler left out.
 *   <li><em>After it was taken out</em>: one that reaches it then was under way, or comes from a
 *       handler that was put on top and still knows it as the one before. It passes it on, down the
 *       chain, to the first that is live.
 * </ul>
 *
 * <p>{@code before} only leads downwards, to what was in the place earlier, so there are no cycles;
 * and a dead link is skipped whenever it would be put back or kept as the one before, so that none
 * comes to life again and the chain doesn't grow. If a handler that isn't ours was put in by {@code
 * Signal.handle} on top of one that is taken out, it stays.
 */
abstract class SignalLink implements SignalHandler {

    /** Held while handlers are exchanged and while one decides what to do with a signal. */
    static final Object LOCK = new Object();

    /** The signals that a JVM can have and that end the process if nobody deals with them. */
    private static final Set<String> ENDS_PROCESS =
            Set.of("ALRM", "HUP", "INT", "IO", "PROF", "TERM", "USR1", "VTALRM");

    private final Signal signal;

    // Guarded by LOCK, from here on.

    /** Who was there before; null if this never was in. */
    private @Nullable SignalHandler before;

    private boolean live;

    SignalLink(Signal signal) {
        this.signal = signal;
    }

    /**
     * Does what the signal asks for, without waiting for anything. Under the lock.
     *
     * @return false if there is nobody left that it could be for
     */
    abstract boolean deliver();

    boolean live() {
        return live;
    }

    /**
     * Takes the place, if it is free for this. Under the lock.
     *
     * @param mayReplace says whether it is, from who is there
     * @return false if it isn't; whoever is there stays
     * @throws IllegalArgumentException if the JVM doesn't give the signal away
     */
    boolean install(Predicate<SignalHandler> mayReplace) {
        SignalHandler present = Signal.handle(signal, this);
        before = skipDead(present);
        live = mayReplace.test(before);
        if (!live) {
            Signal.handle(signal, present);
        }
        return live;
    }

    /** Marks this as one that passes on. Under the lock; the place is still its own. */
    void die() {
        live = false;
    }

    /** Puts whoever was there before back, unless another has come on top. Under the lock. */
    void uninstall() {
        live = false;
        exchange(present -> present == this ? below() : present);
    }

    private SignalHandler below() {
        SignalHandler under = before;
        return under == null ? SIG_DFL : skipDead(under);
    }

    private static SignalHandler skipDead(SignalHandler handler) {
        SignalHandler found = handler;
        while (found instanceof SignalLink link && !link.live && link.before != null) {
            found = link.before;
        }
        return found;
    }

    /** Has {@code choose} say who is to be in the place, from who is there. Under the lock. */
    private void exchange(UnaryOperator<SignalHandler> choose) {
        SignalLink holder = new Holder(signal);
        SignalHandler present = Signal.handle(signal, holder);
        SignalHandler chosen = choose.apply(present);
        holder.before = chosen;
        SignalHandler meanwhile = Signal.handle(signal, chosen);
        if (meanwhile != holder) { // somebody else's, who knows nothing of the lock, came on top
            Signal.handle(signal, meanwhile);
        }
    }

    @Override
    public final void handle(Signal received) {
        SignalHandler next;
        synchronized (LOCK) {
            if (deliver()) {
                return;
            }
            next = below();
            if (next == SIG_DFL) {
                actByDefault();
                return;
            }
        }
        if (next != SIG_IGN) {
            next.handle(received);
        }
    }

    /**
     * The system's default action, if it is in force; else a handler on top of this has passed on
     * what can't be passed on any further. The JVM doesn't send signals that it has no handler for,
     * so this does what most of them do. Under the lock.
     */
    private void actByDefault() {
        boolean[] inForce = new boolean[1];
        exchange(present -> {
            inForce[0] = skipDead(present) == SIG_DFL;
            return inForce[0] ? SIG_DFL : present;
        });
        if (inForce[0] && ENDS_PROCESS.contains(signal.getName())) {
            Runtime.getRuntime().halt(128 + signal.getNumber());
        }
    }

    /** Keeps the place while it is found out whose it is. */
    private static final class Holder extends SignalLink {

        Holder(Signal signal) {
            super(signal);
        }

        @Override
        boolean deliver() {
            return false;
        }
    }
}
