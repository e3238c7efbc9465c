package asyncio4j.samples;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.gatherReturnExceptions;
import static asyncio4j.Asyncio.waitFor;
import static asyncio4j.bridge.Bridge.await;

import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.KeyboardInterrupt;
import asyncio4j.bridge.ReactorRunner;
import asyncio4j.locks.Semaphore;

import org.jspecify.annotations.Nullable;

import reactor.netty.http.client.HttpClient;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/**
 * Fetches a list of URLs with Reactor Netty's client: three at once at most, two seconds for each,
 * and an error in one of them doesn't disturb the others. Press Ctrl-C to see it unwind.
 */
public final class Fetch {

    private static final List<String> PATHS =
            List.of(
                    "/quick",
                    "/page",
                    "/slow",
                    "/large",
                    "/missing",
                    "/stuck",
                    "/broken",
                    "/cut",
                    "/page?2",
                    "/quick?2");

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** What came of one URL. */
    record Page(int status, int bytes, Duration took) {}

    private final HttpClient client;

    private final Semaphore atOnce = new Semaphore(3);

    private Fetch(HttpClient client) {
        this.client = client;
    }

    public static void main(String[] args) {
        var server = FetchServer.start();
        try (var runner = ReactorRunner.create()) {
            var fetch = new Fetch(HttpClient.create().host("127.0.0.1").port(server.port()));
            System.out.printf(
                    "fetching %d URLs, at most 3 at once, %d s for each%n",
                    PATHS.size(), TIMEOUT.toSeconds());
            var results = runner.run(() -> fetch.all(PATHS));
            printTable(results);
        } catch (KeyboardInterrupt e) {
            System.out.println(
                    "interrupted: every fetch was cancelled, every connection is closed");
            System.exit(130);
        } finally {
            server.disposeNow();
        }
    }

    /** All pages at the same time; a result for each, the exception where there is no page. */
    private List<@Nullable Object> all(List<String> paths) {
        var pages = new ArrayList<Coroutine<Page>>();
        for (String path : paths) {
            pages.add(() -> reported(path));
        }
        return await(gatherReturnExceptions(pages));
    }

    /** One page, with a line about what came of it as soon as that is known. */
    private Page reported(String path) throws Exception {
        try (var _ = await(atOnce.acquire())) {
            var page = await(waitFor(() -> page(path), TIMEOUT));
            System.out.printf(
                    "  %-10s %d, %,d bytes in %d ms%n",
                    path, page.status, page.bytes, page.took.toMillis());
            return page;
        } catch (CancelledError e) {
            System.out.printf("  %-10s cancelled%n", path);
            throw e;
        } catch (Exception e) {
            System.out.printf("  %-10s %s%n", path, describe(e));
            throw e;
        }
    }

    /** One page: straight-line code around a Mono. */
    private Page page(String path) throws IOException {
        long start = System.nanoTime();
        var page =
                await(
                        client.get()
                                .uri(path)
                                .responseSingle((response, body) ->
                                        body.asByteArray()
                                                .defaultIfEmpty(new byte[0])
                                                .map(bytes ->
                                                        new Page(
                                                                response.status().code(),
                                                                bytes.length,
                                                                Duration.ofNanos(
                                                                        System.nanoTime()
                                                                                - start)))));
        if (page == null || page.status >= 400) {
            throw new IOException("HTTP status " + (page == null ? "unknown" : page.status));
        }
        return page;
    }

    private static String describe(Throwable error) {
        return error instanceof TimeoutException
                ? "timed out after " + TIMEOUT.toMillis() + " ms"
                : Objects.requireNonNullElse(error.getMessage(), error.toString());
    }

    private static void printTable(List<@Nullable Object> results) {
        System.out.printf("%n%-10s %7s %12s %9s  %s%n", "URL", "status", "bytes", "ms", "error");
        for (int i = 0; i < results.size(); i++) {
            switch (results.get(i)) {
                case Page page ->
                        System.out.printf(
                                "%-10s %7d %,12d %9d%n",
                                PATHS.get(i), page.status, page.bytes, page.took.toMillis());
                case Throwable error ->
                        System.out.printf("%-10s %31s %s%n", PATHS.get(i), "", describe(error));
                case null, default -> throw new AssertionError("a page or an error");
            }
        }
    }
}
