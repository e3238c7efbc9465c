package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.testing.Cancellations.assertCancelled;
import static asyncio4j.testing.Cancellations.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What becomes of a cancelled task, of what it awaits, and of who awaits it. */
class TaskCancelOutcomeTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    private final List<String> order = new ArrayList<>();

    @Test
    @Contract(29)
    void aCancelFlowsIntoTheAwaitedTask() {
        runner.run(() -> {
            AsyncFuture<?> future = getRunningLoop().createFuture();
            Task<?> inner = createTask(() -> await(future));
            Task<?> outer = createTask(() -> await(inner));
            turn();
            turn();
            outer.cancel("why");
            assertCancelled(() -> await(outer), "why");
            assertThat(future.cancelled()).isTrue();
            assertThat(inner.cancelled()).isTrue();
            assertThat(inner.cancelling()).isEqualTo(1);
        });
    }

    @Test
    @Contract(29)
    void anInnerTaskThatSwallowsTheCancelLetsTheOuterOneComplete() {
        runner.run(() -> {
            Task<String> inner =
                    createTask(() -> {
                        try {
                            await(sleep(HOUR));
                        } catch (CancelledError e) {
                            return "swallowed";
                        }
                        return "slept";
                    });
            Task<String> outer = createTask(() -> await(inner));
            turn();
            turn();
            outer.cancel();
            assertThat(await(outer)).isEqualTo("swallowed");
            assertThat(outer.cancelled()).isFalse();
            assertThat(outer.cancelling()).isEqualTo(1);
            assertThat(inner.cancelling()).isEqualTo(1);
        });
    }

    @Test
    @Contract(30)
    void aCancelledErrorThatEscapesMarksTheTaskCancelledThoughNobodyCancelledIt() {
        runner.run(() -> {
            CancelledError error = new CancelledError("own");
            Task<?> task =
                    createTask(() -> {
                        throw error;
                    });
            assertThatThrownBy(() -> await(task)).isSameAs(error);
            assertThat(task.cancelled()).isTrue();
            assertThat(task.cancelling()).isZero();
        });
    }

    @Test
    @Contract({23, 30})
    void theErrorThatEndedTheTaskIsForTheFirstWhoAsks() {
        runner.run(() -> {
            CancelledError error = new CancelledError("own");
            Task<?> task =
                    createTask(() -> {
                        throw error;
                    });
            turn();
            assertThatThrownBy(task::result).isSameAs(error);
            assertThatThrownBy(task::result).isInstanceOf(CancelledError.class).hasMessage(null);
            assertThatThrownBy(task::exception).isInstanceOf(CancelledError.class).hasMessage(null);
        });
    }

    @Test
    @Contract(30)
    @CPythonTest("test_tasks::test_cancel_inner_future")
    void aFutureCancelledByItselfCancelsTheTaskThatAwaitsIt() {
        runner.run(() -> {
            AsyncFuture<?> future = getRunningLoop().createFuture();
            Task<?> task = createTask(() -> await(future));
            turn();
            future.cancel("the future's");
            assertCancelled(() -> await(task), "the future's");
            assertThat(task.cancelled()).isTrue();
            assertThat(task.cancelling()).isZero();
        });
    }

    @Test
    @Contract(36)
    void catchExceptionDoesntCatchACancellation() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        try {
                            await(sleep(HOUR));
                        } catch (Exception e) {
                            order.add("swallowed");
                        } finally {
                            order.add("finally");
                        }
                    });
            turn();
            task.cancel();
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
        });
        assertThat(order).containsExactly("finally");
        assertThat(Exception.class.isAssignableFrom(CancelledError.class)).isFalse();
    }

    @Test
    void finallyBlocksMayAwaitAndASecondCancelInterruptsThem() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        try {
                            await(sleep(HOUR));
                        } finally {
                            order.add("cleaning");
                            await(sleep(Duration.ofSeconds(1)));
                            order.add("clean");
                        }
                    });
            turn();
            task.cancel("first");
            assertCancelled(() -> await(task), "first");
            Task<?> impatient =
                    createTask(() -> {
                        try {
                            await(sleep(HOUR));
                        } finally {
                            order.add("cleaning");
                            await(sleep(HOUR));
                            order.add("never");
                        }
                    });
            turn();
            impatient.cancel("first");
            turn();
            turn();
            impatient.cancel("second");
            assertCancelled(() -> await(impatient), "second");
        });
        assertThat(order).containsExactly("cleaning", "clean", "cleaning");
        assertThat(runner.clock.time()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aTaskThatThrowsSomethingElseInsteadHasThatException() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        try {
                            await(sleep(HOUR));
                        } catch (CancelledError e) {
                            throw new IllegalArgumentException("instead", e);
                        }
                    });
            turn();
            task.cancel();
            assertThatThrownBy(() -> await(task))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("instead");
            assertThat(task.cancelled()).isFalse();
        });
    }

    @Test
    void whatAResourceThrowsOnTheWayOfACancellationIsReported() {
        IllegalStateException failure = new IllegalStateException("failed to close");
        runner.run(() -> {
            Task<Void> task =
                    createTask(() -> {
                        try (AutoCloseable _ =
                                () -> {
                                    throw failure;
                                }) {
                            await(sleep(Duration.ofHours(1)));
                        }
                    });
            await(sleep(Duration.ZERO));
            task.cancel();
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
            assertThat(task.cancelled()).isTrue();
            await(sleep(Duration.ZERO));
            assertThat(runner.reports)
                    .singleElement()
                    .satisfies(report -> {
                        assertThat(report.exception()).isSameAs(failure);
                        assertThat(report.task()).isSameAs(task);
                    });
            runner.reports.clear();
        });
    }
}
