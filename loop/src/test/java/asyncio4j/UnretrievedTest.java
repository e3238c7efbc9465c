package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.LoggedWarnings;
import asyncio4j.testing.OtherThread;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Exceptions that nobody asks for are reported, and those that somebody asked for aren't. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnretrievedTest {

    private static final ContextVar<String> VAR = ContextVar.withDefault("var", "unset");

    private final EventLoop loop = newEventLoop(new VirtualClock());

    private final List<ExceptionContext> reports = new ArrayList<>();

    UnretrievedTest() {
        loop.setExceptionHandler((l, context) -> reports.add(context));
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private AsyncFuture<Integer> failed(String message) {
        AsyncFuture<Integer> future = loop.createFuture();
        future.setException(new IOException(message));
        return future;
    }

    private void runIterations(int count) {
        for (int i = 0; i < count; i++) {
            loop.stop();
            loop.runForever();
        }
    }

    /**
     * Has garbage collected on another thread until {@code reached}; that other thread ends then.
     */
    private static CompletableFuture<Void> collectUntil(BooleanSupplier reached) {
        return OtherThread.start(() -> {
            while (!reached.getAsBoolean()) {
                System.gc();
            }
            return null;
        });
    }

    @Test
    @Contract(22)
    void whatIsCollectedWhileTheLoopIsClosedIsStillForTheExceptionHandler() {
        AsyncFuture<Integer> future = loop.createFuture();
        Unretrieved.Entry entry =
                future.loop().unretrieved().track(future, new IOException("late"));
        future.loop().addCloseListener(entry::collected);
        try (LoggedWarnings log = new LoggedWarnings()) {
            loop.close();
            entry.collected();
            assertThat(log.messages).isEmpty();
        }
        assertThat(reports)
                .singleElement()
                .satisfies(report -> assertThat(report.exception()).hasMessage("late"));
    }

    @Test
    @Contract(22)
    void whatIsCollectedAfterAHandlerMadeCloseFailIsLogged() {
        loop.setExceptionHandler((l, context) -> {
            throw new SystemExit(1);
        });
        AsyncFuture<Integer> future = loop.createFuture();
        failed("first");
        Unretrieved.Entry entry =
                future.loop().unretrieved().track(future, new IOException("second"));
        try (LoggedWarnings log = new LoggedWarnings()) {
            assertThat(catchThrowable(loop::close)).isInstanceOf(SystemExit.class);
            assertThat(log.messages).isEmpty();
            entry.collected();
            entry.collected();
            assertThat(log.messages).hasSize(1);
        }
    }

    @Test
    @Contract(22)
    void whatIsLeftAtCloseIsReportedInTheOrderOfTheFailures() {
        List<AsyncFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            futures.add(failed("" + i));
        }
        assertThat(reports).isEmpty();
        loop.close();
        assertThat(reports).hasSize(50);
        for (int i = 0; i < 50; i++) {
            assertThat(reports.get(i).message()).isEqualTo("Future exception was never retrieved");
            assertThat(reports.get(i).exception())
                    .isInstanceOf(IOException.class)
                    .hasMessage("" + i);
            assertThat(reports.get(i).future()).isSameAs(futures.get(i));
        }
        loop.close();
        assertThat(reports).hasSize(50);
    }

    @Test
    @Contract(22)
    void ofATaskTheNameIsSaid() {
        Task<Integer> task =
                loop.createTask(
                        () -> {
                            throw new IOException("broken");
                        },
                        TaskOptions.DEFAULT.name("T"));
        runIterations(1);
        assertThat(reports).isEmpty();
        loop.close();
        assertThat(reports)
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.message()).isEqualTo("Task exception was never retrieved: T");
                    assertThat(report.exception()).hasMessage("broken");
                    assertThat(report.task()).isSameAs(task);
                });
    }

    @Test
    @Contract(22)
    @CPythonTest({
        "test_futures::test_tb_logger_not_called_after_cancel",
        "test_futures::test_tb_logger_exception_retrieved",
        "test_futures::test_tb_logger_exception_result_retrieved"
    })
    void asManyWaysThereAreToAskForItAsAreNotReported() {
        failed("result").addDoneCallback(f -> assertThat(catchThrowable(f::result)).isNotNull());
        failed("exception").addDoneCallback(f -> assertThat(f.exception()).isNotNull());
        assertThat(catchThrowable(failed("asked at once")::result)).isNotNull();
        assertThat(failed("another thread").exception()).isNotNull();
        assertThat(failed("cancelled afterwards").cancel()).isFalse();
        AsyncFuture<Integer> elsewhere = failed("on another thread");
        assertThat(OtherThread.failureOf(elsewhere::result)).hasMessage("on another thread");
        assertThat(catchThrowable(() -> loop.runUntilComplete(failed("run")))).hasMessage("run");
        assertThat(
                        catchThrowable(() ->
                                loop.runUntilComplete(() -> {
                                    throw new IOException("main");
                                })))
                .hasMessage("main");
        assertThat(failed("copied").toCompletableFuture()).isCompletedExceptionally();
        loop.runUntilComplete(() -> {
            assertThat(catchThrowable(() -> await(failed("awaited")))).hasMessage("awaited");
            AsyncFuture<Integer> pending = loop.createFuture();
            Task<?> waiting =
                    createTask(() ->
                            assertThat(catchThrowable(() -> await(pending))).hasMessage("later"));
            await(sleep(Duration.ofSeconds(1)));
            pending.setException(new IOException("later"));
            await(waiting);
            assertThat(catchThrowable(() -> await(gather(failed("gathered")))))
                    .hasMessage("gathered");
            assertThat(await(Asyncio.gatherReturnExceptions(List.of(failed("returned")))))
                    .hasSize(1);
            return null;
        });
        loop.close();
        assertThat(reports).isEmpty();
    }

    @Test
    @Contract(22)
    void cancellingAGatherThatHasFailedIsNoWayToAsk() {
        loop.runUntilComplete(() -> {
            AsyncFuture<?> gathered = gather(failed("child"));
            await(sleep(Duration.ofSeconds(1)));
            assertThat(gathered.done()).isTrue();
            assertThat(gathered.cancel()).isFalse();
            return null;
        });
        loop.close();
        assertThat(reports)
                .extracting(report -> String.valueOf(report.exception()))
                .containsExactly("java.io.IOException: child");
    }

    @Test
    @Contract(22)
    void aCallbackThatDoesntAskDoesntCount() {
        List<String> called = new ArrayList<>();
        Consumer<AsyncFuture<Integer>> callback = f -> called.add("done: " + f.done());
        failed("nobody asked").addDoneCallback(callback);
        runIterations(1);
        loop.close();
        assertThat(called).containsExactly("done: true");
        assertThat(reports)
                .extracting(report -> String.valueOf(report.exception()))
                .containsExactly("java.io.IOException: nobody asked");
    }

    @Test
    @CPythonTest({
        "test_futures::test_tb_logger_abandoned",
        "test_futures::test_tb_logger_result_unretrieved",
        "test_futures::test_tb_logger_result_retrieved"
    })
    void resultsAndCancellationsAreNeverReported() {
        loop.createFuture(); // abandoned while pending
        loop.createFuture().setResult(1);
        AsyncFuture<Integer> asked = loop.createFuture();
        asked.setResult(1);
        assertThat(asked.result()).isEqualTo(1);
        loop.createFuture().cancel();
        loop.createTask(() -> 1);
        loop.createTask(() -> {
            throw new CancelledError("by itself");
        });
        runIterations(1);
        loop.close();
        assertThat(reports).isEmpty();
    }

    @Test
    @Contract(22)
    @CPythonTest({
        "test_futures::test_tb_logger_exception_unretrieved",
        "test_futures::test_future_exception_never_retrieved"
    })
    void aFutureThatWasCollectedIsReportedWhileTheLoopRuns() {
        CompletableFuture<Void> collector =
                loop.runUntilComplete(() -> {
                    AsyncFuture<Void> reported = loop.createFuture();
                    loop.setExceptionHandler((l, context) -> {
                        reports.add(context);
                        reported.setResult(null);
                    });
                    failed("nobody can ask any more");
                    CompletableFuture<Void> collecting = collectUntil(reported::done);
                    await(reported);
                    return collecting;
                });
        collector.join();
        assertThat(reports)
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.message()).isEqualTo("Future exception was never retrieved");
                    assertThat(report.exception())
                            .isInstanceOf(IOException.class)
                            .hasMessage("nobody can ask any more");
                    assertThat(report.future()).isNull();
                });
        loop.close();
        assertThat(reports).as("not twice").hasSize(1);
    }

    @Test
    @Contract(22)
    @CPythonTest("test_futures2::test_task_exc_handler_correct_context")
    void soIsATaskInItsOwnContextAndWithTheStackOfItsMaker() {
        loop.setDebug(true);
        List<String> seen = new ArrayList<>();
        CompletableFuture<Void> collector =
                loop.runUntilComplete(() -> {
                    AsyncFuture<Void> reported = loop.createFuture();
                    loop.setExceptionHandler((l, context) -> {
                        seen.add(VAR.get() + ", " + currentTask());
                        reports.add(context);
                        reported.setResult(null);
                    });
                    createTask(
                            () -> {
                                VAR.set("the task's");
                                throw new IOException("broken");
                            },
                            TaskOptions.DEFAULT.name("T"));
                    await(sleep(Duration.ofSeconds(1)));
                    CompletableFuture<Void> collecting = collectUntil(reported::done);
                    await(reported);
                    return collecting;
                });
        collector.join();
        assertThat(seen).containsExactly("the task's, null");
        assertThat(reports)
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.message()).isEqualTo("Task exception was never retrieved: T");
                    assertThat(report.source()).isNotNull();
                    assertThat(report.source().getStackTrace())
                            .anyMatch(frame ->
                                    frame.getClassName().equals(UnretrievedTest.class.getName()));
                });
    }

    @Test
    @Contract(22)
    void whatWasRetrievedBeforeItWasCollectedIsntReported() {
        CompletableFuture<Void> collector =
                loop.runUntilComplete(() -> {
                    AsyncFuture<Void> reported = loop.createFuture();
                    loop.setExceptionHandler((l, context) -> {
                        reports.add(context);
                        reported.setResult(null);
                    });
                    for (int i = 0; i < 100; i++) {
                        assertThat(failed("retrieved").exception()).isNotNull();
                    }
                    failed("not retrieved"); // the last to be made: the others are garbage by then
                    CompletableFuture<Void> collecting = collectUntil(reported::done);
                    await(reported);
                    return collecting;
                });
        collector.join();
        loop.close();
        assertThat(reports)
                .extracting(report -> String.valueOf(report.exception()))
                .containsExactly("java.io.IOException: not retrieved");
    }

    @Test
    void aFutureThatIsStillHeldIsntReportedHoweverMuchIsCollected() {
        AsyncFuture<Integer> held = failed("held");
        CompletableFuture<Void> collector =
                loop.runUntilComplete(() -> {
                    AsyncFuture<Void> reported = loop.createFuture();
                    loop.setExceptionHandler((l, context) -> {
                        reports.add(context);
                        reported.setResult(null);
                    });
                    failed("not held");
                    CompletableFuture<Void> collecting = collectUntil(reported::done);
                    await(reported);
                    return collecting;
                });
        collector.join();
        assertThat(reports)
                .extracting(report -> String.valueOf(report.exception()))
                .containsExactly("java.io.IOException: not held");
        assertThat(held.exception()).hasMessage("held");
    }

    @Test
    void whatFailsAfterTheLoopWasClosedIsLoggedWhenItIsCollected() {
        try (LoggedWarnings log = new LoggedWarnings()) {
            loop.close();
            failed("too late for the handler");
            collectUntil(() -> !log.messages.isEmpty()).join();
            assertThat(log.messages).containsExactly("Future exception was never retrieved");
        }
        assertThat(reports).isEmpty();
    }
}
