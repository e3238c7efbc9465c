package asyncio4j;

import asyncio4j.internal.loop.Clock;

import java.time.Duration;
import java.util.Objects;

/**
 * A time for tests, which moves only when a loop that uses it has nothing ready: then it jumps to
 * the next timer. A test that sleeps an hour takes no time, and always the same course.
 *
 * <p>What other threads do isn't waited for: a timeout around work on another thread expires at
 * once, unless that work was done before the loop had nothing else to do. The shutdown of the
 * default executor alone waits in real time.
 *
 * {@snippet :
 * VirtualClock clock = new VirtualClock();
 * try (Runner runner = Runner.builder().loopFactory(() -> newEventLoop(clock)).build()) {
 *     runner.run(() -> await(sleep(Duration.ofHours(1))));
 * }
 * }
 */
public final class VirtualClock {

    /** Written by the baton holder and by {@link #advance}; read by any thread. */
    private volatile long nanos;

    private final Clock clock =
            new Clock() {
                @Override
                public long nanos() {
                    return nanos;
                }

                @Override
                public boolean skipTo(long deadline) {
                    moveTo(deadline);
                    return true;
                }
            };

    /** A clock that starts at zero. */
    public VirtualClock() {}

    /**
     * The time since this clock was made.
     *
     * @return the time
     */
    public Duration time() {
        return Duration.ofNanos(nanos);
    }

    /**
     * Moves the time, as if the calling code had taken that long.
     *
     * @param amount how far; not negative
     */
    public synchronized void advance(Duration amount) {
        Objects.requireNonNull(amount, "the amount is null: pass how far to move the time");
        if (amount.isNegative()) {
            throw new IllegalArgumentException("time doesn't go back, not even by " + amount);
        }
        moveTo(Durations.after(nanos, amount));
    }

    private synchronized void moveTo(long time) {
        if (time > nanos) {
            nanos = time;
        }
    }

    Clock clock() {
        return clock;
    }
}
