package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.waitFor;
import static asyncio4j.bridge.Bridge.await;
import static asyncio4j.bridge.Bridge.iterate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.AsyncGenerator;
import asyncio4j.Asyncio;
import asyncio4j.CancelledError;
import asyncio4j.ContextVar;
import asyncio4j.Coroutine;
import asyncio4j.Task;
import asyncio4j.VirtualClock;
import asyncio4j.bridge.FluxIterator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;

/** WebClient in coroutines, over a real socket, with a pool of one connection. */
class WebClientTest {

    private static final ContextVar<String> USER = ContextVar.of("user");

    private final Backend backend = new Backend();

    private final WebClient client = backend.client();

    private final SpringRunner runner = new SpringRunner();

    @AfterEach
    void close() {
        runner.close();
        backend.close();
    }

    private String hello() {
        return await(client.get().uri("/hello").retrieve().bodyToMono(String.class));
    }

    @Test
    void aResponseIsAwaited() {
        runner.run(() -> {
            assertThat(hello()).isEqualTo("hello");
        });
    }

    @Test
    void anEmptyResponseIsNull() {
        runner.run(() -> {
            String body = await(client.get().uri("/empty").retrieve().bodyToMono(String.class));
            assertThat(body).isNull();
        });
    }

    @Test
    void exchangeToMonoIsAwaited() {
        runner.run(() -> {
            int status =
                    await(
                            client.get()
                                    .uri("/fails")
                                    .exchangeToMono(response ->
                                            response.releaseBody()
                                                    .thenReturn(response.statusCode().value())));
            assertThat(status).isEqualTo(409);
            assertThat(hello()).isEqualTo("hello");
        });
    }

    @Test
    void aStreamIsIteratedOver() {
        runner.run(() -> {
            List<Integer> all = new ArrayList<>();
            try (FluxIterator<Integer> numbers =
                    iterate(client.get().uri("/numbers").retrieve().bodyToFlux(Integer.class))) {
                for (int number : numbers) {
                    all.add(number);
                }
            }
            assertThat(all).hasSize(20).startsWith(1, 2, 3).endsWith(19, 20);
        });
    }

    @Test
    void aStreamIsFetchedAsItIsUsed() {
        List<Long> requested = new CopyOnWriteArrayList<>();
        runner.run(() -> {
            try (FluxIterator<Integer> numbers =
                    iterate(
                            client.get()
                                    .uri("/endless")
                                    .retrieve()
                                    .bodyToFlux(Integer.class)
                                    .doOnRequest(requested::add),
                            8)) {
                for (int i = 1; i <= 20; i++) {
                    assertThat(numbers.next()).isEqualTo(i);
                }
            }
        });
        assertThat(requested).containsExactly(8L, 6L, 6L, 6L);
    }

    @Test
    void leavingAnEndlessStreamGivesTheConnectionBack() {
        runner.run(() -> {
            try (FluxIterator<Integer> numbers =
                    iterate(client.get().uri("/endless").retrieve().bodyToFlux(Integer.class), 4)) {
                assertThat(numbers.next()).isEqualTo(1);
                assertThat(numbers.next()).isEqualTo(2);
            }
            await(backend.endlessLeft);
            assertThat(hello()).isEqualTo("hello");
        });
    }

    @Test
    void aRequestsBodyMayBeAGenerator() {
        AsyncGenerator<Integer> body =
                AsyncGenerator.of(g -> {
                    g.yield(1);
                    await(sleep(Duration.ofMillis(10)));
                    g.yield(2);
                });
        runner.run(() -> {
            List<Integer> echo =
                    await(
                            client.post()
                                    .uri("/echo")
                                    .contentType(MediaType.APPLICATION_NDJSON)
                                    .body(body, Integer.class)
                                    .retrieve()
                                    .bodyToFlux(Integer.class)
                                    .collectList());
            assertThat(echo).containsExactly(1, 2);
        });
    }

