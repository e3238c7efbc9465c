package asyncio4j.internal.access;

/** A time that is moved by hand, which a loop goes by. */
public interface TestTime {

    /** A deadline that never comes. */
    long NEVER = Long.MAX_VALUE;

    /** Nanoseconds; never goes back. Any thread. */
    long nanos();

    /**
     * The loop has nothing to do until {@code deadline}, or before other threads hand something in.
     * The loop's thread, which may be on anybody's stack: user's code must not run in here, but may
     * be handed to the loop.
     *
     * @return whether to look again at once, since the time has moved
     */
    boolean idleUntil(long deadline);
}
