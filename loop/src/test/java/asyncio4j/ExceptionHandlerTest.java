package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.shield;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.LoggedWarnings;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Where errors go that reach nobody else. */
class ExceptionHandlerTest {

    private static final ContextVar<String> VAR = ContextVar.withDefault("var", "outside");

    private final EventLoop loop = newEventLoop(new VirtualClock());

    private final List<String> order = new ArrayList<>();

    private final List<ExceptionContext> reports = new ArrayList<>();

    @AfterEach
    void close() {
        loop.close();
    }

    private void runIterations(int count) {
        for (int i = 0; i < count; i++) {
            loop.stop();
            loop.runForever();
        }
    }

    private static Runnable failing(Throwable error) {
        return () -> {
            throw Sneaky.raise(error);
        };
    }

    @Test
    @Contract(10)
    @CPythonTest({
        "test_base_events::test_set_exc_handler_custom",
        "test_events::test_callback_with_exception"
    })
    void theErrorOfACallbackGoesToTheHandlerAndTheLoopGoesOn() {
        List<EventLoop> loops = new ArrayList<>();
        loop.setExceptionHandler((from, context) -> {
            loops.add(from);
            reports.add(context);
        });
        IllegalArgumentException error = new IllegalArgumentException("broken");
        Handle handle = loop.callSoon(failing(error));
        loop.callSoon(() -> order.add("next"));
        runIterations(1);
        assertThat(order).containsExactly("next");
        assertThat(loops).containsExactly(loop);
        assertThat(reports)
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.message()).startsWith("Exception in callback ");
                    assertThat(report.exception()).isSameAs(error);
                    assertThat(report.handle()).isSameAs(handle);
                    assertThat(report.task()).isNull();
                    assertThat(report.future()).isNull();
                    assertThat(report.source()).isNull();
                });
    }

    @Test
    @Contract(10)
    void soDoThoseOfTimersOfDoneCallbacksAndOfWhatOtherThreadsHandIn() {
        loop.setExceptionHandler((from, context) -> reports.add(context));
        TimerHandle timer =
                loop.callLater(Duration.ZERO, failing(new IllegalStateException("timer")));
        loop.callSoonThreadsafe(failing(new IllegalStateException("outside")));
        AsyncFuture<Integer> future = loop.createFuture();
        future.addDoneCallback(f -> failing(new IllegalStateException("done")).run());
        future.addDoneCallback(f -> order.add("second callback"));
        future.setResult(1);
        runIterations(2);
        assertThat(order).containsExactly("second callback");
        assertThat(reports)
                .extracting(report -> String.valueOf(report.exception()))
                .containsExactly(
                        "java.lang.IllegalStateException: outside",
                        "java.lang.IllegalStateException: done",
                        "java.lang.IllegalStateException: timer");
        assertThat(reports.get(2).handle()).isSameAs(timer);
    }

    @Test
    @Contract(10)
    void errorsThatArentExceptionsAreReportedToo() {
        loop.setExceptionHandler((from, context) -> reports.add(context));
        List<Throwable> errors =
                List.of(
                        new AssertionError("a"),
                        new StackOverflowError(),
                        new CancelledError("c"),
                        new Exception("e"));
        errors.forEach(error -> loop.callSoon(failing(error)));
        runIterations(1);
        assertThat(reports).extracting(ExceptionContext::exception).isEqualTo(errors);
    }

    @Test
    @Contract(10)
    @CPythonTest("test_base_events::test_default_exc_handler_callback")
    void withoutAHandlerTheErrorIsLogged() {
        try (LoggedWarnings log = new LoggedWarnings()) {
            loop.callSoon(failing(new IllegalStateException("broken")));
            runIterations(1);
            assertThat(log.messages)
                    .singleElement()
                    .satisfies(message ->
                            assertThat(message)
                                    .startsWith(
                                            "Exception in callback asyncio4j.ExceptionHandlerTest")
                                    .contains("handle: Handle["));
        }
    }

    @Test
    @CPythonTest("test_base_events::test_set_exc_handler_custom")
    void theHandlerMayBeChangedAskedForAndTakenOut() {
        assertThat(loop.getExceptionHandler()).isNull();
        LoopExceptionHandler handler = (from, context) -> reports.add(context);
        loop.setExceptionHandler(handler);
        assertThat(loop.getExceptionHandler()).isSameAs(handler);
        loop.callExceptionHandler(ExceptionContext.of("told", null));
        loop.setExceptionHandler(null);
        assertThat(loop.getExceptionHandler()).isNull();
        try (LoggedWarnings log = new LoggedWarnings()) {
            loop.callExceptionHandler(ExceptionContext.of("logged", null));
            assertThat(log.messages).containsExactly("logged");
        }
        assertThat(reports).extracting(ExceptionContext::message).containsExactly("told");
    }

    @Test
    @Contract(10)
    @CPythonTest("test_base_events::test_set_exc_handler_broken")
    void aHandlerThatFailsIsReportedByTheDefaultOneTogetherWithTheError() {
        loop.setExceptionHandler((from, context) -> {
            throw new UnsupportedOperationException("the handler is broken");
        });
        try (LoggedWarnings log = new LoggedWarnings()) {
            loop.callSoon(failing(new IllegalStateException("broken")));
            loop.callSoon(() -> order.add("next"));
            runIterations(1);
            assertThat(log.messages).hasSize(2);
            assertThat(log.messages.get(0)).startsWith("Unhandled error in exception handler");
            assertThat(log.messages.get(1)).startsWith("Exception in callback ");
        }
        assertThat(order).containsExactly("next");
    }

    @Test
    @Contract(10)
    @CPythonTest("test_base_events::test_default_exc_handler_broken")
    void ifTheDefaultOneFailsTooBothAreLogged() {
        class BrokenLoop extends ForwardingEventLoop {
            BrokenLoop() {
                super(newEventLoop(new VirtualClock()));
            }

            @Override
            public void defaultExceptionHandler(ExceptionContext context) {
                reports.add(context);
                throw new UnsupportedOperationException("the default handler is broken");
            }
        }

        try (EventLoop broken = new BrokenLoop();
                LoggedWarnings log = new LoggedWarnings()) {
            broken.callSoon(failing(new IllegalStateException("broken")));
            broken.stop();
            broken.runForever();
            assertThat(reports).hasSize(1);
            assertThat(log.messages).hasSize(2);
            assertThat(log.messages.get(0)).isEqualTo("Exception in default exception handler");
            assertThat(log.messages.get(1)).startsWith("Exception in callback ");
        }
    }

    @Test
    @Contract(10)
    @CPythonTest("test_futures2::test_handle_exc_handler_correct_context")
    void theHandlerRunsInTheContextOfTheCallback() {
        loop.setExceptionHandler((from, context) -> order.add(VAR.get()));
        Context own = new Context();
        own.run(() -> VAR.set("own"));
        loop.callSoon(failing(new IllegalStateException()), own);
        loop.callSoon(() -> {
            VAR.set("set by the callback");
            throw new IllegalStateException();
        });
        runIterations(1);
        assertThat(order).containsExactly("own", "set by the callback");
        assertThat(VAR.get()).isEqualTo("outside");
    }

    @Test
    @Contract(10)
    void theHandlerRunsInTheContextOfTheTask() {
        loop.setExceptionHandler((from, context) -> {
            order.add(context.message() + " in " + VAR.get());
            VAR.set("set by the handler");
        });
        Task<?> task =
                loop.createTask(() -> {
                    VAR.set("the task");
                    throw new IllegalStateException("nobody asks");
                });
        task.setName("T");
        Task<?> pending =
                loop.createTask(() -> {
                    VAR.set("the pending task");
                    return await(sleep(Duration.ofSeconds(1)));
                });
        runIterations(1);
        loop.close();
        assertThat(order)
                .containsExactly(
                        "Task was destroyed but it is pending! in the pending task",
                        "Task exception was never retrieved: T in the task");
        assertThat(pending.getContext().get(VAR, "none")).isEqualTo("set by the handler");
        assertThat(VAR.get()).isEqualTo("outside");
    }

    @Test
    void theHandlerNeverRunsOnTheStackOfATaskThatHasNothingToDoWithIt() {
        loop.setExceptionHandler((from, context) -> {
            assertThat(getRunningLoop()).isSameAs(loop);
            order.add(context.message() + ", in task " + currentTask());
        });
        loop.runUntilComplete(() -> {
            Task<?> inner =
                    createTask(() -> {
                        await(sleep(Duration.ofSeconds(1)));
                        throw new IllegalStateException("late");
                    });
            shield(inner).cancel();
            await(sleep(Duration.ofSeconds(2))); // this fiber does the loop's bookkeeping meanwhile
            return null;
        });
        assertThat(order)
                .containsExactly(
                        "the outer future of shield was cancelled, and then the inner one failed,"
                                + " in task null");
    }

    @Test
    @Contract(10)
    void aKeyboardInterruptOfTheHandlerLeavesTheLoop() {
        KeyboardInterrupt interrupt = new KeyboardInterrupt();
        loop.setExceptionHandler((from, context) -> {
            throw interrupt;
        });
        loop.callSoon(failing(new IllegalStateException()));
        loop.callSoon(() -> order.add("next run"));
        assertThat(catchThrowable(loop::runForever)).isSameAs(interrupt);
        assertThat(order).isEmpty();
        runIterations(1);
        assertThat(order).containsExactly("next run");
    }

    @Test
    void aHandlerMayUseTheLoop() {
        loop.setExceptionHandler(
                (from, context) -> from.callSoon(() -> order.add("registered by the handler")));
        loop.callSoon(failing(new IllegalStateException()));
        runIterations(2);
        assertThat(order).containsExactly("registered by the handler");
    }

    @Test
    void nothingToReportIsRefused() {
        assertThatThrownBy(() -> loop.callExceptionHandler(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage(
                        "there is nothing to report: pass ExceptionContext.of(message, exception)");
        assertThatThrownBy(() -> loop.defaultExceptionHandler(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageStartingWith("there is nothing to report");
    }
}
