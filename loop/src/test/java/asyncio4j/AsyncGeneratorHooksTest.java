package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.testing.Contract;
import asyncio4j.testing.HeldGenerators;
import asyncio4j.testing.OtherThread;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Who wants to know of a loop's generators is told when they begin, and when one was forgotten. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class AsyncGeneratorHooksTest {

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    private final HeldGenerators generators = new HeldGenerators();

    private final List<String> log = new ArrayList<>();

    private AsyncGenerator<Integer> oneTwo() {
        return generators.of(g -> {
            log.add("body");
            g.yield(1);
            g.yield(2);
        });
    }

    @Test
    @Contract(55)
    void theFirstHookIsToldOfEachGeneratorOnceBeforeItBegins() {
        EventLoop loop = runner.loop();
        assertThat(loop.getAsyncGeneratorHooks()).isEqualTo(AsyncGeneratorHooks.NONE);
        List<AsyncGenerator<?>> begun = new ArrayList<>();
        AsyncGeneratorHooks hooks =
                AsyncGeneratorHooks.NONE.firstIter(generator -> {
                    begun.add(generator);
                    log.add("hook, " + generator + ", in " + currentTask().getName());
                });
        loop.setAsyncGeneratorHooks(hooks);
        assertThat(loop.getAsyncGeneratorHooks()).isSameAs(hooks);
        runner.run(() -> {
            currentTask().setName("main");
            AsyncGenerator<Integer> generator = oneTwo();
            Coroutine<Integer> request = generator.anext();
            assertThat(begun).isEmpty();
            await(request);
            await(request);
            assertThat(begun).containsExactly(generator);
            await(generator.aclose());
            await(oneTwo().aclose()); // never begins
            assertThat(begun).hasSize(1);
        });
        assertThat(log).containsExactly("hook, AsyncGenerator[running], in main", "body");
    }

    @Test
    void whatTheFirstHookThrowsComesOutAndTheNextRequestBegins() {
        IllegalArgumentException failure = new IllegalArgumentException("hook");
        runner.loop()
                .setAsyncGeneratorHooks(
                        AsyncGeneratorHooks.NONE.firstIter(generator -> {
                            throw failure;
                        }));
        runner.run(() -> {
            AsyncGenerator<Integer> generator = oneTwo();
            assertThatThrownBy(() -> await(generator.anext())).isSameAs(failure);
            assertThat(generator).hasToString("AsyncGenerator[not begun]");
            assertThat(await(generator.anext())).isEqualTo(1);
            await(generator.aclose());
        });
        assertThat(log).containsExactly("body");
    }

    @Test
    void theFirstHookCannotAskTheGeneratorItself() {
        runner.loop()
                .setAsyncGeneratorHooks(
                        AsyncGeneratorHooks.NONE.firstIter(generator ->
                                assertThatThrownBy(() -> await(generator.anext()))
                                        .hasMessageContaining("already running")));
        runner.run(() -> {
            AsyncGenerator<Integer> generator = oneTwo();
            assertThat(await(generator.anext())).isEqualTo(1);
            await(generator.aclose());
        });
    }

    @Test
    @Contract(56)
    void theFinalizerGetsAForgottenGeneratorInPlaceOfTheLoop() {
        runner.run(() -> {
            EventLoop loop = getRunningLoop();
            AsyncFuture<String> closed = loop.createFuture();
            loop.setAsyncGeneratorHooks(
                    AsyncGeneratorHooks.NONE.finalizer(generator -> {
                        log.add("finalizer, " + generator + ", task " + currentTask());
                        createTask(() -> {
                            await(generator.aclose());
                            log.add(generator.toString());
                        });
                    }));
            forget(closed);
            loop.setAsyncGeneratorHooks(AsyncGeneratorHooks.NONE); // too late for that one
            awaitCollecting(closed);
            await(sleep(Duration.ofSeconds(1)));
        });
        assertThat(log)
                .containsExactly(
                        "finalizer, AsyncGenerator[suspended], task null",
                        "AsyncGenerator[ended, closed]");
        assertThat(runner.reports).isEmpty();
    }

    @Test
    @Contract({56, 57})
    void whatTheFinalizerThrowsIsReportedAndTheGeneratorIsLeftToTheShutdown() {
        IllegalArgumentException failure = new IllegalArgumentException("finalizer");
        runner.run(() -> {
            AsyncFuture<String> told = getRunningLoop().createFuture();
            getRunningLoop()
                    .setAsyncGeneratorHooks(
                            AsyncGeneratorHooks.NONE.finalizer(generator -> {
                                told.setResult("told");
                                throw failure;
                            }));
            AsyncFuture<String> closed = getRunningLoop().createFuture();
            closed.addDoneCallback(f -> log.add("closed"));
            forget(closed);
            awaitCollecting(told);
            assertThat(closed.done()).isFalse();
        });
        assertThat(runner.reports)
                .singleElement()
                .satisfies(report -> assertThat(report.exception()).isSameAs(failure));
        runner.close();
        assertThat(log).containsExactly("closed");
    }

    @Test
    void hooksAreNeededButMayBeNone() {
        assertThatThrownBy(() -> runner.loop().setAsyncGeneratorHooks(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the hooks are null: pass AsyncGeneratorHooks.NONE for none");
        runner.run(() ->
                assertThat(
                                OtherThread.failureOf(() ->
                                        runner.loop()
                                                .setAsyncGeneratorHooks(AsyncGeneratorHooks.NONE)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("belongs to the thread of"));
    }

    private static void forget(AsyncFuture<String> closed) {
        AsyncGenerator<Integer> generator =
                AsyncGenerator.of(g -> {
                    try {
                        g.yield(1);
                    } finally {
                        closed.setResult("closed");
                    }
                });
        await(generator.anext());
    }

    /** Has garbage collected while the calling task awaits {@code future}. */
    private static void awaitCollecting(AsyncFuture<String> future) {
        CompletableFuture<Void> collecting =
                OtherThread.start(() -> {
                    while (!future.done()) {
                        System.gc();
                    }
                    return null;
                });
        await(future);
        collecting.join();
    }
}
