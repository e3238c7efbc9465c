package asyncio4j.locks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.gatherReturnExceptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.Task;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.OnVirtualClock;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Tasks that wait for each other. */
class BarrierTest extends OnVirtualClock {

    private static final int N = 5;

    private static <T> List<Task<T>> tasks(int count, Coroutine<T> coroutine) {
        List<Task<T>> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tasks.add(createTask(coroutine));
        }
        return tasks;
    }

    private static <T> List<T> all(int count, Coroutine<T> coroutine) {
        return await(gather(tasks(count, coroutine)));
    }

    private static void assertEmpty(Barrier barrier) {
        assertThat(barrier).hasToString("Barrier[filling, waiters=0/" + barrier.parties() + "]");
        assertThat(barrier.nWaiting()).isZero();
        assertThat(barrier.broken()).isFalse();
    }

    @Test
    @CPythonTest("test_locks::test_barrier_parties")
    void fewerThanOneAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Barrier(0))
                .withMessage("Barrier parties must be >= 1, not 0");
        assertThatIllegalArgumentException().isThrownBy(() -> new Barrier(-4));
        assertThat(new Barrier(N).parties()).isEqualTo(N);
    }

    @Test
    @CPythonTest("test_locks::BarrierTests::test_repr")
    void toStringTellsWhatATaskThatComesFinds() {
        runner.run(() -> {
            Barrier barrier = new Barrier(N);
            assertThat(barrier).hasToString("Barrier[filling, waiters=0/5]");
            List<Task<Integer>> waiters = new ArrayList<>(tasks(2, barrier.waitFor()));
            iteration();
            assertThat(barrier).hasToString("Barrier[filling, waiters=2/5]");
            waiters.addAll(tasks(3, barrier.waitFor()));
            iteration();
            assertThat(barrier).hasToString("Barrier[draining, waiters=0/5]");
            waiters.addAll(tasks(2, barrier.waitFor()));
            iteration();
            await(barrier.reset());
            assertThat(barrier).hasToString("Barrier[resetting, waiters=0/5]");
            waiters.addAll(tasks(2, barrier.waitFor()));
            iteration();
            await(barrier.abort());
            assertThat(barrier).hasToString("Barrier[broken]");
            assertThat(barrier.broken()).isTrue();
            assertThat(await(gatherReturnExceptions(waiters))).hasSize(9);
        });
    }

    @Test
    @CPythonTest("test_locks::BarrierTests::test_context_manager")
    void eachGetsAnotherPlace() {
        runner.run(() -> {
            Barrier barrier = new Barrier(3);
            assertThat(all(3, barrier.waitFor())).containsExactlyInAnyOrder(0, 1, 2);
            assertEmpty(barrier);
        });
    }

    @Test
    @CPythonTest({"test_locks::test_filling_one_task", "test_locks::test_filling_one_task_twice"})
    void barrierForOneLetsEachThrough() {
        runner.run(() -> {
            Barrier barrier = new Barrier(1);
            assertThat(await(barrier.waitFor())).isZero();
            assertEmpty(barrier);
            Task<Integer> first = createTask(barrier.waitFor());
            iteration();
            assertEmpty(barrier);
            Task<Integer> second = createTask(barrier.waitFor());
            iteration();
            assertThat(first.result()).isZero();
            assertThat(second.result()).isZero();
            assertEmpty(barrier);
        });
    }

    @Test
    @CPythonTest("test_locks::test_filling_task_by_task")
    void theLastOneLetsAllThrough() {
        runner.run(() -> {
            Barrier barrier = new Barrier(3);
            Task<Integer> first = createTask(barrier.waitFor());
            iteration();
            assertThat(barrier).hasToString("Barrier[filling, waiters=1/3]");
            Task<Integer> second = createTask(barrier.waitFor());
            iteration();
            assertThat(barrier).hasToString("Barrier[filling, waiters=2/3]");
            assertThat(first.done()).isFalse();
            await(gather(first, second, createTask(barrier.waitFor())));
            assertEmpty(barrier);
        });
    }

    @Test
    @CPythonTest({
        "test_locks::test_filling_tasks_wait_twice",
        "test_locks::test_filling_tasks_check_return_value"
    })
    void itCanBeUsedAgain() {
        runner.run(() -> {
            Barrier barrier = new Barrier(N);
            List<Integer> places =
                    all(
                            N,
                            () -> {
                                await(barrier.waitFor());
                                log.add("first");
                                int place = await(barrier.waitFor());
                                log.add("second");
                                return place;
                            });
            assertThat(places).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
            assertThat(log.subList(0, N)).containsOnly("first");
            assertThat(log.subList(N, 2 * N)).containsOnly("second");
            assertThat(log).hasSize(2 * N);
            assertEmpty(barrier);
        });
    }

    @Test
    @CPythonTest("test_locks::test_draining_state")
    void itDrainsUntilTheLastOneHasGone() {
        runner.run(() -> {
            Barrier barrier = new Barrier(N);
            all(
                    N,
                    () -> {
                        await(barrier.waitFor());
                        return log.add(barrier.toString());
                    });
            assertThat(log)
                    .hasSize(N)
                    .endsWith("Barrier[filling, waiters=0/5]")
                    .startsWith(
                            Collections.nCopies(N - 1, "Barrier[draining, waiters=0/5]").toArray());
            assertEmpty(barrier);
        });
    }

    @Test
    @CPythonTest("test_locks::test_blocking_tasks_while_draining")
    void whoComesBackWhileItDrainsWaitsForTheNextRound() {
        int again = 2;
        runner.run(() -> {
            Barrier barrier = new Barrier(N);
            Barrier others = new Barrier(N - again);
            List<Object> first = new ArrayList<>();
            all(
                    N,
                    () -> {
                        await(barrier.waitFor());
                        if (first.size() < again) {
                            first.add("first");
                        } else {
                            log.add(await(others.waitFor()));
                        }
                        return await(barrier.waitFor());
                    });
            assertThat(log).as("places of those who were late").contains(0, 1, 2).hasSize(3);
            assertEmpty(barrier);
            assertEmpty(others);
        });
    }

    @Test
    @CPythonTest("test_locks::test_filling_tasks_cancel_one")
    void whoIsCancelledDoesNotCount() {
        runner.run(() -> {
            Barrier barrier = new Barrier(3);
            Coroutine<Boolean> body =
                    () -> {
                        await(barrier.waitFor());
                        return log.add("through");
                    };
            Task<?> first = createTask(body);
            iteration();
            Task<?> second = createTask(body);
            iteration();
            assertThat(barrier.nWaiting()).isEqualTo(2);
            first.cancel();
            iteration();
            assertThat(barrier.nWaiting()).isEqualTo(1);
            assertThatThrownBy(() -> await(first)).isInstanceOf(CancelledError.class);
            Task<?> third = createTask(body);
            iteration();
            assertThat(barrier.nWaiting()).isEqualTo(2);
            await(gather(second, third, createTask(body)));
            assertThat(log).hasSize(3);
            assertEmpty(barrier);
        });
    }

    @Test
    void whoIsCancelledWhileItLeavesIsCountedOut() {
        runner.run(() -> {
            Barrier barrier = new Barrier(3);
            Task<Integer> first = createTask(barrier.waitFor());
            Task<Integer> second = createTask(barrier.waitFor());
            iteration();
            Task<Integer> last = createTask(barrier.waitFor());
            iteration();
            assertThat(barrier).hasToString("Barrier[draining, waiters=0/3]");
            first.cancel();
            assertThat(await(gatherReturnExceptions(List.of(first, second, last))))
                    .satisfiesExactly(
                            error -> assertThat(error).isInstanceOf(CancelledError.class),
                            place -> assertThat(place).isEqualTo(1),
                            place -> assertThat(place).isEqualTo(2));
            assertEmpty(barrier);
            assertThat(all(3, barrier.waitFor())).containsExactlyInAnyOrder(0, 1, 2);
        });
    }
}
