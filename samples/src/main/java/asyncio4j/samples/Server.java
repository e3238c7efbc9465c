package asyncio4j.samples;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.await;
import static asyncio4j.bridge.Bridge.flux;
import static asyncio4j.bridge.Bridge.mono;

import asyncio4j.AsyncGenerator;
import asyncio4j.EventLoop;
import asyncio4j.bridge.ReactorRunner;

import org.reactivestreams.Publisher;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

import java.time.Duration;
import java.util.concurrent.CancellationException;

/**
 * A server whose main program is a generator: it starts the server, waits at its {@code yield}, and
 * stops the server at Ctrl-C or {@code SIGTERM}; what is under way then is cancelled, and cleaned
 * up before the program ends. Its handlers are coroutines, and a generator behind a response that
 * goes on until the client hangs up.
 */
public final class Server {

    private static final Duration TICK = Duration.ofMillis(500);

    private Server() {}

    public static void main(String[] args) {
        if (args.length > 1 || (args.length == 1 && !args[0].matches("\\d{1,5}"))) {
            System.err.println("usage: samples/run server [PORT]     (0, or none: a free one)");
            System.exit(2);
        }
        int port = args.length == 0 ? 0 : Integer.parseInt(args[0]);
        try (var runner = ReactorRunner.create()) {
            runner.runForever(g -> {
                var server = await(server(getRunningLoop(), port).bind());
                if (server == null) {
                    return;
                }
                String address = "http://127.0.0.1:" + server.port();
                System.out.println("serving; try");
                System.out.println("  curl " + address + "/hello/Ada");
                System.out.println("  curl -N " + address + "/ticks");
                System.out.println("and stop it with Ctrl-C");
                try {
                    g.yield(server);
                } finally {
                    System.out.println("stopping: no more requests are taken");
                    server.dispose();
                    await(server.onDispose());
                    System.out.println("stopped");
                }
            });
        }
    }

    private static HttpServer server(EventLoop loop, int port) {
        return HttpServer.create()
                .host("127.0.0.1")
                .port(port)
                .route(routes -> {
                    routes.get(
                            "/hello/{name}", (request, response) -> hello(loop, request, response));
                    routes.get("/ticks", (_, response) -> ticks(loop, response));
                });
    }

    /** A coroutine as a handler. */
    private static Publisher<Void> hello(
            EventLoop loop, HttpServerRequest request, HttpServerResponse response) {
        return mono(
                loop,
                () -> {
                    await(sleep(Duration.ofMillis(50))); // a database, say
                    await(
                            response.sendString(Mono.just("hello " + request.param("name") + "\n"))
                                    .then());
                });
    }

    /** A generator as the body of a response; it ends when the client hangs up. */
    private static Publisher<Void> ticks(EventLoop loop, HttpServerResponse response) {
        AsyncGenerator.Body<String> ticks =
                g -> {
                    try {
                        for (int i = 1; ; i++) {
                            g.yield("tick " + i + "\n");
                            await(sleep(TICK));
                        }
                    } finally {
                        System.out.println("a stream of /ticks has ended");
                    }
                };
        return response.sse()
                .sendString(
                        flux(loop, ticks)
                                .onErrorComplete(CancellationException.class)); // at the stop
    }
}
