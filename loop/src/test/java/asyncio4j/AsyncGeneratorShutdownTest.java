package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.HeldGenerators;
import asyncio4j.testing.LoggedWarnings;
import asyncio4j.testing.Outcomes;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Generators that are open at shutdownAsyncGenerators. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class AsyncGeneratorShutdownTest {

    private final HeldGenerators generators = new HeldGenerators();

    private static final Duration TICK = Duration.ofMillis(10);

    private static final Duration LONG = Duration.ofHours(1);

    private static final String CLOSING_FAILED =
            "an error occurred during closing of asynchronous generator ";

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    private final List<Object> log = new ArrayList<>();

    /** One that says when it is being closed, and takes {@code time} for it. */
    private AsyncGenerator<String> named(String name, Duration time) {
        return generators.of(g -> {
            try {
                g.yield(name);
                g.yield("never");
            } finally {
                log.add(name + " closing");
                await(sleep(time));
                log.add(name + " closed");
            }
        });
    }

    /** One whose finally block throws. */
    private AsyncGenerator<Integer> failing(Throwable failure) {
        return generators.of(g -> {
            try {
                g.yield(1);
            } finally {
                await(sleep(TICK));
                log.add("failing");
                Sneaky.raise(failure);
            }
        });
    }

    private AsyncGenerator<Integer> ignoring() {
        return generators.of(g -> {
            try {
                g.yield(1);
            } catch (GeneratorExit e) {
                try {
                    g.yield(2);
                } finally {
                    log.add("ended");
                }
            }
        });
    }

    @Test
    @Contract(57)
    void allAreClosedAtTheSameTime() {
        runner.run(() -> {
            await(named("a", TICK.multipliedBy(3)).anext());
            await(named("b", TICK.multipliedBy(2)).anext());
            await(named("c", TICK).anext());
            await(runner.loop().shutdownAsyncGenerators());
            log.add("shut down");
        });
        assertThat(log)
                .containsExactly(
                        "a closing",
                        "b closing",
                        "c closing",
                        "c closed",
                        "b closed",
                        "a closed",
                        "shut down");
        assertThat(runner.clock.time()).isEqualTo(TICK.multipliedBy(3));
        assertThat(runner.reports).isEmpty();
    }

    @Test
    @Contract(57)
    void allAreClosedAtTheSameTimeByEagerTasks() {
        runner.run(() -> {
            await(named("a", TICK).anext());
            await(named("b", TICK).anext());
            runner.loop().setTaskFactory(TaskFactory.EAGER);
            await(runner.loop().shutdownAsyncGenerators());
        });
        assertThat(log).containsExactly("a closing", "b closing", "a closed", "b closed");
    }

    @Test
    @Contract(57)
    @CPythonTest("test_asyncgen::test_async_gen_asyncio_shutdown_exception_01")
    void errorsGoToTheExceptionHandlerAndKeepNoneFromBeingClosed() {
        IOException failure = new IOException("in finally");
        runner.run(() -> {
            await(failing(failure).anext());
            await(named("a", TICK.multipliedBy(2)).anext());
            await(runner.loop().shutdownAsyncGenerators());
        });
        assertThat(log).containsExactly("a closing", "failing", "a closed");
        assertThat(runner.reports)
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.message())
                            .isEqualTo(CLOSING_FAILED + "AsyncGenerator[ended, closed]");
                    assertThat(report.exception()).isSameAs(failure);
                });
    }

    @Test
    @Contract(57)
    void cancelledErrorAndGeneratorExitAreNoErrors() {
        runner.run(() -> {
            await(failing(new CancelledError("mine")).anext());
            await(failing(new GeneratorExit("mine")).anext());
            await(runner.loop().shutdownAsyncGenerators());
        });
        assertThat(log).containsExactly("failing", "failing");
        assertThat(runner.reports).isEmpty();
    }

    @Test
    @Contract({57, 58})
    void oneThatIgnoresGeneratorExitIsReportedAndEndsWithTheLoop() {
        runner.run(() -> {
            await(ignoring().anext());
            await(runner.loop().shutdownAsyncGenerators());
            assertThat(log).isEmpty();
        });
        runner.close();
        assertThat(log).containsExactly("ended");
        assertThat(runner.reports)
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.message())
                            .isEqualTo(CLOSING_FAILED + "AsyncGenerator[suspended, closed]");
                    assertThat(report.exception())
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("ignored GeneratorExit");
                });
    }

    @Test
    void oneThatIgnoredGeneratorExitBeforeIsReportedAsNotClosed() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator = ignoring();
            log.addAll(Outcomes.of(generator.anext(), generator.aclose()));
        });
        runner.close();
        assertThat(runner.reports)
                .singleElement()
                .satisfies(report ->
                        assertThat(report.exception()).isInstanceOf(StopAsyncIteration.class));
    }

    @Test
    @Contract({57, 58})
    void oneThatIsRunningIsReportedAndGoesOn() {
        runner.run(() -> {
            AsyncFuture<Integer> gate = runner.loop().createFuture();
            AsyncGenerator<Integer> generator = generators.of(g -> g.yield(await(gate)));
            Task<Integer> consumer = createTask(generator.anext());
            await(sleep(Duration.ZERO));
            await(runner.loop().shutdownAsyncGenerators());
            assertThat(runner.reports)
                    .singleElement()
                    .satisfies(report ->
                            assertThat(report.exception())
                                    .hasMessageStartingWith(
                                            "aclose(): asynchronous generator is already running"));
            gate.setResult(3);
            assertThat(await(consumer)).isEqualTo(3);
            await(generator.aclose());
        });
    }

    @Test
    void thoseThatHaveNotBegunOrHaveEndedAreLeftAlone() {
        runner.run(() -> {
            AsyncGenerator<Integer> notBegun = generators.of(g -> log.add("begun"));
            AsyncGenerator<String> ended = named("ended", TICK);
            assertThat(Outcomes.of(ended.anext(), ended.aclose(), ended.aclose()))
                    .containsExactly("ended", "null", "null");
            await(runner.loop().shutdownAsyncGenerators());
            assertThat(notBegun).hasToString("AsyncGenerator[not begun]");
        });
        assertThat(log).containsExactly("ended closing", "ended closed");
        assertThat(runner.clock.time()).isEqualTo(TICK);
    }

    @Test
    void shutdownOfNothingDoesNotSuspend() {
        runner.run(() -> {
            runner.loop().callSoon(() -> log.add("iteration"));
            await(runner.loop().shutdownAsyncGenerators());
            assertThat(log).isEmpty();
        });
    }

    @Test
    void shutdownThatIsCancelledCancelsTheFinallyBlocks() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    generators.of(g -> {
                        try {
                            g.yield(1);
                        } finally {
                            try {
                                await(sleep(LONG));
                            } finally {
                                log.add("finally");
                            }
                        }
                    });
            await(generator.anext());
            Task<?> shutdown = createTask(runner.loop().shutdownAsyncGenerators());
            await(sleep(TICK));
            shutdown.cancel();
            assertThat(Outcomes.of(() -> await(shutdown))).startsWith("CancelledError");
        });
        assertThat(log).containsExactly("finally");
        assertThat(runner.clock.time()).isEqualTo(TICK);
        assertThat(runner.reports).isEmpty();
    }

    // After the shutdown

    @Test
    @Contract(55)
    void oneBegunAfterTheShutdownIsWarnedOfAndRuns() {
        try (LoggedWarnings logged = new LoggedWarnings()) {
            runner.run(() -> {
                await(runner.loop().shutdownAsyncGenerators());
                assertThat(logged.messages).isEmpty();
                AsyncGenerator<String> late = named("late", Duration.ZERO);
                assertThat(await(late.anext())).isEqualTo("late");
                assertThat(logged.messages)
                        .singleElement()
                        .asString()
                        .contains("was begun after loop.shutdownAsyncGenerators()");
                await(late.aclose());
            });
        }
        assertThat(log).containsExactly("late closing", "late closed");
    }

    @Test
    @Contract({55, 57})
    void secondShutdownClosesThoseBegunSinceTheFirst() {
        runner.run(() -> {
            await(ignoring().anext());
            await(runner.loop().shutdownAsyncGenerators());
            assertThat(runner.reports).hasSize(1);
            await(named("late", TICK).anext());
            await(runner.loop().shutdownAsyncGenerators());
            assertThat(runner.reports).hasSize(1);
            assertThat(log).containsExactly("late closing", "late closed");
        });
    }
}
