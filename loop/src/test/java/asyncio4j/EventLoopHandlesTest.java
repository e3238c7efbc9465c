package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.internal.loop.Clock;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.LoggedWarnings;
import asyncio4j.testing.OtherThread;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** What a loop is asked for most: callbacks, timers, runs, work on other threads. */
class EventLoopHandlesTest {

    private final EventLoop loop = newEventLoop(new VirtualClock());

    private final List<String> order = new ArrayList<>();

    @AfterEach
    void close() {
        loop.close();
    }

    private Runnable note(String name) {
        return () -> order.add(name);
    }

    private void runIteration() {
        loop.stop();
        loop.runForever();
    }

    @Test
    @CPythonTest({"test_base_events::test_call_soon", "test_events::test_handle"})
    void aCallbackThatIsCalledSoonHasAHandle() {
        Context context = new Context();
        Handle handle = loop.callSoon(note("called"), context);
        assertThat(order).isEmpty();
        assertThat(handle).isNotInstanceOf(TimerHandle.class);
        assertThat(handle.cancelled()).isFalse();
        assertThat(handle.context()).isSameAs(context);
        runIteration();
        assertThat(order).containsExactly("called");
        Handle cancelled = loop.callSoon(note("cancelled"));
        cancelled.cancel();
        assertThat(cancelled.cancelled()).isTrue();
        runIteration();
        assertThat(order).containsExactly("called");
    }

    @Test
    @CPythonTest({"test_base_events::test_call_later", "test_events::test_timer"})
    void aTimersHandleSaysWhenAndCancels() {
        TimerHandle timer = loop.callLater(Duration.ofSeconds(10), note("timer"));
        assertThat(timer.when()).isEqualTo(Duration.ofSeconds(10));
        assertThat(timer.cancelled()).isFalse();
        runIteration();
        assertThat(order).as("not ready yet").isEmpty();
        timer.cancel();
        assertThat(timer.cancelled()).isTrue();
        loop.callLater(Duration.ofSeconds(11), loop::stop);
        loop.runForever();
        assertThat(order).isEmpty();
    }

    @Test
    @CPythonTest("test_base_events::test__run_once_schedule_handle")
    void whatATimersCallbackRegistersIsCalledInTheNextIteration() {
        loop.callAt(
                Duration.ofSeconds(-1),
                () -> {
                    order.add("timer");
                    loop.callSoon(note("soon"));
                });
        runIteration();
        assertThat(order).containsExactly("timer");
        runIteration();
        assertThat(order).containsExactly("timer", "soon");
    }

