package asyncio4j;

import static asyncio4j.Asyncio.ensureFuture;
import static asyncio4j.Asyncio.getEventLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.setEventLoop;
import static asyncio4j.Asyncio.wrapFuture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.OtherThread;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Which loop a future belongs to, and what becomes of it when that is closed. */
class FutureLoopTest {

    private final EventLoop loop = newEventLoop(new VirtualClock());

    private final List<ExceptionContext> reports = new ArrayList<>();

    private final List<String> order = new ArrayList<>();

    FutureLoopTest() {
        loop.setExceptionHandler((l, report) -> reports.add(report));
    }

    @AfterEach
    void close() {
        setEventLoop(null);
        loop.close();
    }

    @Test
    @CPythonTest("test_futures::test_constructor_without_loop")
    void whereThereIsNoLoopThereIsNoFuture() {
        assertThatThrownBy(() -> getEventLoop().createFuture())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("There is no current event loop in thread ")
                .hasMessageEndingWith(": start one with Asyncio.run(...) or a Runner");
    }

    @Test
    @CPythonTest("test_futures::test_constructor_use_running_loop")
    void aFutureMadeOnTheRunningLoopBelongsToIt() {
        try (EventLoop other = newEventLoop(new VirtualClock())) {
            setEventLoop(other);
            AsyncFuture<Integer> future =
                    loop.runUntilComplete(() -> getEventLoop().<Integer>createFuture());
            assertThat(future.getLoop()).isSameAs(loop);
        }
    }

    @Test
    @CPythonTest("test_futures::test_constructor_use_global_loop")
    void oneMadeOnTheLoopThatWasSetBelongsToThat() {
        setEventLoop(loop);
        assertThat(getEventLoop().createFuture().getLoop()).isSameAs(loop);
    }

    @Test
    @CPythonTest("test_futures::test_wrap_future_use_global_loop")
    void soDoesAStageThatIsWrappedWhereNoneRuns() {
        setEventLoop(loop);
        CompletableFuture<String> stage = new CompletableFuture<>();
        AsyncFuture<String> future = wrapFuture(stage);
        assertThat(future.getLoop()).isSameAs(loop);
        OtherThread.run(() -> stage.complete("result"));
        assertThat(loop.runUntilComplete(future)).isEqualTo("result");
    }

    @Test
    @CPythonTest("test_futures::test_wrap_future_future")
    void whatIsAFutureAlreadyIsHandedBack() {
        AsyncFuture<Integer> future = loop.createFuture();
        assertThat(ensureFuture(future)).isSameAs(future);
    }

    @Test
    @CPythonTest("test_futures::test_wrap_future_cancel2")
    void cancellingAWrappedStageThatIsDoneLeavesTheStageItsResult() {
        setEventLoop(loop);
        CompletableFuture<Integer> stage = new CompletableFuture<>();
        AsyncFuture<Integer> future = wrapFuture(stage);
        stage.complete(42);
        assertThat(future.cancel()).as("not told yet").isTrue();
        loop.stop();
        loop.runForever();
        loop.stop();
        loop.runForever();
        assertThat(stage.isCancelled()).isFalse();
        assertThat(stage).isCompletedWithValue(42);
        assertThat(future.cancelled()).isTrue();
    }

    // After the loop was closed

    private AsyncFuture<Integer> withCallback() {
        AsyncFuture<Integer> future = loop.createFuture();
        future.addDoneCallback(f -> order.add("called"));
        return future;
    }

    @Test
    void completingAFutureThatCantTellItsCallbacksFailsOnceItIsDone() {
        AsyncFuture<Integer> finished = withCallback();
        AsyncFuture<Integer> failed = withCallback();
        AsyncFuture<Integer> cancelled = withCallback();
        loop.close();
        for (Runnable completion :
                List.<Runnable>of(
                        () -> finished.setResult(1),
                        () -> failed.setException(new IllegalStateException("x")),
                        cancelled::cancel)) {
            assertThatThrownBy(completion::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("Event loop is closed: the done callbacks of Future[")
                    .hasMessageEndingWith(
                            " are never called; complete it before, or take them out with"
                                    + " removeDoneCallback");
        }
        assertThat(finished.result()).isEqualTo(1);
        assertThat(failed.exception()).hasMessage("x");
        assertThat(cancelled.cancelled()).isTrue();
        assertThat(cancelled.cancel()).isFalse();
        assertThat(order).isEmpty();
    }

    @Test
    void withoutCallbacksThereIsNobodyToTell() {
        AsyncFuture<Integer> future = loop.createFuture();
        AsyncFuture<Integer> cancelled = loop.createFuture();
        CompletableFuture<Integer> copy = future.toCompletableFuture();
        loop.close();
        future.setResult(1);
        cancelled.cancel();
        assertThat(future.result()).isEqualTo(1);
        assertThat(cancelled.cancelled()).isTrue();
        assertThat(copy).as("told when the loop was closed").isCancelled();
    }

    @Test
    void aFutureThatIsCompletedByCleaningUpReportsTheCallbacksAndTheCleanUpGoesOn() {
        AsyncFuture<Integer> future = withCallback();
        loop.createTask(() -> {
            try {
                return Asyncio.await(loop.createFuture());
            } finally {
                future.setResult(1);
                order.add("went on");
            }
        });
        loop.stop();
        loop.runForever();
        loop.close();
        assertThat(order).containsExactly("went on");
        assertThat(reports)
                .extracting(ExceptionContext::message)
                .containsExactly(
                        "Task was destroyed but it is pending!",
                        "a future was completed while its loop was closed");
        assertThat(reports.getLast().future()).isSameAs(future);
        assertThat(reports.getLast().exception())
                .hasMessageStartingWith("Event loop is closed: the done callbacks of Future[");
    }
}
