package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.captureCallGraph;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A group whose tasks all end well. */
class TaskGroupTest {

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final List<Object> order = new ArrayList<>();

    private static Duration millis(int millis) {
        return Duration.ofMillis(millis);
    }

    @Test
    @CPythonTest("test_taskgroups::test_taskgroup_01")
    void itEndsWhenItsTasksHave() {
        runner.run(() -> {
            List<Task<Integer>> tasks = new ArrayList<>();
            await(
                    taskGroup(group -> {
                        tasks.add(group.createTask(sleep(millis(100), 42)));
                        tasks.add(group.createTask(sleep(millis(200), 11)));
                        order.add("body ends");
                    }));
            order.add(getRunningLoop().time());
            assertThat(tasks).extracting(Task::result).containsExactly(42, 11);
        });
        assertThat(order).containsExactly("body ends", millis(200));
    }

    @Test
    @CPythonTest("test_taskgroups::test_taskgroup_02")
    void theBodyMayAwaitBetweenItsTasks() {
        runner.run(() -> {
            List<Task<Integer>> tasks = new ArrayList<>();
            await(
                    taskGroup(group -> {
                        tasks.add(group.createTask(sleep(millis(100), 42)));
                        await(sleep(millis(150)));
                        assertThat(tasks.getFirst().done()).isTrue();
                        tasks.add(group.createTask(sleep(millis(200), 11)));
                    }));
            assertThat(getRunningLoop().time()).isEqualTo(millis(350));
            assertThat(tasks).extracting(Task::result).containsExactly(42, 11);
        });
    }

    @Test
    void itHasTheResultOfItsBodyOnceTheTasksHaveEnded() {
        runner.run(() -> {
            String both =
                    await(
                            taskGroup(group -> {
                                Task<String> one = group.createTask(sleep(millis(100), "one"));
                                Task<String> two = group.createTask(sleep(millis(200), "two"));
                                group.createTask(sleep(millis(300)));
                                return await(one) + await(two);
                            }));
            assertThat(both).isEqualTo("onetwo");
            assertThat(getRunningLoop().time()).isEqualTo(millis(300));
        });
    }

    @Test
    void aBodyWithoutTasksIsJustCalled() {
        runner.run(() -> {
            Task<?> caller = currentTask();
            boolean same = await(taskGroup(group -> currentTask() == caller));
            assertThat(same).isTrue();
        });
    }