    @Test
    @CPythonTest("test_events::test_run_until_complete")
    void aRunTakesAsLongAsItsCoroutine() {
        loop.runUntilComplete(sleep(Duration.ofMillis(100)));
        assertThat(loop.time()).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    @CPythonTest("test_events::test_run_until_complete_stopped")
    void aCoroutineThatStopsItsLoopAndGoesOnAwaitingFailsTheRun() {
        assertThatThrownBy(() ->
                        loop.runUntilComplete(() -> {
                            loop.stop();
                            return await(sleep(Duration.ofMillis(100)));
                        }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Event loop stopped before Future completed.");
    }

    @Test
    @CPythonTest("test_events::test_call_soon_threadsafe")
    void whatAnotherThreadHandedInBeforeComesFirst() {
        OtherThread.run(() -> loop.callSoonThreadsafe(note("hello")));
        loop.callSoon(note("world"));
        runIteration();
        assertThat(order).containsExactly("hello", "world");
    }

    @Test
    @CPythonTest("test_events::test_timeout_rounding")
    void shortSleepsTakeOneWaitEach() {
        List<Long> waits = new ArrayList<>();
        Clock clock =
                new Clock() {
                    private long nanos;

                    @Override
                    public long nanos() {
                        return nanos;
                    }

                    @Override
                    public boolean skipTo(long deadline) {
                        waits.add(deadline - nanos);
                        nanos = deadline;
                        return true;
                    }
                };
        try (EventLoop counting = new DefaultEventLoop(clock)) {
            counting.runUntilComplete(() -> {
                for (long nanos : new long[] {10_000_000, 100_000, 1_000, 10, 1}) {
                    await(sleep(Duration.ofNanos(nanos)));
                }
                return null;
            });
        }
        assertThat(waits).containsExactly(10_000_000L, 100_000L, 1_000L, 10L, 1L);
    }

    @Test
    @CPythonTest("test_events::test_run_in_executor_cancel")
    void workThatWasCancelledTellsAClosedLoopNothing() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        CountDownLatch goOn = new CountDownLatch(1);
        EventLoop real = newEventLoop();
        real.setExceptionHandler((l, report) -> order.add(report.message()));
        AsyncFuture<Integer> work =
                real.runInExecutor(
                        body -> {
                            Thread thread = Thread.ofVirtual().unstarted(body);
                            thread.setUncaughtExceptionHandler((t, e) -> failures.add(e));
                            threads.add(thread);
                            thread.start();
                        },
                        () -> {
                            goOn.await();
                            return 1;
                        });
        assertThat(work.cancel()).isTrue();
        real.runUntilComplete(real.shutdownDefaultExecutor(Duration.ofHours(1)));
        real.close();
        goOn.countDown();
        threads.getFirst().join();
        assertThat(failures).isEmpty();
        assertThat(order).isEmpty();
        assertThat(work.cancelled()).isTrue();
    }

    @Test
    @CPythonTest("test_base_events::test_set_default_executor_error")
    void aDefaultExecutorHasToBeOne() {
        assertThatThrownBy(() -> loop.setDefaultExecutor(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage(
                        "the executor is null: pass one, such as Executors.newFixedThreadPool(4)");
        assertThat(loop.runUntilComplete(loop.runInExecutor(null, () -> 1)))
                .as("the usual one is in use still")
                .isEqualTo(1);
    }

    @Test
    @CPythonTest("test_base_events::test_default_exc_handler_callback")
    void theErrorOfATimerIsLogged() {
        try (LoggedWarnings log = new LoggedWarnings()) {
            loop.callLater(
                    Duration.ofMillis(10),
                    () -> {
                        loop.stop();
                        throw new ArithmeticException("/ by zero");
                    });
            loop.runForever();
            assertThat(log.messages)
                    .singleElement()
                    .asString()
                    .startsWith("Exception in callback asyncio4j.EventLoopHandlesTest")
                    .contains("handle: TimerHandle[when=PT0.01S, ");
        }
    }

    @Test
    @CPythonTest("test_base_events::test_default_exc_handler_coro")
    void theErrorOfATaskThatNobodyAsksIsLogged() {
        try (LoggedWarnings log = new LoggedWarnings()) {
            loop.createTask(
                    () -> {
                        await(sleep(Duration.ofMillis(10)));
                        throw new ArithmeticException("/ by zero");
                    },
                    TaskOptions.DEFAULT.name("T"));
            loop.runUntilComplete(sleep(Duration.ofMillis(20)));
            loop.close();
            assertThat(log.messages)
                    .singleElement()
                    .asString()
                    .startsWith("Task exception was never retrieved: T");
        }
    }

    @Test
    @CPythonTest("test_base_events::test_default_exc_handler_broken")
    void aDefaultHandlerThatFailsForAHandlerThatFailedWasToldOfBothErrors() {
        List<ExceptionContext> told = new ArrayList<>();
        class BrokenLoop extends ForwardingEventLoop {
            BrokenLoop() {
                super(newEventLoop(new VirtualClock()));
            }

            @Override
            public void defaultExceptionHandler(ExceptionContext context) {
                told.add(context);
                throw new UnsupportedOperationException("spam");
            }
        }

        try (EventLoop broken = new BrokenLoop();
                LoggedWarnings log = new LoggedWarnings()) {
            broken.setExceptionHandler((l, context) -> {
                throw new UnsupportedOperationException("ham");
            });
            broken.callSoon(() -> {
                throw new ArithmeticException("/ by zero");
            });
            broken.stop();
            broken.runForever();
            assertThat(told)
                    .extracting(context -> String.valueOf(context.exception()))
                    .containsExactly(
                            "java.lang.UnsupportedOperationException: ham",
                            "java.lang.ArithmeticException: / by zero");
            assertThat(log.messages)
                    .contains("Exception in default exception handler")
                    .anyMatch(message -> message.startsWith("Exception in callback "));
        }
    }

    @Test
    @CPythonTest("test_base_events::test_create_named_task_with_custom_factory")
    void aTaskMadeByAFactoryHasTheNameThatWasAskedFor() {
        loop.setTaskFactory(
                new TaskFactory() {
                    @Override
                    public <T> Task<T> createTask(
                            EventLoop inLoop, Coroutine<T> coroutine, TaskOptions options) {
                        order.add("made by the factory");
                        return inLoop.newTask(coroutine, options);
                    }
                });
        Task<Integer> task = loop.createTask(() -> 1, TaskOptions.DEFAULT.name("test_task"));
        assertThat(task.getName()).isEqualTo("test_task");
        assertThat(loop.runUntilComplete(task)).isEqualTo(1);
        assertThat(order).containsExactly("made by the factory");
    }

    @Test
    @CPythonTest("test_events::test_new_event_loop")
    void everyNewLoopIsAnother() {
        try (EventLoop other = newEventLoop()) {
            assertThat(other).isNotSameAs(loop);
            assertThat(other.isRunning()).isFalse();
            assertThat(other.isClosed()).isFalse();
        }
    }

    @Test
    @CPythonTest({
        "test_events::test_set_event_loop",
        "test_events::test_get_event_loop_returns_running_loop"
    })
    void theLastLoopThatWasSetCountsButTheRunningOneCountsMore() {
        try (EventLoop other = newEventLoop(new VirtualClock())) {
            Asyncio.setEventLoop(loop);
            Asyncio.setEventLoop(other);
            assertThat(Asyncio.getEventLoop()).isSameAs(other);
            EventLoop inside =
                    loop.runUntilComplete(() -> {
                        assertThat(Asyncio.getRunningLoop()).isSameAs(loop);
                        return Asyncio.getEventLoop();
                    });
            assertThat(inside).isSameAs(loop);
            assertThat(Asyncio.getEventLoop()).isSameAs(other);
            Asyncio.setEventLoop(null);
            assertThat(loop.<EventLoop>runUntilComplete(() -> Asyncio.getEventLoop()))
                    .isSameAs(loop);
            assertThatThrownBy(Asyncio::getRunningLoop).isInstanceOf(IllegalStateException.class);
        } finally {
            Asyncio.setEventLoop(null);
        }
    }
}
