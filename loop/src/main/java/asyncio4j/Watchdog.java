package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks after all loops of the JVM that run, on one daemon thread: it names what holds a loop for
 * too long.
 *
 * <p>The thread starts with the first loop that runs, and goes when none has run for a while. A
 * loop is known here from the begin of a run to its end, and not a moment longer. The monitor of
 * this guards {@code running} and {@code thread}; it is held for moments, and nothing is logged
 * under it.
 */
final class Watchdog {

    /** The one that loops use; others are for tests. */
    static final Watchdog OF_JVM = new Watchdog(Duration.ofSeconds(5), true);

    private static final String NAME = "asyncio4j-watchdog";

    private final long lingerNanos;

    /** Whether to see to the bean for JMX, too. */
    private final boolean manages;

    // Under the monitor.

    private final Set<LoopWatch> running = new LinkedHashSet<>();

    private @Nullable Thread thread;

    /** How long the thread sleeps now, at most; 0 while it looks around. */
    private long pause;

    // The watchdog's thread only.

    /** What was looked at last time; one that isn't running any more may have something to say. */
    private final Set<LoopWatch> known = new LinkedHashSet<>();

    /**
     * A watchdog.
     *
     * @param linger how long its thread waits for another loop when none runs
     * @param manages whether it sees to the bean for JMX
     */
    Watchdog(Duration linger, boolean manages) {
        lingerNanos = linger.toNanos();
        this.manages = manages;
    }

    /** A loop begins to run. The thread that drives it. */
    LoopWatch enter(DefaultEventLoop loop) {
        LoopWatch watch = new LoopWatch(loop);
        synchronized (this) {
            running.add(watch);
            if (thread == null) {
                start();
            } else if (watch.interval() < pause) {
                notifyAll();
            }
        }
        return watch;
    }

    /** A loop has ended its run. The thread that drove it. */
    synchronized void leave(LoopWatch watch) {
        running.remove(watch);
        watch.end();
    }

    /** A loop has another limit now. Any thread. */
    void limitChanged(DefaultEventLoop loop) {
        if (loop.isRunning()) { // else it is looked at when it enters
            synchronized (this) {
                notifyAll();
            }
        }
    }

    /** The loops that run now. Any thread. */
    synchronized List<DefaultEventLoop> loops() {
        List<DefaultEventLoop> loops = new ArrayList<>();
        for (LoopWatch watch : running) {
            DefaultEventLoop loop = watch.loop();
            if (loop != null) {
                loops.add(loop);
            }
        }
        return loops;
    }

    /** The thread, or null if there is none. Any thread. */
    synchronized @Nullable Thread thread() {
        return thread;
    }

    private void start() {
        Thread fresh =
                Thread.ofPlatform()
                        .name(NAME)
                        .daemon()
                        .inheritInheritableThreadLocals(false)
                        .unstarted(this::work);
        fresh.setContextClassLoader(Watchdog.class.getClassLoader()); // not the first user's
        try {
            fresh.start();
            thread = fresh;
        } catch (OutOfMemoryError e) {
            LoopReports.LOG.log(
                    System.Logger.Level.WARNING,
                    "no thread for the watchdog: loops run unwatched for now",
                    e);
        }
    }

    private void work() {
        Management management = manages ? new Management(System.nanoTime()) : null;
        watchWith(management);
        if (management != null) {
            management.close();
        }
    }

    /** Looks around until no loop has run for a while. */
    private static void lookAt(Management management, long now) {
        try {
            management.look(now);
        } catch (Throwable e) { // loops are to be watched all the same
            LoopReports.LOG.log(
                    System.Logger.Level.WARNING,
                    "loops can't be looked at by JMX: the MXBean wasn't registered",
                    e);
        }
    }

    private void watchWith(@Nullable Management management) {
        long lastBusy = System.nanoTime();
        for (; ; ) {
            long now = System.nanoTime();
            look(now);
            if (management != null) {
                lookAt(management, now);
            }
            synchronized (this) {
                if (!running.isEmpty()) {
                    lastBusy = now;
                } else if (known.isEmpty() && now - lastBusy >= lingerNanos) {
                    thread = null;
                    return;
                }
                pause =
                        management == null
                                ? lingerNanos
                                : Math.min(lingerNanos, management.interval());
                for (LoopWatch watch : running) {
                    pause = Math.min(pause, watch.interval());
                }
                sleep(pause);
                pause = 0;
            }
        }
    }

    /** Sleeps until somebody notifies this, or so. Under the monitor. */
    @SuppressWarnings("WaitNotInLoop") // it may return early: then there is one look more
    private void sleep(long nanos) {
        try {
            wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
        } catch (InterruptedException e) {
            // somebody interrupts all threads there are; this one looks a little earlier
        }
    }

    /** Looks at all loops once; {@code now} is {@link System#nanoTime}. The watchdog's thread. */
    private void look(long now) {
        synchronized (this) {
            known.addAll(running);
        }
        known.removeIf(watch -> !lookAt(watch, now));
    }

    /** Whether the run still lasts. */
    private static boolean lookAt(LoopWatch watch, long now) {
        try {
            return watch.look(now);
        } catch (Throwable e) { // a logger that fails, or no memory: the next look may fare better
            return watch.loop() != null;
        }
    }
}
