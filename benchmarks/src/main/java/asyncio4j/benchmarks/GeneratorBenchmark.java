package asyncio4j.benchmarks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.bridge.Bridge.flux;

import asyncio4j.AsyncFuture;
import asyncio4j.AsyncGenerator;
import asyncio4j.Asyncio;

import com.softwaremill.jox.Channel;
import com.softwaremill.jox.ChannelClosed;

import jdk.internal.vm.Continuation;
import jdk.internal.vm.ContinuationScope;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

import reactor.core.publisher.Flux;

/** A generator's items: as a Flux with and without a limit to the demand, and in a for loop. */
public class GeneratorBenchmark extends LoopSettings {

    /** How many items are asked for at once. */
    private static final int LIMIT = 256;

    /** Items of one Flux: they cost so little that of fewer the begin and the end would count. */
    private static final int MANY = 10 * N;

    private static final ContinuationScope SCOPE = new ContinuationScope("benchmark");

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int generatedAsyncio4j() {
        return awaited(0);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int generatedLimitedAsyncio4j() {
        return awaited(LIMIT);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int generatedFluxGenerate() {
        return subscribed(generate());
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int generatedLimitedFluxGenerate() {
        return subscribed(generate().limitRate(LIMIT));
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int generatedFluxCreate() {
        return subscribed(create());
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int generatedLimitedFluxCreate() {
        return subscribed(create().limitRate(LIMIT));
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int generatedKotlin() {
        return subscribed(Kotlin.flux(MANY));
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int generatedLimitedKotlin() {
        return subscribed(Kotlin.flux(MANY).limitRate(LIMIT));
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int generatedKotlinFlow() {
        return subscribed(Kotlin.flowAsFlux(MANY));
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int generatedLimitedKotlinFlow() {
        return subscribed(Kotlin.flowAsFlux(MANY).limitRate(LIMIT));
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int generatedJox() throws InterruptedException {
        return onVirtualThread(() -> subscribed(channel(LIMIT)));
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public int generatedLimitedJox() throws InterruptedException {
        return onVirtualThread(() -> subscribed(channel(LIMIT).limitRate(LIMIT)));
    }

    @Benchmark
    @OperationsPerInvocation(N)
    public int pulledAsyncio4j() {
        return runner.run(() -> {
            int sum = 0;
            for (int item : AsyncGenerator.of(items(N))) {
                sum += item;
            }
            return sum;
        });
    }

    /** The limit: yield for each item, on one thread. */
    @Benchmark
    @OperationsPerInvocation(N)
    public int pulledRawContinuation() {
        int[] item = {0};
        Continuation body =
                new Continuation(
                        SCOPE,
                        () -> {
                            for (int i = 0; i < N; i++) {
                                item[0] = item(i);
                                Continuation.yield(SCOPE);
                            }
                        });
        int sum = 0;
        for (body.run(); !body.isDone(); body.run()) {
            sum += item[0];
        }
        return sum;
    }

    /** Two virtual threads that meet for each item. */
    @Benchmark
    @OperationsPerInvocation(N)
    public int pulledJox() throws InterruptedException {
        return onVirtualThread(() -> {
            Channel<Integer> channel = filled(Channel.newRendezvousChannel(), N);
            int sum = 0;
            Object received = channel.receiveOrClosed();
            while (!(received instanceof ChannelClosed)) {
                sum += (Integer) received;
                received = channel.receiveOrClosed();
            }
            return sum;
        });
    }

    /** The items of all peers: none is made anew. */
    private static Integer item(int i) {
        return i & 127;
    }

    private static AsyncGenerator.Body<Integer> items(int n) {
        return generator -> {
            for (int i = 0; i < n; i++) {
                generator.yield(item(i));
            }
        };
    }

    private int awaited(int limit) {
        return runner.run(() -> {
            AsyncFuture<@Nullable Void> ended = Asyncio.getRunningLoop().createFuture();
            Total total = new Total(() -> ended.setResult(null));
            Flux<Integer> items = flux(items(MANY));
            (limit == 0 ? items : items.limitRate(limit)).subscribe(total);
            await(ended);
            return total.sum();
        });
    }

    private static int subscribed(Flux<Integer> items) {
        Total total = new Total(() -> {});
        items.subscribe(total);
        return total.sum();
    }

    private static Flux<Integer> generate() {
        return Flux.generate(
                () -> new int[1],
                (made, sink) -> {
                    if (made[0] == MANY) {
                        sink.complete();
                    } else {
                        sink.next(item(made[0]++));
                    }
                    return made;
                });
    }

    private static Flux<Integer> create() {
        return Flux.create(sink -> {
            for (int i = 0; i < MANY; i++) {
                sink.next(item(i));
            }
            sink.complete();
        });
    }

    /** What a virtual thread sends into a channel, received for each demand. */
    private static Flux<Integer> channel(int capacity) {
        return Flux.generate(
                () -> filled(Channel.newBufferedChannel(capacity), MANY),
                (channel, sink) -> {
                    try {
                        Object received = channel.receiveOrClosed();
                        if (received instanceof ChannelClosed) {
                            sink.complete();
                        } else {
                            sink.next((Integer) received);
                        }
                    } catch (InterruptedException e) {
                        sink.error(e);
                    }
                    return channel;
                });
    }

    private static Channel<Integer> filled(Channel<Integer> channel, int n) {
        Thread.startVirtualThread(() -> {
            try {
                for (int i = 0; i < n; i++) {
                    channel.send(item(i));
                }
                channel.done();
            } catch (InterruptedException e) {
                channel.error(e);
            }
        });
        return channel;
    }
}
