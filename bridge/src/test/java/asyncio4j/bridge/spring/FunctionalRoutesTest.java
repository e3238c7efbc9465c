package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.await;
import static asyncio4j.bridge.Bridge.iterate;
import static asyncio4j.bridge.spring.Handlers.asErrorHandler;
import static asyncio4j.bridge.spring.Handlers.asFilter;
import static asyncio4j.bridge.spring.Handlers.asHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.web.reactive.function.server.RouterFunctions.route;
import static org.springframework.web.reactive.function.server.ServerResponse.notFound;
import static org.springframework.web.reactive.function.server.ServerResponse.ok;
import static org.springframework.web.reactive.function.server.ServerResponse.status;

import asyncio4j.AsyncGenerator;
import asyncio4j.ContextVar;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.bridge.FluxIterator;
import asyncio4j.bridge.ReactorContext;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;

import reactor.core.publisher.Mono;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Functional routes whose handlers and filters are coroutines, over a real socket. */
class FunctionalRoutesTest {

    record Item(String name, int price) {}

    private static final ContextVar<String> USER = ContextVar.of("user");

    /** What handlers have thrown. */
    private static final List<Throwable> THROWN = new CopyOnWriteArrayList<>();

    /** What handlers note. */
    private static final List<String> LOG = new CopyOnWriteArrayList<>();

    /** What WebFlux's exception handlers are given. */
    private static final List<Throwable> ERRORS = new CopyOnWriteArrayList<>();

    private static volatile CountDownLatch entered = new CountDownLatch(1);

    private static volatile CountDownLatch left = new CountDownLatch(1);

    private static AsyncioLoops own;

    private static Server server;

    @EnableAutoConfiguration
    static class Application {

        @Bean
        RouterFunction<ServerResponse> routes() {
            return route().GET(
                            "/items/{name}",
                            asHandler(request -> {
                                await(sleep(Duration.ofMillis(1)));
                                String name = request.pathVariable("name");
                                return name.equals("none")
                                        ? notFound().build()
                                        : ok().bodyValue(new Item(name, 3));
                            }))
                    .GET("/task", asHandler(request -> ok().bodyValue(taskName())))
                    .GET("/items", asHandler(request -> ok().body(items(), Item.class)))
                    .GET("/later", asHandler(request -> ok().body(later(), Item.class)))
                    .POST(
                            "/items",
                            asHandler(request -> {
                                Item item = await(request.bodyToMono(Item.class));
                                return ok().bodyValue(item.price() + 1);
                            }))
                    .POST(
                            "/sum",
                            asHandler(request -> {
                                int sum = 0;
                                try (FluxIterator<Item> all =
                                        iterate(request.bodyToFlux(Item.class))) {
                                    for (Item item : all) {
                                        sum += item.price();
                                    }
                                }
                                return ok().bodyValue(sum);
                            }))
                    .GET(
                            "/paid",
                            asHandler(request -> {
                                await(sleep(Duration.ofMillis(1)));
                                throw new ResponseStatusException(HttpStatus.PAYMENT_REQUIRED);
                            }))
                    .GET("/broken", asHandler(request -> fail()))
                    .GET("/null", asHandler(request -> null))
                    .GET("/own", asHandler(own, request -> ok().bodyValue(loopName())))
                    .GET("/loop", asHandler(own.only(), request -> ok().bodyValue(loopName())))
                    .GET(
                            "/context",
                            asHandler(request -> {
                                String before = ReactorContext.current().get("tenant");
                                await(sleep(Duration.ofMillis(1)));
                                String after = ReactorContext.current().get("tenant");
                                USER.set("ada");
                                String below =
                                        await(
                                                Mono.deferContextual(context ->
                                                        Mono.just(
                                                                context.<String>get(USER)
                                                                        + context.get("tenant"))));
                                return ok().bodyValue(before + after + below);
                            }))
                    .GET(
                            "/slow",
                            asHandler(request -> {
                                hold();
                                return ok().build();
                            }))
                    .GET(
                            "/endless",
                            asHandler(request ->
                                    ok().contentType(MediaType.TEXT_EVENT_STREAM)
                                            .body(endless(), String.class)))
                    .build();
        }

