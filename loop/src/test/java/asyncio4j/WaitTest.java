package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Waiting for some or all of several futures, and what is said of them then. */
class WaitTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final VirtualRunner runner = new VirtualRunner();

    @AfterEach
    void close() {
        runner.close();
    }

    private static Duration millis(int millis) {
        return Duration.ofMillis(millis);
    }

    private static Task<String> slept(int millis) {
        return createTask(sleep(millis(millis), millis + " ms"));
    }

    private static Task<String> failed(int millis) {
        return createTask(() -> {
            await(sleep(millis(millis)));
            throw new ArithmeticException("after " + millis + " ms");
        });
    }

    private int timers() {
        return DefaultEventLoop.unwrap(runner.loop()).core().timers();
    }

    @Test
    @CPythonTest("test_tasks::test_wait")
    void allAreDoneInTheOrderInWhichTheyWereGiven() {
        runner.run(() -> {
            Task<String> a = slept(100);
            Task<String> b = slept(150);
            for (int times = 0; times < 2; times++) { // the second time they are done already
                WaitResult<Task<String>> found = await(Asyncio.wait(List.of(b, a)));
                assertThat(found.done()).containsExactly(b, a);
                assertThat(found.pending()).isEmpty();
                assertThat(runner.clock.time()).isEqualTo(millis(150));
            }
        });
    }

    @Test
    @CPythonTest("test_tasks::test_wait_duplicate_coroutines")
    void oneThatComesTwiceCountsOnce() {
        runner.run(() -> {
            Task<String> a = slept(1);
            Task<String> b = slept(2);
            assertThat(await(Asyncio.wait(List.of(a, a, b))).done()).containsExactly(a, b);
        });
    }

    @Test
    @Contract(40)
    @CPythonTest("test_tasks::test_wait_errors")
    void nothingToWaitForIsRefusedAtOnce() {
        assertThatThrownBy(() -> Asyncio.wait(List.<Task<?>>of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Set of Tasks/Futures is empty");
        assertThatThrownBy(() -> Asyncio.wait(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("the collection of futures is null");
        assertThatThrownBy(() -> Asyncio.wait(Arrays.asList((Task<?>) null)))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("one of the futures is null");
        runner.run(() -> {
            Task<String> a = slept(1);
            assertThatThrownBy(() -> Asyncio.wait(List.of(a), null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("returnWhen is null");
        });
    }

    @Test
    void anotherLoopsFutureIsRefused() {
        try (EventLoop other = newEventLoop()) {
            AsyncFuture<String> foreign = other.createFuture();
            runner.run(() ->
                    assertThatThrownBy(() -> await(Asyncio.wait(List.of(slept(1), foreign))))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("belongs to a different loop"));
        }
    }

    @Test
    @Contract(40)
    @CPythonTest("test_tasks::test_wait_first_completed")
    void theFirstThatIsDoneEndsIt() {
        runner.run(() -> {
            Task<String> a = slept(10_000);
            Task<String> b = slept(100);
            var found = await(Asyncio.wait(List.of(b, a), ReturnWhen.FIRST_COMPLETED));
            assertThat(found.done()).containsExactly(b);
            assertThat(found.pending()).containsExactly(a);
            assertThat(a.done()).isFalse();
            assertThat(b.result()).isEqualTo("100 ms");
            assertThat(runner.clock.time()).isEqualTo(millis(100));
            a.cancel();
            found = await(Asyncio.wait(List.of(a), ReturnWhen.FIRST_COMPLETED));
            assertThat(found.done()).containsExactly(a);
        });
    }

    @Test
    @Contract(41)
    @CPythonTest("test_tasks::test_wait_really_done")
    void whatIsDoneIsSaidAfterTheWakeUp() {
        runner.run(() -> {
            Task<?> a = createTask(() -> await(sleep(Duration.ZERO)));
            Task<?> b =
                    createTask(() -> {
                        await(sleep(Duration.ZERO));
                        await(sleep(Duration.ZERO));
                    });
            var found = await(Asyncio.wait(List.of(b, a), ReturnWhen.FIRST_COMPLETED));
            assertThat(found.done()).containsExactly(b, a);
            assertThat(found.pending()).isEmpty();
        });
    }

    @Test
    @Contract(40)
    @CPythonTest({
        "test_tasks::test_wait_first_exception",
        "test_tasks::test_wait_first_exception_in_wait"
    })
    void theFirstThatFailsEndsIt() {
        runner.run(() -> {
            Task<String> a = slept(10_000);
            for (int failsAfter : List.of(0, 10)) {
                Task<String> early = slept(5);
                Task<String> b = failed(failsAfter);
                var found = await(Asyncio.wait(List.of(b, early, a), ReturnWhen.FIRST_EXCEPTION));
                assertThat(found.done()).contains(b);
                assertThat(found.pending()).contains(a);
                assertThat(early.done()).isEqualTo(failsAfter == 10);
                assertThat(runner.clock.time()).isEqualTo(millis(failsAfter));
                assertThat(b.exception()).isInstanceOf(ArithmeticException.class);
            }
            Task<String> failedBefore = failed(0);
            await(Asyncio.wait(List.of(failedBefore)));
            var found = await(Asyncio.wait(List.of(a, failedBefore), ReturnWhen.FIRST_EXCEPTION));
            assertThat(found.pending()).containsExactly(a);
            assertThat(failedBefore.exception()).isNotNull();
        });
    }

    @Test
    @Contract(40)
    void oneThatWasCancelledIsNoFirstException() {
        runner.run(() -> {
            Task<String> a = slept(10);
            Task<String> cancelled = slept(20);
            cancelled.cancel();
            var found = await(Asyncio.wait(List.of(a, cancelled), ReturnWhen.FIRST_EXCEPTION));
            assertThat(found.done()).containsExactly(a, cancelled);
            assertThat(runner.clock.time()).isEqualTo(millis(10));
        });
    }

    @Test
    @CPythonTest("test_tasks::test_wait_with_exception")
    void errorsAreLeftInTheFutures() {
        runner.run(() -> {
            Task<String> a = slept(100);
            Task<String> b = failed(150);
            for (int times = 0; times < 2; times++) {
                var found = await(Asyncio.wait(List.of(b, a)));
                assertThat(found.done()).containsExactly(b, a);
                assertThat(found.pending()).isEmpty();
                assertThat(b.exception()).hasMessage("after 150 ms");
                assertThat(runner.clock.time()).isEqualTo(millis(150));
            }
        });
    }

    @Test
    void errorsThatNobodyLooksAtAreReported() {
        runner.run(() -> {
            await(Asyncio.wait(List.of(failed(1), slept(10)), ReturnWhen.FIRST_EXCEPTION));
        });
        runner.close();
        assertThat(runner.reports)
                .singleElement()
                .satisfies(report -> assertThat(report.exception()).hasMessage("after 1 ms"));
    }

    @Test
    @Contract(40)
    @CPythonTest({
        "test_tasks::test_wait_with_timeout",
        "test_tasks::test_wait_concurrent_complete"
    })
    void theEndOfTheTimeIsNoErrorAndCancelsNothing() {
        runner.run(() -> {
            for (int limit : List.of(110, 100)) {
                Duration start = runner.clock.time();
                Task<String> a = slept(100);
                Task<String> b = slept(150);
                Task<WaitResult<Task<String>>> waiting =
                        createTask( // so that it begins to count after them
                                Asyncio.wait(
                                        List.of(b, a), ReturnWhen.ALL_COMPLETED, millis(limit)));
                WaitResult<Task<String>> found = await(waiting);
                assertThat(found.done()).containsExactly(a);
                assertThat(found.pending()).containsExactly(b);
                assertThat(runner.clock.time().minus(start)).isEqualTo(millis(limit));
                assertThat(await(b)).isEqualTo("150 ms");
            }
        });
    }

    @Test
    void aTimeThatIsntNeededLeavesNothingBehind() {
        runner.run(() -> {
            await(Asyncio.wait(List.of(slept(1)), ReturnWhen.ALL_COMPLETED, HOUR));
            await(Asyncio.wait(List.of(slept(1)), ReturnWhen.ALL_COMPLETED, null));
            assertThat(runner.clock.time()).isEqualTo(millis(2));
        });
        assertThat(runner.clock.time()).isEqualTo(millis(2));
        runner.run(() -> await(sleep(HOUR.multipliedBy(2))));
        assertThat(timers()).isZero();
    }

    @Test
    void noTimeAtAllTellsWhatIsDone() {
        runner.run(() -> {
            Task<String> a = slept(1);
            Task<String> b = slept(100);
            await(a);
            for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
                var found = await(Asyncio.wait(List.of(a, b), ReturnWhen.ALL_COMPLETED, none));
                assertThat(found.done()).containsExactly(a);
                assertThat(found.pending()).containsExactly(b);
            }
            assertThat(runner.clock.time()).isEqualTo(millis(1));
        });
    }

    @Test
    @Contract(40)
    @CPythonTest("test_tasks::test_yield_wait_does_not_shield_cancel")
    void cancellingTheWaitCancelsNothingElse() {
        runner.run(() -> {
            Task<String> a = slept(100);
            AsyncFuture<String> b = getRunningLoop().createFuture();
            Task<?> waiting =
                    createTask(Asyncio.wait(List.of(a, b), ReturnWhen.ALL_COMPLETED, HOUR));
            await(sleep(Duration.ZERO));
            waiting.cancel("enough");
            assertThatThrownBy(() -> await(waiting))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("enough");
            assertThat(await(a)).isEqualTo("100 ms");
            assertThat(b.done()).isFalse();
            b.setResult("nobody is told any more");
            await(sleep(Duration.ZERO));
            assertThat(currentTask().cancelling()).isZero();
        });
        assertThat(runner.reports).isEmpty();
    }

    @Test
    void theWaitIsSeenInTheAwaitGraph() {
        runner.run(() -> {
            Task<String> a = slept(100);
            Task<String> b = slept(100);
            Task<?> waiting = createTask(Asyncio.wait(List.of(a, b)));
            await(sleep(Duration.ZERO));
            assertThat(waiting.waitsForAll())
                    .singleElement()
                    .satisfies(stand ->
                            assertThat(stand.waitsForAll())
                                    .isEqualTo(new java.util.LinkedHashSet<>(List.of(a, b))));
            await(waiting);
        });
    }

    @Test
    void theSetsCantBeChanged() {
        runner.run(() -> {
            var found = await(Asyncio.wait(List.of(slept(1))));
            assertThatThrownBy(() -> found.done().clear())
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> found.pending().add(slept(1)))
                    .isInstanceOf(UnsupportedOperationException.class);
        });
    }

    @Test
    void itIsForTasks() {
        AsyncFuture<String> future = runner.loop().createFuture();
        assertThatThrownBy(() -> await(Asyncio.wait(List.of(future))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("outside of a coroutine");
    }
}
