package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.OtherThread;
import asyncio4j.testing.VirtualRunner;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A future: its outcome, who is told of it and when, and who waits for it. */
class AsyncFutureTest {

    private final VirtualRunner runner = new VirtualRunner();

    private final EventLoop loop = runner.loop();

    private final List<String> order = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    private Consumer<AsyncFuture<Integer>> note(String name) {
        return future -> order.add(name);
    }

    private void runIterations(int count) {
        for (int i = 0; i < count; i++) {
            loop.stop();
            loop.runForever();
        }
    }

    // Its outcome

    @Test
    @CPythonTest({"test_futures::test_initial_state", "test_futures::test_result"})
    void aFutureIsPendingUntilItHasAResult() {
        AsyncFuture<@Nullable String> future = loop.createFuture();
        assertThat(future.done()).isFalse();
        assertThat(future.cancelled()).isFalse();
        assertThat(future.getLoop()).isSameAs(loop);
        assertThat(future).hasToString("Future[pending]");
        future.setResult(null);
        assertThat(future.done()).isTrue();
        assertThat(future.cancelled()).isFalse();
        assertThat(future.result()).isNull();
        assertThat(future.exception()).isNull();
        assertThat(future).hasToString("Future[finished]");
    }

    @Test
    @CPythonTest("test_futures::test_exception")
    void anExceptionIsThrownAsItIsHoweverOftenItIsAskedFor() {
        IOException error = new IOException("as it is");
        AsyncFuture<Integer> future = loop.createFuture();
        future.setException(error);
        assertThat(future.done()).isTrue();
        assertThat(future.cancelled()).isFalse();
        assertThat(catchThrowable(future::result)).isSameAs(error);
        assertThat(catchThrowable(future::result)).isSameAs(error);
        assertThat(future.exception()).isSameAs(error);
        assertThat(future).hasToString("Future[exception=java.io.IOException: as it is]");
    }

    @Test
    @CPythonTest({"test_futures::test_result", "test_futures::test_exception"})
    void askingTooEarlySaysHowToWait() {
        AsyncFuture<Integer> future = loop.createFuture();
        assertThatThrownBy(future::result)
                .isInstanceOf(InvalidStateException.class)
                .hasMessage(
                        "result(): the result is not ready; await(future) waits for it:"
                                + " Future[pending]");
        assertThatThrownBy(future::exception)
                .isInstanceOf(InvalidStateException.class)
                .hasMessage(
                        "exception(): the result is not ready; await(future) waits for it:"
                                + " Future[pending]");
    }

    @Test
    @Contract(21)
    @CPythonTest({
        "test_futures::test_cancel",
        "test_futures::test_result",
        "test_futures::test_exception"
    })
    void anOutcomeIsSetOnce() {
        IOException error = new IOException("first");
        AsyncFuture<Integer> finished = loop.createFuture();
        finished.setResult(1);
        AsyncFuture<Integer> failed = loop.createFuture();
        failed.setException(error);
        AsyncFuture<Integer> cancelled = loop.createFuture();
        assertThat(cancelled.cancel()).isTrue();
        for (AsyncFuture<Integer> future : List.of(finished, failed, cancelled)) {
            assertThatThrownBy(() -> future.setResult(2))
                    .isInstanceOf(InvalidStateException.class)
                    .hasMessage("it has its outcome already: " + future);
            assertThatThrownBy(() -> future.setException(new IOException("second")))
                    .isInstanceOf(InvalidStateException.class)
                    .hasMessage("it has its outcome already: " + future);
            assertThat(future.cancel()).isFalse();
            assertThat(future.cancel("late")).isFalse();
        }
        assertThat(finished.result()).isEqualTo(1);
        assertThat(failed.exception()).isSameAs(error);
        assertThat(cancelled.cancelled()).isTrue();
    }

