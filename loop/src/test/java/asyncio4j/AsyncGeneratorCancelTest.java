package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.testing.HeldGenerators;
import asyncio4j.testing.Outcomes;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/** Cancelling the task that waits for an item. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class AsyncGeneratorCancelTest {

    private final HeldGenerators generators = new HeldGenerators();

    private static final Duration TICK = Duration.ofMillis(10);

    private static final Duration LONG = Duration.ofHours(1);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final List<Object> log = new ArrayList<>();

    @Test
    void cancelOfTheConsumerIsDeliveredInTheBody() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    generators.of(g -> {
                        try {
                            await(sleep(LONG));
                            g.yield(1);
                        } catch (CancelledError e) {
                            log.add("body " + e.getMessage());
                            log.add(e);
                            throw e;
                        } finally {
                            await(sleep(TICK));
                            log.add("finally");
                        }
                    });
            Task<?> consumer =
                    createTask(() -> {
                        try {
                            await(generator.anext());
                        } catch (CancelledError e) {
                            log.add("consumer " + e.getMessage());
                            log.add(e);
                            throw e;
                        }
                    });
            await(sleep(Duration.ZERO));
            consumer.cancel("why");
            assertThat(Outcomes.of(() -> await(consumer))).isEqualTo("CancelledError: why");
            assertThat(consumer.cancelled()).isTrue();
            assertThatThrownBy(() -> await(generator.anext()))
                    .isInstanceOf(StopAsyncIteration.class);
            assertThat(runner.clock.time()).isEqualTo(TICK);
        });
        assertThat(log).element(0).isEqualTo("body why");
        assertThat(log).element(2).isEqualTo("finally");
        assertThat(log).element(3).isEqualTo("consumer why");
        assertThat(log.get(4)).isSameAs(log.get(1));
    }

    @Test
    void cancelThatTheBodySwallowsGivesAnItemAndCounts() {
        runner.run(() -> {
            AsyncGenerator<String> generator =
                    generators.of(g -> {
                        try {
                            await(sleep(LONG));
                        } catch (CancelledError e) {
                            g.yield("anyway");
                        }
                        g.yield("next");
                    });
            Task<String> consumer =
                    createTask(() ->
                            await(generator.anext())
                                    + " "
                                    + Objects.requireNonNull(currentTask()).cancelling());
            await(sleep(Duration.ZERO));
            consumer.cancel();
            assertThat(await(consumer)).isEqualTo("anyway 1");
            assertThat(Outcomes.of(generator.anext(), generator.aclose()))
                    .containsExactly("next", "null");
        });
    }

    @Test
    void cancelThatCameBeforeTheFirstAwaitIsDeliveredThere() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    generators.of(g -> {
                        g.yield(1);
                        log.add("second asked for");
                        await(sleep(LONG));
                    });
            Task<?> consumer =
                    createTask(() -> {
                        Objects.requireNonNull(currentTask()).cancel("myself");
                        log.add(await(generator.anext()));
                        await(generator.anext());
                    });
            assertThat(Outcomes.of(() -> await(consumer))).isEqualTo("CancelledError: myself");
        });
        assertThat(log).containsExactly(1, "second asked for");
    }

    @Test
    void cancelAtTheMomentTheBodyWouldGoOnStillCounts() {
        runner.run(() -> {
            AsyncFuture<Integer> gate = runner.loop().createFuture();
            AsyncGenerator<Integer> generator =
                    generators.of(g -> {
                        try {
                            g.yield(await(gate));
                        } finally {
                            log.add("finally");
                        }
                    });
            Task<Integer> consumer = createTask(generator.anext());
            await(sleep(Duration.ZERO));
            gate.setResult(1);
            consumer.cancel();
            assertThat(Outcomes.of(() -> await(consumer))).startsWith("CancelledError");
            assertThat(gate.result()).isEqualTo(1);
        });
        assertThat(log).containsExactly("finally");
    }

    @Test
    void cancelOfAConsumerThatHoldsTheGeneratorOpenLeavesItOpen() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    generators.of(g -> {
                        g.yield(1);
                        g.yield(2);
                    });
            Task<?> consumer =
                    createTask(() -> {
                        for (int item : generator) {
                            log.add(item);
                            await(sleep(LONG));
                        }
                    });
            await(sleep(Duration.ZERO));
            consumer.cancel();
            assertThat(Outcomes.of(() -> await(consumer))).startsWith("CancelledError");
            assertThat(await(generator.anext())).isEqualTo(2);
            await(generator.aclose());
        });
        assertThat(log).containsExactly(1);
    }

    @Test
    void timeoutAroundAnItemEndsTheBody() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    generators.of(g -> {
                        try {
                            g.yield(1);
                            await(sleep(LONG));
                            g.yield(2);
                        } finally {
                            log.add("finally");
                        }
                    });
            assertThat(await(waitFor(generator.anext(), TICK))).isEqualTo(1);
            assertThatThrownBy(() -> await(waitFor(generator.anext(), TICK)))
                    .isInstanceOf(TimeoutException.class);
            assertThat(log).containsExactly("finally");
            assertThatThrownBy(() -> await(generator.anext()))
                    .isInstanceOf(StopAsyncIteration.class);
            assertThat(Objects.requireNonNull(currentTask()).cancelling()).isZero();
        });
    }

    @Test
    void cancelReachesTheInnermostOfThreeGeneratorsAndComesOutThroughAll() {
        runner.run(() -> {
            AsyncGenerator<Integer> outermost =
                    passOn(
                            "outermost",
                            passOn(
                                    "middle",
                                    passOn(
                                            "innermost",
                                            generators.of(g -> {
                                                g.yield(1);
                                                await(sleep(LONG));
                                            }))));
            Task<?> consumer =
                    createTask(() -> {
                        for (int item : outermost) {
                            log.add(item);
                        }
                    });
            await(sleep(TICK));
            consumer.cancel();
            assertThat(Outcomes.of(() -> await(consumer))).startsWith("CancelledError");
        });
        assertThat(log).containsExactly(1, "innermost", "middle", "outermost");
    }

    private AsyncGenerator<Integer> passOn(String name, AsyncGenerator<Integer> inner) {
        return generators.of(g -> {
            try {
                for (int item : inner) {
                    g.yield(item);
                }
            } finally {
                await(sleep(TICK));
                log.add(name);
            }
        });
    }
}
