package asyncio4j.benchmarks;

import static asyncio4j.bridge.Bridge.iterate;

import asyncio4j.bridge.FluxIterator;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

import java.util.stream.IntStream;

/**
 * A Flux in a for loop: one that can be polled, one that hides it, and one whose elements come from
 * another thread.
 */
public class IterationBenchmark extends LoopSettings {

    /**
     * Elements of one Flux: they cost so little that of fewer the begin and the end would count.
     */
    private static final int MANY = 10 * N;

    private final Flux<Integer> fused =
            Flux.fromArray(IntStream.range(0, MANY).mapToObj(i -> i & 127).toArray(Integer[]::new));

    private final Flux<Integer> hidden = fused.hide();

    private final Flux<Integer> parallel = fused.publishOn(Schedulers.parallel());

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int iteratedAsyncio4j() {
        return iterated(fused);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int iteratedToIterable() {
        return blocking(fused);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int iteratedKotlin() {
        return Kotlin.collect(fused);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int iteratedHiddenAsyncio4j() {
        return iterated(hidden);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int iteratedHiddenToIterable() {
        return blocking(hidden);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int iteratedHiddenKotlin() {
        return Kotlin.collect(hidden);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int iteratedParallelAsyncio4j() {
        return iterated(parallel);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int iteratedParallelToIterable() {
        return blocking(parallel);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int iteratedParallelKotlin() {
        return Kotlin.collect(parallel);
    }

    private int iterated(Flux<Integer> source) {
        return runner.run(() -> {
            int sum = 0;
            try (FluxIterator<Integer> elements = iterate(source)) {
                for (int element : elements) {
                    sum += element;
                }
            }
            return sum;
        });
    }

    private static int blocking(Flux<Integer> source) {
        int sum = 0;
        for (int element : source.toIterable()) {
            sum += element;
        }
        return sum;
    }
}
