package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.AsyncFuture;
import asyncio4j.AsyncGenerator;
import asyncio4j.CancelledError;
import asyncio4j.ContextVar;
import asyncio4j.Coroutine;
import asyncio4j.Task;
import asyncio4j.VirtualClock;
import asyncio4j.VoidCoroutine;

import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import org.springframework.web.reactive.function.client.support.WebClientAdapter;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;
import org.springframework.web.service.registry.HttpServiceGroup;
import org.springframework.web.service.registry.ImportHttpServices;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/**
 * HTTP interface clients whose methods await, or return the library's types, over a real socket.
 */
class HttpInterfaceTest {

    public interface Api { // public, as Java wants it for default methods

        @GetExchange("/hello")
        String hello();

        @GetExchange("/hello")
        Optional<String> perhaps();

        @GetExchange("/empty")
        @Nullable String empty();

        @GetExchange("/empty")
        Optional<String> perhapsEmpty();

        @GetExchange("/hello")
        ResponseEntity<String> entity();

        @GetExchange("/hello")
        HttpHeaders headers();

        @GetExchange("/hello")
        void ping();

        @GetExchange("/fails")
        String fails();

        @GetExchange("/slow")
        String slow();

        @GetExchange("/hello")
        Mono<String> mono();

        @GetExchange("/numbers")
        Flux<Integer> flux();

        @GetExchange("/hello")
        Coroutine<String> coroutine();

        @GetExchange("/hello")
        Coroutine<ResponseEntity<String>> entityLater();

        @GetExchange("/numbers")
        Coroutine<ResponseEntity<AsyncGenerator<Integer>>> numbersWithHeaders();

        @GetExchange("/hello")
        VoidCoroutine pingLater();

        @GetExchange("/fails")
        Coroutine<String> failsLater();

        @GetExchange("/hello")
        Task<String> task();

        @GetExchange("/numbers")
        AsyncGenerator<Integer> numbers();

        @GetExchange("/endless")
        AsyncGenerator<Integer> endless();

        @PostExchange(value = "/echo", contentType = "text/plain")
        String echo(@RequestBody Coroutine<String> body);

        @PostExchange(value = "/echo", contentType = "application/x-ndjson")
        AsyncGenerator<Integer> echoAll(@RequestBody AsyncGenerator<Integer> body);

        default String twice() {
            return hello() + hello();
        }
    }

    private static final ContextVar<String> USER = ContextVar.of("user");

    private final Backend backend = new Backend();

    private final SpringRunner runner = new SpringRunner();

    private final WebClient client =
            backend.builder()
                    .filter((request, next) ->
                            Mono.deferContextual(context ->
                                    next.exchange(
                                            ClientRequest.from(request)
                                                    .header(
                                                            "X-User",
                                                            context.getOrDefault(USER, "nobody"))
                                                    .build())))
                    .build();

    private final Api api = AwaitingExchangeAdapter.proxyFactory(client).createClient(Api.class);

    @AfterEach
    void close() {
        runner.close();
        backend.close();
    }

    @Test
    void aPlainMethodAwaitsInACoroutine() {
        List<String> log = new ArrayList<>();
        runner.run(() -> {
            CompletableFuture<Backend.Slow> arrived = backend.expectSlow();
            Task<String> slow = createTask(api::slow);
            await(arrived);
            log.add("the others go on");
            slow.cancel();
            assertThatThrownBy(() -> await(slow)).isInstanceOf(CancelledError.class);
            log.add(api.hello());
        });
        assertThat(log).containsExactly("the others go on", "hello");
    }

    @Test
    void plainMethodsHaveAllOfSpringsResults() {
        runner.run(() -> {
            assertThat(api.perhaps()).contains("hello");
            assertThat(api.empty()).isNull();
            assertThat(api.perhapsEmpty()).isEmpty();
            assertThat(api.entity().getBody()).isEqualTo("hello");
            assertThat(api.headers().getFirst("Content-Type")).isEqualTo("text/plain");
            api.ping();
            assertThat(api.twice()).isEqualTo("hellohello");
        });
        assertThat(backend.requests).hasValue(6);
    }

    @Test
    void cancellingAPlainMethodGivesTheConnectionBack() {
        runner.run(() -> {
            for (int i = 0; i < 5; i++) {
                CompletableFuture<Backend.Slow> arrived = backend.expectSlow();
                Task<String> slow = createTask(api::slow);
                Backend.Slow request = await(arrived);
                slow.cancel();
                await(request.gone());
                assertThat(api.hello()).isEqualTo("hello");
            }
        });
    }

    @Test
    void errorsComeAsTheyAre() {
        runner.run(() -> {
            assertThatThrownBy(api::fails).isInstanceOf(WebClientResponseException.Conflict.class);
            assertThatThrownBy(() -> await(api.failsLater()))
                    .isInstanceOf(WebClientResponseException.Conflict.class);
            assertThat(api.hello()).isEqualTo("hello");
        });
    }

    @Test
    void theBlockTimeoutHoldsForAwaitsToo() {
        WebClientAdapter adapter = WebClientAdapter.create(client);
        adapter.setBlockTimeout(Duration.ofSeconds(3));
        Api limited =
                HttpServiceProxyFactory.builderFor(AwaitingExchangeAdapter.of(adapter))
                        .build()
                        .createClient(Api.class);
        try (SpringRunner virtual = new SpringRunner(() -> newEventLoop(new VirtualClock()))) {
            virtual.run(() -> {
                assertThatThrownBy(limited::slow)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("there was no response within PT3S, the block timeout")
                        .hasCauseInstanceOf(TimeoutException.class);
                assertThat(api.hello()).isEqualTo("hello");
            });
        }
    }

