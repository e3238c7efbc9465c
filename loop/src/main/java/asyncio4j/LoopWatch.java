package asyncio4j;

import asyncio4j.internal.fiber.Fiber;
import asyncio4j.internal.loop.Progress;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * One run of a loop as the {@link Watchdog} sees it: looks from time to time whether the step that
 * was under way at the last look still is, and says so when that has lasted for too long.
 *
 * <p>How a look can tell one step from the next is said in {@link Progress}. What lies between two
 * looks counts for twice the asked for interval at most, so that a JVM that was stopped as a whole
 * for an hour doesn't blame whoever was at work then.
 *
 * <p>Fields belong to the thread that looks, unless they say otherwise.
 */
final class LoopWatch {

    private static final long SHORTEST_INTERVAL = Duration.ofMillis(1).toNanos();

    private static final long LONGEST_INTERVAL = Duration.ofSeconds(5).toNanos();

    /** How many looks there are per limit. */
    private static final int LOOKS = 4;

    /** Null once the run is over. Cleared by the thread that drove the loop; any thread. */
    private volatile @Nullable DefaultEventLoop loop;

    /** The loop's name; it outlives the run in what is said last. */
    private final String name;

    /** What was seen at the last look; an odd one is no step. */
    private long word = -1;

    private long lastLook;

    /** How long the step of {@link #word} has been seen. */
    private long held;

    /** From when on to speak again; 0 if nothing was said of this step. */
    private long speakAgain;

    /** What was said last to have held the loop. */
    private String culprit = "";

    LoopWatch(DefaultEventLoop loop) {
        this.loop = loop;
        this.name = loop.name();
    }

    /** The run is over. Any thread. */
    void end() {
        loop = null;
    }

    /** The loop, or null if the run is over. Any thread. */
    @Nullable DefaultEventLoop loop() {
        return loop;
    }

    /** How long to wait for the next look, in nanoseconds. Any thread. */
    long interval() {
        DefaultEventLoop watched = loop;
        long limit = watched == null ? WatchdogLimit.OFF : watched.watchdogLimit().nanos();
        return Math.clamp(limit / LOOKS, SHORTEST_INTERVAL, LONGEST_INTERVAL);
    }

    /** Whether anybody would be named. Any thread. */
    boolean isOn() {
        DefaultEventLoop watched = loop;
        return watched != null && watched.watchdogLimit().nanos() != WatchdogLimit.OFF;
    }

    /**
     * Looks at the loop.
     *
     * @param now the time, as of {@link System#nanoTime}
     * @return false if the run is over, and nothing is left to say
     */
    boolean look(long now) {
        DefaultEventLoop watched = loop;
        long passed = Math.min(now - lastLook, 2 * interval());
        lastLook = now;
        if (watched == null) {
            released(held + passed);
            return false;
        }
        long seen = watched.core().progress().word();
        if (seen != word || Progress.isIdle(seen)) {
            released(held + passed);
            word = seen;
            held = 0;
            return true;
        }
        held += passed;
        if (held >= Math.max(watched.watchdogLimit().nanos(), speakAgain)) {
            report(watched);
        }
        return true;
    }

    private void report(DefaultEventLoop watched) {
        Fiber holder = watched.core().engine().holder();
        if (holder == null) {
            return; // it has just come back to its caller
        }
        HolderStack stack = HolderStack.of(holder);
        if (watched.core().progress().word() != word) {
            return; // what is running now is another step
        }
        if (speakAgain == 0) {
            watched.watchdogLimit().nameOne();
        }
        speakAgain = 2 * held;
        culprit = stack.who();
        log(
                stack.waitsForCarrier()
                        ? name
                                + " has been waiting for "
                                + text(held)
                                + " for a thread to run on: other code holds all carrier threads"
                                + " of virtual threads; "
                                + culprit
                                + " is to go on at"
                                + stack
                        : name
                                + " has been held for "
                                + text(held)
                                + " by "
                                + culprit
                                + " ("
                                + stack.state()
                                + "): nothing else runs on it meanwhile; use toThread(...) for"
                                + " blocking work"
                                + stack);
    }

    /** The step has ended; says so if it was named before. */
    private void released(long after) {
        if (speakAgain > 0) {
            speakAgain = 0;
            log(name + " was released by " + culprit + " after about " + text(after));
        }
    }

    private static void log(String text) {
        LoopReports.LOG.log(System.Logger.Level.WARNING, text);
    }

    private static String text(long nanos) {
        long tenths = nanos / 100_000_000;
        return tenths / 10 + "." + tenths % 10 + " s";
    }
}
