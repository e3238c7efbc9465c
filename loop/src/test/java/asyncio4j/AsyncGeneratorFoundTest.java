package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.testing.Contract;
import asyncio4j.testing.HeldGenerators;
import asyncio4j.testing.OtherThread;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What happens between the collector's find of a forgotten generator and its close: the find is
 * made by hand here, from another thread, while the generator is held.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AsyncGeneratorFoundTest {

    private static final Duration TICK = Duration.ofMillis(10);

    private final VirtualRunner runner = new VirtualRunner();

    private final HeldGenerators generators = new HeldGenerators();

    private final List<String> log = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
    }

    /** A generator that was begun and takes a tick to close, whose find is a call away. */
    private AsyncGenerator<Integer> begun() {
        AsyncGenerator<Integer> generator =
                generators.of(g -> {
                    try {
                        g.yield(1);
                    } finally {
                        log.add("closing");
                        await(sleep(TICK));
                        log.add("closed");
                    }
                });
        await(generator.anext());
        return generator;
    }

    private static void iterations(int count) {
        for (int i = 0; i < count; i++) {
            await(sleep(Duration.ZERO));
        }
    }

    private static Runnable find(AsyncGenerator<?> generator) {
        ForgottenGenerator lookout = Objects.requireNonNull(generator.state().lookout());
        return () -> OtherThread.run(lookout::collected);
    }

    @Test
    @Contract(56)
    void itIsReportedAndClosedByATaskThatBeginsInTheNextIteration() {
        runner.run(() -> {
            find(begun()).run();
            iterations(2); // it is behind what is ready in the first
            assertThat(runner.reports).hasSize(1);
            assertThat(log).isEmpty();
            await(sleep(Duration.ZERO));
            assertThat(log).containsExactly("closing");
        });
    }

    @Test
    @Contract({56, 58})
    void oneThatIsClosedBeforeTheStepHasItsTurnIsLeftAlone() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator = begun();
            Runnable find = find(generator);
            find.run();
            await(generator.aclose());
            find.run(); // the step of the first one has had its turn, while it was being closed
            await(sleep(TICK));
        });
        assertThat(log).containsExactly("closing", "closed");
        assertThat(runner.reports).isEmpty();
    }

    @Test
    @Contract({56, 57})
    void aShutdownWaitsForACloseThatHasBegun() {
        runner.run(() -> {
            find(begun()).run();
            iterations(3);
            assertThat(log).containsExactly("closing");
            await(getRunningLoop().shutdownAsyncGenerators());
            assertThat(log).containsExactly("closing", "closed");
        });
        assertThat(runner.reports).as("of the find alone").hasSize(1);
    }

    @Test
    @Contract({56, 57})
    void aShutdownThatComesFirstLeavesNothingToClose() {
        runner.run(() -> {
            Runnable find = find(begun());
            Task<?> shutdown = createTask(getRunningLoop().shutdownAsyncGenerators());
            await(sleep(Duration.ZERO));
            find.run();
            await(shutdown);
        });
        assertThat(log).containsExactly("closing", "closed");
        assertThat(runner.reports).isEmpty();
    }

    @Test
    @Contract({56, 65})
    void aCloseThatTheRunnerCancelsBeforeItBeginsIsDoneByTheShutdown() {
        runner.run(() -> {
            find(begun()).run();
        });
        runner.close();
        assertThat(log).containsExactly("closing", "closed");
        assertThat(runner.reports).hasSize(1);
    }

    @Test
    @Contract(56)
    void aLoopThatIsClosedInBetweenEndsItAndReportsNoTask() {
        List<String> reports = new ArrayList<>();
        EventLoop loop = Asyncio.newEventLoop(new VirtualClock());
        loop.setExceptionHandler((l, context) -> reports.add(context.message()));
        loop.runUntilComplete(
                Coroutine.of(() -> {
                    find(begun()).run();
                    iterations(2);
                }));
        loop.close();
        assertThat(log).as("it can't wait any more").containsExactly("closing");
        assertThat(reports).singleElement().asString().contains("was forgotten before its end");
    }
}