        @Bean
        RouterFunction<ServerResponse> filtered() {
            return route().path(
                            "/filtered",
                            builder ->
                                    builder.GET(
                                                    "/x",
                                                    asHandler(request -> {
                                                        LOG.add("handler " + loopName());
                                                        return ok().bodyValue("x");
                                                    }))
                                            .GET(
                                                    "/fails",
                                                    asHandler(request -> {
                                                        await(sleep(Duration.ofMillis(1)));
                                                        throw new IllegalStateException("no luck");
                                                    }))
                                            .filter(
                                                    asFilter((request, next) -> {
                                                        await(sleep(Duration.ofMillis(1)));
                                                        if (request.queryParam("deny")
                                                                .isPresent()) {
                                                            return status(HttpStatus.FORBIDDEN)
                                                                    .build();
                                                        }
                                                        LOG.add("before " + loopName());
                                                        ServerResponse response =
                                                                await(next.handle(request));
                                                        await(sleep(Duration.ofMillis(1)));
                                                        LOG.add(
                                                                "after "
                                                                        + response.statusCode()
                                                                                .value());
                                                        return Mono.just(response);
                                                    }))
                                            .onError(
                                                    IllegalStateException.class,
                                                    asErrorHandler((error, request) -> {
                                                        await(sleep(Duration.ofMillis(1)));
                                                        return status(HttpStatus.CONFLICT)
                                                                .bodyValue(error.getMessage());
                                                    })))
                    .build();
        }

        @Bean
        WebFilter tenant() {
            return (exchange, chain) ->
                    chain.filter(exchange).contextWrite(context -> context.put("tenant", "T"));
        }

        @Bean
        @Order(-100) // ahead of Boot's own
        WebExceptionHandler errors() {
            return (exchange, error) -> {
                ERRORS.add(error);
                return Mono.error(error);
            };
        }
    }

    private static String loopName() {
        return getRunningLoop().toString();
    }

    private static String taskName() {
        return Objects.requireNonNull(currentTask()).getName();
    }

    private static Mono<ServerResponse> fail() throws IOException {
        IOException broken = new IOException("broken");
        THROWN.add(broken);
        throw broken;
    }

    private static AsyncGenerator<Item> items() {
        return AsyncGenerator.of(g -> {
            g.yield(new Item("a", 1));
            await(sleep(Duration.ofMillis(1)));
            g.yield(new Item("b", 2));
        });
    }

    private static Coroutine<Item> later() {
        return () -> await(sleep(Duration.ofMillis(1), new Item("later", 1)));
    }

    /** Waits until the task is cancelled, and says when its {@code finally} block has run. */
    private static void hold() {
        try {
            entered.countDown();
            await(sleep(Duration.ofDays(1)));
        } finally {
            await(sleep(Duration.ofMillis(1)));
            left.countDown();
        }
    }

    private static AsyncGenerator<String> endless() {
        return AsyncGenerator.of(g -> {
            try {
                for (int i = 0; ; i++) {
                    g.yield("event " + i);
                    entered.countDown();
                    await(sleep(Duration.ofMillis(1)));
                }
            } finally {
                await(sleep(Duration.ofMillis(1)));
                left.countDown();
            }
        });
    }

    @BeforeAll
    static void start() {
        own = AsyncioLoops.builder().loops(1).build();
        server = Server.of(Application.class);
    }

    @AfterAll
    static void stop() {
        server.close();
        own.stop();
    }

    @BeforeEach
    void reset() {
        LOG.clear();
        ERRORS.clear();
        THROWN.clear();
        entered = new CountDownLatch(1);
        left = new CountDownLatch(1);
    }

