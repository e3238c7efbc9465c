package asyncio4j.locks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.Awaitable;
import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.Task;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.OnVirtualClock;

import org.junit.jupiter.api.Test;

import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;

/** Taking a lock and giving it back. */
class LockTest extends OnVirtualClock {

    private static final List<Class<?>> ALL =
            List.of(
                    Lock.class,
                    Event.class,
                    Condition.class,
                    Semaphore.class,
                    BoundedSemaphore.class,
                    Barrier.class);

    /** A task that takes the lock and keeps it. */
    private Task<?> taker(Lock lock, Object name) {
        return createTask(() -> {
            await(lock.acquire());
            log.add(name);
        });
    }

    @Test
    @CPythonTest({
        "test_locks::test_lock",
        "test_locks::test_lock_by_with_statement",
        "test_locks::test_semaphore",
        "test_locks::test_barrier"
    })
    void locksThemselvesAreNeitherAwaitedNorClosed() {
        assertThat(ALL)
                .noneMatch(Awaitable.class::isAssignableFrom)
                .noneMatch(AutoCloseable.class::isAssignableFrom);
        runner.run(() -> {
            Lock lock = new Lock();
            Semaphore semaphore = new Semaphore();
            Coroutine<Lock.Held> acquire = lock.acquire();
            var _ = semaphore.acquire();
            iteration();
            assertThat(lock.locked()).as("as nobody has awaited it").isFalse();
            assertThat(semaphore).hasToString("Semaphore[unlocked, value=1]");
            assertThat(new Barrier(5)).hasToString("Barrier[filling, waiters=0/5]");
            await(acquire);
            assertThat(lock.locked()).isTrue();
        });
    }

    @Test
    @Contract(71)
    @CPythonTest("test_locks::test_lock_doesnt_accept_loop_parameter")
    void noneIsMadeForALoop() {
        assertThat(ALL)
                .flatMap(each -> List.of(each.getConstructors()))
                .isNotEmpty()
                .flatMap(constructor -> List.of(((Constructor<?>) constructor).getParameterTypes()))
                .noneMatch(EventLoop.class::isAssignableFrom);
    }

    @Test
    @CPythonTest("test_locks::LockTests::test_repr")
    void toStringTellsWhetherItIsLockedAndHowManyWait() {
        runner.run(() -> {
            Lock lock = new Lock();
            assertThat(lock).hasToString("Lock[unlocked]");
            Lock.Held held = await(lock.acquire());
            assertThat(lock).hasToString("Lock[locked]");
            Task<?> first = taker(lock, 1);
            Task<?> second = taker(lock, 2);
            iteration();
            assertThat(lock).hasToString("Lock[locked, waiters=2]");
            held.close();
            assertThat(lock).hasToString("Lock[unlocked, waiters=2]");
            await(first);
            lock.release();
            await(second);
            assertThat(lock).hasToString("Lock[locked]");
        });
    }

    @Test
    @Contract(72)
    @CPythonTest("test_locks::LockTests::test_acquire")
    void eachReleaseLetsTheNextIn() {
        runner.run(() -> {
            Lock lock = new Lock();
            await(lock.acquire());
            Task<?> first = taker(lock, 1);
            Task<?> second = taker(lock, 2);
            iteration();
            assertThat(log).isEmpty();
            lock.release();
            iteration();
            assertThat(log).containsExactly(1);
            iteration();
            assertThat(log).containsExactly(1);
            Task<?> third = taker(lock, 3);
            lock.release();
            iteration();
            assertThat(log).containsExactly(1, 2);
            lock.release();
            iteration();
            assertThat(log).containsExactly(1, 2, 3);
            assertThat(List.of(first, second, third)).allMatch(Task::done);
        });
    }

