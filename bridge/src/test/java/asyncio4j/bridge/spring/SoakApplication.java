package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.timeout;
import static asyncio4j.bridge.Bridge.await;
import static asyncio4j.bridge.Bridge.iterate;
import static asyncio4j.bridge.spring.Handlers.asHandler;
import static asyncio4j.bridge.spring.Handlers.asWebSocketHandler;

import asyncio4j.AsyncGenerator;
import asyncio4j.Asyncio;
import asyncio4j.Coroutine;
import asyncio4j.Task;

import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.util.DefaultUriBuilderFactory;
import org.springframework.web.util.UriBuilder;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionPoolMetrics;
import reactor.netty.resources.ConnectionProvider;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** The application of {@link SoakTest}: it calls itself, and counts what has begun and ended. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({SoakApplication.Upstream.class, SoakApplication.Handlings.class})
class SoakApplication {

    /** How often something began, and how often its finally block has run to its end. */
    static final class Count {

        final AtomicLong begun = new AtomicLong();

        final AtomicLong ended = new AtomicLong();

        /** Runs {@code body}; the end counts once a finally block has awaited. */
        <T> T around(Coroutine<T> body) throws Exception {
            begun.incrementAndGet();
            try {
                return body.run();
            } finally {
                try {
                    await(sleep(Duration.ofMillis(1)));
                } finally { // the client may leave in the middle of the finally block
                    ended.incrementAndGet();
                }
            }
        }

        @Override
        public String toString() {
            return begun + " begun, " + ended + " ended";
        }
    }

    /** What a stream consists of. */
    record Row(int number, String text) {}

