package asyncio4j.locks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.KeyboardInterrupt;
import asyncio4j.Task;
import asyncio4j.VirtualClock;
import asyncio4j.VoidCoroutine;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.OnVirtualClock;
import asyncio4j.testing.OtherThread;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Which loop and which thread locks belong to, and what is left of them when it is closed. */
class LocksLoopTest extends OnVirtualClock {

    /** Has a task wait for the lock, on the running loop. */
    private static void contend(Lock lock) {
        Lock.Held held = await(lock.acquire());
        Task<?> waiting = createTask(() -> await(lock.acquire()).close());
        iteration();
        held.close();
        await(waiting);
    }

    /** Has a task wait for a signal, on the running loop. */
    private static void contend(Condition condition) {
        Task<?> waiting =
                createTask(() -> {
                    try (var _ = await(condition.acquire())) {
                        await(condition.waitFor());
                    }
                });
        iteration();
        try (var _ = await(condition.acquire())) {
            condition.signal();
        }
        await(waiting);
    }

    @Test
    @Contract(71)
    void usedWithoutWaitingTheyGoWithAnyLoop() {
        Lock lock = new Lock();
        Event event = new Event();
        Condition condition = new Condition();
        Barrier barrier = new Barrier(1);
        VoidCoroutine use =
                () -> {
                    await(lock.acquire()).close();
                    event.clear();
                    event.set();
                    await(event.waitFor());
                    try (var _ = await(condition.acquire())) {
                        condition.signalAll();
                    }
                    log.add(await(barrier.waitFor()));
                };
        runner.run(use);
        try (VirtualRunner other = new VirtualRunner()) {
            other.run(use);
            other.run(() -> contend(lock));
        }
        assertThat(log).containsExactly(0, 0);
    }

    @Test
    @Contract(71)
    @CPythonTest("test_locks::test_ambiguous_loops")
    void onAnotherLoopThanItsOwnNobodyCanWait() {
        Lock lock = new Lock();
        Condition condition = new Condition(new Lock());
        runner.run(() -> {
            contend(lock);
            contend(condition);
        });
        try (VirtualRunner other = new VirtualRunner()) {
            other.run(() -> {
                try (var _ = await(lock.acquire())) {
                    Condition beside = new Condition(lock);
                    assertThatIllegalStateException()
                            .isThrownBy(() -> await(beside.acquire()))
                            .withMessageStartingWith(
                                    "Lock[locked] is bound to a different event loop")
                            .withMessageEndingWith("make one for each loop");
                }
                try (var _ = await(condition.acquire())) {
                    assertThatIllegalStateException()
                            .isThrownBy(() -> await(condition.waitFor()))
                            .withMessageStartingWith(
                                    "Condition[locked] is bound to a different event loop");
                    assertThat(condition).hasToString("Condition[locked]");
                }
            });
        }
        assertThat(lock).hasToString("Lock[unlocked]");
        assertThat(condition).hasToString("Condition[unlocked]");
    }

    @Test
    @Contract(71)
    void messagesSpeakOfTheBarrierNotOfItsCondition() {
        Barrier barrier = new Barrier(2);
        runner.run(() -> {
            Task<?> other = createTask(barrier.waitFor());
            await(barrier.waitFor());
            await(other);
        });
        try (VirtualRunner another = new VirtualRunner()) {
            another.run(() ->
                    assertThatIllegalStateException()
                            .isThrownBy(() -> await(barrier.waitFor()))
                            .withMessageStartingWith(
                                    "Barrier[filling, waiters=1/2] is bound to a different event"
                                            + " loop"));
        }
        assertThat(barrier).hasToString("Barrier[filling, waiters=0/2]");
    }

    @Test
    void foreignThreadIsRefusedAndChangesNothing() {
        runner.run(() -> {
            Lock lock = new Lock();
            contend(lock);
            Lock.Held held = await(lock.acquire());
            Event event = new Event();
            Task<?> waiting = createTask(event.waitFor());
            Condition condition = new Condition();
            contend(condition);
            await(condition.acquire());
            BoundedSemaphore semaphore = new BoundedSemaphore(1);
            Semaphore.Permit permit = await(semaphore.acquire());
            Task<?> second = createTask(semaphore.acquire());
            iteration();
            for (OtherThread.Action action :
                    List.<OtherThread.Action>of(
                            lock::release,
                            held::close,
                            event::set,
                            event::clear,
                            condition::signal,
                            condition::signalAll,
                            permit::close,
                            semaphore::release)) {
                assertThat(OtherThread.failureOf(action))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining(" belongs to the thread of asyncio4j-loop-")
                        .hasMessageEndingWith(
                                "not to thread other: use loop.callSoonThreadsafe(...)");
            }
            assertThat(lock).hasToString("Lock[locked]");
            assertThat(event).hasToString("Event[unset, waiters=1]");
            assertThat(semaphore).hasToString("BoundedSemaphore[locked, waiters=1]");
            OtherThread.run(() -> runner.loop().callSoonThreadsafe(event::set));
            await(waiting);
            semaphore.release();
            await(second);
        });
    }

    @Test
    void conditionIsWaitedForByTasksAlone() {
        runner.run(() -> {
            Condition condition = new Condition();
            try (var _ = await(condition.acquire())) {
                runner.loop()
                        .callSoon(() ->
                                assertThatIllegalStateException()
                                        .isThrownBy(() -> condition.waitFor().run())
                                        .satisfies(log::add));
                iteration();
                assertThat(condition).hasToString("Condition[locked]");
            }
        });
        assertThat(log).hasSize(1);
    }