    @Test
    @CPythonTest("test_locks::LockTests::test_release_not_acquired")
    void releaseOfAFreeLockIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(new Lock()::release)
                .withMessage("release: the lock is not acquired; release once for each acquire");
    }

    @Test
    @CPythonTest("test_locks::LockTests::test_release_no_waiters")
    void releaseWithoutWaitersLeavesItFree() {
        runner.run(() -> {
            Lock lock = new Lock();
            await(lock.acquire());
            assertThat(lock.locked()).isTrue();
            lock.release();
            assertThat(lock.locked()).isFalse();
        });
    }

    @Test
    @CPythonTest("test_locks::LockTests::test_context_manager")
    void tryWithResourcesGivesItBackWhateverComesOfTheBody() {
        runner.run(() -> {
            Lock lock = new Lock();
            try (var _ = await(lock.acquire())) {
                assertThat(lock.locked()).isTrue();
            }
            assertThat(lock.locked()).isFalse();
            assertThatThrownBy(
                            () -> {
                                try (var _ = await(lock.acquire())) {
                                    throw new IllegalArgumentException("the body's");
                                }
                            })
                    .hasMessage("the body's")
                    .hasNoSuppressedExceptions();
            assertThat(lock.locked()).isFalse();
        });
    }

    @Test
    void freeLockIsTakenWithoutSuspending() {
        runner.run(() -> {
            runner.loop().callSoon(() -> log.add("iteration"));
            await(new Lock().acquire());
            assertThat(log).isEmpty();
        });
    }

    @Test
    void whoHadTheLockCannotCloseItForAnother() {
        runner.run(() -> {
            Lock lock = new Lock();
            Lock.Held first = await(lock.acquire());
            lock.release();
            Lock.Held second = await(lock.acquire());
            first.close();
            first.close();
            assertThat(lock.locked()).isTrue();
            second.close();
            second.close();
            assertThat(lock.locked()).isFalse();
        });
    }

    @Test
    void onlyOneIsInHoweverOftenItsBodySuspends() {
        List<Integer> in = new ArrayList<>();
        runner.run(() -> {
            Lock lock = new Lock();
            List<Coroutine<Object>> workers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                int number = i;
                workers.add(() -> {
                    try (var _ = await(lock.acquire())) {
                        in.add(number);
                        assertThat(in).containsExactly(number);
                        await(sleep(TICK));
                        in.clear();
                        return log.add(number);
                    }
                });
            }
            await(gather(workers));
        });
        assertThat(log).hasSize(50).isSortedAccordingTo((a, b) -> (int) a - (int) b);
        assertThat(runner.clock.time()).isEqualTo(TICK.multipliedBy(50));
    }

    @Test
    @CPythonTest("test_locks::LockTests::test_acquire_cancel")
    void whoIsCancelledWhileItWaitsIsNotInLineAnyMore() {
        runner.run(() -> {
            Lock lock = new Lock();
            await(lock.acquire());
            Task<?> waiting = createTask(lock.acquire());
            runner.loop().callSoon(waiting::cancel);
            assertThatThrownBy(() -> await(waiting)).isInstanceOf(CancelledError.class);
            assertThat(lock).hasToString("Lock[locked]");
        });
    }

    @Test
    @Contract(72)
    @CPythonTest("test_locks::test_cancel_race")
    void releaseWhileTheFirstIsBeingCancelledReachesTheSecond() {
        runner.run(() -> {
            Lock lock = new Lock();
            var goOn = runner.loop().<Object>createFuture();
            Task<?> holder =
                    createTask(() -> {
                        try (var _ = await(lock.acquire())) {
                            await(goOn);
                        }
                    });
            iteration();
            Task<?> second = createTask(() -> await(lock.acquire()).close());
            Task<?> third = createTask(() -> await(lock.acquire()).close());
            iteration();
            assertThat(lock).hasToString("Lock[locked, waiters=2]");
            goOn.setResult("go on");
            second.cancel();
            iteration();
            assertThat(lock.locked()).isFalse();
            assertThat(holder.done()).isTrue();
            assertThat(second.cancelled()).isTrue();
            await(third);
            assertThat(lock).hasToString("Lock[unlocked]");
        });
    }

    @Test
    @Contract(72)
    @CPythonTest("test_locks::test_cancel_release_race")
    void cancelAndReleaseAtOnceLetOneIn() {
        runner.run(() -> {
            Lock lock = new Lock();
            await(lock.acquire());
            Task<?> first = taker(lock, 1);
            Task<?> second = taker(lock, 2);
            Task<?> third = taker(lock, 3);
            iteration();
            runner.loop()
                    .callSoon(() -> {
                        first.cancel();
                        lock.release();
                    });
            assertThatThrownBy(() -> await(first)).isInstanceOf(CancelledError.class);
            assertThat(log).containsExactly(2);
            assertThat(second.done()).isTrue();
            third.cancel();
            iteration();
            assertThat(third.cancelled()).isTrue();
            assertThat(lock).hasToString("Lock[locked]");
        });
    }

    @Test
    @Contract(72)
    @CPythonTest("test_locks::test_finished_waiter_cancelled")
    void whoComesWhileTheFirstIsBeingCancelledGetsTheLock() {
        runner.run(() -> {
            Lock lock = new Lock();
            await(lock.acquire());
            Task<?> first = taker(lock, 1);
            iteration();
            Task<?> second = taker(lock, 2);
            first.cancel();
            lock.release();
            iteration();
            assertThat(lock.locked()).isTrue();
            assertThat(first.cancelled()).isTrue();
            await(second);
            assertThat(log).containsExactly(2);
        });
    }

    @Test
    @Contract(72)
    void whoIsCancelledAfterItWasWokenPassesTheLockOn() {
        runner.run(() -> {
            Lock lock = new Lock();
            await(lock.acquire());
            Task<?> first = taker(lock, 1);
            Task<?> second = taker(lock, 2);
            iteration();
            lock.release();
            first.cancel();
            await(second);
            assertThat(first.cancelled()).isTrue();
            assertThat(log).containsExactly(2);
            assertThat(lock).hasToString("Lock[locked]");
        });
    }
}
