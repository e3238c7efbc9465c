package asyncio4j.benchmarks;

import asyncio4j.Context;
import asyncio4j.ContextVar;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

import java.util.ArrayList;
import java.util.List;

/**
 * Context variables: reading, setting and copying, with 1 to 1,000 variables set. Each call goes
 * through the variables in turn, so that no lookup is the same as the one before.
 */
public class ContextBenchmark extends Settings {

    private final Filled one = new Filled(1);

    private final Filled ten = new Filled(10);

    private final Filled hundred = new Filled(100);

    private final Filled thousand = new Filled(1_000);

    /** So that no value is set that is there already. */
    private int round;

    @Benchmark
    @OperationsPerInvocation(N)
    public int contextGet1Asyncio4j() {
        return one.get();
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public int contextGet10Asyncio4j() {
        return ten.get();
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public int contextGet100Asyncio4j() {
        return hundred.get();
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public int contextGet1000Asyncio4j() {
        return thousand.get();
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public int contextSet1Asyncio4j() {
        return one.set(round++);
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public int contextSet1000Asyncio4j() {
        return thousand.set(round++);
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public Context contextCopy1Asyncio4j() {
        return one.copy();
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public Context contextCopy1000Asyncio4j() {
        return thousand.copy();
    }

    /** A context with so many variables. */
    private static final class Filled {

        private final List<ContextVar<Integer>> variables = new ArrayList<>();

        private final Context context = new Context();

        Filled(int count) {
            for (int i = 0; i < count; i++) {
                variables.add(ContextVar.of("variable " + i));
            }
            set(-1);
        }

        int get() {
            return context.run(() -> {
                int sum = 0;
                for (int i = 0, next = 0; i < N; i++) {
                    sum += variables.get(next).get();
                    next = next + 1 == variables.size() ? 0 : next + 1;
                }
                return sum;
            });
        }

        int set(int round) {
            return context.run(() -> {
                for (int i = 0, next = 0; i < N; i++) {
                    variables.get(next).set(round * N + i);
                    next = next + 1 == variables.size() ? 0 : next + 1;
                }
                return context.size();
            });
        }

        Context copy() {
            Context copy = context;
            for (int i = 0; i < N; i++) {
                copy = copy.copy();
            }
            return copy;
        }
    }
}
