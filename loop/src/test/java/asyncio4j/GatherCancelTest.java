package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.gatherReturnExceptions;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
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

/** Cancelling a gather, and cancelling one of its children. */
class GatherCancelTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    private static <T> AsyncFuture<T> future() {
        return getRunningLoop().createFuture();
    }

    @Test
    @Contract(47)
    @CPythonTest("test_tasks::test_one_cancellation")
    void aChildsCancelIsAnErrorAndTheOuterFutureIsNotCancelled() {
        runner.run(() -> {
            Task<String> child = createTask(sleep(HOUR, "never"));
            Task<String> sibling = createTask(sleep(Duration.ofSeconds(1), "went on"));
            AsyncFuture<List<String>> all = gather(child, sibling);
            turn();
            child.cancel("the child's");
            assertThatThrownBy(() -> await(all))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("the child's");
            assertThat(all.done()).isTrue();
            assertThat(all.cancelled()).isFalse();
            assertThat(sibling.done()).isFalse();
            assertThat(await(sibling)).isEqualTo("went on");
        });
    }

    @Test
    @Contract(48)
    void cancelCancelsTheChildrenAndIsDoneWhenTheyAre() {
        runner.run(() -> {
            List<String> order = new ArrayList<>();
            Task<?> careful =
                    createTask(() -> {
                        try {
                            await(sleep(HOUR));
                        } finally {
                            await(sleep(Duration.ofSeconds(1)));
                            order.add("clean");
                        }
                    });
            AsyncFuture<?> all = gatherReturnExceptions(List.of(careful));
            turn();
            assertThat(all.cancel("why")).isTrue();
            assertThat(all.done()).isFalse();
            assertThatThrownBy(() -> await(all))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("why");
            order.add("awaited");
            assertThat(order).containsExactly("clean", "awaited");
            assertThat(all.cancelled()).isFalse();
            assertThat(careful.cancelled()).isTrue();
        });
    }

    @Test
    @Contract(48)
    void cancelWinsThoughExceptionsAreReturned() {
        runner.run(() -> {
            AsyncFuture<Object> done = future();
            AsyncFuture<Object> pending = future();
            AsyncFuture<?> all = gatherReturnExceptions(List.of(done, pending));
            done.setResult(1);
            assertThat(all.cancel("why")).isTrue();
            assertThat(pending.cancelled()).isTrue();
            assertThatThrownBy(() -> await(all))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("why");
        });
    }

    @Test
    @Contract(48)
    void cancelWinsThoughTheChildrenSwallowIt() {
        runner.run(() -> {
            Coroutine<String> swallows =
                    () -> {
                        try {
                            return await(sleep(HOUR, "slept"));
                        } catch (CancelledError e) {
                            return "swallowed";
                        }
                    };
            for (AsyncFuture<?> all :
                    List.of(
                            gather(swallows, swallows),
                            gatherReturnExceptions(List.of(swallows, swallows)))) {
                turn();
                assertThat(all.cancel()).isTrue();
                assertThatThrownBy(() -> await(all)).isInstanceOf(CancelledError.class);
                assertThat(all.cancelled()).isFalse();
            }
        });
    }

    @Test
    @Contract(48)
    @CPythonTest("test_tasks::test_cancel_gather_1")
    void cancelIsRefusedOnceAllChildrenAreDone() {
        runner.run(() -> {
            AsyncFuture<Integer> one = future();
            AsyncFuture<Integer> two = future();
            AsyncFuture<List<Integer>> all = gather(one, two);
            one.setResult(1);
            two.setResult(2);
            assertThat(all.done()).isFalse();
            assertThat(all.cancel()).isFalse();
            assertThat(await(all)).containsExactly(1, 2);
            assertThat(all.cancel()).isFalse();
        });
    }

    @Test
    @Contract(48)
    @CPythonTest("test_tasks::test_cancellation_broadcast")
    void cancellingTheTaskThatAwaitsItCancelsTheChildren() {
        runner.run(() -> {
            Task<?> one = createTask(sleep(HOUR));
            Task<?> two = createTask(sleep(HOUR));
            Task<?> waiting = createTask(() -> await(gather(List.of(one, two))));
            turn();
            turn();
            waiting.cancel("why");
            assertThatThrownBy(() -> await(waiting))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("why");
            assertThat(waiting.cancelled()).isTrue();
            assertThat(one.cancelled()).isTrue();
            assertThat(two.cancelled()).isTrue();
        });
        assertThat(runner.clock.time()).isZero();
    }

    @Test
    @Contract(48)
    @CPythonTest("test_tasks::test_cancel_gather_2")
    void cancellingTheTaskEndsItThoughExceptionsAreReturned() {
        runner.run(() -> {
            for (String message : new String[] {null, "my message"}) {
                Task<?> waiting =
                        createTask(() -> {
                            for (; ; ) {
                                await(
                                        gatherReturnExceptions(
                                                List.of(sleep(Duration.ofMillis(50)))));
                            }
                        });
                await(sleep(Duration.ofMillis(220)));
                waiting.cancel(message);
                assertThatThrownBy(() -> await(waiting))
                        .isInstanceOf(CancelledError.class)
                        .hasMessage(message);
            }
        });
    }

    @Test
    @Contract(23)
    void aReturnedCancellationLeavesTheTasksOwnErrorToTheFirstWhoAsks() {
        runner.run(() -> {
            CancelledError own = new CancelledError("own");
            Task<?> task =
                    createTask(() -> {
                        throw own;
                    });
            List<Object> results = await(gatherReturnExceptions(List.of(task)));
            assertThat(results.getFirst()).isInstanceOf(CancelledError.class).isNotSameAs(own);
            assertThatThrownBy(() -> await(task)).isSameAs(own);
        });
    }

    @Test
    @Contract(48)
    void aCancelledGatherEndsInTheErrorOfAChild() {
        Coroutine<Object> replaces =
                () -> {
                    try {
                        return await(sleep(HOUR));
                    } catch (CancelledError e) {
                        throw new CancelledError("replaced");
                    }
                };
        runner.run(() -> {
            AsyncFuture<?> first = gather(List.of(future(), createTask(replaces)));
            AsyncFuture<?> all = gatherReturnExceptions(List.of(future(), createTask(replaces)));
            turn();
            first.cancel("why");
            assertThatThrownBy(() -> await(first))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("why");
            all.cancel("why");
            assertThatThrownBy(() -> await(all))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("replaced");
        });
    }
}
