package asyncio4j.benchmarks;

import static asyncio4j.bridge.Bridge.await;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Awaiting a Mono: a scalar one, one that is synchronous but doesn't say so, and one of another
 * thread.
 */
public class AwaitBenchmark extends LoopSettings {

    private static final int FAR = 1_000;

    private static final int MONOS = 16;

    private final List<Mono<Integer>> just = several(Mono::just);

    private final List<Mono<Integer>> hidden = several(value -> Mono.just(value).hide());

    private final List<Mono<Integer>> parallel =
            several(value -> Mono.just(value).hide().subscribeOn(Schedulers.parallel()));

    @Benchmark
    @OperationsPerInvocation(N)
    public int justAsyncio4j() {
        return awaited(just, N);
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public int justKotlin() {
        return Kotlin.awaitMonos(just, N);
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public int justBlock() {
        return blocked(just, N);
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public int hiddenAsyncio4j() {
        return awaited(hidden, N);
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public int hiddenKotlin() {
        return Kotlin.awaitMonos(hidden, N);
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public int hiddenBlock() {
        return blocked(hidden, N);
    }

    @Benchmark
    @OperationsPerInvocation(FAR)
    public int parallelAsyncio4j() {
        return awaited(parallel, FAR);
    }

    @Benchmark
    @OperationsPerInvocation(FAR)
    public int parallelKotlin() {
        return Kotlin.awaitMonos(parallel, FAR);
    }

    @Benchmark
    @OperationsPerInvocation(FAR)
    public int parallelBlock() {
        return blocked(parallel, FAR);
    }

    /** block() on a virtual thread, as a server with virtual threads has it. */
    @Benchmark
    @OperationsPerInvocation(FAR)
    public int parallelBlockVirtual() throws InterruptedException {
        return onVirtualThread(() -> blocked(parallel, FAR));
    }

    /**
     * Different ones, to be taken in turn: the compiler would await a single scalar one before the
     * loop, once for all.
     */
    private static List<Mono<Integer>> several(IntFunction<Mono<Integer>> make) {
        return IntStream.range(0, MONOS).mapToObj(make).toList();
    }

    private int awaited(List<Mono<Integer>> monos, int n) {
        return runner.run(() -> {
            int sum = 0;
            for (int i = 0; i < n; i++) {
                Integer value = await(monos.get(i % MONOS));
                sum += value == null ? 0 : value;
            }
            return sum;
        });
    }

    private static int blocked(List<Mono<Integer>> monos, int n) {
        int sum = 0;
        for (int i = 0; i < n; i++) {
            Integer value = monos.get(i % MONOS).block();
            sum += value == null ? 0 : value;
        }
        return sum;
    }
}
