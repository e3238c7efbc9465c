package asyncio4j.bridge.spring;

import asyncio4j.Asyncio;
import asyncio4j.EventLoop;
import asyncio4j.bridge.ReactorContext;
import asyncio4j.internal.access.LoopAccess;
import asyncio4j.queues.Queue;
import asyncio4j.queues.QueueShutDownException;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.reactive.socket.WebSocketMessage;

import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import java.util.function.Consumer;

/**
 * What comes in over a WebSocket connection and nobody has asked for yet. So many messages are
 * requested ahead, and as soon as three quarters of them are taken as many again.
 *
 * <p>The server frees a message's buffer as soon as {@code onNext} returns, so that gets a copy.
 */
final class WebSocketInbox implements CoreSubscriber<WebSocketMessage> {

    private static final LoopAccess ACCESS = LoopAccess.get();

    private final EventLoop loop;

    private final int prefetch;

    private final int refill;

    /** Told of the end on the loop's thread: with the error, or null. */
    private final Consumer<@Nullable Throwable> ended;

    private final Context context = Context.of(ReactorContext.current());

    private volatile @Nullable Subscription subscription;

    /** Nobody will ask any more. */
    private volatile boolean discarding;

    // The loop's thread, from here on.

    private final Queue<WebSocketMessage> messages = new Queue<>();

    private int taken;

    private boolean asked;

    WebSocketInbox(EventLoop loop, int prefetch, Consumer<@Nullable Throwable> ended) {
        this.loop = loop;
        this.prefetch = prefetch;
        this.refill = prefetch - (prefetch >> 2);
        this.ended = ended;
    }

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    public void onSubscribe(Subscription s) {
        if (Operators.validate(subscription, s)) {
            subscription = s;
            s.request(prefetch);
        }
    }

    @Override
    public void onNext(WebSocketMessage message) {
        if (discarding) {
            return;
        }
        WebSocketMessage copy =
                switch (message.getType()) {
                    case TEXT, BINARY -> copy(message);
                    case PING, PONG -> null;
                };
        if (!ACCESS.enqueueLight(loop, () -> arrived(copy))) {
            cancel();
        }
    }

    private static WebSocketMessage copy(WebSocketMessage message) {
        byte[] bytes = new byte[message.getPayload().readableByteCount()];
        message.getPayload().read(bytes);
        return new WebSocketMessage(
                message.getType(), DefaultDataBufferFactory.sharedInstance.wrap(bytes));
    }

    @Override
    public void onError(Throwable error) {
        ACCESS.enqueueLight(loop, () -> end(error));
    }

    @Override
    public void onComplete() {
        ACCESS.enqueueLight(loop, () -> end(null));
    }

    /**
     * Has the rest of what is there freed by the server, as it comes to its end. A closed
     * connection doesn't want to be cancelled. The loop's thread.
     */
    void drain() {
        discarding = true;
        Subscription present = subscription;
        if (present != null) {
            present.request(Long.MAX_VALUE);
        }
    }

    /** Ends the subscription. Any thread. */
    void cancel() {
        Subscription present = subscription;
        if (present != null) {
            present.cancel();
        }
    }

    private void arrived(@Nullable WebSocketMessage message) {
        if (message == null) {
            used();
        } else {
            messages.putNowait(message);
        }
    }

    private void end(@Nullable Throwable error) {
        messages.shutdown();
        ended.accept(error);
    }

    /** Whether somebody has asked for a message, and so will find the end. */
    boolean asked() {
        return asked;
    }

    /** The next message; null at the end. Suspends the calling task until that is known. */
    @Nullable WebSocketMessage take() {
        CoroutineWebSocketSession.check("receive", loop);
        asked = true;
        WebSocketMessage message;
        try {
            message = Asyncio.await(messages.get());
        } catch (QueueShutDownException e) {
            return null;
        }
        used();
        return message;
    }

    /** One of the messages that were requested isn't here any more. */
    private void used() {
        Subscription present = subscription;
        if (++taken >= refill && present != null) {
            int more = taken;
            taken = 0;
            present.request(more);
        }
    }

    @Override
    public String toString() {
        return "WebSocketInbox[" + messages.qsize() + " waiting]";
    }
}
