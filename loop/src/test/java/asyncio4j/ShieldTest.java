package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.shield;
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

/** What goes through a shield, and in which direction. */
class ShieldTest {

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    @Test
    @Contract(49)
    @CPythonTest({
        "test_tasks::test_shield_result",
        "test_tasks::test_shield_exception",
        "test_tasks::test_shield_coroutine_use_running_loop"
    })
    void resultsAndErrorsComeThrough() {
        Exception error = new IllegalArgumentException("inner");
        runner.run(() -> {
            assertThat(await(shield(sleep(Duration.ofSeconds(1), "value")))).isEqualTo("value");
            assertThat(await(shield(() -> "lambda"))).isEqualTo("lambda");
            assertThatThrownBy(() ->
                            await(
                                    shield(() -> {
                                        throw error;
                                    })))
                    .isSameAs(error);
        });
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    @Test
    @Contract(49)
    @CPythonTest("test_tasks::test_shield_shortcut")
    void aDoneInnerFutureIsReturnedItself() {
        runner.run(() -> {
            AsyncFuture<String> inner = getRunningLoop().createFuture();
            AsyncFuture<String> outer = shield(inner);
            assertThat(outer).isNotSameAs(inner);
            inner.setResult("done");
            assertThat(shield(inner)).isSameAs(inner);
            assertThat(await(outer)).isEqualTo("done");
        });
    }

    @Test
    @Contract(49)
    @CPythonTest("test_tasks::test_shield_cancel_inner")
    void cancellingTheInnerCancelsTheOuter() {
        runner.run(() -> {
            AsyncFuture<String> inner = getRunningLoop().createFuture();
            AsyncFuture<String> outer = shield(inner);
            inner.cancel("the inner's");
            assertThat(outer.done()).isFalse();
            assertThatThrownBy(() -> await(outer))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage(null);
            assertThat(outer.cancelled()).isTrue();
        });
    }

    @Test
    @Contract(49)
    @CPythonTest({"test_tasks::test_shield_cancel_outer", "test_tasks::test_shield_effect"})
    void cancellingTheOuterLeavesTheInnerAlone() {
        runner.run(() -> {
            Task<String> inner = createTask(sleep(Duration.ofSeconds(1), "finished"));
            Task<String> waiting = createTask(() -> await(shield(inner)));
            turn();
            turn();
            waiting.cancel();
            assertThatThrownBy(() -> await(waiting)).isInstanceOf(CancelledError.class);
            assertThat(inner.cancelling()).isZero();
            assertThat(await(inner)).isEqualTo("finished");
        });
        assertThat(runner.reports).isEmpty();
    }

    @Test
    @Contract(49)
    void afterTheOuterWasCancelledAFailureOfTheInnerIsReported() {
        Exception error = new IllegalArgumentException("late");
        runner.run(() -> {
            Task<String> inner =
                    createTask(() -> {
                        await(sleep(Duration.ofSeconds(1)));
                        throw error;
                    });
            AsyncFuture<String> outer = shield(inner);
            turn();
            assertThat(outer.cancel()).isTrue();
            assertThatThrownBy(() -> await(outer)).isInstanceOf(CancelledError.class);
            await(sleep(Duration.ofSeconds(2)));
            assertThat(inner.done()).isTrue();
            assertThat(runner.reports)
                    .singleElement()
                    .satisfies(report -> {
                        assertThat(report.message()).contains("shield");
                        assertThat(report.exception()).isSameAs(error);
                        assertThat(report.task()).isSameAs(inner);
                    });
        });
        runner.close();
        assertThat(runner.reports).hasSize(1);
    }

    @Test
    @Contract(49)
    void whatManyShieldsWereCancelledBeforeIsReportedOnce() {
        Exception error = new IllegalArgumentException("late");
        List<String> order = new ArrayList<>();
        runner.loop()
                .setExceptionHandler((_, context) -> order.add(context.exception().getMessage()));
        runner.run(() -> {
            AsyncFuture<String> inner = getRunningLoop().createFuture();
            List<AsyncFuture<String>> outers = List.of(shield(inner), shield(inner), shield(inner));
            inner.addDoneCallback(_ -> order.add("callback"));
            outers.forEach(AsyncFuture::cancel);
            turn();
            inner.setException(error);
            turn();
        });
        runner.close();
        assertThat(order)
                .as("the report comes last of the callbacks")
                .containsExactly("callback", "late");
    }

    @Test
    @Contract(49)
    void aFailureInTheIterationOfTheCancelIsStillToBeAskedFor() {
        Exception error = new IllegalArgumentException("at once");
        runner.run(() -> {
            AsyncFuture<String> inner = getRunningLoop().createFuture();
            AsyncFuture<String> outer = shield(inner);
            inner.setException(error);
            outer.cancel();
            turn();
            assertThat(runner.reports).isEmpty();
        });
        runner.close();
        assertThat(runner.reports)
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.message()).contains("never retrieved");
                    assertThat(report.exception()).isSameAs(error);
                });
    }

    @Test
    @Contract(49)
    void afterTheOuterWasCancelledACancellationOfTheInnerIsNotReported() {
        runner.run(() -> {
            AsyncFuture<String> inner = getRunningLoop().createFuture();
            AsyncFuture<String> outer = shield(inner);
            outer.cancel();
            inner.cancel();
            turn();
        });
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    @Test
    @Contract(49)
    @CPythonTest("test_tasks::test_gather_shield")
    void aShieldInAGatherIsCancelledAloneAndTheInnerGoesOn() {
        runner.run(() -> {
            Task<String> inner = createTask(sleep(Duration.ofSeconds(1), "finished"));
            Task<String> bare = createTask(sleep(Duration.ofSeconds(1), "never"));
            AsyncFuture<List<String>> all = gather(shield(inner), bare);
            turn();
            all.cancel();
            assertThatThrownBy(() -> await(all)).isInstanceOf(CancelledError.class);
            assertThat(bare.cancelled()).isTrue();
            assertThat(await(inner)).isEqualTo("finished");
        });
    }

    @Test
    @CPythonTest("test_tasks::test_shield_gather")
    void aShieldedGatherGoesOn() {
        runner.run(() -> {
            AsyncFuture<Integer> one = getRunningLoop().createFuture();
            AsyncFuture<Integer> two = getRunningLoop().createFuture();
            AsyncFuture<List<Integer>> all = gather(one, two);
            AsyncFuture<List<Integer>> outer = shield(all);
            turn();
            outer.cancel();
            assertThat(outer.cancelled()).isTrue();
            one.setResult(1);
            two.setResult(2);
            assertThat(await(all)).containsExactly(1, 2);
        });
    }

    @Test
    @CPythonTest({
        "test_tasks::test_shield_coroutine_without_loop",
        "test_tasks::test_shield_coroutine_use_global_loop"
    })
    void aCoroutineNeedsALoop() {
        assertThatThrownBy(() -> shield(() -> "lambda"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no current event loop");
        EventLoop loop = runner.loop();
        Asyncio.setEventLoop(loop);
        try {
            AsyncFuture<String> outer = shield(() -> "lambda");
            assertThat(outer.getLoop()).isSameAs(loop);
            assertThat(loop.runUntilComplete(outer)).isEqualTo("lambda");
        } finally {
            Asyncio.setEventLoop(null);
        }
    }
}
