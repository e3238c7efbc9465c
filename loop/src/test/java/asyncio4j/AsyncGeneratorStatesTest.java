package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.Outcomes;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Every operation in every state of a generator; the tables are what the same program prints in
 * CPython 3.13.
 */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class AsyncGeneratorStatesTest {

    private static final String STOP = "StopAsyncIteration: the async generator has no more items";

    private static final String RUNNING =
            ": asynchronous generator is already running: it is for one task at a time";

    private static final String IGNORED =
            "IllegalStateException: async generator ignored GeneratorExit: don't yield while it is"
                    + " being closed";

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    private final List<Object> log = new ArrayList<>();

    private static AsyncGenerator<Integer> oneAndTwo() {
        return AsyncGenerator.of(g -> {
            g.yield(1);
            g.yield(2);
        });
    }

    private static Throwable error() {
        return new IllegalArgumentException("thrown in");
    }

    @Test
    @Contract(58)
    @CPythonTest("test_asyncgen::test_async_gen_aclose_after_exhaustion")
    void ended() {
        runner.run(() -> {
            AsyncGenerator<Integer> g = oneAndTwo();
            for (int item : g) {
                log.add(item);
            }
            assertThat(
                            Outcomes.of(
                                    g.anext(),
                                    g.asend(5),
                                    g.athrow(error()),
                                    g.athrow(error()),
                                    g.aclose(),
                                    g.aclose(),
                                    g.anext()))
                    .containsExactly(STOP, STOP, "null", "null", "null", "null", STOP);
        });
        assertThat(log).containsExactly(1, 2);
    }

    @Test
    void endedByAnException() {
        runner.run(() -> {
            AsyncGenerator<Integer> g = oneAndTwo();
            assertThat(
                            Outcomes.of(
                                    g.anext(),
                                    g.athrow(error()),
                                    g.anext(),
                                    g.asend(5),
                                    g.athrow(error()),
                                    g.aclose(),
                                    g.anext()))
                    .containsExactly(
                            "1",
                            "IllegalArgumentException: thrown in",
                            STOP,
                            STOP,
                            "null",
                            "null",
                            STOP);
        });
    }

    @Test
    void notBegunAndThrownInto() {
        runner.run(() -> {
            AsyncGenerator<Integer> g = AsyncGenerator.of(y -> log.add("begun"));
            assertThat(
                            Outcomes.of(
                                    g.athrow(error()),
                                    g.anext(),
                                    g.asend(5),
                                    g.athrow(error()),
                                    g.aclose()))
                    .containsExactly(
                            "IllegalArgumentException: thrown in", STOP, STOP, "null", "null");
            assertThat(g).hasToString("AsyncGenerator[ended]");
        });
        assertThat(log).isEmpty();
    }

    @Test
    @Contract(58)
    @CPythonTest("test_asyncgen::test_async_gen_aclose_twice_with_different_coros")
    void notBegunAndClosed() {
        runner.run(() -> {
            AsyncGenerator<Integer> g = AsyncGenerator.of(y -> log.add("begun"));
            assertThat(
                            Outcomes.of(
                                    g.aclose(),
                                    g.anext(),
                                    g.asend(5),
                                    g.athrow(error()),
                                    g.aclose()))
                    .containsExactly("null", STOP, STOP, "null", "null");
            assertThat(g).hasToString("AsyncGenerator[ended, closed]");
        });
        assertThat(log).isEmpty();
    }

    @Test
    @Contract(58)
    void suspendedAndClosed() {
        runner.run(() -> {
            AsyncGenerator<Integer> g = oneAndTwo();
            assertThat(
                            Outcomes.of(
                                    g.anext(),
                                    g.aclose(),
                                    g.anext(),
                                    g.asend(5),
                                    g.athrow(error()),
                                    g.aclose()))
                    .containsExactly("1", "null", STOP, STOP, "null", "null");
        });
    }

    @Test
    void thrownIntoWithStopAsyncIteration() {
        runner.run(() -> {
            AsyncGenerator<Integer> notBegun = oneAndTwo();
            assertThat(Outcomes.of(notBegun.athrow(new StopAsyncIteration()), notBegun.anext()))
                    .containsExactly(STOP, STOP);
            AsyncGenerator<Integer> suspended = oneAndTwo();
            assertThat(
                            Outcomes.of(
                                    suspended.anext(),
                                    suspended.athrow(new StopAsyncIteration()),
                                    suspended.anext()))
                    .containsExactly(
                            "1",
                            "IllegalStateException: async generator raised StopAsyncIteration:"
                                    + " return instead",
                            STOP);
        });
    }

    @Test
    void thrownIntoWithGeneratorExitItMayGoOn() {
        runner.run(() -> {
            AsyncGenerator<Integer> g =
                    AsyncGenerator.of(y -> {
                        try {
                            y.yield(1);
                        } catch (GeneratorExit e) {
                            y.yield(2);
                        }
                        y.yield(3);
                    });
            assertThat(
                            Outcomes.of(
                                    g.anext(),
                                    g.athrow(new GeneratorExit("mine")),
                                    g.anext(),
                                    g.anext()))
                    .containsExactly("1", "2", "3", STOP);
        });
    }

    @Test
    void generatorExitOutOfTheBodyIsAnExceptionLikeOthersToAnext() {
        runner.run(() -> {
            AsyncGenerator<Integer> g =
                    AsyncGenerator.of(y -> {
                        y.yield(1);
                        throw new GeneratorExit("mine");
                    });
            assertThat(Outcomes.of(g.anext(), g.anext(), g.anext(), g.aclose()))
                    .containsExactly("1", "GeneratorExit: mine", STOP, "null");
        });
    }

    @Test
    @Contract(58)
    @CPythonTest("test_asyncgen::test_async_gen_asyncio_aclose_11")
    void ignoringGeneratorExit() {
        runner.run(() -> {
            AsyncGenerator<String> g =
                    AsyncGenerator.of(y -> {
                        try {
                            y.yield("1");
                        } catch (GeneratorExit e) {
                            log.add("ignored");
                        }
                        y.yield("in vain");
                        log.add(String.valueOf(y.yield("more")));
                    });
            assertThat(Outcomes.of(g.anext(), g.aclose())).containsExactly("1", IGNORED);
            assertThat(g).hasToString("AsyncGenerator[suspended, closed]");
            assertThat(
                            Outcomes.of(
                                    g.aclose(),
                                    g.athrow(error()),
                                    g.asend(3),
                                    g.asend(4),
                                    g.aclose()))
                    .containsExactly(STOP, STOP, "more", STOP, "null");
        });
        assertThat(log).containsExactly("ignored", "4");
    }

    @Test
    @Contract(58)
    @CPythonTest({
        "test_asyncgen::test_asend_send_already_running",
        "test_asyncgen::test_athrow_send_already_running"
    })
    void runningInAnotherTask() {
        runner.run(() -> {
            AsyncFuture<String> gate = runner.loop().createFuture();
            AsyncGenerator<String> g =
                    AsyncGenerator.of(y -> {
                        y.yield(await(gate));
                        y.yield("second");
                    });
            Task<String> first = createTask(g.anext());
            await(sleep(Duration.ZERO));
            assertThat(g).hasToString("AsyncGenerator[running]");
            assertThat(
                            Outcomes.of(
                                    g.anext(),
                                    g.asend(null),
                                    g.asend(7),
                                    g.athrow(error()),
                                    g.aclose(),
                                    () -> g.iterator().next()))
                    .containsExactly(
                            "IllegalStateException: anext()" + RUNNING,
                            "IllegalStateException: asend()" + RUNNING,
                            "IllegalStateException: asend()" + RUNNING,
                            "IllegalStateException: athrow()" + RUNNING,
                            "IllegalStateException: aclose()" + RUNNING,
                            "IllegalStateException: iterator()" + RUNNING);
            gate.setResult("first");
            assertThat(await(first)).isEqualTo("first");
            assertThat(Outcomes.of(g.anext(), g.aclose())).containsExactly("second", "null");
        });
    }

    @Test
    @Contract(58)
    @CPythonTest("test_asyncgen::test_async_gen_exception_12")
    void runningItself() {
        runner.run(() -> {
            List<AsyncGenerator<Integer>> me = new ArrayList<>();
            me.add(
                    AsyncGenerator.of(y -> {
                        AsyncGenerator<Integer> self = me.getFirst();
                        log.addAll(Outcomes.of(self.anext(), self.athrow(error()), self.aclose()));
                        y.yield(1);
                    }));
            assertThat(await(me.getFirst().anext())).isEqualTo(1);
            await(me.getFirst().aclose());
        });
        assertThat(log)
                .containsExactly(
                        "IllegalStateException: anext()" + RUNNING,
                        "IllegalStateException: athrow()" + RUNNING,
                        "IllegalStateException: aclose()" + RUNNING);
    }

    @Test
    @Contract(58)
    void beingClosed() {
        runner.run(() -> {
            AsyncGenerator<Integer> g =
                    AsyncGenerator.of(y -> {
                        try {
                            y.yield(1);
                        } finally {
                            await(sleep(Duration.ZERO));
                            log.add("closed");
                        }
                    });
            await(g.anext());
            Task<?> closing = createTask(g.aclose());
            await(sleep(Duration.ZERO));
            assertThat(g).hasToString("AsyncGenerator[running, closed]");
            assertThat(Outcomes.of(g.anext(), g.athrow(error()), g.aclose()))
                    .containsExactly(
                            "IllegalStateException: anext()" + RUNNING,
                            "IllegalStateException: athrow()" + RUNNING,
                            "IllegalStateException: aclose()" + RUNNING);
            await(closing);
            assertThat(Outcomes.of(g.aclose(), g.anext())).containsExactly("null", STOP);
        });
        assertThat(log).containsExactly("closed");
    }
}
