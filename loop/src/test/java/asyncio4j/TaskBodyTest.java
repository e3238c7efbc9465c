package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.runCoroutineThreadsafe;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.OtherThread;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What the body of a task may do, and what comes of it. */
class TaskBodyTest {

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final List<Object> order = new ArrayList<>();

    @Test
    @CPythonTest({"test_tasks::test_task_class", "test_tasks::test_future_subclass"})
    void aTaskIsAFutureOfTheLoopThatItWasMadeOn() {
        try (EventLoop other = newEventLoop(new VirtualClock())) {
            for (EventLoop loop : List.of(runner.loop(), other)) {
                Task<String> task = loop.createTask(() -> "ok");
                assertThat(task).isInstanceOf(AsyncFuture.class);
                assertThat(task.getLoop()).isSameAs(loop);
                assertThat(loop.runUntilComplete(task)).isEqualTo("ok");
                assertThat(task.done()).isTrue();
                assertThat(task.result()).isEqualTo("ok");
            }
        }
    }

    @Test
    @CPythonTest({"test_tasks::test_task_basics", "test_tasks::test_coroutine_non_gen_function"})
    void coroutinesMayAwaitCoroutines() {
        Coroutine<Integer> small = () -> 42;
        Coroutine<Integer> large = () -> 1000;
        Coroutine<Integer> both = () -> await(small) + await(large);
        assertThat(runner.loop().runUntilComplete(both)).isEqualTo(1042);
    }

    private static Integer one() {
        return 1;
    }

    @Test
    @CPythonTest({
        "test_tasks::test_bare_create_task",
        "test_tasks::test_create_task_with_async_function"
    })
    void aMethodMayBeTheBody() {
        runner.run(() -> {
            assertThat(await(createTask(TaskBodyTest::one))).isEqualTo(1);
            assertThat(await(createTask(TaskBodyTest::one))).isEqualTo(1);
        });
    }

    @Test
    @CPythonTest("test_tasks::test_step_result_future")
    void awaitAnswersTheVeryResultOfAFuture() {
        runner.run(() -> {
            AsyncFuture<Object> future = getRunningLoop().createFuture();
            Object result = new Object();
            Task<?> task =
                    createTask(() -> {
                        order.add(await(future));
                    });
            await(sleep(Duration.ZERO));
            future.setResult(result);
            await(sleep(Duration.ZERO));
            assertThat(order).singleElement().isSameAs(result);
            assertThat(task.done()).isTrue();
            assertThat(task.result()).isNull();
        });
    }

    @Test
    @CPythonTest("test_tasks::test_coroutine_non_gen_function_return_future")
    void aBodyThatReturnsAFutureDoesntAwaitIt() {
        runner.run(() -> {
            AsyncFuture<String> future = getRunningLoop().createFuture();
            Task<AsyncFuture<String>> returning = createTask(() -> future);
            Task<?> completing = createTask(() -> future.setResult("test"));
            assertThat(await(returning)).isSameAs(future);
            assertThat(await(completing)).isNull();
            assertThat(future.result()).isEqualTo("test");
        });
    }

    @Test
    @CPythonTest("test_tasks::test_current_task_with_interleaving_tasks")
    void tasksThatTakeTurnsAreEachCurrentInTheirOwn() {
        runner.run(() -> {
            AsyncFuture<Boolean> first = getRunningLoop().createFuture();
            AsyncFuture<Boolean> second = getRunningLoop().createFuture();
            Task<?> one =
                    createTask(() -> {
                        order.add(currentTask());
                        await(first);
                        order.add(currentTask());
                        second.setResult(true);
                    });
            Task<?> two =
                    createTask(() -> {
                        order.add(currentTask());
                        first.setResult(true);
                        await(second);
                        order.add(currentTask());
                    });
            await(one);
            await(two);
            assertThat(order).containsExactly(one, two, one, two);
        });
    }

    @Test
    @CPythonTest("test_tasks::test_exception_chaining_after_await_with_context_cycle")
    void anExceptionThatIsHandedToATaskAndThrownThereMakesNoCycle() {
        runner.run(() -> {
            try {
                throw new IllegalArgumentException("handed over");
            } catch (IllegalArgumentException e) {
                assertThatThrownBy(() ->
                                await(
                                        createTask(() -> {
                                            throw e;
                                        })))
                        .isSameAs(e);
                assertThat(e.getCause()).isNull();
                StringWriter printed = new StringWriter();
                e.printStackTrace(new PrintWriter(printed));
                assertThat(printed.toString()).doesNotContain("CIRCULAR");
            }
        });
    }

    @Test
    @CPythonTest("test_tasks::test_stop_while_run_in_complete")
    void aLoopThatIsStoppedMidwayLeavesTheTaskSuspendedAndMayGoOn() {
        EventLoop loop = runner.loop();
        Task<?> task =
                loop.createTask(() -> {
                    while (order.size() < 10) {
                        await(sleep(Duration.ofMillis(100)));
                        order.add(loop.time());
                        if (order.size() == 2) {
                            loop.stop();
                        }
                    }
                    return null;
                });
        assertThatThrownBy(() -> loop.runUntilComplete(task))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Event loop stopped before Future completed.");
        assertThat(task.done()).isFalse();
        assertThat(order).containsExactly(Duration.ofMillis(100), Duration.ofMillis(200));
        task.cancel();
        assertThatThrownBy(() -> loop.runUntilComplete(task))
                .isInstanceOf(java.util.concurrent.CancellationException.class);
        assertThat(order).hasSize(2);
    }

    @Test
    @CPythonTest("test_tasks::test_tb_logger_not_called_after_cancel")
    void aFailureIsNotReportedOnceSomebodyHasCancelledTheTask() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        throw new IllegalStateException("nobody asks");
                    });
            await(sleep(Duration.ofMillis(50)));
            assertThat(task.cancel()).isFalse();
        });
        runner.close(); // which reports what nobody asked for
    }

    @Test
    @CPythonTest("test_tasks::test_run_coroutine_threadsafe_with_timeout")
    void aThreadThatHasWaitedLongEnoughMayCancelTheTask() {
        EventLoop loop = runner.loop();
        runner.run(() -> {
            CompletableFuture<Void> waiting =
                    OtherThread.start(() -> {
                        CompletableFuture<String> result =
                                runCoroutineThreadsafe(
                                        () -> await(getRunningLoop().<String>createFuture()), loop);
                        assertThatThrownBy(() -> result.get(0, TimeUnit.SECONDS))
                                .isInstanceOf(TimeoutException.class);
                        result.cancel(true);
                        return null;
                    });
            await(waiting);
            await(sleep(Duration.ofSeconds(1)));
            assertThat(loop.allTasks()).containsExactly(currentTask());
        });
    }
}
