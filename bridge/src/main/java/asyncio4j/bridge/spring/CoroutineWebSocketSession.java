package asyncio4j.bridge.spring;

import asyncio4j.AsyncCloseable;
import asyncio4j.AsyncIterable;
import asyncio4j.AsyncIterator;
import asyncio4j.Asyncio;
import asyncio4j.CheckReturnValue;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.bridge.Bridge;
import asyncio4j.internal.access.LoopAccess;

import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;

import java.util.Map;
import java.util.Objects;

/**
 * A WebSocket connection in a coroutine: what comes in is iterated over, what goes out is sent and
 * awaited, both at once from several tasks if they like.
 *
 * {@snippet :
 * WebSocketHandler chat = asWebSocketHandler(session -> await(taskGroup(group -> {
 *     group.createTask(() -> await(session.sendAll(room.feed())));
 *     for (WebSocketMessage message : session.receive()) {
 *         room.say(message.getPayloadAsText());
 *     }
 *     group.cancel(); // it is over when the other side closes
 * })));
 * }
 *
 * <h2>How a connection ends</h2>
 *
 * <ul>
 *   <li>The other side closes it. {@link #receive} gives what came before, then finds the end; what
 *       is being sent, or comes later, fails with {@link WebSocketClosedException}. A handler that
 *       has never asked for a message is cancelled.
 *   <li>It is lost, without a close frame: the handler's task is cancelled, and {@link
 *       #closeStatus} is {@link CloseStatus#NO_CLOSE_FRAME}.
 *   <li>The handler calls {@link #close}, or ends: see {@link CoroutineWebSocketHandler#handle}.
 * </ul>
 *
 * <p>A connection that has more to say than the handler asks for isn't read any more, beyond the
 * options' prefetch, and so its end isn't noticed either, before the handler sends or receives.
 *
 * <p>It is for the tasks of the loop that runs the handler.
 */
public final class CoroutineWebSocketSession {

    private static final LoopAccess ACCESS = LoopAccess.get();

    private final WebSocketSession session;

    private final EventLoop loop = Asyncio.getRunningLoop();

    // The loop's thread, from here on.

    private final WebSocketConversation conversation;

    private final WebSocketMessages received;

    CoroutineWebSocketSession(WebSocketSession session, WebSocketOptions options) {
        this.session = session;
        this.conversation = new WebSocketConversation(session, options);
        this.received = new WebSocketMessages(conversation.inbox());
    }

    void run(CoroutineWebSocketHandler handler) throws Exception {
        conversation.run(() -> handler.handle(this));
    }

    /** Refuses code that isn't one of the loop's tasks. */
    static void check(String what, EventLoop loop) {
        if (ACCESS.requireTask(what).getLoop() != loop) {
            throw new IllegalStateException(
                    what
                            + ": the WebSocket session belongs to "
                            + loop
                            + ", not to "
                            + Asyncio.getRunningLoop());
        }
    }

    /**
     * The messages that come in, text and binary ones; pings are answered by the server or client
     * itself. They are copies, and need not be released.
     *
     * @return what is still to come; always the same object
     */
    public WebSocketMessages receive() {
        return received;
    }

    /**
     * Sends a text message.
     *
     * @param text the text
     * @return a coroutine that ends when the connection has taken the message, which is when the
     *     other side reads fast enough; it throws {@link WebSocketClosedException}
     */
    @CheckReturnValue
    public Coroutine<@Nullable Void> send(String text) {
        return sending("text", text);
    }

    /**
     * Sends a binary message.
     *
     * @param bytes the content, which must not be changed any more
     * @return a coroutine that ends when the connection has taken the message; it throws {@link
     *     WebSocketClosedException}
     */
    @CheckReturnValue
    public Coroutine<@Nullable Void> send(byte[] bytes) {
        return sending("content", bytes);
    }

    /**
     * Sends a message of any type, as {@link #unwrap} makes them.
     *
     * @param message the message
     * @return a coroutine that ends when the connection has taken the message; it throws {@link
     *     WebSocketClosedException}
     */
    @CheckReturnValue
    public Coroutine<@Nullable Void> send(WebSocketMessage message) {
        return sending("message", message);
    }

