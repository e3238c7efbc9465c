package asyncio4j.locks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.locks.Takers.taker;
import static asyncio4j.testing.Cancellations.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.AsyncGenerator;
import asyncio4j.Coroutine;
import asyncio4j.Task;
import asyncio4j.TaskFactory;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** First come, first served. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class SemaphoreOrderTest {

    private static final Duration TICK = Duration.ofMillis(10);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final List<Object> log = new ArrayList<>();

    @Test
    @Contract(72)
    void releaseWakesTheFirstThatWaits() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(2);
            await(semaphore.acquire());
            await(semaphore.acquire());
            List<Task<?>> takers = new ArrayList<>();
            for (int i = 1; i <= 4; i++) {
                takers.add(taker(semaphore, i, log));
            }
            turn();
            assertThat(log).isEmpty();
            semaphore.release();
            semaphore.release();
            turn();
            assertThat(log).containsExactly(1, 2);
            assertThat(semaphore).hasToString("Semaphore[locked, waiters=2]");
            semaphore.release();
            turn();
            assertThat(log).containsExactly(1, 2, 3);
            semaphore.release();
            await(gather(takers));
            assertThat(log).containsExactly(1, 2, 3, 4);
        });
    }

    @Test
    @Contract(72)
    @CPythonTest("test_locks::test_acquire_fifo_order")
    void whoWantsASecondPermitGoesToTheEndOfTheLine() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(1);
            List<Coroutine<Object>> workers = new ArrayList<>();
            for (String name : List.of("a", "b", "c")) {
                workers.add(() -> {
                    for (int turn = 1; turn <= 2; turn++) {
                        try (var _ = await(semaphore.acquire())) {
                            log.add(name + turn);
                            await(sleep(TICK));
                        }
                    }
                    return name;
                });
            }
            await(gather(workers));
        });
        assertThat(log).containsExactly("a1", "b1", "c1", "a2", "b2", "c2");
    }

    @Test
    @Contract(72)
    void whoComesWhenAnotherWasWokenDoesNotOvertakeIt() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(1);
            await(semaphore.acquire());
            Task<?> first = taker(semaphore, "first", log);
            turn();
            semaphore.release();
            assertThat(semaphore.locked()).isTrue();
            semaphore.release();
            assertThat(semaphore.locked()).isTrue();
            await(semaphore.acquire());
            log.add("second");
            await(first);
        });
        assertThat(log).containsExactly("first", "second");
    }

    @Test
    @Contract(72)
    void whoGoesWakesThoseWhoCameMeanwhile() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(0);
            List<Task<?>> takers = new ArrayList<>();
            takers.add(
                    createTask(() -> {
                        await(semaphore.acquire());
                        takers.add(taker(semaphore, 4, log));
                        log.add(1);
                    }));
            takers.add(
                    createTask(() -> {
                        semaphore.release();
                        semaphore.release();
                        semaphore.release();
                        assertThat(semaphore.locked()).isTrue();
                        await(semaphore.acquire());
                        log.add(2);
                    }));
            takers.add(taker(semaphore, 3, log));
            turn();
            assertThat(semaphore).hasToString("Semaphore[locked, waiters=3]");
            turn();
            await(gather(takers.subList(0, 3)));
            assertThat(log).containsExactly(1, 2, 3);
            semaphore.release();
            await(takers.getLast());
        });
        assertThat(log).containsExactly(1, 2, 3, 4);
    }

    @Test
    void oneReleaseWakesOneAndTheNextIsWokenByThatOne() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(0);
            List<Coroutine<Object>> coroutines =
                    List.of(
                            () -> {
                                await(semaphore.acquire());
                                return log.add(1);
                            },
                            () -> {
                                semaphore.release();
                                semaphore.release();
                                semaphore.release();
                                await(semaphore.acquire());
                                return log.add(2);
                            },
                            () -> {
                                await(semaphore.acquire());
                                return log.add(3);
                            },
                            () -> {
                                semaphore.release();
                                return runner.loop().callSoon(() -> log.add("callback"));
                            });
            await(gather(coroutines));
            assertThat(semaphore).hasToString("Semaphore[unlocked, value=1]");
        });
        assertThat(log).containsExactly(1, 2, "callback", 3);
    }

    @Test
    void eagerTasksWaitInOrderToo() {
        runner.run(() -> {
            runner.loop().setTaskFactory(TaskFactory.EAGER);
            Semaphore semaphore = new Semaphore(1);
            Task<?> first = taker(semaphore, 1, log);
            Task<?> second = taker(semaphore, 2, log);
            Task<?> third = taker(semaphore, 3, log);
            assertThat(first.done()).isTrue();
            assertThat(semaphore).hasToString("Semaphore[locked, waiters=2]");
            semaphore.release();
            semaphore.release();
            await(gather(second, third));
        });
        assertThat(log).containsExactly(1, 2, 3);
    }

    @Test
    void generatorsBodyHoldsAPermitBetweenItems() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(1);
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        try (var _ = await(semaphore.acquire())) {
                            g.yield(1);
                            g.yield(2);
                        }
                    });
            await(generator.anext());
            Task<?> other = taker(semaphore, "other", log);
            turn();
            assertThat(other.done()).isFalse();
            await(generator.aclose());
            await(other);
        });
        assertThat(log).containsExactly("other");
    }

    @Test
    @Contract(72)
    @CPythonTest("test_locks::SemaphoreTests::test_acquire")
    void asManyGoOnAsPermitsAreGivenBack() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(3);
            await(semaphore.acquire());
            await(semaphore.acquire());
            assertThat(semaphore.locked()).isFalse();
            List<Task<?>> takers = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                takers.add(taker(semaphore, i, log));
            }
            turn();
            assertThat(log).containsExactly(1);
            assertThat(semaphore).hasToString("Semaphore[locked, waiters=2]");
            takers.add(taker(semaphore, 4, log));
            semaphore.release();
            semaphore.release();
            assertThat(semaphore.value()).isZero();
            turn();
            assertThat(log).containsExactly(1, 2, 3);
            assertThat(semaphore).hasToString("Semaphore[locked, waiters=1]");
            semaphore.release();
            await(gather(takers));
            assertThat(log).containsExactly(1, 2, 3, 4);
        });
    }

    @Test
    @Contract(72)
    @CPythonTest("test_locks::test_acquire_fifo_order_2")
    void whoGivesAPermitBackAndWantsItAgainIsBehindThoseWhoWait() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(1);
            Task<?> first = taker(semaphore, 1, log);
            Task<?> again =
                    createTask(() -> {
                        await(semaphore.acquire());
                        log.add(2);
                        semaphore.release();
                        await(semaphore.acquire());
                        log.add(4);
                    });
            Task<?> third = taker(semaphore, 3, log);
            turn();
            semaphore.release();
            semaphore.release();
            await(gather(first, again, third));
        });
        assertThat(log).containsExactly(1, 2, 3, 4);
    }

    @Test
    @Contract(72)
    @CPythonTest("test_locks::test_acquire_fifo_order_4")
    void whoGoesWakesAllForWhomThereArePermits() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(0);
            List<Task<?>> tasks = new ArrayList<>();
            tasks.add(
                    createTask(() -> {
                        await(semaphore.acquire());
                        assertThat(semaphore.value()).isZero();
                        tasks.add(createTask(() -> log.add(4)));
                        log.add(1);
                    }));
            tasks.add(
                    createTask(() -> {
                        semaphore.release();
                        semaphore.release();
                        semaphore.release();
                        assertThat(semaphore.value()).isEqualTo(2);
                        assertThat(semaphore.locked()).isTrue();
                        await(semaphore.acquire());
                        log.add(2);
                    }));
            tasks.add(
                    createTask(() -> {
                        await(semaphore.acquire());
                        assertThat(semaphore.locked()).isTrue();
                        log.add(3);
                    }));
            turn();
            assertThat(semaphore.value()).isEqualTo(2);
            assertThat(semaphore).hasToString("Semaphore[locked, waiters=3]");
            turn();
            assertThat(tasks).hasSize(4);
            await(gather(tasks));
        });
        assertThat(log).containsExactly(1, 2, 3, 4);
    }
}
