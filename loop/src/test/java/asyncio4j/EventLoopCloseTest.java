package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.OtherThread;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What closing a loop ends, and what a closed one refuses. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventLoopCloseTest {

    private final DefaultEventLoop loop = new DefaultEventLoop(new VirtualClock().clock());

    private final List<String> order = new ArrayList<>();

    private final List<ExceptionContext> reports = new ArrayList<>();

    EventLoopCloseTest() {
        loop.setExceptionHandler((l, context) -> reports.add(context));
    }

    private Runnable note(String name) {
        return () -> order.add(name);
    }

    @Test
    @Contract(11)
    @CPythonTest("test_events::test_close_running_event_loop")
    void closingARunningLoopIsRefusedFromInsideAndFromOutside() {
        List<Throwable> refusals = new ArrayList<>();
        loop.callSoon(() -> refusals.add(catchThrowable(loop::close)));
        loop.runUntilComplete(() -> {
            refusals.add(catchThrowable(loop::close));
            refusals.add(OtherThread.failureOf(loop::close));
            await(sleep(Duration.ofSeconds(1)));
            return null;
        });
        assertThat(refusals)
                .hasSize(3)
                .allSatisfy(e ->
                        assertThat(e)
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessage(
                                        "Cannot close a running event loop: stop() it, and close it"
                                                + " afterwards"));
        assertThat(loop.isClosed()).isFalse();
        loop.close();
        assertThat(loop.isClosed()).isTrue();
    }

    @Test
    @Contract(11)
    @CPythonTest("test_base_events::test_close")
    void closingTwiceIsNothingMore() {
        loop.createFuture().setException(new IllegalStateException("reported once"));
        loop.close();
        loop.close();
        assertThat(loop.isClosed()).isTrue();
        assertThat(loop.isRunning()).isFalse();
        assertThat(reports).hasSize(1);
    }

    @Test
    @Contract(11)
    void whatIsQueuedIsDropped() {
        loop.callSoon(note("ready"));
        loop.callLater(Duration.ZERO, note("timer"));
        loop.callSoonThreadsafe(note("own thread"));
        OtherThread.run(() -> loop.callSoonThreadsafe(note("other thread")));
        loop.close();
        assertThat(loop.core().timers()).isZero();
        assertThat(order).isEmpty();
    }

    @Test
    @Contract(11)
    void theExecutorIsShutDownWithoutWaitingForIt() throws InterruptedException {
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            CompletableFuture<String> end = new CompletableFuture<>();
            loop.setDefaultExecutor(executor);
            AsyncFuture<Integer> future =
                    loop.runInExecutor(
                            null,
                            () -> {
                                begun.countDown();
                                for (; ; ) {
                                    try {
                                        goOn.await();
                                        break;
                                    } catch (InterruptedException e) {
                                        order.add("interrupted"); // and goes on all the same
                                    }
                                }
                                end.complete("its own end");
                                return 1;
                            });
            begun.await();
            loop.close();
            assertThat(executor.isShutdown()).isTrue();
            assertThat(end).isNotDone();
            goOn.countDown();
            assertThat(end.join()).isEqualTo("its own end");
            assertThat(order).containsExactly("interrupted");
            assertThat(future.done()).as("nobody waits for the result any more").isFalse();
        }
    }

    @Test
    void suspendedTasksAreUnwoundAndReported() {
        Task<?> task =
                loop.createTask(() -> {
                    try {
                        await(sleep(Duration.ofSeconds(1)));
                        order.add("not reached");
                    } finally {
                        order.add("finally");
                    }
                    return null;
                });
        loop.stop();
        loop.runForever();
        Task<?> neverBegun = loop.createTask(() -> order.add("not reached"));
        loop.close();
        assertThat(order).containsExactly("finally");
        assertThat(reports)
                .hasSize(2)
                .allSatisfy(report ->
                        assertThat(report.message())
                                .isEqualTo("Task was destroyed but it is pending!"));
        assertThat(reports).extracting(ExceptionContext::task).containsExactly(task, neverBegun);
        assertThat(task.cancelled()).isTrue();
        assertThat(neverBegun.cancelled()).isTrue();
    }

    @Test
    @CPythonTest({
        "test_base_events::test_close",
        "test_base_events::test_create_task_error_closes_coro",
        "test_events::EventLoopTestsMixin::test_close"
    })
    void everythingThatNeedsAnOpenLoopIsRefusedByAClosedOne() {
        loop.close();
        AsyncFuture<Integer> future = loop.createFuture();
        AsyncFuture<Integer> done = loop.createFuture();
        done.setResult(1);
        Map<String, ThrowingCallable> uses = new LinkedHashMap<>();
        uses.put("runForever", loop::runForever);
        uses.put("runUntilComplete", () -> loop.runUntilComplete(future));
        uses.put(
                "runUntilComplete(coroutine)", () -> loop.runUntilComplete(() -> order.add("run")));
        uses.put("callSoon", () -> loop.callSoon(note("run")));
        uses.put("callSoonThreadsafe", () -> loop.callSoonThreadsafe(note("run")));
        uses.put("callLater", () -> loop.callLater(Duration.ZERO, note("run")));
        uses.put("callAt", () -> loop.callAt(Duration.ZERO, note("run")));
        uses.put("createTask", () -> loop.createTask(() -> order.add("run")));
        uses.put("newTask", () -> loop.newTask(() -> order.add("run"), TaskOptions.DEFAULT));
        uses.put("runInExecutor", () -> loop.runInExecutor(null, () -> order.add("run")));
        uses.put(
                "runCoroutineThreadsafe",
                () -> Asyncio.runCoroutineThreadsafe(() -> order.add("run"), loop));
        uses.put("callback of a done future", () -> done.addDoneCallback(f -> order.add("run")));
        uses.forEach((name, use) ->
                assertThatThrownBy(use)
                        .as(name)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith("Event loop is closed: ")
                        .hasMessageEndingWith(" needs an open one"));
        assertThat(OtherThread.failureOf(() -> loop.callSoonThreadsafe(note("run"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("Event loop is closed");
        assertThat(order).isEmpty();
    }

    @Test
    void aClosedLoopMayStillBeAsked() {
        loop.createTask(() -> 1);
        loop.close();
        loop.stop();
        assertThat(loop.isRunning()).isFalse();
        assertThat(loop.time()).isZero();
        assertThat(loop.allTasks()).isEmpty();
        assertThat(loop.toString()).matches("asyncio4j-loop-\\d+\\[closed\\]");
    }

    @Test
    void tasksThatEndWhileTheyAreUnwoundMayNotUseTheLoopAnyMore() {
        List<Throwable> refusals = new ArrayList<>();
        loop.createTask(() -> {
            try {
                await(sleep(Duration.ofSeconds(1)));
            } finally {
                refusals.add(catchThrowable(() -> loop.callSoon(note("callback"))));
                refusals.add(catchThrowable(() -> loop.callSoonThreadsafe(note("callback"))));
                refusals.add(catchThrowable(() -> loop.createTask(() -> 1)));
            }
            return null;
        });
        loop.stop();
        loop.runForever();
        loop.close();
        assertThat(refusals)
                .hasSize(3)
                .allSatisfy(e ->
                        assertThat(e)
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageStartingWith("Event loop is closed"));
        assertThat(order).isEmpty();
    }

    @Test
    void noThreadOfTheLoopIsLeft() {
        DefaultEventLoop other = (DefaultEventLoop) newEventLoop(new VirtualClock());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            other.createTask(() -> {
                threads.add(Thread.currentThread());
                await(sleep(Duration.ofSeconds(1)));
                return null;
            });
        }
        other.setExceptionHandler((l, context) -> reports.add(context));
        other.stop();
        other.runForever();
        assertThat(threads)
                .hasSize(200)
                .allSatisfy(thread -> assertThat(thread.isAlive()).isTrue());
        other.close();
        assertThat(threads).allSatisfy(thread -> assertThat(thread.isAlive()).isFalse());
        assertThat(reports).hasSize(200);
    }
}