    /**
     * Sends all that {@code items} gives, each when the connection has taken the one before, and
     * closes it in the end, and however else this is left, if it is a generator.
     *
     * @param items strings, byte arrays, or messages as {@link #unwrap} makes them
     * @return a coroutine of how many there were; it throws {@link WebSocketClosedException}, what
     *     {@code items} throws, and {@link IllegalArgumentException} for any other item
     */
    @CheckReturnValue
    public Coroutine<Long> sendAll(AsyncIterable<?> items) {
        Objects.requireNonNull(items, "sendAll: there is nothing to send: null");
        return Coroutine.named(
                "sendAll",
                () -> {
                    AsyncIterator<?> iterator = items.aiter();
                    try (AutoCloseable _ = closing(iterator)) {
                        long count = 0;
                        for (Object item : Asyncio.each(iterator)) {
                            Asyncio.await(sendAny(item));
                            count++;
                        }
                        return count;
                    }
                });
    }

    private static AutoCloseable closing(AsyncIterator<?> iterator) {
        return switch (iterator) {
            case AsyncCloseable closeable -> closeable;
            case AutoCloseable closeable -> closeable;
            default -> () -> {};
        };
    }

    private Coroutine<@Nullable Void> sendAny(@Nullable Object item) {
        return switch (item) {
            case String text -> send(text);
            case byte[] bytes -> send(bytes);
            case WebSocketMessage message -> send(message);
            case null, default ->
                    throw new IllegalArgumentException(
                            "sendAll: an item has to be a String, a byte[] or a WebSocketMessage,"
                                    + " not "
                                    + (item == null ? "null" : item.getClass().getName()));
        };
    }

    private Coroutine<@Nullable Void> sending(String what, Object message) {
        Objects.requireNonNull(message, () -> "send: the " + what + " is null");
        return Coroutine.named(
                "send",
                Coroutine.of(() -> {
                    check("send", loop);
                    conversation.send(message);
                }));
    }

    /**
     * Closes the connection with status 1000, once what was sent is written. {@link #receive} finds
     * the end then. Does nothing if it is closed.
     *
     * @return a coroutine that ends when it is closed
     */
    @CheckReturnValue
    public Coroutine<@Nullable Void> close() {
        return close(CloseStatus.NORMAL);
    }

    /**
     * Closes the connection, once what was sent is written. {@link #receive} finds the end then.
     * Does nothing if it is closed.
     *
     * @param status what the other side is told
     * @return a coroutine that ends when it is closed
     */
    @CheckReturnValue
    public Coroutine<@Nullable Void> close(CloseStatus status) {
        Objects.requireNonNull(status, "close: the status is null");
        return Coroutine.named(
                "close",
                Coroutine.of(() -> {
                    check("close", loop);
                    conversation.close(status);
                }));
    }

    /**
     * What the connection was closed with, by either side.
     *
     * @return null while it is open; {@link CloseStatus#NO_CLOSE_FRAME} if it was lost
     */
    public @Nullable CloseStatus closeStatus() {
        return conversation.status();
    }

    /**
     * Spring's id of the session.
     *
     * @return the id
     */
    public String getId() {
        return session.getId();
    }

    /**
     * What the connection began with: its URI, headers, and the principal, which {@link
     * Bridge#await} gets out of its Mono.
     *
     * @return the handshake
     */
    public HandshakeInfo getHandshakeInfo() {
        return session.getHandshakeInfo();
    }

    /**
     * The attributes of the session.
     *
     * @return the map itself
     */
    public Map<String, Object> getAttributes() {
        return session.getAttributes();
    }

    /**
     * Spring's own session, which makes messages of all types. Its {@code receive} and {@code send}
     * are taken.
     *
     * @return the session
     */
    public WebSocketSession unwrap() {
        return session;
    }

    @Override
    public String toString() {
        CloseStatus status = closeStatus();
        return "CoroutineWebSocketSession["
                + getId()
                + " "
                + session.getHandshakeInfo().getUri().getPath()
                + (status == null ? " open" : " closed: " + status)
                + "]";
    }
}
