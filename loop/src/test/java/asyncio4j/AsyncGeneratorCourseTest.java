package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.HeldGenerators;
import asyncio4j.testing.Outcomes;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Courses that a body may take: items in finally blocks, failures and cancels behind a yield. */
class AsyncGeneratorCourseTest {

    private static final Duration TICK = Duration.ofMillis(10);

    private static final String END = "StopAsyncIteration: the async generator has no more items";

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final HeldGenerators generators = new HeldGenerators();

    private final List<Object> log = new ArrayList<>();

    private static ArithmeticException failure(String message) {
        return new ArithmeticException(message);
    }

    /** What asking for so many items gives. */
    private static List<String> ask(AsyncGenerator<?> generator, int times) {
        List<String> outcomes = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            outcomes.add(Outcomes.of(generator.anext()));
        }
        return outcomes;
    }

    @Test
    @CPythonTest({
        "test_asyncgen::test_async_gen_exception_07",
        "test_asyncgen::test_async_gen_exception_09"
    })
    void aFinallyBlockMayYieldWhileAnExceptionIsOnItsWay() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        try {
                            await(sleep(TICK));
                            g.yield(1);
                            throw failure("between items");
                        } finally {
                            g.yield(2);
                            await(sleep(TICK));
                            g.yield(3);
                        }
                    });
            assertThat(ask(generator, 5))
                    .containsExactly("1", "2", "3", "ArithmeticException: between items", END);
        });
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_exception_08")
    void aFinallyBlockMayFailBetweenItems() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield(1);
                            await(sleep(TICK));
                        } finally {
                            await(sleep(TICK));
                            g.yield(2);
                            if (log.isEmpty()) {
                                Sneaky.raise(failure("in finally"));
                            }
                            g.yield(3);
                        }
                        g.yield(100);
                    });
            assertThat(ask(generator, 4))
                    .containsExactly("1", "2", "ArithmeticException: in finally", END);
        });
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_exception_11")
    void aBodyThatThrowsGeneratorExitIntoAnotherOneGetsItBackAndGoesOn() {
        runner.run(() -> {
            AsyncGenerator<Integer> outer =
                    AsyncGenerator.of(g -> {
                        g.yield(1);
                        AsyncGenerator<Integer> inner =
                                AsyncGenerator.of(i -> {
                                    i.yield(10);
                                    i.yield(20);
                                });
                        await(inner.asend(null));
                        try {
                            await(inner.athrow(new GeneratorExit("by hand")));
                        } catch (GeneratorExit e) {
                            g.yield(2);
                        }
                        g.yield(3);
                    });
            assertThat(ask(outer, 4)).containsExactly("1", "2", "3", END);
        });
    }

    /** Yields 1, then twice what was sent, unless what it awaits before that fails. */
    private AsyncGenerator<Integer> doubling(VoidCoroutine awaited) {
        return AsyncGenerator.of(g -> {
            try {
                await(sleep(TICK));
                int factor;
                try {
                    factor = (Integer) g.yield(1);
                } catch (IllegalArgumentException e) {
                    factor = 1000;
                }
                await(Coroutine.of(awaited));
                g.yield(factor * 2);
                await(sleep(TICK));
            } finally {
                await(sleep(TICK));
                await(sleep(TICK));
                log.add("finally");
            }
        });
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_asyncio_asend_01")
    void whatIsSentIsTheResultOfTheYieldAndTheBodyMayAwaitAllAround() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator = doubling(() -> await(sleep(TICK)));
            assertThat(
                            Outcomes.of(
                                    generator.asend(null),
                                    generator.asend(100),
                                    generator.asend(null)))
                    .containsExactly("1", "200", END);
        });
        assertThat(log).containsExactly("finally");
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_asyncio_asend_02")
    void whatFailsBehindTheYieldComesOutOfAsendAfterTheFinallyBlock() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    doubling(() -> {
                        await(sleep(TICK));
                        throw failure("awaited");
                    });
            await(generator.asend(null));
            assertThatThrownBy(() -> await(generator.asend(100)))
                    .isInstanceOf(ArithmeticException.class)
                    .hasMessage("awaited");
        });
        assertThat(log).containsExactly("finally");
    }

    /** Awaits a task that is cancelled meanwhile. */
    private void awaitCancelled() {
        Task<?> sleeping = createTask(sleep(TICK));
        runner.loop().callLater(TICK.dividedBy(2), sleeping::cancel);
        await(sleeping);
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_asyncio_asend_03")
    void theCancelOfWhatTheBodyAwaitsComesOutOfAsend() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator = doubling(this::awaitCancelled);
            await(generator.asend(null));
            assertThatThrownBy(() -> await(generator.asend(100)))
                    .isInstanceOf(CancelledError.class);
        });
        assertThat(log).containsExactly("finally");
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_asyncio_athrow_01")
    void whatIsThrownMayBeCaughtAndAnsweredByAnItem() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator = doubling(() -> await(sleep(TICK)));
            assertThat(
                            Outcomes.of(
                                    generator.asend(null),
                                    generator.athrow(new IllegalArgumentException()),
                                    generator.asend(null)))
                    .containsExactly("1", "2000", END);
        });
        assertThat(log).containsExactly("finally");
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_asyncio_athrow_02")
    void theCancelOfWhatTheBodyAwaitsComesOutOfAthrow() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator = doubling(this::awaitCancelled);
            await(generator.asend(null));
            assertThatThrownBy(() -> await(generator.athrow(new IllegalArgumentException())))
                    .isInstanceOf(CancelledError.class);
            assertThat(log).as("before it comes out").containsExactly("finally");
        });
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_asyncio_athrow_stopiteration")
    void anExceptionMayBeTheItemThatAnswersAthrow() {
        runner.run(() -> {
            StopAsyncIteration item = new StopAsyncIteration();
            AsyncGenerator<Object> generator =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield(1);
                        } catch (ArithmeticException e) {
                            g.yield(item);
                        }
                    });
            await(generator.anext());
            assertThat(await(generator.athrow(failure("thrown in")))).isSameAs(item);
            assertThat(Outcomes.of(generator.anext())).isEqualTo(END);
        });
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_asyncio_anext_06")
    void aBodyThatGoesOnAfterItsLastItemEndsWithTheNextRequest() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield(1);
                        } catch (RuntimeException e) {
                            log.add("not thrown");
                        }
                        log.add("body");
                    });
            await(generator.asend(null));
            assertThat(log).isEmpty();
            assertThat(Outcomes.of(generator.asend(null))).isEqualTo(END);
        });
        assertThat(log).containsExactly("body");
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_asyncio_shutdown_01")
    void bodiesThatAwaitWhenTheirTasksAreCancelledEndWithThoseBeforeAnyShutdown() {
        EventLoop loop = runner.loop();
        AsyncGenerator.Body<Integer> body =
                g -> {
                    try {
                        await(sleep(Duration.ofSeconds(1)));
                        g.yield(1);
                    } finally {
                        await(sleep(Duration.ZERO));
                        log.add("finally");
                    }
                };
        VoidCoroutine consume = () -> generators.of(body).forEach(log::add);
        Task<?> one = loop.createTask(Coroutine.of(consume));
        Task<?> other = loop.createTask(Coroutine.of(consume));
        loop.runUntilComplete(sleep(Duration.ofMillis(100)));
        one.cancel();
        other.cancel();
        assertThatThrownBy(() -> loop.runUntilComplete(one))
                .isInstanceOf(java.util.concurrent.CancellationException.class);
        assertThatThrownBy(() -> loop.runUntilComplete(other))
                .isInstanceOf(java.util.concurrent.CancellationException.class);
        loop.runUntilComplete(loop.shutdownAsyncGenerators());
        assertThat(log).containsExactly("finally", "finally");
    }

    @Test
    @CPythonTest({
        "test_asyncgen::test_async_gen_expression_01",
        "test_asyncgen::test_async_gen_expression_02"
    })
    void aGeneratorMayMapAndFilterAnother() {
        runner.run(() -> {
            AsyncGenerator<Integer> range =
                    AsyncGenerator.of(g -> {
                        for (int i = 0; i < 10; i++) {
                            await(sleep(TICK));
                            g.yield(i);
                        }
                    });
            AsyncGenerator<Integer> mapped =
                    AsyncGenerator.of(g -> {
                        for (int i : range) {
                            if (await(sleep(TICK, i)) > 0) {
                                g.yield(i * 2);
                            }
                        }
                    });
            mapped.forEach(log::add);
        });
        assertThat(log).containsExactly(2, 4, 6, 8, 10, 12, 14, 16, 18);
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_aclose_compatible_with_get_stack")
    void theStackOfATaskThatClosesAGeneratorCanBeAskedForAtAnyTime() {
        runner.run(() -> {
            AsyncGenerator<Object> generator =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield(1);
                        } finally {
                            await(sleep(TICK));
                        }
                    });
            await(generator.anext());
            Task<?> closing = createTask(generator.aclose());
            assertThat(closing.getStack()).as("not begun").isEmpty();
            await(sleep(Duration.ZERO));
            assertThat(closing.getStack())
                    .extracting(StackTraceElement::getClassName)
                    .as("in the finally block")
                    .contains(AsyncGeneratorCourseTest.class.getName());
            await(closing);
            assertThat(closing.getStack()).isEmpty();
        });
    }
}
