package asyncio4j.locks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.gatherReturnExceptions;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.Coroutine;
import asyncio4j.Task;
import asyncio4j.VoidCoroutine;
import asyncio4j.testing.Contract;
import asyncio4j.testing.OnVirtualClock;
import asyncio4j.testing.Schedule;

import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/**
 * Many random courses, and cancellation at every point of a fixed one: nobody overtakes, no more
 * are in than may be, no wake-up and no permit is lost.
 */
class LocksScheduleTest extends OnVirtualClock {

    private static final int SEEDS = 150;

    /** Those who are in, and the order in which they asked and came. */
    private static final class Room {

        private final int size;

        private final Schedule schedule;

        private int in;

        private int asked;

        private final List<Integer> served = new ArrayList<>();

        Room(int size, Schedule schedule) {
            this.size = size;
            this.schedule = schedule;
        }

        /** A task that goes in and out some times. */
        VoidCoroutine visitor(Coroutine<? extends AutoCloseable> door) {
            return () -> {
                for (int turn = 0; turn < 4; turn++) {
                    schedule.pause();
                    int ticket = asked++;
                    schedule.within(door, permit -> visit(ticket, permit));
                    schedule.maybeCancelOne();
                }
            };
        }

        private void visit(int ticket, AutoCloseable permit) {
            try (permit) {
                served.add(ticket);
                in++;
                assertThat(in).isBetween(1, size);
                try {
                    schedule.pause();
                    schedule.maybeCancelOne();
                } finally {
                    in--;
                }
            } catch (Exception e) {
                throw new AssertionError("closing never fails", e);
            }
        }
    }

    @Test
    @Contract(72)
    void lockServesInOrderWhoeverIsCancelled() {
        Schedule.forSeeds(
                SEEDS,
                schedule -> {
                    Lock lock = new Lock();
                    Room room = new Room(1, schedule);
                    for (int i = 0; i < 9; i++) {
                        schedule.start(room.visitor(lock.acquire()));
                    }
                    schedule.finish(10);
                    assertThat(room.served).isSorted();
                    assertThat(room.in).isZero();
                    assertThat(lock).hasToString("Lock[unlocked]");
                });
    }

    @Test
    @Contract(72)
    void semaphoreServesInOrderWhoeverIsCancelled() {
        Schedule.forSeeds(
                SEEDS,
                schedule -> {
                    BoundedSemaphore semaphore = new BoundedSemaphore(3);
                    Room room = new Room(3, schedule);
                    for (int i = 0; i < 15; i++) {
                        schedule.start(room.visitor(semaphore.acquire()));
                    }
                    schedule.finish(15);
                    assertThat(room.served).isSorted();
                    assertThat(room.in).isZero();
                    assertThat(semaphore).hasToString("BoundedSemaphore[unlocked, value=3]");
                });
    }

    @Test
    void eventIsPassedOnlyOnceItWasSet() {
        Schedule.forSeeds(
                SEEDS,
                schedule -> {
                    Event event = new Event();
                    int[] sets = {0};
                    for (int i = 0; i < 9; i++) {
                        schedule.start(() -> {
                            for (int turn = 0; turn < 4; turn++) {
                                schedule.pause();
                                int before = sets[0];
                                boolean wasSet = event.isSet();
                                schedule.within(
                                        event.waitFor(),
                                        _ -> assertThat(wasSet || sets[0] > before).isTrue());
                                schedule.maybeCancelOne();
                            }
                        });
                    }
                    Task<?> setter =
                            createTask(() -> {
                                for (; ; ) {
                                    await(sleep(TICK));
                                    sets[0]++;
                                    event.set();
                                    if (schedule.random.nextBoolean()) {
                                        schedule.pause();
                                    }
                                    event.clear();
                                }
                            });
                    schedule.finish(10);
                    setter.cancel();
                    iteration();
                    assertThat(event.toString()).doesNotContain("waiters");
                });
    }

