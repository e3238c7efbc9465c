package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.taskGroup;
import static asyncio4j.Asyncio.timeout;

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

/** Deadlines around task groups, and inside of them. */
class TimeoutTaskGroupTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private static final Duration HOUR = Duration.ofHours(1);

    private final VirtualRunner runner = new VirtualRunner();

    private final List<String> order = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
    }

    /** A group whose child falls over when it is cancelled. */
    private static Coroutine<?> fallingOver() {
        return taskGroup(group -> {
            group.createTask(() -> {
                try {
                    await(sleep(HOUR));
                } catch (CancelledError e) {
                    throw new ArithmeticException("cleaning up");
                }
            });
            await(sleep(HOUR));
        });
    }

    @Test
    @CPythonTest("test_timeouts::test_timeout_taskgroup")
    void anErrorOfTheGroupTellsThatTheTimeWasOver() {
        runner.run(() -> {
            assertThatThrownBy(() -> await(timeout(SECOND, t -> await(fallingOver()))))
                    .isInstanceOfSatisfying(
                            ExceptionGroup.class,
                            e -> {
                                assertThat(e.exceptions())
                                        .singleElement()
                                        .isInstanceOf(ArithmeticException.class);
                                assertThat(e.getSuppressed())
                                        .filteredOn(TimeoutException.class::isInstance)
                                        .hasSize(1);
                            });
            assertThat(currentTask().cancelling()).isZero();
            await(sleep(Duration.ZERO)); // nothing is left to be delivered
        });
    }

    @Test
    @Contract(45)
    void aGroupThatIsEndedByADeadlineIsATimeout() {
        runner.run(() -> {
            Coroutine<?> group =
                    taskGroup(g -> {
                        g.createTask(() -> {
                            try {
                                await(sleep(HOUR));
                            } finally {
                                order.add("child");
                            }
                        });
                    });
            assertThatThrownBy(() -> await(timeout(SECOND, t -> await(group))))
                    .isInstanceOf(TimeoutException.class);
            try (var _ = timeout(SECOND)) {
                await(group);
            } catch (TimeoutError e) {
                order.add("caught");
            }
            assertThat(currentTask().cancelling()).isZero();
        });
        assertThat(order).containsExactly("child", "child", "caught");
    }

    @Test
    @Contract(45)
    void aGroupThatIsCancelledTogetherWithTheDeadlineIsATimeoutStill() {
        runner.run(() -> {
            TaskGroup group = new TaskGroup();
            try (var _ = timeout(SECOND)) {
                getRunningLoop().callLater(SECOND, group::cancel);
                await(
                        group.run(g -> {
                            await(sleep(HOUR));
                        }));
            } catch (TimeoutError e) {
                order.add("caught");
            }
            assertThat(currentTask().cancelling()).isZero();
            await(sleep(Duration.ZERO));
        });
        assertThat(order).containsExactly("caught");
    }

    @Test
    void aTimeoutThatLeavesTheBodyIsAFailureOfIt() {
        runner.run(() ->
                assertThatThrownBy(() ->
                                await(
                                        taskGroup(group -> {
                                            group.createTask(sleep(HOUR));
                                            try (var _ = timeout(SECOND)) {
                                                await(sleep(HOUR));
                                            }
                                        })))
                        .isInstanceOfSatisfying(
                                ExceptionGroup.class,
                                e ->
                                        assertThat(e.exceptions())
                                                .singleElement()
                                                .isInstanceOf(TimeoutException.class)));
    }

    @Test
    void aTimeoutThatLeavesAChildIsAFailureOfTheGroup() {
        runner.run(() -> {
            Task<?> task =
                    createTask(
                            taskGroup(group -> {
                                group.createTask(() -> {
                                    try (var _ = timeout(SECOND)) {
                                        await(sleep(HOUR));
                                    }
                                });
                                await(sleep(HOUR));
                            }));
            assertThatThrownBy(() -> await(task))
                    .isInstanceOfSatisfying(
                            ExceptionGroup.class,
                            e ->
                                    assertThat(e.exceptions())
                                            .singleElement()
                                            .isInstanceOf(TimeoutException.class));
        });
    }
}
