package asyncio4j;

import static asyncio4j.Asyncio.newEventLoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.OtherThread;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

/** How long a loop may be held, and who says so. */
class WatchdogLimitTest {

    private static final String PROPERTY = "asyncio4j.watchdog";

    @AfterEach
    void clear() {
        System.clearProperty(PROPERTY);
    }

    @Test
    void itIsFiveSecondsAndATenthOfASecondInDebugMode() {
        try (EventLoop loop = newEventLoop()) {
            assertThat(loop.getWatchdogLimit()).isEqualTo(Duration.ofSeconds(5));
            loop.setDebug(true);
            assertThat(loop.getWatchdogLimit()).isEqualTo(Duration.ofMillis(100));
            loop.setSlowCallbackDuration(Duration.ofSeconds(1));
            assertThat(loop.getWatchdogLimit()).isEqualTo(Duration.ofSeconds(1));
            loop.setSlowCallbackDuration(Duration.ZERO);
            assertThat(loop.getWatchdogLimit()).isEqualTo(Duration.ofMillis(100));
            loop.setDebug(false);
            assertThat(loop.getWatchdogLimit()).isEqualTo(Duration.ofSeconds(5));
        }
    }

    @Test
    void whatIsSetForALoopCountsInAnyMode() {
        System.setProperty(PROPERTY, "PT7S");
        try (EventLoop loop = newEventLoop()) {
            loop.setWatchdogLimit(Duration.ofMinutes(1));
            loop.setDebug(true);
            assertThat(loop.getWatchdogLimit()).isEqualTo(Duration.ofMinutes(1));
            loop.setWatchdogLimit(Duration.ZERO);
            assertThat(loop.getWatchdogLimit()).isEqualTo(Duration.ZERO);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PT7S, PT7S",
        "2.5, PT2.5S",
        "' 30 ', PT30S",
        "0, PT0S",
        "PT0S, PT0S",
        "pt1m, PT1M"
    })
    void thePropertyCountsForAllLoopsMadeFromThenOn(String text, Duration limit) {
        System.setProperty(PROPERTY, text);
        try (EventLoop loop = newEventLoop()) {
            assertThat(loop.getWatchdogLimit()).isEqualTo(limit);
            loop.setDebug(true);
            assertThat(loop.getWatchdogLimit()).isEqualTo(limit);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "PT-3S", "1e3", "5 s"})
    void aPropertyThatMeansNothingIsRefused(String text) {
        System.setProperty(PROPERTY, text);
        assertThatThrownBy(Asyncio::newEventLoop)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "asyncio4j.watchdog is '"
                                + text
                                + "': set it to seconds such as 2.5, to a duration such as PT10S,"
                                + " or to 0 for no watchdog");
    }

    @Test
    void aRunnerHandsItOn() {
        try (Runner runner = Runner.builder().watchdogLimit(Duration.ofSeconds(9)).build()) {
            assertThat(runner.getLoop().getWatchdogLimit()).isEqualTo(Duration.ofSeconds(9));
        }
    }

    @Test
    void aLimitThatIsNoneIsRefused() {
        try (EventLoop loop = newEventLoop()) {
            assertThatThrownBy(() -> loop.setWatchdogLimit(null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("the limit is null: pass Duration.ZERO to switch the watchdog off");
            assertThatThrownBy(() -> Runner.builder().watchdogLimit(Duration.ofSeconds(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "the watchdog's limit is negative: PT-1S; pass Duration.ZERO to switch"
                                    + " it off");
        }
    }

    @Test
    void itBelongsToTheLoopsThread() {
        try (Runner runner = Runner.create()) {
            EventLoop loop = runner.getLoop();
            runner.run(() -> {
                loop.setWatchdogLimit(Duration.ofSeconds(1));
                assertThat(OtherThread.failureOf(() -> loop.setWatchdogLimit(Duration.ZERO)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith("EventLoop.setWatchdogLimit belongs to the thread");
                assertThat(OtherThread.failureOf(loop::getWatchdogLimit))
                        .isInstanceOf(IllegalStateException.class);
                assertThat(loop.getWatchdogLimit()).isEqualTo(Duration.ofSeconds(1));
            });
        }
    }
}
