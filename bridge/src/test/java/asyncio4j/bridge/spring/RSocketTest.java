package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.await;
import static asyncio4j.bridge.Bridge.iterate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.AsyncGenerator;
import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.Task;
import asyncio4j.VoidCoroutine;
import asyncio4j.bridge.FluxIterator;

import io.rsocket.core.RSocketServer;
import io.rsocket.exceptions.ApplicationErrorException;
import io.rsocket.transport.netty.client.TcpClientTransport;
import io.rsocket.transport.netty.server.CloseableChannel;
import io.rsocket.transport.netty.server.TcpServerTransport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.rsocket.RSocketRequester;
import org.springframework.messaging.rsocket.RSocketStrategies;
import org.springframework.messaging.rsocket.annotation.support.RSocketMessageHandler;
import org.springframework.messaging.rsocket.service.RSocketExchange;
import org.springframework.messaging.rsocket.service.RSocketServiceProxyFactory;

import reactor.core.publisher.BaseSubscriber;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * RSocket over TCP, without Boot: {@code @MessageMapping} methods, requesters, interface clients.
 */
class RSocketTest {

    private final SpringRunner runner = new SpringRunner();

    private AnnotationConfigApplicationContext context;

    private Numbers numbers;

    private CloseableChannel server;

    private RSocketRequester requester;

    @EnableAsyncio
    static class Configuration {

        @Bean
        Numbers numbers() {
            return new Numbers();
        }

        @Bean
        RSocketStrategies strategies() {
            return RSocketStrategies.create();
        }

        @Bean
        RSocketMessageHandler handler(RSocketStrategies strategies) {
            RSocketMessageHandler handler = new RSocketMessageHandler();
            handler.setRSocketStrategies(strategies);
            handler.setHandlerPredicate(type -> type == Numbers.class);
            return handler;
        }
    }

    static class Numbers {

        final AtomicInteger made = new AtomicInteger();

        final BlockingQueue<String> told = new LinkedBlockingQueue<>();

        final CompletableFuture<Void> entered = new CompletableFuture<>();

        final CountDownLatch left = new CountDownLatch(1);

        @MessageMapping("upper")
        Coroutine<String> upper(String text) {
            return () -> {
                await(sleep(Duration.ofMillis(1)));
                return text.toUpperCase(Locale.ROOT);
            };
        }

        @MessageMapping("later")
        Coroutine<String> later(@Payload Coroutine<String> text) {
            return () -> await(text) + "!";
        }

        @MessageMapping("nothing")
        Coroutine<Void> nothing() {
            return () -> null;
        }

        @MessageMapping("fails.{why}")
        Coroutine<String> fails(@DestinationVariable String why) {
            return () -> {
                await(sleep(Duration.ofMillis(1)));
                throw why.equals("state")
                        ? new IllegalStateException("bad state")
                        : new IllegalArgumentException("bad argument");
            };
        }

        @MessageExceptionHandler
        Coroutine<String> illegal(IllegalStateException error) {
            return () -> {
                await(sleep(Duration.ofMillis(1)));
                return "handled: " + error.getMessage();
            };
        }

        @MessageMapping("count")
        AsyncGenerator<String> count() {
            return AsyncGenerator.of(g -> {
                try {
                    for (int i = 1; ; i++) {
                        made.set(i);
                        g.yield("n" + i);
                    }
                } finally {
                    await(sleep(Duration.ofMillis(1)));
                    left.countDown();
                }
            });
        }

        @MessageMapping("tell")
        Coroutine<Void> tell(String what) {
            return () -> {
                await(sleep(Duration.ofMillis(1)));
                told.add(what);
                return null;
            };
        }

        @MessageMapping("hold")
        Coroutine<String> hold() {
            return () -> {
                try {
                    entered.complete(null);
                    await(sleep(Duration.ofDays(1)));
                    return "never";
                } finally {
                    await(sleep(Duration.ofMillis(1)));
                    left.countDown();
                }
            };
        }

        @MessageMapping("double")
        AsyncGenerator<String> twice(@Payload AsyncGenerator<String> words) {
            return AsyncGenerator.of(g -> {
                try (words) {
                    for (String word : words) {
                        g.yield(word + word);
                    }
                }
            });
        }
    }

    interface Client {

        @RSocketExchange("upper")
        Coroutine<String> upper(@Payload String text);

        @RSocketExchange("count")
        AsyncGenerator<String> count();

        @RSocketExchange("double")
        AsyncGenerator<String> twice(@Payload AsyncGenerator<String> words);

        @RSocketExchange("tell")
        VoidCoroutine tell(@Payload String what);

        @RSocketExchange("upper")
        String plain(@Payload String text);
    }

    @BeforeEach
    void start() {
        context = new AnnotationConfigApplicationContext(Configuration.class);
        numbers = context.getBean(Numbers.class);
        server =
                RSocketServer.create(context.getBean(RSocketMessageHandler.class).responder())
                        .bind(TcpServerTransport.create("127.0.0.1", 0))
                        .block();
        requester =
                RSocketRequester.builder()
                        .rsocketStrategies(context.getBean(RSocketStrategies.class))
                        .transport(TcpClientTransport.create(server.address()));
    }

    @AfterEach
    void stop() {
        runner.close();
        requester.dispose();
        server.dispose();
        server.onClose().block(Duration.ofSeconds(60));
        context.close();
    }

