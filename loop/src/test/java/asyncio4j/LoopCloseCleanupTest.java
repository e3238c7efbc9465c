package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What tasks may do while they are unwound because their loop was closed by hand. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class LoopCloseCleanupTest {

    private static final String DESTROYED = "Task was destroyed but it is pending!";

    private static final Duration HOUR = Duration.ofHours(1);

    private final EventLoop loop = newEventLoop(new VirtualClock());

    private final List<ExceptionContext> reports = new ArrayList<>();

    private final List<Object> order = new ArrayList<>();

    private final List<Thread> threads = new ArrayList<>();

    LoopCloseCleanupTest() {
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
    void cleaningUpMayAwaitWhatIsDoneButNothingElse() {
        AsyncFuture<String> done = loop.createFuture();
        done.setResult("done");
        suspended(() -> {
            try {
                await(sleep(HOUR));
            } finally {
                order.add(await(done));
                assertThatThrownBy(() -> await(sleep(Duration.ZERO)))
                        .isInstanceOf(GeneratorExit.class);
                assertThatThrownBy(() -> await(sleep(HOUR))).isInstanceOf(GeneratorExit.class);
                assertThatThrownBy(() -> createTask(() -> 1))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("closed");
                assertThatThrownBy(() -> loop.callSoonThreadsafe(() -> {}))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("closed");
                order.add("end");
            }
        });
        loop.close();
        assertThat(order).containsExactly("done", "end");
        assertThat(messages()).containsExactly(DESTROYED);
        assertAllThreadsEnded();
    }

    @Test
    void aFinallyBlockThatAwaitsOnEndsAllTheSame() {
        suspended(() -> {
            try {
                await(sleep(HOUR));
            } finally {
                order.add("before");
                await(sleep(HOUR));
                order.add("never");
            }
        });
        loop.close();
        assertThat(order).containsExactly("before");
        assertThat(messages()).containsExactly(DESTROYED);
        assertAllThreadsEnded();
    }

    @Test
    void aTaskThatReturnsInSpiteOfItEndsWithoutAResult() {
        Task<String> task =
                suspended(() -> {
                    try {
                        return await(sleep(HOUR, "slept"));
                    } catch (GeneratorExit e) {
                        return "swallowed";
                    }
                });
        loop.close();
        assertThat(task.cancelled()).isTrue();
        assertThat(messages()).containsExactly(DESTROYED);
        assertAllThreadsEnded();
    }

    @Test
    void anErrorThrownWhileCleaningUpIsReported() {
        Exception error = new IllegalArgumentException("in finally");
        suspended(() -> {
            try {
                await(sleep(HOUR));
            } catch (GeneratorExit e) {
                throw error;
            }
        });
        loop.close();
        assertThat(messages()).hasSize(2).startsWith(DESTROYED);
        assertThat(reports.getLast().message()).contains("never retrieved");
        assertThat(reports.getLast().exception()).isSameAs(error);
        assertAllThreadsEnded();
    }

    @Test
    void aTaskThatGoesOnAwaitingForeverIsReportedAndLeftAndTheOthersAreUnwound() {
        Task<?> stubborn =
                suspended(() -> {
                    for (; ; ) {
                        try {
                            await(sleep(HOUR));
                        } catch (GeneratorExit e) {
                            order.add("ignored");
                        }
                    }
                });
        Thread left = threads.removeLast();
        suspended(() -> {
            try {
                await(sleep(HOUR));
            } finally {
                order.add("other");
            }
        });
        loop.close();
        assertThat(order).contains("ignored").endsWith("other");
        assertThat(messages()).hasSize(3).containsOnlyOnce(messages().get(1));
        assertThat(reports.get(1).message()).startsWith("coroutine ignored GeneratorExit");
        assertThat(reports.get(1).task()).isSameAs(stubborn);
        assertThat(stubborn.done()).isTrue();
        assertAllThreadsEnded();
        assertThat(left.isAlive()).isTrue(); // suspended for good: it holds no processor
        while (left.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aFutureThatCleaningUpCompletesWakesNobody() {
        AsyncFuture<String> future = loop.createFuture();
        suspended(() -> {
            try {
                await(sleep(HOUR));
            } finally {
                future.setResult("too late");
            }
        });
        suspended(() -> {
            try {
                order.add(await(future));
            } catch (GeneratorExit e) {
                order.add("exit");
                throw e;
            }
        });
        loop.close();
        assertThat(order).containsExactly("exit");
        assertAllThreadsEnded();
    }

    @Test
    void closingInsideOfCleaningUpDoesNothing() {
        suspended(() -> {
            try {
                await(sleep(HOUR));
            } finally {
                getRunningLoop().close();
                order.add("closed");
            }
        });
        loop.close();
        loop.close();
        assertThat(order).containsExactly("closed");
        assertThat(messages()).containsExactly(DESTROYED);
    }
}
