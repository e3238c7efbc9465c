package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.HeldGenerators;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bodies that won't end although their loop was closed: they are left, reported, and nobody hangs.
 */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class AsyncGeneratorStubbornTest {

    private final HeldGenerators generators = new HeldGenerators();

    private static final Duration LONG = Duration.ofHours(1);

    private static final String DESTROYED = "Task was destroyed but it is pending!";

    private static final String LEFT =
            "async generator ignored GeneratorExit: it goes on after its loop was closed, "
                    + "and is left: AsyncGenerator[ended";

    private final EventLoop loop = Asyncio.newEventLoop(new VirtualClock());

    private final List<String> log = new ArrayList<>();

    private final List<String> reports = new ArrayList<>();

    /** How often a body has ignored its end. */
    private final AtomicInteger ignored = new AtomicInteger();

    private void run(VoidCoroutine coroutine) {
        loop.setExceptionHandler((l, context) -> reports.add(context.message()));
        loop.runUntilComplete(Coroutine.of(coroutine));
    }

    private AsyncGenerator<Integer> yieldsForEver() {
        return generators.of(g -> {
            for (; ; ) {
                try {
                    g.yield(1);
                } catch (GeneratorExit e) {
                    ignored.incrementAndGet();
                }
            }
        });
    }

    private AsyncGenerator<Integer> awaitsForEver() {
        return generators.of(g -> {
            g.yield(1);
            for (; ; ) {
                try {
                    await(sleep(LONG));
                } catch (GeneratorExit e) {
                    ignored.incrementAndGet();
                }
            }
        });
    }

    private void checkLeft() {
        int before = ignored.get();
        assertThat(before).isBetween(1, 200);
        loop.close();
        assertThat(ignored).as("it doesn't run any more").hasValue(before);
    }

    @Test
    void suspendedAtAYieldItYieldsForEver() {
        AsyncGenerator<Integer> stubborn = yieldsForEver();
        run(() -> await(stubborn.anext()));
        loop.close();
        assertThat(reports).singleElement().asString().startsWith(LEFT);
        assertThat(stubborn).hasToString("AsyncGenerator[ended]");
        checkLeft();
    }

    @Test
    @CPythonTest("test_asyncgen::test_async_gen_asend_close_runtime_error")
    void suspendedAtAnAwaitItAwaitsForEver() {
        List<Task<?>> consumers = new ArrayList<>();
        run(() -> {
            AsyncGenerator<Integer> stubborn = awaitsForEver();
            consumers.add(
                    createTask(() -> {
                        try {
                            for (int item : stubborn) {
                                log.add("item " + item);
                            }
                        } catch (GeneratorExit e) {
                            log.add("exit of " + stubborn);
                            throw e;
                        } finally {
                            log.add("task");
                        }
                    }));
            await(sleep(Duration.ZERO));
        });
        loop.close();
        assertThat(log).containsExactly("item 1", "exit of AsyncGenerator[ended]", "task");
        assertThat(reports).hasSize(2);
        assertThat(reports.getFirst()).isEqualTo(DESTROYED);
        assertThat(reports.getLast()).startsWith(LEFT);
        assertThat(consumers).allMatch(AsyncFuture::done);
        checkLeft();
    }

    @Test
    void othersAreClosedAllTheSame() {
        run(() -> {
            await(yieldsForEver().anext());
            AsyncGenerator<Integer> other =
                    generators.of(g -> {
                        try {
                            g.yield(1);
                        } finally {
                            log.add("other");
                        }
                    });
            await(other.anext());
        });
        loop.close();
        assertThat(log).containsExactly("other");
        assertThat(reports).hasSize(1);
        checkLeft();
    }

    @Test
    void closedByATaskOnItsWayOutItDoesNotHoldThatUp() {
        run(() -> {
            AsyncGenerator<Integer> stubborn = yieldsForEver();
            await(stubborn.anext());
            createTask(() -> {
                try {
                    await(sleep(LONG));
                } finally {
                    stubborn.close();
                    log.add("task");
                }
            });
            await(sleep(Duration.ZERO));
        });
        loop.close();
        assertThat(log).containsExactly("task");
        assertThat(reports).hasSize(2);
        assertThat(reports.getFirst()).isEqualTo(DESTROYED);
        assertThat(reports.getLast()).startsWith(LEFT);
        checkLeft();
    }
}
