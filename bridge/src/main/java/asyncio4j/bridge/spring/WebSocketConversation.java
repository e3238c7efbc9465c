package asyncio4j.bridge.spring;

import asyncio4j.AsyncFuture;
import asyncio4j.Asyncio;
import asyncio4j.CancelledError;
import asyncio4j.EventLoop;
import asyncio4j.ExceptionContext;
import asyncio4j.ExceptionGroup;
import asyncio4j.GeneratorExit;
import asyncio4j.KeyboardInterrupt;
import asyncio4j.ReturnWhen;
import asyncio4j.SystemExit;
import asyncio4j.Task;
import asyncio4j.VoidCoroutine;
import asyncio4j.bridge.Bridge;
import asyncio4j.bridge.ReactorContext;
import asyncio4j.internal.access.LoopAccess;

import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketSession;

import reactor.core.Disposable;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/**
 * One connection from its begin to its end, for {@link CoroutineWebSocketSession}: the handler's
 * task, a task that writes, and two subscriptions, to what comes in and to the close status. All
 * that they tell is dealt with on the loop's thread, which these fields belong to.
 */
final class WebSocketConversation {

    private static final LoopAccess ACCESS = LoopAccess.get();

    private final WebSocketSession session;

    private final WebSocketOptions options;

    private final EventLoop loop = Asyncio.getRunningLoop();

    /** The handler's. */
    private final Task<?> task = Objects.requireNonNull(Asyncio.currentTask());

    private final WebSocketInbox inbox;

    private final WebSocketOutbox outbox = new WebSocketOutbox(loop);

    /** Null while it is open. */
    private @Nullable CloseStatus status;

    /** This side has begun to close it. */
    private boolean closing;

    /** The handler runs: it may be cancelled. */
    private boolean handling;

    /** The task was cancelled because the connection is gone. */
    private boolean cancelled;

    /** Done when all that the outbox had is written, or nothing more can be. */
    private final AsyncFuture<@Nullable Void> written = loop.createFuture();

    WebSocketConversation(WebSocketSession session, WebSocketOptions options) {
        this.session = session;
        this.options = options;
        this.inbox = new WebSocketInbox(loop, options.prefetch(), this::inputEnded);
    }

    WebSocketInbox inbox() {
        return inbox;
    }

    @Nullable CloseStatus status() {
        return status;
    }

    void send(Object message) throws WebSocketClosedException {
        outbox.send(message);
    }

    /** Runs {@code handler} as the whole of the connection. */
    void run(VoidCoroutine handler) throws Exception {
        task.setName("WebSocket " + session.getHandshakeInfo().getUri().getPath());
        Disposable writing =
                session.send(Bridge.flux(loop, outbox).map(next -> next.message(session)))
                        .contextWrite(ReactorContext.current())
                        .onErrorComplete() // the connection is gone, as closed() is told, too
                        .doFinally(_ -> ACCESS.enqueueLight(loop, this::writingEnded))
                        .subscribe();
        Disposable watching =
                session.closeStatus()
                        .defaultIfEmpty(CloseStatus.NO_CLOSE_FRAME)
                        .onErrorReturn(CloseStatus.NO_CLOSE_FRAME)
                        .subscribe(seen -> ACCESS.enqueueLight(loop, () -> closed(seen)));
        session.receive().subscribe(inbox);
        try {
            handle(handler);
        } finally {
            watching.dispose();
            writing.dispose();
            if (status == null) {
                inbox.cancel();
            } else {
                inbox.drain();
            }
        }
    }

    private void handle(VoidCoroutine handler) throws Exception {
        CloseStatus end = CloseStatus.NORMAL;
        try {
            handling = true;
            try {
                handler.run();
            } finally {
                handling = false;
            }
        } catch (GeneratorExit e) {
            throw e; // the loop is closed: there is nothing to wait for
        } catch (CancelledError e) {
            end = CloseStatus.GOING_AWAY;
            if (!cancelled || task.uncancel() > 0) {
                abort(end);
                sendClose(end);
                throw e;
            }
        } catch (Throwable e) {
            if (!isUsualEnd(e)) {
                end = CloseStatus.SERVER_ERROR;
                abort(end);
                close(end);
                tell(e);
                throw e;
            }
        }
        close(end);
    }

    /** Whether {@code e} says no more than that the other side has closed the connection. */
    private boolean isUsualEnd(Throwable e) {
        if (status == null) {
            return false;
        }
        return e instanceof WebSocketClosedException
                || (e instanceof ExceptionGroup group
                        && group.split(WebSocketClosedException.class).rest() == null);
    }

    /** On a server nobody else looks at what the handler throws. */
    private void tell(Throwable e) {
        boolean server = session.getHandshakeInfo().getLogPrefix() != null;
        if (server && !(e instanceof KeyboardInterrupt) && !(e instanceof SystemExit)) {
            loop.callExceptionHandler(
                    ExceptionContext.of("the handler of " + task.getName() + " failed", e));
        }
    }

    // What the connection tells. Light code on the loop's thread.

    private void closed(CloseStatus seen) {
        if (status != null) {
            return;
        }
        status = seen;
        outbox.fail(new WebSocketClosedException(seen, null));
        boolean lost = seen.equals(CloseStatus.NO_CLOSE_FRAME);
        if (handling && !cancelled && !closing && (lost || !inbox.asked())) {
            cancelled = true;
            task.cancel("the WebSocket connection is closed: " + seen);
        }
    }

    private void writingEnded() {
        ACCESS.<@Nullable Void>setResultUnlessDone(written, null);
    }

    private void inputEnded(@Nullable Throwable error) {
        if (error != null) {
            closed(CloseStatus.NO_CLOSE_FRAME);
        }
    }

    // The end from this side

    /** Drops what isn't written yet. */
    private void abort(CloseStatus with) {
        closing = true;
        outbox.fail(new WebSocketClosedException(status == null ? with : status, null));
    }

    /** Writes what was sent, and closes the connection, within the time that there is for it. */
    void close(CloseStatus with) {
        closing = true;
        outbox.finish(new WebSocketClosedException(status == null ? with : status, null));
        if (status == null) {
            Asyncio.await(
                    Asyncio.wait(
                            List.of(written), ReturnWhen.ALL_COMPLETED, options.closeTimeout()));
        }
        sendClose(with);
    }

    /** Tells the other side that this one closes the connection, unless it is closed. */
    private void sendClose(CloseStatus with) {
        if (status != null) {
            return;
        }
        try {
            Asyncio.await(
                    Asyncio.waitFor(
                            () -> Bridge.await(session.close(with)), options.closeTimeout()));
        } catch (TimeoutException e) {
            // the other side doesn't read; the end of the handler's Mono ends the connection
        } catch (Exception e) {
            // it is gone
        }
        if (status == null) {
            status = with;
        }
    }
}
