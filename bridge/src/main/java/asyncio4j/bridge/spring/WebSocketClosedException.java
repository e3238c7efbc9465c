package asyncio4j.bridge.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.socket.CloseStatus;

import java.io.IOException;

/** Something was sent over a WebSocket connection that is closed, or was closed meanwhile. */
public final class WebSocketClosedException extends IOException {

    private static final long serialVersionUID = 1L;

    /** The code that the peer closed with. */
    private final int code;

    WebSocketClosedException(CloseStatus status, @Nullable Throwable cause) {
        super("the WebSocket connection is closed: " + status, cause);
        this.code = status.getCode();
    }

    /** The same once more, for another who wants to send. */
    WebSocketClosedException(WebSocketClosedException first) {
        super(first.getMessage(), first.getCause());
        this.code = first.code;
    }

    /**
     * What it was closed with.
     *
     * @return the status code, such as 1000 for a usual end; 1006 if the connection was lost
     */
    public int code() {
        return code;
    }
}
