package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.createTask;
import static asyncio4j.bridge.Bridge.await;
import static asyncio4j.bridge.Bridge.iterate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.Asyncio;
import asyncio4j.CancelledError;
import asyncio4j.EventLoop;
import asyncio4j.Task;
import asyncio4j.VoidCoroutine;
import asyncio4j.bridge.FluxIterator;

import io.netty.channel.Channel;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.function.client.WebClient;

import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * Requests that are cancelled by another thread while Netty's is about to hand their response on.
 */
class HttpConnectionsTest {

    private final Backend backend = new Backend();

    /** Runs on Netty's thread when the first response has come. */
    private final AtomicReference<Runnable> meanwhile = new AtomicReference<>();

    /** The connection of that response. */
    private final CompletableFuture<Connection> met = new CompletableFuture<>();

    @AfterEach
    void close() {
        backend.close();
    }

    /** Has {@link #meanwhile} run once. */
    private HttpClient meeting(HttpClient http) {
        return http.mapConnect(connecting ->
                connecting.doOnNext(connection -> {
                    Runnable first = meanwhile.getAndSet(null);
                    if (first != null) {
                        met.complete(connection);
                        first.run();
                    }
                }));
    }

    private static HttpClient closing(HttpClient http) {
        return http.mapConnect(HttpConnections::closeIfCancelled);
    }

    /** A request of Reactor's own that is cancelled by another thread in that moment. */
    private void cancelledInBetween(UnaryOperator<HttpClient> settings, String path)
            throws Exception {
        CompletableFuture<Disposable> request = new CompletableFuture<>();
        meanwhile.set(() -> onAnotherThread(() -> request.join().dispose()));
        request.complete(text(backend.builder(settings).build(), path).subscribe());
        met.join().channel().eventLoop().submit(() -> {}).get(); // then it has been handed on
    }

    private static void onAnotherThread(Runnable action) {
        Thread thread = Thread.ofPlatform().start(action);
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Mono<String> text(WebClient client, String path) {
        return client.get().uri(path).retrieve().bodyToMono(String.class);
    }

    /** The pool has one connection. */
    private void assertThatTheNextRequestIsAnswered() {
        assertThat(text(backend.client(), "/hello").block()).isEqualTo("hello");
    }

    @Test
    void aCancellationBeforeTheResponseIsHandedOnClosesTheConnection() throws Exception {
        CompletableFuture<Backend.Slow> asked = backend.expectSlow();
        cancelledInBetween(http -> closing(meeting(http)), "/bodiless");
        asked.get().gone().get();
        assertThatTheNextRequestIsAnswered();
    }

    @Test
    void aCancellationWhileTheResponseIsHandedOnClosesTheConnection() throws Exception {
        CompletableFuture<Backend.Slow> asked = backend.expectSlow();
        cancelledInBetween(http -> meeting(closing(http)), "/bodiless");
        asked.get().gone().get();
        assertThatTheNextRequestIsAnswered();
    }

    /** No code of this library takes part. If this fails, Spring has mended it. */
    @Test
    void withoutItSpringLosesTheConnection() throws Exception {
        CompletableFuture<Backend.Slow> asked = backend.expectSlow();
        cancelledInBetween(this::meeting, "/bodiless");
        Connection connection = met.join();
        assertThat(connection.channel().isActive()).isTrue();
        assertThat(asked.get().gone()).isNotDone();
        connection.dispose();
        assertThatTheNextRequestIsAnswered();
    }

    @Test
    void aResponseThatIsWantedComes() {
        WebClient client = backend.builder(HttpConnectionsTest::closing).build();
        for (int i = 0; i < 3; i++) {
            assertThat(text(client, "/hello").block()).isEqualTo("hello");
        }
        assertThat(
                        client.get()
                                .uri("/numbers")
                                .retrieve()
                                .bodyToFlux(Integer.class)
                                .count()
                                .block())
                .isEqualTo(20);
        assertThat(client.get().uri("/empty").retrieve().toBodilessEntity().block()).isNotNull();
    }

    @Test
    void theConnectionOfAResponseThatIsReadIsUsedAgain() {
        List<Channel> used = new CopyOnWriteArrayList<>();
        UnaryOperator<HttpClient> settings =
                http ->
                        closing(http)
                                .doOnResponse((_, connection) -> used.add(connection.channel()));
        WebClient client = backend.builder(settings).build();
        assertThat(text(client, "/hello").block()).isEqualTo("hello");
        assertThat(text(client, "/hello").block()).isEqualTo("hello");
        assertThat(used).hasSize(2);
        assertThat(used.getLast()).isSameAs(used.getFirst());
    }

    /** A task whose request is cancelled by the loop's thread in that moment. */
    private void cancelledTask(VoidCoroutine asking) throws Exception {
        CompletableFuture<Backend.Slow> asked = backend.expectSlow();
        try (SpringRunner runner = new SpringRunner()) {
            runner.run(() -> {
                CountDownLatch left = new CountDownLatch(1);
                EventLoop loop = Asyncio.getRunningLoop();
                Task<Void> task =
                        createTask(() -> {
                            try {
                                asking.run();
                            } finally {
                                left.countDown();
                            }
                            return null;
                        });
                meanwhile.set(() -> {
                    loop.callSoonThreadsafe(task::cancel);
                    try {
                        left.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
                assertThatThrownBy(() -> Asyncio.await(task)).isInstanceOf(CancelledError.class);
            });
        }
        asked.get().gone().get();
        assertThatTheNextRequestIsAnswered();
    }

    @Test
    void aTaskThatIsCancelledAsItsResponseComesKeepsNoConnection() throws Exception {
        WebClient client = backend.builder(http -> closing(meeting(http))).build();
        cancelledTask(() -> await(text(client, "/bodiless")));
    }

    @Test
    void anIterationThatIsCancelledAsItsResponseComesKeepsNoConnection() throws Exception {
        WebClient client = backend.builder(http -> closing(meeting(http))).build();
        cancelledTask(() -> {
            try (FluxIterator<Integer> numbers =
                    iterate(client.get().uri("/bodiless").retrieve().bodyToFlux(Integer.class))) {
                numbers.next();
            }
        });
    }
}
