package asyncio4j;

import static asyncio4j.Asyncio.allTasks;
import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.OtherThread;
import asyncio4j.testing.VirtualRunner;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What futures, tasks and handles print as. */
class FutureTextTest {

    private final VirtualRunner runner = new VirtualRunner();

    private final EventLoop loop = runner.loop();

    /** Callbacks of which one knows what they print as. */
    private static class First implements Consumer<AsyncFuture<?>>, Runnable {
        @Override
        public void accept(AsyncFuture<?> future) {
            // only there to be there
        }

        @Override
        public void run() {
            // only there to be there
        }
    }

    private static final class Middle extends First {}

    private static final class Last extends First {}

    private static final String THIS = FutureTextTest.class.getName();

    /** What nobody may turn into a string. */
    private static final class Secret {
        @Override
        public String toString() {
            throw new AssertionError("it was turned into a string");
        }
    }

    @AfterEach
    void close() {
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    private AsyncFuture<Object> finished(@Nullable Object result) {
        AsyncFuture<Object> future = loop.createFuture();
        future.setResult(result);
        return future;
    }

    @Test
    @CPythonTest("test_futures::test_future_repr")
    void aFuturePrintsItsStateItsOutcomeAndItsCallbacks() {
        AsyncFuture<Object> future = loop.createFuture();
        assertThat(future).hasToString("Future[pending]");
        future.addDoneCallback(new First());
        assertThat(future).hasToString("Future[pending, cb=[" + THIS + "$First]]");
        future.addDoneCallback(new Last());
        assertThat(future)
                .hasToString("Future[pending, cb=[" + THIS + "$First, " + THIS + "$Last]]");
        AsyncFuture<Object> many = loop.createFuture();
        many.addDoneCallback(new First());
        for (int i = 0; i < 8; i++) {
            many.addDoneCallback(new Middle());
        }
        many.addDoneCallback(new Last());
        assertThat(many)
                .hasToString(
                        "Future[pending, cb=[" + THIS + "$First, <8 more>, " + THIS + "$Last]]");
        many.cancel();
        assertThat(many).hasToString("Future[cancelled]");
        assertThat(finished(4)).hasToString("Future[finished, result=4]");
        future.setException(new IOException("as it is"));
        assertThat(future).hasToString("Future[exception=java.io.IOException: as it is]");
        assertThat(future.exception()).hasMessage("as it is");
    }

    @Test
    void aResultIsPrintedIfItIsAPlainValueAndNamedOtherwise() {
        assertThat(finished(null)).hasToString("Future[finished]");
        assertThat(finished("text")).hasToString("Future[finished, result='text']");
        assertThat(finished("x".repeat(61)))
                .hasToString("Future[finished, result='" + "x".repeat(60) + "...']");
        assertThat(finished('c')).hasToString("Future[finished, result='c']");
        assertThat(finished(true)).hasToString("Future[finished, result=true]");
        assertThat(finished(TimeUnit.DAYS)).hasToString("Future[finished, result=DAYS]");
        assertThat(finished(Duration.ofSeconds(2))).hasToString("Future[finished, result=PT2S]");
        assertThat(finished(Instant.EPOCH))
                .hasToString("Future[finished, result=1970-01-01T00:00:00Z]");
        assertThat(finished(new int[3])).hasToString("Future[finished, result=int[]]");
        assertThat(finished(new Secret()))
                .hasToString("Future[finished, result=" + THIS + "$Secret]");
        assertThat(finished(List.of(new Secret())).toString()).endsWith(" of 1 item]");
        assertThat(finished(List.of(1, 2, 3)).toString()).endsWith(" of 3 items]");
        assertThat(finished(Map.of(1, new Secret())).toString()).endsWith(" of 1 entry]");
        assertThat(finished(Map.of()).toString()).endsWith(" of 0 entries]");
    }

    @Test
    @CPythonTest("test_futures2::test_recursive_repr_for_pending_tasks")
    void aTaskWhoseResultHoldsTheTaskItselfPrintsAllTheSame() {
        runner.run(() -> {
            Task<Set<Task<?>>> task = createTask(() -> allTasks(), TaskOptions.DEFAULT.name("T"));
            assertThat(await(task).contains(task)).isTrue();
            assertThat(task.toString())
                    .matches("Task\\[T, finished, result=java.util.\\S+ of 2 items]");
        });
    }

    @Test
    void aTaskPrintsItsCallbacksToo() {
        runner.run(() -> {
            Task<Integer> task = createTask(() -> 1, TaskOptions.DEFAULT.name("T"));
            task.addDoneCallback(new First());
            assertThat(task).hasToString("Task[T, pending, cb=[" + THIS + "$First]]");
            await(sleep(Duration.ZERO));
            assertThat(task).hasToString("Task[T, finished, result=1]");
        });
    }

    @Test
    void tasksThatWaitAreNoCallbacks() {
        runner.run(() -> {
            AsyncFuture<Integer> future = loop.createFuture();
            Task<Integer> task = createTask(() -> await(future));
            await(sleep(Duration.ZERO));
            assertThat(future).hasToString("Future[pending]");
            future.addDoneCallback(new First());
            assertThat(future).hasToString("Future[pending, cb=[" + THIS + "$First]]");
            future.setResult(1);
            await(task);
        });
    }

    @Test
    void anotherThreadSeesNoCallbacksWhileTheLoopRuns() {
        runner.run(() -> {
            AsyncFuture<Integer> future = loop.createFuture();
            future.addDoneCallback(new First());
            assertThat(OtherThread.<String>call(future::toString)).isEqualTo("Future[pending]");
        });
    }

    @Test
    @CPythonTest("test_futures::test_future_repr")
    void inDebugModeItSaysWhereItWasMade() {
        loop.setDebug(true);
        AsyncFuture<Object> future = loop.createFuture();
        assertThat(future.toString())
                .matches(
                        "Future\\[pending, created at asyncio4j\\.FutureTextTest"
                            + "\\.inDebugModeItSaysWhereItWasMade\\(FutureTextTest.java:\\d+\\)]");
        Task<Object> task = loop.createTask(() -> 1, TaskOptions.DEFAULT.name("T"));
        assertThat(task.toString())
                .matches(
                        "Task\\[T, pending, created at asyncio4j\\.FutureTextTest"
                            + "\\.inDebugModeItSaysWhereItWasMade\\(FutureTextTest.java:\\d+\\)]");
        loop.runUntilComplete(task);
    }

    @Test
    @CPythonTest({"test_events::test_handle_repr", "test_events::test_timer_repr"})
    void aHandlePrintsItsCallbackAndItsTime() {
        Handle handle = loop.callSoon(new First());
        assertThat(handle).hasToString("Handle[" + THIS + "$First]");
        handle.cancel();
        assertThat(handle).hasToString("Handle[" + THIS + "$First, cancelled]");
        TimerHandle timer = loop.callAt(Duration.ofSeconds(123), new First());
        assertThat(timer).hasToString("TimerHandle[when=PT2M3S, " + THIS + "$First]");
        timer.cancel();
        assertThat(timer).hasToString("TimerHandle[when=PT2M3S, " + THIS + "$First, cancelled]");
    }

    @Test
    @CPythonTest({
        "test_events::test_handle_repr_debug",
        "test_events::test_timer_repr_debug",
        "test_events::test_handle_source_traceback"
    })
    void inDebugModeAHandleSaysWhereItWasMade() {
        loop.setDebug(true);
        String made =
                ", created at asyncio4j\\.FutureTextTest\\.inDebugModeAHandleSaysWhereItWasMade"
                        + "\\(FutureTextTest.java:\\d+\\)]";
        for (Handle handle :
                List.of(
                        loop.callSoon(new First()),
                        loop.callSoonThreadsafe(new First()),
                        loop.callLater(Duration.ofSeconds(1), new First()),
                        loop.callAt(Duration.ofSeconds(1), new First()))) {
            assertThat(handle.toString()).matches("\\w*Handle\\[.*\\$First" + made);
            handle.cancel();
            assertThat(handle.toString()).matches("\\w*Handle\\[.*\\$First, cancelled" + made);
        }
    }
}
