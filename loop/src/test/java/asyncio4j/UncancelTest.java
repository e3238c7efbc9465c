package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.sleep;

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

/** Requests to cancel that are taken back. */
class UncancelTest {

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    @Test
    @Contract(31)
    void uncancelCountsDownAndStopsAtZero() {
        runner.run(() -> {
            Task<?> task = currentTask();
            task.cancel();
            task.cancel();
            assertThat(task.cancelling()).isEqualTo(2);
            assertThat(task.uncancel()).isEqualTo(1);
            assertThat(task.uncancel()).isZero();
            assertThat(task.uncancel()).isZero();
            assertThat(task.cancelling()).isZero();
        });
    }

    @Test
    @Contract(31)
    void reachingZeroForgetsACancellationThatWasntDelivered() {
        String result =
                runner.run(() -> {
                    Task<?> task = currentTask();
                    task.cancel();
                    task.cancel();
                    task.uncancel();
                    task.uncancel();
                    await(sleep(Duration.ZERO));
                    await(sleep(Duration.ofSeconds(1)));
                    return "went on";
                });
        assertThat(result).isEqualTo("went on");
    }

    @Test
    @Contract(31)
    void oneRequestThatIsLeftIsDelivered() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        currentTask().cancel("one");
                        currentTask().cancel("two");
                        currentTask().uncancel();
                        await(sleep(Duration.ZERO));
                    });
            assertThatThrownBy(() -> await(task))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("two");
            assertThat(task.cancelling()).isEqualTo(1);
        });
    }

    @Test
    @Contract({24, 31})
    void aTaskUncancelledBeforeItsFirstStepRuns() {
        String result =
                runner.run(() -> {
                    Task<String> task = createTask(() -> "ran");
                    task.cancel();
                    assertThat(task.uncancel()).isZero();
                    return await(task);
                });
        assertThat(result).isEqualTo("ran");
    }

    @Test
    @Contract(31)
    void aTaskThatCancelsItselfTakesItBackAndReturnsIsNotCancelled() {
        String result =
                runner.run(() -> {
                    Task<String> task =
                            createTask(() -> {
                                currentTask().cancel();
                                currentTask().uncancel();
                                return "fine";
                            });
                    return await(task);
                });
        assertThat(result).isEqualTo("fine");
    }

    @Test
    @Contract(31)
    void uncancelDoesntTakeBackWhatIsOnItsWayThroughTheAwaitedFuture() {
        runner.run(() -> {
            Task<?> task = createTask(() -> await(sleep(Duration.ofHours(1))));
            await(sleep(Duration.ZERO));
            task.cancel("sent");
            assertThat(task.uncancel()).isZero();
            assertThatThrownBy(() -> await(task))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("sent");
            assertThat(task.cancelled()).isTrue();
            assertThat(task.cancelling()).isZero();
        });
    }

    /**
     * A block with a deadline as a user would write it: it cancels its own task and takes that
     * back.
     */
    private static void withDeadline(Duration deadline, VoidCoroutine block) throws Exception {
        Task<?> task = currentTask();
        boolean[] passed = {false};
        TimerHandle timer =
                task.getLoop()
                        .callLater(
                                deadline,
                                () -> {
                                    passed[0] = true;
                                    task.cancel();
                                });
        try {
            block.run();
        } catch (CancelledError e) {
            if (passed[0] && task.uncancel() == 0) {
                throw new TimeoutException("the deadline has passed");
            }
            throw e;
        } finally {
            timer.cancel();
        }
    }

    private static Task<List<String>> guarded(Duration deadline, Duration work, Duration after) {
        return createTask(() -> {
            List<String> seen = new ArrayList<>();
            try {
                withDeadline(
                        deadline,
                        () -> {
                            await(sleep(work));
                            seen.add("work");
                        });
            } catch (TimeoutException e) {
                seen.add("timeout");
            }
            await(sleep(after));
            seen.add("after");
            return seen;
        });
    }

    @Test
    @Contract(31)
    @CPythonTest("test_tasks::test_uncancel_structured_blocks")
    void aBlockThatCancelsItsOwnTaskDoesntHarmTheCodeAfterIt() {
        runner.run(() -> {
            Task<List<String>> inTime =
                    guarded(Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(9));
            Task<List<String>> late =
                    guarded(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(9));
            assertThat(await(inTime)).containsExactly("work", "after");
            assertThat(await(late)).containsExactly("timeout", "after");
            assertThat(late.cancelling()).isZero();
        });
    }

    @Test
    @Contract(31)
    void aBlockThatCancelsItsOwnTaskDoesntTakeSomebodyElsesCancelBack() {
        runner.run(() -> {
            Task<List<String>> task =
                    guarded(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(9));
            task.getLoop().callLater(Duration.ofSeconds(1), () -> task.cancel("outside"));
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
            assertThat(task.cancelled()).isTrue();
            assertThat(task.cancelling()).isEqualTo(1);
        });
    }
}
