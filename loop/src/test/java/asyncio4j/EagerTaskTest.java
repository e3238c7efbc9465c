package asyncio4j;

import static asyncio4j.Asyncio.allTasks;
import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

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

/** Tasks that begin inside their create call. */
class EagerTaskTest {

    private static final TaskOptions EAGER = TaskOptions.DEFAULT.eagerStart(true);

    private final VirtualRunner runner = new VirtualRunner();

    private final List<Object> order = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
    }

    @Test
    @Contract(37)
    void theBodyRunsInsideCreateTaskUpToItsFirstSuspension() {
        runner.run(() -> {
            Task<?> task =
                    createTask(
                            () -> {
                                order.add("before");
                                await(sleep(Duration.ZERO));
                                order.add("after");
                            },
                            EAGER);
            order.add("created");
            assertThat(task.done()).isFalse();
            await(task);
        });
        assertThat(order).containsExactly("before", "created", "after");
    }

    @Test
    @Contract(37)
    @CPythonTest("test_eager_task_factory::test_current_task")
    void currentTaskIsSwappedInAndBack() {
        runner.run(() -> {
            Task<?> main = currentTask();
            Task<?> inner =
                    createTask(
                            () -> {
                                order.add(currentTask());
                                Task<?> innermost =
                                        createTask(
                                                () -> {
                                                    order.add(currentTask().getName());
                                                    await(sleep(Duration.ZERO));
                                                },
                                                EAGER.name("innermost"));
                                order.add(currentTask());
                                await(innermost);
                                order.add(currentTask());
                            },
                            EAGER);
            assertThat(currentTask()).isSameAs(main);
            await(inner);
            assertThat(order).containsExactly(inner, "innermost", inner, inner);
            assertThat(currentTask()).isSameAs(main);
        });
    }

    @Test
    @Contract(37)
    @CPythonTest("test_eager_task_factory::test_context_vars")
    void itsContextIsItsOwn() {
        ContextVar<String> variable = ContextVar.of("eager");
        runner.run(() -> {
            variable.set("outer");
            Task<?> task =
                    createTask(
                            () -> {
                                order.add(variable.get());
                                variable.set("inner");
                                await(sleep(Duration.ZERO));
                                order.add(variable.get());
                            },
                            EAGER);
            assertThat(variable.get()).isEqualTo("outer");
            variable.set("changed");
            await(task);
            assertThat(variable.get()).isEqualTo("changed");
        });
        assertThat(order).containsExactly("outer", "inner");
    }

    @Test
    @Contract(37)
    @CPythonTest({
        "test_eager_task_factory::test_all_tasks_with_eager_completion",
        "test_eager_task_factory::test_all_tasks_with_blocking"
    })
    void oneThatCompletesAtOnceIsNoneOfAllTasksButIsWhileItRuns() {
        runner.run(() -> {
            Task<?> task =
                    createTask(
                            () -> {
                                order.add(allTasks().contains(currentTask()));
                            },
                            EAGER);
            assertThat(task.done()).isTrue();
            assertThat(allTasks()).containsExactly(currentTask());
            Task<?> suspended = createTask(() -> await(sleep(Duration.ZERO)), EAGER);
            assertThat(allTasks()).containsExactly(currentTask(), suspended);
            await(suspended);
            assertThat(allTasks()).containsExactly(currentTask());
        });
        assertThat(order).containsExactly(true);
    }

    @Test
    @Contract(37)
    void ifTheLoopDoesntRunTheTaskWaitsForIt() {
        try (EventLoop loop = newEventLoop(new VirtualClock())) {
            loop.setTaskFactory(TaskFactory.EAGER);
            Task<Boolean> task = loop.createTask(() -> order.add("ran"));
            assertThat(order).isEmpty();
            assertThat(loop.allTasks()).containsExactly(task);
            assertThat(loop.runUntilComplete(task)).isTrue();
        }
        assertThat(order).containsExactly("ran");
    }

    @Test
    @Contract(38)
    void keyboardInterruptAndSystemExitLeaveCreateTask() {
        KeyboardInterrupt interrupt = new KeyboardInterrupt();
        SystemExit exit = new SystemExit(3);
        runner.run(() -> {
            for (Error error : List.of(interrupt, exit)) {
                assertThatThrownBy(() ->
                                createTask(
                                        () -> {
                                            order.add(currentTask());
                                            throw error;
                                        },
                                        EAGER))
                        .isSameAs(error);
                Task<?> failed = (Task<?>) order.removeLast();
                assertThat(failed.exception()).isSameAs(error);
            }
            assertThat(allTasks()).containsExactly(currentTask());
            order.add("went on");
        });
        assertThat(order).containsExactly("went on");
    }

    @Test
    @Contract({9, 38})
    void keyboardInterruptAfterTheFirstSuspensionLeavesTheLoop() {
        KeyboardInterrupt interrupt = new KeyboardInterrupt();
        Coroutine<String> main =
                () -> {
                    createTask(
                            () -> {
                                await(sleep(Duration.ZERO));
                                throw interrupt;
                            },
                            EAGER);
                    order.add("created");
                    await(sleep(Duration.ofHours(1)));
                    return "never";
                };
        assertThatThrownBy(() -> runner.<String>run(main)).isSameAs(interrupt);
        assertThat(order).containsExactly("created");
    }

    @Test
    void anErrorBelongsToTheTaskNotToTheCreateCall() {
        Exception error = new IllegalArgumentException("eager");
        runner.run(() -> {
            Task<?> task =
                    createTask(
                            () -> {
                                throw error;
                            },
                            EAGER);
            assertThat(task.done()).isTrue();
            assertThat(task.exception()).isSameAs(error);
            assertThatThrownBy(() -> await(task)).isSameAs(error);
        });
        assertThat(runner.reports).isEmpty();
    }

    @Test
    void oneThatCancelsItselfAndReturnsIsCancelledAtOnce() {
        runner.run(() -> {
            Task<?> task =
                    createTask(
                            () -> {
                                currentTask().cancel("own");
                            },
                            EAGER);
            assertThat(task.cancelled()).isTrue();
            assertThatThrownBy(() -> await(task))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("own");
        });
    }

    @Test
    @CPythonTest("test_eager_task_factory::test_cancellation_after_eager_step_blocks")
    void aSuspendedOneIsCancelledLikeAnyOther() {
        runner.run(() -> {
            Task<?> task =
                    createTask(
                            () -> {
                                try {
                                    await(sleep(Duration.ofHours(1)));
                                } finally {
                                    order.add("finally");
                                }
                            },
                            EAGER);
            task.cancel("why");
            assertThat(task.cancelling()).isEqualTo(1);
            assertThatThrownBy(() -> await(task))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("why");
        });
        assertThat(order).containsExactly("finally");
    }

    @Test
    void theFactoryMakesAllTasksEager() {
        runner.run(() -> {
            getRunningLoop().setTaskFactory(TaskFactory.EAGER);
            Task<String> task = createTask(() -> "at once", TaskOptions.DEFAULT.name("named"));
            assertThat(task.done()).isTrue();
            assertThat(task.result()).isEqualTo("at once");
            assertThat(task.getName()).isEqualTo("named");
        });
    }

    @Test
    void aPlainCallbackMayStartOneAndGoesOnAtItsFirstSuspension() {
        runner.run(() -> {
            AsyncFuture<Task<String>> started = getRunningLoop().createFuture();
            getRunningLoop()
                    .callSoon(() -> {
                        Task<String> task =
                                createTask(
                                        () -> {
                                            order.add("body");
                                            return await(sleep(Duration.ofSeconds(1), "slept"));
                                        },
                                        EAGER);
                        order.add("callback");
                        assertThat(currentTask()).isNull();
                        started.setResult(task);
                    });
            assertThat(await(await(started))).isEqualTo("slept");
        });
        assertThat(order).containsExactly("body", "callback");
        assertThat(runner.reports).isEmpty();
    }

    @Test
    void manyMayBeNested() {
        int depth = 200;
        Integer sum = runner.run(() -> nested(depth));
        assertThat(sum).isEqualTo(depth);
    }

    private static int nested(int depth) {
        if (depth == 0) {
            return 0;
        }
        Task<Integer> task =
                createTask(
                        () -> {
                            int below = nested(depth - 1);
                            await(sleep(Duration.ZERO));
                            return below + 1;
                        },
                        EAGER);
        return await(task);
    }
}
