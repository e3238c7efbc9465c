package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.spring.Handlers.asWebSocketHandler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** WebSocket connections that are open when the application stops. */
class WebSocketShutdownTest {

    @EnableAutoConfiguration
    static class Application {

        final CountDownLatch entered = new CountDownLatch(1);

        final CountDownLatch left = new CountDownLatch(1);

        @Bean
        SimpleUrlHandlerMapping sockets() {
            return new SimpleUrlHandlerMapping(
                    Map.of(
                            "/hold",
                            asWebSocketHandler(session -> {
                                try {
                                    entered.countDown();
                                    await(sleep(Duration.ofDays(1)));
                                } finally {
                                    await(sleep(Duration.ofMillis(1)));
                                    left.countDown();
                                }
                            })),
                    -1);
        }
    }

    @Test
    void theHandlerEndsAndTheClientIsTold() throws Exception {
        CompletableFuture<Integer> closed = new CompletableFuture<>();
        WebSocket.Listener listener =
                new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
                        closed.complete(code);
                        return null;
                    }

                    @Override
                    public void onError(WebSocket socket, Throwable error) {
                        closed.completeExceptionally(error);
                    }
                };
        try (HttpClient client = HttpClient.newHttpClient();
                Server server =
                        Server.of(
                                Application.class,
                                "server.shutdown=immediate",
                                "asyncio4j.shutdown-timeout=100ms")) {
            URI uri = URI.create("ws://127.0.0.1:" + server.port() + "/hold");
            WebSocket socket =
                    client.newWebSocketBuilder()
                            .buildAsync(uri, listener)
                            .get(60, TimeUnit.SECONDS);
            Application application = server.bean(Application.class);
            assertThat(application.entered.await(60, TimeUnit.SECONDS)).isTrue();
            server.context().close();
            assertThat(application.left.getCount()).isZero();
            assertThat(closed.get(60, TimeUnit.SECONDS)).isIn(1001, 1005); // whoever comes first
            socket.abort();
        }
    }
}
