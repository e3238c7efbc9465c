package asyncio4j.bridge.spring;

import asyncio4j.AsyncFuture;
import asyncio4j.AsyncGenerator;
import asyncio4j.Asyncio;
import asyncio4j.EventLoop;
import asyncio4j.internal.access.LoopAccess;
import asyncio4j.queues.Queue;
import asyncio4j.queues.QueueShutDownException;

import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What is sent over a WebSocket connection, as the body of a Flux: a server wants one publisher for
 * all that goes out. The loop's thread.
 */
final class WebSocketOutbox implements AsyncGenerator.Body<WebSocketOutbox.Outgoing> {

    private static final LoopAccess ACCESS = LoopAccess.get();

    private final EventLoop loop;

    private final Queue<Outgoing> queue = new Queue<>();

    /** Those that were put in and aren't sent yet, in order. */
    private final Deque<Outgoing> open = new ArrayDeque<>();

    /** Why nothing can be sent any more. */
    private @Nullable WebSocketClosedException closed;

    WebSocketOutbox(EventLoop loop) {
        this.loop = loop;
    }

    /** A message, and who waits until it is sent. */
    static final class Outgoing {

        private final Object message;

        private final AsyncFuture<@Nullable Void> sent;

        Outgoing(Object message, AsyncFuture<@Nullable Void> sent) {
            this.message = message;
            this.sent = sent;
        }

        /** The message as the server takes it; made when it is wanted, as it may need a buffer. */
        WebSocketMessage message(WebSocketSession session) {
            return switch (message) {
                case WebSocketMessage made -> made;
                case byte[] bytes -> session.binaryMessage(factory -> factory.wrap(bytes));
                default -> session.textMessage(message.toString());
            };
        }
    }

    /** Sends {@code message}, and waits until the connection has taken it. */
    void send(Object message) throws WebSocketClosedException {
        if (closed != null) {
            throw new WebSocketClosedException(closed);
        }
        Outgoing outgoing = new Outgoing(message, loop.createFuture());
        open.add(outgoing);
        try {
            queue.putNowait(outgoing);
            Asyncio.await(outgoing.sent);
        } finally {
            open.remove(outgoing);
        }
    }

    /** What is in is still sent, and then the Flux completes; what comes later fails. */
    void finish(WebSocketClosedException why) {
        if (closed == null) {
            closed = why;
            queue.shutdown();
        }
    }

    /** Nothing is sent any more. */
    void fail(WebSocketClosedException why) {
        if (closed == null) {
            closed = why;
        }
        queue.shutdown(true);
        for (Outgoing outgoing : open) {
            if (!outgoing.sent.done()) {
                outgoing.sent.setException(new WebSocketClosedException(why));
            }
        }
    }

    @Override
    public void run(AsyncGenerator.Yielder<Outgoing> generator) {
        for (; ; ) {
            Outgoing next;
            try {
                next = Asyncio.await(queue.get());
            } catch (QueueShutDownException e) {
                return;
            }
            if (!next.sent.done()) { // else whoever wanted it has given up
                generator.yield(next);
                ACCESS.<@Nullable Void>setResultUnlessDone(next.sent, null);
            }
        }
    }
}
