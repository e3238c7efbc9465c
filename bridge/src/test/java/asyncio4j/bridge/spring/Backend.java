package asyncio4j.bridge.spring;

import io.netty.handler.codec.http.HttpResponseStatus;

import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A server on a free port for clients to talk to, and clients for it. */
final class Backend implements AutoCloseable {

    /**
     * A request of {@code /slow} or {@code /bodiless}, and a future that is done when its client is
     * gone.
     */
    record Slow(CompletableFuture<Void> gone) {}

    /** Done when a request of {@code /slow} has come; replaced by {@link #expectSlow}. */
    private volatile CompletableFuture<Slow> nextSlow = new CompletableFuture<>();

    /** Done when the client of {@code /endless} has gone. */
    final CompletableFuture<Void> endlessLeft = new CompletableFuture<>();

    /** The Authorization headers that came. */
    final List<String> seen = new CopyOnWriteArrayList<>();

    final AtomicInteger requests = new AtomicInteger();

    private final ConnectionProvider one =
            ConnectionProvider.builder("one").maxConnections(1).pendingAcquireMaxCount(-1).build();

    private final DisposableServer server =
            HttpServer.create()
                    .host("127.0.0.1")
                    .port(0)
                    .route(routes ->
                            routes.get(
                                            "/hello",
                                            (request, response) -> {
                                                requests.incrementAndGet();
                                                seen.add(
                                                        String.valueOf(
                                                                request.requestHeaders()
                                                                        .get("X-User")));
                                                return response.header("Content-Type", "text/plain")
                                                        .sendString(Mono.just("hello"));
                                            })
                                    .get(
                                            "/empty",
                                            (request, response) ->
                                                    response.status(HttpResponseStatus.NO_CONTENT)
                                                            .send())
                                    .get(
                                            "/fails",
                                            (request, response) ->
                                                    response.status(HttpResponseStatus.CONFLICT)
                                                            .sendString(Mono.just("no luck")))
                                    .get(
                                            "/slow",
                                            (request, response) -> {
                                                CompletableFuture<Void> gone =
                                                        new CompletableFuture<>();
                                                request.withConnection(connection ->
                                                        connection.onDispose(
                                                                () -> gone.complete(null)));
                                                nextSlow.complete(new Slow(gone));
                                                return Mono.never();
                                            })
                                    .get(
                                            "/bodiless",
                                            (request, response) -> {
                                                CompletableFuture<Void> gone =
                                                        new CompletableFuture<>();
                                                request.withConnection(connection ->
                                                        connection.onDispose(
                                                                () -> gone.complete(null)));
                                                nextSlow.complete(new Slow(gone));
                                                return response.sendHeaders().then(Mono.never());
                                            })
                                    .get(
                                            "/numbers",
                                            (request, response) ->
                                                    response.header(
                                                                    "Content-Type",
                                                                    "application/x-ndjson")
                                                            .sendString(
                                                                    Flux.range(1, 20)
                                                                            .map(i -> i + "\n")))
                                    .get(
                                            "/endless",
                                            (request, response) -> {
                                                request.withConnection(connection ->
                                                        connection.onDispose(
                                                                () -> endlessLeft.complete(null)));
                                                return response.header(
                                                                "Content-Type",
                                                                "application/x-ndjson")
                                                        .sendString(
                                                                Flux.range(1, Integer.MAX_VALUE)
                                                                        .map(i -> i + "\n"));
                                            })
                                    .get(
                                            "/half",
                                            (request, response) ->
                                                    response.header(
                                                                    "Content-Type",
                                                                    "application/x-ndjson")
                                                            .sendString(
                                                                    Flux.just("1\n", "2\n")
                                                                            .concatWith(
                                                                                    Mono.error(
                                                                                            new IllegalStateException(
                                                                                                    "cut off")))))
                                    .post(
                                            "/echo",
                                            (request, response) -> {
                                                String type =
                                                        request.requestHeaders()
                                                                .get("Content-Type");
                                                return response.header("Content-Type", type)
                                                        .send(
                                                                ByteBufFlux.fromInbound(
                                                                        request.receive()
                                                                                .retain()));
                                            }))
                    .bindNow();

    String url() {
        return "http://127.0.0.1:" + server.port();
    }

    /** A client with a pool of one connection. */
    WebClient client() {
        return builder().build();
    }

    WebClient.Builder builder() {
        return builder(http -> http);
    }

    /** The same with other settings. */
    WebClient.Builder builder(UnaryOperator<HttpClient> settings) {
        HttpClient http = settings.apply(HttpClient.create(one));
        return WebClient.builder()
                .baseUrl(url())
                .clientConnector(new ReactorClientHttpConnector(http));
    }

    /**
     * A future of the next request of {@code /slow}: of one that is done when its client leaves.
     */
    CompletableFuture<Slow> expectSlow() {
        CompletableFuture<Slow> next = new CompletableFuture<>();
        nextSlow = next;
        return next;
    }

    @Override
    public void close() {
        one.dispose();
        server.disposeNow();
    }
}
