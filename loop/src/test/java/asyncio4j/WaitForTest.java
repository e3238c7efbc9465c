package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.shield;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.waitFor;
import static asyncio4j.testing.Cancellations.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** An await with a deadline: in whose task, cancelled by whom, and with what outcome. */
class WaitForTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private static final Duration HOUR = Duration.ofHours(1);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    private final List<String> order = new ArrayList<>();

    @Test
    @Contract(42)
    void aCoroutineRunsInTheCallersTaskAndContext() {
        ContextVar<String> variable = ContextVar.of("waitFor");
        runner.run(() -> {
            Coroutine<Task<?>> body =
                    () -> {
                        variable.set("inside");
                        turn();
                        return currentTask();
                    };
            Task<?> inside = await(waitFor(body, SECOND));
            assertThat(inside).isSameAs(currentTask());
            assertThat(variable.get()).isEqualTo("inside");
        });
    }

    @Test
    void whatIsDoneInTimeComesOutAndTheTimerIsGone() {
        Exception error = new IllegalArgumentException("in time");
        runner.run(() -> {
            assertThat(await(waitFor(sleep(SECOND, "value"), HOUR))).isEqualTo("value");
            Coroutine<String> fails =
                    () -> {
                        throw error;
                    };
            assertThatThrownBy(() -> await(waitFor(fails, HOUR))).isSameAs(error);
            await(sleep(HOUR.multipliedBy(2)));
            assertThat(currentTask().cancelling()).isZero();
        });
        assertThat(DefaultEventLoop.unwrap(runner.loop()).core().timers()).isZero();
    }

    @Test
    @Contract(43)
    void pastTheDeadlineTheCoroutineIsCancelledAndTimeoutExceptionThrown() {
        runner.run(() -> {
            Coroutine<?> careful =
                    Coroutine.of(() -> {
                        try {
                            await(sleep(HOUR));
                        } finally {
                            await(sleep(SECOND));
                            order.add("clean");
                        }
                    });
            assertThatThrownBy(() -> await(waitFor(careful, SECOND)))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("PT1S")
                    .hasCauseInstanceOf(CancelledError.class);
            order.add("awaited");
            assertThat(currentTask().cancelling()).isZero();
        });
        assertThat(order).containsExactly("clean", "awaited");
        assertThat(runner.clock.time()).isEqualTo(SECOND.multipliedBy(2));
    }

    @Test
    @CPythonTest("test_waitfor::test_wait_for")
    void pastTheDeadlineAnAwaitedTaskIsCancelled() {
        runner.run(() -> {
            Task<?> task = createTask(sleep(HOUR));
            assertThatThrownBy(() -> await(waitFor(task, SECOND)))
                    .isInstanceOf(TimeoutException.class);
            assertThat(task.cancelled()).isTrue();
        });
    }

    @Test
    @Contract(43)
    @CPythonTest({
        "test_waitfor::test_asyncio_wait_for_timeout",
        "test_waitfor::test_wait_for_cancellation_race_condition",
        "test_waitfor::test_wait_for_cancel_suppressed"
    })
    void aSwallowedCancelGivesTheValueAndNoTimeout() {
        runner.run(() -> {
            Coroutine<String> swallows =
                    () -> {
                        try {
                            return await(sleep(HOUR, "slept"));
                        } catch (CancelledError e) {
                            return "swallowed";
                        }
                    };
            assertThat(await(waitFor(swallows, SECOND))).isEqualTo("swallowed");
            assertThat(currentTask().cancelling()).isZero();
            turn(); // nothing is left to be delivered
        });
    }

    @Test
    @Contract(43)
    @CPythonTest("test_waitfor::test_wait_for_reraises_exception_during_cancellation")
    void anErrorThrownInsteadOfTheCancelComesOutAsItIs() {
        Exception error = new IllegalArgumentException("instead");
        runner.run(() -> {
            Coroutine<?> replaces =
                    Coroutine.of(() -> {
                        try {
                            await(sleep(HOUR));
                        } catch (CancelledError e) {
                            throw error;
                        }
                    });
            assertThatThrownBy(() -> await(waitFor(replaces, SECOND))).isSameAs(error);
            assertThat(currentTask().cancelling()).isZero();
        });
    }

    @Test
    void aCancelFromOutsideStaysACancel() {
        runner.run(() -> {
            Task<?> task = createTask(() -> await(waitFor(sleep(HOUR), SECOND)));
            turn();
            task.cancel("outside");
            assertThatThrownBy(() -> await(task))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("outside");
            assertThat(task.cancelling()).isEqualTo(1);
        });
        assertThat(runner.clock.time()).isZero();
    }

    @Test
    void aCancelFromOutsideTogetherWithTheDeadlineStaysACancel() {
        runner.run(() -> {
            Task<?> task = createTask(() -> await(waitFor(sleep(HOUR), SECOND)));
            turn();
            getRunningLoop().callLater(SECOND, () -> task.cancel("outside"));
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
            assertThat(task.cancelled()).isTrue();
            assertThat(task.cancelling()).isEqualTo(1);
        });
    }

    @Test
    void aTimeoutInATaskThatIsBeingCancelledIsATimeout() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        try {
                            await(sleep(HOUR));
                        } catch (CancelledError e) {
                            assertThatThrownBy(() -> await(waitFor(sleep(HOUR), SECOND)))
                                    .isInstanceOf(TimeoutException.class);
                            order.add("timeout");
                            throw e;
                        }
                    });
            turn();
            task.cancel("outside");
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
            assertThat(task.cancelling()).isEqualTo(1);
        });
        assertThat(order).containsExactly("timeout");
    }

    @Test
    void theNearerOfTwoDeadlinesDecides() {
        runner.run(() -> {
            assertThatThrownBy(() ->
                            await(waitFor(waitFor(sleep(HOUR), SECOND.multipliedBy(2)), SECOND)))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("PT1S");
            assertThatThrownBy(() ->
                            await(waitFor(waitFor(sleep(HOUR), SECOND), SECOND.multipliedBy(2))))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("PT1S");
            assertThat(currentTask().cancelling()).isZero();
        });
    }

    @Test
    @Contract(42)
    @CPythonTest("test_waitfor::test_wait_for_timeout_less_then_0_or_0_coroutine_do_not_started")
    void withoutTimeTheBodyIsNeverStarted() {
        runner.run(() -> {
            Coroutine<Boolean> body = () -> order.add("body");
            for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
                assertThatThrownBy(() -> await(waitFor(body, none)))
                        .isInstanceOf(TimeoutException.class);
            }
        });
        assertThat(order).isEmpty();
    }

    @Test
    @Contract(42)
    @CPythonTest("test_waitfor::test_wait_for_timeout_less_then_0_or_0_future_done")
    void withoutTimeADoneOutcomeCounts() {
        Exception error = new IllegalArgumentException("done");
        runner.run(() -> {
            AsyncFuture<String> done = getRunningLoop().createFuture();
            done.setResult("done");
            assertThat(await(waitFor(done, Duration.ZERO))).isEqualTo("done");
            AsyncFuture<String> failed = getRunningLoop().createFuture();
            failed.setException(error);
            assertThatThrownBy(() -> await(waitFor(failed, Duration.ZERO))).isSameAs(error);
            AsyncFuture<String> cancelled = getRunningLoop().createFuture();
            cancelled.cancel("before");
            assertThatThrownBy(() -> await(waitFor(cancelled, Duration.ZERO)))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("before");
        });
    }

    @Test
    @Contract(42)
    void withoutTimeWhatRunsIsCancelledAndWaitedFor() {
        Exception error = new IllegalArgumentException("instead");
        runner.run(() -> {
            Task<String> obeys =
                    createTask(() -> {
                        try {
                            return await(sleep(HOUR, "never"));
                        } finally {
                            await(sleep(SECOND));
                            order.add("clean");
                        }
                    });
            Task<String> swallows =
                    createTask(() -> {
                        try {
                            return await(sleep(HOUR, "never"));
                        } catch (CancelledError e) {
                            return "swallowed";
                        }
                    });
            Task<String> fails =
                    createTask(() -> {
                        try {
                            return await(sleep(HOUR, "never"));
                        } catch (CancelledError e) {
                            throw error;
                        }
                    });
            turn();
            assertThatThrownBy(() -> await(waitFor(obeys, Duration.ZERO)))
                    .isInstanceOf(TimeoutException.class);
            assertThat(order).containsExactly("clean");
            assertThat(obeys.cancelled()).isTrue();
            AsyncFuture<?> gathered = gather(getRunningLoop().createFuture());
            assertThatThrownBy(() -> await(waitFor(gathered, Duration.ZERO)))
                    .as("a future that isn't cancelled, but has failed with a CancelledError")
                    .isInstanceOf(TimeoutException.class)
                    .hasCauseInstanceOf(CancelledError.class);
            assertThat(await(waitFor(swallows, Duration.ZERO))).isEqualTo("swallowed");
            assertThatThrownBy(() -> await(waitFor(fails, Duration.ZERO))).isSameAs(error);
            assertThat(currentTask().cancelling()).isZero();
        });
    }

    @Test
    void theExceptionIsCaughtWhereItIsAwaited() {
        runner.run(() -> {
            try {
                await(waitFor(sleep(HOUR), SECOND));
                order.add("in time");
            } catch (TimeoutException e) { // compiles as await declares it
                order.add("late");
            }
        });
        assertThat(order).containsExactly("late");
    }

    @Test
    void lambdasWithAndWithoutAResultMayBeWaitedFor() {
        runner.run(() -> {
            assertThat(await(waitFor(() -> await(sleep(SECOND, "value")), HOUR)))
                    .isEqualTo("value");
            await(
                    waitFor(
                            () -> {
                                order.add("body");
                            },
                            HOUR));
            assertThatThrownBy(() ->
                            await(
                                    waitFor(
                                            () -> {
                                                await(sleep(HOUR));
                                            },
                                            SECOND)))
                    .isInstanceOf(TimeoutException.class);
        });
        assertThat(order).containsExactly("body");
    }

    @Test
    void anEndlessTimeoutNeverPasses() {
        runner.run(() -> {
            Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
            assertThat(await(waitFor(sleep(Duration.ofDays(1000), "slept"), endless)))
                    .isEqualTo("slept");
        });
    }

    @Test
    @CPythonTest({"test_waitfor::test_wait_for_blocking", "test_waitfor::test_none_timeout"})
    void noLimitIsNone() {
        runner.run(() -> {
            assertThat(await(waitFor(sleep(HOUR, "slept"), null))).isEqualTo("slept");
            AsyncFuture<String> later = getRunningLoop().createFuture();
            getRunningLoop().callLater(HOUR, () -> later.setResult("later"));
            assertThat(await(waitFor(shield(later), null))).isEqualTo("later");
        });
    }

    @Test
    @CPythonTest("test_waitfor::test_wait_for_race_condition")
    void aFutureThatIsDoneMeanwhileGivesItsResult() {
        runner.run(() -> {
            AsyncFuture<String> future = getRunningLoop().createFuture();
            getRunningLoop().callSoon(() -> future.setResult("ok"));
            assertThat(await(waitFor(future, SECOND))).isEqualTo("ok");
        });
        assertThat(runner.clock.time()).isZero();
    }

    @Test
    @Contract(42)
    @CPythonTest({
        "test_waitfor::test_wait_for_timeout_less_then_0_or_0",
        "test_waitfor::test_wait_for_waits_for_task_cancellation",
        "test_waitfor::test_wait_for_waits_for_task_cancellation_w_timeout_0"
    })
    void aTaskThatIsCancelledIsWaitedFor() {
        runner.run(() -> {
            for (Duration limit : List.of(SECOND, Duration.ZERO, Duration.ofSeconds(-1))) {
                Task<?> task =
                        createTask(() -> {
                            try {
                                await(sleep(HOUR));
                            } finally {
                                await(sleep(SECOND));
                                order.add("clean");
                            }
                        });
                turn();
                assertThatThrownBy(() -> await(waitFor(task, limit)))
                        .isInstanceOf(TimeoutException.class)
                        .hasMessageContaining(limit.toString())
                        .hasCauseInstanceOf(CancelledError.class);
                assertThat(task.cancelled()).isTrue();
            }
        });
        assertThat(order).containsExactly("clean", "clean", "clean");
    }

    @Test
    @CPythonTest({
        "test_waitfor::test_cancel_blocking_wait_for",
        "test_waitfor::test_cancel_wait_for"
    })
    void aCancelFromOutsideCancelsWhatIsAwaited() {
        runner.run(() -> {
            for (Duration limit : new Duration[] {null, HOUR}) {
                Task<?> inner = createTask(() -> await(getRunningLoop().createFuture()));
                Task<?> task = createTask(waitFor(inner, limit));
                turn();
                task.cancel();
                assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
                assertThat(inner.cancelled()).isTrue();
            }
        });
    }

    @Test
    @CPythonTest("test_waitfor::test_asyncio_wait_for_cancelled")
    void aCancelFromOutsideThatTheBodySwallowsLetsItGoOn() {
        runner.run(() -> {
            Coroutine<String> stubborn =
                    () -> {
                        Duration end = getRunningLoop().time().plus(SECOND);
                        while (getRunningLoop().time().compareTo(end) < 0) {
                            try {
                                await(sleep(end.minus(getRunningLoop().time())));
                            } catch (CancelledError e) {
                                order.add("swallowed");
                            }
                        }
                        return "exited";
                    };
            Task<String> task = createTask(waitFor(stubborn, SECOND.multipliedBy(2)));
            turn();
            task.cancel();
            assertThat(await(task)).isEqualTo("exited");
        });
        assertThat(order).containsExactly("swallowed");
        assertThat(runner.clock.time()).isEqualTo(SECOND);
    }

    @Test
    @CPythonTest("test_waitfor::test_wait_for_issue86296")
    void aCancelThatMeetsAResultIsDelivered() {
        runner.run(() -> {
            Task<String> inner = createTask(() -> "done");
            Task<?> task =
                    createTask(() -> {
                        await(waitFor(inner, HOUR));
                        await(sleep(SECOND));
                        order.add("ran on");
                    });
            turn();
            assertThat(inner.done()).isTrue();
            task.cancel();
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
            assertThat(await(inner)).isEqualTo("done");
        });
        assertThat(order).isEmpty();
    }

    @Test
    @CPythonTest({"test_waitfor::test_zero_timeout", "test_waitfor::test_shielded_timeout"})
    void whatIsShieldedGoesOn() {
        runner.run(() -> {
            for (Duration limit : List.of(Duration.ZERO, Duration.ofMillis(10))) {
                Task<String> task = createTask(sleep(SECOND, "done"));
                AsyncFuture<String> shielded = shield(task);
                assertThatThrownBy(() -> await(waitFor(shielded, limit)))
                        .isInstanceOf(TimeoutException.class);
                assertThat(shielded.cancelled()).isTrue();
                assertThat(task.done()).isFalse();
                assertThat(await(task)).isEqualTo("done");
            }
        });
    }

    @Test
    void nullsAreRefused() {
        assertThatThrownBy(() -> waitFor((Awaitable<?>) null, SECOND))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("nothing to wait for");
        assertThatThrownBy(() -> waitFor((Coroutine<?>) null, SECOND))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("pass a lambda");
    }
}
