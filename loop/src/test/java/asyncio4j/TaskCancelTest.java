package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.testing.Cancellations.assertCancelled;
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
import java.util.concurrent.CompletableFuture;

/** When a cancellation is delivered, and who may ask for it. */
class TaskCancelTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    private final List<String> order = new ArrayList<>();

    @Test
    @Contract(24)
    void aTaskCancelledBeforeItsFirstStepNeverRunsItsBody() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        order.add("body");
                    });
            assertThat(task.cancel("why")).isTrue();
            assertThat(task.cancelling()).isEqualTo(1);
            assertThat(task.done()).isFalse();
            assertCancelled(() -> await(task), "why");
            assertThat(task.cancelled()).isTrue();
        });
        assertThat(order).isEmpty();
    }

    @Test
    @Contract(25)
    @CPythonTest("test_tasks::test_task_cancel_waiter_future")
    void cancelRaisesTheCountAndCancelsWhatIsAwaited() {
        runner.run(() -> {
            AsyncFuture<?> future = getRunningLoop().createFuture();
            Task<?> task = createTask(() -> await(future));
            turn();
            assertThat(task.cancelling()).isZero();
            assertThat(task.cancel("why")).isTrue();
            assertThat(task.cancelling()).isEqualTo(1);
            assertThat(future.cancelled()).isTrue();
            assertCancelled(() -> await(task), "why");
        });
    }

    @Test
    @Contract(25)
    void aCancelThatTheAwaitedFutureRefusesIsDeliveredWhenTheTaskGoesOn() {
        runner.run(() -> {
            AsyncFuture<Integer> child = getRunningLoop().createFuture();
            AsyncFuture<List<Integer>> gathering = gather(List.of(child));
            Task<?> task = createTask(() -> await(gathering));
            turn();
            child.setResult(1);
            assertThat(gathering.done()).isFalse();
            assertThat(task.cancel("why")).isTrue();
            assertCancelled(() -> await(task), "why");
            assertThat(gathering.result()).containsExactly(1);
        });
    }

    @Test
    @Contract({21, 25})
    void cancellingATaskThatIsDoneChangesNothing() {
        runner.run(() -> {
            Task<Integer> task = createTask(() -> 1);
            await(task);
            assertThat(task.cancel()).isFalse();
            assertThat(task.cancelling()).isZero();
            assertThat(task.cancelled()).isFalse();
            assertThat(task.result()).isEqualTo(1);
        });
    }

    @Test
    @Contract(26)
    void twoCancelsOfAnAwaitGiveOneErrorWithTheFirstMessage() {
        runner.run(() -> {
            AsyncFuture<?> future = getRunningLoop().createFuture();
            Task<String> task =
                    createTask(() -> {
                        try {
                            await(future);
                        } catch (CancelledError e) {
                            order.add(e.getMessage());
                        }
                        turn();
                        return "end";
                    });
            turn();
            assertThat(task.cancel("first")).isTrue();
            assertThat(task.cancel("second")).isTrue();
            assertThat(await(task)).isEqualTo("end");
            assertThat(task.cancelling()).isEqualTo(2);
        });
        assertThat(order).containsExactly("first");
    }

    @Test
    @Contract(26)
    void twoCancelsOfABareYieldGiveOneErrorWithTheLastMessage() {
        String result =
                runner.run(() -> {
                    Task<String> task =
                            createTask(() -> {
                                try {
                                    turn();
                                } catch (CancelledError e) {
                                    order.add(e.getMessage());
                                }
                                turn();
                                return "end";
                            });
                    turn();
                    task.cancel("first");
                    task.cancel("second");
                    assertThat(task.cancelling()).isEqualTo(2);
                    String end = await(task);
                    assertThat(task.cancelling()).isEqualTo(2);
                    return end;
                });
        assertThat(result).isEqualTo("end");
        assertThat(order).containsExactly("second");
    }

    @Test
    @Contract(27)
    void aCancelOverridesAnExceptionThatIsOnItsWay() {
        runner.run(() -> {
            AsyncFuture<?> future = getRunningLoop().createFuture();
            Task<?> task = createTask(() -> await(future));
            turn();
            future.setException(new IllegalArgumentException("too late"));
            task.cancel("why");
            assertCancelled(() -> await(task), "why");
            assertThat(task.cancelled()).isTrue();
        });
        assertThat(runner.reports).isEmpty();
    }

    @Test
    @Contract(27)
    void aCancelOverridesAResultThatIsOnItsWay() {
        runner.run(() -> {
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            Task<Integer> task = createTask(() -> await(future));
            turn();
            future.setResult(1);
            task.cancel("why");
            assertCancelled(() -> await(task), "why");
            assertThat(future.result()).isEqualTo(1);
        });
    }

    @Test
    @Contract(27)
    @CPythonTest("test_tasks::test_cancel_both_task_and_inner_future")
    void aCancelDoesntReplaceACancellationThatIsOnItsWay() {
        runner.run(() -> {
            AsyncFuture<?> future = getRunningLoop().createFuture();
            Task<?> task = createTask(() -> await(future));
            turn();
            future.cancel("the future's");
            task.cancel("the task's");
            assertThat(task.cancelling()).isEqualTo(1);
            assertCancelled(() -> await(task), "the future's");
            assertThat(future.cancelled()).isTrue();
            assertThat(task.cancelled()).isTrue();
        });
    }

    @Test
    @Contract(28)
    @CPythonTest("test_tasks::test_cancel_at_end")
    void aTaskThatCancelsItselfAndReturnsIsCancelled() {
        runner.run(() -> {
            Task<Integer> task =
                    createTask(() -> {
                        currentTask().cancel("own");
                        return 1;
                    });
            assertCancelled(() -> await(task), "own");
            assertThat(task.cancelled()).isTrue();
            assertThat(task.cancelling()).isEqualTo(1);
            assertThat(task.cancel()).isFalse();
        });
    }

    @Test
    @Contract(28)
    void aTaskThatCancelsItselfAndThrowsHasThatException() {
        runner.run(() -> {
            Exception error = new IllegalArgumentException("wins");
            Task<?> task =
                    createTask(() -> {
                        currentTask().cancel();
                        throw error;
                    });
            assertThatThrownBy(() -> await(task)).isSameAs(error);
            assertThat(task.cancelled()).isFalse();
        });
    }

    @Test
    @Contract(28)
    @CPythonTest("test_tasks::test_cancel_current_task")
    void aTaskThatCancelsItselfAndAwaitsHasThatFutureCancelled() {
        runner.run(() -> {
            AsyncFuture<Integer> done = getRunningLoop().createFuture();
            done.setResult(1);
            AsyncFuture<?> future = getRunningLoop().createFuture();
            Task<?> task =
                    createTask(() -> {
                        currentTask().cancel("own");
                        order.add("done: " + await(done)); // doesn't suspend
                        await(future);
                    });
            assertCancelled(() -> await(task), "own");
            assertThat(future.cancelled()).isTrue();
            assertThat(task.cancelled()).isTrue();
            assertThat(task.cancel()).isFalse();
        });
        assertThat(order).containsExactly("done: 1");
    }

    @Test
    @CPythonTest({"test_tasks::test_cancel", "test_tasks::test_task_cancel_sleeping_task"})
    void aPlainCallbackMayCancelATask() {
        runner.run(() -> {
            Task<?> task = createTask(() -> await(sleep(HOUR)));
            getRunningLoop().callLater(Duration.ofSeconds(1), () -> task.cancel("by a timer"));
            assertCancelled(() -> await(task), "by a timer");
            assertThat(task.done()).isTrue();
            assertThat(task.cancelled()).isTrue();
            assertThat(task.cancel()).isFalse();
        });
        assertThat(runner.clock.time()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void anotherThreadIsRefusedAndToldHowToCancel() {
        runner.run(() -> {
            Task<?> task = createTask(() -> await(sleep(HOUR)));
            turn();
            CompletableFuture<Throwable> refused = new CompletableFuture<>();
            Thread.ofPlatform()
                    .start(() -> {
                        try {
                            task.cancel();
                            refused.complete(null);
                        } catch (IllegalStateException e) {
                            refused.complete(e);
                        }
                    });
            assertThat(refused.join()).hasMessageContaining("callSoonThreadsafe");
            assertThat(task.cancelling()).isZero();
            Thread canceller =
                    Thread.ofPlatform()
                            .start(() ->
                                    task.getLoop()
                                            .callSoonThreadsafe(() -> task.cancel("from outside")));
            canceller.join();
            assertCancelled(() -> await(task), "from outside");
        });
    }

    @Test
    void aCancelCancelsTheJdkFutureThatIsAwaited() {
        runner.run(() -> {
            CompletableFuture<String> stage = new CompletableFuture<>();
            Task<?> task = createTask(() -> await(stage));
            turn();
            task.cancel("why");
            assertCancelled(() -> await(task), "why");
            assertThat(stage).isCancelled();
        });
    }
}
