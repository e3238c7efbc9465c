package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.testing.Cancellations.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a body makes of a cancellation, and what the task then says of it. */
class TaskCancelBodyTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final List<Object> order = new ArrayList<>();

    /** A task that sleeps and was cancelled at that, or before it began. */
    private static Task<?> cancelledSleeper(boolean begun, String message) {
        Task<?> task = createTask(() -> await(sleep(HOUR)));
        if (begun) {
            turn();
        }
        if (message == null) {
            task.cancel();
        } else {
            task.cancel(message);
        }
        turn();
        turn();
        return task;
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "my message")
    @CPythonTest({
        "test_tasks::test_cancel_with_message_then_future_result",
        "test_tasks::test_cancel_with_message_then_future_exception",
        "test_tasks::test_cancel_with_message_before_starting_task",
        "test_tasks::test_task_cancel_message_getter"
    })
    void theMessageIsThatOfTheErrorThatResultAndExceptionThrow(String message) {
        runner.run(() -> {
            for (boolean begun : List.of(true, false)) {
                assertThatThrownBy(() -> cancelledSleeper(begun, message).result())
                        .isInstanceOf(CancelledError.class)
                        .hasMessage(message)
                        .hasNoCause();
                assertThatThrownBy(() -> cancelledSleeper(begun, message).exception())
                        .isInstanceOf(CancelledError.class)
                        .hasMessage(message)
                        .hasNoCause();
                assertThatThrownBy(() -> await(cancelledSleeper(begun, message)))
                        .isInstanceOf(CancelledError.class)
                        .hasMessage(message);
            }
        });
    }

    private static void whereItIsInterrupted() {
        await(sleep(HOUR));
    }

    @Test
    @CPythonTest({
        "test_tasks::test_cancel_traceback_for_future_result",
        "test_tasks::test_cancel_traceback_for_future_exception"
    })
    void theStackOfTheErrorIsThatOfTheAwaitThatWasInterrupted() {
        runner.run(() -> {
            for (boolean awaited : List.of(true, false)) {
                Task<?> task = createTask(TaskCancelBodyTest::whereItIsInterrupted);
                turn();
                task.cancel();
                turn();
                turn();
                Throwable error =
                        catchThrowable(
                                awaited ? () -> await(task) : () -> order.add(task.exception()));
                assertThat(error).isInstanceOf(CancelledError.class);
                assertThat(error.getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals("whereItIsInterrupted"));
            }
        });
        assertThat(order).isEmpty();
    }

    @Test
    @CPythonTest("test_tasks::test_cancellation_exception_context")
    void aCancellationMayBeTheCauseOfAnotherException() {
        runner.run(() -> {
            Task<?> outer =
                    createTask(() -> {
                        Task<?> inner = createTask(() -> await(sleep(HOUR)));
                        getRunningLoop()
                                .callLater(Duration.ofSeconds(1), () -> inner.cancel("msg"));
                        try {
                            await(inner);
                        } catch (CancelledError e) {
                            throw new IllegalStateException("cancelled", e);
                        }
                    });
            assertThatThrownBy(() -> await(outer))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("cancelled")
                    .cause()
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("msg")
                    .hasNoCause();
        });
    }

    @Test
    @CPythonTest("test_tasks::test_cancel_yield")
    void aTaskThatJustLetsOthersGoFirstIsCancelledThere() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        turn();
                        turn();
                        order.add("never");
                    });
            turn();
            task.cancel();
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
            assertThat(task.done()).isTrue();
            assertThat(task.cancelled()).isTrue();
            assertThat(task.cancel()).isFalse();
        });
        assertThat(order).isEmpty();
    }

    @Test
    @CPythonTest({"test_tasks::test_cancel_task_catching", "test_tasks::test_cancel_task_ignoring"})
    void aBodyThatSwallowsTheCancellationMayReturnOrAwaitOn() {
        runner.run(() -> {
            AsyncFuture<?> interrupted = getRunningLoop().createFuture();
            AsyncFuture<Integer> last = getRunningLoop().createFuture();
            for (boolean goesOn : List.of(true, false)) {
                Task<Integer> task =
                        createTask(() -> {
                            AsyncFuture<?> first = getRunningLoop().createFuture();
                            getRunningLoop().callSoon(() -> first.setResult(null));
                            await(first);
                            try {
                                await(goesOn ? interrupted : getRunningLoop().createFuture());
                            } catch (CancelledError e) {
                                order.add(e);
                            }
                            return goesOn ? await(last) : 42;
                        });
                await(sleep(Duration.ofSeconds(1)));
                AsyncFuture<?> waiter = task.waitsFor();
                task.cancel();
                assertThat(waiter.cancelled()).isTrue();
                turn();
                if (goesOn) {
                    assertThat(task.waitsFor()).isSameAs(last);
                    last.setResult(42);
                }
                assertThat(await(task)).isEqualTo(42);
                assertThat(task.cancelled()).isFalse();
            }
            assertThat(last.cancelled()).isFalse();
        });
        assertThat(order).hasSize(2);
    }

    @Test
    @CPythonTest("test_tasks::test_cancel_awaited_task")
    void aTaskThatCancelsItselfAndThenAwaitsAnotherCancelsThatAndWhatItWaitsFor() {
        runner.run(() -> {
            AsyncFuture<?> future = getRunningLoop().createFuture();
            Task<?> inner = createTask(() -> await(future));
            Task<?> outer =
                    createTask(() -> {
                        turn();
                        currentTask().cancel();
                        await(inner);
                    });
            assertThatThrownBy(() -> await(outer)).isInstanceOf(CancelledError.class);
            assertThat(outer.cancelled()).isTrue();
            assertThat(inner.cancelled()).isTrue();
            assertThat(future.cancelled()).isTrue();
        });
    }

    @Test
    @CPythonTest("test_tasks::test_yield_future_passes_cancel")
    void theErrorGoesThroughAllCoroutinesOfTheTaskInnermostFirst() {
        runner.run(() -> {
            AsyncFuture<?> future = getRunningLoop().createFuture();
            VoidCoroutine inner =
                    () -> {
                        try {
                            await(future);
                        } catch (CancelledError e) {
                            order.add("inner");
                            throw e;
                        }
                    };
            Task<?> task =
                    createTask(() -> {
                        try {
                            await(Coroutine.of(inner));
                        } catch (CancelledError e) {
                            order.add("outer");
                        }
                    });
            turn();
            task.cancel();
            await(task);
            assertThat(future.cancelled()).isTrue();
            assertThat(task.cancelled()).isFalse();
        });
        assertThat(order).containsExactly("inner", "outer");
    }

    @Test
    @CPythonTest("test_tasks::test_baseexception_during_cancel")
    void systemExitInsteadOfTheCancellationLeavesTheLoop() {
        SystemExit exit = new SystemExit(1);
        EventLoop loop = runner.loop();
        Task<?> task =
                loop.createTask(() -> {
                    try {
                        return await(sleep(HOUR));
                    } catch (CancelledError e) {
                        throw exit;
                    }
                });
        loop.runUntilComplete(sleep(Duration.ZERO));
        task.cancel();
        assertThat(task.done()).isFalse();
        assertThatThrownBy(() -> loop.runUntilComplete(sleep(Duration.ZERO))).isSameAs(exit);
        assertThat(task.done()).isTrue();
        assertThat(task.cancelled()).isFalse();
        assertThat(task.exception()).isSameAs(exit);
    }

    @Test
    @CPythonTest("test_tasks::test_uncancel_basic")
    void aCancelThatTheBodyTakesBackIsForgottenAndTheNextOneCounts() {
        runner.run(() -> {
            Task<?> task =
                    createTask(
                            () -> {
                                try {
                                    await(sleep(HOUR));
                                } catch (CancelledError e) {
                                    currentTask().uncancel();
                                    await(sleep(HOUR));
                                }
                            },
                            TaskOptions.DEFAULT.name("T"));
            turn();
            assertThat(task.cancel()).isTrue();
            assertThat(task.toString()).startsWith("Task[T, cancelling");
            assertThat(task.cancelling()).isEqualTo(1);
            assertThat(task.cancelled()).isFalse();
            turn();
            assertThat(task.toString()).startsWith("Task[T, pending");
            assertThat(task.cancelling()).isZero();
            assertThat(task.cancel()).isTrue();
            assertThat(task.cancelling()).isEqualTo(1);
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
            assertThat(task.cancelled()).isTrue();
            task.uncancel();
            assertThat(task.cancelled()).isTrue();
            assertThat(task.done()).isTrue();
        });
    }

    @Test
    @CPythonTest("test_tasks::test_uncancel_resets_must_cancel")
    void aCancelOfATaskThatIsAboutToGoOnMayBeTakenBack() {
        runner.run(() -> {
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            Task<Integer> task = createTask(() -> await(future) + 1);
            turn();
            future.setResult(41);
            task.cancel();
            assertThat(task.cancelling()).isEqualTo(1);
            assertThat(task.uncancel()).isZero();
            assertThat(await(task)).isEqualTo(42);
        });
    }
}
