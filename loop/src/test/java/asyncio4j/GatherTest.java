package asyncio4j;

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

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** What comes out of gather, and what becomes of the others when one fails. */
class GatherTest {

    private final VirtualRunner runner = new VirtualRunner();

    @AfterEach
    void close() {
        runner.close();
    }

    private static void turn() {
        await(sleep(Duration.ZERO));
    }

    private static <T> AsyncFuture<T> future() {
        return getRunningLoop().createFuture();
    }

    @Test
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
    void badArgumentsAreRefused() {
        runner.run(() -> {
            assertThatThrownBy(() -> gather(Arrays.asList(future(), null)))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("gather");
            try (EventLoop other = newEventLoop()) {
                assertThatThrownBy(() -> gather(List.of(future(), other.createFuture())))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("different loops");
            }
        });
    }
}
