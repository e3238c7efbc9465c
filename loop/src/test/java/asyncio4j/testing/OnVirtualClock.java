package asyncio4j.testing;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What tests of tasks that meet have in common: a runner, and a list of what happened. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
public abstract class OnVirtualClock {

    protected static final Duration TICK = Duration.ofMillis(10);

    /** Longer than anything that a test waits for; a task that hangs ends a test at once. */
    protected static final Duration NEVER = Duration.ofDays(1);

    protected final VirtualRunner runner = new VirtualRunner();

    protected final List<Object> log = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    /** Lets everything that is ready have one turn. */
    protected static void iteration() {
        await(sleep(Duration.ZERO));
    }

    /** Lets everything that is ready have so many turns. */
    protected static void iterations(int count) {
        for (int i = 0; i < count; i++) {
            iteration();
        }
    }
}
