package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.OtherThread;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * A loop that runs is touched by its own thread alone, and says so at once, in debug mode or not.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WrongThreadTest {

    /** The methods that any thread may call. */
    private static final Set<String> EVERYBODYS =
            Set.of(
                    // the loop
                    "callSoonThreadsafe",
                    "isRunning",
                    "isClosed",
                    "time",
                    "getDebug",
                    "getEngine",
                    "defaultExceptionHandler",
                    // refused while the loop runs, whichever thread calls
                    "runForever",
                    "runUntilComplete",
                    "close",
                    // a future
                    "getLoop",
                    "done",
                    "cancelled",
                    "result",
                    "exception",
                    "toCompletableFuture",
                    "toString",
                    // a task
                    "getName",
                    "getContext",
                    "getCoroutine",
                    "getStack",
                    "cancelling",
                    // nobody's: a task refuses them
                    "setResult",
                    "setException");

    private static final Context CONTEXT = new Context();

    private enum Callback implements Consumer<Object> {
        DONE;

        @Override
        public void accept(Object future) {
            throw new AssertionError("called with " + future);
        }
    }

    private static Map<String, OtherThread.Action> loopMethods(EventLoop loop) {
        Runnable callback = () -> {};
        Coroutine<Integer> coroutine = () -> 1;
        Map<String, OtherThread.Action> uses = new LinkedHashMap<>();
        uses.put("stop", loop::stop);
        uses.put("shutdownAsyncGenerators", loop::shutdownAsyncGenerators);
        uses.put("shutdownDefaultExecutor", () -> loop.shutdownDefaultExecutor(Duration.ZERO));
        uses.put("callSoon", () -> loop.callSoon(callback));
        uses.put("callSoon in a context", () -> loop.callSoon(callback, CONTEXT));
        uses.put("callLater", () -> loop.callLater(Duration.ZERO, callback));
        uses.put("callLater in a context", () -> loop.callLater(Duration.ZERO, callback, CONTEXT));
        uses.put("callAt", () -> loop.callAt(Duration.ZERO, callback));
        uses.put("callAt in a context", () -> loop.callAt(Duration.ZERO, callback, CONTEXT));
        uses.put("createFuture", loop::createFuture);
        uses.put("createTask", () -> loop.createTask(coroutine));
        uses.put(
                "createTask with options",
                () -> loop.createTask(coroutine, TaskOptions.DEFAULT.eagerStart(true)));
        uses.put("newTask", () -> loop.newTask(coroutine, TaskOptions.DEFAULT));
        uses.put("setTaskFactory", () -> loop.setTaskFactory(null));
        uses.put("getTaskFactory", loop::getTaskFactory);
        uses.put("allTasks", loop::allTasks);
        uses.put("runInExecutor", () -> loop.runInExecutor(null, () -> 1));
        uses.put(
                "setDefaultExecutor",
                () -> {
                    try (var executor = Executors.newSingleThreadExecutor()) {
                        loop.setDefaultExecutor(executor);
                    }
                });
        uses.put("setExceptionHandler", () -> loop.setExceptionHandler(null));
        uses.put("getExceptionHandler", loop::getExceptionHandler);
        uses.put(
                "callExceptionHandler",
                () -> loop.callExceptionHandler(ExceptionContext.of("told", null)));
        uses.put("setDebug", () -> loop.setDebug(!loop.getDebug()));
        uses.put("setSlowCallbackDuration", () -> loop.setSlowCallbackDuration(Duration.ofDays(1)));
        uses.put("getSlowCallbackDuration", loop::getSlowCallbackDuration);
        uses.put("setWatchdogLimit", () -> loop.setWatchdogLimit(Duration.ofDays(1)));
        uses.put("getWatchdogLimit", loop::getWatchdogLimit);
        uses.put(
                "setAsyncGeneratorHooks",
                () -> loop.setAsyncGeneratorHooks(AsyncGeneratorHooks.NONE));
        uses.put("getAsyncGeneratorHooks", loop::getAsyncGeneratorHooks);
        uses.put("addSignalHandler", () -> loop.addSignalHandler("HUP", callback));
        uses.put("removeSignalHandler", () -> loop.removeSignalHandler("HUP"));
        return uses;
    }

    private static Map<String, OtherThread.Action> futureMethods(AsyncFuture<Integer> future) {
        Map<String, OtherThread.Action> uses = new LinkedHashMap<>();
        uses.put("setResult", () -> future.setResult(1));
        uses.put("setException", () -> future.setException(new IllegalStateException()));
        uses.put("cancel", future::cancel);
        uses.put("cancel with a message", () -> future.cancel("message"));
        uses.put("addDoneCallback", () -> future.addDoneCallback(Callback.DONE));
        uses.put(
                "addDoneCallback in a context",
                () -> future.addDoneCallback(Callback.DONE, CONTEXT));
        uses.put("removeDoneCallback", () -> future.removeDoneCallback(Callback.DONE));
        return uses;
    }

    private static Map<String, OtherThread.Action> taskMethods(Task<Integer> task) {
        Map<String, OtherThread.Action> uses = futureMethods(task);
        uses.keySet().removeAll(Set.of("setResult", "setException"));
        uses.put("uncancel", task::uncancel);
        uses.put("setName", () -> task.setName("other"));
        return uses;
    }

    /**
     * Everything above, on a loop that runs, tried by {@code caller}; checks that all was refused
     * and nothing done.
     */
    private static void allAreRefused(EventLoop loop, Consumer<OtherThread.Action> caller) {
        LoopExceptionHandler handler =
                (l, context) -> {
                    throw new AssertionError(context);
                };
        loop.setExceptionHandler(handler);
        loop.setTaskFactory(TaskFactory.EAGER);
        boolean debug = loop.getDebug();
        loop.runUntilComplete(() -> {
            AsyncFuture<Integer> future = loop.createFuture();
            Task<Integer> task =
                    loop.newTask(() -> await(future), TaskOptions.DEFAULT.name("task"));
            TimerHandle timer = loop.callLater(Duration.ofSeconds(1), () -> {});
            await(sleep(Duration.ZERO)); // the task waits for the future now
            Map<String, OtherThread.Action> uses = loopMethods(loop);
            futureMethods(future).forEach((name, use) -> uses.put("future " + name, use));
            taskMethods(task).forEach((name, use) -> uses.put("task " + name, use));
            uses.put("timer cancel", timer::cancel);
            uses.forEach((name, use) ->
                    caller.accept(() ->
                            assertThat(catchThrowable(use::run))
                                    .as(name)
                                    .isInstanceOf(IllegalStateException.class)
                                    .hasMessageContaining(" belongs to the thread of ")
                                    .hasMessageContaining(
                                            ", not to thread " + Thread.currentThread().getName())
                                    .hasMessageEndingWith(": use loop.callSoonThreadsafe(...)")));
            assertThat(future.done()).isFalse();
            assertThat(task.done()).isFalse();
            assertThat(task.cancelling()).isZero();
            assertThat(task.getName()).isEqualTo("task");
            assertThat(timer.cancelled()).isFalse();
            assertThat(loop.allTasks()).hasSize(2);
            assertThat(loop.getExceptionHandler()).isSameAs(handler);
            assertThat(loop.getTaskFactory()).isSameAs(TaskFactory.EAGER);
            assertThat(loop.getDebug()).isEqualTo(debug);
            assertThat(loop.getSlowCallbackDuration()).isEqualTo(Duration.ofMillis(100));
            assertThat(future.removeDoneCallback(Callback.DONE)).isZero();
            future.setResult(5);
            return await(task);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @CPythonTest("test_base_events::test_check_thread")
    void anotherThreadIsRefused(boolean debug) {
        try (EventLoop loop = newEventLoop(new VirtualClock())) {
            loop.setDebug(debug);
            allAreRefused(loop, OtherThread::run);
        }
    }

    @Test
    @CPythonTest("test_base_events::test_check_thread")
    void soIsAThreadOfAnotherLoop() {
        try (EventLoop loop = newEventLoop(new VirtualClock());
                EventLoop other = newEventLoop(new VirtualClock())) {
            allAreRefused(
                    loop,
                    action ->
                            OtherThread.run(() ->
                                    other.runUntilComplete(() -> {
                                        await(sleep(Duration.ofSeconds(1)));
                                        try {
                                            action.run();
                                        } catch (Throwable e) {
                                            throw Sneaky.raise(e);
                                        }
                                        return null;
                                    })));
        }
    }

    @Test
    void theTableAboveIsComplete() {
        try (EventLoop loop = newEventLoop()) {
            AsyncFuture<Integer> future = loop.createFuture();
            Task<Integer> task = loop.createTask(() -> 1);
            task.cancel();
            assertThat(withoutNotes(loopMethods(loop))).isEqualTo(loopsOwn(EventLoop.class));
            assertThat(withoutNotes(futureMethods(future)))
                    .containsAll(loopsOwn(AsyncFuture.class))
                    .contains("setResult", "setException");
            assertThat(withoutNotes(taskMethods(task))).isEqualTo(loopsOwn(Task.class));
            loop.stop();
            loop.runForever();
        }
    }

    /** The names of the methods of {@code type} that aren't everybody's. */
    private static Set<String> loopsOwn(Class<?> type) {
        Set<String> names = new TreeSet<>();
        for (Method method : type.getMethods()) {
            if (method.getDeclaringClass() != Object.class
                    && !Modifier.isStatic(method.getModifiers())
                    && !method.isSynthetic()
                    && !EVERYBODYS.contains(method.getName())) {
                names.add(method.getName());
            }
        }
        return names;
    }

    private static Set<String> withoutNotes(Map<String, ?> uses) {
        Set<String> names = new TreeSet<>();
        for (String name : uses.keySet()) {
            names.add(Arrays.asList(name.split(" ")).getFirst());
        }
        return names;
    }

    @Test
    void whatIsForEverybodyWorks() {
        VirtualClock clock = new VirtualClock();
        try (EventLoop loop = newEventLoop(clock)) {
            loop.runUntilComplete(() -> {
                AsyncFuture<Integer> future = loop.createFuture();
                AsyncFuture<Integer> done = loop.createFuture();
                Task<Integer> task =
                        loop.createTask(() -> await(future), TaskOptions.DEFAULT.name("task"));
                done.setResult(1);
                await(sleep(Duration.ofSeconds(1)));
                OtherThread.run(() -> {
                    assertThat(loop.isRunning()).isTrue();
                    assertThat(loop.isClosed()).isFalse();
                    assertThat(loop.getDebug()).isFalse();
                    assertThat(loop.time()).isEqualTo(Duration.ofSeconds(1));
                    assertThat(List.of(future.done(), done.done(), task.done()))
                            .containsExactly(false, true, false);
                    assertThat(done.result()).isEqualTo(1);
                    assertThat(done.exception()).isNull();
                    assertThat(future.getLoop()).isSameAs(loop);
                    assertThat(task.getName()).isEqualTo("task");
                    assertThat(task).hasToString("Task[task, pending, awaits Future[pending]]");
                    loop.callSoonThreadsafe(() -> {}).cancel();
                });
                future.setResult(2);
                return await(task);
            });
        }
    }

    @Test
    void aLoopThatDoesntRunBelongsToWhoeverUsesIt() {
        EventLoop loop = OtherThread.call(() -> newEventLoop(new VirtualClock()));
        OtherThread.run(() -> loop.callSoon(loop::stop));
        loop.runForever();
        AsyncFuture<Integer> future = OtherThread.call(loop::<Integer>createFuture);
        OtherThread.run(() -> future.setResult(1));
        assertThat(OtherThread.<Integer>call(() -> loop.runUntilComplete(future))).isEqualTo(1);
        OtherThread.run(loop::close);
        assertThat(loop.isClosed()).isTrue();
    }

    @Test
    void aTaskFactoryIsntEvenAskedOnTheWrongThread() {
        try (EventLoop loop = newEventLoop(new VirtualClock())) {
            loop.setTaskFactory(
                    new TaskFactory() {
                        @Override
                        public <T> Task<T> createTask(
                                EventLoop l, Coroutine<T> coroutine, TaskOptions options) {
                            assertThat(Thread.currentThread().getName()).isNotEqualTo("other");
                            return l.newTask(coroutine, options);
                        }
                    });
            loop.runUntilComplete(() -> {
                assertThat(OtherThread.failureOf(() -> loop.createTask(() -> 1)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith("EventLoop.createTask belongs to the thread of ");
                return null;
            });
        }
    }

    @Test
    void whatNeedsARunningLoopOnItsThreadSaysSoWhereThereIsNone() {
        for (OtherThread.Action use :
                List.<OtherThread.Action>of(
                        Asyncio::getRunningLoop,
                        Asyncio::currentTask,
                        Asyncio::allTasks,
                        () -> Asyncio.createTask(() -> 1))) {
            assertThat(OtherThread.failureOf(use))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "no running event loop on thread other: start one with Asyncio.run(...)"
                                    + " or a Runner");
        }
        assertThat(OtherThread.failureOf(() -> await(sleep(Duration.ZERO))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "await outside of a coroutine, on thread other: run the code with"
                                + " Asyncio.run(...) or Runner.run(...), or use"
                                + " runCoroutineThreadsafe(coroutine, loop)");
    }
}
