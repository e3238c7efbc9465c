package asyncio4j.bridge.spring;

import org.springframework.web.reactive.socket.WebSocketHandler;

/**
 * Spring's {@link WebSocketHandler} as a coroutine: straight-line code that may await; see {@link
 * Handlers#asWebSocketHandler(asyncio4j.EventLoop, CoroutineWebSocketHandler)}.
 */
@FunctionalInterface
public interface CoroutineWebSocketHandler {

    /**
     * Handles one connection from its begin to its end. Runs in a task of its own on a loop.
     *
     * <p>When this returns, what was sent is written, and the connection is closed with status
     * 1000; when it throws, with 1011; when its task is cancelled, with 1001. A {@link
     * WebSocketClosedException} after the other side has closed the connection is a usual end.
     *
     * @param session the connection
     * @throws Exception what the handler's {@code Mono} ends with, as it is; on a server the loop's
     *     exception handler is told, too, as nobody else would say it
     */
    void handle(CoroutineWebSocketSession session) throws Exception;
}