    /**
     * Starts {@code tasks} on a loop, has them begin, does {@code last} and leaves the loop at
     * once; then closes it.
     */
    private static void closedAmidst(Runnable last, VoidCoroutine... tasks) {
        EventLoop loop = newEventLoop(new VirtualClock());
        List<String> reports = new ArrayList<>();
        loop.setExceptionHandler((l, context) -> reports.add(context.message()));
        KeyboardInterrupt atOnce = new KeyboardInterrupt();
        assertThatThrownBy(() ->
                        loop.runUntilComplete(
                                Coroutine.of(() -> {
                                    for (VoidCoroutine task : tasks) {
                                        createTask(task);
                                    }
                                    iterations(2);
                                    last.run();
                                    throw atOnce;
                                })))
                .isSameAs(atOnce);
        loop.close();
        assertThat(reports)
                .hasSize(tasks.length)
                .containsOnly("Task was destroyed but it is pending!");
    }

    private static void sleepLong() {
        await(sleep(Duration.ofHours(1)));
    }

    @Test
    void closedLoopLeavesALockFree() {
        Lock lock = new Lock();
        VoidCoroutine user =
                () -> {
                    try (var _ = await(lock.acquire())) {
                        log.add("in");
                        sleepLong();
                    }
                };
        closedAmidst(() -> {}, user, user, user);
        assertThat(log).containsExactly("in");
        assertThat(lock).hasToString("Lock[unlocked]");
        closedAmidst(lock::release, user, () -> sleepLong());
        assertThat(lock).hasToString("Lock[unlocked]");
        runner.run(() -> await(lock.acquire()).close());
    }

    @Test
    void closedLoopLeavesALockFreeThatWasJustReleased() {
        Lock lock = new Lock();
        VoidCoroutine user =
                () -> {
                    await(lock.acquire());
                    try {
                        sleepLong();
                    } finally {
                        lock.release();
                    }
                };
        VoidCoroutine waiter = () -> await(lock.acquire()).close();
        closedAmidst(
                () -> {
                    lock.release();
                    await(sleep(Duration.ZERO));
                    lock.release();
                },
                () -> {
                    await(lock.acquire());
                    sleepLong();
                },
                () -> {
                    await(lock.acquire());
                    sleepLong();
                },
                waiter);
        assertThat(lock).hasToString("Lock[unlocked]");
        closedAmidst(() -> {}, user);
        assertThat(lock).hasToString("Lock[unlocked]");
    }

    @Test
    void closedLoopLeavesSemaphoresAllTheirPermits() {
        BoundedSemaphore semaphore = new BoundedSemaphore(2);
        VoidCoroutine user =
                () -> {
                    try (var _ = await(semaphore.acquire())) {
                        sleepLong();
                    }
                };
        closedAmidst(() -> {}, user, user, user, user, user);
        assertThat(semaphore).hasToString("BoundedSemaphore[unlocked, value=2]");
    }

    @Test
    void closedLoopLeavesAnEventWithoutWaiters() {
        Event event = new Event();
        closedAmidst(event::set, () -> await(event.waitFor()), () -> await(event.waitFor()));
        assertThat(event).hasToString("Event[set]");
        runner.run(() -> await(event.waitFor()));
    }

    @Test
    void closedLoopLeavesTheLockOfAConditionFree() {
        Condition condition = new Condition();
        VoidCoroutine explicit =
                () -> {
                    await(condition.acquire());
                    try {
                        await(condition.waitFor());
                    } finally {
                        condition.release(); // it has the lock here, as always
                        log.add("released");
                    }
                };
        VoidCoroutine closing =
                () -> {
                    try (var _ = await(condition.acquire())) {
                        await(condition.waitFor());
                    }
                };
        closedAmidst(() -> {}, explicit, closing, explicit);
        assertThat(log).containsExactly("released", "released");
        assertThat(condition).hasToString("Condition[unlocked]");
    }

    @Test
    void closedLoopLeavesTheLockOfAConditionFreeThatWasSignalled() {
        Condition condition = new Condition();
        VoidCoroutine waiter =
                () -> {
                    try (var _ = await(condition.acquire())) {
                        await(condition.waitFor());
                    }
                };
        closedAmidst(
                () -> {},
                waiter,
                waiter,
                waiter,
                () -> {
                    try (var _ = await(condition.acquire())) {
                        condition.signal(2);
                        sleepLong(); // two wait for the lock now, one for a signal
                    }
                });
        assertThat(condition).hasToString("Condition[unlocked]");
    }

    @Test
    void closedLoopLeavesABarrierEmpty() {
        Barrier waiting = new Barrier(3);
        closedAmidst(() -> {}, () -> await(waiting.waitFor()), () -> await(waiting.waitFor()));
        assertThat(waiting).hasToString("Barrier[filling, waiters=0/3]");
        Barrier draining = new Barrier(2);
        closedAmidst(
                () -> {
                    createTask(draining.waitFor());
                    iteration();
                    assertThat(draining).hasToString("Barrier[draining, waiters=0/2]");
                },
                () -> await(draining.waitFor()));
        assertThat(draining).hasToString("Barrier[filling, waiters=0/2]");
    }
}
