package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Outcomes;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Errors that go into a body by athrow, and those that come out of it. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class AsyncGeneratorThrowTest {

    private static final Duration TICK = Duration.ofMillis(10);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final List<Object> log = new ArrayList<>();

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_asyncio_anext_04")
    void athrowThrowsAtTheYield() {
        runner.run(() -> {
            IOException thrown = new IOException("thrown in");
            AsyncGenerator<String> generator =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield("first");
                        } catch (RuntimeException e) {
                            throw e;
                        } catch (Exception e) {
                            assertThat(e).isSameAs(thrown);
                            await(sleep(TICK));
                            g.yield("recovered");
                        }
                        g.yield("last");
                    });
            assertThat(
                            Outcomes.of(
                                    generator.anext(),
                                    generator.athrow(thrown),
                                    generator.anext(),
                                    generator.anext()))
                    .containsExactly(
                            "first",
                            "recovered",
                            "last",
                            "StopAsyncIteration: the async generator has no more items");
        });
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_asyncio_athrow_03")
    void athrowIntoABodyThatCatchesItAndReturnsIsTheEnd() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield(1);
                        } catch (IllegalStateException e) {
                            log.add("caught");
                        }
                    });
            await(generator.anext());
            assertThatThrownBy(() -> await(generator.athrow(new IllegalStateException("in"))))
                    .isInstanceOf(StopAsyncIteration.class);
        });
        assertThat(log).containsExactly("caught");
    }

    @Test
    void athrowIntoABodyThatDoesNotCatchItComesBack() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield(1);
                        } finally {
                            await(sleep(TICK));
                            log.add("finally");
                        }
                    });
            await(generator.anext());
            IOException thrown = new IOException("in");
            assertThatThrownBy(() -> await(generator.athrow(thrown))).isSameAs(thrown);
            assertThatThrownBy(() -> await(generator.anext()))
                    .isInstanceOf(StopAsyncIteration.class);
        });
        assertThat(log).containsExactly("finally");
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_exception_04")
    void exceptionOutOfTheBodyComesOutAsItIsOnce() {
        runner.run(() -> {
            IOException failure = new IOException("the body's");
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        g.yield(1);
                        throw failure;
                    });
            assertThatThrownBy(
                            () -> {
                                for (int item : generator) {
                                    log.add(item);
                                }
                            })
                    .isSameAs(failure);
            assertThatThrownBy(() -> await(generator.anext()))
                    .isInstanceOf(StopAsyncIteration.class);
            await(generator.aclose());
        });
        assertThat(log).containsExactly(1);
    }

    @Test
    @CPythonTest({
        "test_asyncgen::test_async_gen_exception_03",
        "test_asyncgen::test_async_gen_asyncio_02"
    })
    void whatFailsInAnAwaitOfTheBodyComesOutAfterTheItemsBefore() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        await(sleep(TICK));
                        g.yield(1);
                        await(() -> {
                            await(sleep(TICK));
                            throw new IOException("awaited");
                        });
                        g.yield(2);
                    });
            assertThatThrownBy(() -> generator.forEach(log::add))
                    .isInstanceOf(IOException.class)
                    .hasMessage("awaited");
        });
        assertThat(log).containsExactly(1);
    }

    @Test
    void exceptionTellsWhereItWasAwaited() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        throw new IOException("the body's");
                    });
            assertThatThrownBy(() -> await(generator.anext()))
                    .satisfies(e ->
                            assertThat(e.getSuppressed())
                                    .singleElement()
                                    .asString()
                                    .startsWith("awaited here by task"));
        });
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_exception_05")
    void stopAsyncIterationOutOfTheBodyIsAnErrorOfItsOwn() {
        runner.run(() -> {
            StopAsyncIteration mine = new StopAsyncIteration();
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        g.yield(1);
                        throw mine;
                    });
            await(generator.anext());
            assertThatThrownBy(() -> await(generator.anext()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("async generator raised StopAsyncIteration: return instead")
                    .hasCause(mine);
            assertThatThrownBy(() -> await(generator.anext()))
                    .isInstanceOf(StopAsyncIteration.class);
        });
    }

    @Test
    void endOfAnotherGeneratorThatTheBodyDoesNotCatchIsAnErrorToo() {
        runner.run(() -> {
            AsyncGenerator<Integer> inner = AsyncGenerator.of(g -> log.add("inner"));
            AsyncGenerator<Integer> outer = AsyncGenerator.of(g -> g.yield(await(inner.anext())));
            assertThatThrownBy(() -> await(outer.anext()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasCauseInstanceOf(StopAsyncIteration.class);
        });
    }
}
