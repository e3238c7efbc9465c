package asyncio4j.samples;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;

import java.time.Duration;

/** The server that {@link Fetch} talks to: plain Reactor Netty on a free loopback port. */
final class FetchServer {

    private FetchServer() {}

    static DisposableServer start() {
        return HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(routes ->
                        routes.get("/quick", (request, response) -> text(response, 120, 50))
                                .get("/page", (request, response) -> text(response, 4_000, 400))
                                .get(
                                        "/large",
                                        (request, response) -> text(response, 3_000_000, 200))
                                .get("/slow", (request, response) -> text(response, 900, 1_200))
                                .get("/stuck", (request, response) -> text(response, 1, 60_000))
                                .get("/broken", (request, response) -> response.status(500).send())
                                .get(
                                        "/cut",
                                        (request, response) ->
                                                response.withConnection(connection ->
                                                        connection
                                                                .dispose()))) // hangs up without an
                // answer
                .bindNow();
    }

    /** So many bytes of text after so many milliseconds, in pieces of 1,000 at most. */
    private static Mono<Void> text(HttpServerResponse response, int bytes, int delayMillis) {
        Flux<String> pieces =
                Flux.range(0, (bytes + 999) / 1_000)
                        .map(i -> "x".repeat(Math.min(1_000, bytes - i * 1_000)));
        return Mono.delay(Duration.ofMillis(delayMillis)).then(response.sendString(pieces).then());
    }
}
