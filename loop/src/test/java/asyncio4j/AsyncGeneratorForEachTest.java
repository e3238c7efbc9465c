package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** forEach runs a generator's body on the caller's stack if it can, and closes what it leaves. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class AsyncGeneratorForEachTest {

    private static final Duration TICK = Duration.ofMillis(1);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    private final List<Object> log = new ArrayList<>();

    private AsyncGenerator<Integer> counting(int n) {
        return AsyncGenerator.of(g -> {
            try {
                for (int i = 1; i <= n; i++) {
                    g.yield(i);
                }
            } catch (Throwable e) {
                log.add(e.getClass().getSimpleName());
                throw e;
            } finally {
                await(sleep(TICK));
                log.add("cleaned up");
            }
        });
    }

    @Test
    void theBodyRunsOnTheCallersThreadAndInItsTaskAndContext() {
        ContextVar<String> var = ContextVar.of("var");
        runner.run(() -> {
            Thread thread = Thread.currentThread();
            Task<?> task = currentTask();
            var.set("consumer");
            AsyncGenerator.<String>of(
                            g -> {
                                assertThat(Thread.currentThread()).isSameAs(thread);
                                assertThat(currentTask()).isSameAs(task);
                                assertThat(var.get()).isEqualTo("consumer");
                                var.set("body");
                                assertThat(g.yield("item")).isNull();
                                assertThat(var.get()).isEqualTo("consumer again");
                            })
                    .forEach(item -> {
                        log.add(item);
                        assertThat(var.get()).isEqualTo("body");
                        var.set("consumer again");
                    });
        });
        assertThat(log).containsExactly("item");
    }

    @Test
    void whatTheConsumerThrowsComesOutOnceTheBodyIsClosed() {
        IOException cause = new IOException("enough");
        runner.run(() -> {
            AsyncGenerator<Integer> generator = counting(9);
            assertThatThrownBy(() ->
                            generator.forEach(item -> {
                                log.add(item);
                                if (item == 2) {
                                    throw Sneaky.raise(cause);
                                }
                            }))
                    .isSameAs(cause)
                    .hasNoSuppressedExceptions();
            log.add("left");
            assertThatThrownBy(() -> await(generator.anext()))
                    .isInstanceOf(StopAsyncIteration.class);
        });
        assertThat(log).containsExactly(1, 2, "GeneratorExit", "cleaned up", "left");
    }

    @Test
    void oneThatWasBegunGoesOnWhereItIsInTheSameWay() {
        IOException cause = new IOException("enough");
        runner.run(() -> {
            AsyncGenerator<Integer> generator = counting(9);
            assertThat(await(generator.anext())).isEqualTo(1);
            assertThatThrownBy(() ->
                            generator.forEach(item -> {
                                log.add(item);
                                assertThatThrownBy(() -> await(generator.anext()))
                                        .hasMessageContaining("already running");
                                if (item == 3) {
                                    throw Sneaky.raise(cause);
                                }
                            }))
                    .isSameAs(cause);
            log.add("left");
        });
        assertThat(log).containsExactly(2, 3, "GeneratorExit", "cleaned up", "left");
    }

    @Test
    void nobodyElseMayAskOrCloseItMeanwhile() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator = counting(2);
            Task<Void> iterating =
                    createTask(() ->
                            generator.forEach(item -> {
                                assertThat(generator).hasToString("AsyncGenerator[running]");
                                assertThatThrownBy(() -> await(generator.aclose()))
                                        .isInstanceOf(IllegalStateException.class)
                                        .hasMessageContaining("already running");
                                await(sleep(TICK));
                            }));
            await(sleep(Duration.ZERO));
            assertThatThrownBy(() -> await(generator.anext()))
                    .hasMessageContaining("already running");
            assertThatThrownBy(() -> generator.forEach(log::add))
                    .hasMessageContaining("already running");
            await(iterating);
        });
        assertThat(log).containsExactly("cleaned up");
    }

    @Test
    void cancellationInTheConsumerClosesTheBodyAndInTheBodyEndsIt() {
        runner.run(() -> {
            Task<Void> inConsumer =
                    createTask(() ->
                            counting(9).forEach(item -> await(sleep(TICK.multipliedBy(100)))));
            await(sleep(TICK));
            inConsumer.cancel();
            assertThatThrownBy(() -> await(inConsumer)).isInstanceOf(CancelledError.class);
            assertThat(log).containsExactly("GeneratorExit", "cleaned up");
            log.clear();
            Task<Void> inBody =
                    createTask(() ->
                            AsyncGenerator.<Integer>of(
                                            g -> {
                                                try {
                                                    await(sleep(TICK.multipliedBy(100)));
                                                } finally {
                                                    log.add("cleaned up");
                                                }
                                            })
                                    .forEach(log::add));
            await(sleep(TICK));
            inBody.cancel();
            assertThatThrownBy(() -> await(inBody)).isInstanceOf(CancelledError.class);
            assertThat(log).containsExactly("cleaned up");
        });
    }

    @Test
    void aBodyThatYieldsWhileItIsClosedIsToldOff() {
        IllegalArgumentException cause = new IllegalArgumentException("enough");
        runner.run(() -> {
            AsyncGenerator<Integer> stubborn =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield(1);
                        } finally {
                            g.yield(2);
                        }
                    });
            assertThatThrownBy(() ->
                            stubborn.forEach(item -> {
                                log.add(item);
                                throw cause;
                            }))
                    .isSameAs(cause)
                    .satisfies(e ->
                            assertThat(e.getSuppressed())
                                    .singleElement()
                                    .satisfies(s ->
                                            assertThat(s)
                                                    .hasMessageContaining(
                                                            "ignored GeneratorExit")));
        });
        assertThat(log).containsExactly(1);
    }

    @Test
    void yieldIsForTheBodyAloneAndNotForItsConsumer() {
        List<AsyncGenerator.Yielder<Integer>> yielders = new ArrayList<>();
        runner.run(() -> {
            AsyncGenerator.<Integer>of(
                            g -> {
                                yielders.add(g);
                                g.yield(1);
                            })
                    .forEach(item ->
                            assertThatThrownBy(() -> yielders.getFirst().yield(2))
                                    .hasMessageContaining("yield belongs to"));
            assertThatThrownBy(() -> yielders.getFirst().yield(3))
                    .hasMessageContaining("yield belongs to");
            AsyncGenerator.<Integer>of(g ->
                            assertThatThrownBy(() -> Context.copyContext().run(() -> g.yield(1)))
                                    .hasMessageContaining("yield inside Context.run"))
                    .forEach(log::add);
        });
        assertThat(log).isEmpty();
    }

    @Test
    void hooksAndMisuse() {
        runner.run(() -> {
            EventLoop loop = runner.loop();
            IllegalStateException refusal = new IllegalStateException("not today");
            loop.setAsyncGeneratorHooks(
                    AsyncGeneratorHooks.NONE.firstIter(generator -> {
                        log.add("begins");
                        throw refusal;
                    }));
            AsyncGenerator<Integer> generator = counting(1);
            assertThatThrownBy(() -> generator.forEach(log::add)).isSameAs(refusal);
            generator.forEach(log::add);
            assertThat(log).containsExactly("begins", 1, "cleaned up");
            generator.forEach(log::add); // at its end
            assertThat(log).hasSize(3);
            assertThatThrownBy(() -> counting(1).forEach(null))
                    .hasMessage("forEach: the consumer is null");
            loop.setAsyncGeneratorHooks(AsyncGeneratorHooks.NONE);
            assertThatThrownBy(() ->
                            AsyncGenerator.of(
                                            g -> {
                                                throw new StopAsyncIteration();
                                            })
                                    .forEach(log::add))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("raised StopAsyncIteration");
        });
        assertThatThrownBy(() -> counting(1).forEach(log::add))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void generatorsWithinGeneratorsShareTheStack() {
        int depth = 100;
        runner.run(() -> {
            Thread thread = Thread.currentThread();
            AsyncGenerator<Integer> nested =
                    AsyncGenerator.of(g -> {
                        g.yield(1);
                        assertThat(Thread.currentThread()).isSameAs(thread);
                    });
            for (int i = 0; i < depth; i++) {
                AsyncGenerator<Integer> inner = nested;
                nested = AsyncGenerator.of(g -> g.yieldAll(inner));
            }
            nested.forEach(log::add);
        });
        assertThat(log).containsExactly(1);
    }

    @Test
    void theLoopsCloseEndsTheConsumerAndThenTheBody() {
        EventLoop loop = Asyncio.newEventLoop(new VirtualClock());
        var _ =
                loop.createTask(
                        Coroutine.of(() ->
                                AsyncGenerator.<Integer>of(
                                                g -> {
                                                    try {
                                                        g.yield(1);
                                                    } finally {
                                                        log.add("body");
                                                    }
                                                })
                                        .forEach(item -> {
                                            try {
                                                await(sleep(Duration.ofDays(1)));
                                            } finally {
                                                log.add("consumer");
                                            }
                                        })));
        loop.setExceptionHandler((_, _) -> {});
        loop.callLater(TICK, loop::stop);
        loop.runForever();
        loop.close();
        assertThat(log).containsExactly("consumer", "body");
    }
}
