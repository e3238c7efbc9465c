package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.ensureFuture;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.setEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;

/** A future for whatever can be awaited. */
class EnsureFutureTest {

    private final EventLoop loop = newEventLoop(new VirtualClock());

    private final EventLoop other = newEventLoop(new VirtualClock());

    private final Coroutine<String> ok = () -> "ok";

    @AfterEach
    void close() {
        loop.close();
        other.close();
    }

    @Test
    @CPythonTest("test_tasks::test_ensure_future_coroutine")
    void aCoroutineBecomesATaskOfTheLoopThatIsNamedOrRunsOrIsSet() {
        AsyncFuture<String> named = ensureFuture(ok, loop);
        assertThat(named).isInstanceOf(Task.class);
        assertThat(named.getLoop()).isSameAs(loop);
        assertThat(loop.runUntilComplete(named)).isEqualTo("ok");
        assertThatThrownBy(() -> ensureFuture(ok))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no current event loop");
        AsyncFuture<String> inside = loop.runUntilComplete(() -> ensureFuture(ok));
        assertThat(inside.getLoop()).isSameAs(loop);
        assertThat(loop.runUntilComplete(inside)).isEqualTo("ok");
        setEventLoop(loop);
        try {
            assertThat(loop.runUntilComplete(ensureFuture(ok))).isEqualTo("ok");
        } finally {
            setEventLoop(null);
        }
    }

    @Test
    @CPythonTest({
        "test_tasks::test_ensure_future_future",
        "test_tasks::test_ensure_future_task",
        "test_tasks::test_ensure_future_error_msg"
    })
    void aFutureOrTaskIsAnsweredItselfUnlessAnotherLoopIsNamed() {
        AsyncFuture<String> future = loop.createFuture();
        future.setResult("done");
        Task<String> task = loop.createTask(ok);
        for (AsyncFuture<String> each : java.util.List.of(future, task)) {
            assertThat(ensureFuture(each)).isSameAs(each);
            assertThat(ensureFuture(each, loop)).isSameAs(each);
            assertThatThrownBy(() -> ensureFuture(each, other))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(
                            "The future belongs to a different loop than the one specified: "
                                    + each);
        }
        assertThat(loop.runUntilComplete(task)).isEqualTo("ok");
    }

    /** A coroutine that is no lambda. */
    private record Doubled(int number) implements Coroutine<Integer> {
        @Override
        public Integer run() {
            await(sleep(Duration.ZERO));
            return 2 * number;
        }
    }

    @Test
    @CPythonTest({
        "test_tasks::test_ensure_future_awaitable",
        "test_tasks::test_ensure_future_task_awaitable",
        "test_tasks::test_create_task_with_asynclike_function"
    })
    void anyObjectMayBeACoroutine() {
        Doubled coroutine = new Doubled(21);
        assertThat(loop.runUntilComplete(ensureFuture(coroutine, loop))).isEqualTo(42);
        for (int i = 0; i < 2; i++) {
            Task<Integer> task = loop.createTask(coroutine);
            assertThat(task.getCoroutine()).isSameAs(coroutine);
            assertThat(loop.runUntilComplete(task)).isEqualTo(42);
        }
        Coroutine<String> slept = sleep(Duration.ZERO, "ok");
        AsyncFuture<String> future = ensureFuture(slept, loop);
        assertThat(((Task<?>) future).getCoroutine()).isSameAs(slept);
        assertThat(loop.runUntilComplete(future)).isEqualTo("ok");
    }

    @Test
    @CPythonTest({
        "test_tasks::test_ensure_future_neither",
        "test_tasks::test_create_task_with_noncoroutine"
    })
    void whatIsMissingIsNamed() {
        Coroutine<String> none = null;
        assertThatThrownBy(() -> ensureFuture(none))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("ensureFuture: the awaitable is null: pass a future or a coroutine");
        assertThatThrownBy(() -> ensureFuture(none, loop))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("ensureFuture: the awaitable is null: pass a future or a coroutine");
        assertThatThrownBy(() -> ensureFuture(ok, (EventLoop) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("ensureFuture: the loop is null: leave it out for this one");
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> loop.createTask(none))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageStartingWith("a coroutine was expected, not null");
        }
        assertThat(loop.allTasks()).isEmpty();
    }

    @Test
    void theLoopMayBeOneThatRuns() {
        assertThat(loop.runUntilComplete(() -> await(ensureFuture(ok, getRunningLoop()))))
                .isEqualTo("ok");
    }
}
