package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.testing.DoomedLoop.DESTROYED;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.DoomedLoop;
import asyncio4j.testing.OnVirtualThreads;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A loop that is closed by hand while tasks are suspended on it: they end, and it is said. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class LoopCloseTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @RegisterExtension final DoomedLoop doomed = new DoomedLoop();

    private final EventLoop loop = doomed.loop;

    private final List<Object> order = new ArrayList<>();

    @Test
    @Contract({11, 34})
    @CPythonTest("test_tasks::test_log_destroyed_pending_task")
    void aSuspendedTaskGetsGeneratorExitSoThatItsFinallyBlocksRun() {
        Task<?> task =
                doomed.suspended(() -> {
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
        assertThat(doomed.reports)
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.message()).isEqualTo(DESTROYED);
                    assertThat(report.task()).isSameAs(task);
                });
        assertThat(task.done()).isTrue();
        doomed.assertAllThreadsEnded();
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
            doomed.suspended(() -> {
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
                                    doomed.noteThread();
                                    await(future);
                                },
                                TaskOptions.DEFAULT.eagerStart(true)));
        loop.close();
        assertThat(order).containsExactly(0, 1, 2, 3, 4);
        assertThat(eager.done()).isTrue();
        assertThat(future.done()).isFalse();
        assertThat(doomed.messages()).hasSize(7).containsOnly(DESTROYED);
        doomed.assertAllThreadsEnded();
    }

    @Test
    void aTaskThatNeverBeganIsReportedAndNeverRuns() {
        Task<?> task = loop.createTask(() -> order.add("body"));
        loop.close();
        assertThat(order).isEmpty();
        assertThat(doomed.messages()).containsExactly(DESTROYED);
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
        assertThat(doomed.reports).isEmpty();
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
        assertThat(doomed.reports).isEmpty();
    }

    @Test
    @OnVirtualThreads
    void theThreadsOfCallbacksAndFinishedTasksEndToo() {
        loop.callSoon(() -> doomed.noteThread());
        loop.runUntilComplete(
                Coroutine.of(() -> {
                    doomed.noteThread();
                    List<Task<?>> tasks = new ArrayList<>();
                    for (int i = 0; i < 300; i++) { // more than are kept for later use
                        tasks.add(
                                createTask(() -> {
                                    doomed.noteThread();
                                    await(sleep(Duration.ofSeconds(1)));
                                }));
                    }
                    await(gather(tasks));
                }));
        assertThat(doomed.threads.stream().distinct().count()).isGreaterThan(300);
        loop.close();
        assertThat(doomed.reports).isEmpty();
        doomed.assertAllThreadsEnded();
    }

    @Test
    void anInterruptedThreadClosesTheLoopNoLessAndStaysInterrupted() {
        doomed.suspended(() -> {
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
        doomed.assertAllThreadsEnded();
    }
}
