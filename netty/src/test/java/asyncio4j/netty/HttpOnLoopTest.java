package asyncio4j.netty;

import static asyncio4j.Asyncio.*;
import static asyncio4j.bridge.Bridge.*;

import static io.netty.buffer.Unpooled.copiedBuffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import asyncio4j.AsyncFuture;
import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.Runner;
import asyncio4j.Task;
import asyncio4j.internal.access.LoopAccess;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.ConnectionProvider;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/** Reactor Netty's client and server on one loop, and the tasks of that loop behind both. */
@SuppressWarnings("CheckReturnValue") // assertions inside of handlers
class HttpOnLoopTest {

    private final ConnectionProvider connections =
            ConnectionProvider.builder("test")
                    .maxConnections(50)
                    .pendingAcquireMaxCount(-1)
                    .build();

    @AfterEach
    void closeConnections() {
        connections.dispose();
    }

    private static DisposableServer serve(
            BiFunction<HttpServerRequest, HttpServerResponse, ? extends Flux<String>> answer) {
        DisposableServer server =
                await(
                        HttpServer.create()
                                .runOn(NettyLoop.resources(getRunningLoop()))
                                .host("127.0.0.1")
                                .port(0)
                                .handle((request, response) ->
                                        response.send(
                                                answer.apply(request, response)
                                                        .map(text -> copiedBuffer(text, UTF_8)),
                                                _ -> true)) // each at once
                                .bind());
        assertThat(server).isNotNull();
        return server;
    }

    private HttpClient client(DisposableServer server) {
        return HttpClient.create(connections)
                .runOn(NettyLoop.resources(getRunningLoop()))
                .host("127.0.0.1")
                .port(server.port());
    }

    private static Mono<String> get(HttpClient client, String path) {
        return client.get().uri(path).responseContent().aggregate().asString();
    }

    @ParameterizedTest
    @MethodSource("asyncio4j.netty.Loops#transports")
    void aThousandRequestsAtOnceAreAnsweredByTasks(Transport transport) {
        try (Runner runner = Loops.runner(transport)) {
            List<String> answers =
                    runner.run(() -> {
                        DisposableServer server =
                                serve((request, _) ->
                                        mono(
                                                        () -> {
                                                            await(sleep(Duration.ZERO));
                                                            return request.path();
                                                        })
                                                .flux());
                        HttpClient client = client(server);
                        List<Coroutine<String>> gets = new ArrayList<>();
                        for (int i = 0; i < 1_000; i++) {
                            String path = "/" + i;
                            gets.add(() -> await(get(client, path)));
                        }
                        return await(gather(gets));
                    });
            assertThat(answers)
                    .isEqualTo(IntStream.range(0, 1_000).mapToObj(String::valueOf).toList());
        }
    }

    @ParameterizedTest
    @MethodSource("asyncio4j.netty.Loops#transports")
    void whatComesOverASocketIsOnTheLoopAlready(Transport transport) {
        try (Runner runner = Loops.runner(transport)) {
            runner.run(() -> {
                EventLoop loop = getRunningLoop();
                LoopAccess access = LoopAccess.get();
                List<Boolean> onLoop = new ArrayList<>();
                DisposableServer server =
                        serve((_, _) -> {
                            onLoop.add(access.holdsBaton(loop));
                            onLoop.add(access.runningLoop() == loop);
                            onLoop.add(access.currentTask() == null);
                            return Flux.just("here");
                        });
                String answer =
                        await(
                                get(client(server), "/")
                                        .doOnNext(_ -> {
                                            onLoop.add(access.holdsBaton(loop));
                                            onLoop.add(access.runningLoop() == loop);
                                            onLoop.add(access.currentTask() == null);
                                        }));
                assertThat(answer).isEqualTo("here");
                assertThat(onLoop).hasSize(6).containsOnly(true);
            });
        }
    }

    @ParameterizedTest
    @MethodSource("asyncio4j.netty.Loops#transports")
    void aStreamIsIteratedWhileItComes(Transport transport) {
        try (Runner runner = Loops.runner(transport)) {
            runner.run(() -> {
                AsyncFuture<String> more = getRunningLoop().createFuture();
                DisposableServer server =
                        serve((_, _) ->
                                flux(g -> {
                                    g.yield("first");
                                    g.yield(await(more)); // which nobody has before the first
                                }));
                StringBuilder all = new StringBuilder();
                try (var items =
                        iterate(client(server).get().uri("/").responseContent().asString())) {
                    for (String item : items) {
                        all.append(item).append(' ');
                        if (!more.done()) {
                            more.setResult("second");
                        }
                    }
                }
                assertThat(all.toString()).isEqualTo("first second ");
            });
        }
    }

