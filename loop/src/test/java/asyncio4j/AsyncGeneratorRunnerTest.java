package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.toThread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.HeldGenerators;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Generators that a program leaves open are closed by Runner.close. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class AsyncGeneratorRunnerTest {

    private final HeldGenerators generators = new HeldGenerators();

    private static final Duration TICK = Duration.ofMillis(10);

    private static final Duration LONG = Duration.ofHours(1);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    private final List<Object> log = new ArrayList<>();

    @Test
    @Contract(65)
    void runnerClosesThemAfterTheTasksAndBeforeTheExecutor() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    generators.of(g -> {
                        try {
                            g.yield(1);
                        } finally {
                            log.add(await(toThread(() -> "executor")));
                            log.add("generator");
                        }
                    });
            await(generator.anext());
            Task<?> left =
                    createTask(() -> {
                        try {
                            await(sleep(LONG));
                        } finally {
                            await(sleep(TICK));
                            log.add("task");
                        }
                    });
            await(sleep(Duration.ZERO));
            assertThat(left.done()).isFalse();
        });
        assertThat(log).isEmpty();
        runner.close();
        assertThat(log).containsExactly("task", "executor", "generator");
        assertThat(runner.reports).isEmpty();
    }

    @Test
    @Contract({57, 65})
    @CPythonTest("test_asyncgen::test_async_gen_asyncio_shutdown_02")
    void oneLeftMidIterationByAMainThatReturnedIsClosedInATaskOfItsOwn() {
        Task<?> main =
                runner.run(() -> {
                    AsyncGenerator<String> generator =
                            generators.of(g -> {
                                try {
                                    g.yield("item");
                                    g.yield("never");
                                } finally {
                                    await(sleep(TICK));
                                    log.add(Objects.requireNonNull(currentTask()));
                                }
                            });
                    for (String item : generator) {
                        log.add(item);
                        break;
                    }
                    return Objects.requireNonNull(currentTask());
                });
        assertThat(log).containsExactly("item");
        runner.close();
        assertThat(log).hasSize(2);
        assertThat(log.getLast()).isInstanceOf(Task.class).isNotSameAs(main);
        assertThat(runner.reports).isEmpty();
    }

    @Test
    @Contract({57, 65})
    void oneLeftMidIterationByAMainThatFailedIsClosed() {
        IOException failure = new IOException("the main's");
        assertThatThrownBy(() ->
                        runner.run(() -> {
                            for (String item : named("a", TICK)) {
                                log.add(item);
                                throw failure;
                            }
                        }))
                .isSameAs(failure);
        assertThat(log).containsExactly("a");
        runner.close();
        assertThat(log).containsExactly("a", "a closing", "a closed");
    }

    @Test
    @Contract({57, 65})
    void oneWhoseConsumerIsCancelledByTheRunnerIsClosedAfterThat() {
        runner.run(() -> {
            createTask(() -> {
                try {
                    for (String item : named("a", TICK)) {
                        log.add(item);
                        await(sleep(LONG));
                    }
                } finally {
                    log.add("consumer");
                }
            });
            await(sleep(Duration.ZERO));
        });
        runner.close();
        assertThat(log).containsExactly("a", "consumer", "a closing", "a closed");
        assertThat(runner.reports).isEmpty();
    }

    /** One that says when it is being closed, and takes {@code time} for it. */
    private AsyncGenerator<String> named(String name, Duration time) {
        return generators.of(g -> {
            try {
                g.yield(name);
                g.yield("never");
            } finally {
                log.add(name + " closing");
                await(sleep(time));
                log.add(name + " closed");
            }
        });
    }
}
