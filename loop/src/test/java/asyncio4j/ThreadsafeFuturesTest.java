package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.runCoroutineThreadsafe;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.wrapFuture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.OtherThread;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** The loop's futures as the JDK's, and the JDK's as the loop's. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ThreadsafeFuturesTest {

    private final VirtualRunner runner = new VirtualRunner();

    private final EventLoop loop = runner.loop();

    private final List<String> order = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    /** One to be closed by the test, which doesn't report the tasks that this leaves pending. */
    private static EventLoop shortLivedLoop() {
        EventLoop loop = newEventLoop(new VirtualClock());
        loop.setExceptionHandler((l, context) -> {});
        return loop;
    }

    @Nested
    class ToCompletableFuture {

        @Test
        void itEndsAsTheFutureDoes() {
            IOException error = new IOException("as it is");
            AsyncFuture<String> finished = loop.createFuture();
            AsyncFuture<String> failed = loop.createFuture();
            AsyncFuture<String> cancelled = loop.createFuture();
            CompletableFuture<String> result = finished.toCompletableFuture();
            CompletableFuture<String> failure = failed.toCompletableFuture();
            CompletableFuture<String> cancellation = cancelled.toCompletableFuture();
            assertThat(List.of(result, failure, cancellation)).noneMatch(CompletableFuture::isDone);
            runner.run(() -> {
                finished.setResult("result");
                failed.setException(error);
                cancelled.cancel();
                await(sleep(Duration.ofSeconds(1)));
            });
            assertThat(result).isCompletedWithValue("result");
            assertThat(catchThrowable(failure::join))
                    .isInstanceOf(CompletionException.class)
                    .hasCause(error);
            assertThat(failure.exceptionNow()).isSameAs(error);
            assertThat(cancellation).isCancelled();
        }

        @Test
        void ofAFutureThatIsDoneItIsDone() {
            IOException error = new IOException("as it is");
            AsyncFuture<String> finished = loop.createFuture();
            finished.setResult("result");
            AsyncFuture<String> failed = loop.createFuture();
            failed.setException(error);
            AsyncFuture<String> cancelled = loop.createFuture();
            cancelled.cancel();
            assertThat(finished.toCompletableFuture()).isCompletedWithValue("result");
            assertThat(failed.toCompletableFuture().exceptionNow()).isSameAs(error);
            assertThat(cancelled.toCompletableFuture()).isCancelled();
        }

        @Test
        void anyThreadMayAskForItAndWait() {
            runner.run(() -> {
                AsyncFuture<String> future = loop.createFuture();
                CompletableFuture<String> result = OtherThread.call(future::toCompletableFuture);
                CompletableFuture<String> joined = OtherThread.start(() -> result.join());
                await(sleep(Duration.ofSeconds(1)));
                assertThat(result).isNotDone();
                future.setResult("result");
                assertThat(await(joined)).isEqualTo("result");
            });
        }

        @Test
        void cancellingItCancelsTheTaskFromWhicheverThread() {
            runner.run(() -> {
                AsyncFuture<Void> forever = loop.createFuture();
                Task<?> task =
                        createTask(() -> {
                            try {
                                await(forever);
                            } finally {
                                order.add("finally");
                            }
                        });
                await(sleep(Duration.ZERO));
                CompletableFuture<?> copy = task.toCompletableFuture();
                OtherThread.run(() -> assertThat(copy.cancel(true)).isTrue());
                assertThat(task.done()).isFalse();
                assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
                assertThat(task.cancelled()).isTrue();
                assertThat(task.cancelling()).isEqualTo(1);
            });
            assertThat(order).containsExactly("finally");
        }

        @Test
        void cancellingItWhenItIsDoneDoesNothing() {
            runner.run(() -> {
                Task<Integer> task = createTask(() -> 1);
                CompletableFuture<Integer> copy = task.toCompletableFuture();
                await(task);
                await(sleep(Duration.ZERO));
                assertThat(copy.cancel(true)).isFalse();
                await(sleep(Duration.ZERO));
                assertThat(task.result()).isEqualTo(1);
                assertThat(task.cancelling()).isZero();
            });
        }

        @Test
        void aTaskThatDoesntLetItselfBeCancelledEndsForItself() {
            runner.run(() -> {
                Task<String> task =
                        createTask(() -> {
                            try {
                                await(sleep(Duration.ofDays(1)));
                            } catch (CancelledError e) {
                                await(sleep(Duration.ofSeconds(1)));
                            }
                            return "all the same";
                        });
                await(sleep(Duration.ZERO));
                CompletableFuture<String> copy = task.toCompletableFuture();
                copy.cancel(true);
                assertThat(await(task)).isEqualTo("all the same");
                await(sleep(Duration.ZERO));
                assertThat(copy).isCancelled();
            });
        }

        @Test
        @Contract(22)
        void anErrorThatCameAfterItWasCancelledIsStillReported() {
            runner.run(() -> {
                Task<String> task =
                        createTask(() -> {
                            try {
                                return await(sleep(Duration.ofDays(1), "result"));
                            } finally {
                                throwing("while it unwound");
                            }
                        });
                await(sleep(Duration.ZERO));
                task.toCompletableFuture().cancel(true);
                await(sleep(Duration.ofSeconds(1)));
                assertThat(task.done()).isTrue();
            });
            runner.close();
            assertThat(runner.reports)
                    .singleElement()
                    .satisfies(report ->
                            assertThat(report.exception()).hasMessage("while it unwound"));
            runner.reports.clear();
        }

        @Test
        void whatUsersHangOnItRunsOnNobodysTask() {
            runner.run(() -> {
                AsyncFuture<Integer> future = loop.createFuture();
                CompletableFuture<String> dependent =
                        future.toCompletableFuture()
                                .thenApply(value -> {
                                    assertThat(getRunningLoop()).isSameAs(loop);
                                    assertThat(currentTask()).isNull();
                                    return String.valueOf(
                                            catchThrowable(() -> await(sleep(Duration.ZERO))));
                                });
                loop.callLater(Duration.ofSeconds(1), () -> future.setResult(1));
                await(
                        sleep(
                                Duration.ofSeconds(
                                        2))); // this fiber does the loop's bookkeeping meanwhile
                assertThat(dependent.resultNow()).contains("inside a plain callback");
            });
        }

        @Test
        void ifTheLoopIsClosedBeforeItIsCancelled() {
            EventLoop brief = shortLivedLoop();
            AsyncFuture<String> future = brief.createFuture();
            Task<String> task = brief.createTask(() -> await(future));
            brief.stop();
            brief.runForever();
            CompletableFuture<String> ofFuture = future.toCompletableFuture();
            CompletableFuture<String> ofTask = task.toCompletableFuture();
            CompletableFuture<String> elsewhere = OtherThread.call(future::toCompletableFuture);
            brief.close();
            for (CompletableFuture<String> copy : List.of(ofFuture, ofTask, elsewhere)) {
                assertThat(copy).isCancelled();
                assertThatThrownBy(copy::join)
                        .isInstanceOf(CancellationException.class)
                        .hasRootCauseMessage("the event loop was closed before this was done");
            }
            assertThat(future.toCompletableFuture()).as("and one that is made later").isCancelled();
        }

        @Test
        void anOutcomeThatTheLoopHadNoTimeToTellIsntLost() {
            EventLoop brief = shortLivedLoop();
            AsyncFuture<String> future = brief.createFuture();
            CompletableFuture<String> copy = future.toCompletableFuture();
            future.setResult("in time");
            assertThat(copy).isNotDone();
            brief.close();
            assertThat(copy).isCompletedWithValue("in time");
        }

        private void throwing(String message) {
            throw new IllegalStateException(message);
        }
    }

    @Nested
    class RunCoroutineThreadsafe {

        @Test
        @CPythonTest({
            "test_tasks::test_run_coroutine_threadsafe",
            "test_tasks::test_run_coroutine_threadsafe_with_exception",
            "test_tasks::test_run_coroutine_threadsafe_task_cancelled"
        })
        void theCoroutineRunsOnTheLoopAndItsOutcomeComesBack() {
            IOException error = new IOException("as it is");
            runner.run(() -> {
                CompletableFuture<String> result =
                        OtherThread.call(() ->
                                runCoroutineThreadsafe(
                                        () -> {
                                            assertThat(getRunningLoop()).isSameAs(loop);
                                            assertThat(currentTask()).isNotNull();
                                            return await(sleep(Duration.ofSeconds(1), "result"));
                                        },
                                        loop));
                CompletableFuture<String> failure =
                        OtherThread.call(() ->
                                runCoroutineThreadsafe(
                                        () -> {
                                            await(sleep(Duration.ZERO));
                                            throw error;
                                        },
                                        loop));
                CompletableFuture<String> cancellation =
                        OtherThread.call(() ->
                                runCoroutineThreadsafe(
                                        () -> {
                                            throw new CancelledError("by itself");
                                        },
                                        loop));
                CompletableFuture<String> joined = OtherThread.start(result::join);
                assertThat(await(joined)).isEqualTo("result");
                assertThat(catchThrowable(() -> await(failure))).isSameAs(error);
                assertThat(catchThrowable(() -> await(cancellation)))
                        .isInstanceOf(CancelledError.class);
                assertThat(cancellation).isCancelled();
            });
        }

        @Test
        void aLoopThatIsntRunningYetRunsItLater() {
            CompletableFuture<Integer> result =
                    OtherThread.call(() -> runCoroutineThreadsafe(() -> 1, loop));
            assertThat(result).isNotDone();
            runner.run(() -> await(sleep(Duration.ofSeconds(1))));
            assertThat(result).isCompletedWithValue(1);
        }

        @Test
        void cancelledBeforeItBeganItNeverBegins() {
            runner.run(() -> {
                CompletableFuture<?> result =
                        OtherThread.call(() -> {
                            CompletableFuture<Boolean> running =
                                    runCoroutineThreadsafe(() -> order.add("begun"), loop);
                            running.cancel(true);
                            return running;
                        });
                await(sleep(Duration.ofSeconds(1)));
                assertThat(result).isCancelled();
            });
            assertThat(order).isEmpty();
        }

        @Test
        void cancelledAfterwardsItsTaskIsCancelled() {
            runner.run(() -> {
                AsyncFuture<Void> begun = loop.createFuture();
                CompletableFuture<Void> result =
                        OtherThread.call(() ->
                                runCoroutineThreadsafe(
                                        Coroutine.of(() -> {
                                            begun.setResult(null);
                                            try {
                                                await(sleep(Duration.ofDays(1)));
                                            } catch (CancelledError e) {
                                                order.add("cancelled");
                                                throw e;
                                            }
                                        }),
                                        loop));
                await(begun);
                await(sleep(Duration.ofSeconds(1)));
                OtherThread.run(() -> assertThat(result.cancel(true)).isTrue());
                await(sleep(Duration.ofSeconds(1)));
                assertThat(loop.time()).isEqualTo(Duration.ofSeconds(2));
            });
            assertThat(order).containsExactly("cancelled");
        }

        @Test
        void ifTheLoopIsClosedMeanwhileItIsCancelled() {
            EventLoop brief = shortLivedLoop();
            CompletableFuture<Integer> neverBegun =
                    OtherThread.call(() -> runCoroutineThreadsafe(() -> 1, brief));
            brief.close();
            assertThat(neverBegun).isCancelled();
            assertThatThrownBy(neverBegun::join)
                    .isInstanceOf(CancellationException.class)
                    .hasRootCauseMessage("the event loop was closed before this was done");
        }

        @Test
        void suspendedOnesAreUnwoundAndCancelledByTheRunner() {
            CompletableFuture<String> result =
                    runCoroutineThreadsafe(() -> await(sleep(Duration.ofDays(1), "never")), loop);
            runner.run(() -> await(sleep(Duration.ofSeconds(1))));
            assertThat(result).isNotDone();
            runner.close();
            assertThat(result).isCancelled();
        }

        @Test
        @CPythonTest("test_tasks::test_run_coroutine_threadsafe_task_factory_exception")
        void aFactoryThatFailsFailsItAndIsReported() {
            loop.setTaskFactory(
                    new TaskFactory() {
                        private boolean once;

                        @Override
                        public <T> Task<T> createTask(
                                EventLoop l, Coroutine<T> coroutine, TaskOptions options) {
                            if (!once) {
                                once = true;
                                throw new UnsupportedOperationException("no tasks here");
                            }
                            return l.newTask(coroutine, options);
                        }
                    });
            CompletableFuture<Integer> result = runCoroutineThreadsafe(() -> 1, loop);
            loop.stop();
            loop.runForever();
            assertThat(result.exceptionNow()).hasMessage("no tasks here");
            assertThat(runner.reports)
                    .singleElement()
                    .satisfies(
                            report -> assertThat(report.exception()).hasMessage("no tasks here"));
            runner.reports.clear();
        }

        @Test
        void whatIsMissingIsNamed() {
            assertThatThrownBy(() -> runCoroutineThreadsafe(null, loop))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageStartingWith("a coroutine was expected, not null: pass a lambda");
            assertThatThrownBy(() -> runCoroutineThreadsafe(() -> 1, null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("the loop is null: pass the one that is to run the coroutine");
        }
    }

    @Nested
    class WrapFuture {

        @Test
        @CPythonTest({
            "test_futures::BaseFutureTests::test_wrap_future",
            "test_futures::test_wrap_future_use_running_loop",
            "test_futures::test_copy_state"
        })
        void itEndsAsTheStageDoes() {
            IOException error = new IOException("as it is");
            runner.run(() -> {
                CompletableFuture<String> finished = new CompletableFuture<>();
                CompletableFuture<String> failed = new CompletableFuture<>();
                CompletableFuture<String> cancelled = new CompletableFuture<>();
                AsyncFuture<String> result = wrapFuture(finished);
                AsyncFuture<String> failure = wrapFuture(failed);
                AsyncFuture<String> cancellation = wrapFuture(cancelled);
                assertThat(result.getLoop()).isSameAs(loop);
                OtherThread.run(() -> {
                    finished.complete("result");
                    failed.completeExceptionally(error);
                    cancelled.cancel(true);
                });
                assertThat(result.done()).isFalse();
                assertThat(await(result)).isEqualTo("result");
                assertThat(catchThrowable(() -> await(failure))).isSameAs(error);
                assertThat(catchThrowable(() -> await(cancellation)))
                        .isInstanceOf(CancelledError.class);
                assertThat(cancellation.cancelled()).isTrue();
            });
        }

        @Test
        void ofAStageThatIsDoneItIsDoneOneIterationLater() {
            runner.run(() -> {
                AsyncFuture<String> result = wrapFuture(CompletableFuture.completedStage("result"));
                assertThat(result.done()).isFalse();
                await(sleep(Duration.ZERO));
                assertThat(result.result()).isEqualTo("result");
            });
        }

        @Test
        void theErrorOfADependentStageIsUnwrapped() {
            IOException error = new IOException("as it is");
            runner.run(() -> {
                CompletableFuture<Integer> source = new CompletableFuture<>();
                AsyncFuture<Integer> dependent = wrapFuture(source.thenApply(value -> value + 1));
                AsyncFuture<Integer> cancelled = wrapFuture(new CompletableFuture<Integer>());
                source.completeExceptionally(error);
                assertThat(catchThrowable(() -> await(dependent))).isSameAs(error);
                cancelled.cancel();
            });
        }

        @Test
        @CPythonTest("test_futures::test_wrap_future_cancel")
        void cancellingItCancelsTheSource() {
            runner.run(() -> {
                CompletableFuture<String> source = new CompletableFuture<>();
                AsyncFuture<String> future = wrapFuture(source);
                CompletableFuture<String> dependent =
                        source.handle((value, error) -> {
                            assertThat(currentTask()).isNull();
                            return String.valueOf(error);
                        });
                assertThat(future.cancel()).isTrue();
                await(
                        sleep(
                                Duration.ofSeconds(
                                        1))); // this fiber does the loop's bookkeeping meanwhile
                assertThat(source).isCancelled();
                assertThat(dependent.resultNow()).contains("CancellationException");
            });
        }

        @Test
        void whatTheSourceSaysAfterThatIsDropped() {
            runner.run(() -> {
                CompletableFuture<String> source =
                        new CompletableFuture<>() {
                            @Override
                            public boolean cancel(boolean mayInterruptIfRunning) {
                                return false; // goes on
                            }
                        };
                AsyncFuture<String> future = wrapFuture(source);
                future.cancel();
                await(sleep(Duration.ZERO));
                OtherThread.run(() -> source.completeExceptionally(new IOException("late")));
                await(sleep(Duration.ZERO));
                assertThat(future.cancelled()).isTrue();
            });
        }

        @Test
        void ifTheLoopIsClosedMeanwhileTheSourceMayGoOn() {
            CompletableFuture<String> source = new CompletableFuture<>();
            runner.run(() -> wrapFuture(source));
            runner.close();
            assertThat(source.complete("late")).isTrue();
        }

        @Test
        void aStageThatIsNullIsRefused() {
            runner.run(() ->
                    assertThatThrownBy(() -> wrapFuture(null))
                            .isInstanceOf(NullPointerException.class)
                            .hasMessage("wrapFuture: the stage is null"));
        }

        @Test
        @CPythonTest("test_futures::test_wrap_future_without_loop")
        void itNeedsALoop() {
            assertThatThrownBy(() -> wrapFuture(new CompletableFuture<Integer>()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("There is no current event loop in thread ");
        }
    }

    @Nested
    class AwaitOfAStage {

        @Test
        void aStageThatIsDoneIsntWaitedFor() {
            IOException error = new IOException("as it is");
            runner.run(() -> {
                createTask(() -> {
                    order.add("other task");
                });
                assertThat(await(CompletableFuture.completedFuture("result"))).isEqualTo("result");
                assertThat(catchThrowable(() -> await(CompletableFuture.failedFuture(error))))
                        .isSameAs(error);
                CompletableFuture<String> cancelled = new CompletableFuture<>();
                cancelled.cancel(true);
                assertThat(catchThrowable(() -> await(cancelled)))
                        .isInstanceOf(CancelledError.class);
                order.add("not suspended");
                await(sleep(Duration.ZERO));
            });
            assertThat(order).containsExactly("not suspended", "other task");
        }

        @Test
        void anyThreadMayCompleteIt() {
            IOException error = new IOException("as it is");
            runner.run(() -> {
                CompletionStage<String> stage = OtherThread.start(() -> "result");
                assertThat(await(stage)).isEqualTo("result");
                CompletableFuture<String> failing =
                        OtherThread.start(() -> {
                            throw error;
                        });
                assertThat(catchThrowable(() -> await(failing))).isSameAs(error);
                for (int i = 0; i < 1000; i++) {
                    int number = i;
                    CompletableFuture<Integer> many = CompletableFuture.supplyAsync(() -> number);
                    assertThat(await(many)).isEqualTo(number);
                }
            });
        }

        @Test
        @CPythonTest("test_events::test_prompt_cancellation")
        void cancellingTheTaskCancelsIt() {
            runner.run(() -> {
                CompletableFuture<String> source = new CompletableFuture<>();
                Task<String> task = createTask(() -> await(source));
                await(sleep(Duration.ZERO));
                task.cancel();
                await(sleep(Duration.ZERO));
                await(sleep(Duration.ZERO));
                assertThat(task.cancelled()).isTrue();
                assertThat(source).isCancelled();
            });
        }

        @Test
        void completedInTheSameMomentTheTaskIsCancelledStill() {
            runner.run(() -> {
                CompletableFuture<String> source = new CompletableFuture<>();
                Task<String> task = createTask(() -> await(source));
                await(sleep(Duration.ZERO));
                source.complete("result");
                task.cancel();
                await(sleep(Duration.ofSeconds(1)));
                assertThat(task.cancelled()).isTrue();
                assertThat(source).isCompletedWithValue("result");
            });
        }

        @Test
        void aDependentOfACancelledStageIsACancellationDoneOrNot() {
            runner.run(() -> {
                CompletableFuture<Integer> source = new CompletableFuture<>();
                CompletableFuture<Integer> dependent = source.thenApply(value -> value + 1);
                Task<Integer> pending = createTask(() -> await(dependent));
                await(sleep(Duration.ZERO));
                source.cancel(true);
                await(sleep(Duration.ofSeconds(1)));
                assertThat(pending.cancelled()).isTrue();
                assertThat(catchThrowable(() -> await(dependent)))
                        .isInstanceOf(CancelledError.class);
            });
        }

        @Test
        void cancellingItCancelsTheTaskThatAwaitsIt() {
            runner.run(() -> {
                CompletableFuture<String> source = new CompletableFuture<>();
                Task<String> task = createTask(() -> await(source));
                await(sleep(Duration.ZERO));
                OtherThread.run(() -> source.cancel(true));
                await(sleep(Duration.ofSeconds(1)));
                assertThat(task.cancelled()).isTrue();
            });
        }

        @Test
        void aTaskOfAClosedLoopIsLeftAloneByAStageThatCompletesLate() {
            EventLoop brief = shortLivedLoop();
            CompletableFuture<String> source = new CompletableFuture<>();
            brief.createTask(() -> {
                try {
                    return await(source);
                } finally {
                    order.add("unwound");
                }
            });
            brief.stop();
            brief.runForever();
            brief.close();
            OtherThread.run(() -> source.complete("late"));
            assertThat(order).containsExactly("unwound");
        }

        @Test
        void outsideOfATaskItIsRefused() {
            assertThatThrownBy(() -> await(CompletableFuture.completedFuture(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("await outside of a coroutine");
            runner.run(() ->
                    assertThatThrownBy(() -> await((CompletionStage<Integer>) null))
                            .isInstanceOf(NullPointerException.class)
                            .hasMessage("await: the stage is null"));
        }
    }
}
