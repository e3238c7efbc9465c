package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.taskGroup;
import static asyncio4j.testing.Failing.after;
import static asyncio4j.testing.Failing.failures;
import static asyncio4j.testing.Failing.whenCancelled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A group in which a task or the body fails. */
class TaskGroupFailureTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private static final Duration SOON = Duration.ofMillis(100);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final List<Object> order = new ArrayList<>();

    private final RuntimeException error = new IllegalStateException("failed");

    /** Sleeps for long, and says so when it is cancelled. */
    private VoidCoroutine sleeping(String name) {
        return () -> {
            try {
                await(sleep(HOUR));
            } catch (CancelledError e) {
                order.add(name + " cancelled");
                throw e;
            }
        };
    }

    @Test
    @Contract(52)
    @CPythonTest("test_taskgroups::test_taskgroup_03")
    void aTaskThatIsCancelledIsNoFailure() {
        runner.run(() -> {
            List<Task<?>> tasks = new ArrayList<>();
            await(
                    taskGroup(group -> {
                        tasks.add(group.createTask(sleep(HOUR)));
                        await(sleep(SOON));
                        tasks.getFirst().cancel();
                        tasks.add(group.createTask(sleep(SOON, 11)));
                    }));
            assertThat(tasks.getFirst().cancelled()).isTrue();
            assertThat(tasks.getLast().result()).isEqualTo(11);
        });
    }

    @Test
    @Contract(51)
    @CPythonTest("test_taskgroups::test_taskgroup_04")
    void aFailureCancelsTheSiblingsAndIsThrownInAGroup() {
        runner.run(() -> {
            List<Task<?>> tasks = new ArrayList<>();
            Task<?> parent =
                    createTask(() -> {
                        await(
                                taskGroup(group -> {
                                    group.createTask(after(SOON, error));
                                    tasks.add(group.createTask(sleeping("sibling")));
                                }));
                        order.add("went on");
                    });
            assertThatThrownBy(() -> await(parent))
                    .isInstanceOfSatisfying(
                            ExceptionGroup.class,
                            group -> assertThat(group.exceptions()).containsExactly(error))
                    .hasMessage("unhandled errors in a TaskGroup (1 sub-exception)");
            assertThat(tasks).allMatch(Task::cancelled);
            assertThat(getRunningLoop().time()).isEqualTo(SOON);
        });
        assertThat(order).containsExactly("sibling cancelled");
    }

    @Test
    @Contract(51)
    @CPythonTest({
        "test_taskgroups::test_cancel_children_on_child_error",
        "test_taskgroups::test_cancelling_level_preserved"
    })
    void aFailureCancelsTheBodyOnceAndTheExitTakesThatBack() {
        runner.run(() -> {
            Exception second = new IOException("also");
            assertThat(
                            failures(() ->
                                    await(
                                            taskGroup(group -> {
                                                group.createTask(after(SOON, error));
                                                group.createTask(after(SOON, second));
                                                group.createTask(sleeping("sibling"));
                                                try {
                                                    await(sleep(HOUR));
                                                } finally {
                                                    order.add(currentTask().cancelling());
                                                }
                                                order.add("went on");
                                            }))))
                    .containsExactly(error, second);
            assertThat(currentTask().cancelling()).isZero();
            await(sleep(SOON)); // nothing is left to be delivered
        });
        assertThat(order).containsExactlyInAnyOrder("sibling cancelled", 1);
    }

    @Test
    @Contract(52)
    @CPythonTest({"test_taskgroups::test_taskgroup_09", "test_taskgroups::test_taskgroup_10"})
    void aFailureOfTheBodyCancelsTheTasks() {
        for (Duration delay : List.of(SOON, Duration.ZERO.minusMillis(1))) {
            runner.run(() -> {
                List<Task<?>> tasks = new ArrayList<>();
                assertThat(
                                failures(() ->
                                        await(
                                                taskGroup(group -> {
                                                    tasks.add(group.createTask(sleep(HOUR)));
                                                    tasks.add(group.createTask(sleep(HOUR)));
                                                    if (delay.isPositive()) {
                                                        await(sleep(delay));
                                                    }
                                                    fail();
                                                }))))
                        .containsExactly(error);
                assertThat(tasks).hasSize(2).allMatch(Task::cancelled);
            });
        }
    }

    private void fail() {
        throw error;
    }

    @Test
    @Contract(52)
    void tasksThatNeverBeganAddNothing() {
        runner.run(() -> {
            assertThat(
                            failures(() ->
                                    await(
                                            taskGroup(group -> {
                                                group.createTask(() -> {
                                                    order.add("began");
                                                    throw new IOException("never");
                                                });
                                                fail();
                                            }))))
                    .containsExactly(error);
        });
        assertThat(order).isEmpty();
    }

    @Test
    @Contract(52)
    @CPythonTest({
        "test_taskgroups::test_taskgroup_19",
        "test_taskgroups::test_taskgroup_context_manager_exit_raises"
    })
    void whatTheBodyThrowsWhenItIsCancelledJoinsTheGroup() {
        runner.run(() -> {
            Exception own = new IOException("own");
            assertThat(
                            failures(() ->
                                    await(
                                            taskGroup(group -> {
                                                group.createTask(after(SOON, error));
                                                await(whenCancelled(own));
                                            }))))
                    .containsExactly(error, own);
            assertThat(currentTask().cancelling()).isZero();
        });
    }

    @Test
    @Contract(52)
    @CPythonTest({"test_taskgroups::test_taskgroup_20a", "test_taskgroups::test_taskgroup_21a"})
    void errorsJoinTheGroupLikeExceptions() {
        runner.run(() -> {
            Error severe = new AssertionError("severe");
            assertThat(
                            failures(() ->
                                    await(
                                            taskGroup(group -> {
                                                group.createTask(after(SOON, error));
                                                await(whenCancelled(severe));
                                            }))))
                    .containsExactly(error, severe);
            assertThat(
                            failures(() ->
                                    await(
                                            taskGroup(group -> {
                                                group.createTask(after(SOON, severe));
                                                await(whenCancelled(error));
                                            }))))
                    .containsExactly(severe, error);
        });
    }

    @Test
    @CPythonTest("test_taskgroups::test_taskgroup_25")
    void aGroupWhoseTasksMultiplyIsAbortedAllTheSame() {
        runner.run(() -> {
            int[] heads = {0};
            assertThat(
                            failures(() ->
                                    await(
                                            taskGroup(group -> {
                                                group.createTask(() -> hydra(group, heads));
                                                group.createTask(() -> {
                                                    while (heads[0] < 10) {
                                                        await(sleep(Duration.ofMillis(15)));
                                                    }
                                                    fail();
                                                });
                                            }))))
                    .containsExactly(error);
            assertThat(heads[0]).isGreaterThanOrEqualTo(10);
            int then = heads[0];
            await(sleep(HOUR));
            assertThat(heads[0]).isEqualTo(then);
            assertThat(Asyncio.allTasks()).containsExactly(currentTask());
        });
    }

    private static void hydra(TaskGroup group, int[] heads) {
        heads[0]++;
        await(sleep(Duration.ofMillis(10)));
        group.createTask(() -> hydra(group, heads));
        group.createTask(() -> hydra(group, heads));
    }

    @Test
    @Contract(54)
    @CPythonTest("test_taskgroups::test_taskgroup_no_create_task_after_failure")
    void aGroupThatIsAbortingTakesNoMoreTasks() {
        runner.run(() -> {
            assertThat(
                            failures(() ->
                                    await(
                                            taskGroup(group -> {
                                                group.createTask(after(SOON, error));
                                                group.createTask(() -> {
                                                    try {
                                                        await(sleep(HOUR));
                                                    } catch (CancelledError e) {
                                                        assertThatThrownBy(() ->
                                                                        group.createTask(() ->
                                                                                order.add("ran")))
                                                                .isInstanceOf(
                                                                        IllegalStateException.class)
                                                                .hasMessage(
                                                                        "TaskGroup[cancelling,"
                                                                            + " tasks=1, errors=1]"
                                                                            + " is shutting down,"
                                                                            + " after a failure or"
                                                                            + " a cancel: it takes"
                                                                            + " no more tasks");
                                                        order.add("refused");
                                                    }
                                                });
                                            }))))
                    .containsExactly(error);
        });
        assertThat(order).containsExactly("refused");
    }

    @Test
    void aFailureThatTheBodyAwaitsIsInTheGroupOnce() {
        runner.run(() -> {
            assertThat(
                            failures(() ->
                                    await(
                                            taskGroup(group -> {
                                                await(group.createTask(after(SOON, error)));
                                            }))))
                    .containsExactly(error);
        });
    }

    @Test
    void theFailuresOfTheTasksCountAsAskedFor() {
        List<Task<?>> tasks = new ArrayList<>();
        runner.run(() -> {
            failures(() ->
                    await(
                            taskGroup(group -> {
                                tasks.add(group.createTask(after(SOON, error)));
                                tasks.add(group.createTask(whenCancelled(new IOException("own"))));
                            })));
        });
        runner.close();
        assertThat(tasks).allMatch(task -> task.peekException() != null);
        assertThat(runner.reports).isEmpty(); // a loop that is closed reports what nobody asked for
    }

    @Test
    void aGroupThatHasFailedForgetsItsErrorsAndItsParent() {
        runner.run(() -> {
            TaskGroup group = new TaskGroup();
            failures(() ->
                    await(
                            group.run(g -> {
                                g.createTask(after(SOON, error));
                            })));
            assertThat(group).hasToString("TaskGroup[finished]");
        });
    }
}
