package asyncio4j.locks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.Task;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.OnVirtualClock;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Waiting for a condition, and signalling it. */
class ConditionTest extends OnVirtualClock {

    /** A task that waits for a signal, and keeps the lock. */
    private Task<?> keeper(Condition condition, Object name) {
        return createTask(() -> {
            await(condition.acquire());
            await(condition.waitFor());
            log.add(name);
        });
    }

    /** A task that waits for a signal, and gives the lock back. */
    private Task<?> waiter(Condition condition, Object name) {
        return createTask(() -> {
            try (var _ = await(condition.acquire())) {
                await(condition.waitFor());
                log.add(name);
            }
        });
    }

    @Test
    @CPythonTest("test_locks::ConditionTests::test_wait")
    void whoIsSignalledGoesOnWhenItGetsTheLock() {
        runner.run(() -> {
            Condition condition = new Condition();
            List<Task<?>> keepers =
                    List.of(keeper(condition, 1), keeper(condition, 2), keeper(condition, 3));
            iteration();
            assertThat(condition).hasToString("Condition[unlocked, waiters=3]");
            await(condition.acquire());
            condition.signal();
            iteration();
            assertThat(log).isEmpty();
            assertThat(condition.locked()).isTrue();
            condition.release();
            iteration();
            assertThat(log).containsExactly(1);
            assertThat(condition.locked()).isTrue();
            condition.signal(2);
            iteration();
            assertThat(log).containsExactly(1);
            condition.release();
            iteration();
            assertThat(log).containsExactly(1, 2);
            assertThat(condition.locked()).isTrue();
            condition.release();
            iteration();
            assertThat(log).containsExactly(1, 2, 3);
            assertThat(condition.locked()).isTrue();
            assertThat(keepers).allMatch(Task::done);
        });
    }

    @Test
    @CPythonTest({
        "test_locks::test_wait_unacquired",
        "test_locks::test_notify_unacquired",
        "test_locks::test_notify_all_unacquired"
    })
    void withoutTheLockNobodyWaitsOrSignals() {
        Condition condition = new Condition();
        runner.run(() ->
                assertThatIllegalStateException()
                        .isThrownBy(() -> await(condition.waitFor()))
                        .withMessage(
                                "waitFor: the lock is not acquired; acquire the condition first"));
        assertThatIllegalStateException()
                .isThrownBy(condition::signal)
                .withMessage("signal: the lock is not acquired; acquire the condition first");
        assertThatIllegalStateException().isThrownBy(condition::signalAll);
        assertThatIllegalStateException().isThrownBy(condition::release);
    }

    @Test
    @CPythonTest("test_locks::test_wait_for")
    void predicateIsLookedAtAfterEachSignal() {
        AtomicBoolean ready = new AtomicBoolean();
        runner.run(() -> {
            Condition condition = new Condition();
            Task<?> waiter =
                    createTask(() -> {
                        try (var _ = await(condition.acquire())) {
                            await(condition.waitFor(ready::get));
                            log.add("ready");
                        }
                    });
            iteration();
            signal(condition);
            iteration();
            assertThat(log).isEmpty();
            assertThat(condition).hasToString("Condition[unlocked, waiters=1]");
            ready.set(true);
            signal(condition);
            iteration();
            assertThat(log).containsExactly("ready");
            assertThat(waiter.done()).isTrue();
        });
    }

    private static void signal(Condition condition) {
        try (var _ = await(condition.acquire())) {
            condition.signal();
        }
    }

    @Test
    @CPythonTest("test_locks::test_wait_for_unacquired")
    void predicateThatIsTrueNeedsNoLock() {
        runner.run(() -> {
            Condition condition = new Condition();
            await(condition.waitFor(() -> true));
            assertThatIllegalStateException()
                    .isThrownBy(() -> await(condition.waitFor(() -> false)));
        });
    }

    @Test
    void predicateThatThrowsLeavesTheLockToItsHolder() {
        runner.run(() -> {
            Condition condition = new Condition();
            AtomicBoolean fail = new AtomicBoolean();
            Task<?> waiter =
                    createTask(() -> {
                        try (var _ = await(condition.acquire())) {
                            await(
                                    condition.waitFor(() -> {
                                        if (fail.get()) {
                                            throw new IllegalArgumentException("the predicate's");
                                        }
                                        return false;
                                    }));
                        }
                    });
            iteration();
            fail.set(true);
            signal(condition);
            assertThatThrownBy(() -> await(waiter)).hasMessage("the predicate's");
            assertThat(condition).hasToString("Condition[unlocked]");
        });
    }

