package asyncio4j.samples;

import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.bridge.Bridge.await;
import static asyncio4j.bridge.Bridge.flux;

import asyncio4j.bridge.LoopScheduler;
import asyncio4j.bridge.ReactorRunner;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Rows that a generator pages out of an HTTP service, as a Flux: straight-line code that fetches a
 * page, yields its rows one by one, and fetches the next when they are used up. The consumer is
 * slow; the sample shows that the generator waits for it, instead of running ahead.
 */
public final class Stream {

    private static final int PAGES = 6;

    private static final int ROWS = 20;

    private static final int PREFETCH = 8;

    private final HttpClient client;

    // The loop's thread.

    private int produced;

    private int consumed;

    private int farthest;

    private Stream(HttpClient client) {
        this.client = client;
    }

    public static void main(String[] args) {
        DisposableServer service = service();
        try (var runner = ReactorRunner.create()) {
            var stream = new Stream(HttpClient.create().host("127.0.0.1").port(service.port()));
            runner.run(() -> stream.show());
        } finally {
            service.disposeNow();
        }
    }

    /** All rows of all pages: nothing is fetched before somebody wants it. */
    private Flux<String> rows() {
        return flux(g -> {
            for (int page = 0; ; page++) {
                List<String> rows = page(page);
                if (rows.isEmpty()) {
                    return;
                }
                System.out.printf(
                        "page %d fetched: %d rows, %d consumed so far%n",
                        page, rows.size(), consumed);
                for (String row : rows) {
                    produced++;
                    g.yield(row);
                }
            }
        });
    }

    private List<String> page(int page) {
        String body =
                await(client.get().uri("/rows/" + page).responseContent().aggregate().asString());
        return body == null ? List.of() : body.lines().toList();
    }

    private void show() {
        System.out.printf(
                "%d pages of %d rows; the consumer takes 10 ms for each, and prefetches %d%n",
                PAGES, ROWS, PREFETCH);
        var scheduler = LoopScheduler.of(getRunningLoop());
        await(
                rows().concatMap(
                                row -> Mono.delay(Duration.ofMillis(10), scheduler).thenReturn(row),
                                PREFETCH)
                        .doOnNext(_ -> consume())
                        .then());
        System.out.printf(
                "%d rows produced, %d consumed; the producer was %d rows ahead at most%n",
                produced, consumed, farthest);
    }

    private void consume() {
        farthest = Math.max(farthest, produced - consumed);
        consumed++;
    }

    /** The service: six pages, and empty ones after that. */
    private static DisposableServer service() {
        return HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(routes ->
                        routes.get(
                                "/rows/{page}",
                                (request, response) -> {
                                    int page =
                                            Integer.parseInt(
                                                    Objects.requireNonNull(request.param("page")));
                                    Flux<String> rows =
                                            Flux.range(page * ROWS, page < PAGES ? ROWS : 0)
                                                    .map(n -> "row " + n + "\n");
                                    return response.sendString(rows);
                                }))
                .bindNow();
    }
}
