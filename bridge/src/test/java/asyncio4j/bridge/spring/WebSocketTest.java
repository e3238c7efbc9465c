package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.taskGroup;
import static asyncio4j.bridge.Bridge.await;
import static asyncio4j.bridge.spring.Handlers.asWebSocketHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.AsyncGenerator;
import asyncio4j.Asyncio;
import asyncio4j.CancelledError;
import asyncio4j.EventLoop;
import asyncio4j.ExceptionContext;
import asyncio4j.StopAsyncIteration;
import asyncio4j.Task;
import asyncio4j.bridge.ReactorContext;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.client.ReactorNettyWebSocketClient;
import org.springframework.web.server.WebFilter;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** WebSocket handlers as coroutines, over a real socket, with Reactor Netty's client and Java's. */
class WebSocketTest {

    /** What the handlers of one test note; theirs from their begin, as some outlast the test. */
    private static final class Notes {

        final List<Object> log = new CopyOnWriteArrayList<>();

        final AtomicInteger made = new AtomicInteger();

        final CountDownLatch entered = new CountDownLatch(1);

        final CountDownLatch left = new CountDownLatch(1);
    }

    private static volatile Notes notes = new Notes();

    private static Server server;

    private final SpringRunner runner = new SpringRunner();

    private final HttpClient java = HttpClient.newHttpClient();

    @EnableAutoConfiguration
    static class Application {

        @Bean
        SimpleUrlHandlerMapping sockets() {
            Map<String, WebSocketHandler> handlers = new HashMap<>();
            handlers.put("/echo", asWebSocketHandler(WebSocketTest::echo));
            handlers.put(
                    "/protocols",
                    asWebSocketHandler(
                            session ->
                                    await(
                                            session.send(
                                                    session.getHandshakeInfo().getSubProtocol())),
                            WebSocketOptions.DEFAULT.subProtocols("v2", "v1")));
            handlers.put(
                    "/feed",
                    asWebSocketHandler(session -> {
                        Notes mine = notes;
                        try {
                            await(session.sendAll(feed(mine)));
                        } finally {
                            await(sleep(Duration.ofMillis(1)));
                            mine.left.countDown();
                        }
                    }));
            handlers.put("/both", asWebSocketHandler(WebSocketTest::both));
            handlers.put("/slow", asWebSocketHandler(WebSocketTest::hold));
            handlers.put(
                    "/fails",
                    asWebSocketHandler(session -> {
                        session.receive().iterator().next();
                        await(session.send("so far"));
                        throw new IllegalStateException("no luck");
                    }));
            handlers.put(
                    "/bye",
                    asWebSocketHandler(session -> {
                        Notes mine = notes;
                        await(session.send("last"));
                        await(session.close(new CloseStatus(4001, "bye")));
                        mine.log.add(session.closeStatus());
                        mine.log.add(session.receive().iterator().hasNext());
                        assertThatThrownBy(() -> await(session.send("late")))
                                .isInstanceOf(WebSocketClosedException.class)
                                .hasMessageContaining("4001");
                        await(session.close());
                        mine.left.countDown();
                    }));
            handlers.put(
                    "/context",
                    asWebSocketHandler(session -> {
                        await(sleep(Duration.ofMillis(1)));
                        await(session.send(ReactorContext.current().<String>get("tenant")));
                    }));
            handlers.put(
                    "/flood",
                    asWebSocketHandler(session -> {
                        Notes mine = notes;
                        String line = "x".repeat(10_000);
                        try {
                            for (; ; ) {
                                await(session.send(line));
                                mine.made.incrementAndGet();
                                mine.entered.countDown();
                            }
                        } finally {
                            mine.left.countDown();
                        }
                    }));
            SimpleUrlHandlerMapping mapping = new SimpleUrlHandlerMapping(handlers, -1);
            return mapping;
        }

        @Bean
        WebFilter tenant() {
            return (exchange, chain) ->
                    chain.filter(exchange).contextWrite(context -> context.put("tenant", "T"));
        }
    }

    private static void echo(CoroutineWebSocketSession session) {
        Notes mine = notes;
        for (WebSocketMessage message : session.receive()) {
            if (message.getType() == WebSocketMessage.Type.BINARY) {
                byte[] bytes = new byte[message.getPayload().readableByteCount()];
                message.getPayload().read(bytes);
                await(session.send(bytes));
            } else {
                await(session.send("echo: " + message.getPayloadAsText()));
            }
        }
        mine.log.add(session.closeStatus());
        mine.left.countDown();
    }

