package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.testing.DoomedLoop.DESTROYED;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.testing.DoomedGenerators;
import asyncio4j.testing.DoomedLoop;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A bare loop that is closed without a shutdown: what is suspended ends, and no thread is left. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class AsyncGeneratorLoopCloseTest {

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

    private AsyncGenerator<Integer> passOn(String name, AsyncGenerator<Integer> inner) {
        return generators.of(g -> {
            try {
                for (int item : inner) {
                    g.yield(item);
                }
                log.add(name + " went on");
            } finally {
                log.add(name);
            }
        });
    }

    /** A task that iterates {@code generator}; it is suspended when this returns. */
    private void consume(AsyncGenerator<Integer> generator) {
        createTask(() -> {
            doomed.noteThread();
            try {
                for (int item : generator) {
                    log.add("item " + item);
                }
                log.add("task went on");
            } finally {
                log.add("task");
            }
        });
        await(sleep(Duration.ZERO));
    }

    @Test
    void suspendedGeneratorRunsItsFinallyBlocks() {
        doomed.run(() -> {
            await(generators.waiting("first").anext());
            await(generators.waiting("second").anext());
        });
        assertThat(doomed.threads).allMatch(Thread::isAlive);
        loop.close();
        assertThat(log).containsExactly("first exits", "first", "second exits", "second");
        assertThat(doomed.messages()).isEmpty();
    }

    @Test
    void errorThatWasThrownIntoItBeforeIsForgotten() {
        doomed.run(() -> {
            AsyncGenerator<Integer> generator =
                    generators.of(g -> {
                        try {
                            g.yield(1);
                        } catch (IllegalArgumentException e) {
                            log.add("caught");
                        }
                        try {
                            g.yield(2);
                        } catch (GeneratorExit e) {
                            log.add("exits");
                        }
                    });
            await(generator.anext());
            await(generator.athrow(new IllegalArgumentException()));
        });
        loop.close();
        assertThat(log).containsExactly("caught", "exits");
    }

    @Test
    void taskSuspendedInABodyUnwindsBothFromTheInside() {
        doomed.run(() -> consume(generators.waiting("body")));
        loop.close();
        assertThat(log).containsExactly("item 1", "body exits", "body", "task");
        assertThat(doomed.messages()).containsExactly(DESTROYED);
    }

    @Test
    void taskSuspendedThreeGeneratorsDeepUnwindsAllFromTheInside() {
        doomed.run(() ->
                consume(passOn("outermost", passOn("middle", generators.waiting("innermost")))));
        loop.close();
        assertThat(log)
                .containsExactly(
                        "item 1", "innermost exits", "innermost", "middle", "outermost", "task");
        assertThat(doomed.messages()).containsExactly(DESTROYED);
    }

    @Test
    void generatorsSuspendedInOneAnotherEndEach() {
        doomed.run(() ->
                await(
                        passOn("outermost", passOn("middle", generators.waiting("innermost")))
                                .anext()));
        loop.close();
        assertThat(log).containsExactly("outermost", "middle", "innermost exits", "innermost");
        assertThat(doomed.messages()).isEmpty();
    }

    @Test
    void consumerGetsGeneratorExitEvenIfTheBodySwallowsIt() {
        doomed.run(() ->
                consume(
                        generators.of(g -> {
                            try {
                                await(sleep(LONG));
                            } catch (GeneratorExit e) {
                                log.add("swallowed");
                            }
                        })));
        loop.close();
        assertThat(log).containsExactly("swallowed", "task");
        assertThat(doomed.messages()).containsExactly(DESTROYED);
    }

    @Test
    void closerOfAGeneratorThatIsBeingClosedGetsGeneratorExit() {
        doomed.run(() -> {
            AsyncGenerator<Integer> slow = generators.slowToClose("slow");
            await(slow.anext());
            createTask(() -> {
                doomed.noteThread();
                try {
                    await(slow.aclose());
                    log.add("closed");
                } finally {
                    log.add("closer");
                }
            });
            await(sleep(Duration.ZERO));
        });
        loop.close();
        assertThat(log).containsExactly("slow can't wait", "closer");
        assertThat(doomed.messages()).containsExactly(DESTROYED);
    }

    @Test
    void errorOfABodyReachesTheConsumerInPlaceOfGeneratorExit() {
        doomed.run(() -> {
            createTask(() -> {
                try {
                    for (int item : generators.failingAfterAnAwait()) {
                        log.add("item " + item);
                    }
                } catch (Exception e) {
                    log.add("consumer: " + e.getMessage());
                }
            });
            await(sleep(Duration.ZERO));
        });
        loop.close();
        assertThat(log).containsExactly("item 1", "failing", "consumer: in finally");
        assertThat(doomed.messages()).containsExactly(DESTROYED);
    }

    @Test
    void errorInAFinallyBlockIsReported() {
        List<ExceptionContext> contexts = new ArrayList<>();
        doomed.run(() -> {
            loop.setExceptionHandler((l, context) -> contexts.add(context));
            await(generators.failing().anext());
            await(generators.waiting("other").anext());
        });
        loop.close();
        assertThat(log).containsExactly("failing", "other exits", "other");
        assertThat(contexts)
                .singleElement()
                .satisfies(context -> {
                    assertThat(context.message())
                            .isEqualTo(
                                    "an error occurred during closing of asynchronous generator"
                                            + " AsyncGenerator[ended]");
                    assertThat(context.exception())
                            .isInstanceOf(IOException.class)
                            .hasMessage("in finally");
                });
    }
}
