package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.gatherReturnExceptions;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.testing.Contract;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A body is part of the task that asks for the item: current task, suspension; and has tasks of its
 * own.
 */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class AsyncGeneratorTaskTest {

    private static final Duration TICK = Duration.ofMillis(10);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final List<Object> log = new ArrayList<>();

    private static String taskName() {
        return Objects.requireNonNull(currentTask()).getName();
    }

    @Test
    void currentTaskOfTheBodyIsWhoeverAsks() {
        runner.run(() -> {
            AsyncGenerator<String> generator =
                    AsyncGenerator.of(g -> {
                        for (; ; ) {
                            String before = taskName();
                            await(sleep(TICK));
                            g.yield(before + " " + taskName());
                        }
                    });
            for (String name : List.of("A", "B", "A")) {
                log.add(await(createTask(generator.anext(), TaskOptions.DEFAULT.name(name))));
            }
            await(generator.aclose());
        });
        assertThat(log).containsExactly("A A", "B B", "A A");
    }

    @Test
    void suspendedBodyIsWhereItsTaskWaits() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        await(sleep(TICK));
                        g.yield(1);
                    });
            Task<Integer> consumer =
                    createTask(generator.anext(), TaskOptions.DEFAULT.name("consumer"));
            await(sleep(Duration.ZERO));
            assertThat(consumer).hasToString("Task[consumer, pending, awaits Future[pending]]");
            assertThat(await(consumer)).isEqualTo(1);
            await(generator.aclose());
        });
    }

    @Test
    void otherTasksGoOnWhileTheBodyAwaits() {
        runner.run(() -> {
            AsyncGenerator<Integer> slow =
                    AsyncGenerator.of(g -> {
                        for (int i = 1; i <= 2; i++) {
                            await(sleep(TICK));
                            log.add("body");
                            g.yield(i);
                        }
                    });
            Task<?> other =
                    createTask(() -> {
                        for (int i = 0; i < 4; i++) {
                            await(sleep(TICK.dividedBy(2).plusMillis(1)));
                            log.add("other");
                        }
                    });
            for (int item : slow) {
                log.add(item);
            }
            await(other);
        });
        assertThat(log).containsExactly("other", "body", 1, "other", "other", "body", 2, "other");
    }

    @Test
    @Contract(33)
    void itemCostsNoIterationsButThoseThatTheBodyAwaits() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        g.yield(0);
                        await(sleep(Duration.ZERO));
                        g.yield(1);
                        await(sleep(Duration.ZERO));
                        await(createTask(() -> log.add("task")));
                        g.yield(3);
                    });
            Task<?> counter =
                    createTask(() -> {
                        for (; ; ) {
                            log.add("iteration");
                            await(sleep(Duration.ZERO));
                        }
                    });
            for (int item : generator) {
                log.add(item);
            }
            counter.cancel();
        });
        assertThat(log)
                .containsExactly(
                        0, "iteration", 1, "iteration", "iteration", "task", "iteration", 3);
    }

    @Test
    void twoConsumersOfTwoGeneratorsInterleave() {
        runner.run(() -> {
            List<Coroutine<Integer>> consumers = new ArrayList<>();
            for (String name : List.of("a", "b")) {
                AsyncGenerator<String> generator =
                        AsyncGenerator.of(g -> {
                            for (int i = 1; i <= 2; i++) {
                                await(sleep(Duration.ZERO));
                                g.yield(name + i);
                            }
                        });
                consumers.add(() -> {
                    int items = 0;
                    for (String item : generator) {
                        log.add(item);
                        items++;
                    }
                    return items;
                });
            }
            assertThat(await(gather(consumers))).containsExactly(2, 2);
        });
        assertThat(log).containsExactly("a1", "b1", "a2", "b2");
    }

    @Test
    @Contract(58)
    void gatheredRequestsCollideOnlyIfTheFirstSuspends() {
        runner.run(() -> {
            AsyncGenerator<Integer> prompt =
                    AsyncGenerator.of(g -> {
                        g.yield(1);
                        g.yield(2);
                    });
            assertThat(await(gather(prompt.anext(), prompt.anext()))).containsExactly(1, 2);
            await(prompt.aclose());
            AsyncGenerator<Integer> slow =
                    AsyncGenerator.of(g -> {
                        await(sleep(Duration.ZERO));
                        g.yield(1);
                        g.yield(2);
                    });
            List<?> results = await(gatherReturnExceptions(List.of(slow.anext(), slow.anext())));
            assertThat(results.getFirst()).isEqualTo(1);
            assertThat(results.getLast())
                    .isInstanceOf(IllegalStateException.class)
                    .asString()
                    .contains("already running");
            assertThat(await(slow.anext())).isEqualTo(2);
            await(slow.aclose());
        });
    }

    @Test
    void bodyMakesTasksAndGathers() {
        runner.run(() -> {
            AsyncGenerator<Object> generator =
                    AsyncGenerator.of(g -> {
                        Task<String> task =
                                createTask(
                                        () -> {
                                            await(sleep(TICK));
                                            return taskName();
                                        },
                                        TaskOptions.DEFAULT.name("made by the body"));
                        g.yield(await(task));
                        g.yield(await(gather(sleep(TICK, 1), sleep(TICK, 2))));
                    });
            for (Object item : generator) {
                log.add(item);
            }
            assertThat(runner.clock.time()).isEqualTo(TICK.multipliedBy(2));
        });
        assertThat(log).containsExactly("made by the body", List.of(1, 2));
    }

    // Nesting

    @Test
    void generatorsNestThreeDeep() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    passOn(
                            passOn(
                                    passOn(
                                            AsyncGenerator.of(g -> {
                                                for (int i = 1; i <= 3; i++) {
                                                    await(sleep(TICK));
                                                    g.yield(i);
                                                }
                                            }))));
            for (int item : generator) {
                log.add(item);
            }
            assertThat(runner.clock.time()).isEqualTo(TICK.multipliedBy(3));
        });
        assertThat(log).containsExactly(1, 2, 3);
    }

    @Test
    void exceptionOfTheInnermostComesOutThroughAll() {
        runner.run(() -> {
            IllegalArgumentException failure = new IllegalArgumentException("innermost");
            AsyncGenerator<Integer> generator =
                    passOn(
                            passOn(
                                    AsyncGenerator.of(g -> {
                                        g.yield(1);
                                        throw failure;
                                    })));
            try {
                for (int item : generator) {
                    log.add(item);
                }
            } catch (IllegalArgumentException e) {
                assertThat(e).isSameAs(failure);
                log.add("caught");
            }
        });
        assertThat(log).containsExactly(1, "caught");
    }

    private static AsyncGenerator<Integer> passOn(AsyncGenerator<Integer> inner) {
        return AsyncGenerator.of(g -> {
            for (int item : inner) {
                g.yield(item);
            }
        });
    }
}
