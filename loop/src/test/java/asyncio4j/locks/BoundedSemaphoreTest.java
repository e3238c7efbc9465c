package asyncio4j.locks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import asyncio4j.Task;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.OnVirtualClock;

import org.junit.jupiter.api.Test;

/** A semaphore that counts what it is given back. */
class BoundedSemaphoreTest extends OnVirtualClock {

    @Test
    @CPythonTest("test_locks::SemaphoreTests::test_release_not_acquired")
    void moreThanThereWereAreRefused() {
        BoundedSemaphore semaphore = new BoundedSemaphore();
        assertThatIllegalArgumentException()
                .isThrownBy(semaphore::release)
                .withMessage(
                        "release: all 1 permits are there already; release once for each acquire");
        assertThat(semaphore).hasToString("BoundedSemaphore[unlocked, value=1]");
    }

    @Test
    void asManyAsWereTakenAreGivenBack() {
        runner.run(() -> {
            BoundedSemaphore semaphore = new BoundedSemaphore(2);
            Semaphore.Permit first = await(semaphore.acquire());
            try (var _ = await(semaphore.acquire())) {
                assertThat(semaphore).hasToString("BoundedSemaphore[locked]");
                Task<?> waiting = createTask(() -> await(semaphore.acquire()).close());
                iteration();
                first.close();
                await(waiting);
            }
            assertThat(semaphore).hasToString("BoundedSemaphore[unlocked, value=2]");
            assertThatIllegalArgumentException().isThrownBy(semaphore::release);
        });
    }

    @Test
    void negativeValueIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new BoundedSemaphore(-1));
    }
}
