package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a program does with a {@link Runner} from its making to its end. */
class RunnerUseTest {

    private final List<Object> order = new ArrayList<>();

    @Test
    @CPythonTest({"test_runners::test_run", "test_runners::test_explicit_close"})
    void afterARunAndAnExplicitCloseTheRunnerAndItsLoopAreClosed() {
        Runner runner = Runner.create();
        String result =
                runner.run(() -> {
                    await(sleep(Duration.ZERO));
                    return "done";
                });
        EventLoop loop = runner.getLoop();
        assertThat(result).isEqualTo("done");
        assertThat(loop.isClosed()).isFalse();
        runner.close();
        assertThat(loop.isClosed()).isTrue();
        assertThatThrownBy(runner::getLoop)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("Runner is closed");
    }

    @Test
    @CPythonTest("test_runners::test_second_with_block_raises")
    void aRunnerIsGoodForOneBlock() {
        Runner runner = Runner.create();
        try (runner) {
            runner.run(() -> {
                order.add(1);
            });
        }
        assertThatThrownBy(
                        () -> {
                            try (runner) {
                                runner.run(() -> {
                                    order.add(2);
                                });
                            }
                        })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("Runner is closed");
        assertThat(order).containsExactly(1);
    }

    @Test
    @CPythonTest("test_runners::test_loop_factory_default_event_loop")
    void theUsualLoopMayBeTheFactory() {
        try (Runner runner = Runner.builder().loopFactory(Asyncio::newEventLoop).build()) {
            EventLoop running =
                    runner.run(() -> {
                        await(sleep(Duration.ZERO));
                        return getRunningLoop();
                    });
            assertThat(running).isInstanceOf(DefaultEventLoop.class).isSameAs(runner.getLoop());
        }
    }

    @Test
    @CPythonTest("test_runners::test_asyncio_run_closes_gens_after_hanging_tasks_errors")
    void aGeneratorWhoseConsumerFailedWhenItWasCancelledIsClosedAndMainsErrorComesOut() {
        VirtualRunner runner = new VirtualRunner();
        IOException mains = new IOException("main's");
        List<Task<?>> tasks = new ArrayList<>();
        AsyncGenerator<Integer> fidget =
                AsyncGenerator.of(g -> {
                    try {
                        for (; ; ) {
                            g.yield(1);
                            await(sleep(Duration.ofSeconds(1)));
                        }
                    } finally {
                        order.add("closed");
                    }
                });
        assertThatThrownBy(
                        () -> {
                            try (runner) {
                                runner.run(() -> {
                                    tasks.add(
                                            createTask(() -> {
                                                try {
                                                    for (int item : fidget) {
                                                        order.add(item);
                                                    }
                                                } catch (CancelledError e) {
                                                    throw new ArithmeticException("the consumer's");
                                                }
                                            }));
                                    await(sleep(Duration.ofMillis(500)));
                                    throw mains;
                                });
                            }
                        })
                .isSameAs(mains);
        assertThat(order).containsExactly(1, "closed");
        assertThat(tasks.getFirst().done()).isTrue();
        assertThat(fidget).hasToString("AsyncGenerator[ended]");
        assertThat(runner.reports)
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.message())
                            .isEqualTo("unhandled exception during Runner shutdown");
                    assertThat(report.exception())
                            .isInstanceOf(ArithmeticException.class)
                            .hasMessage("the consumer's");
                    assertThat(report.task()).isSameAs(tasks.getFirst());
                });
    }
}