    @ParameterizedTest
    @MethodSource("asyncio4j.netty.Loops#transports")
    void whoIsCancelledInTheMiddleOfAnAnswerClosesTheConnection(Transport transport) {
        try (Runner runner = Loops.runner(transport)) {
            runner.run(() -> {
                EventLoop loop = getRunningLoop();
                AsyncFuture<String> begun = loop.createFuture();
                AsyncFuture<String> closed = loop.createFuture();
                DisposableServer server =
                        serve((request, _) -> {
                            request.withConnection(connection ->
                                    connection.onDispose(() -> closed.setResult("closed")));
                            return Flux.just("first").concatWith(Flux.never());
                        });
                Task<?> reader =
                        createTask(() -> {
                            try (var items =
                                    iterate(
                                            client(server)
                                                    .get()
                                                    .uri("/")
                                                    .responseContent()
                                                    .asString())) {
                                for (String item : items) {
                                    begun.setResult(item);
                                }
                            }
                        });
                assertThat(await(begun)).isEqualTo("first");
                reader.cancel();
                assertThatThrownBy(() -> await(reader)).isInstanceOf(CancelledError.class);
                assertThat(await(closed)).isEqualTo("closed");
            });
        }
    }

    @ParameterizedTest
    @MethodSource("asyncio4j.netty.Loops#transports")
    void aServerOnThreadsOfItsOwnIsAsGood(Transport transport) {
        DisposableServer server =
                HttpServer.create()
                        .host("127.0.0.1")
                        .port(0)
                        .handle((_, response) -> response.sendString(Mono.just("far")))
                        .bindNow();
        try (Runner runner = Loops.runner(transport)) {
            for (int i = 0; i < 10; i++) { // the loop is idle in between
                assertThat(runner.run(() -> await(get(client(server), "/")))).isEqualTo("far");
            }
        } finally {
            server.disposeNow();
        }
    }

    @ParameterizedTest
    @MethodSource("asyncio4j.netty.Loops#transports")
    void theRunnerClosesWhatIsLeftOpen(Transport transport) {
        DisposableServer server;
        try (Runner runner = Loops.runner(transport)) {
            server =
                    runner.run(() -> {
                        DisposableServer open = serve((_, _) -> Flux.just("hello"));
                        await(get(client(open), "/"));
                        assertThat(open.channel().isOpen()).isTrue();
                        return open;
                    });
        }
        assertThat(server.isDisposed()).isTrue();
        assertThat(server.channel().isOpen()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("asyncio4j.netty.Loops#transports")
    void tasksThatEndInCloseStillHaveTheirConnections(Transport transport) {
        List<String> last = new ArrayList<>();
        try (Runner runner = Loops.runner(transport)) {
            runner.run(() -> {
                DisposableServer server = serve((request, _) -> Flux.just(request.path()));
                HttpClient client = client(server);
                var _ =
                        createTask(() -> {
                            try {
                                await(getRunningLoop().createFuture());
                            } finally {
                                last.add(await(get(client, "/goodbye")));
                            }
                        });
                await(sleep(Duration.ZERO));
            });
        }
        assertThat(last).containsExactly("goodbye");
    }

    @ParameterizedTest
    @MethodSource("asyncio4j.netty.Loops#transports")
    void disposingOfTheResourcesClosesTheChannels(Transport transport) {
        try (Runner runner = Loops.runner(transport)) {
            runner.run(() -> {
                DisposableServer server = serve((_, _) -> Flux.just("hello"));
                var resources = NettyLoop.resources(getRunningLoop());
                assertThat(resources.isDisposed()).isFalse();
                await(resources.disposeLater(Duration.ZERO, Duration.ofSeconds(5)));
                assertThat(resources.isDisposed()).isTrue();
                assertThat(server.channel().isOpen()).isFalse();
                await(sleep(Duration.ofMillis(1))); // the loop goes on
            });
        }
    }
}
