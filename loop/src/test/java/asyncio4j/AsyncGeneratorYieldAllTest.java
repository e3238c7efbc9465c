package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.testing.HeldGenerators;
import asyncio4j.testing.Outcomes;
import asyncio4j.testing.VirtualRunner;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** A generator that hands out what another one gives. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class AsyncGeneratorYieldAllTest {

    private static final Duration TICK = Duration.ofMillis(10);

    private static final String END = "StopAsyncIteration: the async generator has no more items";

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final HeldGenerators generators = new HeldGenerators();

    private final List<String> log = new ArrayList<>();

    /** Yields 1, then what comes back for each item; says what is thrown into it, and its end. */
    private AsyncGenerator<Object> echo() {
        return generators.of(g -> {
            Object next = 1;
            try {
                while (!"end".equals(next)) {
                    try {
                        next = g.yield(next);
                    } catch (ArithmeticException e) {
                        log.add("caught " + e.getMessage());
                        next = "after " + e.getMessage();
                    }
                }
            } finally {
                await(sleep(TICK));
                log.add("inner left");
            }
        });
    }

    /** Hands {@code inner} out between two items of its own. */
    private AsyncGenerator<Object> around(AsyncIterable<?> inner) {
        return generators.of(g -> {
            try {
                g.yield("first");
                g.yieldAll(inner);
                g.yield("last");
            } finally {
                log.add("outer left");
            }
        });
    }

    @Test
    void allItemsAreHandedOutBetweenItsOwn() {
        runner.run(() -> {
            AsyncGenerator<Object> inner =
                    generators.of(g -> {
                        g.yield(1);
                        await(sleep(TICK));
                        g.yield(2);
                    });
            List<Object> items = new ArrayList<>();
            around(inner).forEach(items::add);
            assertThat(items).containsExactly("first", 1, 2, "last");
            assertThat(inner).hasToString("AsyncGenerator[ended]");
        });
    }

    @Test
    void whatIsSentAndThrownGoesOnToTheOtherOne() {
        runner.run(() -> {
            AsyncGenerator<Object> outer = around(echo());
            assertThat(
                            Outcomes.of(
                                    outer.anext(),
                                    outer.asend("for the outer one"),
                                    outer.asend("a"),
                                    outer.asend("b"),
                                    outer.athrow(new ArithmeticException("thrown")),
                                    outer.asend("end"),
                                    outer.anext()))
                    .containsExactly("first", "1", "a", "b", "after thrown", "last", END);
        });
        assertThat(log).containsExactly("caught thrown", "inner left", "outer left");
    }

    @Test
    void whatTheOtherOneLetsOutComesOut() {
        runner.run(() -> {
            AsyncGenerator<Object> outer = around(echo());
            assertThat(
                            Outcomes.of(
                                    outer.anext(),
                                    outer.anext(),
                                    outer.athrow(new IllegalArgumentException("not caught")),
                                    outer.anext()))
                    .containsExactly("first", "1", "IllegalArgumentException: not caught", END);
        });
        assertThat(log).containsExactly("inner left", "outer left");
    }

    @Test
    void closingItClosesTheOtherOneFirstWhichMayAwait() {
        runner.run(() -> {
            AsyncGenerator<Object> inner = echo();
            try (AsyncGenerator<Object> outer = around(inner)) {
                await(outer.anext());
                await(outer.anext());
            }
            assertThat(inner).hasToString("AsyncGenerator[ended, closed]");
        });
        assertThat(log).containsExactly("inner left", "outer left");
    }

    @Test
    void anErrorOfTheOtherOnesCloseComesOutOfTheClose() {
        runner.run(() -> {
            IOException failure = new IOException("in finally");
            AsyncGenerator<Object> failing =
                    generators.of(g -> {
                        try {
                            g.yield(1);
                        } finally {
                            await(sleep(TICK));
                            Sneaky.raise(failure);
                        }
                    });
            AsyncGenerator<Object> outer = around(failing);
            await(outer.anext());
            await(outer.anext());
            assertThatThrownBy(() -> await(outer.aclose())).isSameAs(failure);
            assertThat(outer).hasToString("AsyncGenerator[ended, closed]");

            AsyncGenerator<Object> ignoring =
                    generators.of(g -> {
                        try {
                            g.yield(1);
                        } catch (GeneratorExit e) {
                            g.yield("ignored");
                        }
                    });
            AsyncGenerator<Object> around = around(ignoring);
            await(around.anext());
            await(around.anext());
            assertThatThrownBy(() -> await(around.aclose()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("async generator ignored GeneratorExit");
            assertThat(Outcomes.of(ignoring.anext())).isEqualTo(END);
        });
        assertThat(log).containsExactly("outer left", "outer left");
    }

    @Test
    void itMayBeNestedAndRepeated() {
        runner.run(() -> {
            List<Object> items = new ArrayList<>();
            around(around(around(generators.of(g -> g.yield("innermost"))))).forEach(items::add);
            assertThat(items)
                    .containsExactly(
                            "first", "first", "first", "innermost", "last", "last", "last");
            items.clear();
            AsyncIterable<Integer> twice = () -> generators.of(g -> g.yield(7));
            AsyncGenerator<Object> repeated =
                    generators.of(g -> {
                        g.yieldAll(twice);
                        g.yieldAll(twice);
                    });
            repeated.forEach(items::add);
            assertThat(items).containsExactly(7, 7);
        });
    }

    @Test
    void anIteratorThatIsNoGeneratorGetsNothingSentAndIsClosedIfItCanBe() {
        final class Letters implements AsyncIterator<Object>, AsyncCloseable {

            private final Iterator<String> letters = List.of("a", "b", "c").iterator();

            @Override
            public Coroutine<Object> anext() {
                return () -> {
                    if (!letters.hasNext()) {
                        throw new StopAsyncIteration();
                    }
                    return letters.next();
                };
            }

            @Override
            public Coroutine<@Nullable Void> aclose() {
                return Coroutine.of(() -> {
                    await(sleep(TICK));
                    log.add("letters closed");
                });
            }
        }

        runner.run(() -> {
            AsyncGenerator<Object> outer = around(new Letters());
            assertThat(
                            Outcomes.of(
                                    outer.anext(),
                                    outer.anext(),
                                    outer.asend("dropped"),
                                    outer.athrow(new ArithmeticException("thrown"))))
                    .containsExactly("first", "a", "b", "ArithmeticException: thrown");
        });
        assertThat(log).containsExactly("letters closed", "outer left");
    }

    @Test
    void nothingToYieldFromIsRefused() {
        runner.run(() -> {
            assertThatThrownBy(() -> around(null).forEach(item -> {}))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("yieldAll: there is nothing to yield from: null");
            AsyncGenerator<Object> running =
                    generators.of(g -> {
                        await(sleep(Duration.ofDays(1)));
                        g.yield(1);
                    });
            Task<Object> asking = Asyncio.createTask(() -> await(running.anext()));
            await(sleep(TICK));
            assertThatThrownBy(() -> around(running).forEach(item -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("already running");
            asking.cancel();
            await(sleep(TICK));
            assertThat(asking.cancelled()).isTrue();
        });
    }

    @Test
    void itEndsWithTheLoopFromTheInside() {
        EventLoop loop = Asyncio.newEventLoop(new VirtualClock());
        loop.runUntilComplete(
                Coroutine.of(() -> {
                    AsyncGenerator<Object> inner =
                            generators.of(g -> {
                                try {
                                    g.yield(1);
                                } finally {
                                    log.add("inner left");
                                }
                            });
                    AsyncGenerator<Object> outer = around(inner);
                    await(outer.anext());
                    await(outer.anext());
                }));
        loop.close();
        assertThat(log).containsExactlyInAnyOrder("inner left", "outer left");
    }
}
