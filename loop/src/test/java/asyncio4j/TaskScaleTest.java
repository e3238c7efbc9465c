package asyncio4j;

import static asyncio4j.Asyncio.allTasks;
import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.gatherReturnExceptions;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.Contract;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Many tasks at once, and long chains of them; none leaves its thread behind. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class TaskScaleTest {

    private static final int MANY = 10_000;

    private static final int LONG = 1_000;

    private static final Duration HOUR = Duration.ofHours(1);

    private final List<Thread> threads = new ArrayList<>();

    private final int[] ends = {0};

    private Task<?> sleeper() {
        return createTask(() -> {
            threads.add(Thread.currentThread());
            try {
                await(sleep(HOUR));
            } finally {
                ends[0]++;
            }
        });
    }

    private void assertAllThreadsEnded() {
        assertThat(threads).isNotEmpty().noneMatch(Thread::isAlive);
    }

    @Test
    @Contract({25, 30})
    void tenThousandSuspendedTasksAreAllCancelled() {
        try (VirtualRunner runner = new VirtualRunner()) {
            runner.run(() -> {
                List<Task<?>> tasks = new ArrayList<>();
                for (int i = 0; i < MANY; i++) {
                    tasks.add(sleeper());
                }
                await(sleep(Duration.ZERO));
                assertThat(allTasks()).hasSize(MANY + 1);
                if (Asyncio.getRunningLoop().getEngine() == Engine.VIRTUAL_THREADS) {
                    assertThat(threads).doesNotHaveDuplicates().hasSize(MANY);
                } else {
                    assertThat(threads).hasSize(MANY).containsOnly(Thread.currentThread());
                }
                tasks.forEach(Task::cancel);
                List<Object> results = await(gatherReturnExceptions(tasks));
                assertThat(results).hasSize(MANY).hasOnlyElementsOfType(CancelledError.class);
                assertThat(tasks).allMatch(Task::cancelled);
                assertThat(allTasks()).hasSize(1);
            });
            assertThat(runner.clock.time()).isZero();
            assertThat(runner.reports).isEmpty();
        }
        assertThat(ends[0]).isEqualTo(MANY);
        assertAllThreadsEnded();
    }

    @Test
    void tenThousandTasksAsleepAllWakeUp() {
        try (VirtualRunner runner = new VirtualRunner()) {
            List<Integer> results =
                    runner.run(() -> {
                        List<Coroutine<Integer>> naps = new ArrayList<>();
                        for (int i = 0; i < MANY; i++) {
                            naps.add(sleep(Duration.ofSeconds(MANY - i), i));
                        }
                        return await(gather(naps));
                    });
            assertThat(results).isEqualTo(IntStream.range(0, MANY).boxed().toList());
            assertThat(runner.clock.time()).isEqualTo(Duration.ofSeconds(MANY));
        }
    }

    @Test
    @Contract(29)
    void aChainOfTasksIsCancelledFromItsEnd() {
        List<Integer> unwound = new ArrayList<>();
        try (VirtualRunner runner = new VirtualRunner()) {
            runner.run(() -> {
                AsyncFuture<Object> root = getRunningLoop().createFuture();
                List<AsyncFuture<Object>> chain = new ArrayList<>();
                chain.add(root);
                for (int i = 0; i < LONG; i++) {
                    AsyncFuture<Object> before = chain.getLast();
                    int number = i;
                    chain.add(
                            createTask(() -> {
                                threads.add(Thread.currentThread());
                                try {
                                    return await(before);
                                } finally {
                                    unwound.add(number);
                                }
                            }));
                }
                await(sleep(Duration.ZERO));
                chain.getLast().cancel("from the end");
                assertThat(root.cancelled()).isTrue();
                assertThatThrownBy(() -> await(chain.getLast()))
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("from the end");
                assertThat(chain).allMatch(AsyncFuture::cancelled);
                assertThat(allTasks()).hasSize(1);
            });
            assertThat(runner.reports).isEmpty();
        }
        assertThat(unwound).isEqualTo(IntStream.range(0, LONG).boxed().toList());
        assertAllThreadsEnded();
    }

    @Test
    void anErrorGoesThroughALongChainAsItIs() {
        Exception error = new IllegalArgumentException("root");
        try (VirtualRunner runner = new VirtualRunner()) {
            runner.run(() -> {
                AsyncFuture<Object> root = getRunningLoop().createFuture();
                AsyncFuture<Object> last = root;
                for (int i = 0; i < LONG; i++) {
                    AsyncFuture<Object> before = last;
                    last = createTask(() -> await(before));
                }
                await(sleep(Duration.ZERO));
                root.setException(error);
                AsyncFuture<Object> end = last;
                assertThatThrownBy(() -> await(end)).isSameAs(error);
            });
            assertThat(runner.reports).isEmpty();
        }
        assertThat(error.getSuppressed()).hasSize(8);
    }

    @Test
    void closingTheLoopUnwindsAllThatIsSuspended() {
        List<ExceptionContext> reports = new ArrayList<>();
        try (EventLoop loop = newEventLoop(new VirtualClock())) {
            loop.setExceptionHandler((l, report) -> reports.add(report));
            loop.runUntilComplete(
                    Coroutine.of(() -> {
                        for (int i = 0; i < LONG; i++) {
                            sleeper();
                        }
                        await(sleep(Duration.ZERO));
                    }));
            assertThat(threads).hasSize(LONG).allMatch(Thread::isAlive);
        }
        assertThat(ends[0]).isEqualTo(LONG);
        assertThat(reports).hasSize(LONG);
        assertAllThreadsEnded();
    }

    @Test
    void otherThreadsResumeAndTheLoopCancelsManyTasksAtTheSameTime() {
        List<CompletableFuture<Integer>> stages = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            stages.add(new CompletableFuture<>());
        }
        try (VirtualRunner runner = new VirtualRunner()) {
            runner.run(() -> {
                List<Task<Integer>> tasks = new ArrayList<>();
                for (CompletableFuture<Integer> stage : stages) {
                    tasks.add(createTask(() -> await(stage)));
                }
                await(sleep(Duration.ZERO));
                List<Thread> completers = new ArrayList<>();
                for (int offset = 0; offset < 4; offset++) {
                    int first = offset;
                    completers.add(
                            Thread.ofPlatform()
                                    .start(() -> {
                                        for (int i = first; i < MANY; i += 4) {
                                            stages.get(i).complete(i);
                                        }
                                    }));
                }
                for (int i = MANY - 1; i >= 0; i -= 3) {
                    tasks.get(i).cancel();
                    if (i % 7 == 0) {
                        await(sleep(Duration.ZERO));
                    }
                }
                List<Object> results = await(gatherReturnExceptions(tasks));
                for (int i = 0; i < MANY; i++) {
                    boolean mayBeCancelled = (MANY - 1 - i) % 3 == 0;
                    if (!(mayBeCancelled && results.get(i) instanceof CancelledError)) {
                        assertThat(results.get(i)).isEqualTo(i);
                    }
                }
                for (Thread completer : completers) {
                    completer.join();
                }
            });
            assertThat(runner.reports).isEmpty();
        }
    }

    @Test
    void tasksThatEndOneAfterTheOtherShareFewThreads() {
        try (VirtualRunner runner = new VirtualRunner()) {
            runner.run(() -> {
                for (int i = 0; i < MANY; i++) {
                    await(
                            createTask(() -> {
                                threads.add(Thread.currentThread());
                            }));
                }
            });
        }
        assertThat(threads).hasSize(MANY);
        assertThat(threads.stream().distinct().count()).isLessThan(10);
        assertAllThreadsEnded();
    }
}
