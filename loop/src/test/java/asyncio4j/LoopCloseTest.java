package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A loop that is closed by hand while tasks are suspended on it: they end, and it is said. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class LoopCloseTest {

    private static final String DESTROYED = "Task was destroyed but it is pending!";

    private static final Duration HOUR = Duration.ofHours(1);

    private final EventLoop loop = newEventLoop(new VirtualClock());

    private final List<ExceptionContext> reports = new ArrayList<>();

    private final List<Object> order = new ArrayList<>();

    private final List<Thread> threads = new ArrayList<>();

    LoopCloseTest() {
        loop.setExceptionHandler((l, report) -> reports.add(report));
    }

    @AfterEach
    void close() {
        loop.close();
    }

    /** A task that runs up to its first suspension. */
    private <T> Task<T> suspended(Coroutine<T> body) {
        Task<T> task =
                loop.createTask(() -> {
                    threads.add(Thread.currentThread());
                    return body.run();
                });
        loop.runUntilComplete(sleep(Duration.ZERO));
        return task;
    }

    private Task<?> suspended(VoidCoroutine body) {
        return suspended(Coroutine.of(body));
    }

    private List<String> messages() {
        return reports.stream().map(ExceptionContext::message).toList();
    }

    private void assertAllThreadsEnded() {
        assertThat(threads).isNotEmpty().noneMatch(Thread::isAlive);
    }

    @Test
    @Contract({11, 34})
    @CPythonTest("test_tasks::test_log_destroyed_pending_task")
    void aSuspendedTaskGetsGeneratorExitSoThatItsFinallyBlocksRun() {
        Task<?> task =
                suspended(() -> {
                    try {
                        await(sleep(HOUR));
                    } catch (GeneratorExit e) {
                        order.add("exit");
                        throw e;
                    } finally {
                        order.add("finally");
                    }
                });
        loop.close();
        assertThat(order).containsExactly("exit", "finally");
        assertThat(reports)
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.message()).isEqualTo(DESTROYED);
                    assertThat(report.task()).isSameAs(task);
                });
        assertThat(task.done()).isTrue();
        assertAllThreadsEnded();
    }

    @Test
    void allKindsOfSuspensionAreUnwoundTheOldestTaskFirst() {
        AsyncFuture<Object> future = loop.createFuture();
        List<VoidCoroutine> suspensions =
                List.of(
                        () -> await(future),
                        () -> await(sleep(HOUR)),
                        () -> await(createTask(() -> await(future))),
                        () -> await(gather(sleep(HOUR), sleep(HOUR))),
                        () -> {
                            for (; ; ) {
                                await(sleep(Duration.ZERO));
                            }
                        });
        for (int i = 0; i < suspensions.size(); i++) {
            int number = i;
            suspended(() -> {
                try {
                    suspensions.get(number).run();
                } finally {
                    order.add(number);
                }
            });
        }
        Task<?> eager =
                loop.runUntilComplete(() ->
                        createTask(
                                () -> {
                                    threads.add(Thread.currentThread());
                                    await(future);
                                },
                                TaskOptions.DEFAULT.eagerStart(true)));
        loop.close();
        assertThat(order).containsExactly(0, 1, 2, 3, 4);
        assertThat(eager.done()).isTrue();
        assertThat(future.done()).isFalse();
        assertThat(messages()).hasSize(7).containsOnly(DESTROYED);
        assertAllThreadsEnded();
    }

    @Test
    void aTaskThatNeverBeganIsReportedAndNeverRuns() {
        Task<?> task = loop.createTask(() -> order.add("body"));
        loop.close();
        assertThat(order).isEmpty();
        assertThat(messages()).containsExactly(DESTROYED);
        assertThat(task.done()).isTrue();
    }

    @Test
    @Contract(34)
    void tasksThatGatherMadeAreNotReported() {
        loop.runUntilComplete(
                Coroutine.of(() -> {
                    AsyncFuture<?> all = gather(sleep(HOUR), () -> await(sleep(HOUR)));
                    await(sleep(Duration.ZERO));
                    assertThat(all.done()).isFalse();
                }));
        assertThat(loop.allTasks()).hasSize(2);
        loop.close();
        assertThat(reports).isEmpty();
    }

    @Test
    @Contract(34)
    void aTaskThatRunUntilCompleteMadeIsNotReported() {
        loop.callSoon(loop::stop);
        assertThatThrownBy(() -> loop.runUntilComplete(sleep(HOUR)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("stopped before Future completed");
        assertThat(loop.allTasks()).hasSize(1);
        loop.close();
        assertThat(reports).isEmpty();
    }

    @Test
    void theThreadsOfCallbacksAndFinishedTasksEndToo() {
        loop.callSoon(() -> threads.add(Thread.currentThread()));
        loop.runUntilComplete(
                Coroutine.of(() -> {
                    threads.add(Thread.currentThread());
                    List<Task<?>> tasks = new ArrayList<>();
                    for (int i = 0; i < 300; i++) { // more than are kept for later use
                        tasks.add(
                                createTask(() -> {
                                    threads.add(Thread.currentThread());
                                    await(sleep(Duration.ofSeconds(1)));
                                }));
                    }
                    await(gather(tasks));
                }));
        assertThat(threads.stream().distinct().count()).isGreaterThan(300);
        loop.close();
        assertThat(reports).isEmpty();
        assertAllThreadsEnded();
    }

    @Test
    void anInterruptedThreadClosesTheLoopNoLessAndStaysInterrupted() {
        suspended(() -> {
            try {
                await(sleep(HOUR));
            } finally {
                order.add("finally");
            }
        });
        Thread.currentThread().interrupt();
        loop.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(order).containsExactly("finally");
        assertAllThreadsEnded();
    }
}
