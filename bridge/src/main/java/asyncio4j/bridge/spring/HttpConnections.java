package asyncio4j.bridge.spring;

import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import java.util.Objects;

/**
 * Saves the connections of requests that are cancelled in the moment in which the response comes.
 * With Reactor Netty the response may get lost then, on its way through Reactor Netty's operators
 * or through those of Spring's WebClient: nobody reads it, and its connection stays in use for as
 * long as the server keeps it open, so that the pool runs dry in the end. It is so for every
 * cancellation by another thread than Netty's, that of a task like that of {@code Mono.timeout} or
 * {@code Disposable.dispose}.
 *
 * {@snippet :
 * HttpClient http = HttpClient.create().mapConnect(HttpConnections::closeIfCancelled);
 * WebClient client = WebClient.builder()
 *         .clientConnector(new ReactorClientHttpConnector(http))
 *         .build();
 * }
 */
public final class HttpConnections {

    private HttpConnections() {}

    /**
     * For {@code HttpClient.mapConnect} of Reactor Netty: has the connection closed if the request
     * was cancelled while the response was on its way to the subscriber. What is cancelled before
     * or after that is Reactor Netty's and Spring's, as ever; and responses that are wanted come as
     * ever.
     *
     * <p>The Mono may be subscribed to by any thread, and cancelled by any. What operators before
     * it discard once it is cancelled is disposed of, too, if it is a {@code Disposable}.
     *
     * @param connection what the client connects by
     * @param <T> the connection's type
     * @return the same, which disposes of the connection if nobody wants it any more
     */
    public static <T extends Disposable> Mono<T> closeIfCancelled(Mono<? extends T> connection) {
        return UnclaimedMono.of(
                Objects.requireNonNull(connection, "closeIfCancelled: the Mono is null"));
    }
}
