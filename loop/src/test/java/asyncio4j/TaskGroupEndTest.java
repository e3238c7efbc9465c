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

import asyncio4j.testing.Sleepers;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A group that is ended early, by its own {@code cancel()}. */
class TaskGroupEndTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private static final Duration SOON = Duration.ofMillis(100);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final Sleepers sleepers = new Sleepers();

    private final List<Object> order = sleepers.order;

    private final RuntimeException error = new IllegalStateException("failed");

    /** That the calling task goes on as if nothing had been. */
    private static void assertUnharmed() {
        assertThat(currentTask().cancelling()).isZero();
        await(sleep(SOON));
    }

    @Test
    void aTaskMayEndItsGroupWhichIsNoError() {
        runner.run(() -> {
            String result =
                    await(
                            taskGroup(group -> {
                                group.createTask(sleepers.sleeping("sibling"));
                                group.createTask(() -> {
                                    await(sleep(SOON));
                                    group.cancel();
                                    group.cancel();
                                    order.add("ended");
                                });
                                await(sleepers.sleeping("body"));
                                return "never";
                            }));
            assertThat(result).isNull();
            assertThat(getRunningLoop().time()).isEqualTo(SOON);
            assertUnharmed();
        });
        assertThat(order).containsExactly("ended", "sibling", "body");
    }

    @Test
    void aBodyThatHasItsResultAlreadyKeepsIt() {
        runner.run(() -> {
            String result =
                    await(
                            taskGroup(group -> {
                                group.createTask(sleepers.sleeping("task"));
                                getRunningLoop().callLater(SOON, group::cancel);
                                return "result";
                            }));
            assertThat(result).isEqualTo("result");
            assertUnharmed();
        });
        assertThat(order).containsExactly("task");
    }

    @Test
    void theBodyMayEndItselfAndGetsAsFarAsItsNextAwait() {
        runner.run(() -> {
            await(
                    taskGroup(group -> {
                        group.createTask(sleepers.sleeping("never begun"));
                        group.cancel();
                        order.add("went on");
                        await(sleep(HOUR));
                        order.add("never");
                    }));
            assertUnharmed();
            await(taskGroup(TaskGroup::cancel)); // returns without having awaited
            assertUnharmed();
        });
        assertThat(order).containsExactly("went on");
    }

    @Test
    void aCancelBeforeTheEntryTakesEffectWhenItIsEntered() {
        runner.run(() -> {
            TaskGroup group = new TaskGroup();
            group.cancel();
            await(
                    group.run(g -> {
                        order.add("body");
                        assertThatThrownBy(() -> group.createTask(sleep(HOUR)))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("is shutting down");
                        await(sleepers.sleeping("cancelled"));
                    }));
            assertUnharmed();
        });
        assertThat(order).containsExactly("body", "cancelled");
    }

    @Test
    void aCancelAfterTheEndDoesNothing() {
        runner.run(() -> {
            TaskGroup group = new TaskGroup();
            await(group.run(g -> g.createTask(sleep(SOON))));
            group.cancel();
            assertUnharmed();
        });
        runner.close();
    }

    @Test
    void failuresOnTheWayOutAreThrownAllTheSame() {
        runner.run(() -> {
            Exception own = new IOException("own");
            assertThat(
                            failures(() ->
                                    await(
                                            taskGroup(group -> {
                                                group.createTask(whenCancelled(error));
                                                getRunningLoop().callLater(SOON, group::cancel);
                                                await(whenCancelled(own));
                                            }))))
                    .containsExactlyInAnyOrder(error, own);
            assertUnharmed();
        });
    }

    @Test
    void itDoesNothingMoreToAGroupThatIsFailing() {
        runner.run(() -> {
            assertThat(
                            failures(() ->
                                    await(
                                            taskGroup(group -> {
                                                group.createTask(after(SOON, error));
                                                try {
                                                    await(sleep(HOUR));
                                                } finally {
                                                    group.cancel();
                                                    order.add(currentTask().cancelling());
                                                }
                                            }))))
                    .containsExactly(error);
            assertUnharmed();
        });
        assertThat(order).containsExactly(1);
    }

    @Test
    void aCancellationFromOutsideIsntTakenForItsOwn() {
        runner.run(() -> {
            for (boolean outsideFirst : List.of(true, false)) {
                TaskGroup group = new TaskGroup();
                Task<?> task =
                        createTask(
                                group.run(g -> {
                                    g.createTask(slowToEnd());
                                    await(sleep(HOUR));
                                }));
                await(sleep(SOON));
                if (outsideFirst) {
                    task.cancel();
                    group.cancel();
                } else {
                    group.cancel();
                    await(sleep(SOON)); // the body has ended, the exit waits for the task
                    task.cancel();
                }
                assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
                assertThat(task.cancelling()).isEqualTo(1);
            }
        });
    }

    @Test
    void itIsntLostEitherWhereTheBodyHasEndedBefore() {
        runner.run(() -> {
            TaskGroup group = new TaskGroup();
            Task<?> task = createTask(group.run(g -> g.createTask(slowToEnd())));
            await(sleep(SOON));
            group.cancel();
            await(sleep(SOON));
            task.cancel("outside");
            assertThatThrownBy(() -> await(task))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("outside");
            assertThat(task.cancelling()).isEqualTo(1);
        });
    }

    @Test
    void anErrorOfTheBodyIsntLostToACancellationThatComesMeanwhile() {
        runner.run(() -> {
            TaskGroup group = new TaskGroup();
            Task<?> task =
                    createTask(
                            group.run(g -> {
                                g.createTask(slowToEnd());
                                await(whenCancelled(error));
                            }));
            await(sleep(SOON));
            group.cancel();
            await(sleep(SOON));
            task.cancel();
            assertThat(failures(() -> await(task))).containsExactly(error);
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
    void anEagerTaskThatEndsItsGroupIsCancelledAtItsFirstSuspension() {
        runner.run(() -> {
            await(
                    taskGroup(group -> {
                        Task<?> task =
                                group.createTask(
                                        () -> {
                                            group.cancel();
                                            await(sleepers.sleeping("eager"));
                                        },
                                        TaskOptions.DEFAULT.eagerStart(true));
                        assertThat(task.done()).isFalse();
                        assertThat(task.cancelling()).isEqualTo(1);
                    }));
            assertThat(getRunningLoop().time()).isZero();
            assertUnharmed();
        });
        assertThat(order).containsExactly("eager");
    }
}
