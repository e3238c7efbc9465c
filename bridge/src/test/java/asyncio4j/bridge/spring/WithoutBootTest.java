package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.AsyncGenerator;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;

import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.config.EnableWebFlux;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;

import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/** WebFlux on Reactor Netty, put together by hand. */
class WithoutBootTest {

    @Configuration(proxyBeanMethods = false)
    @EnableWebFlux
    @EnableAsyncio
    @Import(Pages.class)
    static class Application {}

    @RestController
    static class Pages {

        @GetMapping("/plain")
        @RunOnLoop
        String plain() {
            return await(sleep(Duration.ofMillis(1), "plain"));
        }

        @GetMapping("/coroutine")
        Coroutine<String> coroutine() {
            return sleep(Duration.ofMillis(1), "coroutine");
        }

        @GetMapping("/generator")
        AsyncGenerator<String> generator() {
            return AsyncGenerator.of(g -> {
                g.yield("a");
                g.yield(await(sleep(Duration.ofMillis(1), "b")));
            });
        }
    }

    @Test
    void controllersAwait() throws Exception {
        List<EventLoop> loops;
        try (var context = new AnnotationConfigApplicationContext(Application.class);
                HttpClient client = HttpClient.newHttpClient()) {
            loops = context.getBean(AsyncioLoops.class).all();
            DisposableServer server =
                    HttpServer.create()
                            .host("127.0.0.1")
                            .port(0)
                            .handle(
                                    new ReactorHttpHandlerAdapter(
                                            WebHttpHandlerBuilder.applicationContext(context)
                                                    .build()))
                            .bindNow();
            try {
                assertThat(get(client, server, "/plain")).isEqualTo("plain");
                assertThat(get(client, server, "/coroutine")).isEqualTo("coroutine");
                assertThat(get(client, server, "/generator")).isEqualTo("ab");
            } finally {
                server.disposeNow();
            }
        }
        assertThat(loops).isNotEmpty().allMatch(EventLoop::isClosed);
    }

    private static String get(HttpClient client, DisposableServer server, String path)
            throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
}
