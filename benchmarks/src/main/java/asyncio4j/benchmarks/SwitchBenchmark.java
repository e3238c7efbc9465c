package asyncio4j.benchmarks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.sleep;

import asyncio4j.Coroutine;

import jdk.internal.vm.Continuation;
import jdk.internal.vm.ContinuationScope;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Suspend and resume: two tasks that let each other go on in turn. */
public class SwitchBenchmark extends LoopSettings {

    private static final ContinuationScope SCOPE = new ContinuationScope("benchmark");

    @Benchmark
    @OperationsPerInvocation(N)
    public void switchAsyncio4j() {
        runner.run(() -> {
            Coroutine<Integer> half =
                    () -> {
                        for (int i = 0; i < N / 2; i++) {
                            await(sleep(Duration.ZERO));
                        }
                        return 0;
                    };
            await(gather(half, half));
        });
    }

    /** One task alone: it resumes itself. */
    @Benchmark
    @OperationsPerInvocation(N)
    public void aloneAsyncio4j() {
        runner.run(() -> {
            for (int i = 0; i < N; i++) {
                await(sleep(Duration.ZERO));
            }
        });
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public void switchKotlin() {
        Kotlin.switches(N);
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public void aloneKotlin() {
        Kotlin.alone(N);
    }

    /** A virtual thread that unparks itself and parks. */
    @Benchmark
    @OperationsPerInvocation(N)
    public int aloneVirtualThreads() throws InterruptedException {
        return onVirtualThread(() -> {
            for (int i = 0; i < N; i++) {
                LockSupport.unpark(Thread.currentThread());
                LockSupport.park(this);
            }
            return N;
        });
    }

    /** Two virtual threads that unpark each other. */
    @Benchmark
    @OperationsPerInvocation(N)
    public void switchVirtualThreads() throws InterruptedException {
        Turns turns = new Turns();
        turns.one = Thread.ofVirtual().unstarted(() -> turns.take(0));
        turns.other = Thread.ofVirtual().unstarted(() -> turns.take(1));
        turns.one.start();
        turns.other.start();
        turns.one.join();
        turns.other.join();
    }

    /** The limit: yield and run again, on one thread. */
    @Benchmark
    @OperationsPerInvocation(N)
    public void switchRawContinuation() {
        Continuation body =
                new Continuation(
                        SCOPE,
                        () -> {
                            for (int i = 0; i < N; i++) {
                                Continuation.yield(SCOPE);
                            }
                        });
        while (!body.isDone()) {
            body.run();
        }
    }

    /** Whose turn it is. */
    private static final class Turns {

        private Thread one;

        private Thread other;

        private volatile int turn;

        void take(int own) {
            for (int i = 0; i < N / 2; i++) {
                while (turn != own) {
                    LockSupport.park(this);
                }
                turn = 1 - own;
                LockSupport.unpark(own == 0 ? other : one);
            }
        }
    }
}