    private static AsyncGenerator<String> feed(Notes mine) {
        return AsyncGenerator.of(g -> {
            try {
                for (int i = 0; ; i++) {
                    g.yield("event " + i);
                    await(sleep(Duration.ofMillis(1)));
                }
            } finally {
                mine.log.add("feed closed");
            }
        });
    }

    /** Says what is said to it, and ticks by itself, until the other side closes. */
    private static void both(CoroutineWebSocketSession session) {
        Notes mine = notes;
        try {
            await(
                    taskGroup(group -> {
                        group.createTask(() -> await(session.sendAll(feed(mine))));
                        for (WebSocketMessage message : session.receive()) {
                            await(session.send("echo: " + message.getPayloadAsText()));
                        }
                        group.cancel();
                    }));
        } finally {
            mine.log.add(session.closeStatus());
            mine.left.countDown();
        }
    }

    private static void hold(CoroutineWebSocketSession session) {
        Notes mine = notes;
        try {
            if (session.getHandshakeInfo().getUri().getQuery() != null) {
                session.receive().iterator().next();
            }
            mine.entered.countDown();
            await(sleep(Duration.ofDays(1)));
        } catch (CancelledError e) {
            mine.log.add(session.closeStatus());
            throw e;
        } finally {
            await(sleep(Duration.ofMillis(1)));
            mine.left.countDown();
        }
    }

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
        notes = new Notes();
    }

    @AfterEach
    void close() {
        runner.close();
        java.close();
    }

    private static URI uri(String path) {
        return URI.create("ws://127.0.0.1:" + server.port() + path);
    }

    private static void awaitLatch(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    }

    /** Java's client: keeps what comes. */
    private static final class Client implements WebSocket.Listener {

        final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

        final CompletableFuture<byte[]> bytes = new CompletableFuture<>();

        final CompletableFuture<String> closed = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            texts.add(data.toString());
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            byte[] all = new byte[data.remaining()];
            data.get(all);
            bytes.complete(all);
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            closed.completeExceptionally(error);
        }

        String text() throws InterruptedException {
            return texts.poll(60, TimeUnit.SECONDS);
        }

        String closed() throws Exception {
            return closed.get(60, TimeUnit.SECONDS);
        }
    }

    private WebSocket open(String path, Client client) throws Exception {
        return java.newWebSocketBuilder().buildAsync(uri(path), client).get(60, TimeUnit.SECONDS);
    }

    @Test
    void messagesAreIteratedOverAndAnswered() throws Exception {
        Client client = new Client();
        WebSocket socket = open("/echo", client);
        socket.sendText("one", true).get();
        assertThat(client.text()).isEqualTo("echo: one");
        socket.sendText("two", true).get();
        assertThat(client.text()).isEqualTo("echo: two");
        socket.sendBinary(ByteBuffer.wrap(new byte[] {1, 2, 3}), true).get();
        assertThat(client.bytes.get(60, TimeUnit.SECONDS)).containsExactly(1, 2, 3);
        socket.sendClose(4000, "enough").get();
        awaitLatch(notes.left);
        assertThat(notes.log).containsExactly(new CloseStatus(4000, "enough"));
    }

    @Test
    void aClientsSideIsACoroutineToo() throws Exception {
        runner.run(() -> {
            List<String> got = new ArrayList<>();
            await(
                    new ReactorNettyWebSocketClient()
                            .execute(
                                    uri("/echo"),
                                    asWebSocketHandler(session -> {
                                        await(session.send("hello"));
                                        for (WebSocketMessage message : session.receive()) {
                                            got.add(message.getPayloadAsText());
                                            if (got.size() == 2) {
                                                break;
                                            }
                                            await(session.send("again"));
                                        }
                                    })));
            assertThat(got).containsExactly("echo: hello", "echo: again");
        });
        awaitLatch(notes.left);
        assertThat(notes.log).containsExactly(CloseStatus.NORMAL);
    }

    @Test
    void whatAClientsHandlerThrowsComesOutOfExecute() throws Exception {
        IllegalStateException broken = new IllegalStateException("broken");
        runner.run(() ->
                assertThatThrownBy(() ->
                                await(
                                        new ReactorNettyWebSocketClient()
                                                .execute(
                                                        uri("/echo"),
                                                        asWebSocketHandler(session -> {
                                                            throw broken;
                                                        }))))
                        .isSameAs(broken));
        awaitLatch(notes.left);
        assertThat(notes.log).containsExactly(CloseStatus.SERVER_ERROR);
    }

    @Test
    void cancellingAClientSaysThatItGoesAway() throws Exception {
        runner.run(() -> {
            CompletableFuture<Void> open = new CompletableFuture<>();
            Task<?> task =
                    createTask(() ->
                            await(
                                    new ReactorNettyWebSocketClient()
                                            .execute(
                                                    uri("/echo"),
                                                    asWebSocketHandler(session -> {
                                                        open.complete(null);
                                                        session.receive().iterator().next();
                                                    }))));
            await(open);
            task.cancel();
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
        });
        awaitLatch(notes.left);
        assertThat(notes.log).hasSize(1);
    }

    @Test
    void bothDirectionsGoOnAtOnce() throws Exception {
        Client client = new Client();
        WebSocket socket = open("/both", client);
        assertThat(client.text()).isEqualTo("event 0");
        assertThat(client.text()).isEqualTo("event 1");
        socket.sendText("hello", true).get();
        while (!client.text().equals("echo: hello")) {
            // events between
        }
        assertThat(client.text()).startsWith("event");
        socket.sendClose(1000, "").get();
        awaitLatch(notes.left);
        assertThat(notes.log).first().isEqualTo("feed closed");
    }

    @Test
    void aFeedEndsWhenTheOtherSideCloses() throws Exception {
        Client client = new Client();
        WebSocket socket = open("/feed", client);
        assertThat(client.text()).isEqualTo("event 0");
        socket.sendClose(1000, "").get();
        awaitLatch(notes.left);
        assertThat(notes.log).first().isEqualTo("feed closed");
    }

    @Test
    void aClientThatVanishesCancelsTheHandler() throws Exception {
        for (String path : List.of("/slow", "/slow?receive")) {
            reset();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                handshake(socket, path);
                if (path.contains("receive")) {
                    // a masked text frame of one letter
                    socket.getOutputStream()
                            .write(new byte[] {(byte) 0x81, (byte) 0x81, 0, 0, 0, 0, 'x'});
                }
                awaitLatch(notes.entered);
            }
            awaitLatch(notes.left);
            assertThat(notes.log).containsExactly(CloseStatus.NO_CLOSE_FRAME);
        }
    }

    private static void handshake(Socket socket, String path) throws Exception {
        socket.getOutputStream()
                .write(
                        ("GET "
                                        + path
                                        + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                                        + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            head.append((char) in.read());
        }
        assertThat(head).startsWith("HTTP/1.1 101 ");
    }

    @Test
    void anExceptionClosesWithServerErrorAndIsTold() throws Exception {
        List<ExceptionContext> told = new CopyOnWriteArrayList<>();
        CountDownLatch reported = new CountDownLatch(1);
        onLoops(loop ->
                loop.setExceptionHandler((l, context) -> {
                    told.add(context);
                    reported.countDown();
                }));
        try {
            Client client = new Client();
            WebSocket socket = open("/fails", client);
            socket.sendText("x", true).get();
            assertThat(client.text()).isEqualTo("so far");
            assertThat(client.closed()).startsWith("1011");
            awaitLatch(reported);
            assertThat(told).hasSize(1);
            assertThat(told.getFirst().message())
                    .isEqualTo("the handler of WebSocket /fails failed");
            assertThat(told.getFirst().exception()).hasMessage("no luck");
        } finally {
            onLoops(loop -> loop.setExceptionHandler(null));
        }
    }

    /** Calls {@code callback} on each loop's thread. */
    private static void onLoops(Consumer<EventLoop> callback) throws Exception {
        for (EventLoop loop : server.loops().all()) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            loop.callSoonThreadsafe(() -> {
                callback.accept(loop);
                done.complete(null);
            });
            done.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void closingWritesWhatWasSentAndThenTheCode() throws Exception {
        Client client = new Client();
        open("/bye", client);
        assertThat(client.text()).isEqualTo("last");
        assertThat(client.closed()).isEqualTo("4001 bye");
        awaitLatch(notes.left);
        assertThat(notes.log).containsExactly(new CloseStatus(4001, "bye"), false);
    }

    @Test
    void theEndOfAHandlerClosesNormally() throws Exception {
        Client client = new Client();
        open("/context", client);
        assertThat(client.text()).isEqualTo("T");
        assertThat(client.closed()).startsWith("1000");
    }

    @Test
    void subProtocolsAreSpoken() throws Exception {
        Client client = new Client();
        WebSocket socket =
                java.newWebSocketBuilder()
                        .subprotocols("v1", "v0")
                        .buildAsync(uri("/protocols"), client)
                        .get(60, TimeUnit.SECONDS);
        assertThat(socket.getSubprotocol()).isEqualTo("v1");
        assertThat(client.text()).isEqualTo("v1");
    }

    @Test
    void sendingWaitsForAClientThatDoesNotRead() throws Exception {
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(10_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            handshake(socket, "/flood");
            awaitLatch(notes.entered);
            // It goes on until the buffers between are full; then notes.made stays the same.
            int before;
            int after = notes.made.get();
            do {
                before = after;
                for (int i = 0; i < 200; i++) {
                    onLoops(loop -> {});
                }
                after = notes.made.get();
            } while (after != before);
            assertThat(after).isLessThan(2_000); // 20 MB; an unbounded one would go on for ever
        }
        awaitLatch(notes.left);
    }

    @Test
    void severalTasksMaySendAndReceive() {
        runner.run(() -> {
            List<String> got = new ArrayList<>();
            await(
                    new ReactorNettyWebSocketClient()
                            .execute(
                                    uri("/echo"),
                                    asWebSocketHandler(session ->
                                            await(
                                                    taskGroup(group -> {
                                                        for (int i = 0; i < 20; i++) {
                                                            int number = i;
                                                            group.createTask(() -> {
                                                                await(session.send("m" + number));
                                                                got.add(
                                                                        await(
                                                                                        session.receive()
                                                                                                .anext())
                                                                                .getPayloadAsText());
                                                            });
                                                        }
                                                    })))));
            assertThat(got)
                    .hasSize(20)
                    .doesNotHaveDuplicates()
                    .allMatch(t -> t.startsWith("echo: m"));
        });
    }

    @Test
    void aSenderThatIsCancelledSendsNothing() {
        runner.run(() -> {
            List<String> got = new ArrayList<>();
            await(
                    new ReactorNettyWebSocketClient()
                            .execute(
                                    uri("/echo"),
                                    asWebSocketHandler(session -> {
                                        Task<?> never = createTask(session.send("never"));
                                        never.cancel();
                                        await(Asyncio.wait(List.of(never)));
                                        await(session.send("only"));
                                        got.add(
                                                await(session.receive().anext())
                                                        .getPayloadAsText());
                                        await(session.close());
                                        assertThatThrownBy(() -> await(session.receive().anext()))
                                                .isInstanceOf(StopAsyncIteration.class);
                                    })));
            assertThat(got).containsExactly("echo: only");
        });
    }

    @Test
    void badInputIsRefusedAtOnce() {
        assertThatThrownBy(() -> WebSocketOptions.DEFAULT.prefetch(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the prefetch of a WebSocket has to be 1 or more, not 0");
        assertThatThrownBy(() -> WebSocketOptions.DEFAULT.closeTimeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("positive");
        assertThatThrownBy(() -> asWebSocketHandler((CoroutineWebSocketHandler) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("the handler is null");
        runner.run(() -> {
            List<Throwable> thrown = new ArrayList<>();
            await(
                    new ReactorNettyWebSocketClient()
                            .execute(
                                    uri("/echo"),
                                    asWebSocketHandler(session -> {
                                        assertThatThrownBy(() -> session.send((String) null))
                                                .isInstanceOf(NullPointerException.class)
                                                .hasMessage("send: the text is null");
                                        assertThatThrownBy(() ->
                                                        await(
                                                                session.sendAll(
                                                                        AsyncGenerator.of(
                                                                                g -> g.yield(42)))))
                                                .isInstanceOf(IllegalArgumentException.class)
                                                .hasMessageContaining("not java.lang.Integer");
                                        Thread thread =
                                                Thread.ofPlatform()
                                                        .start(() -> {
                                                            try {
                                                                session.send("x").run();
                                                            } catch (Throwable e) {
                                                                thrown.add(e);
                                                            }
                                                        });
                                        await(
                                                Asyncio.toThread(() -> {
                                                    thread.join();
                                                    return null;
                                                }));
                                    })));
            assertThat(thrown).hasSize(1);
            assertThat(thrown.getFirst()).isInstanceOf(IllegalStateException.class);
        });
    }
}