    @Test
    void aTimeoutOfTheRequestItselfIsNotTakenForTheBlockTimeout() {
        TimeoutException own = new TimeoutException("own");
        WebClientAdapter adapter =
                WebClientAdapter.create(
                        backend.builder().filter((request, next) -> Mono.error(own)).build());
        adapter.setBlockTimeout(Duration.ofSeconds(3));
        AwaitingExchangeAdapter awaiting = AwaitingExchangeAdapter.of(adapter);
        Api limited = HttpServiceProxyFactory.builderFor(awaiting).build().createClient(Api.class);
        runner.run(() ->
                assertThat(Assertions.catchThrowable(limited::hello))
                        .isInstanceOf(UndeclaredThrowableException.class) // of Java's proxy
                        .hasRootCause(own));
    }

    @Test
    void outsideOfCoroutinesAPlainMethodBlocks() {
        assertThat(api.hello()).isEqualTo("hello");
        assertThat(api.perhaps()).contains("hello");
        assertThatThrownBy(api::fails).isInstanceOf(WebClientResponseException.Conflict.class);
    }

    @Test
    void inAPlainCallbackAPlainMethodIsRefused() {
        runner.run(() -> {
            AsyncFuture<Throwable> refused = getRunningLoop().createFuture();
            getRunningLoop()
                    .callSoon(() -> refused.setResult(Assertions.catchThrowable(api::hello)));
            assertThat(await(refused))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("await(mono)");
        });
    }

    @Test
    void reactorsTypesStayAsTheyAre() {
        runner.run(() -> {
            assertThat(asyncio4j.bridge.Bridge.await(api.mono())).isEqualTo("hello");
            assertThat(asyncio4j.bridge.Bridge.await(api.flux().count())).isEqualTo(20);
        });
    }

    @Test
    void aCoroutineAsksEachTimeItIsAwaited() {
        runner.run(() -> {
            Coroutine<String> hello = api.coroutine();
            assertThat(backend.requests).hasValue(0);
            assertThat(await(hello)).isEqualTo("hello");
            assertThat(await(hello)).isEqualTo("hello");
            assertThat(backend.requests).hasValue(2);
            assertThat(await(api.entityLater()).getBody()).isEqualTo("hello");
            VoidCoroutine ping = api.pingLater();
            ping.run();
            assertThat(backend.requests).hasValue(4);
        });
    }

    @Test
    void aTaskIsUnderWayAtOnceOnTheCallersLoop() {
        runner.run(() -> {
            Task<String> task = api.task();
            assertThat(task.getLoop()).isSameAs(getRunningLoop());
            assertThat(await(task)).isEqualTo("hello");
        });
    }

    @Test
    void aTaskOutsideOfALoopIsRefused() {
        assertThatThrownBy(api::task)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("declare a Coroutine instead");
    }

    @Test
    void aGeneratorIsIteratedOver() {
        runner.run(() -> {
            List<Integer> all = new ArrayList<>();
            try (AsyncGenerator<Integer> numbers = api.numbers()) {
                for (int number : numbers) {
                    all.add(number);
                }
            }
            assertThat(all).hasSize(20);
            ResponseEntity<AsyncGenerator<Integer>> entity = await(api.numbersWithHeaders());
            assertThat(entity.getHeaders().getFirst("Content-Type"))
                    .isEqualTo("application/x-ndjson");
            int count = 0;
            for (int _ : entity.getBody()) {
                count++;
            }
            assertThat(count).isEqualTo(20);
        });
    }

    @Test
    void closingAGeneratorEndsTheRequest() {
        runner.run(() -> {
            try (AsyncGenerator<Integer> endless = api.endless()) {
                assertThat(await(endless.anext())).isEqualTo(1);
            }
            await(backend.endlessLeft);
            assertThat(api.hello()).isEqualTo("hello");
        });
    }

    @Test
    void bodiesMayBeCoroutinesAndGenerators() {
        runner.run(() -> {
            USER.set("ada");
            Coroutine<String> body = () -> await(sleep(Duration.ofMillis(1), USER.get()));
            assertThat(api.echo(body)).isEqualTo("ada");
            AsyncGenerator<Integer> items =
                    AsyncGenerator.of(g -> {
                        g.yield(1);
                        await(sleep(Duration.ofMillis(1)));
                        g.yield(2);
                    });
            List<Integer> back = new ArrayList<>();
            for (int item : api.echoAll(items)) {
                back.add(item);
            }
            assertThat(back).containsExactly(1, 2);
        });
    }

    @Test
    void contextVariablesAreSeenByTheRequest() {
        runner.run(() -> {
            USER.set("ada");
            api.hello();
            await(api.coroutine());
        });
        api.hello();
        assertThat(backend.seen).containsExactly("ada", "ada", "nobody");
    }

    @EnableAsyncio
    @ImportHttpServices(
            group = "backend",
            types = Api.class,
            clientType = HttpServiceGroup.ClientType.WEB_CLIENT)
    static class Importing {}

    @Test
    void importedClientsAwaitByThemselves() {
        try (var context = new AnnotationConfigApplicationContext()) {
            context.registerBean(
                    "url",
                    WebClientHttpServiceGroupConfigurer.class,
                    () ->
                            groups ->
                                    groups.forEachClient(
                                            (group, builder) -> builder.baseUrl(backend.url())));
            context.register(Importing.class);
            context.refresh();
            Api imported = context.getBean(Api.class);
            runner.run(() -> assertThat(imported.hello()).isEqualTo("hello"));
        }
    }
}
