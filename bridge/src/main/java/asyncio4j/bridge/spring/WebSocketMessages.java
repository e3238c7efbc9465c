package asyncio4j.bridge.spring;

import asyncio4j.AsyncIterator;
import asyncio4j.Coroutine;
import asyncio4j.StopAsyncIteration;

import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.socket.WebSocketMessage;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The messages of a WebSocket connection one by one; see {@link CoroutineWebSocketSession#receive}.
 * Asking suspends the task until a message is there, and finds the end when the connection is
 * closed. Each message goes to one who asks; leaving a loop early leaves the rest where it is.
 */
public final class WebSocketMessages
        implements Iterable<WebSocketMessage>, AsyncIterator<WebSocketMessage> {

    private final WebSocketInbox inbox;

    WebSocketMessages(WebSocketInbox inbox) {
        this.inbox = inbox;
    }

    /**
     * Asks for the next message.
     *
     * @return a coroutine of the message; it throws {@link StopAsyncIteration} at the end
     */
    @Override
    public Coroutine<WebSocketMessage> anext() {
        return Coroutine.named(
                "anext",
                () -> {
                    WebSocketMessage message = inbox.take();
                    if (message == null) {
                        throw new StopAsyncIteration();
                    }
                    return message;
                });
    }

    /**
     * What a {@code for} loop needs.
     *
     * @return an iterator over what is still to come, for a task of the session's loop
     */
    @Override
    public Iterator<WebSocketMessage> iterator() {
        return new Iterator<>() {

            private @Nullable WebSocketMessage next;

            @Override
            public boolean hasNext() {
                if (next == null) {
                    next = inbox.take();
                }
                return next != null;
            }

            @Override
            public WebSocketMessage next() {
                WebSocketMessage message = hasNext() ? next : null;
                if (message == null) {
                    throw new NoSuchElementException("the WebSocket connection is closed");
                }
                next = null;
                return message;
            }
        };
    }

    @Override
    public String toString() {
        return inbox.toString();
    }
}