    @Test
    void aRequestIsAnsweredByACoroutine() {
        runner.run(() -> {
            assertThat(await(requester.route("upper").data("hello").retrieveMono(String.class)))
                    .isEqualTo("HELLO");
            assertThat(await(requester.route("later").data("hello").retrieveMono(String.class)))
                    .isEqualTo("hello!");
            await(requester.route("nothing").retrieveMono(Void.class));
        });
    }

    @Test
    void aRequestsDataMayBeACoroutine() {
        Coroutine<String> data = () -> await(sleep(Duration.ofMillis(1), "soon"));
        runner.run(() ->
                assertThat(
                                await(
                                        requester
                                                .route("upper")
                                                .data(data, String.class)
                                                .retrieveMono(String.class)))
                        .isEqualTo("SOON"));
    }

    @Test
    void exceptionsReachTheExceptionHandlerOrTheRequester() {
        runner.run(() -> {
            assertThat(await(requester.route("fails.state").retrieveMono(String.class)))
                    .isEqualTo("handled: bad state");
            assertThatThrownBy(() ->
                            await(requester.route("fails.argument").retrieveMono(String.class)))
                    .isInstanceOf(ApplicationErrorException.class)
                    .hasMessage("bad argument");
        });
    }

    @Test
    void aStreamIsMadeAsItIsRequested() throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        BaseSubscriber<String> subscriber =
                new BaseSubscriber<>() {
                    @Override
                    protected void hookOnSubscribe(Subscription subscription) {
                        request(3);
                    }

                    @Override
                    protected void hookOnNext(String value) {
                        got.add(value);
                    }
                };
        requester.route("count").retrieveFlux(String.class).subscribe(subscriber);
        assertThat(take(got, 3)).containsExactly("n1", "n2", "n3");
        roundTrip();
        assertThat(numbers.made.get()).isBetween(3, 4); // one may stand ready in its yield
        assertThat(got).isEmpty();
        subscriber.request(2);
        assertThat(take(got, 2)).containsExactly("n4", "n5");
        roundTrip();
        assertThat(numbers.made.get()).isBetween(5, 6);
        subscriber.cancel();
        assertThat(numbers.left.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(got).isEmpty();
    }

    /** Another request on the same connection, answered by all loops of the server. */
    private void roundTrip() {
        for (int i = 0; i < 2 * context.getBean(AsyncioLoops.class).all().size(); i++) {
            requester.route("upper").data("x").retrieveMono(String.class).block();
        }
    }

    private static List<String> take(BlockingQueue<String> queue, int count)
            throws InterruptedException {
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(queue.poll(60, TimeUnit.SECONDS));
        }
        return taken;
    }

    @Test
    void aStreamIsIteratedOver() throws Exception {
        runner.run(() -> {
            List<String> got = new ArrayList<>();
            try (FluxIterator<String> all =
                    iterate(requester.route("count").retrieveFlux(String.class), 8)) {
                for (int i = 0; i < 20; i++) {
                    got.add(all.next());
                }
            }
            assertThat(got).hasSize(20).startsWith("n1", "n2").endsWith("n20");
        });
        assertThat(numbers.left.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(numbers.made.get()).isLessThanOrEqualTo(8 + 3 * 6 + 1);
    }

    @Test
    void aChannelIsGeneratorsBothWays() {
        AsyncGenerator<String> words =
                AsyncGenerator.of(g -> {
                    g.yield("a");
                    await(sleep(Duration.ofMillis(1)));
                    g.yield("b");
                });
        runner.run(() -> {
            List<String> got =
                    await(
                            requester
                                    .route("double")
                                    .data(words, String.class)
                                    .retrieveFlux(String.class)
                                    .collectList());
            assertThat(got).containsExactly("aa", "bb");
        });
    }

    @Test
    void fireAndForgetRunsACoroutine() throws Exception {
        runner.run(() -> await(requester.route("tell").data("news").send()));
        assertThat(numbers.told.poll(60, TimeUnit.SECONDS)).isEqualTo("news");
    }

    @Test
    void cancellingReachesTheCoroutine() throws Exception {
        runner.run(() -> {
            Task<String> task =
                    createTask(() -> await(requester.route("hold").retrieveMono(String.class)));
            await(numbers.entered);
            task.cancel();
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
        });
        assertThat(numbers.left.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aRequesterThatVanishesCancelsTheCoroutine() throws Exception {
        requester.route("hold").retrieveMono(String.class).subscribe(x -> {}, e -> {});
        numbers.entered.get(60, TimeUnit.SECONDS);
        requester.dispose();
        assertThat(numbers.left.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void interfaceClientsReturnTheTypes() throws Exception {
        Client client =
                RSocketServiceProxyFactory.builder(requester).build().createClient(Client.class);
        runner.run(() -> {
            assertThat(await(client.upper("a"))).isEqualTo("A");
            try (AsyncGenerator<String> all = client.count()) {
                assertThat(await(all.anext())).isEqualTo("n1");
            }
            AsyncGenerator<String> words = AsyncGenerator.of(g -> g.yield("x"));
            List<String> got = new ArrayList<>();
            for (String word : client.twice(words)) {
                got.add(word);
            }
            assertThat(got).containsExactly("xx");
            client.tell("told").run();
            assertThatThrownBy(() -> client.plain("a"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("await(mono)");
        });
        assertThat(numbers.told.poll(60, TimeUnit.SECONDS)).isEqualTo("told");
    }
}
