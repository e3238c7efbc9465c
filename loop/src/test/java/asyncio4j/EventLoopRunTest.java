package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getEventLoop;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.setEventLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.toThread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.OtherThread;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/** How a loop is run, and how it returns to its caller. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventLoopRunTest {

    private final EventLoop loop = newEventLoop(new VirtualClock());

    private final List<String> order = new ArrayList<>();

    private final List<ExceptionContext> reports = new ArrayList<>();

    EventLoopRunTest() {
        loop.setExceptionHandler((l, context) -> reports.add(context));
    }

    @AfterEach
    void close() {
        loop.close();
        assertThat(reports).isEmpty();
    }

    private Runnable note(String name) {
        return () -> order.add(name);
    }

    // stop

    @Test
    @Contract(7)
    @CPythonTest({"test_base_events::test_run_once", "test_events::test_call_soon"})
    void stopFinishesTheBatch() {
        loop.callSoon(note("a"));
        loop.callSoon(() -> {
            order.add("stop");
            loop.stop();
            loop.callSoon(note("next iteration"));
        });
        loop.callSoon(note("b"));
        loop.runForever();
        assertThat(order).containsExactly("a", "stop", "b");
        loop.stop();
        loop.runForever();
        assertThat(order).containsExactly("a", "stop", "b", "next iteration");
    }

    @Test
    @Contract(7)
    @CPythonTest("test_base_events::test_run_forever_pre_stopped")
    void aStopSetBeforehandRunsOneIteration() {
        loop.callSoon(() -> {
            order.add("a");
            loop.callSoon(note("second iteration"));
        });
        loop.callLater(Duration.ofSeconds(1), note("timer"));
        loop.stop();
        loop.runForever();
        assertThat(order).containsExactly("a");
        assertThat(loop.time()).as("it didn't wait either").isZero();
    }

    @Test
    @Contract(7)
    void aStopIsGoodForOneRunHoweverOftenItWasCalled() {
        loop.stop();
        loop.stop();
        loop.runForever();
        loop.callLater(
                Duration.ofSeconds(1),
                () -> {
                    order.add("timer");
                    loop.stop();
                });
        loop.runForever();
        assertThat(order).containsExactly("timer");
    }

    @Test
    void anotherThreadStopsALoopThatWaits() {
        EventLoop real = newEventLoop();
        try (real) {
            List<CompletableFuture<?>> threads = new ArrayList<>();
            real.callSoon(() ->
                    threads.add(OtherThread.start(() -> real.callSoonThreadsafe(real::stop))));
            real.runForever();
            assertThat(real.isRunning()).isFalse();
            assertThat(threads.getFirst().join()).isInstanceOf(Handle.class);
        }
    }

    // runUntilComplete

    @Test
    void runUntilCompleteAnswersTheResult() {
        AsyncFuture<String> future = loop.createFuture();
        loop.callLater(Duration.ofSeconds(1), () -> future.setResult("result"));
        assertThat(loop.runUntilComplete(future)).isEqualTo("result");
        assertThat(loop.runUntilComplete(future)).as("done already").isEqualTo("result");
        assertThat(loop.runUntilComplete(() -> await(sleep(Duration.ofSeconds(1), 42))))
                .isEqualTo(42);
    }

    @Test
    void exceptionsComeOutAsTheyWentInCheckedOnesToo() {
        IOException error = new IOException("as it is");
        AsyncFuture<String> future = loop.createFuture();
        future.setException(error);
        assertThat(catchThrowable(() -> loop.runUntilComplete(future))).isSameAs(error);
        assertThat(
                        catchThrowable(() ->
                                loop.runUntilComplete(() -> {
                                    throw error;
                                })))
                .isSameAs(error);
    }

    @Test
    void cancellationIsTheJdksAtTheBlockingEdge() {
        AsyncFuture<String> future = loop.createFuture();
        loop.callSoon(() -> future.cancel("enough"));
        assertThatThrownBy(() -> loop.runUntilComplete(future))
                .isInstanceOf(CancellationException.class)
                .hasMessage("enough")
                .hasCauseInstanceOf(CancelledError.class);
    }

    @Test
    @Contract(8)
    void aRunThatIsStoppedBeforeItsFutureIsDoneSaysSo() {
        AsyncFuture<String> future = loop.createFuture();
        loop.callSoon(loop::stop);
        assertThatThrownBy(() -> loop.runUntilComplete(future))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Event loop stopped before Future completed.");
    }

    @Test
    @Contract(8)
    void afterThatTheFutureDoesntStopAnybodyElsesRun() {
        AsyncFuture<String> future = loop.createFuture();
        loop.callSoon(loop::stop);
        assertThatThrownBy(() -> loop.runUntilComplete(future))
                .hasMessageContaining("stopped before");
        future.setResult("late");
        int result =
                loop.runUntilComplete(() -> {
                    await(sleep(Duration.ZERO));
                    await(sleep(Duration.ofSeconds(1)));
                    return 1;
                });
        assertThat(result).isEqualTo(1);
    }

    @Test
    @Contract(8)
    @CPythonTest("test_base_events::test_run_until_complete_loop_orphan_future_close_loop")
    void theCallbackIsTakenOutWhenTheRunEndsByAnErrorToo() {
        AsyncFuture<String> future = loop.createFuture();
        loop.callSoon(() -> {
            throw new SystemExit(3);
        });
        assertThat(catchThrowable(() -> loop.runUntilComplete(future)))
                .isInstanceOf(SystemExit.class);
        future.setResult("late");
        assertThat(loop.runUntilComplete(() -> await(sleep(Duration.ofSeconds(1), "whole"))))
                .isEqualTo("whole");
    }

    @Test
    @Contract(8)
    @CPythonTest("test_base_events::test_run_until_complete_loop")
    void aForeignLoopsFutureIsRefused() {
        try (EventLoop other = newEventLoop()) {
            AsyncFuture<String> foreign = other.createFuture();
            assertThatThrownBy(() -> loop.runUntilComplete(foreign))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("belongs to a different loop")
                    .hasMessageContaining("run its own loop, future.getLoop()");
            assertThat(loop.isRunning()).isFalse();
        }
    }

    @Test
    @CPythonTest("test_base_events::test_run_until_complete_type_error")
    void nullIsRefusedBeforeAnythingRuns() {
        loop.callSoon(note("untouched"));
        assertThatThrownBy(() -> loop.runUntilComplete((AsyncFuture<String>) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the future is null: pass one of this loop, or a coroutine");
        assertThatThrownBy(() -> loop.runUntilComplete((Coroutine<String>) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageStartingWith("a coroutine was expected, not null: pass a lambda");
        assertThat(order).isEmpty();
    }

    @Test
    void aLoopMayBeRunManyTimes() {
        int sum = 0;
        for (int i = 0; i < 1000; i++) {
            int number = i;
            sum += loop.runUntilComplete(() -> await(sleep(Duration.ofNanos(1), number)));
        }
        assertThat(sum).isEqualTo(499_500);
    }

    // Running twice

    @Test
    @Contract(12)
    @CPythonTest("test_events::test_run_until_complete_nesting")
    void runningARunningLoopIsRefusedAndLeavesItAsItWas() {
        AsyncFuture<Integer> other = loop.createFuture();
        List<Throwable> refusals = new ArrayList<>();
        loop.callSoon(() -> {
            refusals.add(catchThrowable(loop::runForever));
            refusals.add(catchThrowable(() -> loop.runUntilComplete(other)));
            refusals.add(catchThrowable(() -> loop.runUntilComplete(() -> 1)));
            order.add("running: " + loop.isRunning());
        });
        int result =
                loop.runUntilComplete(() -> {
                    await(sleep(Duration.ofSeconds(1)));
                    refusals.add(catchThrowable(loop::runForever));
                    refusals.add(catchThrowable(() -> loop.runUntilComplete(other)));
                    refusals.add(catchThrowable(() -> loop.runUntilComplete(() -> 1)));
                    order.add(
                            "running: " + loop.isRunning() + ", tasks: " + loop.allTasks().size());
                    await(sleep(Duration.ofSeconds(1)));
                    return 7;
                });
        assertThat(result).isEqualTo(7);
        assertThat(loop.isRunning()).isFalse();
        assertThat(order).containsExactly("running: true", "running: true, tasks: 1");
        assertThat(refusals)
                .hasSize(6)
                .allSatisfy(e ->
                        assertThat(e)
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessage(
                                        "This event loop is already running: inside of it, await"
                                                + " instead of running it again"));
    }

    @Test
    @Contract(12)
    void runningItOnASecondThreadIsRefusedAndLeavesItAsItWas() {
        AsyncFuture<Integer> future = loop.createFuture();
        loop.callSoon(() -> {
            assertThat(OtherThread.failureOf(loop::runForever))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("This event loop is already running");
            assertThat(OtherThread.failureOf(() -> loop.runUntilComplete(future)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("This event loop is already running");
            loop.callLater(Duration.ofSeconds(1), () -> future.setResult(5));
        });
        assertThat(loop.runUntilComplete(future)).isEqualTo(5);
    }

    @Test
    @CPythonTest("test_base_events::test_running_loop_within_a_loop")
    void runningALoopInsideOfAnotherIsRefusedAndNamesWhatToDo() {
        try (EventLoop other = newEventLoop()) {
            List<Throwable> refusals = new ArrayList<>();
            loop.callSoon(() -> refusals.add(catchThrowable(other::runForever)));
            loop.runUntilComplete(() -> {
                refusals.add(catchThrowable(other::runForever));
                await(sleep(Duration.ZERO));
                refusals.add(catchThrowable(() -> other.runUntilComplete(() -> 1)));
                return null;
            });
            assertThat(refusals)
                    .hasSize(3)
                    .allSatisfy(e ->
                            assertThat(e)
                                    .isInstanceOf(IllegalStateException.class)
                                    .hasMessage(
                                            "Cannot run the event loop while another loop is"
                                                    + " running on this thread: await there, or use"
                                                    + " toThread(...) to run a loop of its own"));
            assertThat(other.isRunning()).isFalse();
            assertThat(other.runUntilComplete(() -> 2)).as("it isn't harmed").isEqualTo(2);
        }
    }

    @Test
    void aSecondLoopMayRunOnAThreadOfItsOwn() {
        try (EventLoop other = newEventLoop()) {
            String result =
                    loop.runUntilComplete(() ->
                            await(
                                    toThread(() ->
                                            other.runUntilComplete(() -> {
                                                assertThat(getRunningLoop()).isSameAs(other);
                                                return await(sleep(Duration.ofNanos(1), "inner"));
                                            }))));
            assertThat(result).isEqualTo("inner");
        }
    }

    // The running loop

    @Test
    @CPythonTest("test_events::test_get_event_loop_returns_running_loop2")
    void theRunningLoopIsKnownInsideAndNowhereElse() {
        assertThat(loop.isRunning()).isFalse();
        loop.callSoon(() -> {
            assertThat(getRunningLoop()).isSameAs(loop).isSameAs(getEventLoop());
            order.add("callback");
        });
        loop.runUntilComplete(() -> {
            assertThat(getRunningLoop()).isSameAs(loop);
            await(sleep(Duration.ZERO));
            assertThat(getRunningLoop()).isSameAs(loop);
            assertThat(loop.isRunning()).isTrue();
            assertThat(OtherThread.failureOf(Asyncio::getRunningLoop))
                    .isInstanceOf(IllegalStateException.class);
            return null;
        });
        assertThat(order).containsExactly("callback");
        assertThatThrownBy(Asyncio::getRunningLoop)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("no running event loop on thread ")
                .hasMessageEndingWith(": start one with Asyncio.run(...) or a Runner");
    }

    @Test
    @CPythonTest({
        "test_events::test_get_event_loop_after_set_none",
        "test_events::test_get_event_loop_thread"
    })
    void outsideGetEventLoopAnswersTheOneThatWasSetForTheThread() {
        assertThatThrownBy(Asyncio::getEventLoop)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("There is no current event loop in thread ")
                .hasMessageEndingWith(": start one with Asyncio.run(...) or a Runner");
        setEventLoop(loop);
        try {
            assertThat(getEventLoop()).isSameAs(loop);
            assertThat(OtherThread.failureOf(Asyncio::getEventLoop))
                    .isInstanceOf(IllegalStateException.class);
        } finally {
            setEventLoop(null);
        }
        assertThatThrownBy(Asyncio::getEventLoop).isInstanceOf(IllegalStateException.class);
    }

    // Leaving at once

    @Test
    @Contract(9)
    void aKeyboardInterruptLeavesTheLoopAtOnceAndTheReadyQueueSurvives() {
        KeyboardInterrupt interrupt = new KeyboardInterrupt();
        loop.callSoon(note("a"));
        loop.callSoon(() -> {
            loop.callSoon(note("c"));
            throw interrupt;
        });
        loop.callSoon(note("b"));
        assertThat(catchThrowable(loop::runForever)).isSameAs(interrupt);
        assertThat(order).containsExactly("a");
        assertThat(loop.isRunning()).isFalse();
        loop.callLater(Duration.ofSeconds(1), loop::stop);
        loop.runForever();
        assertThat(order).containsExactly("a", "b", "c");
    }

    @Test
    @Contract(9)
    @CPythonTest("test_base_events::test_run_until_complete_baseexception")
    void aTaskStoresWhatItLeavesWithAndNoStopIsScheduledForTheNextRun() {
        for (Error error : List.of(new KeyboardInterrupt(), new SystemExit(3))) {
            List<Task<?>> tasks = new ArrayList<>();
            Throwable thrown =
                    catchThrowable(() ->
                            loop.runUntilComplete(() -> {
                                tasks.add(Asyncio.currentTask());
                                await(sleep(Duration.ofSeconds(1)));
                                throw error;
                            }));
            assertThat(thrown).isSameAs(error);
            assertThat(tasks.get(0).exception()).isSameAs(error);
            assertThat(loop.runUntilComplete(() -> await(sleep(Duration.ofSeconds(1), "goes on"))))
                    .isEqualTo("goes on");
        }
    }

    @Test
    @Contract(9)
    void otherTasksGoOnInTheNextRun() {
        Throwable thrown =
                catchThrowable(() ->
                        loop.runUntilComplete(() -> {
                            createTask(() -> {
                                order.add("begun");
                                await(sleep(Duration.ofSeconds(1)));
                                order.add("ended");
                            });
                            await(sleep(Duration.ZERO));
                            throw new SystemExit(3);
                        }));
        assertThat(thrown).isInstanceOf(SystemExit.class);
        assertThat(order).containsExactly("begun");
        loop.callLater(Duration.ofSeconds(2), loop::stop);
        loop.runForever();
        assertThat(order).containsExactly("begun", "ended");
    }

    @Test
    @Contract(9)
    void otherTasksSeeTheirCancellationWhenTheRunnerCloses() {
        Runner runner = Runner.create();
        Throwable thrown =
                catchThrowable(() ->
                        runner.run(() -> {
                            createTask(() -> {
                                try {
                                    await(sleep(Duration.ofDays(1)));
                                } catch (CancelledError e) {
                                    order.add("cancelled");
                                    throw e;
                                }
                            });
                            await(sleep(Duration.ZERO));
                            throw new KeyboardInterrupt();
                        }));
        assertThat(thrown).isInstanceOf(KeyboardInterrupt.class);
        assertThat(order).isEmpty();
        runner.close();
        assertThat(order).containsExactly("cancelled");
    }

    @Test
    void interruptingTheThreadThatRunsTheLoopMakesItLeave() {
        EventLoop real = newEventLoop();
        try (real) {
            Thread caller = Thread.currentThread();
            List<CompletableFuture<?>> threads = new ArrayList<>();
            real.callSoon(() ->
                    threads.add(
                            OtherThread.start(() -> {
                                caller.interrupt();
                                return "interrupted";
                            })));
            assertThatThrownBy(real::runForever)
                    .isInstanceOf(CancellationException.class)
                    .hasMessage("the thread that ran the event loop was interrupted");
            assertThat(Thread.interrupted()).as("the flag is set again").isTrue();
            assertThat(threads.getFirst().join()).isEqualTo("interrupted");
            assertThat(real.runUntilComplete(() -> 1))
                    .as("and the loop may be run again")
                    .isEqualTo(1);
        }
    }

    @Test
    void aThreadThatIsInterruptedAlreadyDoesntBegin() {
        loop.callSoon(note("later"));
        Thread.currentThread().interrupt();
        assertThatThrownBy(loop::runForever).isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(order).isEmpty();
        loop.stop();
        loop.runForever();
        assertThat(order).containsExactly("later");
    }
}
