package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Objects;

/**
 * How long a step may hold one loop before the {@link Watchdog} names it. Belongs to the baton
 * holder, but for {@link #nanos}.
 */
final class WatchdogLimit {

    static final String PROPERTY = "asyncio4j.watchdog";

    /** What {@link #nanos} answers if nobody is to be named. */
    static final long OFF = Long.MAX_VALUE;

    private static final Duration USUAL = Duration.ofSeconds(5);

    private static final Duration DEBUG_AT_LEAST = Duration.ofMillis(100);

    /** What was set for this loop or for all; null to go by debug mode. */
    private @Nullable Duration set = byProperty();

    private Duration byMode = USUAL;

    private volatile long nanos = OFF;

    /** How many steps the watchdog has named for having held the loop longer. Its thread writes. */
    private volatile long named;

    /** A limit as users give it. */
    static Duration checked(Duration limit) {
        Objects.requireNonNull(
                limit, "the limit is null: pass Duration.ZERO to switch the watchdog off");
        if (limit.isNegative()) {
            throw new IllegalArgumentException(
                    "the watchdog's limit is negative: "
                            + limit
                            + "; pass Duration.ZERO to switch it off");
        }
        return limit;
    }

    /** What the system property says; null if it isn't set. */
    static @Nullable Duration byProperty() {
        String text = System.getProperty(PROPERTY);
        if (text == null) {
            return null;
        }
        String stripped = text.strip();
        try {
            return checked(
                    stripped.matches("\\d+(\\.\\d+)?")
                            ? Duration.parse("PT" + stripped + "S")
                            : Duration.parse(stripped));
        } catch (DateTimeParseException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    PROPERTY
                            + " is '"
                            + text
                            + "': set it to seconds such as 2.5, to a duration such as PT10S, or to"
                            + " 0 for no watchdog",
                    e);
        }
    }

    void set(Duration limit) {
        set = checked(limit);
        update();
    }

    /** Debug mode was switched, or what is slow in it. */
    void follow(boolean debug, Duration slow) {
        byMode = !debug ? USUAL : slow.compareTo(DEBUG_AT_LEAST) > 0 ? slow : DEBUG_AT_LEAST;
        update();
    }

    private void update() {
        long limit = Durations.nanos(get());
        nanos = limit == 0 ? OFF : limit;
    }

    Duration get() {
        return set == null ? byMode : set;
    }

    /** One step more has held the loop longer. The watchdog's thread. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void nameOne() {
        named++;
    }

    /** How many steps have held the loop longer. Any thread. */
    long named() {
        return named;
    }

    /** The limit, or {@link #OFF}. Any thread. */
    long nanos() {
        return nanos;
    }
}
