package asyncio4j.samples.bar;

import org.springframework.stereotype.Component;

import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/** Another service, on a port of its own: it knows what a drink costs. */
@Component
class PriceList implements AutoCloseable {

    private final DisposableServer server =
            HttpServer.create()
                    .host("127.0.0.1")
                    .port(0)
                    .route(routes ->
                            routes.get(
                                    "/prices/{drink}",
                                    (request, response) ->
                                            response.header("Content-Type", "application/json")
                                                    .sendString(
                                                            Mono.just(price(request.param("drink")))
                                                                    .delayElement(
                                                                            Duration.ofMillis(
                                                                                    80)))))
                    .bindNow();

    /** Where it is. */
    String address() {
        return "http://127.0.0.1:" + server.port();
    }

    private static String price(@org.jspecify.annotations.Nullable String drink) {
        return switch (Drink.valueOf(Objects.requireNonNull(drink).toUpperCase(Locale.ROOT))) {
            case ESPRESSO -> "220";
            case CAPPUCCINO -> "360";
            case CORTADO -> "310";
            case FILTER -> "280";
        };
    }

    @Override
    public void close() {
        server.disposeNow();
    }
}
