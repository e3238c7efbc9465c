package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.testing.HeldGenerators;
import asyncio4j.testing.Outcomes;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A bare loop was closed, and code on its way out uses generators: it gets what needs no waiting.
 */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class AsyncGeneratorEndingTest {

    private final HeldGenerators generators = new HeldGenerators();

    private static final Duration LONG = Duration.ofHours(1);

    private static final String DESTROYED = "Task was destroyed but it is pending!";

    private final EventLoop loop = Asyncio.newEventLoop(new VirtualClock());

    private final List<String> log = new ArrayList<>();

    private final List<String> reports = new ArrayList<>();

    /** Those that ran a body. */
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void noThreadIsLeft() {
        loop.close();
        assertThat(threads).isNotEmpty().noneMatch(Thread::isAlive);
    }

    private void run(VoidCoroutine coroutine) {
        loop.setExceptionHandler((l, context) -> reports.add(context.message()));
        loop.runUntilComplete(
                Coroutine.of(() -> {
                    threads.add(Thread.currentThread());
                    coroutine.run();
                }));
    }

    /** One item, then a long wait; says how it ended. */
    private AsyncGenerator<Integer> waiting(String name) {
        return generators.of(g -> {
            threads.add(Thread.currentThread());
            try {
                g.yield(1);
                await(sleep(LONG));
            } catch (GeneratorExit e) {
                log.add(name + " exits");
                throw e;
            } finally {
                log.add(name);
            }
        });
    }

    @Test
    void generatorClosedByAnEndingTaskCanNotWait() {
        run(() -> {
            AsyncGenerator<Integer> slow = slowToClose("slow");
            await(slow.anext());
            closeAtTheEnd(slow);
        });
        loop.close();
        assertThat(log).containsExactly("slow can't wait", "after close", "task");
        assertThat(reports).containsExactly(DESTROYED);
    }

    @Test
    void generatorClosedByAnEndingGeneratorCanNotWait() {
        run(() -> {
            AsyncGenerator<Integer> outer =
                    generators.of(g -> {
                        threads.add(Thread.currentThread());
                        try (AsyncGenerator<Integer> inner = slowToClose("inner")) {
                            for (int item : inner) {
                                g.yield(item);
                            }
                        } finally {
                            log.add("outer");
                        }
                    });
            await(outer.anext());
        });
        loop.close();
        assertThat(log).containsExactly("inner can't wait", "outer");
        assertThat(reports).isEmpty();
    }

    @Test
    void generatorThatNeedNotWaitIsClosedByAnEndingTaskAsEver() {
        run(() -> {
            AsyncGenerator<Integer> prompt =
                    generators.of(g -> {
                        threads.add(Thread.currentThread());
                        try {
                            g.yield(1);
                        } finally {
                            log.add("prompt");
                        }
                    });
            await(prompt.anext());
            closeAtTheEnd(prompt);
        });
        loop.close();
        assertThat(log).containsExactly("prompt", "after close", "task");
    }

    @Test
    void errorOfAGeneratorClosedByAnEndingTaskComesOut() {
        run(() -> {
            AsyncGenerator<Integer> failing = failing();
            await(failing.anext());
            closeAtTheEnd(failing);
        });
        loop.close();
        assertThat(log).containsExactly("failing", "task");
        assertThat(reports).hasSize(2);
        assertThat(reports.getFirst()).isEqualTo(DESTROYED);
        assertThat(reports.getLast()).startsWith("Task exception was never retrieved");
    }

    @Test
    void generatorBegunByAnEndingTaskCanNotWait() {
        run(() -> {
            AsyncGenerator<Integer> late =
                    generators.of(g -> {
                        threads.add(Thread.currentThread());
                        log.add(Outcomes.of(sleep(LONG)));
                        g.yield(1);
                    });
            createTask(() -> {
                threads.add(Thread.currentThread());
                try {
                    await(sleep(LONG));
                } finally {
                    log.add(Outcomes.of(late.anext()));
                    log.add(Outcomes.of(late.anext()));
                }
            });
            await(sleep(Duration.ZERO));
        });
        loop.close();
        assertThat(log)
                .containsExactly(
                        "GeneratorExit: the loop of this coroutine was closed",
                        "GeneratorExit: the loop of this coroutine was closed",
                        "StopAsyncIteration: the async generator has no more items");
    }

    @Test
    void generatorAskedByAnEndingTaskEnds() {
        run(() -> {
            AsyncGenerator<Integer> other = waiting("other");
            await(other.anext());
            createTask(() -> {
                try {
                    await(sleep(LONG));
                } finally {
                    log.add(Outcomes.of(other.anext()));
                }
            });
            await(sleep(Duration.ZERO));
        });
        loop.close();
        assertThat(log)
                .containsExactly(
                        "other exits",
                        "other",
                        "GeneratorExit: the loop of this coroutine was closed");
    }

    @Test
    void generatorsThatNeedNotWaitAreForEndingTasksAsEver() {
        run(() -> {
            AsyncGenerator<Integer> catching =
                    generators.of(g -> {
                        threads.add(Thread.currentThread());
                        try {
                            g.yield(1);
                        } catch (IllegalArgumentException e) {
                            log.add("caught");
                        }
                    });
            await(catching.anext());
            AsyncGenerator<Integer> empty = generators.of(g -> log.add("empty"));
            createTask(() -> {
                try {
                    await(sleep(LONG));
                } finally {
                    log.add(Outcomes.of(catching.athrow(new IllegalArgumentException())));
                    log.add(Outcomes.of(empty.anext()));
                }
            });
            await(sleep(Duration.ZERO));
        });
        loop.close();
        String stop = "StopAsyncIteration: the async generator has no more items";
        assertThat(log).containsExactly("caught", stop, "empty", stop);
    }

    /** Awaits in its finally block, and says that it can't. */
    private AsyncGenerator<Integer> slowToClose(String name) {
        return generators.of(g -> {
            threads.add(Thread.currentThread());
            try {
                g.yield(1);
            } finally {
                try {
                    await(sleep(LONG));
                    log.add(name + " waited");
                } catch (GeneratorExit e) {
                    log.add(name + " can't wait");
                }
            }
        });
    }

    /** Throws in its finally block. */
    private AsyncGenerator<Integer> failing() {
        return generators.of(g -> {
            threads.add(Thread.currentThread());
            try {
                g.yield(1);
            } finally {
                log.add("failing");
                Sneaky.raise(new IOException("in finally"));
            }
        });
    }

    /** A task that closes {@code generator} when it ends; it is suspended when this returns. */
    private void closeAtTheEnd(AsyncGenerator<Integer> generator) {
        createTask(() -> {
            threads.add(Thread.currentThread());
            try {
                await(sleep(LONG));
            } finally {
                try {
                    generator.close();
                    log.add("after close");
                } finally {
                    log.add("task");
                }
            }
        });
        await(sleep(Duration.ZERO));
    }
}
