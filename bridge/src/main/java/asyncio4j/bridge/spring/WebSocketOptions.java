package asyncio4j.bridge.spring;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How a {@link CoroutineWebSocketHandler} is served.
 *
 * @param prefetch how many messages are fetched before the handler asks for them; when so many
 *     wait, the connection isn't read any more
 * @param closeTimeout how long the end of a connection waits for what was sent to be written, and
 *     then for the close frame; counted on the loop's clock
 * @param subProtocols the sub-protocols that the handler speaks, the preferred one first
 */
public record WebSocketOptions(int prefetch, Duration closeTimeout, List<String> subProtocols) {

    /** 16 messages ahead, 10 seconds to close, no sub-protocols. */
    public static final WebSocketOptions DEFAULT =
            new WebSocketOptions(16, Duration.ofSeconds(10), List.of());

    /** Checks the values. */
    public WebSocketOptions {
        if (prefetch <= 0) {
            throw new IllegalArgumentException(
                    "the prefetch of a WebSocket has to be 1 or more, not " + prefetch);
        }
        Objects.requireNonNull(closeTimeout, "the close timeout is null");
        if (closeTimeout.isNegative() || closeTimeout.isZero()) {
            throw new IllegalArgumentException(
                    "the close timeout of a WebSocket has to be positive, not " + closeTimeout);
        }
        subProtocols = List.copyOf(subProtocols);
    }

    /**
     * The same with another prefetch.
     *
     * @param messages how many messages are fetched ahead; 1 or more
     * @return new options
     */
    public WebSocketOptions prefetch(int messages) {
        return new WebSocketOptions(messages, closeTimeout, subProtocols);
    }

    /**
     * The same with another limit for the end of a connection.
     *
     * @param limit the limit; positive
     * @return new options
     */
    public WebSocketOptions closeTimeout(Duration limit) {
        return new WebSocketOptions(prefetch, limit, subProtocols);
    }

    /**
     * The same with sub-protocols.
     *
     * @param names what the handler speaks, the preferred one first
     * @return new options
     */
    public WebSocketOptions subProtocols(String... names) {
        return new WebSocketOptions(prefetch, closeTimeout, List.of(names));
    }
}
