package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.AsyncGenerator;
import asyncio4j.Coroutine;
import asyncio4j.Task;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.WebFilter;

import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Generators over a real socket, and clients that read slowly or go away. */
@Timeout(60)
class StreamingTest {

    private static final int TOTAL = 1000;

    private static final String BIG = "x".repeat(64 * 1024);

    private static final AtomicInteger READ = new AtomicInteger();

    private static final AtomicInteger LEAD = new AtomicInteger();

    private static volatile CountDownLatch started = new CountDownLatch(1);

    private static volatile CountDownLatch cleaned = new CountDownLatch(1);

    record Item(int number, String text) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Streams.class)
    static class Application {

        /** Loses the cancellation of a body, as Reactor Netty does if the client goes just then. */
        @Bean
        WebFilter losing() {
            return (exchange, chain) ->
                    chain.filter(
                            "lost".equals(exchange.getRequest().getURI().getQuery())
                                    ? exchange.mutate()
                                            .response(new Losing(exchange.getResponse()))
                                            .build()
                                    : exchange);
        }
    }

    /** A response that fails at its first element, and leaves the body where it is. */
    private static final class Losing extends ServerHttpResponseDecorator {

        Losing(ServerHttpResponse response) {
            super(response);
        }

        @Override
        public Mono<Void> writeAndFlushWith(
                Publisher<? extends Publisher<? extends DataBuffer>> body) {
            return Mono.create(sink ->
                    Flux.from(body)
                            .contextWrite(sink.contextView())
                            .subscribe(
                                    new BaseSubscriber<Publisher<? extends DataBuffer>>() {
                                        @Override
                                        protected void hookOnSubscribe(Subscription subscription) {
                                            subscription.request(1);
                                        }

                                        @Override
                                        protected void hookOnNext(
                                                Publisher<? extends DataBuffer> first) {
                                            sink.error(
                                                    new ResponseStatusException(HttpStatus.GONE));
                                        }
                                    }));
        }
    }

    @RestController
    static class Streams {

        @GetMapping("/events")
        AsyncGenerator<ServerSentEvent<Item>> events() {
            return AsyncGenerator.of(g -> {
                for (int i = 0; i < 3; i++) {
                    await(sleep(Duration.ofMillis(1)));
                    g.yield(
                            ServerSentEvent.builder(new Item(i, "t"))
                                    .id("n" + i)
                                    .event("item")
                                    .build());
                }
            });
        }

        @GetMapping("/items")
        AsyncGenerator<Item> items() {
            return AsyncGenerator.of(g -> {
                for (int i = 0; i < TOTAL; i++) {
                    LEAD.accumulateAndGet(i - READ.get(), Math::max);
                    g.yield(new Item(i, BIG));
                }
            });
        }

        @GetMapping("/probe")
        Coroutine<String> probe() {
            return () -> "there";
        }

        @GetMapping("/coroutine")
        Coroutine<String> coroutine() {
            return this::forever;
        }

        @GetMapping("/plain")
        @RunOnLoop
        String plain() {
            return forever();
        }

        @GetMapping("/task")
        Task<String> task() {
            return createTask(this::forever);
        }

        @GetMapping("/generator")
        AsyncGenerator<String> generator() {
            return AsyncGenerator.of(g -> {
                try {
                    g.yield("first");
                    forever();
                } finally {
                    await(sleep(Duration.ofMillis(1)));
                }
            });
        }

        @GetMapping("/yields")
        AsyncGenerator<String> yields() {
            return AsyncGenerator.of(g -> {
                started.countDown();
                try {
                    while (true) {
                        g.yield(BIG);
                    }
                } finally {
                    await(sleep(Duration.ofMillis(1)));
                    cleaned.countDown();
                }
            });
        }

        private String forever() {
            started.countDown();
            try {
                return await(sleep(Duration.ofHours(1), "never"));
            } finally {
                await(sleep(Duration.ofMillis(1))); // it may still await
                cleaned.countDown();
            }
        }
    }

    private static Server server;

    @BeforeAll
    static void start() {
        server = Server.of(Application.class);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void reset() {
        started = new CountDownLatch(1);
        cleaned = new CountDownLatch(1);
        READ.set(0);
        LEAD.set(0);
    }

    @Test
    void aGeneratorIsAStreamOfEvents() throws Exception {
        try (RawClient client = new RawClient(server, "/events", "text/event-stream")) {
            assertThat(client.lineWith("Content-Type")).contains("text/event-stream");
            assertThat(client.lineWith("data:")).isEqualTo("data:{\"number\":0,\"text\":\"t\"}");
            assertThat(client.lineWith("id:")).isEqualTo("id:n1");
            assertThat(client.lineWith("event:")).isEqualTo("event:item");
            assertThat(client.lineWith("data:")).isEqualTo("data:{\"number\":1,\"text\":\"t\"}");
            assertThat(client.lineWith("data:")).isEqualTo("data:{\"number\":2,\"text\":\"t\"}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "application/x-ndjson"})
    void aSlowReaderHoldsTheGeneratorUp(String type) throws Exception {
        String start = type.startsWith("text") ? "data:{" : "{\"number\"";
        try (RawClient client = new RawClient(server, "/items", type)) {
            for (int i = 0; i < TOTAL; i++) {
                String line = client.lineWith(start);
                assertThat(line).contains("\"number\":" + i + ",");
                READ.set(i + 1);
                if (i < 200) {
                    assertThat(server.get("/probe").body()).isEqualTo("there"); // takes its time
                }
            }
        }
        assertThat(LEAD.get()).isPositive().isLessThan(TOTAL * 6 / 10);
    }

    @RepeatedTest(50)
    void aClientThatGoesAwayAsTheResponseBeginsDoesToo() throws Exception {
        aClientThatGoesAwayCancelsTheCoroutine("/yields");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/coroutine", "/plain", "/task", "/generator", "/yields"})
    void aClientThatGoesAwayCancelsTheCoroutine(String path) throws Exception {
        try (RawClient client = new RawClient(server, path, "text/event-stream, text/plain")) {
            started.await();
            if (path.equals("/generator")) {
                assertThat(client.lineWith("data:")).isNotEmpty();
            }
        }
        cleaned.await();
    }

    @Test
    void aGeneratorIsClosedWhenTheResponseFailsWithoutCancellingItsBody() throws Exception {
        try (RawClient client = new RawClient(server, "/yields?lost", "text/event-stream")) {
            cleaned.await(); // while the client is still there
            assertThat(client.line()).isNotNull();
        }
    }
}
