package asyncio4j.locks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gatherReturnExceptions;
import static asyncio4j.Asyncio.waitFor;
import static asyncio4j.locks.Takers.taker;
import static asyncio4j.testing.Cancellations.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.CancelledError;
import asyncio4j.Task;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Tasks that are cancelled while they wait for a permit, before and after they were woken. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class SemaphoreCancelTest {

    private static final Duration TICK = Duration.ofMillis(10);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final List<Object> log = new ArrayList<>();

    @Test
    @Contract(72)
    @CPythonTest("test_locks::test_acquire_cancel_before_awoken")
    void whoIsCancelledBeforeItIsWokenIsPassedOver() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(0);
            List<Task<?>> takers = new ArrayList<>();
            for (int i = 1; i <= 4; i++) {
                takers.add(taker(semaphore, i, log));
            }
            turn();
            takers.get(0).cancel();
            takers.get(1).cancel();
            semaphore.release();
            turn();
            turn();
            assertThat(log).containsExactly(3);
            assertThat(takers.get(3).done()).isFalse();
            semaphore.release();
            await(takers.get(3));
            assertThat(takers.get(0).cancelled()).isTrue();
            assertThat(takers.get(1).cancelled()).isTrue();
        });
        assertThat(log).containsExactly(3, 4);
    }

    @Test
    @Contract(72)
    void whoIsCancelledAfterItWasWokenPassesThePermitOn() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(0);
            Task<?> first = taker(semaphore, 1, log);
            Task<?> second = taker(semaphore, 2, log);
            Task<?> third = taker(semaphore, 3, log);
            turn();
            semaphore.release();
            first.cancel();
            await(second);
            assertThat(first.cancelled()).isTrue();
            assertThat(log).containsExactly(2);
            assertThat(semaphore).hasToString("Semaphore[locked, waiters=1]");
            semaphore.release();
            await(third);
        });
        assertThat(log).containsExactly(2, 3);
    }

    @Test
    @Contract(72)
    void permitsOfAllThatWereCancelledAfterTheyWereWokenAreThere() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(0);
            List<Task<?>> takers = new ArrayList<>();
            for (int i = 1; i <= 5; i++) {
                takers.add(taker(semaphore, i, log));
            }
            turn();
            for (Task<?> each : takers) {
                semaphore.release();
                each.cancel();
            }
            assertThat(await(gatherReturnExceptions(takers)))
                    .hasSize(5)
                    .allSatisfy(result -> assertThat(result).isInstanceOf(CancelledError.class));
            assertThat(semaphore).hasToString("Semaphore[unlocked, value=5]");
        });
        assertThat(log).isEmpty();
    }

    @Test
    void whoWasCancelledDoesNotLockTheOthersOut() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(0);
            Task<?> cancelled = taker(semaphore, "cancelled", log);
            turn();
            cancelled.cancel();
            semaphore.release();
            assertThat(semaphore).hasToString("Semaphore[unlocked, value=1, waiters=1]");
            await(semaphore.acquire());
            assertThat(semaphore).hasToString("Semaphore[locked, waiters=1]");
            assertThatThrownBy(() -> await(cancelled)).isInstanceOf(CancelledError.class);
            assertThat(semaphore).hasToString("Semaphore[locked]");
        });
    }

    @Test
    @CPythonTest("test_locks::test_acquire_no_hang")
    void cancelledByTheOneThatHoldsItNothingHangs() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(1);
            List<Task<?>> tasks = new ArrayList<>();
            tasks.add(
                    createTask(() -> {
                        try (var _ = await(semaphore.acquire())) {
                            turn();
                        }
                        tasks.getLast().cancel();
                    }));
            tasks.add(taker(semaphore, "never", log));
            List<?> results = await(gatherReturnExceptions(tasks));
            assertThat(results.getFirst()).isNull();
            assertThat(results.getLast()).isInstanceOf(CancelledError.class);
            await(waitFor(semaphore.acquire(), Duration.ofSeconds(1)));
        });
        assertThat(log).isEmpty();
        assertThat(runner.clock.time()).isZero();
    }

    @Test
    void timeoutWhileWaitingTakesNothing() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(1);
            Semaphore.Permit permit = await(semaphore.acquire());
            assertThatThrownBy(() -> await(waitFor(semaphore.acquire(), TICK)))
                    .isInstanceOf(TimeoutException.class);
            assertThat(semaphore).hasToString("Semaphore[locked]");
            permit.close();
            assertThat(semaphore.locked()).isFalse();
        });
    }

    @Test
    @CPythonTest("test_locks::SemaphoreTests::test_acquire_cancel")
    void whoIsCancelledWhileItWaitsIsNotInLineAnyMore() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore();
            await(semaphore.acquire());
            Task<?> waiting = createTask(semaphore.acquire());
            runner.loop().callSoon(waiting::cancel);
            assertThatThrownBy(() -> await(waiting)).isInstanceOf(CancelledError.class);
            assertThat(semaphore).hasToString("Semaphore[locked]");
        });
    }

    @Test
    @Contract(72)
    @CPythonTest("test_locks::test_acquire_hang")
    void releaseWhileTheFirstIsBeingCancelledIsForTheSecond() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(0);
            Task<?> first = taker(semaphore, 1, log);
            Task<?> second = taker(semaphore, 2, log);
            turn();
            first.cancel();
            semaphore.release();
            turn();
            turn();
            assertThat(semaphore).hasToString("Semaphore[locked]");
            assertThat(second.done()).isTrue();
        });
    }

    @Test
    @Contract(72)
    @CPythonTest("test_locks::test_acquire_fifo_order_3")
    void thoseBehindOneThatWasCancelledKeepTheirOrder() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(0);
            List<Task<?>> takers = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                takers.add(taker(semaphore, i, log));
            }
            turn();
            takers.getFirst().cancel();
            turn();
            semaphore.release();
            semaphore.release();
            await(gatherReturnExceptions(takers));
        });
        assertThat(log).containsExactly(2, 3);
    }
}
