package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.OnVirtualThreads;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * What a task may rely on as to the thread it runs on: identity, interrupt flag, monitors and
 * locks.
 */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class FiberThreadTest {

    private final VirtualRunner runner = new VirtualRunner();

    private final List<Object> order = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
    }

    private static void turn() {
        await(sleep(Duration.ZERO));
    }

    @Test
    @OnVirtualThreads
    void aTaskHasOneThreadForItsWholeLifeAndNobodyElseHasIt() {
        runner.run(() -> {
            List<Task<Thread>> tasks = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                tasks.add(
                        createTask(() -> {
                            Thread own = Thread.currentThread();
                            for (int turns = 0; turns < 10; turns++) {
                                turn();
                                assertThat(Thread.currentThread()).isSameAs(own);
                            }
                            await(sleep(Duration.ofSeconds(1)));
                            assertThat(Thread.currentThread()).isSameAs(own);
                            return own;
                        }));
            }
            assertThat(await(gather(tasks)))
                    .doesNotHaveDuplicates()
                    .doesNotContain(Thread.currentThread());
        });
    }

    static Stream<Named<VoidCoroutine>> awaits() {
        return Stream.of(
                Named.of("a bare yield, alone", FiberThreadTest::turn),
                Named.of(
                        "a bare yield, with another task",
                        () -> {
                            Task<?> other = createTask(FiberThreadTest::turn);
                            turn();
                            await(other);
                        }),
                Named.of(
                        "a callback in between",
                        () -> {
                            getRunningLoop().callSoon(() -> {});
                            turn();
                        }),
                Named.of("a sleep", () -> await(sleep(Duration.ofHours(1)))),
                Named.of(
                        "a future",
                        () -> {
                            AsyncFuture<Integer> future = getRunningLoop().createFuture();
                            getRunningLoop().callSoon(() -> future.setResult(1));
                            await(future);
                        }),
                Named.of(
                        "a future that is done",
                        () -> {
                            AsyncFuture<Integer> future = getRunningLoop().createFuture();
                            future.setResult(1);
                            await(future);
                        }),
                Named.of("a task", () -> await(createTask(() -> 1))),
                Named.of(
                        "an eager start",
                        () ->
                                await(
                                        createTask(
                                                FiberThreadTest::turn,
                                                TaskOptions.DEFAULT.eagerStart(true)))),
                Named.of(
                        "a gather",
                        () ->
                                await(
                                        gather(
                                                sleep(Duration.ofSeconds(1)),
                                                sleep(Duration.ofSeconds(2))))),
                Named.of(
                        "a deadline",
                        () -> await(waitFor(sleep(Duration.ofSeconds(1)), Duration.ofSeconds(2)))),
                Named.of(
                        "another thread",
                        () ->
                                await(
                                        getRunningLoop()
                                                .runInExecutor(
                                                        Thread::startVirtualThread, () -> 1))),
                Named.of(
                        "a JDK future",
                        () -> {
                            CompletableFuture<Integer> stage = new CompletableFuture<>();
                            Thread.ofPlatform().start(() -> stage.complete(1));
                            await(stage);
                        }));
    }

    @ParameterizedTest
    @MethodSource("awaits")
    void anInterruptFlagThatTheBodySetIsStillSetAfter(VoidCoroutine suspension) {
        runner.run(() -> {
            Thread.currentThread().interrupt();
            suspension.run();
            assertThat(Thread.interrupted()).isTrue();
            suspension.run();
            assertThat(Thread.interrupted()).isFalse();
        });
    }

    @Test
    void aTaskThatWaitsWithTheFlagSetParksInsteadOfSpinning() throws InterruptedException {
        CompletableFuture<Thread> waiting = new CompletableFuture<>();
        CompletableFuture<String> parked = new CompletableFuture<>();
        Thread watcher =
                Thread.ofPlatform()
                        .start(() -> {
                            Thread fiber = waiting.join();
                            while (fiber.getState() != Thread.State.WAITING
                                    || fiber.isInterrupted()) {
                                Thread.onSpinWait(); // a thread whose flag is set never parks
                            }
                            parked.complete("parked");
                        });
        runner.run(() -> {
            Thread.currentThread().interrupt();
            waiting.complete(Thread.currentThread());
            assertThat(await(parked)).isEqualTo("parked");
            assertThat(Thread.interrupted()).isTrue();
        });
        watcher.join();
    }

    @Test
    @OnVirtualThreads
    void anInterruptFromOutsideWhileSuspendedIsSeenAfterwardsAndWakesNobody() {
        runner.run(() -> {
            AsyncFuture<String> future = getRunningLoop().createFuture();
            CompletableFuture<Thread> suspended = new CompletableFuture<>();
            Task<Boolean> task =
                    createTask(() -> {
                        suspended.complete(Thread.currentThread());
                        order.add(await(future));
                        return Thread.interrupted();
                    });
            turn();
            suspended.join().interrupt();
            turn();
            assertThat(order).isEmpty();
            future.setResult("the future's");
            assertThat(await(task)).isTrue();
        });
        assertThat(order).containsExactly("the future's");
    }

    @Test
    void aFlagLeftSetDisturbsNoOtherTaskAndNoCallback() {
        runner.run(() -> {
            for (int i = 0; i < 10; i++) {
                createTask(() -> Thread.currentThread().interrupt());
                getRunningLoop().callSoon(() -> order.add(Thread.currentThread().isInterrupted()));
                createTask(() -> {
                    order.add(Thread.currentThread().isInterrupted());
                });
                getRunningLoop().callSoon(() -> Thread.currentThread().interrupt());
                getRunningLoop().callSoon(() -> order.add(Thread.currentThread().isInterrupted()));
            }
            turn();
            turn();
            order.add(Thread.currentThread().isInterrupted());
        });
        assertThat(order).hasSize(31).containsOnly(false);
    }

    @Test
    void aBlockingCallWithTheFlagSetFailsAsInAnyThread() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        Thread.currentThread().interrupt();
                        turn();
                        new ReentrantLock().lockInterruptibly();
                    });
            assertThatThrownBy(() -> await(task)).isInstanceOf(InterruptedException.class);
            assertThat(task.cancelled()).isFalse();
        });
    }

    @Test
    @OnVirtualThreads
    void anAwaitInsideSynchronizedKeepsTheMonitorAndLetsOthersRun() {
        Object monitor = new Object();
        runner.run(() -> {
            Task<?> holder =
                    createTask(() -> {
                        synchronized (monitor) {
                            order.add("entered");
                            await(sleep(Duration.ofSeconds(1)));
                            assertThat(Thread.holdsLock(monitor)).isTrue();
                            order.add("leaves");
                        }
                    });
            Task<?> other =
                    createTask(() -> {
                        order.add("other");
                        turn();
                        order.add("other again");
                    });
            await(other);
            await(holder);
            synchronized (monitor) {
                order.add("free");
            }
        });
        assertThat(order).containsExactly("entered", "other", "other again", "leaves", "free");
    }

    @Test
    @OnVirtualThreads
    void manyTasksMayBeSuspendedInsideSynchronizedAtOnce() {
        runner.run(() -> {
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                Object monitor = new Object();
                tasks.add(
                        createTask(() -> {
                            synchronized (monitor) {
                                turn();
                                await(sleep(Duration.ofSeconds(1)));
                                assertThat(Thread.holdsLock(monitor)).isTrue();
                            }
                        }));
            }
            await(gather(tasks));
        });
        assertThat(runner.clock.time()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    @OnVirtualThreads
    void aCancelLeavesTheMonitorFree() {
        Object monitor = new Object();
        runner.run(() -> {
            Task<?> holder =
                    createTask(() -> {
                        synchronized (monitor) {
                            await(sleep(Duration.ofHours(1)));
                        }
                    });
            turn();
            holder.cancel();
            assertThatThrownBy(() -> await(holder)).isInstanceOf(CancelledError.class);
            synchronized (monitor) {
                order.add("free");
            }
        });
        assertThat(order).containsExactly("free");
    }

    @Test
    @OnVirtualThreads
    void anAwaitInsideALockKeepsIt() {
        ReentrantLock lock = new ReentrantLock();
        runner.run(() -> {
            Task<?> holder =
                    createTask(() -> {
                        lock.lock();
                        try {
                            await(sleep(Duration.ofSeconds(1)));
                            assertThat(lock.isHeldByCurrentThread()).isTrue();
                        } finally {
                            lock.unlock();
                        }
                    });
            Task<Boolean> other = createTask(() -> lock.tryLock());
            assertThat(await(other)).isFalse();
            await(holder);
            assertThat(lock.tryLock()).isTrue();
            lock.unlock();
        });
    }
}
