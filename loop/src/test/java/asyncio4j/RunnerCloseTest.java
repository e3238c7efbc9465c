package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.LoggedWarnings;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What {@link Runner#close} does to the tasks that are left. */
class RunnerCloseTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final VirtualRunner runner = new VirtualRunner();

    private final List<String> order = new ArrayList<>();

    /** A body that waits for an hour, and says what becomes of it. */
    private VoidCoroutine hanging(String name) {
        return () -> {
            try {
                await(sleep(HOUR));
                order.add(name + " slept");
            } catch (CancelledError e) {
                order.add(name + " cancelled");
                throw e;
            }
        };
    }

    /** Starts {@code bodies}, and lets each come to its first await. */
    private void leave(VoidCoroutine... bodies) {
        runner.run(() -> {
            for (VoidCoroutine body : bodies) {
                createTask(body);
            }
            await(sleep(Duration.ZERO));
        });
    }

    @Test
    @Contract(65)
    @CPythonTest("test_runners::test_asyncio_run_cancels_hanging_tasks")
    void tasksThatAreLeftAreCancelledAndWaitedFor() {
        Task<?> left =
                runner.run(() -> {
                    Task<?> task =
                            createTask(() -> {
                                try {
                                    await(sleep(HOUR));
                                } finally {
                                    await(sleep(Duration.ofMinutes(1)));
                                    order.add("unwound");
                                }
                            });
                    await(sleep(Duration.ZERO));
                    return task;
                });
        assertThat(left.done()).isFalse();
        runner.close();
        assertThat(left.cancelled()).isTrue();
        assertThat(order).containsExactly("unwound");
        assertThat(runner.clock.time()).isGreaterThanOrEqualTo(Duration.ofMinutes(1));
        assertThat(runner.reports).isEmpty();
    }

    @Test
    @Contract(65)
    void allAreCancelledAtOnceAndUnwindSideBySide() {
        leave(hanging("a"), hanging("b"), hanging("c"));
        runner.close();
        assertThat(order).containsExactly("a cancelled", "b cancelled", "c cancelled");
        assertThat(runner.clock.time()).isEqualTo(Duration.ZERO);
    }

    @Test
    @Contract(65)
    void tasksAreCancelledWhetherMainReturnsFailsOrIsCancelled() {
        VoidCoroutine failing =
                () -> {
                    throw new IOException("spam");
                };
        for (VoidCoroutine main :
                List.<VoidCoroutine>of(() -> {}, failing, () -> currentTask().cancel())) {
            order.clear();
            VirtualRunner each = new VirtualRunner();
            assertThatCode(() ->
                            each.run(() -> {
                                createTask(hanging("left"));
                                await(sleep(Duration.ZERO));
                                main.run();
                                await(sleep(Duration.ZERO));
                            }))
                    .satisfiesAnyOf(
                            error -> assertThat(error).isNull(),
                            error -> assertThat(error).isInstanceOf(Exception.class));
            each.close();
            assertThat(order).containsExactly("left cancelled");
        }
    }

    @Test
    @Contract(65)
    @CPythonTest("test_runners::test_asyncio_run_reports_hanging_tasks_errors")
    void whatATaskThrowsWhenItIsCancelledGoesToTheExceptionHandler() {
        IOException failure = new IOException("spam");
        Task<?> left =
                runner.run(() -> {
                    Task<?> task =
                            createTask(() -> {
                                try {
                                    await(sleep(HOUR));
                                } finally {
                                    fail(failure);
                                }
                            });
                    createTask(hanging("other"));
                    await(sleep(Duration.ZERO));
                    return task;
                });
        assertThatCode(runner::close).doesNotThrowAnyException();
        assertThat(order).containsExactly("other cancelled");
        assertThat(runner.reports)
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.message())
                            .isEqualTo("unhandled exception during Runner shutdown");
                    assertThat(report.exception()).isSameAs(failure);
                    assertThat(report.task()).isSameAs(left);
                });
    }

    private static void fail(Exception failure) throws Exception {
        throw failure;
    }

    @Test
    @Contract(65)
    void aTaskThatSwallowsTheCancellationAndReturnsIsFine() {
        Task<String> left =
                runner.run(() -> {
                    Task<String> task =
                            createTask(() -> {
                                try {
                                    await(sleep(HOUR));
                                    return "slept";
                                } catch (CancelledError e) {
                                    return "swallowed";
                                }
                            });
                    await(sleep(Duration.ZERO));
                    return task;
                });
        runner.close();
        assertThat(left.result()).isEqualTo("swallowed");
        assertThat(runner.reports).isEmpty();
    }

    @Test
    @Contract(66)
    void tasksBornDuringTheShutdownAreCancelledToo() {
        leave(() -> {
            try {
                await(sleep(HOUR));
            } finally {
                order.add("first cancelled");
                createTask(() -> {
                    try {
                        await(sleep(HOUR));
                    } finally {
                        order.add("second cancelled");
                        createTask(hanging("third"));
                        await(sleep(Duration.ofSeconds(1)));
                    }
                });
                await(sleep(Duration.ofSeconds(1)));
            }
        });
        runner.close();
        assertThat(order).containsExactly("first cancelled", "second cancelled", "third cancelled");
        assertThat(runner.clock.time()).isEqualTo(Duration.ofSeconds(2));
        assertThat(runner.reports).isEmpty();
    }

    @Test
    @Contract(66)
    void eachTaskIsCancelledOnceHoweverLongItTakes() {
        leave(() -> {
            try {
                await(sleep(HOUR));
            } catch (CancelledError e) {
                await(sleep(Duration.ofSeconds(35)));
                order.add("cancelled " + currentTask().cancelling() + " time");
                createTask(hanging("late"));
                await(sleep(Duration.ZERO));
            }
        });
        runner.close();
        assertThat(order).containsExactly("cancelled 1 time", "late cancelled");
    }

    @Test
    @Contract(66)
    void theStubbornAreReportedEveryTenSecondsWithTheirStack() {
        runner.run(() -> {
            createTask(
                    () -> {
                        try {
                            await(sleep(HOUR));
                        } catch (CancelledError e) {
                            digIn();
                        }
                    },
                    TaskOptions.DEFAULT.name("stubborn"));
            createTask(hanging("docile"), TaskOptions.DEFAULT.name("docile"));
            await(sleep(Duration.ZERO));
        });
        Duration before = runner.clock.time();
        try (LoggedWarnings log = new LoggedWarnings()) {
            runner.close();
            assertThat(log.messages)
                    .hasSize(2)
                    .allSatisfy(message ->
                            assertThat(message)
                                    .contains(
                                            "Still waiting for a task that was cancelled at"
                                                    + " shutdown: Task[stubborn, cancelling")
                                    .contains(
                                            "asyncio4j.RunnerCloseTest.digIn(RunnerCloseTest.java:")
                                    .doesNotContain("docile"));
        }
        assertThat(order).containsExactly("docile cancelled", "dug in");
        assertThat(runner.clock.time().minus(before)).isEqualTo(Duration.ofSeconds(25));
    }

    @Test
    void ofManyStubbornTasksTheReportNamesSomeAndCountsTheRest() {
        runner.run(() -> {
            for (int i = 0; i < 1_000; i++) {
                createTask(() -> {
                    try {
                        await(sleep(HOUR));
                    } catch (CancelledError e) {
                        await(sleep(Duration.ofSeconds(15)));
                    }
                });
            }
            await(sleep(Duration.ZERO));
        });
        try (LoggedWarnings log = new LoggedWarnings()) {
            runner.close();
            assertThat(log.messages)
                    .hasSize(21)
                    .last()
                    .isEqualTo("Still waiting for 980 more tasks that were cancelled at shutdown");
        }
    }

    private void digIn() {
        await(sleep(Duration.ofSeconds(25)));
        order.add("dug in");
    }

    @Test
    @Contract({24, 65})
    void aTaskThatHasntBegunNeverDoes() {
        Task<?> left = runner.loop().createTask(Coroutine.of(hanging("never")));
        runner.close();
        assertThat(left.cancelled()).isTrue();
        assertThat(order).isEmpty();
    }

    @Test
    @Contract(9)
    void afterAKeyboardInterruptTheOtherTasksSeeTheCancellationAtClose() {
        assertThatThrownBy(() ->
                        runner.run(() -> {
                            createTask(hanging("left"));
                            await(sleep(Duration.ZERO));
                            throw new KeyboardInterrupt();
                        }))
                .isInstanceOf(KeyboardInterrupt.class);
        assertThat(order).isEmpty();
        runner.close();
        assertThat(order).containsExactly("left cancelled");
        assertThat(runner.reports).isEmpty();
    }

    @Test
    @Contract(9)
    void aTaskThatAsksToExitDuringTheShutdownHasItsWayAndTheRestIsDone() {
        SystemExit exit = new SystemExit(3);
        leave(
                () -> {
                    try {
                        await(sleep(HOUR));
                    } finally {
                        raise(exit);
                    }
                },
                hanging("other"));
        EventLoop loop = runner.loop();
        assertThatThrownBy(runner::close).isSameAs(exit);
        assertThat(order).containsExactly("other cancelled");
        assertThat(loop.isClosed()).isTrue();
    }

    private static void raise(Error error) {
        throw error;
    }

    @Test
    @Contract(65)
    void timersAndCallbacksThatAreLeftAreDropped() {
        runner.run(() -> {
            getRunningLoop().callLater(HOUR, () -> order.add("timer"));
            getRunningLoop()
                    .callSoon(() ->
                            getRunningLoop().callLater(HOUR, () -> order.add("second timer")));
        });
        runner.close();
        assertThat(order).isEmpty();
        assertThat(runner.clock.time()).isEqualTo(Duration.ZERO);
    }

    /** As a pipeline of the bridge's does that ends in {@code retry()}. */
    @Test
    void whatStartsAnewWheneverItIsCancelledDoesNotKeepCloseUpForEver() {
        List<Task<?>> started = new ArrayList<>();
        leave(() -> startAnew(started));
        runner.close();
        assertThat(started).hasSizeBetween(1_000, 3_000);
        assertThat(runner.reports)
                .singleElement()
                .satisfies(report ->
                        assertThat(report.message())
                                .isEqualTo("Task was destroyed but it is pending!"));
    }

    private void startAnew(List<Task<?>> started) {
        Task<?> task = createTask(sleep(HOUR));
        started.add(task);
        task.addDoneCallback(_ -> startAnew(started));
    }
}
