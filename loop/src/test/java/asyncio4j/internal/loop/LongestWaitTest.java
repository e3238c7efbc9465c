package asyncio4j.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.testing.Contract;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How long a loop waits at most before it looks around. */
class LongestWaitTest {

    /** A clock that is where the loop waits for, and writes the waits down. */
    private static final class Waits implements Clock {

        final List<Duration> waits = new ArrayList<>();

        private long nanos;

        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public boolean skipTo(long deadline) {
            waits.add(Duration.ofNanos(deadline - nanos));
            nanos = deadline;
            return true;
        }
    }

    private final Waits clock = new Waits();

    private final LoopCore core = new LoopCore(this, clock, "loop");

    private void runUntil(Duration due) {
        core.add(
                new TimerStep(due.toNanos()) {
                    @Override
                    public void run() {
                        core.stop();
                    }
                });
        assertThat(core.run(() -> {})).isNull();
    }

    @Test
    @Contract(6)
    void aDayAtATime() {
        runUntil(Duration.ofHours(60));
        assertThat(clock.waits)
                .containsExactly(Duration.ofDays(1), Duration.ofDays(1), Duration.ofHours(12));
        core.close();
    }

    @Test
    @Contract(6)
    void aDayIsOneWait() {
        runUntil(Duration.ofDays(1));
        assertThat(clock.waits).containsExactly(Duration.ofDays(1));
        core.close();
    }

    @Test
    @Contract(6)
    void theFarthestTimeIsReachedToo() {
        runUntil(Duration.ofNanos(Long.MAX_VALUE));
        assertThat(clock.nanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(clock.waits).hasSize(106_752).contains(Duration.ofDays(1));
        core.close();
    }
}
