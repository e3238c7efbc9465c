package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.newEventLoop;
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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A group that is left by what isn't an exception: Ctrl-C, the loop's close, a generator's close.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TaskGroupLeaveTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private static final Duration SOON = Duration.ofMillis(100);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    private final List<Object> order = new ArrayList<>();

    private final RuntimeException error = new IllegalStateException("failed");

    private List<Throwable> reported() {
        return runner.reports.stream().map(ExceptionContext::exception).toList();
    }

    @Test
    @Contract(54)
    @CPythonTest("test_taskgroups::test_taskgroup_20")
    void keyboardInterruptAndSystemExitOfTheBodyComeOutBare() {
        runner.run(() -> {
            for (Error leaving : List.of(new KeyboardInterrupt(), new SystemExit(3))) {
                Task<?>[] sibling = {null};
                assertThatThrownBy(() ->
                                await(
                                        taskGroup(group -> {
                                            group.createTask(after(SOON, error));
                                            sibling[0] = group.createTask(sleep(HOUR));
                                            await(whenCancelled(leaving));
                                        })))
                        .isSameAs(leaving);
                assertThat(sibling[0].cancelled()).isTrue();
                currentTask().uncancel();
            }
        });
        assertThat(reported()).containsExactly(error, error); // else nobody would hear of it
        assertThat(runner.reports.getFirst().message())
                .isEqualTo("an exception in a TaskGroup that is left by KeyboardInterrupt");
    }

    @Test
    @Contract(54)
    void keyboardInterruptOfATaskLeavesTheLoopAndComesOutBareOnce() {
        KeyboardInterrupt interrupt = new KeyboardInterrupt();
        Coroutine<String> main =
                taskGroup(group -> {
                    try {
                        group.createTask(after(SOON, interrupt));
                        group.createTask(whenCancelled(error));
                        await(sleep(HOUR));
                        return "never";
                    } finally {
                        order.add("finally");
                    }
                });
        assertThatThrownBy(() -> runner.<String>run(main)).isSameAs(interrupt);
        assertThat(order).isEmpty(); // the loop was left at once
        runner.close(); // the group ends now, and throws the same again
        assertThat(order).containsExactly("finally");
        assertThat(reported()).containsExactly(error);
    }

    @Test
    void asyncioRunThrowsTheKeyboardInterruptOfATaskThatTheMainOneWaitsFor() {
        KeyboardInterrupt interrupt = new KeyboardInterrupt();
        assertThatThrownBy(() ->
                        Asyncio.run(
                                taskGroup(group -> {
                                    group.createTask(after(Duration.ZERO, interrupt));
                                    await(sleep(HOUR));
                                })))
                .isSameAs(interrupt);
    }

    @Test
    void anEagerTasksKeyboardInterruptGoesThroughTheBody() {
        KeyboardInterrupt interrupt = new KeyboardInterrupt();
        runner.run(() -> {
            assertThatThrownBy(() ->
                            await(
                                    taskGroup(group -> {
                                        group.createTask(sleep(HOUR));
                                        group.createTask(
                                                () -> {
                                                    throw interrupt;
                                                },
                                                TaskOptions.DEFAULT.eagerStart(true));
                                    })))
                    .isSameAs(interrupt);
            assertThat(Asyncio.allTasks()).containsExactly(currentTask());
        });
        assertThat(runner.reports).isEmpty();
    }

    @Test
    void aLoopThatIsClosedMeanwhileUnwindsTheBodyAndTheTasks() {
        List<ExceptionContext> reports = new ArrayList<>();
        EventLoop loop = newEventLoop(new VirtualClock());
        loop.setExceptionHandler((l, report) -> reports.add(report));
        List<Task<?>> tasks = new ArrayList<>();
        for (boolean inBody : List.of(true, false)) {
            tasks.add(
                    loop.createTask(
                            Coroutine.of(() -> {
                                try {
                                    await(
                                            taskGroup(group -> {
                                                tasks.add(group.createTask(whenLeft("task")));
                                                if (inBody) {
                                                    await(whenLeft("body"));
                                                }
                                            }));
                                    order.add("never");
                                } finally {
                                    order.add("parent");
                                }
                            })));
        }
        loop.runUntilComplete(sleep(SOON));
        loop.close();
        assertThat(order).containsExactlyInAnyOrder("task", "task", "body", "parent", "parent");
        assertThat(tasks).hasSize(4).allMatch(Task::done);
        assertThat(reports)
                .extracting(ExceptionContext::message)
                .hasSize(4)
                .containsOnly("Task was destroyed but it is pending!");
    }

    /** Waits for long, and says so when it is left. */
    private Coroutine<Void> whenLeft(String name) {
        return () -> {
            try {
                await(sleep(HOUR));
            } finally {
                order.add(name);
            }
            return null;
        };
    }

    @Test
    void aBodyThatWantsToGoOnWhenTheLoopIsClosedIsUnwoundAllTheSame() {
        EventLoop loop = newEventLoop(new VirtualClock());
        loop.setExceptionHandler((l, report) -> {});
        loop.createTask(() -> {
            await(
                    taskGroup(group -> {
                        group.createTask(sleep(HOUR));
                        try {
                            await(sleep(HOUR));
                        } catch (GeneratorExit e) {
                            order.add("swallowed");
                        }
                    }));
            return order.add("never");
        });
        loop.runUntilComplete(sleep(SOON));
        loop.close();
        assertThat(order).containsExactly("swallowed");
    }

    @Test
    void aFailureThatTheGroupHadNoTimeToTakeIsReportedWhenTheLoopIsClosed() {
        List<Throwable> reports = new ArrayList<>();
        EventLoop loop = newEventLoop(new VirtualClock());
        loop.setExceptionHandler((l, report) -> reports.add(report.exception()));
        TaskGroup group = new TaskGroup();
        loop.createTask(
                group.run(g -> {
                    g.createTask(() -> {
                        loop.stop();
                        throw error;
                    });
                    await(sleep(HOUR));
                }));
        loop.runForever();
        group.cancel(); // which is not to say that somebody asked for the failure
        loop.close();
        assertThat(reports).contains(error);
    }

    @Test
    void runnerCloseCancelsAGroupLikeAnyTask() {
        runner.run(() -> {
            createTask(
                    taskGroup(group -> {
                        group.createTask(whenLeft("task"));
                        await(whenLeft("body"));
                    }));
            await(sleep(SOON));
        });
        runner.close();
        assertThat(order).containsExactlyInAnyOrder("task", "body");
        assertThat(runner.reports).isEmpty();
    }

    /** A generator with a group around its yield. */
    private AsyncGenerator<Integer> generator(Coroutine<?> task) {
        return AsyncGenerator.of(g ->
                await(
                        taskGroup(group -> {
                            group.createTask(task);
                            await(sleep(Duration.ZERO));
                            g.yield(1);
                            g.yield(2);
                        })));
    }

    @Test
    void aGeneratorWithAGroupInItIsClosedAsAnyOther() {
        runner.run(() -> {
            AsyncGenerator<Integer> closed = generator(whenLeft("task"));
            assertThat(await(closed.anext())).isEqualTo(1);
            await(closed.aclose());
            assertThat(order).containsExactly("task");
            AsyncGenerator<Integer> failing = generator(whenCancelled(error));
            assertThat(await(failing.anext())).isEqualTo(1);
            assertThat(failures(() -> await(failing.aclose())))
                    .hasSize(2)
                    .startsWith(error)
                    .last()
                    .isInstanceOf(GeneratorExit.class);
        });
    }

    @Test
    void aFailureWhenTheTaskThatEnteredTheGroupHasEndedIsReportedAndThrownWhereItEnds() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator = generator(after(SOON, error));
            assertThat(await(createTask(generator.anext()))).isEqualTo(1);
            await(sleep(SOON.multipliedBy(2)));
            assertThat(reported()).containsExactly(error);
            assertThat(runner.reports.getFirst().message())
                    .isEqualTo(
                            "a task has failed, but the task that ran its TaskGroup has ended"
                                    + " already");
            assertThat(await(generator.anext())).isEqualTo(2);
            assertThat(failures(() -> await(generator.anext()))).containsExactly(error);
        });
    }
}
