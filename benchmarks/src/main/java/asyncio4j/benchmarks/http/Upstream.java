package asyncio4j.benchmarks.http;

import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** What the handlers await: two small services behind one port. */
public final class Upstream {

    private Upstream() {}

    public static void main(String[] args) {
        DisposableServer server =
                HttpServer.create()
                        .host("127.0.0.1")
                        .port(0)
                        .route(routes ->
                                routes.get(
                                                "/user",
                                                (_, response) ->
                                                        response.header(
                                                                        "Content-Type",
                                                                        "application/json")
                                                                .sendString(
                                                                        Mono.just(
                                                                                """
                                                                                {"id": 7, "name": "Ada"}\
                                                                                """)))
                                        .get(
                                                "/item",
                                                (_, response) ->
                                                        response.header(
                                                                        "Content-Type",
                                                                        "application/json")
                                                                .sendString(
                                                                        Mono.just(
                                                                                """
                                                                                {"id": 3, "price": 250}\
                                                                                """))))
                        .bindNow();
        System.out.println("port " + server.port());
        server.onDispose().block();
    }
}
