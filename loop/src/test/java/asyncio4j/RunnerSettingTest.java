package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getEventLoop;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Where a {@link Runner} runs things: the loop, its context, its debug mode. */
class RunnerSettingTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private static EventLoop virtualLoop() {
        return newEventLoop(new VirtualClock());
    }

    private static @Nullable EventLoop setLoop() {
        try {
            return getEventLoop();
        } catch (IllegalStateException e) {
            return null;
        }
    }

    @Nested
    class Debug {

        @Test
        @CPythonTest("test_runners::test_asyncio_run_debug")
        void theFlagOverridesTheDefaultAndUnsetFollowsIt() {
            try (EventLoop usual = newEventLoop();
                    Runner on = Runner.builder().debug(true).build();
                    Runner off = Runner.builder().debug(false).build();
                    Runner unset = Runner.create()) {
                assertThat(on.run(() -> getRunningLoop().getDebug())).isTrue();
                assertThat(off.run(() -> getRunningLoop().getDebug())).isFalse();
                assertThat(unset.run(() -> getRunningLoop().getDebug()))
                        .isEqualTo(usual.getDebug());
            }
        }

        @Test
        @CPythonTest({"test_runners::test_debug", "test_runners::test_non_debug"})
        void theFlagHoldsForALoopMadeElsewhereToo() {
            for (boolean debug : List.of(true, false)) {
                try (Runner runner =
                        Runner.builder()
                                .debug(debug)
                                .loopFactory(RunnerSettingTest::virtualLoop)
                                .build()) {
                    assertThat(runner.getLoop().getDebug()).isEqualTo(debug);
                }
            }
        }
    }

    @Nested
    class Contexts {

        private final ContextVar<String> var = ContextVar.withDefault("var", "unset");

        @Test
        @Contract(64)
        @CPythonTest("test_runners::test_run_keeps_context")
        void allRunsShareOneContext() {
            try (Runner runner = Runner.create()) {
                assertThat(
                                runner.run(() -> {
                                    String before = var.get();
                                    var.set("first");
                                    await(sleep(Duration.ZERO));
                                    return before;
                                }))
                        .isEqualTo("unset");
                assertThat(runner.<String>run(() -> var.get())).isEqualTo("first");
                Context shared = runner.run(() -> currentTask().getContext());
                assertThat(runner.<Context>run(() -> currentTask().getContext())).isSameAs(shared);
                assertThat(var.get()).isEqualTo("unset");
            }
        }

        @Test
        @Contract(64)
        void itIsACopyOfTheCallersContextWhenTheLoopIsMade() {
            try (Runner runner = Runner.create()) {
                Context.copyContext()
                        .run(() -> {
                            var.set("before");
                            runner.getLoop();
                            var.set("after");
                            return null;
                        });
                assertThat(runner.<String>run(() -> var.get())).isEqualTo("before");
            }
        }

        @Test
        @Contract(64)
        void aContextOfItsOwnIsolatesARun() {
            try (Runner runner = Runner.create()) {
                Context own = new Context();
                runner.run(() -> {
                    var.set("shared");
                });
                assertThat(
                                runner.<String>run(
                                        () -> {
                                            String before = var.get();
                                            var.set("own");
                                            return before;
                                        },
                                        own))
                        .isEqualTo("unset");
                assertThat(own.get(var, "nothing")).isEqualTo("own");
                assertThat(runner.<String>run(() -> var.get())).isEqualTo("shared");
            }
        }

        @Test
        @Contract(64)
        void theContextIsUsedAsItIsAndNotCopied() {
            try (Runner runner = Runner.create()) {
                Context own = new Context();
                assertThat(runner.<Context>run(() -> currentTask().getContext(), own))
                        .isSameAs(own);
            }
        }
    }

    @Nested
    class CurrentLoop {

        @Test
        @Contract(65)
        @CPythonTest({
            "test_runners::test_asyncio_run_set_event_loop",
            "test_runners::test_set_event_loop_called_once"
        })
        void aLoopOfItsOwnIsSetForTheThreadOnceAndTakenAwayAtClose() {
            assertThat(setLoop()).isNull();
            try (Runner runner = Runner.create()) {
                assertThat(setLoop()).isNull();
                EventLoop loop = runner.getLoop();
                assertThat(setLoop()).isSameAs(loop);
                runner.run(() -> {});
                try (EventLoop other = newEventLoop()) {
                    Asyncio.setEventLoop(other);
                    runner.run(() -> {});
                    assertThat(setLoop()).as("set at the first run alone").isSameAs(other);
                }
            }
            assertThat(setLoop()).isNull();
        }

        @Test
        @Contract(65)
        void aLoopFromAFactoryIsNotSet() {
            try (EventLoop set = newEventLoop()) {
                Asyncio.setEventLoop(set);
                try (Runner runner =
                        Runner.builder().loopFactory(RunnerSettingTest::virtualLoop).build()) {
                    assertThat(runner.<EventLoop>run(Asyncio::getEventLoop))
                            .isSameAs(runner.getLoop());
                    assertThat(setLoop()).isSameAs(set);
                }
                assertThat(setLoop()).isSameAs(set);
            } finally {
                Asyncio.setEventLoop(null);
            }
        }

        @Test
        void aLoopThatForwardsToAnotherServesAsWell() {
            class Counting extends ForwardingEventLoop {
                int tasks;

                int closed;

                Counting() {
                    super(virtualLoop());
                }

                @Override
                public <T extends @Nullable Object> Task<T> createTask(
                        Coroutine<T> coroutine, TaskOptions options) {
                    tasks++;
                    return super.createTask(coroutine, options);
                }

                @Override
                public void close() {
                    closed++;
                    super.close();
                }
            }
            Counting loop = new Counting();
            try (Runner runner = Runner.builder().loopFactory(() -> loop).build()) {
                assertThat(runner.<EventLoop>run(Asyncio::getRunningLoop)).isSameAs(loop);
                assertThat(loop.tasks).isEqualTo(1);
                runner.run(() -> await(createTask(() -> 1)));
                assertThat(loop.tasks).isEqualTo(3);
            }
            assertThat(loop.closed).isEqualTo(1);
            assertThat(loop.isClosed()).isTrue();
        }
    }

    @Test
    void callbacksAndTasksLeftByOneRunGoOnInTheNext() {
        try (Runner runner = Runner.builder().loopFactory(RunnerSettingTest::virtualLoop).build()) {
            Task<String> left =
                    runner.run(() ->
                            createTask(() -> {
                                await(sleep(HOUR));
                                return "went on";
                            }));
            assertThat(left.done()).isFalse();
            assertThat(runner.<String>run(() -> await(left))).isEqualTo("went on");
        }
    }

    @Test
    void aRunnerMayBeUsedOnAVirtualThread() throws InterruptedException {
        List<Object> results = new ArrayList<>();
        Thread.startVirtualThread(() ->
                        results.add(
                                Asyncio.run(() -> {
                                    await(sleep(Duration.ZERO));
                                    return 42;
                                })))
                .join();
        assertThat(results).containsExactly(42);
    }
}