    @Test
    @Contract(74)
    void conditionLosesNoSignalWhoeverIsCancelled() {
        Schedule.forSeeds(
                SEEDS,
                schedule -> {
                    int items = 20;
                    Condition condition = new Condition();
                    Deque<Integer> store = new ArrayDeque<>();
                    List<Integer> taken = new ArrayList<>();
                    int[] in = {0};
                    for (int i = 0; i < 9; i++) {
                        schedule.start(() -> {
                            while (taken.size() < items) {
                                try (var _ = await(condition.acquire())) {
                                    await(
                                            condition.waitFor(() ->
                                                    !store.isEmpty() || taken.size() == items));
                                    in[0]++;
                                    assertThat(in[0]).isEqualTo(1);
                                    try {
                                        if (store.isEmpty()) {
                                            return;
                                        }
                                        taken.add(store.remove());
                                        if (taken.size() == items) {
                                            condition.signalAll();
                                        }
                                        schedule.pause();
                                    } finally {
                                        in[0]--;
                                    }
                                }
                                schedule.maybeCancelOne();
                                schedule.pause();
                            }
                        });
                    }
                    Task<?> producer =
                            createTask(() -> {
                                for (int item = 0; item < items; item++) {
                                    schedule.pause();
                                    try (var _ = await(condition.acquire())) {
                                        store.add(item);
                                        condition.signal();
                                        schedule.maybeCancelOne();
                                        schedule.pause();
                                    }
                                    schedule.maybeCancelOne();
                                }
                            });
                    schedule.finish(5);
                    assertThat(producer.done()).isTrue();
                    assertThat(taken).hasSize(items).isSorted();
                    assertThat(condition).hasToString("Condition[unlocked]");
                });
    }

    @Test
    void barrierIsWholeAgainWhoeverIsCancelled() {
        Schedule.forSeeds(
                SEEDS,
                schedule -> {
                    Barrier barrier = new Barrier(3);
                    for (int i = 0; i < 9; i++) {
                        schedule.start(() -> {
                            for (int turn = 0; turn < 4; turn++) {
                                schedule.pause();
                                try {
                                    schedule.within(
                                            waitFor(barrier.waitFor(), TICK),
                                            place -> assertThat(place).isBetween(0, 2));
                                } catch (BrokenBarrierException e) {
                                    assertThat(e).hasMessageContaining("reset");
                                }
                                schedule.maybeCancelOne();
                                if (schedule.random.nextInt(8) == 0) {
                                    await(barrier.reset());
                                }
                            }
                        });
                    }
                    schedule.finish(10);
                    assertThat(barrier).hasToString("Barrier[filling, waiters=0/3]");
                    List<Coroutine<Integer>> again =
                            List.of(barrier.waitFor(), barrier.waitFor(), barrier.waitFor());
                    assertThat(await(waitFor(gather(again), NEVER)))
                            .containsExactlyInAnyOrder(0, 1, 2);
                });
    }

    /**
     * Four tasks go through one of {@code doors} one after the other, each for two iterations; one
     * of them is cancelled after so many iterations. Whichever and whenever: the others get
     * through, in order.
     */
    private void cancelAtEveryPoint(IntFunction<Coroutine<? extends AutoCloseable>> doors)
            throws TimeoutException {
        for (int victim = 0; victim < 4; victim++) {
            for (int when = 0; when < 16; when++) {
                List<Integer> served = new ArrayList<>();
                Coroutine<? extends AutoCloseable> door = doors.apply(victim * 16 + when);
                List<Task<?>> tasks = new ArrayList<>();
                int[] in = {0};
                for (int i = 0; i < 4; i++) {
                    int number = i;
                    tasks.add(
                            createTask(() -> {
                                try (var _ = await(door)) {
                                    served.add(number);
                                    assertThat(++in[0]).isEqualTo(1);
                                    try {
                                        iterations(2);
                                    } finally {
                                        in[0]--;
                                    }
                                }
                            }));
                }
                iterations(when);
                boolean delivered = tasks.get(victim).cancel();
                await(waitFor(gatherReturnExceptions(tasks), NEVER));
                assertThat(served).isSorted().hasSizeGreaterThanOrEqualTo(3);
                for (int i = 0; i < 4; i++) {
                    assertThat(tasks.get(i).cancelled())
                            .as("task %d, as %d was cancelled after %d", i, victim, when)
                            .isEqualTo(i == victim && delivered);
                }
            }
        }
    }

    @Test
    @Contract(72)
    void cancelledAtAnyPointALockIsPassedOn() {
        List<Lock> locks = new ArrayList<>();
        runner.run(() ->
                cancelAtEveryPoint(_ -> {
                    locks.add(new Lock());
                    return locks.getLast().acquire();
                }));
        assertThat(locks).hasSize(64).allMatch(lock -> lock.toString().equals("Lock[unlocked]"));
    }

    @Test
    @Contract(72)
    void cancelledAtAnyPointAPermitIsPassedOn() {
        List<Semaphore> semaphores = new ArrayList<>();
        runner.run(() ->
                cancelAtEveryPoint(_ -> {
                    semaphores.add(new Semaphore());
                    return semaphores.getLast().acquire();
                }));
        assertThat(semaphores)
                .hasSize(64)
                .allMatch(each -> each.toString().equals("Semaphore[unlocked, value=1]"));
    }
}
