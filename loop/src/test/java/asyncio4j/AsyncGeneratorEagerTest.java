package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.testing.Contract;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Generators inside of tasks that start eagerly: their first suspension is the task's. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AsyncGeneratorEagerTest {

    private static final TaskOptions EAGER = TaskOptions.DEFAULT.eagerStart(true);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    private final List<String> order = new ArrayList<>();

    /** The items of {@code generator}, with a word for each. */
    private Coroutine<Integer> count(AsyncGenerator<String> generator) {
        return () -> {
            int count = 0;
            for (String item : generator) {
                order.add(item);
                count++;
            }
            return count;
        };
    }

    @Test
    @Contract(37)
    void aGeneratorThatAwaitsReturnsToTheCreateCall() {
        runner.run(() -> {
            AsyncFuture<String> gate = getRunningLoop().createFuture();
            AsyncGenerator<String> generator =
                    AsyncGenerator.of(g -> {
                        g.yield("before");
                        g.yield(await(gate));
                        g.yield("after");
                    });
            Task<Integer> task = createTask(count(generator), EAGER);
            order.add("created");
            gate.setResult("gate");
            assertThat(await(task)).isEqualTo(3);
        });
        assertThat(order).containsExactly("before", "created", "gate", "after");
    }

    @Test
    @Contract(37)
    void aGeneratorInsideOfAGeneratorDoesToo() {
        runner.run(() -> {
            AsyncFuture<String> gate = getRunningLoop().createFuture();
            AsyncGenerator<String> inner =
                    AsyncGenerator.of(g -> {
                        g.yield("inner");
                        g.yield(await(gate));
                    });
            AsyncGenerator<String> outer =
                    AsyncGenerator.of(g -> {
                        for (String item : inner) {
                            g.yield("outer " + item);
                        }
                    });
            Task<Integer> task = createTask(count(outer), EAGER);
            order.add("created");
            gate.setResult("gate");
            assertThat(await(task)).isEqualTo(2);
        });
        assertThat(order).containsExactly("outer inner", "created", "outer gate");
    }

    @Test
    @Contract(37)
    void aTaskWhoseGeneratorNeverAwaitsEndsInsideTheCreateCall() {
        runner.run(() -> {
            Task<Integer> task =
                    createTask(
                            count(
                                    AsyncGenerator.of(g -> {
                                        g.yield("one");
                                        g.yield("two");
                                    })),
                            EAGER);
            order.add("created");
            assertThat(task.done()).isTrue();
            assertThat(task.result()).isEqualTo(2);
        });
        assertThat(order).containsExactly("one", "two", "created");
    }

    @Test
    @Contract(37)
    void aTaskThatAwaitsAfterItsGeneratorReturnsToTheCreateCallThen() {
        runner.run(() -> {
            Task<?> task =
                    createTask(
                            () -> {
                                await(count(AsyncGenerator.of(g -> g.yield("item"))));
                                await(sleep(Duration.ZERO));
                                order.add("end");
                            },
                            EAGER);
            order.add("created");
            await(task);
        });
        assertThat(order).containsExactly("item", "created", "end");
    }

    @Test
    @Contract(37)
    void anEagerTaskMadeByAGeneratorReturnsToTheGenerator() {
        runner.run(() -> {
            AsyncGenerator<String> generator =
                    AsyncGenerator.of(g -> {
                        Task<?> eager =
                                createTask(
                                        () -> {
                                            order.add("eager");
                                            await(sleep(Duration.ZERO));
                                            order.add("eager's end");
                                        },
                                        EAGER);
                        g.yield("made");
                        await(eager);
                    });
            assertThat(await(count(generator))).isEqualTo(1);
        });
        assertThat(order).containsExactly("eager", "made", "eager's end");
    }
}
