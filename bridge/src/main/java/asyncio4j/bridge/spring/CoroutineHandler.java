package asyncio4j.bridge.spring;

import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

import reactor.core.publisher.Mono;

/**
 * Spring's {@link HandlerFunction} as a coroutine: straight-line code that may await; see {@link
 * Handlers#asHandler(CoroutineHandler)}.
 *
 * @param <T> the type of the response
 */
@FunctionalInterface
public interface CoroutineHandler<T extends ServerResponse> {

    /**
     * Handles a request. Runs in a task of its own on a loop.
     *
     * @param request the request
     * @return the response, as Spring's builders make it, such as {@code
     *     ServerResponse.ok().bodyValue(user)}; it is awaited in the task
     * @throws Exception what goes to Spring's {@code WebExceptionHandler}s, as it is
     */
    Mono<T> handle(ServerRequest request) throws Exception;
}