    @Test
    void aRequestsBodyMayBeACoroutineOrATaskThatSeesTheCallersVariables() {
        runner.run(() -> {
            USER.set("ada");
            Coroutine<String> coroutine =
                    () -> {
                        await(sleep(Duration.ofMillis(10)));
                        return USER.get();
                    };
            assertThat(echo(coroutine)).isEqualTo("ada");
            assertThat(echo(createTask(coroutine))).isEqualTo("ada");
        });
    }

    private String echo(Object producer) {
        return await(
                client.post()
                        .uri("/echo")
                        .contentType(MediaType.TEXT_PLAIN)
                        .body(producer, String.class)
                        .retrieve()
                        .bodyToMono(String.class));
    }

    @Test
    void anExceptionOfTheBodyComesOutOfTheAwait() {
        IllegalStateException broken = new IllegalStateException("broken");
        Coroutine<String> body =
                () -> {
                    throw broken;
                };
        runner.run(() -> {
            assertThatThrownBy(() -> echo(body))
                    .isInstanceOf(WebClientRequestException.class)
                    .hasRootCause(broken);
            assertThat(hello()).isEqualTo("hello");
        });
    }

    @Test
    void contextVariablesAreSeenByFilters() {
        WebClient filtered =
                backend.builder()
                        .filter((request, next) ->
                                Mono.deferContextual(context ->
                                        next.exchange(
                                                ClientRequest.from(request)
                                                        .header("X-User", context.<String>get(USER))
                                                        .build())))
                        .build();
        runner.run(() -> {
            USER.set("ada");
            await(filtered.get().uri("/hello").retrieve().bodyToMono(String.class));
        });
        assertThat(backend.seen).containsExactly("ada");
    }

    @Test
    void errorsComeAsTheyAre() {
        runner.run(() -> {
            assertThatThrownBy(() ->
                            await(client.get().uri("/fails").retrieve().bodyToMono(String.class)))
                    .isInstanceOfSatisfying(
                            WebClientResponseException.Conflict.class,
                            e -> assertThat(e.getResponseBodyAsString()).isEqualTo("no luck"));
            assertThat(hello()).isEqualTo("hello");
        });
    }

    @Test
    void aResponseThatIsCutOffFailsAfterWhatHasCome() {
        runner.run(() -> {
            List<Integer> got = new ArrayList<>();
            assertThatThrownBy(
                            () -> {
                                try (FluxIterator<Integer> numbers =
                                        iterate(
                                                client.get()
                                                        .uri("/half")
                                                        .retrieve()
                                                        .bodyToFlux(Integer.class))) {
                                    for (int number : numbers) {
                                        got.add(number);
                                    }
                                }
                            })
                    .isInstanceOf(WebClientResponseException.class)
                    .hasRootCauseInstanceOf(java.io.IOException.class);
            assertThat(got).containsExactly(1, 2);
            assertThat(hello()).isEqualTo("hello");
        });
    }

    @Test
    void cancellingGivesTheConnectionBack() {
        runner.run(() -> {
            for (int i = 0; i < 10; i++) {
                CompletableFuture<Backend.Slow> arrived = backend.expectSlow();
                Task<String> task = createTask(this::slow);
                Backend.Slow request = await(arrived);
                task.cancel();
                assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
                await(request.gone());
                assertThat(hello()).isEqualTo("hello");
            }
        });
    }

    private String slow() {
        return await(client.get().uri("/slow").retrieve().bodyToMono(String.class));
    }

    @Test
    void cancellingAtAnyTimeGivesTheConnectionBack() {
        runner.run(() -> {
            for (int i = 0; i < 200; i++) {
                Task<String> task = createTask(this::hello);
                for (int j = 0; j < i % 8; j++) {
                    await(sleep(Duration.ZERO));
                }
                task.cancel();
                await(Asyncio.wait(List.of(task)));
            }
            assertThat(hello()).isEqualTo("hello");
        });
    }

    @Test
    void aTimeoutGivesTheConnectionBack() {
        try (SpringRunner virtual = new SpringRunner(() -> newEventLoop(new VirtualClock()))) {
            virtual.run(() -> {
                assertThatThrownBy(() -> await(waitFor(this::slow, Duration.ofSeconds(3))))
                        .isInstanceOf(TimeoutException.class);
                assertThat(hello()).isEqualTo("hello");
            });
        }
    }
}
