package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.timeout;
import static asyncio4j.Asyncio.timeoutAt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** A block with a deadline: when it expires, and what comes out of it then. */
class TimeoutTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private static final Duration HOUR = Duration.ofHours(1);

    private final VirtualRunner runner = new VirtualRunner();

    private final List<String> order = new ArrayList<>();

    private final List<Timeout> seen = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
    }

    private static void turn() {
        await(sleep(Duration.ZERO));
    }

    /** A block that sleeps for so long, and leaves its timeout to be looked at. */
    private Timeout.VoidBody sleeping(Duration delay) {
        return t -> {
            seen.add(t);
            await(sleep(delay));
        };
    }

    private int timers() {
        return DefaultEventLoop.unwrap(runner.loop()).core().timers();
    }

    @Test
    @CPythonTest("test_timeouts::test_timeout_basic")
    void theExceptionIsCaughtWhereTheBlockIsAwaited() {
        runner.run(() -> {
            try {
                await(timeout(SECOND, sleeping(HOUR)));
                order.add("in time");
            } catch (TimeoutException e) {
                order.add(e.getMessage());
            }
            assertThat(currentTask().cancelling()).isZero();
        });
        assertThat(order).containsExactly("not done within PT1S");
        assertThat(seen.getFirst().expired()).isTrue();
        assertThat(runner.clock.time()).isEqualTo(SECOND);
    }

    @Test
    @CPythonTest("test_timeouts::test_timeout_at_basic")
    void aDeadlineMayBeATimeOfTheLoop() {
        runner.clock.advance(HOUR);
        Duration deadline = HOUR.plus(SECOND);
        runner.run(() ->
                assertThatThrownBy(() -> await(timeoutAt(deadline, sleeping(HOUR))))
                        .isInstanceOf(TimeoutException.class)
                        .hasMessage("not done by PT1H1S of the loop's time"));
        assertThat(seen.getFirst().expired()).isTrue();
        assertThat(seen.getFirst().when()).isEqualTo(deadline);
        assertThat(runner.clock.time()).isEqualTo(deadline);
    }

    @Test
    @CPythonTest("test_timeouts::test_waiter_cancelled")
    void theBlockSeesACancellation() {
        runner.run(() ->
                assertThatThrownBy(() ->
                                await(
                                        timeout(
                                                SECOND,
                                                t -> {
                                                    try {
                                                        await(sleep(HOUR));
                                                    } catch (CancelledError e) {
                                                        assertThat(e)
                                                                .isNotInstanceOf(
                                                                        TimeoutError.class);
                                                        order.add("cancelled");
                                                        throw e;
                                                    }
                                                })))
                        .isInstanceOf(TimeoutException.class));
        assertThat(order).containsExactly("cancelled");
    }

    @Test
    @CPythonTest("test_timeouts::test_timeout_not_called")
    void aBlockThatEndsInTimeLeavesNothingBehind() {
        runner.run(() -> {
            String result =
                    await(
                            timeout(
                                    HOUR,
                                    t -> {
                                        seen.add(t);
                                        return await(sleep(SECOND, "slept"));
                                    }));
            assertThat(result).isEqualTo("slept");
            await(sleep(HOUR.multipliedBy(2)));
            assertThat(currentTask().cancelling()).isZero();
        });
        assertThat(seen.getFirst().expired()).isFalse();
        assertThat(seen.getFirst().when()).isEqualTo(HOUR);
        assertThat(timers()).isZero();
    }

    @Test
    @CPythonTest({
        "test_timeouts::test_timeout_disabled",
        "test_timeouts::test_timeout_at_disabled"
    })
    void noDeadlineIsNone() {
        runner.run(() -> {
            await(timeout(null, sleeping(HOUR)));
            await(timeoutAt(null, sleeping(HOUR)));
        });
        assertThat(seen)
                .hasSize(2)
                .allSatisfy(t -> {
                    assertThat(t.expired()).isFalse();
                    assertThat(t.when()).isNull();
                });
    }

    @Test
    @Contract(44)
    @CPythonTest({
        "test_timeouts::test_timeout_zero",
        "test_timeouts::test_timeout_zero_sleep_zero",
        "test_timeouts::test_timeout_in_the_past_sleep_zero"
    })
    void withoutTimeTheFirstSuspensionIsTheLast() {
        runner.run(() -> {
            for (Duration delay : List.of(Duration.ZERO, Duration.ofSeconds(-11))) {
                for (Duration nap : List.of(HOUR, Duration.ZERO)) {
                    assertThatThrownBy(() -> await(timeout(delay, sleeping(nap))))
                            .isInstanceOf(TimeoutException.class);
                    assertThat(seen.getLast().expired()).isTrue();
                    assertThat(seen.getLast().when())
                            .isEqualTo(getRunningLoop().time().plus(delay));
                }
            }
        });
        assertThat(runner.clock.time()).isZero();
    }

    @Test
    @Contract(44)
    void aBlockThatNeverSuspendsEndsWell() {
        runner.run(() -> {
            String result = await(timeout(Duration.ZERO, t -> "quick"));
            assertThat(result).isEqualTo("quick");
            result = await(timeoutAt(Duration.ZERO, t -> "quick"));
            assertThat(result).isEqualTo("quick");
            turn();
            assertThat(currentTask().cancelling()).isZero();
        });
    }

    @Test
    @CPythonTest("test_timeouts::test_foreign_exception_passed")
    void anErrorOfTheBlockInTimeComesOutAsItIs() {
        Exception error = new IllegalArgumentException("the block's");
        runner.run(() ->
                assertThatThrownBy(() ->
                                await(
                                        timeout(
                                                SECOND,
                                                t -> {
                                                    seen.add(t);
                                                    throw error;
                                                })))
                        .isSameAs(error)
                        .hasNoSuppressedExceptions());
        assertThat(seen.getFirst().expired()).isFalse();
        assertThat(timers()).isZero();
    }

    @Test
    @CPythonTest("test_timeouts::test_timeout_exception_context")
    void theCancellationIsTheCauseWithWhatItCarries() {
        Exception before = new ArithmeticException("before");
        runner.run(() ->
                assertThatThrownBy(() ->
                                await(
                                        timeout(
                                                SECOND,
                                                t -> {
                                                    try {
                                                        await(sleep(HOUR));
                                                    } catch (CancelledError e) {
                                                        e.addSuppressed(before);
                                                        throw e;
                                                    }
                                                })))
                        .isInstanceOf(TimeoutException.class)
                        .cause()
                        .isInstanceOf(CancelledError.class)
                        .hasNoCause()
                        .hasSuppressedException(before));
    }

    @Test
    @Contract(43)
    @CPythonTest({
        "test_timeouts::test_foreign_exception_on_timeout",
        "test_timeouts::test_foreign_exception_on_timeout_2"
    })
    void anErrorThrownInsteadOfTheCancellationTellsThatTheTimeWasOver() {
        Exception error = new IllegalArgumentException("instead");
        error.addSuppressed(new IllegalStateException("its own"));
        Timeout.VoidBody block =
                t -> {
                    try {
                        await(sleep(HOUR));
                    } finally {
                        throwIt(error);
                    }
                };
        runner.run(() -> {
            for (int times = 0; times < 3; times++) {
                assertThatThrownBy(() -> await(timeout(SECOND, block))).isSameAs(error);
                assertThat(currentTask().cancelling()).isZero();
            }
        });
        assertThat(error.getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("its own", "not done within PT1S");
        assertThat(error.getSuppressed()[1]).isInstanceOf(TimeoutException.class);
    }

    private static void throwIt(Exception error) throws Exception {
        throw error;
    }

    @Test
    @Contract(43)
    void aSwallowedCancellationGivesTheValueAndNoTimeout() {
        runner.run(() -> {
            String result =
                    await(
                            timeout(
                                    SECOND,
                                    t -> {
                                        try {
                                            return await(sleep(HOUR, "slept"));
                                        } catch (CancelledError e) {
                                            return "swallowed";
                                        }
                                    }));
            assertThat(result).isEqualTo("swallowed");
            assertThat(currentTask().cancelling()).isZero();
            turn(); // nothing is left to be delivered
        });
    }

    @Test
    @Contract(45)
    @CPythonTest("test_timeouts::test_foreign_cancel_doesnt_timeout_if_not_expired")
    void aCancelFromOutsideStaysACancel() {
        runner.run(() -> {
            Task<?> task = createTask(() -> await(timeout(HOUR, sleeping(HOUR))));
            turn();
            task.cancel("outside");
            assertThatThrownBy(() -> await(task))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("outside");
            assertThat(task.cancelling()).isEqualTo(1);
        });
        assertThat(seen.getFirst().expired()).isFalse();
        assertThat(timers()).isZero();
    }

    @Test
    @Contract(45)
    void aCancelFromOutsideJustBeforeOrAfterTheDeadlineStaysACancel() {
        runner.run(() -> {
            EventLoop loop = getRunningLoop();
            for (boolean before : List.of(true, false)) {
                Task<?>[] task = new Task<?>[1];
                Runnable outside = () -> task[0].cancel("outside");
                Duration when = loop.time().plus(SECOND);
                task[0] =
                        createTask(
                                timeoutAt(
                                        when,
                                        t -> {
                                            seen.add(t);
                                            if (!before) {
                                                loop.callAt(when, outside);
                                            }
                                            await(sleep(HOUR));
                                        }));
                if (before) {
                    loop.callAt(when, outside);
                }
                assertThatThrownBy(() -> await(task[0])).isInstanceOf(CancelledError.class);
                assertThat(task[0].cancelled()).isTrue();
                assertThat(task[0].cancelling()).isEqualTo(1);
                assertThat(seen.getLast().expired()).isTrue();
            }
        });
    }

    @Test
    @Contract(45)
    @CPythonTest("test_timeouts::test_outer_task_is_not_cancelled")
    void theTaskIsNotCancelledByItsTimeout() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() ->
                            assertThatThrownBy(() -> await(timeout(SECOND, sleeping(HOUR))))
                                    .isInstanceOf(TimeoutException.class));
            await(task);
            assertThat(task.cancelled()).isFalse();
            assertThat(task.cancelling()).isZero();
            Task<?> fails = createTask(timeout(SECOND, sleeping(HOUR)));
            assertThatThrownBy(() -> await(fails)).isInstanceOf(TimeoutException.class);
            assertThat(fails.cancelled()).isFalse();
        });
    }

    @Test
    @Contract(45)
    @CPythonTest("test_timeouts::test_timeout_after_cancellation")
    void itWorksInATaskThatIsBeingCancelled() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        currentTask().cancel();
                        try {
                            await(sleep(SECOND));
                        } catch (CancelledError e) {
                            assertThatThrownBy(() -> await(timeout(Duration.ZERO, sleeping(HOUR))))
                                    .isInstanceOf(TimeoutException.class);
                            order.add("timeout");
                            throw e;
                        }
                    });
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
            assertThat(task.cancelling()).isEqualTo(1);
        });
        assertThat(order).containsExactly("timeout");
    }

    @Test
    @Contract(45)
    @CPythonTest("test_timeouts::test_cancel_in_timeout_after_cancellation")
    void aSecondCancelWhileBeingCancelledStaysACancel() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        currentTask().cancel();
                        try {
                            await(sleep(SECOND));
                        } catch (CancelledError e) {
                            await(
                                    timeout(
                                            SECOND,
                                            t -> {
                                                currentTask().cancel("again");
                                                await(sleep(HOUR));
                                            }));
                        }
                    });
            assertThatThrownBy(() -> await(task))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("again");
            assertThat(task.cancelling()).isEqualTo(2);
        });
    }

    @Test
    @Contract(46)
    @CPythonTest({
        "test_timeouts::test_timeout_already_entered",
        "test_timeouts::test_timeout_double_enter"
    })
    void eachAwaitEntersATimeoutOfItsOwn() {
        List<TimedCoroutine<@org.jspecify.annotations.Nullable Void>> self = new ArrayList<>();
        self.add(
                timeout(
                        SECOND,
                        t -> {
                            seen.add(t);
                            if (seen.size() == 1) {
                                await(sleep(SECOND.dividedBy(2)));
                                await(self.getFirst());
                            }
                        }));
        runner.run(() -> {
            await(self.getFirst());
            await(sleep(SECOND));
            await(self.getFirst());
        });
        assertThat(seen).doesNotHaveDuplicates().hasSize(3);
        assertThat(seen)
                .extracting(Timeout::when)
                .containsExactly(SECOND, Duration.ofMillis(1500), Duration.ofMillis(2500));
    }

    @Test
    @CPythonTest("test_timeouts::test_timeout_without_task")
    void itIsForTasks() {
        assertThatThrownBy(() -> timeout(SECOND))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("outside of a coroutine");
        assertThatThrownBy(() -> await(timeout(SECOND, sleeping(HOUR))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("outside of a coroutine");
        runner.run(() -> {
            getRunningLoop()
                    .callSoon(() ->
                            assertThatThrownBy(() -> timeoutAt(SECOND))
                                    .isInstanceOf(IllegalStateException.class)
                                    .hasMessageContaining("timeoutAt inside a plain callback"));
            turn();
        });
        assertThat(runner.reports).isEmpty();
        assertThat(timers()).isZero();
    }

    @Test
    void aBodyHasToBeThere() {
        assertThatThrownBy(() -> timeout(SECOND, (Timeout.VoidBody) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("pass a lambda");
        assertThatThrownBy(() -> timeoutAt(SECOND, (Timeout.Body<?>) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("pass a lambda");
    }
}
