package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.timeout;
import static asyncio4j.Asyncio.timeoutAt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.OtherThread;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** What a timeout says of itself, and when its deadline may be moved. */
class TimeoutStatesTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private static final Duration HOUR = Duration.ofHours(1);

    private final VirtualRunner runner = new VirtualRunner();

    @AfterEach
    void close() {
        runner.close();
    }

    private static void refusesToBeRescheduled(Timeout timeout, String state) {
        for (Duration when : new Duration[] {HOUR, null}) {
            assertThatThrownBy(() -> timeout.reschedule(when))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Cannot change state of " + state + " Timeout");
        }
    }

    @Test
    @Contract(46)
    @CPythonTest("test_timeouts::test_reschedule")
    void anyCodeOfTheLoopMayMoveTheDeadline() {
        runner.run(() -> {
            AsyncFuture<Timeout> entered = getRunningLoop().createFuture();
            Task<?> task =
                    createTask(
                            timeoutAt(
                                    SECOND,
                                    t -> {
                                        entered.setResult(t);
                                        await(sleep(HOUR));
                                    }));
            Timeout timeout = await(entered);
            assertThat(timeout.when()).isEqualTo(SECOND);
            timeout.reschedule(SECOND.multipliedBy(3));
            assertThat(timeout.when()).isEqualTo(SECOND.multipliedBy(3));
            await(sleep(SECOND.multipliedBy(2)));
            assertThat(timeout.expired()).isFalse();
            timeout.reschedule(null);
            assertThat(timeout.when()).isNull();
            await(sleep(SECOND.multipliedBy(2)));
            task.cancel();
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
            assertThat(timeout.expired()).isFalse();
        });
        assertThat(DefaultEventLoop.unwrap(runner.loop()).core().timers()).isZero();
    }

    @Test
    @Contract({44, 46})
    void aDeadlineThatIsMovedIntoThePastTakesEffectInTheNextIteration() {
        runner.run(() -> {
            await(sleep(SECOND));
            assertThatThrownBy(() ->
                            await(
                                    timeout(
                                            HOUR,
                                            t -> {
                                                t.reschedule(Duration.ZERO);
                                                assertThat(t.expired()).isFalse();
                                                await(sleep(Duration.ZERO));
                                            })))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessage("not done by PT0S of the loop's time");
            String kept =
                    await(
                            timeout(
                                    Duration.ZERO,
                                    t -> {
                                        t.reschedule(HOUR); // before it could take effect
                                        return await(sleep(SECOND, "kept"));
                                    }));
            assertThat(kept).isEqualTo("kept");
        });
    }

    @Test
    @Contract(46)
    @CPythonTest({
        "test_timeouts::test_repr_active",
        "test_timeouts::test_repr_disabled",
        "test_timeouts::test_repr_finished",
        "test_timeouts::test_timeout_finished"
    })
    void itIsActiveThenFinished() {
        runner.run(() -> {
            Timeout finished =
                    await(
                            timeout(
                                    SECOND,
                                    t -> {
                                        assertThat(t).hasToString("Timeout[active, when=PT1S]");
                                        t.reschedule(null);
                                        assertThat(t).hasToString("Timeout[active, when=null]");
                                        return t;
                                    }));
            assertThat(finished).hasToString("Timeout[finished]");
            assertThat(finished.expired()).isFalse();
            refusesToBeRescheduled(finished, "finished");
        });
    }

    @Test
    @Contract(46)
    @CPythonTest({
        "test_timeouts::test_repr_expired",
        "test_timeouts::test_timeout_expiring",
        "test_timeouts::test_timeout_expired"
    })
    void itIsExpiringThenExpired() {
        runner.run(() -> {
            Timeout expired =
                    await(
                            timeout(
                                    SECOND,
                                    t -> {
                                        assertThatThrownBy(() -> await(sleep(HOUR)))
                                                .isInstanceOf(CancelledError.class);
                                        assertThat(t).hasToString("Timeout[expiring]");
                                        assertThat(t.expired()).isTrue();
                                        refusesToBeRescheduled(t, "expiring");
                                        return t;
                                    }));
            assertThat(expired).hasToString("Timeout[expired]");
            assertThat(expired.expired()).isTrue();
            refusesToBeRescheduled(expired, "expired");
        });
    }

    @Test
    void aClosedOneMayBeClosedAgain() {
        runner.run(() -> {
            Timeout timeout = timeout(SECOND);
            timeout.close();
            timeout.close();
            assertThat(timeout).hasToString("Timeout[finished]");
            await(sleep(HOUR));
        });
    }

    @Test
    void otherThreadsMayLookButNotTouch() {
        runner.run(() -> {
            try (Timeout timeout = timeout(SECOND)) {
                assertThat(OtherThread.call(timeout::toString))
                        .isEqualTo("Timeout[active, when=PT1S]");
                assertThat(OtherThread.call(timeout::expired)).isFalse();
                assertThat(OtherThread.failureOf(() -> timeout.reschedule(HOUR)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("Timeout.reschedule belongs to the thread of");
                assertThat(OtherThread.failureOf(timeout::close))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("Timeout.close belongs to the thread of");
                assertThat(timeout.when()).isEqualTo(SECOND);
            }
        });
    }

    @Test
    void aVeryLongOneNeverPasses() {
        runner.run(() -> {
            Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
            await(timeout(endless, t -> await(sleep(Duration.ofDays(1000)))));
            await(
                    timeoutAt(
                            endless,
                            t -> {
                                assertThat(t.when()).isEqualTo(endless);
                                await(sleep(Duration.ofDays(1000)));
                            }));
        });
    }
}
