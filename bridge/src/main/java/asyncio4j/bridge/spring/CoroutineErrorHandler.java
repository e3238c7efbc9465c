package asyncio4j.bridge.spring;

import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

import reactor.core.publisher.Mono;

/**
 * What a router function answers to an exception, as a coroutine: straight-line code that may
 * await; see {@link Handlers#asErrorHandler(CoroutineErrorHandler)}.
 *
 * @param <E> the type of the exception
 * @param <T> the type of the response
 */
@FunctionalInterface
public interface CoroutineErrorHandler<E extends Throwable, T extends ServerResponse> {

    /**
     * Handles an exception. Runs in a task of its own on a loop.
     *
     * @param error what was thrown
     * @param request the request
     * @return the response
     * @throws Exception what goes to Spring's {@code WebExceptionHandler}s, as it is
     */
    Mono<T> handle(E error, ServerRequest request) throws Exception;
}
