package asyncio4j.benchmarks;

import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** What all benchmarks have in common: nanoseconds for one operation. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public abstract class Settings {

    /** Operations within one call, so that entering the loop doesn't count. */
    static final int N = 10_000;

    /**
     * Runs the virtual threads' side of a row on a virtual thread: a platform thread that parks for
     * each operation would be what is measured otherwise.
     */
    static int onVirtualThread(Callable<Integer> work) throws InterruptedException {
        FutureTask<Integer> task = new FutureTask<>(work);
        Thread.startVirtualThread(task).join();
        return task.resultNow();
    }
}
