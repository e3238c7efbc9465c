package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.taskGroup;
import static asyncio4j.Asyncio.timeout;
import static asyncio4j.Asyncio.waitFor;
import static asyncio4j.testing.Failing.after;
import static asyncio4j.testing.Failing.failures;
import static asyncio4j.testing.Failing.whenCancelled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.Sleepers;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** A group whose parent is cancelled from outside. */
class TaskGroupCancelTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private static final Duration SOON = Duration.ofMillis(100);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final Sleepers sleepers = new Sleepers();

    private final List<Object> order = sleepers.order;

    private final RuntimeException error = new IllegalStateException("failed");

    /** A task that runs {@code body} in a group, and has got somewhere with it. */
    private static Task<?> running(TaskGroup.VoidBody body) {
        Task<?> task = createTask(taskGroup(body));
        await(sleep(SOON));
        assertThat(task.done()).isFalse();
        return task;
    }

    private static void assertCancelled(Task<?> task) {
        assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
        assertThat(task.cancelled()).isTrue();
    }

    @Test
    @CPythonTest({"test_taskgroups::test_cancellation", "test_taskgroups::test_taskgroup_22"})
    void whileTheGroupWaitsItsTasksAreCancelled() {
        runner.run(() -> {
            Task<?> task =
                    running(group -> {
                        for (int i = 0; i < 5; i++) {
                            group.createTask(sleepers.sleeping("task"));
                        }
                    });
            task.cancel("why");
            assertThatThrownBy(() -> await(task))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("why");
            assertThat(task.cancelling()).isEqualTo(1);
            assertThat(getRunningLoop().time()).isEqualTo(SOON);
        });
        assertThat(order).isEqualTo(Collections.nCopies(5, "task"));
    }

    @Test
    @CPythonTest({"test_taskgroups::test_taskgroup_07", "test_taskgroups::test_taskgroup_17"})
    void whileTheBodyRunsItIsCancelledAndThenTheTasks() {
        runner.run(() -> {
            for (int tasks : List.of(5, 0)) {
                Task<?> task =
                        running(group -> {
                            for (int i = 0; i < tasks; i++) {
                                group.createTask(sleepers.sleeping("task"));
                            }
                            await(sleepers.sleeping("body"));
                        });
                task.cancel();
                assertCancelled(task);
                order.add("end");
            }
        });
        assertThat(order)
                .containsExactly(
                        "body", "task", "task", "task", "task", "task", "end", "body", "end");
    }

    @Test
    @Contract(53)
    @CPythonTest({"test_taskgroups::test_taskgroup_08", "test_taskgroups::test_taskgroup_18"})
    void failuresOnTheWayOutBeatTheCancellation() {
        runner.run(() -> {
            Task<?> task =
                    running(group -> {
                        for (int i = 0; i < 5; i++) {
                            group.createTask(whenCancelled(error));
                        }
                        await(sleep(HOUR));
                    });
            task.cancel();
            assertThat(failures(() -> await(task))).isEqualTo(Collections.nCopies(5, error));
            Task<?> alone = running(group -> await(whenCancelled(error)));
            alone.cancel();
            assertThat(failures(() -> await(alone))).containsExactly(error);
        });
    }

    @Test
    @Contract(53)
    @CPythonTest({"test_taskgroups::test_taskgroup_15", "test_taskgroups::test_taskgroup_16"})
    void aFailureWhileTheBodyIsOnItsWayOutBeatsTheCancellation() {
        runner.run(() -> {
            TaskGroup.VoidBody body =
                    group -> {
                        group.createTask(after(Duration.ofMillis(300), error));
                        try {
                            await(sleep(HOUR));
                        } catch (CancelledError e) {
                            await(sleep(Duration.ofMillis(500)));
                            throw e;
                        }
                    };
            Task<?> direct = running(body);
            direct.cancel();
            assertThat(failures(() -> await(direct))).containsExactly(error);
            Task<?> inner = createTask(taskGroup(body));
            Task<?> outer = createTask(() -> await(inner));
            await(sleep(SOON));
            outer.cancel();
            assertThat(failures(() -> await(outer))).containsExactly(error);
        });
    }

    @Test
    @Contract(53)
    @CPythonTest("test_taskgroups::test_error_and_cancel")
    void aCancellationThatWasBeatenKeepsItsCountAndIsDeliveredAtTheNextAwait() {
        runner.run(() -> {
            AsyncFuture<Boolean> begun = getRunningLoop().createFuture();
            Task<?> task =
                    createTask(() -> {
                        assertThat(
                                        failures(() ->
                                                await(
                                                        taskGroup(group -> {
                                                            group.createTask(() -> {
                                                                begun.setResult(true);
                                                                await(sleep(Duration.ZERO));
                                                                throw error;
                                                            });
                                                            await(sleep(HOUR));
                                                            order.add("never");
                                                        }))))
                                .containsExactly(error);
                        assertThat(currentTask().cancelling()).isEqualTo(1);
                        order.add("caught");
                        await(sleep(HOUR));
                        order.add("never");
                    });
            await(begun);
            assertThat(task.cancelling()).isZero();
            task.cancel();
            assertThat(task.cancelling()).isEqualTo(1);
            assertCancelled(task);
            assertThat(task.cancelling()).isEqualTo(1);
        });
        assertThat(order).containsExactly("caught");
    }

    @Test
    @Contract(51)
    void aCancellationThatComesAfterTheFailureIsDeliveredToo() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        assertThat(
                                        failures(() ->
                                                await(
                                                        taskGroup(group -> {
                                                            group.createTask(() -> {
                                                                throw error;
                                                            });
                                                            group.createTask(slowToEnd());
                                                        }))))
                                .containsExactly(error);
                        assertThat(currentTask().cancelling()).isEqualTo(1);
                        await(sleep(Duration.ZERO));
                    });
            await(sleep(Duration.ofMillis(50)));
            task.cancel();
            assertCancelled(task);
        });
    }

    /** Takes a second to end once it is cancelled. */
    private static VoidCoroutine slowToEnd() {
        return () -> {
            try {
                await(sleep(HOUR));
            } finally {
                await(sleep(Duration.ofSeconds(1)));
            }
        };
    }

    @Test
    void cancelledAgainAndAgainTheExitStillWaitsForAllTasks() {
        runner.run(() -> {
            Task<?> task =
                    running(group -> {
                        group.createTask(slowToEnd());
                    });
            for (int i = 1; i <= 5; i++) {
                task.cancel("cancel " + i);
                await(sleep(SOON));
                assertThat(task.done()).isFalse();
            }
            assertThatThrownBy(() -> await(task))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("cancel 1");
            assertThat(task.cancelling()).isEqualTo(5);
            assertThat(getRunningLoop().time()).isEqualTo(SOON.plusSeconds(1));
        });
    }

    @Test
    void aCancelInTheIterationInWhichTheLastTaskEndsIsntLost() {
        runner.run(() -> {
            List<Task<?>> tasks = new ArrayList<>();
            Task<?> parent =
                    running(group -> {
                        tasks.add(group.createTask(sleep(Duration.ofSeconds(1))));
                    });
            tasks.getFirst()
                    .addDoneCallback(done -> {
                        assertThat(parent.waitsFor().done()).isTrue(); // it is about to go on
                        order.add(parent.cancel());
                    });
            assertCancelled(parent);
            assertThat(tasks.getFirst().cancelled()).isFalse();
        });
        assertThat(order).containsExactly(true);
    }

    @Test
    void inATaskThatIsBeingCancelledAlreadyAGroupWorksAsUsual() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        try {
                            await(sleep(HOUR));
                        } finally {
                            int sum =
                                    await(
                                            taskGroup(group -> {
                                                Task<Integer> one =
                                                        group.createTask(sleep(SOON, 1));
                                                return await(one) + 1;
                                            }));
                            order.add(sum);
                            order.add(
                                    failures(() ->
                                            await(
                                                    taskGroup(group -> {
                                                        group.createTask(after(SOON, error));
                                                        await(sleep(HOUR));
                                                    }))));
                            order.add(currentTask().cancelling());
                        }
                    });
            await(sleep(SOON));
            task.cancel();
            assertCancelled(task);
        });
        assertThat(order).containsExactly(2, List.of(error), 1);
    }

    @Test
    void aBodyThatSwallowsTheCancellationHasItsResult() {
        runner.run(() -> {
            Task<String> task =
                    createTask(
                            taskGroup(group -> {
                                Task<String> child = group.createTask(sleep(SOON, "child"));
                                try {
                                    await(sleep(HOUR));
                                } catch (CancelledError e) {
                                    currentTask().uncancel();
                                }
                                return await(child);
                            }));
            await(sleep(Duration.ofMillis(10)));
            task.cancel();
            assertThat(await(task)).isEqualTo("child");
            assertThat(task.cancelling()).isZero();
        });
    }

    @Test
    void aBodyThatThrowsACancelledErrorOfItsOwnEndsTheGroupWithIt() {
        runner.run(() -> {
            CancelledError own = new CancelledError("own");
            assertThatThrownBy(() ->
                            await(
                                    taskGroup(group -> {
                                        group.createTask(sleepers.sleeping("task"));
                                        await(sleep(SOON));
                                        throw own;
                                    })))
                    .isSameAs(own);
            assertThat(currentTask().cancelling()).isZero();
        });
        assertThat(order).containsExactly("task");
    }

    @Test
    @CPythonTest({
        "test_taskgroups::test_taskgroup_11",
        "test_taskgroups::test_taskgroup_12",
        "test_taskgroups::test_taskgroup_14"
    })
    void aGroupInAGroupFailsTheOuterOneAsAGroup() {
        runner.run(() -> {
            for (boolean siblings : List.of(false, true)) {
                Task<?> task =
                        running(outer -> {
                            if (siblings) {
                                outer.createTask(sleepers.sleeping("sibling"));
                            }
                            await(
                                    taskGroup(inner -> {
                                        for (int i = 0; i < 5; i++) {
                                            inner.createTask(whenCancelled(error));
                                        }
                                        await(sleep(HOUR));
                                    }));
                        });
                task.cancel();
                List<Throwable> failures = failures(() -> await(task));
                assertThat(failures).singleElement().isInstanceOf(ExceptionGroup.class);
                assertThat(((ExceptionGroup) failures.getFirst()).exceptions())
                        .isEqualTo(Collections.nCopies(5, error));
            }
            List<Throwable> failures =
                    failures(() ->
                            await(
                                    taskGroup(outer -> {
                                        outer.createTask(after(HOUR, new IOException("late")));
                                        await(
                                                taskGroup(inner -> {
                                                    inner.createTask(after(SOON, error));
                                                }));
                                    })));
            assertThat(failures)
                    .singleElement()
                    .satisfies(inner ->
                            assertThat(((ExceptionGroup) inner).exceptions())
                                    .containsExactly(error));
        });
        assertThat(order).containsExactly("sibling");
    }

    @Test
    @CPythonTest("test_taskgroups::test_taskgroup_13")
    void aFailureOfTheOuterGroupCancelsTheInnerOne() {
        runner.run(() -> {
            assertThat(
                            failures(() ->
                                    await(
                                            taskGroup(outer -> {
                                                outer.createTask(after(SOON, error));
                                                await(
                                                        taskGroup(inner -> {
                                                            inner.createTask(
                                                                    sleepers.sleeping("inner"));
                                                        }));
                                            }))))
                    .containsExactly(error);
            assertThat(currentTask().cancelling()).isZero();
        });
        assertThat(order).containsExactly("inner");
    }

    @Test
    @Contract({51, 53})
    @CPythonTest("test_taskgroups::test_nested_groups_both_cancelled")
    void ifBothFailAtTheSameTimeTheInnerOnesCancelIsTakenBackAndTheOuterOnesStays() {
        runner.run(() -> {
            Exception other = new IOException("outer");
            assertThat(
                            failures(() ->
                                    await(
                                            taskGroup(outer -> {
                                                assertThat(failures(() -> failBoth(outer, other)))
                                                        .containsExactly(error);
                                                order.add(currentTask().cancelling());
                                            }))))
                    .containsExactly(other);
            order.add(currentTask().cancelling());
        });
        assertThat(order).containsExactly(1, 0);
    }

    private void failBoth(TaskGroup outer, Exception other) {
        await(
                taskGroup(inner -> {
                    inner.createTask(after(Duration.ZERO, error));
                    outer.createTask(after(Duration.ZERO, other));
                }));
    }

    @Test
    void aTimeoutAroundAGroupEndsItAsATimeout() {
        runner.run(() -> {
            VoidCoroutine group =
                    () ->
                            await(
                                    taskGroup(g -> {
                                        g.createTask(sleepers.sleeping("task"));
                                    }));
            assertThatThrownBy(() ->
                            await(
                                    timeout(
                                            SOON,
                                            t -> {
                                                group.run();
                                            })))
                    .isInstanceOf(TimeoutException.class);
            assertThatThrownBy(() -> await(waitFor(group, SOON)))
                    .isInstanceOf(TimeoutException.class);
            assertThat(currentTask().cancelling()).isZero();
            await(sleep(SOON));
        });
        assertThat(order).containsExactly("task", "task");
    }

    @Test
    void aFailureBeatsATimeoutThatComesAtTheSameMomentAndLeavesNothingBehind() {
        runner.run(() -> {
            assertThat(
                            failures(() ->
                                    await(
                                            timeout(
                                                    SOON,
                                                    t ->
                                                            await(
                                                                    taskGroup(group -> {
                                                                        group.createTask(
                                                                                whenCancelled(
                                                                                        error));
                                                                        await(sleep(HOUR));
                                                                    }))))))
                    .containsExactly(error);
            assertThat(currentTask().cancelling()).isZero();
            await(sleep(SOON)); // no cancellation is left to be delivered
        });
    }

    @Test
    void aTimeoutInsideOfAGroupConcernsItsBlockAlone() {
        runner.run(() -> {
            await(
                    taskGroup(group -> {
                        Task<String> slow = group.createTask(sleep(SOON.multipliedBy(2), "slow"));
                        try {
                            await(timeout(SOON, t -> await(sleep(HOUR))));
                        } catch (TimeoutException e) {
                            order.add("timeout");
                        }
                        order.add(await(slow));
                    }));
        });
        assertThat(order).containsExactly("timeout", "slow");
    }
}
