package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Context variables of many tasks, and of what tasks leave behind. */
class TaskContextTest {

    private static final ContextVar<Integer> VAR = ContextVar.withDefault("number", -1);

    private final VirtualRunner runner = new VirtualRunner();

    @AfterEach
    void close() {
        runner.close();
        assertThat(runner.reports).isEmpty();
        assertThat(VAR.get()).isEqualTo(-1);
    }

    @Test
    @Contract({15, 16})
    @CPythonTest("test_tasks::test_context_2")
    void aDoneCallbackChangesNothingForTheTaskThatAddedIt() {
        runner.run(() -> {
            List<Integer> seen = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                AsyncFuture<Object> future = getRunningLoop().createFuture();
                future.addDoneCallback(done -> {
                    seen.add(VAR.get());
                    VAR.set(99);
                });
                VAR.set(i);
                getRunningLoop().callSoon(() -> future.setResult(null));
                await(future);
                assertThat(VAR.get()).isEqualTo(i);
                for (int j = 0; j < 3; j++) {
                    VAR.set(100 * i + j);
                    await(sleep(Duration.ofMillis(1)));
                    assertThat(VAR.get()).isEqualTo(100 * i + j);
                }
            }
            assertThat(seen).containsExactly(-1, 2);
        });
    }

    @Test
    @Contract(16)
    @CPythonTest("test_tasks::test_context_3")
    void aHundredTasksHaveAValueEach() {
        runner.run(() -> {
            List<Task<Boolean>> tasks = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                int number = i;
                tasks.add(
                        createTask(() -> {
                            boolean own = true;
                            for (int step = 0; step < 10; step++) {
                                VAR.set(10 * number + step);
                                await(sleep(Duration.ofMillis(1 + (7 * number + 3 * step) % 50)));
                                own &= VAR.get() == 10 * number + step;
                            }
                            return own;
                        }));
            }
            assertThat(await(gather(tasks))).hasSize(100).containsOnly(true);
        });
    }

    @Test
    @Contract(16)
    @CPythonTest({
        "test_tasks::test_context_4",
        "test_tasks::test_context_5",
        "test_tasks::test_context_6",
        "test_tasks::test_get_context"
    })
    void whicheverWayATaskIsMadeItUsesTheContextThatItIsGiven() {
        Context context = new Context();
        TaskOptions inContext = TaskOptions.DEFAULT.context(context);
        Coroutine<Integer> increment =
                () -> {
                    await(sleep(Duration.ZERO));
                    VAR.set(VAR.get() + 1);
                    return VAR.get();
                };
        runner.run(() -> {
            EventLoop loop = getRunningLoop();
            Task<Integer> first = createTask(increment, inContext);
            assertThat(first.getContext()).isSameAs(context);
            assertThat(await(first)).isZero();
            assertThat(await(loop.createTask(increment, inContext))).isEqualTo(1);
            assertThat(await(loop.newTask(increment, inContext))).isEqualTo(2);
            assertThat(VAR.get()).isEqualTo(-1);
        });
        assertThat(context.get(VAR, -1)).isEqualTo(2);
    }
}
