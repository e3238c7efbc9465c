package asyncio4j;

import java.time.Duration;

/**
 * Durations as nanoseconds; those that don't fit are 292 years, in the one direction or the other.
 */
final class Durations {

    private Durations() {}

    static long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    /** The time {@code delay} after {@code now}; {@code now} isn't negative. */
    static long after(long now, Duration delay) {
        long nanos = nanos(delay);
        return nanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + nanos;
    }
}
