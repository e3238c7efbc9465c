package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getEventLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.toThread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.Contract;
import asyncio4j.testing.LoggedWarnings;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The steps of {@link Runner#close}, in their order, and what a failing one does to the next. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RunnerCloseOrderTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final VirtualClock clock = new VirtualClock();

    private final List<String> order = new ArrayList<>();

    /** A loop that says which steps of its shutdown were taken, and lets them fail. */
    private final class Watched extends ForwardingEventLoop {

        @Nullable Throwable generatorsFail;

        @Nullable Throwable executorFails;

        /** In place of what the runner says: it is real time. */
        @Nullable Duration shorterTimeout;

        Watched() {
            super(newEventLoop(clock));
        }

        @Override
        public Coroutine<@Nullable Void> shutdownAsyncGenerators() {
            return step("generators", generatorsFail, super.shutdownAsyncGenerators());
        }

        @Override
        public Coroutine<@Nullable Void> shutdownDefaultExecutor(Duration timeout) {
            return step(
                    "executor, " + timeout,
                    executorFails,
                    super.shutdownDefaultExecutor(
                            shorterTimeout == null ? timeout : shorterTimeout));
        }

        private Coroutine<@Nullable Void> step(
                String name, @Nullable Throwable failure, Coroutine<@Nullable Void> real) {
            return () -> {
                order.add(name);
                await(real);
                if (failure != null) {
                    throw Sneaky.raise(failure);
                }
                return null;
            };
        }

        @Override
        public void close() {
            order.add("loop");
            super.close();
        }
    }

    private final Watched loop = new Watched();

    private final Runner runner = Runner.builder().loopFactory(() -> loop).build();

    private void leaveATask() {
        runner.run(() -> {
            createTask(() -> {
                try {
                    await(sleep(HOUR));
                } finally {
                    order.add("task");
                }
            });
            await(sleep(Duration.ZERO));
        });
    }

    private void addStep(String name, @Nullable Throwable failure) {
        DefaultEventLoop.unwrap(loop)
                .addShutdownStep(
                        loop.step(name, failure, Coroutine.of(() -> await(sleep(Duration.ZERO)))));
    }

    @Test
    @Contract(65)
    void tasksThenWhatWasAddedThenGeneratorsThenTheExecutorThenTheLoop() {
        leaveATask();
        addStep("added", null);
        runner.close();
        assertThat(order).containsExactly("task", "added", "generators", "executor, PT5M", "loop");
        assertThat(loop.isClosed()).isTrue();
    }

    @Test
    @Contract(65)
    void generatorsAreClosedAfterMainHasFailed() {
        AsyncGenerator<Integer> generator =
                AsyncGenerator.of(g -> {
                    try {
                        g.yield(10);
                    } finally {
                        order.add("generator");
                    }
                });
        IOException failure = new IOException("spam");
        assertThatThrownBy(() ->
                        runner.run(() -> {
                            assertThat(await(generator.anext())).isEqualTo(10);
                            throw failure;
                        }))
                .isSameAs(failure);
        assertThat(order).isEmpty();
        runner.close();
        assertThat(order).containsExactly("generators", "generator", "executor, PT5M", "loop");
    }

    @Test
    @Contract(65)
    void aStepThatFailsDoesntKeepTheNextFromBeingDone() {
        IOException first = new IOException("added");
        IllegalStateException second = new IllegalStateException("generators");
        AssertionError third = new AssertionError("executor");
        loop.generatorsFail = second;
        loop.executorFails = third;
        leaveATask();
        addStep("added", first);
        addStep("added too", null);
        assertThatThrownBy(runner::close)
                .isSameAs(first)
                .satisfies(error -> assertThat(error.getSuppressed()).contains(second, third));
        assertThat(order)
                .containsExactly(
                        "task", "added", "added too", "generators", "executor, PT5M", "loop");
        assertThat(loop.isClosed()).isTrue();
    }

    @Test
    @Contract(65)
    void theThreadsLoopIsTakenAwayEvenIfAStepFails() {
        Runner own = Runner.create();
        IOException failure = new IOException("spam");
        DefaultEventLoop.unwrap(own.getLoop())
                .addShutdownStep(() -> {
                    throw failure;
                });
        assertThat(getEventLoop()).isSameAs(own.getLoop());
        assertThatThrownBy(own::close).isSameAs(failure);
        assertThatThrownBy(Asyncio::getEventLoop).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(own::getLoop).hasMessageContaining("Runner is closed");
        own.close();
    }

    @Test
    @Contract(65)
    void anErrorOfTryWithResourcesKeepsTheOneOfClose() {
        IOException bodys = new IOException("body");
        IOException closes = new IOException("close");
        loop.generatorsFail = closes;
        assertThatThrownBy(
                        () -> {
                            try (runner) {
                                runner.run(() -> {
                                    throw bodys;
                                });
                            }
                        })
                .isSameAs(bodys)
                .satisfies(error -> assertThat(error.getSuppressed()).contains(closes));
    }

    @Test
    @Contract({61, 65})
    void threadsThatStillWorkGetFiveMinutesOfRealTimeAndAreInterruptedThen() {
        loop.shorterTimeout = Duration.ofMillis(1);
        CountDownLatch began = new CountDownLatch(1);
        CompletableFuture<String> outcome = new CompletableFuture<>();
        runner.run(() -> {
            createTask(() ->
                    await(
                            toThread(() -> {
                                began.countDown();
                                try {
                                    new CountDownLatch(1).await();
                                    outcome.complete("went on");
                                } catch (InterruptedException e) {
                                    outcome.complete("interrupted");
                                }
                                return null;
                            })));
            await(sleep(Duration.ZERO));
            assertThat(began.await(60, TimeUnit.SECONDS)).isTrue();
        });
        Duration before = clock.time();
        try (LoggedWarnings log = new LoggedWarnings()) {
            runner.close();
            assertThat(log.messages)
                    .singleElement()
                    .asString()
                    .contains("did not finish joining its threads within PT0.001S");
        }
        assertThat(clock.time()).as("the loop's").isEqualTo(before);
        assertThat(outcome.join()).isEqualTo("interrupted");
        assertThat(order).containsExactly("generators", "executor, PT5M", "loop");
    }

    @Test
    @Contract(65)
    void closeWaitsForThreadsThatAreAboutToEnd() {
        Runner real = Runner.create();
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<String> outcome = new CompletableFuture<>();
        real.run(() -> {
            createTask(() ->
                    await(
                            toThread(() -> {
                                began.countDown();
                                end.await();
                                outcome.complete("ended");
                                return null;
                            })));
            await(sleep(Duration.ZERO));
            assertThat(began.await(60, TimeUnit.SECONDS)).isTrue();
        });
        DefaultEventLoop.unwrap(real.getLoop()).addShutdownStep(Coroutine.of(end::countDown));
        real.close();
        assertThat(outcome.getNow("still at work")).isEqualTo("ended");
    }
}
