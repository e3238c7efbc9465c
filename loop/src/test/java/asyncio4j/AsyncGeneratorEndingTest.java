package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.testing.DoomedLoop.DESTROYED;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.testing.DoomedGenerators;
import asyncio4j.testing.DoomedLoop;
import asyncio4j.testing.Outcomes;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.List;

/**
 * A bare loop was closed, and code on its way out uses generators: it gets what needs no waiting.
 */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class AsyncGeneratorEndingTest {

    private static final Duration LONG = Duration.ofHours(1);

    @RegisterExtension final DoomedLoop doomed = new DoomedLoop();

    private final EventLoop loop = doomed.loop;

    private final DoomedGenerators generators = new DoomedGenerators(doomed);

    private final List<String> log = generators.log;

    @AfterEach
    void noThreadIsLeft() {
        loop.close();
        doomed.assertAllThreadsEnded();
    }

    @Test
    void generatorClosedByAnEndingTaskCanNotWait() {
        doomed.run(() -> {
            AsyncGenerator<Integer> slow = generators.slowToClose("slow");
            await(slow.anext());
            closeAtTheEnd(slow);
        });
        loop.close();
        assertThat(log).containsExactly("slow can't wait", "after close", "task");
        assertThat(doomed.messages()).containsExactly(DESTROYED);
    }

    @Test
    void generatorClosedByAnEndingGeneratorCanNotWait() {
        doomed.run(() -> {
            AsyncGenerator<Integer> outer =
                    generators.of(g -> {
                        try (AsyncGenerator<Integer> inner = generators.slowToClose("inner")) {
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
        assertThat(doomed.messages()).isEmpty();
    }

    @Test
    void generatorThatNeedNotWaitIsClosedByAnEndingTaskAsEver() {
        doomed.run(() -> {
            AsyncGenerator<Integer> prompt =
                    generators.of(g -> {
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
        doomed.run(() -> {
            AsyncGenerator<Integer> failing = generators.failing();
            await(failing.anext());
            closeAtTheEnd(failing);
        });
        loop.close();
        assertThat(log).containsExactly("failing", "task");
        assertThat(doomed.messages()).hasSize(2);
        assertThat(doomed.messages().getFirst()).isEqualTo(DESTROYED);
        assertThat(doomed.messages().getLast()).startsWith("Task exception was never retrieved");
    }

    @Test
    void generatorBegunByAnEndingTaskCanNotWait() {
        doomed.run(() -> {
            AsyncGenerator<Integer> late =
                    generators.of(g -> {
                        log.add(Outcomes.of(sleep(LONG)));
                        g.yield(1);
                    });
            createTask(() -> {
                doomed.noteThread();
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
        doomed.run(() -> {
            AsyncGenerator<Integer> other = generators.waiting("other");
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
        doomed.run(() -> {
            AsyncGenerator<Integer> catching =
                    generators.of(g -> {
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

    /** A task that closes {@code generator} when it ends; it is suspended when this returns. */
    private void closeAtTheEnd(AsyncGenerator<Integer> generator) {
        createTask(() -> {
            doomed.noteThread();
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
