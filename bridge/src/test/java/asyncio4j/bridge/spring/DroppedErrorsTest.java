package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.getRunningLoop;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.bridge.testing.Dropped;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.server.ServerWebInputException;
import org.springframework.web.server.WebFilter;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.netty.channel.AbortedException;
import reactor.util.context.Context;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What becomes of the errors of requests whose clients hang up. */
class DroppedErrorsTest {

    private static final CompletableFuture<EventLoop> ASKED = new CompletableFuture<>();

    private static final CountDownLatch CANCELLED = new CountDownLatch(1);

    private final Dropped dropped = new Dropped();

    @AfterEach
    void close() {
        dropped.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Uploads.class)
    static class Application {

        /** Tells when a request has been cancelled, through and through. */
        @Bean
        WebFilter cancellations() {
            return (exchange, chain) ->
                    chain.filter(exchange).doFinally(_ -> CANCELLED.countDown());
        }
    }

    @RestController
    static class Uploads {

        @PostMapping("/upload")
        Coroutine<String> upload(@RequestBody Coroutine<String> body) {
            return () -> {
                ASKED.complete(getRunningLoop());
                return await(body);
            };
        }
    }

    /** What is logged at DEBUG while this is open. */
    private static final class Log extends Handler implements AutoCloseable {

        final BlockingQueue<LogRecord> records = new LinkedBlockingQueue<>();

        private final Logger logger = Logger.getLogger("asyncio4j");

        private final Level before = logger.getLevel();

        Log() {
            logger.setLevel(Level.FINE);
            logger.addHandler(this);
        }

        @Override
        public void publish(LogRecord message) {
            if (message.getLevel() == Level.FINE) {
                records.add(message);
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            logger.removeHandler(this);
            logger.setLevel(before);
        }
    }

    /** The body's error is there when the task is cancelled: the loop comes to both at once. */
    @Test
    void anUploadThatBreaksOffIsNoError() throws Exception {
        try (Server server = Server.of(Application.class, "asyncio4j.loops=1");
                Log log = new Log()) {
            CountDownLatch left = new CountDownLatch(1);
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                socket.getOutputStream()
                        .write(
                                """
                                POST /upload HTTP/1.1\r
                                Host: localhost\r
                                Content-Type: text/plain\r
                                Content-Length: 100\r
                                \r
                                the begin\
                                """
                                        .getBytes(StandardCharsets.US_ASCII));
                CountDownLatch held = new CountDownLatch(1);
                ASKED.get().callSoonThreadsafe(() -> hold(held, left));
                held.await();
            }
            CANCELLED.await();
            left.countDown();
            String logged = "";
            while (!logged.equals("the client of POST /upload is gone")) {
                logged = log.records.take().getMessage();
            }
        }
        assertThat(dropped.errors).isEmpty();
    }

    private static void hold(CountDownLatch held, CountDownLatch until) {
        held.countDown();
        try {
            until.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private final AbortedException gone = new AbortedException("Connection has been closed");

    private static void drop(Throwable error, Context context) {
        Operators.onErrorDropped(error, context);
    }

    @Test
    void beforeTheCancellationNothingIsKeptBack() {
        drop(gone, DroppedErrors.of("GET /", Context.empty()).in(Context.empty()));
        assertThat(dropped.errors).containsExactly(gone);
    }

    @Test
    void afterItErrorsOfTheClientsAre() {
        DroppedErrors errors = DroppedErrors.of("GET /", Context.empty());
        Context context = errors.in(Context.empty());
        errors.cancelled();
        drop(gone, context);
        drop(new ServerWebInputException("no body", null, gone), context);
        drop(new IOException("Connection reset by peer"), context);
        drop(new ServerWebInputException("there is no body"), context);
        assertThat(dropped.errors).isEmpty();
    }

    @Test
    void theyAreLoggedForWhoLooksForThem() throws Exception {
        try (Log log = new Log()) {
            DroppedErrors errors = DroppedErrors.of("GET /here", Context.empty());
            errors.cancelled();
            drop(gone, errors.in(Context.empty()));
            assertThat(log.records).hasSize(1);
            LogRecord message = log.records.take();
            assertThat(message.getMessage()).isEqualTo("the client of GET /here is gone");
            assertThat(message.getThrown()).isSameAs(gone);
        }
    }

    @Test
    void thoseOfACallToAnotherServerAreNot() {
        DroppedErrors errors = DroppedErrors.of("GET /", Context.empty());
        errors.cancelled();
        Throwable elsewhere =
                new WebClientRequestException(
                        new IOException("Connection reset by peer"),
                        HttpMethod.GET,
                        URI.create("http://elsewhere"),
                        new HttpHeaders());
        drop(elsewhere, errors.in(Context.empty()));
        assertThat(dropped.errors).containsExactly(elsewhere);
    }

    @Test
    void aHookOfTheRequestsOwnIsToldOfTheRest() {
        List<Throwable> told = new ArrayList<>();
        Mono.deferContextual(
                        outside -> {
                            DroppedErrors errors = DroppedErrors.of("GET /", outside);
                            errors.cancelled();
                            Context context = errors.in(Context.of(outside));
                            drop(gone, context);
                            drop(new IllegalStateException("another"), context);
                            return Mono.empty();
                        })
                .contextWrite(c -> c.put("reactor.onErrorDropped.local", hook(told)))
                .block();
        assertThat(told).extracting(Throwable::getMessage).containsExactly("another");
        assertThat(dropped.errors).isEmpty();
    }

    private static Consumer<Throwable> hook(List<Throwable> told) {
        return told::add;
    }
}