    @Test
    @CPythonTest("test_locks::test_notify")
    void signalWakesAsManyAsItSays() {
        runner.run(() -> {
            Condition condition = new Condition();
            List<Task<?>> waiters =
                    List.of(waiter(condition, 1), waiter(condition, 2), waiter(condition, 3));
            iteration();
            try (var _ = await(condition.acquire())) {
                condition.signal(0);
                condition.signal(1);
            }
            iteration();
            assertThat(log).containsExactly(1);
            try (var _ = await(condition.acquire())) {
                condition.signal(1);
                condition.signal(2048);
            }
            iteration();
            assertThat(log).containsExactly(1, 2, 3);
            assertThat(waiters).allMatch(Task::done);
        });
    }

    @Test
    void negativeNumberOfSignalsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Condition().signal(-1))
                .withMessage("signal: n must be >= 0, not -1");
    }

    @Test
    @CPythonTest("test_locks::test_notify_all")
    void signalAllWakesAll() {
        runner.run(() -> {
            Condition condition = new Condition();
            List<Task<?>> waiters = List.of(waiter(condition, 1), waiter(condition, 2));
            iteration();
            try (var _ = await(condition.acquire())) {
                condition.signalAll();
            }
            iteration();
            assertThat(log).containsExactly(1, 2);
            assertThat(waiters).allMatch(Task::done);
        });
    }

    @Test
    @CPythonTest("test_locks::ConditionTests::test_repr")
    void toStringTellsWhetherItIsLockedAndHowManyWait() {
        runner.run(() -> {
            Condition condition = new Condition();
            assertThat(condition).hasToString("Condition[unlocked]");
            await(condition.acquire());
            assertThat(condition).hasToString("Condition[locked]");
            condition.release();
            waiter(condition, 1);
            iteration();
            await(condition.acquire());
            assertThat(condition).hasToString("Condition[locked, waiters=1]");
            condition.release();
            waiter(condition, 2);
            iteration();
            assertThat(condition).hasToString("Condition[unlocked, waiters=2]");
            try (var _ = await(condition.acquire())) {
                condition.signalAll();
            }
        });
    }

    @Test
    @CPythonTest("test_locks::ConditionTests::test_context_manager")
    void tryWithResourcesGivesTheLockBack() {
        runner.run(() -> {
            Condition condition = new Condition();
            assertThat(condition.locked()).isFalse();
            try (var _ = await(condition.acquire())) {
                assertThat(condition.locked()).isTrue();
            }
            assertThat(condition.locked()).isFalse();
        });
    }

    @Test
    void whatWasAcquiredBeforeTheWaitGivesTheLockBackAfterIt() {
        runner.run(() -> {
            Condition condition = new Condition();
            Lock.Held held = await(condition.acquire());
            Task<?> other =
                    createTask(() -> {
                        try (var _ = await(condition.acquire())) {
                            held.close(); // not its own, and not held now
                            assertThat(condition.locked()).isTrue();
                            condition.signal();
                        }
                    });
            await(condition.waitFor());
            assertThat(condition.locked()).isTrue();
            held.close();
            assertThat(condition.locked()).isFalse();
            await(other);
        });
    }

    @Test
    @CPythonTest("test_locks::test_explicit_lock")
    void lockOfItsOwnAndOneThatOthersUseDoTheSame() {
        runner.run(() -> {
            Lock lock = new Lock();
            Condition condition = new Condition(lock);
            Condition beside = new Condition(lock);
            try (var _ = await(condition.acquire())) {
                assertThat(lock.locked()).isTrue();
                assertThat(condition.locked()).isTrue();
                assertThat(beside.locked()).isTrue();
            }
            assertThat(lock.locked()).isFalse();
            assertThat(condition.locked()).isFalse();
            try (var _ = await(lock.acquire())) {
                assertThat(lock.locked()).isTrue();
                assertThat(condition.locked()).isTrue();
                assertThat(beside.locked()).isTrue();
            }
            assertThat(lock.locked()).isFalse();
            assertThat(condition.locked()).isFalse();
        });
    }
}
