package asyncio4j.locks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import asyncio4j.Task;
import asyncio4j.VoidCoroutine;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.OnVirtualClock;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Barriers that are reset or aborted, at any time. */
class BarrierResetTest extends OnVirtualClock {

    private static final int N = 5;

    /** How many tasks have come through. */
    private int through;

    private static List<Task<?>> tasks(int count, VoidCoroutine body) {
        List<Task<?>> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tasks.add(createTask(body));
        }
        return tasks;
    }

    private static void all(int count, VoidCoroutine body) {
        await(gather(tasks(count, body)));
    }

    private static void assertEmpty(Barrier barrier) {
        assertThat(barrier).hasToString("Barrier[filling, waiters=0/" + barrier.parties() + "]");
        assertThat(barrier.nWaiting()).isZero();
    }

    /** Waits, and logs {@code name} if the barrier is broken then. */
    private boolean waitOrLog(Barrier barrier, String name) {
        try {
            await(barrier.waitFor());
            return true;
        } catch (BrokenBarrierException e) {
            log.add(name);
            return false;
        }
    }

    @Test
    @CPythonTest("test_locks::test_reset_barrier")
    void resetOfAnEmptyOneChangesNothing() {
        runner.run(() -> {
            Barrier barrier = new Barrier(1);
            Task<?> reset = createTask(barrier.reset());
            iteration();
            assertThat(reset.done()).isTrue();
            assertEmpty(barrier);
        });
    }

    @Test
    @CPythonTest("test_locks::test_reset_barrier_while_tasks_waiting")
    void resetSendsThoseWhoWaitAway() {
        runner.run(() -> {
            Barrier barrier = new Barrier(N);
            List<Task<?>> tasks =
                    tasks(
                            N - 1,
                            () ->
                                    assertThatExceptionOfType(BrokenBarrierException.class)
                                            .isThrownBy(() -> await(barrier.waitFor()))
                                            .withMessage(
                                                    "the barrier was reset while this task waited")
                                            .satisfies(log::add));
            iteration();
            createTask(barrier.reset());
            await(gather(tasks));
            assertThat(log).hasSize(N - 1);
            assertEmpty(barrier);
        });
    }

    @Test
    @CPythonTest("test_locks::test_reset_barrier_when_tasks_half_draining")
    void resetWhileItDrainsSendsThoseAwayWhoAreStillIn() {
        int rest = N / 2;
        runner.run(() -> {
            Barrier barrier = new Barrier(N);
            all(
                    N,
                    () -> {
                        if (waitOrLog(barrier, "sent away") && ++through == N - rest) {
                            await(barrier.reset());
                        }
                    });
            assertThat(log).hasSize(rest);
            assertThat(through).isEqualTo(N - rest);
            assertEmpty(barrier);
        });
    }

    @Test
    @CPythonTest("test_locks::test_reset_barrier_when_tasks_half_draining_half_blocking")
    void resetWhileItDrainsLeavesThoseAloneWhoWaitToComeIn() {
        int blocked = N / 2;
        runner.run(() -> {
            Barrier barrier = new Barrier(N);
            all(
                    N,
                    () -> {
                        if (!waitOrLog(barrier, "sent away")) {
                            await(barrier.waitFor());
                        } else if (++through > blocked) {
                            await(barrier.reset());
                            await(barrier.waitFor());
                        } else {
                            waitOrLog(barrier, "never");
                        }
                    });
            assertThat(log).hasSize(blocked).containsOnly("sent away");
            assertEmpty(barrier);
        });
    }

    @Test
    @CPythonTest("test_locks::test_reset_barrier_while_tasks_waiting_and_waiting_again")
    void whoWasSentAwayMayComeBack() {
        runner.run(() -> {
            Barrier barrier = new Barrier(N);
            List<Task<?>> tasks =
                    tasks(
                            N - 1,
                            () -> {
                                try {
                                    waitOrLog(barrier, "sent away");
                                } finally {
                                    await(barrier.waitFor());
                                    through++;
                                }
                            });
            createTask(barrier.reset());
            iteration();
            Task<?> last = createTask(barrier.waitFor());
            await(gather(tasks));
            await(last);
            assertThat(log).hasSize(N - 1);
            assertThat(through).isEqualTo(N - 1);
            assertEmpty(barrier);
        });
    }

    @Test
    @CPythonTest("test_locks::test_reset_barrier_while_tasks_draining")
    void resetByTheLastThatLeavesSendsNobodyAway() {
        List<String> rounds = new ArrayList<>();
        runner.run(() -> {
            Barrier barrier = new Barrier(N);
            all(
                    N,
                    () -> {
                        await(barrier.waitFor());
                        if (++through == N) {
                            await(barrier.reset());
                            await(barrier.waitFor());
                        } else if (waitOrLog(barrier, "never")) {
                            rounds.add("second");
                        }
                        await(barrier.waitFor());
                        rounds.add("third");
                    });
            assertThat(rounds).filteredOn("second"::equals).hasSize(N - 1);
            assertThat(rounds).filteredOn("third"::equals).hasSize(N);
            assertThat(log).isEmpty();
            assertEmpty(barrier);
        });
    }

    @Test
    @CPythonTest("test_locks::test_abort_barrier")
    void abortBreaksIt() {
        runner.run(() -> {
            Barrier barrier = new Barrier(1);
            createTask(barrier.abort());
            iteration();
            assertThat(barrier).hasToString("Barrier[broken]");
            assertThat(barrier.nWaiting()).isZero();
            assertThatExceptionOfType(BrokenBarrierException.class)
                    .isThrownBy(() -> await(barrier.waitFor()))
                    .isInstanceOf(IllegalStateException.class)
                    .withMessage("the barrier was aborted");
            await(barrier.reset());
            assertThat(await(barrier.waitFor())).isZero();
        });
    }

    @Test
    @CPythonTest("test_locks::test_abort_barrier_when_tasks_half_draining_half_blocking")
    void abortWhileItDrainsIsFeltByAll() {
        int blocked = N / 2;
        runner.run(() -> {
            Barrier barrier = new Barrier(N);
            all(
                    N,
                    () -> {
                        if (!waitOrLog(barrier, "still in")) {
                            return;
                        }
                        if (++through > blocked) {
                            await(barrier.abort());
                        } else {
                            waitOrLog(barrier, "blocked");
                        }
                    });
            assertThat(log).containsExactlyInAnyOrder("still in", "still in", "blocked", "blocked");
            assertThat(barrier.broken()).isTrue();
            assertThat(barrier.nWaiting()).isZero();
        });
    }

    @Test
    @CPythonTest("test_locks::test_abort_barrier_when_exception")
    void abortByOneThatFailedReachesTheOthers() {
        runner.run(() -> {
            Barrier barrier = new Barrier(N);
            all(
                    N,
                    () -> {
                        try {
                            if (await(barrier.waitFor()) == N / 2) {
                                await(barrier.abort());
                                return;
                            }
                            await(barrier.waitFor());
                            through++;
                        } catch (BrokenBarrierException e) {
                            log.add("broken");
                        }
                    });
            assertThat(barrier.broken()).isTrue();
            assertThat(through).isZero();
            assertThat(log).hasSize(N - 1);
            assertThat(barrier.nWaiting()).isZero();
        });
    }

    @Test
    @CPythonTest("test_locks::test_abort_barrier_when_exception_then_resetting")
    void brokenOneThatIsResetCanBeUsedAgain() {
        List<String> again = new ArrayList<>();
        runner.run(() -> {
            Barrier barrier = new Barrier(N);
            Barrier other = new Barrier(N);
            all(
                    N,
                    () -> {
                        try {
                            if (await(barrier.waitFor()) == N / 2) {
                                await(barrier.abort());
                            } else {
                                await(barrier.waitFor());
                                through++;
                            }
                        } catch (BrokenBarrierException e) {
                            log.add("broken");
                        }
                        if (await(other.waitFor()) == N / 2) {
                            await(barrier.reset());
                        }
                        await(other.waitFor());
                        await(barrier.waitFor());
                        again.add("through");
                    });
            assertThat(through).isZero();
            assertThat(log).hasSize(N - 1);
            assertThat(again).hasSize(N);
            assertEmpty(barrier);
        });
    }
}
