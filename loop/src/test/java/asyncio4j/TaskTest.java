package asyncio4j;

import static asyncio4j.Asyncio.allTasks;
import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
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

/** What a task is: its start, its name, its end, and who may ask what of it. */
class TaskTest {

    private final VirtualRunner runner = new VirtualRunner();

    private final List<String> order = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
    }

    @Test
    void theBodyBeginsInTheNextIterationAndNotInTheCreateCall() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        order.add("body");
                    });
            order.add("created");
            await(task);
            order.add("awaited");
        });
        assertThat(order).containsExactly("created", "body", "awaited");
    }

    @Test
    void oneThatHasEndedDoesNotHoldTheFiberThatItHad() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        await(sleep(Duration.ZERO));
                    });
            await(sleep(Duration.ZERO));
            assertThat(task.step().resumes()).isNotNull();
            await(task);
            assertThat(task.step().resumes()).isNull();
        });
    }

    @Test
    void tasksBeginInTheOrderInWhichTheyWereMade() {
        runner.run(() -> {
            List<Task<?>> tasks = new ArrayList<>();
            for (String name : List.of("a", "b", "c")) {
                tasks.add(
                        createTask(() -> {
                            order.add(name + "1");
                            await(sleep(Duration.ZERO));
                            order.add(name + "2");
                        }));
            }
            for (Task<?> task : tasks) {
                await(task);
            }
        });
        assertThat(order).containsExactly("a1", "b1", "c1", "a2", "b2", "c2");
    }

    @Test
    void allThatAwaitOneTaskGoOnInTheOrderInWhichTheyCame() {
        runner.run(() -> {
            AsyncFuture<String> gate = getRunningLoop().createFuture();
            Task<String> shared = createTask(() -> await(gate));
            List<Task<?>> waiting = new ArrayList<>();
            for (String name : List.of("a", "b", "c")) {
                waiting.add(
                        createTask(() -> {
                            order.add(name + " " + await(shared));
                        }));
            }
            await(sleep(Duration.ZERO));
            gate.setResult("value");
            for (Task<?> task : waiting) {
                await(task);
            }
        });
        assertThat(order).containsExactly("a value", "b value", "c value");
    }

    @Test
    void aTaskWithoutAResultAnswersNull() {
        Object result =
                runner.run(() -> {
                    Task<?> task = createTask(() -> {});
                    return await(task);
                });
        assertThat(result).isNull();
    }

    @Test
    void whatTheBodyThrowsIsTheException() {
        Error error = new AssertionError("from the body");
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        throw error;
                    });
            assertThatThrownBy(() -> await(task)).isSameAs(error);
            assertThat(task.done()).isTrue();
            assertThat(task.cancelled()).isFalse();
            assertThat(task.exception()).isSameAs(error);
            assertThatThrownBy(task::result).isSameAs(error);
        });
        assertThat(runner.reports).isEmpty();
    }

    @Test
    void aTaskThatIsntDoneHasNoOutcomeYet() {
        runner.run(() -> {
            Task<Integer> task = createTask(() -> 1);
            assertThat(task.done()).isFalse();
            assertThatThrownBy(task::result)
                    .isInstanceOf(InvalidStateException.class)
                    .hasMessageContaining("await(future)");
            assertThatThrownBy(task::exception).isInstanceOf(InvalidStateException.class);
            assertThat(await(task)).isEqualTo(1);
            assertThat(task.result()).isEqualTo(1);
            assertThat(task.exception()).isNull();
        });
    }

    @Test
    @CPythonTest("test_tasks::test_task_set_methods")
    void theOutcomeComesFromTheBodyAlone() {
        runner.run(() -> {
            Task<Integer> task = createTask(() -> 1);
            assertThatThrownBy(() -> task.setResult(2))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("what its body returns");
            assertThatThrownBy(() -> task.setException(new Exception()))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("cancel()");
            assertThat(await(task)).isEqualTo(1);
        });
    }

    @Test
    @CPythonTest({
        "test_base_events::test_create_named_task_with_default_factory",
        "test_tasks::test_bare_create_named_task"
    })
    void aTaskHasANumberOrTheNameItWasGiven() {
        runner.run(() -> {
            Task<?> numbered = createTask(() -> {});
            Task<?> named = createTask(() -> {}, TaskOptions.DEFAULT.name("worker"));
            assertThat(numbered.getName()).matches("Task-\\d+");
            assertThat(named.getName()).isEqualTo("worker");
            assertThat(named).hasToString("Task[worker, pending]");
            named.setName("other");
            assertThat(named.getName()).isEqualTo("other");
            assertThatThrownBy(() -> named.setName(null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("name");
            await(named);
            assertThat(named).hasToString("Task[other, finished]");
        });
    }

    private static long number(Task<?> task) {
        return Long.parseLong(task.getName().substring("Task-".length()));
    }

    @Test
    @CPythonTest("test_tasks::test_task_repr_autogenerated")
    void twoTasksNeverHaveTheSameNumber() {
        runner.run(() -> {
            Task<?> one = createTask(() -> {});
            Task<?> two = createTask(() -> {});
            assertThat(one.toString()).startsWith("Task[" + one.getName() + ", pending");
            assertThat(number(one)).isLessThan(number(two));
        });
    }

    @Test
    @CPythonTest({
        "test_tasks::test_task_repr",
        "test_tasks::test_task_repr_wait_for",
        "test_tasks::test_cancelling"
    })
    void toStringSaysWhatATaskWaitsForAndHowItEnded() {
        runner.run(() -> {
            AsyncFuture<Object> future = getRunningLoop().createFuture();
            Task<?> inner = createTask(() -> await(future), TaskOptions.DEFAULT.name("inner"));
            Task<?> outer = createTask(() -> await(inner), TaskOptions.DEFAULT.name("outer"));
            await(sleep(Duration.ZERO));
            assertThat(inner).hasToString("Task[inner, pending, awaits Future[pending]]");
            assertThat(outer).hasToString("Task[outer, pending, awaits inner]");
            assertThat(outer.cancel()).isTrue();
            assertThat(outer.cancelling()).isEqualTo(1);
            assertThat(outer.toString()).startsWith("Task[outer, cancelling");
            assertThat(outer.cancel()).isTrue();
            assertThatThrownBy(() -> await(outer)).isInstanceOf(CancelledError.class);
            assertThat(outer).hasToString("Task[outer, cancelled]");
            Task<?> quick = createTask(() -> {}, TaskOptions.DEFAULT.name("quick"));
            await(quick);
            assertThat(quick.toString()).startsWith("Task[quick, finished");
        });
    }

    @Test
    @Contract(35)
    @CPythonTest("test_tasks::test_current_task_no_running_loop_implicit")
    void currentTaskFailsWhereNoLoopRuns() {
        assertThatThrownBy(Asyncio::currentTask)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no running event loop")
                .hasMessageContaining("Asyncio.run");
        EventLoop idle = runner.loop();
        assertThat(idle.isRunning()).isFalse();
        assertThatThrownBy(Asyncio::currentTask).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @Contract(35)
    @CPythonTest({
        "test_tasks::test_current_task",
        "test_tasks::test_current_task_with_implicit_loop"
    })
    void currentTaskIsTheOneThatRunsTheCodeAndNoneInAPlainCallback() {
        runner.run(() -> {
            Task<?> main = currentTask();
            List<Object> seen = new ArrayList<>();
            Task<?> other =
                    createTask(() -> {
                        seen.add(currentTask());
                        await(sleep(Duration.ZERO));
                        seen.add(currentTask());
                    });
            getRunningLoop().callSoon(() -> seen.add(currentTask()));
            await(other);
            assertThat(seen).containsExactly(other, null, other);
            assertThat(currentTask()).isSameAs(main).isNotNull();
        });
    }

    @Test
    void aCoroutineAwaitedDirectlyRunsInTheCallersTask() {
        runner.run(() -> {
            Coroutine<Task<?>> body =
                    () -> {
                        await(sleep(Duration.ZERO));
                        return currentTask();
                    };
            assertThat(await(body)).isSameAs(currentTask());
        });
    }

    @Test
    void allTasksAreThoseThatArentDoneOldestFirst() {
        runner.run(() -> {
            Task<?> one = createTask(() -> await(sleep(Duration.ofSeconds(1))));
            Task<?> two = createTask(() -> await(sleep(Duration.ofSeconds(2))));
            assertThat(allTasks()).containsExactly(currentTask(), one, two);
            await(one);
            assertThat(allTasks()).containsExactly(currentTask(), two);
            await(two);
            assertThat(allTasks()).containsExactly(currentTask());
        });
        assertThat(runner.loop().allTasks()).isEmpty();
    }

    @Test
    @CPythonTest("test_tasks::test_get_coro")
    void theBodyIsThereUntilItHasEnded() {
        runner.run(() -> {
            Coroutine<Integer> body = () -> 1;
            Task<Integer> task = createTask(body);
            assertThat(task.getCoroutine()).isSameAs(body);
            await(task);
            assertThat(task.getCoroutine()).isNull();
        });
    }

    @Test
    void aTaskThatFailsDoesntDisturbTheOthers() {
        runner.run(() -> {
            Task<?> failing =
                    createTask(() -> {
                        throw new IllegalArgumentException("alone");
                    });
            Task<String> other = createTask(() -> await(sleep(Duration.ofSeconds(1), "fine")));
            assertThat(await(other)).isEqualTo("fine");
            assertThat(failing.exception()).hasMessage("alone");
        });
    }

    @Test
    @CPythonTest("test_base_events::test_set_task_factory")
    void aTaskFactoryMakesTheTasks() {
        runner.run(() -> {
            EventLoop loop = getRunningLoop();
            TaskFactory factory =
                    new TaskFactory() {
                        @Override
                        public <T> Task<T> createTask(
                                EventLoop inLoop, Coroutine<T> coroutine, TaskOptions options) {
                            order.add("factory");
                            return inLoop.newTask(coroutine, options.name("made"));
                        }
                    };
            loop.setTaskFactory(factory);
            assertThat(loop.getTaskFactory()).isSameAs(factory);
            Task<Integer> task = createTask(() -> 1);
            assertThat(task.getName()).isEqualTo("made");
            assertThat(await(task)).isEqualTo(1);
            loop.setTaskFactory(null);
            assertThat(createTask(() -> 1).getName()).isNotEqualTo("made");
        });
        assertThat(order).containsExactly("factory");
    }
}