    /** Thrown on purpose. */
    static final class Mishap extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Mishap() {
            super("no luck", null, false, false);
        }
    }

    private static final Duration SHORT = Duration.ofMillis(2);

    private static final Duration LIMIT = Duration.ofMillis(5);

    /** Whether this is the timeout of {@code /late}, which is always late. */
    static boolean isLate(Throwable error) {
        return String.valueOf(error.getMessage()).endsWith(" " + LIMIT);
    }

    final Count handlers = new Count();

    final Count generators = new Count();

    final Count sockets = new Count();

    /** The connections of the server. */
    final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    /** How many connections the server has had. */
    final AtomicLong accepted = new AtomicLong();

    /** The connection pools of the client, of which there is one for each address. */
    final List<ConnectionPoolMetrics> pools = new CopyOnWriteArrayList<>();

    final ConnectionProvider provider =
            ConnectionProvider.builder("soak")
                    .maxConnections(200)
                    .pendingAcquireMaxCount(-1)
                    .metrics(true, () -> (pool, id, address, metrics) -> pools.add(metrics))
                    .build();

    List<Count> counts() {
        return List.of(handlers, generators, sockets);
    }

    /** How many connections of the client are in use or waited for. */
    int clientConnections() {
        return pools.stream().mapToInt(m -> m.acquiredSize() + m.pendingAcquireSize()).sum();
    }

    @Bean
    NettyServerCustomizer counting() {
        return server ->
                server.doOnChannelInit((observer, channel, address) -> {
                    connections.add(channel); // which takes it out again when it is closed
                    accepted.incrementAndGet();
                });
    }

    /**
     * A client of this very server, as docs/spring.md wants it: else a connection is lost for good,
     * now and then, when a request is cancelled just as its response comes.
     */
    @Bean
    WebClient self(Environment environment) {
        HttpClient http = HttpClient.create(provider).mapConnect(HttpConnections::closeIfCancelled);
        return WebClient.builder()
                .clientConnector(new ReactorClientHttpConnector(http))
                .uriBuilderFactory(
                        new DefaultUriBuilderFactory() {
                            @Override
                            public UriBuilder uriString(String path) {
                                String port = environment.getProperty("local.server.port");
                                return super.uriString("http://127.0.0.1:" + port + path);
                            }
                        })
                .build();
    }

    @Bean
    RouterFunction<ServerResponse> routes() {
        return RouterFunctions.route()
                .POST(
                        "/functional",
                        asHandler(request ->
                                handlers.around(() -> {
                                    Row row = await(request.bodyToMono(Row.class));
                                    await(sleep(SHORT));
                                    return ServerResponse.ok().bodyValue(row);
                                })))
                .build();
    }

    @Bean
    SimpleUrlHandlerMapping webSockets() {
        return new SimpleUrlHandlerMapping(
                Map.of(
                        "/socket",
                        asWebSocketHandler(session ->
                                sockets.around(() -> {
                                    for (WebSocketMessage message : session.receive()) {
                                        await(session.send(message.getPayloadAsText()));
                                    }
                                    return null;
                                })),
                        "/ticker",
                        asWebSocketHandler(session ->
                                sockets.around(
                                        () -> await(session.sendAll(rows(100_000, 500, SHORT)))))),
                -1);
    }

    /** A generator of {@code count} texts. */
    private AsyncGenerator<String> rows(int count, int size, Duration pause) {
        return AsyncGenerator.of(g ->
                generators.around(() -> {
                    String text = "x".repeat(size);
                    for (int i = 0; i < count; i++) {
                        if (!pause.isZero() && i % 8 == 0) {
                            await(sleep(pause));
                        }
                        g.yield(text);
                    }
                    return null;
                }));
    }

    /** What the others call: plain Reactor. */
    @RestController
    static class Upstream {

        @GetMapping("/upstream/{number}")
        Mono<Row> upstream(@PathVariable int number) {
            return Mono.delay(SHORT).map(_ -> new Row(number, "upstream"));
        }

        @GetMapping("/never")
        Mono<Row> never() {
            return Mono.never();
        }

        @GetMapping(path = "/flux", produces = MediaType.APPLICATION_NDJSON_VALUE)
        Flux<Row> flux(@RequestParam int count) {
            return Flux.range(0, count).map(i -> new Row(i, "flux"));
        }
    }

    /** Handlers of every kind. */
    @RestController
    static class Handlings {

        private final SoakApplication application;

        private final WebClient client;

        Handlings(SoakApplication application, WebClient self) {
            this.application = application;
            this.client = self;
        }

        private Mono<Row> upstream(int number) {
            return client.get().uri("/upstream/" + number).retrieve().bodyToMono(Row.class);
        }

        @GetMapping("/combine/{number}")
        @RunOnLoop
        List<Row> combine(@PathVariable int number) throws Exception {
            return application.handlers.around(() -> {
                Task<Row> first = createTask(() -> await(upstream(number)));
                await(sleep(SHORT));
                Row second = await(upstream(number + 1));
                return List.of(await(first), second);
            });
        }

        @GetMapping("/group/{number}")
        Coroutine<Integer> group(@PathVariable int number) {
            return () ->
                    application.handlers.around(() ->
                            await(
                                    Asyncio.<Integer>taskGroup(group -> {
                                        Task<Row> one =
                                                group.createTask(() -> await(upstream(number)));
                                        group.createTask(() -> await(sleep(SHORT)));
                                        return await(one).number();
                                    })));
        }

        @GetMapping("/task")
        Task<String> task() {
            return createTask(
                    () -> application.handlers.around(() -> await(sleep(SHORT, "slept"))));
        }

        /** Cancelled by its client, always. */
        @GetMapping("/forever")
        Coroutine<Row> forever() {
            return () ->
                    application.handlers.around(() ->
                            await(client.get().uri("/never").retrieve().bodyToMono(Row.class)));
        }

        @GetMapping("/late")
        @RunOnLoop
        Row late() throws Exception {
            return application.handlers.around(() ->
                    await(
                            timeout(
                                    LIMIT,
                                    _ ->
                                            await(
                                                    client.get()
                                                            .uri("/never")
                                                            .retrieve()
                                                            .bodyToMono(Row.class)))));
        }

        @GetMapping("/fails")
        @RunOnLoop
        String fails() throws Exception {
            return application.handlers.around(() -> {
                await(sleep(SHORT));
                throw new Mishap();
            });
        }

        @GetMapping(path = "/rows", produces = MediaType.APPLICATION_NDJSON_VALUE)
        AsyncGenerator<Row> rows(
                @RequestParam int count, @RequestParam int size, @RequestParam int pause) {
            return AsyncGenerator.of(g -> {
                int number = 0;
                try (var texts = application.rows(count, size, Duration.ofMillis(pause))) {
                    for (String text : texts) {
                        g.yield(new Row(number++, text));
                    }
                }
            });
        }

        @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        AsyncGenerator<ServerSentEvent<String>> events(
                @RequestParam int count, @RequestParam int size, @RequestParam int pause) {
            return AsyncGenerator.of(g ->
                    application.generators.around(() -> {
                        String text = "x".repeat(size);
                        for (int i = 0; i < count; i++) {
                            await(sleep(Duration.ofMillis(pause)));
                            g.yield(ServerSentEvent.builder(text).id("" + i).build());
                        }
                        return null;
                    }));
        }

        /** Passes a stream on, and breaks off its own reading of it after {@code count}. */
        @GetMapping(path = "/relay", produces = MediaType.APPLICATION_NDJSON_VALUE)
        AsyncGenerator<Row> relay(@RequestParam int count) {
            return AsyncGenerator.of(g ->
                    application.generators.around(() -> {
                        Flux<Row> rows =
                                client.get()
                                        .uri("/flux?count=1000")
                                        .retrieve()
                                        .bodyToFlux(Row.class);
                        try (var each = iterate(rows)) {
                            for (int i = 0; i < count && each.hasNext(); i++) {
                                g.yield(each.next());
                            }
                        }
                        return null;
                    }));
        }

        @GetMapping(path = "/breaks", produces = MediaType.APPLICATION_NDJSON_VALUE)
        AsyncGenerator<Row> breaks() {
            return AsyncGenerator.of(g ->
                    application.generators.around(() -> {
                        g.yield(new Row(0, "last"));
                        await(sleep(SHORT));
                        throw new Mishap();
                    }));
        }

        @PostMapping("/sum")
        Coroutine<Integer> sum(@RequestBody AsyncGenerator<Row> rows) {
            return () ->
                    application.handlers.around(() -> {
                        int sum = 0;
                        for (Row row : rows) {
                            sum += row.number();
                        }
                        return sum;
                    });
        }

        @PostMapping("/add")
        Coroutine<Row> add(@RequestBody Coroutine<Row> row) {
            return () -> application.handlers.around(() -> await(row));
        }

        @ExceptionHandler
        @ResponseStatus(HttpStatus.CONFLICT)
        String mishap(Mishap e) {
            return e.getMessage();
        }

        @ExceptionHandler
        @ResponseStatus(HttpStatus.GATEWAY_TIMEOUT)
        String late(TimeoutException e) {
            return "late";
        }
    }
}
