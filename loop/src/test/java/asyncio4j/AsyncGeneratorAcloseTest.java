package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.Outcomes;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Closing a generator: its finally blocks run, awaits in them too. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class AsyncGeneratorAcloseTest {

    private static final Duration TICK = Duration.ofMillis(10);

    private static final Duration LONG = Duration.ofHours(1);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final List<Object> log = new ArrayList<>();

    @Test
    @CPythonTest({
        "test_asyncgen::test_async_gen_asyncio_aclose_07",
        "test_asyncgen::test_async_gen_asyncio_aclose_08"
    })
    void acloseRunsFinallyBlocksThatAwait() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield(1);
                            log.add("never");
                        } finally {
                            await(sleep(TICK));
                            await(sleep(TICK));
                            log.add("finally");
                        }
                        log.add("never");
                    });
            await(generator.anext());
            await(generator.aclose());
            assertThat(runner.clock.time()).isEqualTo(TICK.multipliedBy(2));
        });
        assertThat(log).containsExactly("finally");
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_asyncio_aclose_10")
    void acloseOfABodyThatCatchesGeneratorExitAndReturnsIsQuiet() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield(1);
                        } catch (GeneratorExit e) {
                            log.add(String.valueOf(e.getMessage()));
                        }
                        await(sleep(TICK));
                        log.add("went on");
                    });
            await(generator.anext());
            assertThat(await(generator.aclose())).isNull();
        });
        assertThat(log).containsExactly("the generator was closed", "went on");
    }

    @Test
    void acloseThrowsWhatTheBodyThrows() {
        runner.run(() -> {
            IllegalArgumentException failure = new IllegalArgumentException("in finally");
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield(1);
                        } finally {
                            fail(failure);
                        }
                    });
            await(generator.anext());
            assertThatThrownBy(() -> await(generator.aclose())).isSameAs(failure);
            await(generator.aclose());
        });
    }

    @Test
    void acloseThrowsWhatAResourceOfTheBodyThrowsOnTheWayOut() {
        runner.run(() -> {
            IOException first = new IOException("inner resource");
            IOException second = new IOException("outer resource");
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        try (AutoCloseable _ = () -> Sneaky.raise(second);
                                AutoCloseable _ = () -> Sneaky.raise(first)) {
                            g.yield(1);
                        }
                    });
            await(generator.anext());
            assertThatThrownBy(() -> await(generator.aclose()))
                    .as("as Python's `with` would, where a try block hides it in the GeneratorExit")
                    .isSameAs(first)
                    .hasSuppressedException(second);
            assertThat(generator).hasToString("AsyncGenerator[ended, closed]");
        });
    }

    @Test
    void acloseOfABodyThatThrowsStopAsyncIterationIsAnError() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield(1);
                        } finally {
                            fail(new StopAsyncIteration());
                        }
                    });
            await(generator.anext());
            assertThatThrownBy(() -> await(generator.aclose()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("raised StopAsyncIteration");
        });
    }

    @Test
    @Contract(58)
    @CPythonTest("test_asyncgen::test_async_gen_asyncio_aclose_06")
    void yieldInAFinallyBlockIsAnErrorOfAclose() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield(1);
                        } finally {
                            await(sleep(TICK));
                            g.yield(12);
                            log.add("finally");
                        }
                    });
            await(generator.anext());
            assertThatThrownBy(() -> await(generator.aclose()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("ignored GeneratorExit");
            assertThat(log).isEmpty();
            assertThatThrownBy(() -> await(generator.anext())).isInstanceOf(GeneratorExit.class);
            assertThat(log).containsExactly("finally");
        });
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_asyncio_aclose_12")
    void bodyAwaitsATaskOfItsOwnWhileItIsClosed() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        Task<?> task =
                                createTask(() -> {
                                    await(sleep(TICK));
                                    throw new IllegalArgumentException("the task's");
                                });
                        try {
                            g.yield(1);
                        } finally {
                            log.add(Outcomes.of(() -> await(task)));
                        }
                    });
            await(generator.anext());
            await(generator.aclose());
        });
        assertThat(log).containsExactly("IllegalArgumentException: the task's");
    }

    @Test
    void closerThatIsCancelledCancelsTheFinallyBlock() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield(1);
                        } finally {
                            try {
                                await(sleep(LONG));
                            } finally {
                                log.add("inner finally");
                            }
                        }
                    });
            await(generator.anext());
            Task<?> closer = createTask(generator.aclose());
            await(sleep(Duration.ZERO));
            closer.cancel("enough");
            assertThat(Outcomes.of(() -> await(closer))).isEqualTo("CancelledError: enough");
            assertThat(closer.cancelled()).isTrue();
            await(generator.aclose());
        });
        assertThat(log).containsExactly("inner finally");
        assertThat(runner.clock.time()).isZero();
    }

    private static void fail(RuntimeException failure) {
        throw failure;
    }
}
