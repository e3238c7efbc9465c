package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.testing.DoomedLoop.DESTROYED;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.DoomedLoop;
import asyncio4j.testing.OnVirtualThreads;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What tasks may do while they are unwound because their loop was closed by hand. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class LoopCloseCleanupTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @RegisterExtension final DoomedLoop doomed = new DoomedLoop();

    private final EventLoop loop = doomed.loop;

    private final List<Object> order = new ArrayList<>();

    @Test
    void cleaningUpMayAwaitWhatIsDoneButNothingElse() {
        AsyncFuture<String> done = loop.createFuture();
        done.setResult("done");
        doomed.suspended(() -> {
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
        assertThat(doomed.messages()).containsExactly(DESTROYED);
        doomed.assertAllThreadsEnded();
    }

    @Test
    void aFinallyBlockThatAwaitsOnEndsAllTheSame() {
        doomed.suspended(() -> {
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
        assertThat(doomed.messages()).containsExactly(DESTROYED);
        doomed.assertAllThreadsEnded();
    }

    @Test
    void aTaskThatReturnsInSpiteOfItEndsWithoutAResult() {
        Task<String> task =
                doomed.suspended(() -> {
                    try {
                        return await(sleep(HOUR, "slept"));
                    } catch (GeneratorExit e) {
                        return "swallowed";
                    }
                });
        loop.close();
        assertThat(task.cancelled()).isTrue();
        assertThat(doomed.messages()).containsExactly(DESTROYED);
        doomed.assertAllThreadsEnded();
    }

    @Test
    void anErrorThrownWhileCleaningUpIsReported() {
        Exception error = new IllegalArgumentException("in finally");
        doomed.suspended(() -> {
            try {
                await(sleep(HOUR));
            } catch (GeneratorExit e) {
                throw error;
            }
        });
        loop.close();
        assertThat(doomed.messages()).hasSize(2).startsWith(DESTROYED);
        assertThat(doomed.reports.getLast().message()).contains("never retrieved");
        assertThat(doomed.reports.getLast().exception()).isSameAs(error);
        doomed.assertAllThreadsEnded();
    }

    @Test
    void aTaskThatGoesOnAwaitingForeverIsReportedAndLeftAndTheOthersAreUnwound() {
        Task<?> stubborn =
                doomed.suspended(() -> {
                    for (; ; ) {
                        try {
                            await(sleep(HOUR));
                        } catch (GeneratorExit e) {
                            order.add("ignored");
                        }
                    }
                });
        doomed.suspended(() -> {
            try {
                await(sleep(HOUR));
            } finally {
                order.add("other");
            }
        });
        loop.close();
        assertThat(order).contains("ignored").endsWith("other");
        assertThat(doomed.messages()).hasSize(3).containsOnlyOnce(doomed.messages().get(1));
        assertThat(doomed.reports.get(1).message()).startsWith("coroutine ignored GeneratorExit");
        assertThat(doomed.reports.get(1).task()).isSameAs(stubborn);
        assertThat(stubborn.done()).isTrue();
    }

    @Test
    @OnVirtualThreads
    void theThreadOfATaskThatGoesOnAwaitingForeverIsLeftSuspended() {
        doomed.suspended(() -> {
            for (; ; ) {
                try {
                    await(sleep(HOUR));
                } catch (GeneratorExit e) {
                    order.add("ignored");
                }
            }
        });
        Thread left = doomed.threads.removeLast();
        doomed.suspended(() -> await(sleep(HOUR)));
        loop.close();
        doomed.assertAllThreadsEnded();
        assertThat(left.isAlive()).isTrue(); // suspended for good: it holds no processor
        while (left.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aFutureThatCleaningUpCompletesWakesNobody() {
        AsyncFuture<String> future = loop.createFuture();
        doomed.suspended(() -> {
            try {
                await(sleep(HOUR));
            } finally {
                future.setResult("too late");
            }
        });
        doomed.suspended(() -> {
            try {
                order.add(await(future));
            } catch (GeneratorExit e) {
                order.add("exit");
                throw e;
            }
        });
        loop.close();
        assertThat(order).containsExactly("exit");
        doomed.assertAllThreadsEnded();
    }

    @Test
    void closingInsideOfCleaningUpDoesNothing() {
        doomed.suspended(() -> {
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
        assertThat(doomed.messages()).containsExactly(DESTROYED);
    }
}
