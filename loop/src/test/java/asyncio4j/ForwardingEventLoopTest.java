package asyncio4j;

import static asyncio4j.Asyncio.allTasks;
import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getEventLoop;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.runCoroutineThreadsafe;
import static asyncio4j.Asyncio.shield;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.toThread;
import static asyncio4j.Asyncio.waitFor;
import static asyncio4j.Asyncio.wrapFuture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.OtherThread;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A loop made elsewhere: it forwards to one of the library's, and takes its place everywhere. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForwardingEventLoopTest {

    /** Writes down what is asked of it. */
    private static class Watched extends ForwardingEventLoop {

        final List<String> calls = new ArrayList<>();

        final List<ExceptionContext> reports = new ArrayList<>();

        Watched(EventLoop delegate) {
            super(delegate);
        }

        Watched() {
            this(newEventLoop(new VirtualClock()));
        }

        @Override
        public <T> Task<T> createTask(Coroutine<T> coroutine, TaskOptions options) {
            calls.add("createTask");
            return super.createTask(coroutine, options);
        }

        @Override
        public <T> T runUntilComplete(AsyncFuture<T> future) {
            calls.add("runUntilComplete");
            return super.runUntilComplete(future);
        }

        @Override
        public <T> AsyncFuture<T> runInExecutor(Executor executor, Callable<T> work) {
            calls.add("runInExecutor");
            return super.runInExecutor(executor, work);
        }

        @Override
        public Handle callSoonThreadsafe(Runnable callback, Context context) {
            calls.add("callSoonThreadsafe");
            return super.callSoonThreadsafe(callback, context);
        }

        @Override
        public Coroutine<Void> shutdownAsyncGenerators() {
            calls.add("shutdownAsyncGenerators");
            return super.shutdownAsyncGenerators();
        }

        @Override
        public Coroutine<Void> shutdownDefaultExecutor(Duration timeout) {
            calls.add("shutdownDefaultExecutor");
            return super.shutdownDefaultExecutor(timeout);
        }

        @Override
        public void callExceptionHandler(ExceptionContext context) {
            calls.add("callExceptionHandler");
            super.callExceptionHandler(context);
        }

        @Override
        public void defaultExceptionHandler(ExceptionContext context) {
            reports.add(context);
        }

        @Override
        public void close() {
            calls.add("close");
            super.close();
        }
    }

    private final Watched loop = new Watched();

    private final Runner runner = Runner.builder().loopFactory(() -> loop).build();

    @Test
    void inTheRunnerItIsTheLoopThatEverybodySees() {
        try (runner) {
            assertThat(runner.getLoop()).isSameAs(loop);
            String result =
                    runner.run(() -> {
                        assertThat(getRunningLoop()).isSameAs(loop);
                        assertThat(getEventLoop()).isSameAs(loop);
                        Task<?> task =
                                createTask(() -> {
                                    assertThat(getRunningLoop()).isSameAs(loop);
                                });
                        assertThat(task.getLoop()).isSameAs(loop);
                        assertThat(loop.createFuture().getLoop()).isSameAs(loop);
                        assertThat(gather(List.of(task)).getLoop()).isSameAs(loop);
                        assertThat(allTasks()).isEqualTo(loop.allTasks()).contains(task);
                        loop.callSoon(() -> assertThat(getRunningLoop()).isSameAs(loop));
                        await(task);
                        return "result";
                    });
            assertThat(result).isEqualTo("result");
            assertThat(loop.isClosed()).isFalse();
        }
        assertThat(loop.isClosed()).isTrue();
        assertThat(loop.reports).isEmpty();
    }

    @Test
    @CPythonTest("test_base_events::test_create_task")
    void whatItOverridesIsCalled() {
        try (runner) {
            runner.run(() -> {
                await(createTask(() -> 1));
                assertThat(loop.calls)
                        .containsExactly("createTask", "runUntilComplete", "createTask");
                loop.calls.clear();
                await(gather(() -> 1, () -> 2));
                await(shield((Coroutine<Integer>) () -> 3));
                assertThat(loop.calls).containsExactly("createTask", "createTask", "createTask");
                loop.calls.clear();
                await(toThread(() -> 4));
                assertThat(loop.calls).containsExactly("runInExecutor");
                loop.calls.clear();
                CompletableFuture<Integer> five =
                        OtherThread.call(() -> runCoroutineThreadsafe(() -> 5, loop));
                assertThat(await(five)).isEqualTo(5);
                assertThat(loop.calls).containsExactly("callSoonThreadsafe", "createTask");
                loop.calls.clear();
            });
        }
        assertThat(loop.calls)
                .containsSubsequence("shutdownAsyncGenerators", "shutdownDefaultExecutor", "close")
                .doesNotContain("callExceptionHandler");
    }

    @Test
    void errorsGoThroughItAndTheHandlerIsToldOfIt() {
        try (runner) {
            runner.run(() -> {
                loop.callSoon(() -> {
                    throw new IllegalStateException("by default");
                });
                await(sleep(Duration.ZERO));
                assertThat(loop.reports)
                        .singleElement()
                        .satisfies(
                                report -> assertThat(report.exception()).hasMessage("by default"));
                List<EventLoop> told = new ArrayList<>();
                loop.setExceptionHandler((from, context) -> told.add(from));
                loop.callSoon(() -> {
                    throw new IllegalStateException("by the handler");
                });
                await(sleep(Duration.ZERO));
                assertThat(told).containsExactly(loop);
                loop.setExceptionHandler(null);
            });
            assertThat(loop.calls)
                    .containsSubsequence("callExceptionHandler", "callExceptionHandler");
        }
    }

    @Test
    void unretrievedExceptionsGoThroughItToo() {
        loop.createFuture().setException(new IllegalStateException("nobody asks"));
        loop.close();
        assertThat(loop.calls).containsExactly("close", "callExceptionHandler");
        assertThat(loop.reports)
                .singleElement()
                .satisfies(report -> assertThat(report.exception()).hasMessage("nobody asks"));
    }

    @Test
    void itsFuturesAndTheLoopsBehindItAreTheSame() {
        EventLoop inner = newEventLoop(new VirtualClock());
        try (Watched outer = new Watched(inner)) {
            AsyncFuture<Integer> future = inner.createFuture();
            assertThat(future.getLoop()).isSameAs(outer);
            outer.callLater(Duration.ofSeconds(1), () -> future.setResult(1));
            assertThat(outer.runUntilComplete(future)).isEqualTo(1);
            int result =
                    outer.runUntilComplete(() -> {
                        AsyncFuture<Integer> other = inner.createFuture();
                        inner.callSoon(() -> other.setResult(2));
                        return await(other)
                                + await(
                                        waitFor(
                                                wrapFuture(CompletableFuture.completedFuture(3)),
                                                Duration.ofDays(1)));
                    });
            assertThat(result).isEqualTo(5);
            assertThat(inner.isRunning()).isEqualTo(outer.isRunning()).isFalse();
        }
        assertThat(inner.isClosed()).isTrue();
    }

    @Test
    void oneMayForwardToAnother() {
        Watched inner = new Watched();
        Watched outer = new Watched(inner);
        try (Runner nested = Runner.builder().loopFactory(() -> outer).build()) {
            nested.run(() -> {
                assertThat(getRunningLoop()).isSameAs(outer);
                await(createTask(() -> 1));
            });
        }
        assertThat(outer.calls).startsWith("createTask", "runUntilComplete", "createTask");
        assertThat(inner.calls).isEqualTo(outer.calls);
        assertThat(inner.isClosed()).isTrue();
    }

    @Test
    void aTaskFactoryIsGivenTheLoopThatEverybodySees() {
        List<EventLoop> loops = new ArrayList<>();
        try (runner) {
            loop.setTaskFactory(
                    new TaskFactory() {
                        @Override
                        public <T> Task<T> createTask(
                                EventLoop given, Coroutine<T> coroutine, TaskOptions options) {
                            loops.add(given);
                            return given.newTask(coroutine, options);
                        }
                    });
            runner.run(() -> await(createTask(() -> 1)));
        }
        assertThat(loops).isNotEmpty().containsOnly(loop);
    }

    @Test
    @CPythonTest("test_base_events::test_custom_run_forever_integration")
    void aRunForeverOfItsOwnIsWhatRunUntilCompleteRunsToo() {
        class OwnRun extends Watched {
            @Override
            public void runForever() {
                calls.add("before, running: " + isRunning());
                try {
                    super.runForever();
                } finally {
                    calls.add("after, running: " + isRunning());
                }
            }
        }

        String[] around = {"before, running: false", "running: true", "after, running: false"};
        try (OwnRun own = new OwnRun()) {
            own.callSoon(() -> {
                own.calls.add("running: " + (own.isRunning() && getRunningLoop() == own));
                own.stop();
            });
            own.runForever();
            assertThat(own.calls).containsExactly(around);
            own.calls.clear();
            AsyncFuture<Integer> future = own.createFuture();
            own.callLater(
                    Duration.ofSeconds(1),
                    () -> {
                        own.calls.add("running: " + (own.isRunning() && getRunningLoop() == own));
                        future.setResult(1);
                    });
            assertThat(own.runUntilComplete(future)).isEqualTo(1);
            assertThat(own.calls).startsWith("runUntilComplete").endsWith(around);
            own.calls.clear();
            int result =
                    own.runUntilComplete(() -> {
                        own.calls.add("running: " + (own.isRunning() && getRunningLoop() == own));
                        return 2;
                    });
            assertThat(result).isEqualTo(2);
            assertThat(own.calls).startsWith("createTask").endsWith(around);
        }
        assertThatThrownBy(Asyncio::getRunningLoop).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void everyMethodOfALoopIsForwarded() throws NoSuchMethodException {
        for (Method method : EventLoop.class.getMethods()) {
            if (Modifier.isAbstract(method.getModifiers())) {
                assertThat(
                                ForwardingEventLoop.class
                                        .getDeclaredMethod(
                                                method.getName(), method.getParameterTypes())
                                        .getDeclaringClass())
                        .isSameAs(ForwardingEventLoop.class);
            }
        }
        loop.setDebug(true);
        loop.setSlowCallbackDuration(Duration.ofSeconds(7));
        assertThat(loop.getDebug()).isTrue();
        assertThat(loop.getSlowCallbackDuration()).isEqualTo(Duration.ofSeconds(7));
        assertThat(loop.getExceptionHandler()).isNull();
        assertThat(loop.getTaskFactory()).isNull();
        assertThat(loop.time()).isZero();
        List<String> order = new ArrayList<>();
        Context context = new Context();
        loop.callSoon(() -> order.add("soon"));
        loop.callSoon(() -> order.add("soon in a context"), context);
        loop.callSoonThreadsafe(() -> order.add("threadsafe"));
        loop.callAt(Duration.ofSeconds(1), () -> order.add("at"));
        loop.callAt(Duration.ofSeconds(2), () -> order.add("at, in a context"), context);
        loop.callLater(Duration.ofSeconds(3), () -> order.add("later"));
        loop.callLater(Duration.ofSeconds(4), loop::stop, context);
        loop.runForever();
        loop.close();
        assertThat(order)
                .containsExactly(
                        "soon",
                        "soon in a context",
                        "threadsafe",
                        "at",
                        "at, in a context",
                        "later");
        assertThat(loop.toString()).matches("Watched\\[asyncio4j-loop-\\d+\\[closed, debug]]");
    }

    @Test
    void aDelegateThatIsNullIsRefused() {
        assertThatThrownBy(() -> new Watched(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the delegate is null: pass a loop, such as newEventLoop()");
    }
}
