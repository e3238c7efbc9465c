package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.runCoroutineThreadsafe;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.toThread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.OtherThread;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Which context code runs in, and what a context is. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ContextTest {

    private static final ContextVar<String> VAR = ContextVar.withDefault("var", "unset");

    private final VirtualRunner runner = new VirtualRunner();

    private final List<String> seen = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    private void see(String where) {
        seen.add(where + ": " + VAR.get());
    }

    private static Context with(String value) {
        Context context = new Context();
        context.run(() -> VAR.set(value));
        return context;
    }

    private static String valueIn(Context context) {
        return context.run(() -> VAR.get());
    }

    // Who runs in which

    @Test
    @Contract(14)
    void aCallbackGetsACopyOfTheContextInWhichItWasRegistered() {
        runner.run(() -> {
            EventLoop loop = getRunningLoop();
            VAR.set("registered");
            loop.callSoon(() -> {
                see("soon");
                VAR.set("changed by the callback");
            });
            loop.callSoonThreadsafe(() -> see("threadsafe"));
            loop.callLater(Duration.ofSeconds(1), () -> see("later"));
            loop.callAt(loop.time().plusSeconds(2), () -> see("at"));
            VAR.set("changed afterwards");
            await(sleep(Duration.ofSeconds(3)));
            see("task");
        });
        assertThat(seen)
                .containsExactly(
                        "soon: registered",
                        "threadsafe: registered",
                        "later: registered",
                        "at: registered",
                        "task: changed afterwards");
    }

    @Test
    @Contract(14)
    void aContextThatIsGivenIsUsedAsItIs() {
        Context context = with("given");
        runner.run(() -> {
            EventLoop loop = getRunningLoop();
            assertThat(loop.callSoon(() -> VAR.set("1"), context).context()).isSameAs(context);
            loop.callSoonThreadsafe(() -> VAR.set(VAR.get() + "2"), context);
            loop.callLater(Duration.ofSeconds(1), () -> VAR.set(VAR.get() + "3"), context);
            loop.callAt(loop.time().plusSeconds(2), () -> VAR.set(VAR.get() + "4"), context);
            await(sleep(Duration.ofSeconds(3)));
            see("task");
        });
        assertThat(seen).containsExactly("task: unset");
        assertThat(context.get(VAR, "none")).isEqualTo("1234");
    }

    @Test
    @Contract(14)
    void fromAnotherThreadItIsThatThreadsContext() {
        runner.run(() -> {
            VAR.set("task");
            EventLoop loop = getRunningLoop();
            OtherThread.run(() -> {
                VAR.set("other thread");
                loop.callSoonThreadsafe(() -> see("callback"));
                VAR.set("changed afterwards");
            });
            await(sleep(Duration.ZERO));
        });
        assertThat(seen).containsExactly("callback: other thread");
    }

    @Test
    @Contract(14)
    void aCoroutineHandedInFromAnotherThreadInheritsThatThreadsContext() {
        runner.run(() -> {
            VAR.set("task");
            EventLoop loop = getRunningLoop();
            CompletableFuture<String> result =
                    OtherThread.call(() -> {
                        VAR.set("other thread");
                        CompletableFuture<String> running =
                                runCoroutineThreadsafe(
                                        () -> {
                                            see("coroutine");
                                            VAR.set("set inside");
                                            await(sleep(Duration.ZERO));
                                            return VAR.get();
                                        },
                                        loop);
                        VAR.set("changed afterwards");
                        return running;
                    });
            assertThat(await(result)).isEqualTo("set inside");
            see("task");
        });
        assertThat(seen).containsExactly("coroutine: other thread", "task: task");
    }

    @Test
    @Contract(15)
    void aDoneCallbackGetsACopyOfTheContextInWhichItWasRegistered() {
        runner.run(() -> {
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            VAR.set("registered");
            future.addDoneCallback(f -> see("first"));
            VAR.set("registered later");
            future.addDoneCallback(f -> see("second"));
            future.addDoneCallback(f -> see("given"), with("given"));
            VAR.set("completed");
            future.setResult(1);
            future.addDoneCallback(f -> see("when done"));
            VAR.set("changed afterwards");
            await(sleep(Duration.ZERO));
        });
        assertThat(seen)
                .containsExactly(
                        "first: registered",
                        "second: registered later",
                        "given: given",
                        "when done: completed");
    }

    @Test
    @Contract(16)
    @CPythonTest("test_tasks::test_context_1")
    void aTaskGetsACopyOfItsMakersContext() {
        runner.run(() -> {
            VAR.set("made");
            Task<String> task =
                    createTask(() -> {
                        String before = VAR.get();
                        VAR.set("set in the task");
                        await(sleep(Duration.ZERO));
                        return before + ", " + VAR.get();
                    });
            VAR.set("changed afterwards");
            assertThat(await(task)).isEqualTo("made, set in the task");
            see("maker");
            assertThat(task.getContext().get(VAR, "none")).isEqualTo("set in the task");
        });
        assertThat(seen).containsExactly("maker: changed afterwards");
    }

    @Test
    @Contract(16)
    void aContextThatIsGivenToATaskIsUsedAsItIsByAllItsSteps() {
        Context context = with("given");
        runner.run(() -> {
            Task<?> task =
                    createTask(
                            () -> {
                                assertThat(currentTask().getContext()).isSameAs(context);
                                for (int i = 0; i < 3; i++) {
                                    VAR.set(VAR.get() + i);
                                    await(sleep(Duration.ZERO));
                                }
                            },
                            TaskOptions.DEFAULT.context(context));
            assertThat(task.getContext()).isSameAs(context);
            await(task);
            see("maker");
        });
        assertThat(context.get(VAR, "none")).isEqualTo("given012");
        assertThat(seen).containsExactly("maker: unset");
    }

    @Test
    @Contract(16)
    void tasksThatAreGivenTheSameContextShareIt() {
        Context context = with("");
        runner.run(() -> {
            List<Task<?>> tasks = new ArrayList<>();
            for (String name : List.of("a", "b")) {
                tasks.add(
                        createTask(
                                () -> {
                                    VAR.set(VAR.get() + name + "1");
                                    await(sleep(Duration.ZERO));
                                    VAR.set(VAR.get() + name + "2");
                                },
                                TaskOptions.DEFAULT.context(context)));
            }
            for (Task<?> task : tasks) {
                await(task);
            }
        });
        assertThat(context.get(VAR, "none")).isEqualTo("a1b1a2b2");
    }

    @Test
    void anAwaitedCoroutineRunsInTheContextOfWhoAwaitsIt() {
        runner.run(() -> {
            Coroutine<Integer> coroutine =
                    () -> {
                        VAR.set("set in the coroutine");
                        return 1;
                    };
            await(coroutine);
            see("after");
        });
        assertThat(seen).containsExactly("after: set in the coroutine");
    }

    @Test
    @Contract(17)
    @CPythonTest("test_threads::test_to_thread_contextvars")
    void anExecutorDoesntGetTheContextButToThreadDoes() {
        runner.run(() -> {
            VAR.set("task");
            seen.add("executor: " + await(getRunningLoop().runInExecutor(null, () -> VAR.get())));
            seen.add("thread: " + await(toThread(() -> VAR.get())));
            String set =
                    await(
                            toThread(() -> {
                                VAR.set("set in the thread");
                                return VAR.get();
                            }));
            seen.add("thread: " + set);
            see("task");
        });
        assertThat(seen)
                .containsExactly(
                        "executor: unset",
                        "thread: task",
                        "thread: set in the thread",
                        "task: task");
    }

    @Test
    void theThreadThatRunsTheLoopKeepsItsOwn() {
        ContextVar.Token<String> token = VAR.set("caller");
        runner.run(() -> {
            see("main");
            VAR.set("set in main");
        });
        see("caller");
        VAR.reset(token);
        assertThat(seen).containsExactly("main: caller", "caller: caller");
    }

    // What a context is

    @Test
    void codeMayBeRunInAContext() {
        Context context = with("context");
        String result =
                context.run(() -> {
                    see("inside");
                    VAR.set("set inside");
                    return "result";
                });
        assertThat(result).isEqualTo("result");
        see("outside");
        assertThat(context.get(VAR, "none")).isEqualTo("set inside");
        assertThat(seen).containsExactly("inside: context", "outside: unset");
    }

    @Test
    @CPythonTest("test_context::test_context_run_3")
    void whatIsThrownInAContextComesOutAsItIsAndTheContextIsLeft() {
        Context context = with("context");
        IOException error = new IOException("checked");
        assertThat(
                        catchThrowable(() ->
                                context.run(() -> {
                                    throw error;
                                })))
                .isSameAs(error);
        see("outside");
        assertThat(valueIn(context)).isEqualTo("context");
        assertThat(seen).containsExactly("outside: unset");
    }

    @Test
    @CPythonTest("test_context::test_context_run_7")
    void aContextIsEnteredOnceAtATime() {
        Context context = with("context");
        context.run(() -> {
            assertThatThrownBy(() -> context.run(() -> 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith(
                            "cannot enter Context{ContextVar[var, default=unset]=context}: ")
                    .hasMessageEndingWith("it is already entered; run a copy() of it");
            assertThat(valueIn(context.copy())).isEqualTo("context");
            see("still inside");
            return null;
        });
        assertThat(valueIn(context)).as("left again").isEqualTo("context");
        assertThat(seen).containsExactly("still inside: context");
    }

    @Test
    void aTasksOwnContextIsEnteredWhileItRuns() {
        runner.run(() -> {
            Context own = currentTask().getContext();
            assertThatThrownBy(() -> own.run(() -> see("never")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("already entered");
            VAR.set("main");
            await(createTask(() -> own.run(() -> see("another task"))));
            assertThatThrownBy(() ->
                            await(
                                    createTask(
                                            () -> own.run(() -> see("never")),
                                            TaskOptions.DEFAULT.context(own))))
                    .hasMessageContaining("already entered");
            see("main");
        });
        assertThat(seen).containsExactly("another task: main", "main: main");
    }

    @Test
    void aCoroutineMayAwaitInsideOfAContextWhileOthersGoOnInTheirs() {
        runner.run(() -> {
            VAR.set("main");
            Context context = with("context");
            Task<?> other =
                    createTask(() -> {
                        for (int i = 0; i < 3; i++) {
                            see("other");
                            await(sleep(Duration.ZERO));
                        }
                    });
            context.run(() -> {
                see("inside");
                await(sleep(Duration.ZERO));
                see("inside");
                assertThatThrownBy(() -> context.run(() -> 1))
                        .hasMessageContaining("already entered");
                return await(sleep(Duration.ZERO));
            });
            see("main");
            await(other);
        });
        assertThat(seen)
                .containsExactly(
                        "inside: context",
                        "other: main",
                        "inside: context",
                        "other: main",
                        "main: main",
                        "other: main");
    }

    @Test
    void aTaskThatIsCancelledInsideOfAContextLeavesIt() {
        runner.run(() -> {
            Context context = with("context");
            Task<?> task =
                    createTask(() -> {
                        VAR.set("task");
                        try {
                            context.run(() -> await(sleep(Duration.ofDays(1))));
                        } finally {
                            see("finally");
                        }
                    });
            await(sleep(Duration.ZERO));
            task.cancel();
            await(sleep(Duration.ZERO));
            assertThat(task.cancelled()).isTrue();
            assertThat(valueIn(context)).isEqualTo("context");
        });
        assertThat(seen).containsExactly("finally: task");
    }
}
