package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.toThread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
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

/** A generator in the wrong place: outside of a task, on another loop, yielded to by a stranger. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class AsyncGeneratorMisuseTest {

    private final HeldGenerators generators = new HeldGenerators();

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final List<String> log = new ArrayList<>();

    private AsyncGenerator<Integer> oneAndTwo() {
        return generators.of(g -> {
            g.yield(1);
            g.yield(2);
        });
    }

    @Test
    void outsideOfATaskItIsRefused() {
        AsyncGenerator<Integer> generator = oneAndTwo();
        assertThatIllegalStateException()
                .isThrownBy(() -> generator.iterator().next())
                .withMessageStartingWith("iterator() outside of a coroutine")
                .withMessageContaining("Asyncio.run(...)");
        assertThatIllegalStateException()
                .isThrownBy(() -> generator.anext().run())
                .withMessageStartingWith("anext() outside of a coroutine");
        assertThatIllegalStateException()
                .isThrownBy(() -> generator.asend(null).run())
                .withMessageStartingWith("asend() outside of a coroutine");
        assertThatIllegalStateException()
                .isThrownBy(() -> generator.athrow(new RuntimeException()).run())
                .withMessageStartingWith("athrow() outside of a coroutine");
        assertThatIllegalStateException()
                .isThrownBy(() -> generator.aclose().run())
                .withMessageStartingWith("aclose() outside of a coroutine");
        assertThatIllegalStateException()
                .isThrownBy(generator::close)
                .withMessageStartingWith("await outside of a coroutine");
        runner.run(() -> {
            assertThat(await(generator.anext())).isEqualTo(1);
            await(generator.aclose());
        });
    }

    @Test
    void insideAPlainCallbackItIsRefused() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator = oneAndTwo();
            runner.loop().callSoon(() -> log.add(callbackOutcome(generator)));
            await(sleep(Duration.ZERO));
            assertThat(await(generator.anext())).isEqualTo(1);
            await(generator.aclose());
        });
        assertThat(log)
                .singleElement()
                .asString()
                .startsWith("iterator() inside a plain callback")
                .contains("createTask");
    }

    private static String callbackOutcome(AsyncGenerator<Integer> generator) {
        try {
            return "item " + generator.iterator().next();
        } catch (IllegalStateException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void onAnotherLoopItIsRefusedAndLeftAsItIs() {
        AsyncGenerator<Integer> generator = oneAndTwo();
        runner.run(() -> log.add("item " + await(generator.anext())));
        try (VirtualRunner other = new VirtualRunner()) {
            other.run(() ->
                    log.addAll(
                            Outcomes.of(
                                    generator.anext(),
                                    generator.athrow(new RuntimeException("thrown in")),
                                    generator.aclose())));
        }
        assertThat(generator).hasToString("AsyncGenerator[suspended]");
        runner.run(() -> log.addAll(Outcomes.of(generator.anext(), generator.aclose())));
        assertThat(log).hasSize(6);
        assertThat(log.getFirst()).isEqualTo("item 1");
        assertThat(log.subList(1, 4))
                .allSatisfy(outcome ->
                        assertThat(outcome)
                                .startsWith(
                                        "IllegalStateException: AsyncGenerator[suspended] belongs"
                                                + " to asyncio4j-loop-"));
        assertThat(log.subList(4, 6)).containsExactly("2", "null");
    }

    @Test
    void itOutlivesARunButNotItsLoop() {
        AsyncGenerator<Integer> generator = oneAndTwo();
        runner.run(() -> log.add("item " + await(generator.anext())));
        runner.run(() -> log.add("item " + await(generator.anext())));
        runner.close();
        assertThat(generator).hasToString("AsyncGenerator[ended, closed]");
        assertThat(log).containsExactly("item 1", "item 2");
    }

    // Strangers that yield

    @Test
    void yieldOfTheConsumerIsRefused() {
        runner.run(() -> {
            List<AsyncGenerator.Yielder<Integer>> leaked = new ArrayList<>();
            AsyncGenerator<Integer> generator =
                    generators.of(g -> {
                        leaked.add(g);
                        g.yield(1);
                    });
            await(generator.anext());
            checkRefused(leaked.getFirst());
            await(generator.aclose());
            checkRefused(leaked.getFirst());
        });
    }

    @Test
    void yieldOfAnotherTaskIsRefused() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    generators.of(g -> {
                        await(createTask(() -> checkRefused(g)));
                        await(
                                createTask(
                                        () -> checkRefused(g),
                                        TaskOptions.DEFAULT.eagerStart(true)));
                        g.yield(1);
                    });
            assertThat(await(generator.anext())).isEqualTo(1);
            await(generator.aclose());
        });
    }

    @Test
    void yieldOfAnotherGeneratorsBodyIsRefused() {
        runner.run(() -> {
            AsyncGenerator<Integer> outer =
                    generators.of(g -> {
                        AsyncGenerator<Integer> inner =
                                generators.of(own -> {
                                    checkRefused(g);
                                    own.yield(1);
                                });
                        g.yield(await(inner.anext()) + 1);
                        await(inner.aclose());
                    });
            assertThat(await(outer.anext())).isEqualTo(2);
            await(outer.aclose());
        });
    }

    @Test
    void yieldOfAPlainCallbackIsRefused() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    generators.of(g -> {
                        runner.loop().callSoon(() -> checkRefused(g));
                        await(sleep(Duration.ZERO));
                        g.yield(1);
                    });
            assertThat(await(generator.anext())).isEqualTo(1);
            await(generator.aclose());
        });
    }

    @Test
    void yieldOfAnotherThreadIsRefused() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    generators.of(g -> {
                        await(
                                toThread(() -> {
                                    checkRefused(g);
                                    return "checked";
                                }));
                        g.yield(1);
                    });
            assertThat(await(generator.anext())).isEqualTo(1);
            await(generator.aclose());
        });
    }

    @Test
    void yieldInsideContextRunIsRefused() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    generators.of(g -> {
                        Context.copyContext()
                                .run(() -> {
                                    assertThatIllegalStateException()
                                            .isThrownBy(() -> g.yield(1))
                                            .withMessageStartingWith("yield inside Context.run")
                                            .withMessageContaining("leave run(...) first");
                                    return "checked";
                                });
                        g.yield(2);
                    });
            assertThat(await(generator.anext())).isEqualTo(2);
            await(generator.aclose());
        });
    }

    private void checkRefused(AsyncGenerator.Yielder<Integer> yielder) {
        assertThatIllegalStateException()
                .isThrownBy(() -> yielder.yield(99))
                .withMessageStartingWith(
                        "yield belongs to the generator's own body, not to another task or thread");
    }
}
