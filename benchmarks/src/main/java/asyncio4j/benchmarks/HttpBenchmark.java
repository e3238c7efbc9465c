package asyncio4j.benchmarks;

import static asyncio4j.bridge.Bridge.await;

import asyncio4j.Asyncio;
import asyncio4j.Engine;
import asyncio4j.LoopOptions;
import asyncio4j.Runner;
import asyncio4j.netty.NettyLoop;
import asyncio4j.netty.NettyLoopOptions;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A GET by Spring's WebClient over loopback, one after the other. The server has a thread of its
 * own, and the connection stays open.
 */
public class HttpBenchmark extends Settings {

    private static final int REQUESTS = 500;

    /**
     * How long each benchmark runs before JMH's own warm-up, which may be short: a request goes
     * through far more code than any other operation here, and takes several times as long for all
     * of them until that is compiled.
     */
    public static final int WARM_UP_SECONDS = 7;

    private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS);

    /** What the loops run on; the peers' benchmarks don't care. */
    @Param("VIRTUAL_THREADS")
    Engine engine;

    private final LoopResources serverThread = LoopResources.create("server", 1, true);

    private DisposableServer server;

    private Runner nettyLoop;

    private Runner defaultLoop;

    /** By a client whose I/O the Netty loop does. */
    private Mono<Integer> onNettyLoop;

    /** By one with threads of its own. */
    private Mono<Integer> onItsThreads;

    /** The server, and both loops; then the benchmark itself for a while. */
    @Setup
    public void open(BenchmarkParams params) throws ReflectiveOperationException {
        server =
                HttpServer.create()
                        .runOn(serverThread)
                        .host("127.0.0.1")
                        .port(0)
                        .handle((_, response) -> response.sendString(Mono.just("hello")))
                        .bindNow();
        nettyLoop =
                Runner.builder()
                        .loopFactory(NettyLoop.factory(NettyLoopOptions.DEFAULT.engine(engine)))
                        .build();
        defaultLoop =
                Runner.builder()
                        .loopFactory(() -> Asyncio.newEventLoop(LoopOptions.DEFAULT.engine(engine)))
                        .build();
        onNettyLoop = get(HttpClient.create().runOn(NettyLoop.resources(nettyLoop.getLoop())));
        onItsThreads = get(HttpClient.create());
        String name = params.getBenchmark();
        Method benchmark = HttpBenchmark.class.getMethod(name.substring(name.lastIndexOf('.') + 1));
        long began = System.nanoTime();
        while (System.nanoTime() - began < WARM_UP_NANOS) {
            benchmark.invoke(this);
        }
    }

    private Mono<Integer> get(HttpClient client) {
        return WebClient.builder()
                .clientConnector(new ReactorClientHttpConnector(client))
                .build()
                .get()
                .uri("http://127.0.0.1:" + server.port() + "/")
                .retrieve()
                .bodyToMono(String.class)
                .map(String::length);
    }

    /** Ends all of them. */
    @TearDown
    public void close() {
        nettyLoop.close();
        defaultLoop.close();
        server.disposeNow();
        serverThread.dispose();
    }

    @Benchmark
    @OperationsPerInvocation(REQUESTS)
    public int httpAsyncio4j() {
        return awaited(nettyLoop, onNettyLoop);
    }

    /** The client's threads do the I/O, and hand each answer over to the loop. */
    @Benchmark
    @OperationsPerInvocation(REQUESTS)
    public int httpDefaultLoopAsyncio4j() {
        return awaited(defaultLoop, onItsThreads);
    }

    @Benchmark
    @OperationsPerInvocation(REQUESTS)
    public int httpKotlin() {
        return Kotlin.awaitMonos(List.of(onItsThreads), REQUESTS);
    }

    @Benchmark
    @OperationsPerInvocation(REQUESTS)
    public int httpBlock() {
        return blocked();
    }

    /** block() on a virtual thread, as a server with virtual threads has it. */
    @Benchmark
    @OperationsPerInvocation(REQUESTS)
    public int httpBlockVirtual() throws InterruptedException {
        return onVirtualThread(this::blocked);
    }

    private static int awaited(Runner runner, Mono<Integer> request) {
        return runner.run(() -> {
            int sum = 0;
            for (int i = 0; i < REQUESTS; i++) {
                Integer length = await(request);
                sum += length == null ? 0 : length;
            }
            return sum;
        });
    }

    private int blocked() {
        int sum = 0;
        for (int i = 0; i < REQUESTS; i++) {
            Integer length = onItsThreads.block();
            sum += length == null ? 0 : length;
        }
        return sum;
    }
}
