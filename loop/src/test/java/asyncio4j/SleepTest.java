package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Sleeping, for some time and for none. */
class SleepTest {

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    private final List<String> order = new ArrayList<>();

    @Test
    @CPythonTest("test_tasks::test_sleep")
    void aSleepEndsWhenItsTimeHasComeWithItsResult() {
        String result =
                runner.run(() -> {
                    Duration before = getRunningLoop().time();
                    String value = await(sleep(Duration.ofMinutes(90), "value"));
                    assertThat(getRunningLoop().time().minus(before))
                            .isEqualTo(Duration.ofMinutes(90));
                    return value;
                });
        assertThat(result).isEqualTo("value");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    @Contract(39)
    @CPythonTest("test_tasks::test_sleep_zero")
    void aSleepOfNoTimeIsABareYield(long nanos) {
        runner.run(() -> {
            Task<?> other =
                    createTask(() -> {
                        order.add("other 1");
                        await(sleep(Duration.ofNanos(nanos)));
                        order.add("other 2");
                    });
            order.add("main 1");
            assertThat(await(sleep(Duration.ofNanos(nanos), "value"))).isEqualTo("value");
            order.add("main 2");
            await(other);
        });
        assertThat(order).containsExactly("main 1", "other 1", "main 2", "other 2");
        assertThat(runner.clock.time()).isZero();
    }

    @Test
    void sleepsEndInTheOrderOfTheirTimesAndEqualOnesInTheOrderOfTheirStarts() {
        runner.run(() -> {
            List<Task<?>> tasks = new ArrayList<>();
            for (int seconds : List.of(3, 1, 2, 1, 3)) {
                String name = tasks.size() + ":" + seconds;
                tasks.add(
                        createTask(() -> {
                            await(sleep(Duration.ofSeconds(seconds)));
                            order.add(name);
                        }));
            }
            for (Task<?> task : tasks) {
                await(task);
            }
        });
        assertThat(order).containsExactly("1:1", "3:1", "2:2", "0:3", "4:3");
    }

    @Test
    @CPythonTest("test_tasks::test_sleep_cancel")
    void aCancelledSleepLeavesNothingToWaitFor() {
        runner.run(() -> {
            Task<?> task = createTask(sleep(Duration.ofHours(1)));
            await(sleep(Duration.ZERO));
            task.cancel();
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
            await(sleep(Duration.ofHours(2)));
        });
        DefaultEventLoop loop = DefaultEventLoop.unwrap(runner.loop());
        assertThat(loop.core().timers()).isZero();
    }

    @Test
    @CPythonTest("test_tasks::test_task_cancel_sleeping_task")
    void cancellingASleepingTaskEndsItThere() {
        runner.run(() -> {
            Task<?> sleeper = createTask(() -> await(sleep(Duration.ofHours(1))));
            getRunningLoop().callLater(Duration.ofSeconds(1), () -> sleeper.cancel());
            assertThatThrownBy(() -> await(sleeper)).isInstanceOf(CancelledError.class);
        });
        assertThat(runner.clock.time()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aSleepLongerThanAnyClockNeverEndsButCanBeCancelled() {
        runner.run(() -> {
            Task<?> task = createTask(sleep(ChronoUnit.FOREVER.getDuration()));
            await(sleep(Duration.ofDays(100_000)));
            assertThat(task.done()).isFalse();
            task.cancel();
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
        });
    }

    @Test
    void oneSleepMayBeAwaitedAgain() {
        Coroutine<String> nap = sleep(Duration.ofSeconds(1), "rested");
        runner.run(() -> {
            assertThat(await(nap)).isEqualTo("rested");
            assertThat(await(nap)).isEqualTo("rested");
        });
        assertThat(runner.clock.time()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aSleepCancelledInTheIterationInWhichItEndsIsCancelled() {
        runner.run(() -> {
            Task<?> task = createTask(sleep(Duration.ofSeconds(1)));
            await(sleep(Duration.ZERO));
            getRunningLoop().callLater(Duration.ofSeconds(1), () -> task.cancel("just too late"));
            assertThatThrownBy(() -> await(task))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("just too late");
        });
    }

    @Test
    void aNullDelayIsRefused() {
        assertThatThrownBy(() -> sleep(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("delay");
    }
}