    @Test
    void aHandlerAwaits() throws Exception {
        HttpResponse<String> response = server.get("/items/ada");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"name\":\"ada\",\"price\":3}");
        assertThat(server.get("/items/none").statusCode()).isEqualTo(404);
    }

    @Test
    void itsTaskIsNamedForTheRequest() throws Exception {
        assertThat(server.get("/task").body()).isEqualTo("GET /task");
    }

    @Test
    void aBodyMayBeAGenerator() throws Exception {
        assertThat(server.get("/items").body())
                .isEqualTo("[{\"name\":\"a\",\"price\":1},{\"name\":\"b\",\"price\":2}]");
    }

    @Test
    void aBodyMayBeACoroutine() throws Exception {
        assertThat(server.get("/later").body()).isEqualTo("{\"name\":\"later\",\"price\":1}");
    }

    @Test
    void aRequestsBodyIsAwaitedOrIteratedOver() throws Exception {
        assertThat(server.post("/items", "{\"name\":\"a\",\"price\":1}").body()).isEqualTo("2");
        assertThat(server.post("/sum", "[{\"price\":1},{\"price\":2},{\"price\":39}]").body())
                .isEqualTo("42");
        assertThat(server.post("/items", "{").statusCode()).isEqualTo(400);
    }

    @Test
    void exceptionsReachTheWebExceptionHandlersAsTheyAre() throws Exception {
        assertThat(server.get("/broken").statusCode()).isEqualTo(500);
        assertThat(ERRORS).containsExactlyElementsOf(THROWN).hasSize(1);
        assertThat(server.get("/paid").statusCode()).isEqualTo(402);
    }

    @Test
    void aHandlerThatReturnsNullIsToldWhatToDo() throws Exception {
        assertThat(server.get("/null").statusCode()).isEqualTo(500);
        assertThat(ERRORS).hasSize(1);
        assertThat(ERRORS.getFirst())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "the handler of GET /null returned null: return a response, such as"
                                + " notFound().build()");
    }

    @Test
    void aFilterAwaitsBeforeAndAfterOnTheHandlersLoop() throws Exception {
        assertThat(server.get("/filtered/x").body()).isEqualTo("x");
        String loop = LOG.getFirst().substring("before ".length());
        assertThat(LOG).containsExactly("before " + loop, "handler " + loop, "after 200");
    }

    @Test
    void aFilterMayAnswerItself() throws Exception {
        assertThat(server.get("/filtered/x?deny=1").statusCode()).isEqualTo(403);
        assertThat(LOG).isEmpty();
    }

    @Test
    void onErrorTakesACoroutine() throws Exception {
        HttpResponse<String> response = server.get("/filtered/fails");
        assertThat(response.statusCode()).isEqualTo(409);
        assertThat(response.body()).isEqualTo("no luck");
        assertThat(ERRORS).isEmpty();
    }

    @Test
    void theReactorContextIsSeenAfterAwaitsAndVariablesAreSeenBelow() throws Exception {
        assertThat(server.get("/context").body()).isEqualTo("TTadaT");
    }

    @Test
    void aHandlerRunsWhereItIsToldTo() throws Exception {
        String loop = own.only().toString();
        assertThat(server.get("/loop").body()).isEqualTo(loop);
        assertThat(server.get("/own").body()).isEqualTo(loop);
    }

    @Test
    void aClientThatGoesAwayCancelsTheHandler() throws Exception {
        leave("/slow");
    }

    @RepeatedTest(20) // sometimes it is gone before the response begins
    void aClientThatGoesAwayClosesTheGenerator() throws Exception {
        leave("/endless");
    }

    private static void leave(String path) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream()
                    .write(
                            ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void badArgumentsAreRefusedAtOnce() {
        assertThatThrownBy(() -> asHandler((CoroutineHandler<ServerResponse>) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("asHandler: the handler is null; pass a lambda");
        assertThatThrownBy(() -> asHandler((EventLoop) null, request -> ok().build()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("asHandler: the loop is null");
        assertThatThrownBy(() -> asFilter((AsyncioLoops) null, (request, next) -> ok().build()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("asFilter: the loops are null");
    }
}