    @Test
    void anExceptionThatIsNullIsRefusedAndLeavesTheFuturePending() {
        AsyncFuture<Integer> future = loop.createFuture();
        assertThatThrownBy(() -> future.setException(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the exception is null: use setResult(null) for a result of null");
        assertThat(future.done()).isFalse();
    }

    @Test
    @Contract(23)
    @CPythonTest({"test_futures::test_cancel", "test_futures::test_future_cancel_message_getter"})
    void theMessageOfACancelComesWithTheError() {
        AsyncFuture<Integer> future = loop.createFuture();
        assertThat(future.cancel("why")).isTrue();
        assertThat(future.cancelled()).isTrue();
        assertThat(future).hasToString("Future[cancelled]");
        assertThatThrownBy(future::result).isInstanceOf(CancelledError.class).hasMessage("why");
        assertThatThrownBy(future::exception).isInstanceOf(CancelledError.class).hasMessage("why");
        assertThat(catchThrowable(future::result))
                .as("a stack of its own each time")
                .isNotSameAs(catchThrowable(future::result));
    }

    @Test
    @Contract(23)
    void thatOfATaskComesWithTheFirstRetrievalAlone() {
        runner.run(() -> {
            Task<Integer> task = createTask(() -> await(getRunningLoop().createFuture()));
            await(sleep(Duration.ZERO));
            task.cancel("why");
            await(sleep(Duration.ZERO));
            await(sleep(Duration.ZERO));
            assertThatThrownBy(task::result).isInstanceOf(CancelledError.class).hasMessage("why");
            assertThatThrownBy(task::result).isInstanceOf(CancelledError.class).hasMessage(null);
            assertThatThrownBy(task::exception).isInstanceOf(CancelledError.class).hasMessage(null);
        });
    }

    @Test
    void anyThreadSeesTheOutcome() {
        AsyncFuture<List<String>> future = loop.createFuture();
        future.setResult(List.of("result"));
        assertThat(OtherThread.<List<String>>call(future::result)).containsExactly("result");
        AsyncFuture<Integer> cancelled = loop.createFuture();
        cancelled.cancel("why");
        assertThat(OtherThread.failureOf(cancelled::result))
                .isInstanceOf(CancelledError.class)
                .hasMessage("why");
    }

    @Test
    void aThreadThatAsksAgainAndAgainSeesAnOutcomeThatIsWhole() {
        for (int i = 0; i < 2000; i++) {
            int number = i;
            AsyncFuture<List<Integer>> future = loop.createFuture();
            var seen =
                    OtherThread.start(() -> {
                        while (!future.done()) {
                            Thread.onSpinWait();
                        }
                        return future.result();
                    });
            future.setResult(List.of(number));
            assertThat(seen.join()).containsExactly(number);
        }
    }

    // Who is told

    @Test
    @Contract(18)
    @CPythonTest("test_futures::test_callbacks_invoked_on_set_result")
    void callbacksComeInTheNextIterationInTheOrderOfTheirRegistration() {
        AsyncFuture<Integer> future = loop.createFuture();
        for (int i = 0; i < 10; i++) {
            future.addDoneCallback(note("" + i));
        }
        loop.callSoon(() -> {
            future.setResult(1);
            order.add("completed");
        });
        runIterations(1);
        assertThat(order).containsExactly("completed");
        runIterations(1);
        assertThat(order)
                .containsExactly("completed", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    }

    @Test
    @Contract(18)
    void theyQueueUpBehindWhatWasReadyBeforeAndAheadOfWhatComesAfter() {
        AsyncFuture<Integer> future = loop.createFuture();
        future.addDoneCallback(note("done"));
        loop.callSoon(() -> {
            loop.callSoon(() -> order.add("before"));
            future.setResult(1);
            loop.callSoon(() -> order.add("after"));
        });
        runIterations(2);
        assertThat(order).containsExactly("before", "done", "after");
    }

    @Test
    @Contract(18)
    void aFutureThatIsDoneCallsBackInTheNextIterationToo() {
        AsyncFuture<Integer> future = loop.createFuture();
        future.setResult(1);
        future.addDoneCallback(note("a"));
        future.addDoneCallback(f -> future.addDoneCallback(note("registered by a callback")));
        assertThat(order).isEmpty();
        runIterations(1);
        assertThat(order).containsExactly("a");
        runIterations(1);
        assertThat(order).containsExactly("a", "registered by a callback");
    }

    @Test
    void aCallbackGetsTheFutureItself() {
        AsyncFuture<Integer> future = loop.createFuture();
        List<AsyncFuture<?>> got = new ArrayList<>();
        future.addDoneCallback(got::add);
        future.addDoneCallback(f -> order.add("result " + f.result()));
        future.setResult(7);
        runIterations(1);
        assertThat(got).containsExactly(future);
        assertThat(order).containsExactly("result 7");
    }

    @Test
    @CPythonTest("test_futures::test_callbacks_invoked_on_set_exception")
    void failingAndCancellingCallBackToo() {
        AsyncFuture<Integer> failed = loop.createFuture();
        failed.addDoneCallback(f -> order.add("failed: " + f.exception()));
        failed.setException(new IOException("x"));
        AsyncFuture<Integer> cancelled = loop.createFuture();
        cancelled.addDoneCallback(f -> order.add("cancelled: " + f.cancelled()));
        cancelled.cancel();
        runIterations(1);
        assertThat(order).containsExactly("failed: java.io.IOException: x", "cancelled: true");
    }

    @Test
    @Contract(20)
    @CPythonTest("test_futures::test_remove_done_callback")
    void removingACallbackRemovesAllThatAreEqual() {
        record Callback(String name, List<String> order) implements Consumer<AsyncFuture<Integer>> {
            @Override
            public void accept(AsyncFuture<Integer> future) {
                order.add(name);
            }
        }

        AsyncFuture<Integer> future = loop.createFuture();
        future.addDoneCallback(new Callback("a", order));
        assertThat(future.removeDoneCallback(new Callback("b", order))).isZero();
        future.addDoneCallback(new Callback("b", order));
        future.addDoneCallback(new Callback("a", order), new Context());
        future.addDoneCallback(new Callback("c", order));
        assertThat(future.removeDoneCallback(new Callback("a", order))).isEqualTo(2);
        assertThat(future.removeDoneCallback(new Callback("a", order))).isZero();
        future.setResult(1);
        runIterations(1);
        assertThat(order).containsExactly("b", "c");
    }

    @Test
    @Contract(20)
    @CPythonTest({
        "test_futures::test_callbacks_remove_first_callback",
        "test_futures::test_callbacks_remove_first_and_second_callback",
        "test_futures::test_callbacks_remove_third_callback"
    })
    void whicheverIsRemovedTheOthersKeepTheirOrder() {
        List<Consumer<AsyncFuture<Integer>>> callbacks = List.of(note("1"), note("2"), note("3"));
        for (List<Integer> removed : List.of(List.of(0), List.of(0, 1), List.of(2))) {
            order.clear();
            AsyncFuture<Integer> future = loop.createFuture();
            callbacks.forEach(future::addDoneCallback);
            for (int index : removed) {
                assertThat(future.removeDoneCallback(callbacks.get(index))).isEqualTo(1);
                assertThat(future.removeDoneCallback(callbacks.get(index))).isZero();
            }
            future.setResult(1);
            assertThat(order).isEmpty();
            runIterations(1);
            List<String> left = new ArrayList<>(List.of("1", "2", "3"));
            removed.forEach(index -> left.remove("" + (index + 1)));
            assertThat(order).isEqualTo(left);
        }
    }

    @Test
    @Contract(20)
    void theOnlyOneMayBeRemovedAndAnotherTakeItsPlace() {
        AsyncFuture<Integer> future = loop.createFuture();
        Consumer<AsyncFuture<Integer>> first = note("first");
        future.addDoneCallback(first);
        assertThat(future.removeDoneCallback(first)).isEqualTo(1);
        future.addDoneCallback(note("second"));
        future.setResult(1);
        runIterations(1);
        assertThat(order).containsExactly("second");
    }

    @Test
    @Contract(20)
    void removingIsUselessOnceTheCallbackIsScheduled() {
        AsyncFuture<Integer> future = loop.createFuture();
        Consumer<AsyncFuture<Integer>> second = note("second");
        future.addDoneCallback(f -> order.add("removed " + f.removeDoneCallback(second)));
        future.addDoneCallback(second);
        future.setResult(1);
        assertThat(future.removeDoneCallback(second)).isZero();
        runIterations(1);
        assertThat(order).containsExactly("removed 0", "second");
    }

    @Test
    void aCallbackThatIsNullIsRefused() {
        AsyncFuture<Integer> future = loop.createFuture();
        assertThatThrownBy(() -> future.addDoneCallback(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage(
                        "the callback is null: pass what to call, such as f -> use(f.result())");
        assertThatThrownBy(() -> future.addDoneCallback(note("a"), null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage(
                        "the context is null: leave it out to run in a copy of the current one");
        future.setResult(1);
        runIterations(1);
        assertThat(order).isEmpty();
    }

    // Who waits

    @Test
    @Contract(19)
    @CPythonTest("test_futures::test_yield_from_twice")
    void awaitingADoneFutureNeverSuspends() {
        runner.run(() -> {
            createTask(() -> {
                order.add("other task");
            });
            AsyncFuture<Integer> future = loop.createFuture();
            future.setResult(1);
            for (int i = 0; i < 1000; i++) {
                assertThat(await(future)).isEqualTo(1);
            }
            AsyncFuture<Integer> failed = loop.createFuture();
            failed.setException(new IOException("x"));
            assertThatThrownBy(() -> await(failed)).isInstanceOf(IOException.class);
            AsyncFuture<Integer> cancelled = loop.createFuture();
            cancelled.cancel("why");
            assertThatThrownBy(() -> await(cancelled))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("why");
            order.add("not suspended");
            await(sleep(Duration.ZERO));
        });
        assertThat(order).containsExactly("not suspended", "other task");
    }

    @Test
    void allWhoWaitGetTheResultInTheOrderOfTheirAwaits() {
        runner.run(() -> {
            AsyncFuture<Integer> future = loop.createFuture();
            for (String name : List.of("a", "b", "c", "d")) {
                createTask(() -> {
                    order.add(name + await(future));
                });
            }
            await(sleep(Duration.ofSeconds(1)));
            future.setResult(5);
            assertThat(order).isEmpty();
            await(sleep(Duration.ZERO));
        });
        assertThat(order).containsExactly("a5", "b5", "c5", "d5");
    }

    @Test
    void tasksAndCallbacksThatWaitForTheSameFutureKeepTheirOrder() {
        runner.run(() -> {
            AsyncFuture<Integer> future = loop.createFuture();
            future.addDoneCallback(note("first callback"));
            createTask(() -> {
                await(future);
                order.add("task");
            });
            await(sleep(Duration.ZERO));
            future.addDoneCallback(note("second callback"));
            future.setResult(1);
            await(sleep(Duration.ZERO));
        });
        assertThat(order).containsExactly("first callback", "task", "second callback");
    }

    @Test
    void allWhoWaitGetTheSameException() {
        IOException error = new IOException("shared");
        runner.run(() -> {
            AsyncFuture<Integer> future = loop.createFuture();
            List<Task<Throwable>> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                tasks.add(createTask(() -> catchThrowable(() -> await(future))));
            }
            await(sleep(Duration.ZERO));
            future.setException(error);
            for (Task<Throwable> task : tasks) {
                assertThat(await(task)).isSameAs(error);
            }
        });
    }

    @Test
    void cancellingAFutureCancelsAllWhoWait() {
        runner.run(() -> {
            AsyncFuture<Integer> future = loop.createFuture();
            Task<Integer> first = createTask(() -> await(future));
            Task<Integer> second = createTask(() -> await(future));
            await(sleep(Duration.ZERO));
            future.cancel("why");
            await(sleep(Duration.ZERO));
            assertThat(first.cancelled()).isTrue();
            assertThat(second.cancelled()).isTrue();
            assertThat(first.cancelling()).as("nobody asked the task itself").isZero();
            assertThatThrownBy(first::result).isInstanceOf(CancelledError.class).hasMessage("why");
        });
    }

    @Test
    void cancellingOneWhoWaitsCancelsTheFutureAndSoTheOthers() {
        runner.run(() -> {
            AsyncFuture<Integer> future = loop.createFuture();
            Task<Integer> first = createTask(() -> await(future));
            Task<Integer> second = createTask(() -> await(future));
            await(sleep(Duration.ZERO));
            first.cancel();
            assertThat(future.cancelled()).isTrue();
            await(sleep(Duration.ZERO));
            assertThat(first.cancelled()).isTrue();
            assertThat(second.cancelled()).isTrue();
        });
    }

    @Test
    void aFutureMayBeCompletedBetweenTwoRuns() {
        AsyncFuture<Integer> future = loop.createFuture();
        Task<Integer> task = loop.createTask(() -> await(future));
        runIterations(2);
        future.setResult(1);
        assertThat(loop.runUntilComplete(task)).isEqualTo(1);
    }

    @Test
    void awaitingOutsideOfATaskIsRefused() {
        AsyncFuture<Integer> future = loop.createFuture();
        future.setResult(1);
        assertThatThrownBy(() -> await(future))
                .as("even if it needn't suspend")
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("await outside of a coroutine, on thread ")
                .hasMessageEndingWith(
                        ": run the code with Asyncio.run(...) or Runner.run(...), or use"
                                + " runCoroutineThreadsafe(coroutine, loop)");
        assertThatThrownBy(() -> await((AsyncFuture<Integer>) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("await: the future is null");
    }

    @Test
    void awaitingAnotherLoopsFutureSaysHowToHaveItAwaitedThere() {
        try (EventLoop other = newEventLoop(new VirtualClock())) {
            AsyncFuture<Integer> foreign = other.createFuture();
            runner.run(() -> {
                assertThatThrownBy(() -> await(foreign))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("awaits a future of another loop: Future[pending]")
                        .hasMessageEndingWith(
                                "; use runCoroutineThreadsafe(coroutine, loop) to have it awaited"
                                        + " there");
            });
        }
    }
}
