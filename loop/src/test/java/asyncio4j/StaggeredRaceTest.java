package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.staggeredRace;
import static asyncio4j.Asyncio.timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Coroutines that are started one after the other until one has a result. */
class StaggeredRaceTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private static final Duration HOUR = Duration.ofHours(1);

    private final VirtualRunner runner = new VirtualRunner();

    private final List<String> order = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
    }

    /** Writes down when it begins and, if it is cancelled, that. */
    private Coroutine<String> taking(String name, Duration time) {
        return () -> {
            order.add(name + " at " + runner.clock.time().toMillis());
            try {
                return await(sleep(time, name));
            } catch (CancelledError e) {
                order.add(name + " cancelled");
                throw e;
            }
        };
    }

    private Coroutine<String> failing(String name, Duration time) {
        return () -> {
            await(taking(name, time));
            throw new ArithmeticException(name);
        };
    }

    @Test
    @CPythonTest("test_staggered::test_empty")
    void ofNothingNoneWins() {
        runner.run(() -> {
            StaggeredResult<String> race = await(staggeredRace(List.<Coroutine<String>>of(), null));
            assertThat(race).isEqualTo(new StaggeredResult<>(null, -1, List.of()));
            assertThat(race.won()).isFalse();
        });
    }

    @Test
    @CPythonTest("test_staggered::test_one_successful")
    void afterTheFirstHasAResultNoneIsStarted() {
        runner.run(() -> {
            StaggeredResult<String> race =
                    await(staggeredRace(List.of(taking("a", SECOND), taking("b", SECOND)), null));
            assertThat(race.won()).isTrue();
            assertThat(race.result()).isEqualTo("a");
            assertThat(race.index()).isZero();
            assertThat(race.exceptions()).hasSize(1).containsOnlyNulls();
        });
        assertThat(order).containsExactly("a at 0");
    }

    @Test
    @CPythonTest("test_staggered::test_first_error_second_successful")
    void aFailureStartsTheNextAtOnce() {
        runner.run(() -> {
            for (Duration delay : new Duration[] {null, HOUR}) {
                StaggeredResult<String> race =
                        await(
                                staggeredRace(
                                        List.of(failing("a", Duration.ZERO), taking("b", SECOND)),
                                        delay));
                assertThat(race.result()).isEqualTo("b");
                assertThat(race.index()).isEqualTo(1);
                assertThat(race.exceptions()).hasSize(2);
                assertThat(race.exceptions().get(0)).isInstanceOf(ArithmeticException.class);
                assertThat(race.exceptions().get(1)).isNull();
            }
        });
        assertThat(order).containsExactly("a at 0", "b at 0", "a at 1000", "b at 1000");
    }

    @Test
    @CPythonTest("test_staggered::test_first_timeout_second_successful")
    void aSlowOneIsJoinedByTheNextAndCancelledWhenThatWins() {
        runner.run(() -> {
            StaggeredResult<String> race =
                    await(
                            staggeredRace(
                                    List.of(
                                            taking("a", HOUR),
                                            taking("b", SECOND),
                                            taking("c", SECOND)),
                                    Duration.ofMillis(600)));
            order.add("end");
            assertThat(race.result()).isEqualTo("b");
            assertThat(race.index()).isEqualTo(1);
            assertThat(race.exceptions()).hasSize(3);
            assertThat(race.exceptions().get(0)).isInstanceOf(CancelledError.class);
            assertThat(race.exceptions().get(1)).isNull();
            assertThat(race.exceptions().get(2)).isInstanceOf(CancelledError.class);
            assertThat(Asyncio.allTasks()).containsExactly(currentTask());
        });
        assertThat(order)
                .containsExactly(
                        "a at 0", "b at 600", "c at 1200", "a cancelled", "c cancelled", "end");
        assertThat(runner.clock.time()).isEqualTo(Duration.ofMillis(1600));
    }

    @Test
    @CPythonTest("test_staggered::test_none_successful")
    void ifAllFailNoneWinsAndTheirExceptionsAreThere() {
        runner.run(() -> {
            StaggeredResult<String> race =
                    await(staggeredRace(List.of(failing("a", SECOND), failing("b", SECOND)), null));
            assertThat(race.won()).isFalse();
            assertThat(race.result()).isNull();
            assertThat(race.exceptions())
                    .extracting(Throwable::getMessage)
                    .containsExactly("a", "b");
        });
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    @Test
    void cancellingItCancelsAndAwaitsThoseThatRun() {
        runner.run(() -> {
            Coroutine<String> careful =
                    () -> {
                        try {
                            return await(sleep(HOUR, "never"));
                        } finally {
                            await(sleep(SECOND));
                            order.add("clean");
                        }
                    };
            Task<?> race =
                    createTask(staggeredRace(List.of(careful, careful, taking("c", HOUR)), SECOND));
            await(sleep(Duration.ofMillis(1500)));
            race.cancel("why");
            assertThatThrownBy(() -> await(race))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("why");
            assertThat(Asyncio.allTasks()).containsExactly(currentTask());
        });
        assertThat(order).containsExactly("clean", "clean");
        assertThat(runner.clock.time()).isEqualTo(Duration.ofMillis(2500));
    }

    @Test
    void aDeadlineAroundItIsATimeout() {
        runner.run(() -> {
            Coroutine<?> race = staggeredRace(List.of(taking("a", HOUR)), null);
            assertThatThrownBy(() -> await(timeout(SECOND, t -> await(race))))
                    .isInstanceOf(TimeoutException.class);
            try (var _ = timeout(SECOND)) {
                await(race);
            } catch (TimeoutError e) {
                order.add("caught");
            }
        });
        assertThat(order)
                .containsExactly("a at 0", "a cancelled", "a at 1000", "a cancelled", "caught");
    }

    @Test
    void ofTwoThatComeInTogetherTheFirstWins() {
        runner.run(() -> {
            Coroutine<String> stubborn =
                    () -> {
                        try {
                            return await(sleep(HOUR, "slept"));
                        } catch (CancelledError e) {
                            return "in spite of all";
                        }
                    };
            StaggeredResult<String> race =
                    await(staggeredRace(List.of(stubborn, taking("b", SECOND)), SECOND));
            assertThat(race.result()).isEqualTo("b");
            assertThat(race.index()).isEqualTo(1);
            assertThat(race.exceptions()).hasSize(2).containsOnlyNulls();
        });
    }

    @Test
    void eagerTasksRaceAsWell() {
        runner.loop().setTaskFactory(TaskFactory.EAGER);
        runner.run(() -> {
            for (Duration delay : new Duration[] {null, SECOND, Duration.ZERO}) {
                Coroutine<String> quick = () -> "quick";
                StaggeredResult<String> race =
                        await(staggeredRace(List.of(quick, taking("b", HOUR)), delay));
                assertThat(race.result()).isEqualTo("quick");
                race = await(staggeredRace(List.of(failing("a", Duration.ZERO), quick), delay));
                assertThat(race.result()).isEqualTo("quick");
                assertThat(Asyncio.allTasks()).containsExactly(currentTask());
            }
        });
    }

    @Test
    void itMayBeRunAgain() {
        Coroutine<StaggeredResult<String>> race =
                staggeredRace(List.of(failing("a", SECOND), taking("b", SECOND)), null);
        runner.run(() -> {
            for (int times = 0; times < 2; times++) {
                assertThat(await(race).index()).isEqualTo(1);
                assertThat(await(race).exceptions()).hasSize(2);
            }
        });
    }

    @Test
    void systemExitIsNobodysFailure() {
        Coroutine<String> leaves =
                () -> {
                    throw new SystemExit(3);
                };
        assertThatThrownBy(
                        () -> runner.run(staggeredRace(List.of(leaves, taking("b", SECOND)), null)))
                .isInstanceOf(SystemExit.class);
        assertThat(order).isEmpty();
    }

    @Test
    void badArgumentsAreRefusedAtOnce() {
        assertThatThrownBy(() -> staggeredRace(null, SECOND))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("the collection of coroutines is null");
        assertThatThrownBy(() -> staggeredRace(Arrays.asList((Coroutine<?>) null), SECOND))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("one of the coroutines is null");
    }
}
