package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.testing.Contract;
import asyncio4j.testing.HeldGenerators;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** KeyboardInterrupt and SystemExit out of a generator's body leave the loop. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class AsyncGeneratorExitTest {

    private final HeldGenerators generators = new HeldGenerators();

    private final List<Object> log = new ArrayList<>();

    static Stream<Error> exits() {
        return Stream.of(new KeyboardInterrupt("mine"), new SystemExit(3));
    }

    @ParameterizedTest
    @MethodSource("exits")
    @Contract(9)
    void outOfABodyItLeavesTheLoopAndTheOthersAreCancelledByClose(Error exit) {
        try (VirtualRunner runner = new VirtualRunner()) {
            assertThatThrownBy(() ->
                            runner.run(() -> {
                                createTask(() -> {
                                    try {
                                        await(sleep(Duration.ofHours(1)));
                                    } finally {
                                        log.add("other");
                                    }
                                });
                                await(sleep(Duration.ZERO));
                                try {
                                    for (int item : exiting(exit)) {
                                        log.add(item);
                                    }
                                } finally {
                                    log.add("main");
                                }
                            }))
                    .isSameAs(exit);
            assertThat(log).containsExactly(1, "finally", "main");
            assertThat(runner.loop().isRunning()).isFalse();
        }
        assertThat(log).containsExactly(1, "finally", "main", "other");
    }

    @ParameterizedTest
    @MethodSource("exits")
    @Contract(9)
    void outOfABodyInAnotherTaskTheMainOneSeesOnlyTheCancellation(Error exit) {
        try (VirtualRunner runner = new VirtualRunner()) {
            assertThatThrownBy(() ->
                            runner.run(() -> {
                                createTask(() -> {
                                    for (int item : exiting(exit)) {
                                        log.add(item);
                                    }
                                });
                                try {
                                    await(sleep(Duration.ofHours(1)));
                                } catch (CancelledError e) {
                                    log.add("cancelled");
                                    throw e;
                                }
                            }))
                    .isSameAs(exit);
            assertThat(log).containsExactly(1, "finally");
        }
        assertThat(log).containsExactly(1, "finally", "cancelled");
    }

    @ParameterizedTest
    @MethodSource("exits")
    @Contract({9, 38})
    void outOfTheBodyOfAnEagerTaskItLeavesTheCreateCall(Error exit) {
        try (VirtualRunner runner = new VirtualRunner()) {
            runner.run(() -> {
                assertThatThrownBy(() ->
                                createTask(
                                        () -> {
                                            for (int item : exiting(exit)) {
                                                log.add(item);
                                            }
                                        },
                                        TaskOptions.DEFAULT.eagerStart(true)))
                        .isSameAs(exit);
                log.add("main goes on");
            });
        }
        assertThat(log).containsExactly(1, "finally", "main goes on");
    }

    @Test
    @Contract({9, 65})
    void keyboardInterruptInAFinallyBlockAtShutdownLeavesCloseAndTheLoopIsClosed() {
        VirtualRunner runner = new VirtualRunner();
        KeyboardInterrupt interrupt = new KeyboardInterrupt("mine");
        EventLoop loop = runner.loop();
        runner.run(() -> {
            AsyncGenerator<Integer> interrupting =
                    generators.of(g -> {
                        try {
                            g.yield(1);
                        } finally {
                            log.add("interrupting");
                            Sneaky.raise(interrupt);
                        }
                    });
            AsyncGenerator<Integer> slow =
                    generators.of(g -> {
                        try {
                            g.yield(1);
                        } finally {
                            try {
                                log.add("slow");
                                await(sleep(Duration.ofHours(1)));
                            } catch (GeneratorExit e) {
                                log.add("slow can't wait: " + e.getMessage());
                            }
                        }
                    });
            await(slow.anext());
            await(interrupting.anext());
        });
        assertThatThrownBy(runner::close).isSameAs(interrupt);
        assertThat(loop.isClosed()).isTrue();
        assertThat(runner.clock.time()).isZero();
        assertThat(log)
                .containsExactly(
                        "slow",
                        "interrupting",
                        "slow can't wait: the loop of this coroutine was closed");
    }

    /** An item, then the exit. */
    private AsyncGenerator<Integer> exiting(Error exit) {
        return generators.of(g -> {
            try {
                g.yield(1);
                throw exit;
            } finally {
                log.add("finally");
            }
        });
    }
}