    @Test
    void aTaskGroupCoroutineMakesANewGroupEachTimeItIsAwaited() {
        Coroutine<Integer> work =
                taskGroup(group -> {
                    order.add(group);
                    return await(group.createTask(() -> 7));
                });
        runner.run(() -> {
            assertThat(await(work) + await(work)).isEqualTo(14);
        });
        assertThat(order).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    @CPythonTest("test_taskgroups::test_taskgroup_23")
    void aTaskThatHasEndedLeavesTheGroup() {
        runner.run(() -> {
            await(
                    taskGroup(group -> {
                        for (int i = 0; i < 10; i++) {
                            await(sleep(millis(100)));
                            group.createTask(sleep(millis(250)));
                        }
                        assertThat(group).hasToString("TaskGroup[entered, tasks=3]");
                        await(sleep(millis(1350)));
                        assertThat(group).hasToString("TaskGroup[entered]");
                    }));
        });
    }

    @Test
    @CPythonTest("test_taskgroups::test_taskgroup_24")
    void aTaskMayStartOthersInItsGroupWhileThatWaitsForIt() {
        runner.run(() -> {
            await(
                    taskGroup(group -> {
                        group.createTask(() -> {
                            await(sleep(millis(100)));
                            group.createTask(sleep(millis(100)));
                            group.createTask(sleep(millis(200)));
                        });
                    }));
            assertThat(getRunningLoop().time()).isEqualTo(millis(300));
        });
    }

    @Test
    void aCallbackMayStartTasksInAGroup() {
        runner.run(() -> {
            await(
                    taskGroup(group -> {
                        getRunningLoop()
                                .callLater(
                                        millis(50),
                                        () -> group.createTask(() -> order.add("from outside")));
                        group.createTask(sleep(millis(100)));
                    }));
        });
        assertThat(order).containsExactly("from outside");
    }

    @Test
    @CPythonTest("test_taskgroups::test_taskgroup_task_name")
    void aTaskMayHaveAName() {
        runner.run(() -> {
            await(
                    taskGroup(group -> {
                        Task<?> task =
                                group.createTask(
                                        sleep(Duration.ZERO), TaskOptions.DEFAULT.name("yolo"));
                        assertThat(task.getName()).isEqualTo("yolo");
                        assertThat(
                                        group.createTask(
                                                        () -> {
                                                            order.add("void");
                                                        },
                                                        TaskOptions.DEFAULT.name("void"))
                                                .getName())
                                .isEqualTo("void");
                    }));
        });
        assertThat(order).containsExactly("void");
    }

    @Test
    @CPythonTest("test_taskgroups::test_taskgroup_task_context")
    void aTaskMayHaveAContext() {
        ContextVar<Integer> variable = ContextVar.of("in a group");
        Context context = new Context();
        runner.run(() -> {
            await(
                    taskGroup(group -> {
                        for (int value = 1; value <= 2; value++) {
                            int set = value;
                            await(
                                    group.createTask(
                                            () -> {
                                                await(sleep(Duration.ZERO));
                                                variable.set(set);
                                            },
                                            TaskOptions.DEFAULT.context(context)));
                            assertThat(context.get(variable, 0)).isEqualTo(set);
                        }
                        assertThat(Context.copyContext().get(variable, 0)).isZero();
                    }));
        });
    }

    @Test
    void tasksAreMadeByTheLoopsFactory() {
        runner.loop()
                .setTaskFactory(
                        new TaskFactory() {
                            @Override
                            public <T> Task<T> createTask(
                                    EventLoop loop, Coroutine<T> coroutine, TaskOptions options) {
                                order.add(options);
                                return loop.newTask(coroutine, options.name("made"));
                            }
                        });
        TaskOptions options = TaskOptions.DEFAULT.name("asked for").eagerStart(true);
        runner.run(() -> {
            order.clear();
            await(
                    taskGroup(group -> {
                        Task<Integer> task = group.createTask(() -> 1, options);
                        assertThat(task.getName()).isEqualTo("made");
                        assertThat(task.result()).isEqualTo(1);
                    }));
        });
        assertThat(order).containsExactly(options);
    }

    @Test
    void whatTheExitWaitsForIsTheTasksThatAreLeft() {
        runner.run(() -> {
            List<Task<?>> tasks = new ArrayList<>();
            Task<?> parent =
                    Asyncio.createTask(
                            taskGroup(group -> {
                                tasks.add(group.createTask(sleep(millis(100))));
                                tasks.add(group.createTask(sleep(millis(200))));
                            }));
            await(sleep(millis(50)));
            AsyncFuture<?> awaited = parent.waitsFor();
            assertThat(List.<AsyncFuture<?>>copyOf(awaited.waitsForAll()))
                    .isEqualTo(List.<AsyncFuture<?>>copyOf(tasks));
            await(sleep(millis(100)));
            assertThat(parent.waitsFor()).isSameAs(awaited);
            assertThat(List.<AsyncFuture<?>>copyOf(awaited.waitsForAll()))
                    .isEqualTo(List.of(tasks.getLast()));
            assertThat(captureCallGraph(tasks.getLast()).awaitedBy())
                    .extracting(FutureCallGraph::future)
                    .containsExactly(parent);
            await(parent);
        });
    }

    @Test
    void itPrintsAsTheStateItIsIn() {
        runner.run(() -> {
            TaskGroup group = new TaskGroup();
            assertThat(group).hasToString("TaskGroup[not entered]");
            await(
                    group.run(g -> {
                        assertThat(group).hasToString("TaskGroup[entered]");
                        group.createTask(() -> {
                            order.add(group.toString());
                            group.cancel();
                            order.add(group.toString());
                        });
                        group.createTask(sleep(Duration.ofHours(1)));
                    }));
            order.add(group.toString());
        });
        assertThat(order)
                .containsExactly(
                        "TaskGroup[entered, tasks=2]",
                        "TaskGroup[cancelling, tasks=2]",
                        "TaskGroup[finished]");
    }
}
