package asyncio4j.internal.loop;

/** Where a loop has its time from. */
public interface Clock {

    /** Nanoseconds since this clock was made; never goes back. Any thread. */
    long nanos();

    /**
     * Called when nothing is ready and the loop would wait until {@code deadline}, when the next
     * timer is due or a day has passed: a clock that is moved by hand moves there and says true, a
     * real one says false, and the loop waits. Baton holder only.
     */
    default boolean skipTo(long deadline) {
        return false;
    }

    /**
     * The same when there is no timer, and the loop would wait for other threads: true if that made
     * something ready. Baton holder only.
     */
    default boolean idle() {
        return false;
    }

    /** How long to wait in real time for {@code nanos} of this clock. Baton holder only. */
    default long realWait(long nanos) {
        return nanos;
    }

    /** A clock that runs as {@link System#nanoTime} does. */
    static Clock system() {
        long origin = System.nanoTime();
        return () -> System.nanoTime() - origin;
    }
}
