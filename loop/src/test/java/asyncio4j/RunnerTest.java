package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;

/** What {@link Runner} and {@link Asyncio#run} promise while nobody interrupts them. */
class RunnerTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private static EventLoop virtualLoop() {
        return newEventLoop(new VirtualClock());
    }

    @Nested
    class States {

        @Test
        @Contract(62)
        @CPythonTest({
            "test_runners::test_asyncio_run_loop_factory",
            "test_runners::test_custom_factory"
        })
        void theLoopIsMadeWhenItIsNeededAndNotBefore() {
            AtomicInteger calls = new AtomicInteger();
            Runner runner =
                    Runner.builder()
                            .loopFactory(() -> {
                                calls.incrementAndGet();
                                return virtualLoop();
                            })
                            .build();
            assertThat(calls).hasValue(0);
            try (runner) {
                EventLoop loop = runner.getLoop();
                assertThat(runner.<EventLoop>run(Asyncio::getRunningLoop)).isSameAs(loop);
                assertThat(runner.<EventLoop>run(Asyncio::getRunningLoop)).isSameAs(loop);
                assertThat(runner.getLoop()).isSameAs(loop);
            }
            assertThat(calls).hasValue(1);
        }

        @Test
        @Contract(62)
        void closingARunnerThatMadeNoLoopYetLeavesItUsable() {
            Runner runner = Runner.create();
            runner.close();
            runner.close();
            try (runner) {
                assertThat(runner.run(() -> "still")).isEqualTo("still");
            }
            assertThatThrownBy(runner::getLoop).isInstanceOf(IllegalStateException.class);
        }

        @Test
        @Contract(62)
        void aFactoryThatFailsLeavesTheRunnerAsItWas() {
            List<RuntimeException> failures =
                    new ArrayList<>(List.of(new IllegalStateException("not yet")));
            Runner runner =
                    Runner.builder()
                            .loopFactory(() -> {
                                if (failures.isEmpty()) {
                                    return virtualLoop();
                                }
                                throw failures.removeFirst();
                            })
                            .build();
            try (runner) {
                assertThatThrownBy(() -> runner.run(() -> 1)).hasMessage("not yet");
                assertThat(runner.run(() -> 1)).isEqualTo(1);
            }
        }

        @Test
        @Contract(62)
        void aFactoryThatMakesNoLoopIsNamed() {
            try (Runner runner = Runner.builder().loopFactory(RunnerTest::noLoop).build()) {
                assertThatThrownBy(runner::getLoop)
                        .isInstanceOf(NullPointerException.class)
                        .hasMessageContaining("the loop factory made no loop");
            }
        }

        @Test
        @Contract(62)
        @CPythonTest({"test_runners::test_double_close", "test_runners::test_explicit_close"})
        void nothingGoesAfterCloseButCloseItself() {
            Runner runner = Runner.create();
            EventLoop loop = runner.getLoop();
            runner.close();
            runner.close();
            assertThat(loop.isClosed()).isTrue();
            assertThatThrownBy(runner::getLoop)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("Runner is closed: make another one");
            assertThatThrownBy(() -> runner.run(() -> 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("Runner is closed: make another one");
            assertThat(runner).hasToString("Runner[CLOSED]");
        }

        @Test
        @Contract(62)
        void aRunnerSaysWhatStateItIsIn() {
            try (Runner runner = Runner.create()) {
                assertThat(runner).hasToString("Runner[CREATED]");
                EventLoop loop = runner.getLoop();
                assertThat(runner).hasToString("Runner[INITIALIZED, " + loop + "]");
            }
        }

        @Test
        void closingInsideOfACoroutineIsRefusedAndHarmless() {
            try (Runner runner = Runner.create()) {
                String done =
                        runner.run(() -> {
                            assertThatThrownBy(runner::close)
                                    .isInstanceOf(IllegalStateException.class)
                                    .hasMessageContaining(
                                            "Runner.close() cannot be called from a running event"
                                                    + " loop");
                            await(sleep(Duration.ZERO));
                            return "done";
                        });
                assertThat(done).isEqualTo("done");
                assertThat(runner.run(() -> "again")).isEqualTo("again");
            }
        }
    }

    @SuppressWarnings("NullAway") // the mistake that it is about
    private static EventLoop noLoop() {
        return null;
    }

    @Nested
    class Outcome {

        @Test
        @CPythonTest("test_runners::test_asyncio_run_return")
        void theResultOfMainIsTheResultOfRun() {
            assertThat(
                            Asyncio.run(() -> {
                                await(sleep(Duration.ZERO));
                                return 42;
                            }))
                    .isEqualTo(42);
        }

        @Test
        void aCoroutineWithoutAResultMayBeRunAsWell() {
            List<String> seen = new ArrayList<>();
            Asyncio.run(() -> {
                await(sleep(Duration.ZERO));
                seen.add("ran");
            });
            assertThat(seen).containsExactly("ran");
        }

        @Test
        @CPythonTest("test_runners::test_asyncio_run_raises")
        void whatMainThrowsComesOutAsItWentIn() {
            IOException failure = new IOException("spam");
            assertThatThrownBy(() ->
                            Asyncio.run(() -> {
                                await(sleep(Duration.ZERO));
                                throw failure;
                            }))
                    .isSameAs(failure)
                    .hasNoCause();
        }

        @Test
        void errorsComeOutAsTheyWentInToo() {
            SystemExit exit = new SystemExit(3);
            assertThatThrownBy(() ->
                            Asyncio.run(() -> {
                                throw exit;
                            }))
                    .isSameAs(exit);
        }

        @Test
        void aMainThatCancelsItselfIsTheJdksCancellation() {
            try (Runner runner = Runner.create()) {
                assertThatThrownBy(() ->
                                runner.run(() -> {
                                    currentTask().cancel("enough");
                                    await(sleep(HOUR));
                                }))
                        .isInstanceOf(CancellationException.class)
                        .hasMessage("enough")
                        .hasCauseInstanceOf(CancelledError.class);
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
            }
        }

        @Test
        @CPythonTest("test_runners::test_no_repr_is_call_on_the_task_result")
        void theResultIsNeverTurnedIntoAString() {
            Object result =
                    new Object() {
                        @Override
                        public String toString() {
                            throw new AssertionError("it was turned into a string");
                        }
                    };
            try (Runner runner = Runner.builder().debug(true).build()) {
                Object got =
                        runner.run(() -> {
                            await(createTask(() -> result));
                            return result;
                        });
                assertThat(got == result).isTrue();
            }
        }
    }

    @Nested
    class BadUse {

        private static final String NOT_NESTED =
                "Runner.run() cannot be called from a running event loop";

        @Test
        @Contract(63)
        @CPythonTest({
            "test_runners::test_asyncio_run_only_coro",
            "test_runners::test_run_non_coro"
        })
        void aNullCoroutineIsRefusedBeforeALoopIsMade() {
            try (Runner runner = Runner.builder().loopFactory(RunnerTest::unwanted).build()) {
                assertThatThrownBy(() -> runner.run(NO_COROUTINE))
                        .isInstanceOf(NullPointerException.class)
                        .hasMessageContaining("a coroutine was expected, not null");
                assertThatThrownBy(() -> runner.run(NO_VOID_COROUTINE))
                        .isInstanceOf(NullPointerException.class)
                        .hasMessageContaining("a coroutine was expected, not null");
            }
            assertThatThrownBy(() -> Asyncio.run(NO_COROUTINE))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("a coroutine was expected, not null");
        }

        @Test
        @Contract(63)
        @CPythonTest("test_runners::test_asyncio_run_from_running_loop")
        void theRunnerLooksAtTheCoroutineBeforeTheRunningLoopAndRunTheOtherWayRound() {
            try (Runner runner = Runner.create()) {
                runner.run(() -> {
                    assertThatThrownBy(() -> runner.run(NO_COROUTINE))
                            .isInstanceOf(NullPointerException.class);
                    assertThatThrownBy(() -> runner.run(NO_VOID_COROUTINE))
                            .isInstanceOf(NullPointerException.class);
                    assertThatThrownBy(() -> Asyncio.run(NO_COROUTINE))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining(
                                    "Asyncio.run() cannot be called from a running event loop");
                    assertThatThrownBy(() -> Asyncio.run(NO_VOID_COROUTINE))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining(
                                    "Asyncio.run() cannot be called from a running event loop");
                });
            }
        }

        @Test
        @Contract(63)
        @CPythonTest("test_runners::test_recursive_run")
        void runningInsideOfARunningLoopIsRefusedAndNamesAwait() {
            List<String> ran = new ArrayList<>();
            try (Runner outer = Runner.create();
                    Runner inner = Runner.builder().loopFactory(RunnerTest::unwanted).build()) {
                outer.run(() -> {
                    for (Runner runner : List.of(outer, inner)) {
                        assertThatThrownBy(() ->
                                        runner.run(() -> {
                                            ran.add("nested");
                                        }))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining(NOT_NESTED)
                                .hasMessageContaining("await(...)");
                    }
                });
                assertThat(outer.run(() -> "and the loop goes on"))
                        .isEqualTo("and the loop goes on");
            }
            assertThat(ran).isEmpty();
        }

        @Test
        void runningInsideOfAPlainCallbackIsRefusedToo() {
            try (Runner runner = Runner.create()) {
                runner.run(() -> {
                    AsyncFuture<@Nullable Throwable> refusal = getRunningLoop().createFuture();
                    getRunningLoop()
                            .callSoon(() -> {
                                try {
                                    runner.run(() -> 1);
                                    refusal.setResult(null);
                                } catch (IllegalStateException e) {
                                    refusal.setResult(e);
                                }
                            });
                    assertThat(await(refusal)).hasMessageContaining(NOT_NESTED);
                });
            }
        }
    }

    @SuppressWarnings("NullAway") // the mistake that it is about
    private static final Coroutine<String> NO_COROUTINE = null;

    @SuppressWarnings("NullAway") // the mistake that it is about
    private static final VoidCoroutine NO_VOID_COROUTINE = null;

    private static EventLoop unwanted() {
        throw new AssertionError("no loop is needed for that");
    }

    @Test
    @CPythonTest("test_base_events::test_run_forever_keyboard_interrupt")
    void mainsOwnFailureIsntReportedAgainAtClose() {
        List<ExceptionContext> reports = new ArrayList<>();
        Runner runner = Runner.create();
        runner.getLoop().setExceptionHandler((loop, context) -> reports.add(context));
        assertThatThrownBy(() ->
                        runner.run(() -> {
                            throw new IOException("told the caller");
                        }))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() ->
                        runner.run(() -> {
                            throw new KeyboardInterrupt("told the caller");
                        }))
                .isInstanceOf(KeyboardInterrupt.class);
        assertThatCode(runner::close).doesNotThrowAnyException();
        assertThat(reports).isEmpty();
    }
}
