package asyncio4j.locks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.CancelledError;
import asyncio4j.Task;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.OnVirtualClock;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/** Tasks that are cancelled while they wait for a signal, or for the lock after it. */
class ConditionCancelTest extends OnVirtualClock {

    /** What consumers take; less than nothing ends them. */
    private int items;

    @Test
    @Contract(74)
    @CPythonTest("test_locks::ConditionTests::test_wait_cancel")
    void whoIsCancelledHasTheLockAgain() {
        runner.run(() -> {
            Condition condition = new Condition();
            await(condition.acquire());
            Task<?> waiting = createTask(condition.waitFor());
            runner.loop().callSoon(waiting::cancel);
            assertThatThrownBy(() -> await(waiting)).isInstanceOf(CancelledError.class);
            assertThat(condition).hasToString("Condition[locked]");
        });
    }

    @Test
    @Contract(74)
    @CPythonTest("test_locks::test_wait_cancel_contested")
    void whoIsCancelledWaitsForTheLockThatAnotherHas() {
        runner.run(() -> {
            Condition condition = new Condition();
            await(condition.acquire());
            Task<?> waiting = createTask(condition.waitFor());
            iteration();
            assertThat(condition.locked()).isFalse();
            await(condition.acquire());
            condition.signal();
            runner.loop().callSoon(waiting::cancel);
            runner.loop().callSoon(condition::release);
            assertThatThrownBy(() -> await(waiting)).isInstanceOf(CancelledError.class);
            assertThat(condition).hasToString("Condition[locked]");
        });
    }

    @Test
    @Contract(74)
    @CPythonTest("test_locks::test_wait_cancel_after_notify")
    void cancelWhileItTakesTheLockBackIsThrownOnceItHasIt() {
        runner.run(() -> {
            Condition condition = new Condition();
            Task<?> waiter =
                    createTask(() -> {
                        try (var _ = await(condition.acquire())) {
                            log.add("waits");
                            await(condition.waitFor());
                        }
                    });
            iteration();
            await(condition.acquire());
            condition.signal();
            iteration();
            waiter.cancel();
            iteration();
            assertThat(waiter.done()).isFalse();
            condition.release();
            iteration();
            assertThat(waiter.cancelled()).isTrue();
            assertThat(log).containsExactly("waits");
            assertThat(condition).hasToString("Condition[unlocked]");
        });
    }

    @Test
    @CPythonTest("test_locks::test_timeout_in_block")
    void timeoutWhileItWaitsHasTheLockAgain() {
        runner.run(() -> {
            Condition condition = new Condition();
            try (var _ = await(condition.acquire())) {
                assertThatThrownBy(() -> await(waitFor(condition.waitFor(), TICK)))
                        .isInstanceOf(TimeoutException.class);
                assertThat(condition).hasToString("Condition[locked]");
            }
            assertThat(condition).hasToString("Condition[unlocked]");
        });
    }

    /** A task that waits for a signal and keeps what that throws. */
    private static Task<?> witness(Condition condition, AtomicReference<Throwable> seen) {
        return createTask(() -> {
            try (var _ = await(condition.acquire())) {
                await(condition.waitFor(() -> false));
            } catch (CancelledError e) {
                seen.set(e);
                throw e;
            }
        });
    }

    @Test
    @Contract(74)
    @CPythonTest("test_locks::test_cancelled_error_wakeup")
    void errorOfACancelWhileItWaitsComesOutAsItIs() {
        AtomicReference<Throwable> seen = new AtomicReference<>();
        runner.run(() -> {
            Condition condition = new Condition();
            Task<?> task = witness(condition, seen);
            iteration();
            task.cancel("foo");
            assertThat(catchThrowable(() -> await(task)))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("foo")
                    .isSameAs(seen.get());
        });
    }

    @Test
    @Contract(74)
    @CPythonTest("test_locks::test_cancelled_error_re_aquire")
    void errorOfACancelWhileItTakesTheLockBackComesOutAsItIs() {
        AtomicReference<Throwable> seen = new AtomicReference<>();
        runner.run(() -> {
            Condition condition = new Condition();
            Task<?> task = witness(condition, seen);
            iteration();
            await(condition.acquire());
            condition.signal();
            iteration();
            task.cancel("foo");
            condition.release();
            assertThat(catchThrowable(() -> await(task)))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("foo")
                    .isSameAs(seen.get());
        });
    }

    @Test
    @Contract(74)
    void ofSeveralCancelsTheLastIsThrownOnceItHasTheLock() {
        AtomicReference<Throwable> seen = new AtomicReference<>();
        runner.run(() -> {
            Condition condition = new Condition();
            Task<?> task = witness(condition, seen);
            iteration();
            await(condition.acquire());
            for (String message : List.of("first", "second", "third")) {
                task.cancel(message);
                iteration();
                assertThat(task.done()).isFalse();
                assertThat(condition.locked()).isTrue();
            }
            condition.release();
            assertThat(catchThrowable(() -> await(task))).hasMessage("third").isSameAs(seen.get());
            assertThat(task.cancelling()).isEqualTo(3);
            assertThat(condition).hasToString("Condition[unlocked]");
        });
    }

    /** A task that takes an item whenever there is one. */
    private Task<?> consumer(Condition condition) {
        return createTask(() -> {
            try (var _ = await(condition.acquire())) {
                for (; ; ) {
                    await(condition.waitFor(() -> items != 0));
                    if (items < 0) {
                        return;
                    }
                    items--;
                }
            }
        });
    }

    /** Two consumers, one item and one signal; the first is cancelled after so many iterations. */
    private void cancelTheOneThatWasSignalled(int iterations) {
        items = 0;
        runner.run(() -> {
            Condition condition = new Condition();
            Task<?> first = consumer(condition);
            Task<?> second = consumer(condition);
            iteration();
            try (var _ = await(condition.acquire())) {
                items++;
                condition.signal();
                iterations(iterations);
                first.cancel();
                assertThatThrownBy(() -> await(waitFor(condition.waitFor(), TICK)))
                        .as("nobody signals once the item is taken")
                        .isInstanceOf(TimeoutException.class);
            }
            assertThat(items).isZero();
            try (var _ = await(condition.acquire())) {
                items = -1;
                condition.signalAll();
            }
            await(second);
            assertThat(first.cancelled()).isTrue();
        });
    }

    @Test
    @Contract(74)
    @CPythonTest("test_locks::test_cancelled_wakeup")
    void signalOfOneThatIsCancelledBeforeItRunsReachesAnother() {
        cancelTheOneThatWasSignalled(0);
    }

    @Test
    @Contract(74)
    @CPythonTest("test_locks::test_cancelled_wakeup_relock")
    void signalOfOneThatIsCancelledWhileItTakesTheLockBackReachesAnother() {
        cancelTheOneThatWasSignalled(1);
    }
}
