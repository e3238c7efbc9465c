package asyncio4j.continuations;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.AsyncGenerator;
import asyncio4j.EventLoop;
import asyncio4j.Runner;
import asyncio4j.Task;
import asyncio4j.VoidCoroutine;
import asyncio4j.testing.OnContinuations;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReentrantLock;

/** The one thread that all tasks of a loop share. */
@OnContinuations
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class LoopThreadTest {

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private static void turn() {
        await(sleep(Duration.ZERO));
    }

    @Test
    void allTasksCallbacksAndGeneratorsRunOnOneThreadThatBearsTheLoopsName() {
        List<Thread> threads = new ArrayList<>();
        VoidCoroutine look =
                () -> {
                    threads.add(Thread.currentThread());
                    turn();
                    threads.add(Thread.currentThread());
                };
        AsyncGenerator<Integer> numbers =
                AsyncGenerator.of(g -> {
                    look.run();
                    g.yield(1);
                });
        runner.run(() -> {
            getRunningLoop().callSoon(() -> threads.add(Thread.currentThread()));
            await(gather(createTask(look), createTask(look)));
            await(numbers.anext());
            look.run();
        });
        runner.run(look);
        assertThat(threads).hasSize(11).containsOnly(threads.getFirst());
        assertThat(threads.getFirst()).isNotSameAs(Thread.currentThread());
        assertThat(threads.getFirst().isVirtual()).isFalse();
        assertThat(threads.getFirst().isDaemon()).isTrue();
        assertThat(runner.loop().toString()).startsWith(threads.getFirst().getName() + "[");
    }

    private static void onAThread(boolean virtual, Runnable work) throws Exception {
        FutureTask<?> task = new FutureTask<>(work, null);
        (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(task);
        task.get();
    }

    @Test
    void whichThreadDrivesTheLoopMakesNoDifferenceToTheTasks() throws Exception {
        try (EventLoop loop = newEventLoop()) {
            Task<Thread> task =
                    loop.createTask(() -> {
                        Thread before = Thread.currentThread();
                        for (int i = 0; i < 3; i++) {
                            getRunningLoop().stop();
                            turn();
                            assertThat(Thread.currentThread()).isSameAs(before);
                        }
                        return before;
                    });
            onAThread(false, loop::runForever);
            onAThread(true, loop::runForever);
            loop.runForever();
            assertThat(task.done()).isFalse();
            loop.runUntilComplete(task);
            assertThat(task.result().isAlive()).isTrue();
        }
    }

    @Test
    void theThreadIsGoneOnceTheRunnerIsClosed() {
        Thread thread;
        try (Runner other = Runner.create()) {
            thread = other.run(Thread::currentThread);
            assertThat(thread.isAlive()).isTrue();
        }
        assertThat(thread.isAlive()).isFalse();
    }

    @Test
    void theThreadIsGoneOnceALoopIsClosedWithTasksSuspendedAndTheyEndOnIt() {
        List<Thread> ended = new ArrayList<>();
        EventLoop loop = newEventLoop();
        loop.setExceptionHandler((l, context) -> {});
        Task<Thread> task =
                loop.createTask(() -> {
                    try {
                        getRunningLoop().stop();
                        await(sleep(Duration.ofHours(1)));
                    } finally {
                        ended.add(Thread.currentThread());
                    }
                    return null;
                });
        loop.runForever();
        loop.close();
        assertThat(task.cancelled()).isTrue();
        assertThat(ended).hasSize(1);
        assertThat(ended.getFirst().isAlive()).isFalse();
    }

    @Test
    void theThreadIsGoneEvenIfATaskIgnoresTheEnd() {
        List<Thread> threads = new ArrayList<>();
        EventLoop loop = newEventLoop();
        loop.setExceptionHandler((l, context) -> {});
        loop.createTask(() -> {
            threads.add(Thread.currentThread());
            getRunningLoop().stop();
            while (true) {
                try {
                    turn();
                } catch (Throwable e) {
                    // goes on and on
                }
            }
        });
        loop.runForever();
        loop.close();
        assertThat(threads.getFirst().isAlive()).isFalse();
    }

    @Test
    void aLoopThatIsForgottenWithoutBeingClosedIsGarbageSuspendedTasksAndAll() throws Exception {
        List<Thread> threads = new ArrayList<>();
        WeakReference<EventLoop> forgotten = new WeakReference<>(leftOpen(threads));
        while (forgotten.get() != null) {
            System.gc();
            Thread.onSpinWait();
        }
        threads.getFirst().join();
    }

    private static EventLoop leftOpen(List<Thread> threads) {
        EventLoop loop = newEventLoop();
        loop.createTask(() -> {
            threads.add(Thread.currentThread());
            getRunningLoop().stop();
            return await(getRunningLoop().createFuture());
        });
        loop.runForever();
        return loop;
    }

    @Test
    void threadLocalsAreTheThreadsAndSoAllTasksSeeThem() {
        ThreadLocal<String> local = new ThreadLocal<>();
        runner.run(() -> {
            local.set("main's");
            await(
                    createTask(() -> {
                        assertThat(local.get()).isEqualTo("main's");
                        local.set("the other's");
                    }));
            assertThat(local.get()).isEqualTo("the other's");
        });
        assertThat(local.get()).isNull();
    }

    @Test
    void anInterruptOfTheThreadHitsWhoRuns() {
        runner.run(() -> {
            Task<Boolean> waiting =
                    createTask(() -> {
                        await(sleep(Duration.ofSeconds(1)));
                        return Thread.interrupted();
                    });
            turn();
            Thread.currentThread().interrupt();
            assertThat(await(waiting)).isFalse();
            assertThat(Thread.interrupted()).isTrue();
        });
    }

    @Test
    void aLockOfTheJdksIsTheThreadsAndSoKeepsNoTaskOut() {
        ReentrantLock lock = new ReentrantLock();
        runner.run(() -> {
            Task<?> holder =
                    createTask(() -> {
                        lock.lock();
                        try {
                            await(sleep(Duration.ofSeconds(1)));
                        } finally {
                            lock.unlock();
                        }
                    });
            turn();
            assertThat(lock.tryLock()).isTrue();
            lock.unlock();
            await(holder);
            assertThat(lock.isLocked()).isFalse();
        });
    }

    private static int depth(int more, VoidCoroutine inner) throws Exception {
        if (more == 0) {
            inner.run();
            return 0;
        }
        return 1 + depth(more - 1, inner);
    }

    @Test
    void deepStacksAreSuspendedAndGoOn() {
        runner.run(() -> {
            List<Task<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                tasks.add(
                        createTask(() ->
                                depth(
                                        10_000,
                                        () -> {
                                            for (int turns = 0; turns < 20; turns++) {
                                                turn();
                                            }
                                        })));
            }
            assertThat(await(gather(tasks))).containsExactly(10_000, 10_000, 10_000);
        });
    }

    private static int endless(int deep) {
        return deep < 0 ? deep : endless(deep + 1) + 1;
    }

    @Test
    void aStackThatOverflowsEndsTheTaskAndNothingElse() {
        runner.run(() -> {
            Task<Integer> other =
                    createTask(() -> {
                        await(sleep(Duration.ofSeconds(1)));
                        return 1;
                    });
            turn();
            Task<Integer> task = createTask(() -> endless(0));
            assertThatThrownBy(() -> await(task)).isInstanceOf(StackOverflowError.class);
            assertThat(await(other)).isEqualTo(1);
        });
    }
}
