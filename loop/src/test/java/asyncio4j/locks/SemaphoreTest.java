package asyncio4j.locks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.locks.Takers.taker;
import static asyncio4j.testing.Cancellations.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.Task;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Taking permits and giving them back. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class SemaphoreTest {

    private static final Duration TICK = Duration.ofMillis(10);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final List<Object> log = new ArrayList<>();

    @Test
    @CPythonTest("test_locks::test_semaphore_value")
    void negativeValueIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Semaphore(-1))
                .withMessage("Semaphore initial value must be >= 0, not -1");
    }

    @Test
    @CPythonTest("test_locks::test_initial_value_zero")
    void zeroIsLockedFromTheBeginning() {
        assertThat(new Semaphore(0).locked()).isTrue();
        assertThat(new Semaphore(1).locked()).isFalse();
    }

    @Test
    void permitThatIsThereIsTakenWithoutSuspending() {
        runner.run(() -> {
            runner.loop().callSoon(() -> log.add("iteration"));
            Semaphore semaphore = new Semaphore(2);
            await(semaphore.acquire());
            await(semaphore.acquire());
            assertThat(semaphore.locked()).isTrue();
            assertThat(log).isEmpty();
        });
    }

    @Test
    void acquireTakesNothingBeforeItIsAwaited() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(1);
            Coroutine<Semaphore.Permit> acquire = semaphore.acquire();
            assertThat(semaphore.locked()).isFalse();
            await(acquire).close();
            await(acquire);
            assertThat(semaphore.locked()).isTrue();
        });
    }

    @Test
    @CPythonTest("test_locks::SemaphoreTests::test_release_no_waiters")
    void releaseWithoutWaitersGivesOneMore() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore();
            await(semaphore.acquire());
            assertThat(semaphore.locked()).isTrue();
            semaphore.release();
            assertThat(semaphore.locked()).isFalse();
            semaphore.release();
            assertThat(semaphore).hasToString("Semaphore[unlocked, value=2]");
        });
    }

    @Test
    void permitIsGivenBackOnceHoweverOftenItIsClosed() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(1);
            Semaphore.Permit first = await(semaphore.acquire());
            first.close();
            Semaphore.Permit second = await(semaphore.acquire());
            first.close();
            first.close();
            assertThat(semaphore.locked()).isTrue();
            second.close();
            assertThat(semaphore).hasToString("Semaphore[unlocked, value=1]");
        });
    }

    @Test
    void tryWithResourcesGivesBackWhateverComesOfTheBody() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(1);
            assertThatThrownBy(
                            () -> {
                                try (var _ = await(semaphore.acquire())) {
                                    throw new IllegalArgumentException("the body's");
                                }
                            })
                    .hasMessage("the body's")
                    .hasNoSuppressedExceptions();
            assertThat(semaphore.locked()).isFalse();
            Task<?> holder =
                    createTask(() -> {
                        try (var _ = await(semaphore.acquire())) {
                            await(sleep(Duration.ofHours(1)));
                        }
                    });
            turn();
            assertThat(semaphore.locked()).isTrue();
            holder.cancel();
            assertThatThrownBy(() -> await(holder)).isInstanceOf(CancelledError.class);
            assertThat(semaphore.locked()).isFalse();
        });
    }

    @Test
    void neverMoreThanTheValueAreIn() {
        AtomicInteger in = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(3);
            List<Coroutine<Object>> workers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                Duration work = TICK.multipliedBy(1 + i * 7 % 5);
                workers.add(() -> {
                    try (var _ = await(semaphore.acquire())) {
                        most.accumulateAndGet(in.incrementAndGet(), Math::max);
                        await(sleep(work));
                        return in.decrementAndGet();
                    }
                });
            }
            await(gather(workers));
            assertThat(semaphore).hasToString("Semaphore[unlocked, value=3]");
        });
        assertThat(most).hasValue(3);
        assertThat(in).hasValue(0);
        assertThat(runner.clock.time()).as("as good as it gets").isEqualTo(TICK.multipliedBy(101));
    }

    @Test
    @CPythonTest("test_locks::SemaphoreTests::test_repr")
    void toStringTellsValueAndWaiters() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(1);
            assertThat(semaphore).hasToString("Semaphore[unlocked, value=1]");
            await(semaphore.acquire());
            assertThat(semaphore).hasToString("Semaphore[locked]");
            Task<?> first = taker(semaphore, 1, log);
            Task<?> second = taker(semaphore, 2, log);
            turn();
            assertThat(semaphore).hasToString("Semaphore[locked, waiters=2]");
            semaphore.release();
            semaphore.release();
            await(gather(first, second));
            assertThat(semaphore).hasToString("Semaphore[locked]");
        });
    }
}
