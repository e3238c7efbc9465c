package asyncio4j.benchmarks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.sleep;

import asyncio4j.AsyncFuture;
import asyncio4j.Asyncio;
import asyncio4j.Coroutine;

import jdk.internal.vm.Continuation;
import jdk.internal.vm.ContinuationScope;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Tasks: created and awaited one by one, and 1,000 at once. */
public class TaskBenchmark extends LoopSettings {

    private static final int TASKS = 1_000;

    private static final int ROUNDS = 10;

    /** Different ones, to be taken in turn. */
    private static final int DONE = 16;

    private static final ContinuationScope SCOPE = new ContinuationScope("benchmark");

    @Benchmark
    @OperationsPerInvocation(N)
    public int createAndAwaitAsyncio4j() {
        return runner.run(() -> {
            int sum = 0;
            for (int i = 0; i < N; i++) {
                sum += await(createTask(() -> 1));
            }
            return sum;
        });
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public int createAndAwaitKotlin() {
        return Kotlin.createAndAwait(N);
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public int createAndAwaitVirtualThreads() throws InterruptedException {
        return onVirtualThread(() -> {
            int[] sum = {0};
            for (int i = 0; i < N; i++) {
                Thread.startVirtualThread(() -> sum[0]++).join();
            }
            return sum[0];
        });
    }

    /** The limit: a continuation made and run, which doesn't yield. */
    @Benchmark
    @OperationsPerInvocation(N)
    public int createAndAwaitRawContinuation() {
        int[] sum = {0};
        for (int i = 0; i < N; i++) {
            new Continuation(SCOPE, () -> sum[0]++).run();
        }
        return sum[0];
    }

    @Benchmark
    @OperationsPerInvocation(TASKS * ROUNDS)
    public int gatherAsyncio4j() {
        return gathered(() -> 1);
    }

    @Benchmark
    @OperationsPerInvocation(TASKS * ROUNDS)
    public int gatherKotlin() {
        return Kotlin.gather(TASKS, ROUNDS);
    }

    @Benchmark
    @OperationsPerInvocation(TASKS * ROUNDS)
    public int gatherVirtualThreads() throws InterruptedException {
        return joined(() -> {});
    }

    @Benchmark
    @OperationsPerInvocation(TASKS * ROUNDS)
    public int gatherSuspendedAsyncio4j() {
        return gathered(() -> {
            await(sleep(Duration.ZERO));
            return 1;
        });
    }

    @Benchmark
    @OperationsPerInvocation(TASKS * ROUNDS)
    public int gatherSuspendedKotlin() {
        return Kotlin.gatherSuspended(TASKS, ROUNDS);
    }

    @Benchmark
    @OperationsPerInvocation(TASKS * ROUNDS)
    public int gatherSuspendedVirtualThreads() throws InterruptedException {
        return joined(Thread::yield);
    }

    /** The limit: each continuation yields once; all are run, then all are run again. */
    @Benchmark
    @OperationsPerInvocation(TASKS * ROUNDS)
    public int gatherSuspendedRawContinuation() {
        int[] sum = {0};
        for (int round = 0; round < ROUNDS; round++) {
            List<Continuation> all = new ArrayList<>(TASKS);
            for (int i = 0; i < TASKS; i++) {
                all.add(
                        new Continuation(
                                SCOPE,
                                () -> {
                                    Continuation.yield(SCOPE);
                                    sum[0]++;
                                }));
            }
            all.forEach(Continuation::run);
            all.forEach(Continuation::run);
        }
        return sum[0];
    }

    /** What is done already: no suspension. */
    @Benchmark
    @OperationsPerInvocation(N)
    public int doneAsyncio4j() {
        return runner.run(() -> {
            List<AsyncFuture<Integer>> done = new ArrayList<>();
            for (int i = 0; i < DONE; i++) {
                AsyncFuture<Integer> future = Asyncio.getRunningLoop().createFuture();
                future.setResult(i);
                done.add(future);
            }
            int sum = 0;
            for (int i = 0; i < N; i++) {
                sum += await(done.get(i % DONE));
            }
            return sum;
        });
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public int doneKotlin() {
        return Kotlin.awaitDone(DONE, N);
    }

    private int gathered(Coroutine<Integer> body) {
        return runner.run(() -> {
            int sum = 0;
            for (int round = 0; round < ROUNDS; round++) {
                List<Coroutine<Integer>> bodies = new ArrayList<>(TASKS);
                for (int i = 0; i < TASKS; i++) {
                    bodies.add(body);
                }
                sum += await(gather(bodies)).size();
            }
            return sum;
        });
    }

    private static int joined(Runnable body) throws InterruptedException {
        return onVirtualThread(() -> {
            int sum = 0;
            for (int round = 0; round < ROUNDS; round++) {
                List<Thread> threads = new ArrayList<>(TASKS);
                for (int i = 0; i < TASKS; i++) {
                    threads.add(Thread.startVirtualThread(body));
                }
                for (Thread thread : threads) {
                    thread.join();
                    sum++;
                }
            }
            return sum;
        });
    }
}
