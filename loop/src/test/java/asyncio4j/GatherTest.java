package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.gatherReturnExceptions;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.testing.Cancellations.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Cancellations;
import asyncio4j.testing.Contract;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** What comes out of gather, and what becomes of the others when one fails. */
class GatherTest {

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    private static <T> AsyncFuture<T> future() {
        return getRunningLoop().createFuture();
    }

    @Test
    @CPythonTest({"test_tasks::test_success", "test_tasks::test_constructor_use_running_loop"})
    void resultsComeInTheOrderOfTheArgumentsNotOfTheEnds() {
        List<String> results =
                runner.run(() ->
                        await(
                                gather(
                                        sleep(Duration.ofSeconds(3), "slow"),
                                        sleep(Duration.ofSeconds(1), "fast"),
                                        sleep(Duration.ofSeconds(2), "middle"))));
        assertThat(results).containsExactly("slow", "fast", "middle");
        assertThat(runner.clock.time()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void futuresAndCoroutinesMayBeMixedAndResultsMayBeNull() {
        runner.run(() -> {
            AsyncFuture<String> done = future();
            done.setResult("done");
            AsyncFuture<String> pending = future();
            getRunningLoop().callSoon(() -> pending.setResult(null));
            Coroutine<String> coroutine = () -> "coroutine";
            assertThat(await(gather(List.of(done, pending, coroutine))))
                    .isEqualTo(Arrays.asList("done", null, "coroutine"));
        });
    }

    @Test
    @CPythonTest("test_tasks::test_constructor_empty_sequence_use_running_loop")
    void gatherOfNothingIsDoneAtOnce() {
        runner.run(() -> {
            AsyncFuture<List<Integer>> empty = gather(List.<Coroutine<Integer>>of());
            assertThat(empty.done()).isTrue();
            assertThat(empty.result()).isEmpty();
            assertThat(empty.cancel()).isFalse();
        });
    }

    @Test
    @Contract(47)
    void aFutureThatComesTwiceIsWaitedForOnceAndItsResultIsThereTwice() {
        runner.run(() -> {
            AsyncFuture<String> one = future();
            AsyncFuture<String> other = future();
            AsyncFuture<List<String>> all = gather(one, other, one);
            one.setResult("one");
            turn();
            assertThat(all.done()).isFalse();
            other.setResult("other");
            assertThat(await(all)).containsExactly("one", "other", "one");
        });
    }

    @Test
    void aCoroutineThatComesTwiceIsRunTwice() {
        int[] runs = {0};
        Coroutine<Integer> body = () -> ++runs[0];
        assertThat(runner.<List<Integer>>run(() -> await(gather(body, body))))
                .containsExactly(1, 2);
    }

    @Test
    @Contract(47)
    @CPythonTest("test_tasks::test_one_exception")
    void theFirstErrorComesOutAndTheSiblingsGoOn() {
        Exception first = new IllegalArgumentException("first");
        runner.run(() -> {
            Task<String> sibling = createTask(sleep(Duration.ofSeconds(2), "went on"));
            Task<String> failing =
                    createTask(() -> {
                        await(sleep(Duration.ofSeconds(1)));
                        throw first;
                    });
            AsyncFuture<List<String>> all = gather(sibling, failing);
            assertThatThrownBy(() -> await(all)).isSameAs(first);
            assertThat(sibling.done()).isFalse();
            assertThat(all.cancel()).isFalse();
            assertThat(await(sibling)).isEqualTo("went on");
        });
    }

    @Test
    @Contract(48)
    @CPythonTest("test_tasks::test_exception_marking")
    void errorsAfterTheFirstCountAsRetrieved() {
        runner.run(() -> {
            Coroutine<Integer> early =
                    () -> {
                        throw new IllegalArgumentException("early");
                    };
            Coroutine<Integer> late =
                    () -> {
                        await(sleep(Duration.ofSeconds(1)));
                        throw new IllegalArgumentException("late");
                    };
            assertThatThrownBy(() -> await(gather(early, late))).hasMessage("early");
            await(sleep(Duration.ofSeconds(2)));
        });
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    @Test
    @CPythonTest({
        "test_tasks::test_return_exceptions",
        "test_tasks::test_result_exception_one_cancellation"
    })
    void returnedExceptionsAreResultsLikeOthers() {
        Exception error = new IllegalArgumentException("returned");
        runner.run(() -> {
            AsyncFuture<Object> failed = future();
            AsyncFuture<Object> cancelled = future();
            AsyncFuture<Object> late = future();
            failed.setException(error);
            cancelled.cancel("why");
            getRunningLoop().callLater(Duration.ofSeconds(1), () -> late.setResult("late"));
            List<Object> results =
                    await(gatherReturnExceptions(List.of(failed, cancelled, late, failed)));
            assertThat(results).hasSize(4);
            assertThat(results.get(0)).isSameAs(error).isSameAs(results.get(3));
            assertThat(results.get(1))
                    .isInstanceOfSatisfying(
                            CancelledError.class, e -> assertThat(e).hasMessage("why"));
            assertThat(results.get(2)).isEqualTo("late");
        });
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    @Test
    @CPythonTest("test_tasks::test_result_exception_success")
    void resultsAreResultsThoughExceptionsAreReturned() {
        runner.run(() -> {
            AsyncFuture<Integer> one = future();
            AsyncFuture<Integer> two = future();
            AsyncFuture<List<Object>> all = gatherReturnExceptions(List.of(one, two));
            two.setResult(2);
            turn();
            assertThat(all.done()).isFalse();
            one.setResult(1);
            assertThat(await(all)).containsExactly(1, 2);
        });
    }

    @Test
    @CPythonTest({
        "test_tasks::test_constructor_empty_sequence_without_loop",
        "test_tasks::test_constructor_empty_sequence_use_global_loop",
        "test_tasks::test_constructor_without_loop",
        "test_tasks::test_constructor_use_global_loop"
    })
    void nothingAndCoroutinesNeedALoop() {
        Coroutine<String> one = () -> "one";
        Coroutine<String> two = () -> "two";
        for (List<Coroutine<String>> coroutines :
                List.of(List.of(one, two), List.of(one).subList(0, 0))) {
            assertThatThrownBy(() -> gather(coroutines))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no current event loop");
            Asyncio.setEventLoop(runner.loop());
            try {
                AsyncFuture<List<String>> all = gather(coroutines);
                assertThat(all.getLoop()).isSameAs(runner.loop());
                assertThat(runner.loop().runUntilComplete(all)).hasSameSizeAs(coroutines);
            } finally {
                Asyncio.setEventLoop(null);
            }
        }
    }

    @Test
    @CPythonTest("test_tasks::test_constructor_homogenous_futures")
    void futuresBringTheirLoopAlong() {
        AsyncFuture<String> one = runner.loop().createFuture();
        AsyncFuture<String> two = runner.loop().createFuture();
        for (int times = 0; times < 2; times++) {
            AsyncFuture<List<String>> all = gather(one, two);
            assertThat(all.getLoop()).isSameAs(runner.loop());
            runner.run(Cancellations::turn);
            assertThat(all.done()).isFalse();
        }
    }

    @Test
    void anErrorThatNobodyAwaitedIsReportedAsTheGatheringFutures() {
        runner.run(() -> {
            AsyncFuture<?> forgotten =
                    gather(() -> {
                        throw new IllegalArgumentException("forgotten");
                    });
            await(sleep(Duration.ofSeconds(1)));
            assertThat(forgotten.done()).isTrue();
        });
        runner.close();
        assertThat(runner.reports)
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.message()).contains("never retrieved");
                    assertThat(report.exception()).hasMessage("forgotten");
                });
    }

    @Test
    @CPythonTest({
        "test_tasks::test_constructor_heterogenous_futures",
        "test_tasks::test_issue46672"
    })
    void badArgumentsAreRefused() {
        runner.run(() -> {
            assertThatThrownBy(() -> gather(Arrays.asList(future(), null)))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("gather");
            assertThatThrownBy(() -> gather(Arrays.asList(sleep(Duration.ofHours(1)), null)))
                    .isInstanceOf(NullPointerException.class);
            assertThat(Asyncio.allTasks()).containsExactly(Asyncio.currentTask());
            try (EventLoop other = newEventLoop()) {
                assertThatThrownBy(() -> gather(List.of(future(), other.createFuture())))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("different loops");
            }
        });
    }
}
