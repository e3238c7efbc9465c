package asyncio4j;

import static asyncio4j.Asyncio.aclosing;
import static asyncio4j.Asyncio.anext;
import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.each;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Outcomes;
import asyncio4j.testing.VirtualRunner;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Supplier;

/** Iterating over what has to be awaited, and closing it: anext, each, aclosing. */
class AsyncIterationTest {

    private static final Duration TICK = Duration.ofMillis(10);

    private final VirtualRunner runner = new VirtualRunner();

    private final List<Object> log = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    private static AsyncGenerator<Integer> oneTwo() {
        return AsyncGenerator.of(g -> {
            g.yield(1);
            await(sleep(TICK));
            g.yield(2);
        });
    }

    /** An iterator of the user's own over 1 and 2. */
    private static final class OneTwo implements AsyncIterator<Integer> {

        private int given;

        @Override
        public Coroutine<Integer> anext() {
            return () -> {
                if (given == 2) {
                    throw new StopAsyncIteration();
                }
                await(sleep(TICK));
                return ++given;
            };
        }
    }

    private static AsyncIterator<Integer> failing() {
        return () ->
                () -> {
                    throw new IOException("failed");
                };
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_generator_anext")
    void anextOfAGeneratorMayHaveAnAnswerForTheEnd() {
        checkAnext(AsyncIterationTest::oneTwo);
    }

    @Test
    @CPythonTest("test_asyncgen::test_python_async_iterator_anext")
    void anextOfAnIteratorOfOnesOwnMayHaveAnAnswerForTheEnd() {
        checkAnext(OneTwo::new);
    }

    private void checkAnext(Supplier<AsyncIterator<Integer>> make) {
        runner.run(() -> {
            AsyncIterator<Integer> iterator = make.get();
            assertThat(Outcomes.of(anext(iterator), anext(iterator), anext(iterator, 99)))
                    .containsExactly("1", "2", "99");
            assertThat(Outcomes.of(anext(iterator), anext(iterator), anext(iterator, 99)))
                    .containsExactly(
                            "StopAsyncIteration: the async generator has no more items",
                            "StopAsyncIteration: the async generator has no more items",
                            "99");
            AsyncIterator<Integer> other = make.get();
            assertThat(
                            Outcomes.of(
                                    anext(other, 99),
                                    anext(other, 99),
                                    anext(other, 99),
                                    anext(other, null)))
                    .containsExactly("1", "2", "99", "null");
        });
    }

    @Test
    @CPythonTest({"test_asyncgen::test_anext_await_raises", "test_asyncgen::test_anext_iter"})
    void anAnswerForTheEndIsForNothingElse() {
        runner.run(() -> {
            assertThat(Outcomes.of(anext(failing()), anext(failing(), 99)))
                    .containsExactly("IOException: failed", "IOException: failed");
            AsyncGenerator<Integer> endsWhenCancelled =
                    AsyncGenerator.of(g -> {
                        try {
                            await(sleep(Duration.ofDays(1)));
                        } catch (CancelledError e) {
                            log.add("cancelled");
                            await(sleep(TICK));
                        }
                    });
            Task<Integer> asking = createTask(() -> await(anext(endsWhenCancelled, 99)));
            await(sleep(TICK));
            asking.cancel();
            assertThat(await(asking)).as("it swallowed that, and ended").isEqualTo(99);
            AsyncGenerator<Integer> letsItOut =
                    AsyncGenerator.of(g -> await(sleep(Duration.ofDays(1))));
            Task<Integer> cancelled = createTask(() -> await(anext(letsItOut, 99)));
            await(sleep(TICK));
            cancelled.cancel();
            assertThatThrownBy(() -> await(cancelled)).isInstanceOf(CancelledError.class);
        });
        assertThat(log).containsExactly("cancelled");
    }

    @Test
    @CPythonTest("test_asyncgen::test_anext_bad_args")
    void anextOfNothingIsRefusedAtOnce() {
        assertThatThrownBy(() -> anext(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("anext: the iterator is null");
        assertThatThrownBy(() -> anext(null, 1)).hasMessage("anext: the iterator is null");
    }

    @Test
    @CPythonTest("test_asyncgen::test_aiter_bad_args")
    void eachOfNothingIsRefusedAtOnce() {
        assertThatThrownBy(() -> each(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("each: there is nothing to iterate over: null");
        assertThatThrownBy(() -> aclosing(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("aclosing: there is nothing to close: null");
    }

    @Test
    @CPythonTest({"test_asyncgen::test_aiter_idempotent", "test_asyncgen::test_async_gen_aiter"})
    void anIteratorIsItsOwnIterator() {
        AsyncGenerator<Integer> generator = oneTwo();
        AsyncIterator<Integer> iterator = generator.aiter();
        assertThat(iterator).isSameAs(generator);
        assertThat(iterator.aiter()).isSameAs(iterator);
        runner.run(() -> {
            for (int item : each(iterator)) {
                log.add(item);
            }
        });
        assertThat(log).containsExactly(1, 2);
    }

    @Test
    @CPythonTest({
        "test_asyncgen::test_async_gen_aiter_class",
        "test_asyncgen::test_async_gen_asyncio_03"
    })
    void aClassMayBeIterableByAGenerator() {
        AsyncIterable<Integer> iterable = AsyncIterationTest::oneTwo;
        runner.run(() -> {
            for (int item : each(iterable)) {
                log.add(item);
            }
            AsyncIterator<Integer> iterator = iterable.aiter();
            assertThat(Outcomes.of(anext(iterator), anext(iterator), anext(iterator, 0)))
                    .containsExactly("1", "2", "0");
            Iterable<Integer> items = each(iterable);
            for (int round = 0; round < 2; round++) {
                for (int item : items) {
                    log.add(item);
                }
            }
        });
        assertThat(log)
                .as("each loop has an iterator of its own")
                .containsExactly(1, 2, 1, 2, 1, 2);
    }

    @Test
    void aLoopOverAnIteratorOfOnesOwnAwaitsEachItem() {
        runner.run(() -> {
            Duration begin = runner.loop().time();
            for (int item : each(new OneTwo())) {
                log.add(item);
                log.add(runner.loop().time().minus(begin));
            }
            Iterator<Integer> rest = each(failing()).iterator();
            assertThatThrownBy(rest::hasNext).isInstanceOf(IOException.class);
            Iterator<Integer> atEnd = each(AsyncGenerator.<Integer>of(g -> {})).iterator();
            assertThatThrownBy(atEnd::next).isInstanceOf(NoSuchElementException.class);
        });
        assertThat(log).containsExactly(1, TICK, 2, TICK.multipliedBy(2));
    }

    @Test
    void forEachTakesOneItemAfterTheOtherAndClosesWhatItLeaves() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator = oneTwo();
            generator.forEach(item -> {
                await(sleep(TICK));
                log.add(item);
            });
            assertThat(generator).hasToString("AsyncGenerator[ended]");
            AsyncGenerator<Integer> failed = oneTwo();
            IllegalArgumentException failure = new IllegalArgumentException("enough");
            assertThatThrownBy(() ->
                            failed.forEach(item -> {
                                throw failure;
                            }))
                    .isSameAs(failure);
            assertThat(failed).hasToString("AsyncGenerator[ended]");
        });
        assertThat(log).containsExactly(1, 2);
    }

    @Test
    void aTryBlockClosesWhatHasToBeAwaitedForThat() {
        runner.run(() -> {
            Duration begin = runner.loop().time();
            Coroutine<@Nullable Void> disconnect = sleep(TICK);
            try (var _ = aclosing(() -> disconnect)) {
                log.add("block");
            }
            assertThat(runner.loop().time().minus(begin)).isEqualTo(TICK);
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield(1);
                        } finally {
                            await(sleep(TICK));
                            log.add("closed");
                        }
                    });
            IllegalArgumentException failure = new IllegalArgumentException("in the block");
            assertThatThrownBy(
                            () -> {
                                try (var _ = aclosing(generator)) {
                                    await(generator.anext());
                                    throw failure;
                                }
                            })
                    .isSameAs(failure);
        });
        assertThat(log).containsExactly("block", "closed");
    }

    @Test
    void anErrorOfTheCloseIsAddedToThatOfTheBlock() {
        runner.run(() -> {
            IOException onClose = new IOException("on close");
            IllegalArgumentException failure = new IllegalArgumentException("in the block");
            AsyncCloseable closing =
                    () ->
                            () -> {
                                throw onClose;
                            };
            assertThatThrownBy(
                            () -> {
                                try (closing) {
                                    throw failure;
                                }
                            })
                    .isSameAs(failure)
                    .hasSuppressedException(onClose);
            assertThatThrownBy(closing::close).isSameAs(onClose);
        });
        AsyncCloseable closing = () -> sleep(TICK);
        assertThatThrownBy(closing::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("await outside of a coroutine");
    }
}
