package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Outcomes;
import asyncio4j.testing.VirtualRunner;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What comes out of a generator: items, values sent in, errors; by anext, asend, athrow and a for
 * loop.
 */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class AsyncGeneratorTest {

    private static final Duration TICK = Duration.ofMillis(10);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final List<@Nullable Object> log = new ArrayList<>();

    @Test
    void bodyDoesNotBeginBeforeAnItemIsAskedFor() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        log.add("begun");
                        g.yield(1);
                    });
            Coroutine<Integer> next = generator.anext();
            assertThat(log).isEmpty();
            assertThat(generator).hasToString("AsyncGenerator[not begun]");
            assertThat(await(next)).isEqualTo(1);
            assertThat(log).containsExactly("begun");
            assertThat(generator).hasToString("AsyncGenerator[suspended]");
            await(generator.aclose());
            assertThat(generator).hasToString("AsyncGenerator[ended, closed]");
        });
    }

    @Test
    @CPythonTest({
        "test_asyncgen::test_async_gen_iteration_01",
        "test_asyncgen::test_async_gen_asyncio_01"
    })
    void bodyAwaitsBetweenItems() {
        runner.run(() -> {
            for (int item : countdown(3)) {
                log.add(item);
                log.add(runner.clock.time().toMillis());
            }
        });
        assertThat(log).containsExactly(3, 10L, 2, 20L, 1, 30L);
    }

    @Test
    void consumerAndBodyTakeTurns() {
        runner.run(() -> {
            AsyncGenerator<String> generator =
                    AsyncGenerator.of(g -> {
                        log.add("body 1");
                        g.yield("item 1");
                        log.add("body 2");
                        g.yield("item 2");
                        log.add("body 3");
                    });
            for (String item : generator) {
                log.add(item);
            }
            log.add("end");
        });
        assertThat(log).containsExactly("body 1", "item 1", "body 2", "item 2", "body 3", "end");
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_iteration_02")
    void anextThrowsStopAsyncIterationAtTheEndAndEverAfter() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator = countdown(1);
            assertThat(await(generator.anext())).isEqualTo(1);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> await(generator.anext()))
                        .isInstanceOf(StopAsyncIteration.class);
                assertThat(generator).hasToString("AsyncGenerator[ended]");
            }
        });
    }

    @Test
    void generatorWithoutItemsEndsAtOnce() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator = AsyncGenerator.of(g -> log.add("ran"));
            for (int item : generator) {
                log.add(item);
            }
            assertThatThrownBy(() -> await(generator.anext()))
                    .isInstanceOf(StopAsyncIteration.class);
        });
        assertThat(log).containsExactly("ran");
    }

    @Test
    void oneAnextCoroutineMayBeAwaitedForEveryItem() {
        runner.run(() -> {
            Coroutine<Integer> next = countdown(2).anext();
            assertThat(await(next)).isEqualTo(2);
            assertThat(await(next)).isEqualTo(1);
            assertThatThrownBy(() -> await(next)).isInstanceOf(StopAsyncIteration.class);
        });
    }

    @Test
    void nullsAreItemsLikeOthers() {
        runner.run(() -> {
            AsyncGenerator<@Nullable String> generator =
                    AsyncGenerator.of(g -> {
                        g.yield(null);
                        g.yield("a");
                        g.yield(null);
                    });
            assertThat(await(generator.anext())).isNull();
            for (String item : generator) {
                log.add(item);
            }
        });
        assertThat(log).containsExactly("a", null);
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_asyncio_anext_stopiteration")
    void throwablesAreItemsLikeOthers() {
        runner.run(() -> {
            StopAsyncIteration item = new StopAsyncIteration();
            AsyncGenerator<Throwable> generator = AsyncGenerator.of(g -> g.yield(item));
            assertThat(await(generator.anext())).isSameAs(item);
            assertThatThrownBy(() -> await(generator.anext()))
                    .isInstanceOf(StopAsyncIteration.class)
                    .isNotSameAs(item);
        });
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_asyncio_anext_05")
    void yieldReturnsWhatWasSent() {
        runner.run(() -> {
            AsyncGenerator<Object> doubler =
                    AsyncGenerator.of(g -> {
                        Object sent = g.yield("first");
                        while (sent instanceof Integer number) {
                            await(sleep(TICK));
                            sent = g.yield(number * 2);
                        }
                        log.add(sent);
                    });
            assertThat(Outcomes.of(doubler.asend(null), doubler.asend(100), doubler.asend(7)))
                    .containsExactly("first", "200", "14");
            assertThatThrownBy(() -> await(doubler.anext())).isInstanceOf(StopAsyncIteration.class);
        });
        assertThat(log).containsExactly((Object) null);
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_exception_10")
    void valueCannotBeSentToOneThatHasNotBegun() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator = countdown(1);
            assertThatThrownBy(() -> await(generator.asend(5)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("hasn't begun: asend(null) or anext() first");
            assertThat(await(generator.anext())).isEqualTo(1);
            await(generator.aclose());
        });
    }

    @Test
    void iteratorLooksAheadNoFurtherThanAsked() {
        runner.run(() -> {
            Iterator<Integer> items = countdown(2).iterator();
            assertThat(items.hasNext()).isTrue();
            assertThat(items.hasNext()).isTrue();
            assertThat(runner.clock.time()).isEqualTo(TICK);
            assertThat(items.next()).isEqualTo(2);
            assertThat(items.next()).isEqualTo(1);
            assertThat(items.hasNext()).isFalse();
            assertThatThrownBy(items::next)
                    .isInstanceOf(NoSuchElementException.class)
                    .hasMessage("the async generator has no more items");
        });
    }

    @Test
    void secondLoopGoesOnWhereTheFirstWasLeft() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator = countdown(4);
            for (int item : generator) {
                if (item == 3) {
                    break;
                }
            }
            for (int item : generator) {
                log.add(item);
            }
        });
        assertThat(log).containsExactly(2, 1);
    }

    @Test
    void tryWithResourcesClosesOneThatIsLeftEarly() {
        runner.run(() -> {
            AtomicInteger made = new AtomicInteger();
            try (AsyncGenerator<Integer> endless =
                    AsyncGenerator.of(g -> {
                        try {
                            for (; ; ) {
                                g.yield(made.incrementAndGet());
                            }
                        } finally {
                            await(sleep(TICK));
                            log.add("finally");
                        }
                    })) {
                for (int item : endless) {
                    if (item == 3) {
                        break;
                    }
                }
                assertThat(log).isEmpty();
            }
            assertThat(log).containsExactly("finally");
            assertThat(made).hasValue(3);
        });
    }

    @Test
    void nullIsRefused() {
        assertThatNullPointerException()
                .isThrownBy(() -> AsyncGenerator.of(nothing()))
                .withMessage("a generator's body is null");
        assertThatNullPointerException()
                .isThrownBy(() -> countdown(1).athrow(nothing()))
                .withMessage("athrow: the error is null");
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T nothing() {
        return null;
    }

    /** Items from {@code from} down to 1, each after a tick. */
    private static AsyncGenerator<Integer> countdown(int from) {
        return AsyncGenerator.of(g -> {
            for (int i = from; i > 0; i--) {
                await(sleep(TICK));
                g.yield(i);
            }
        });
    }
}
