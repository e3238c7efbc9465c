package asyncio4j.bridge.spring;

import org.springframework.web.reactive.function.server.HandlerFilterFunction;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

import reactor.core.publisher.Mono;

/**
 * Spring's {@link HandlerFilterFunction} as a coroutine: straight-line code that may await; see
 * {@link Handlers#asFilter(CoroutineFilter)}.
 */
@FunctionalInterface
public interface CoroutineFilter {

    /**
     * Filters a request. Runs in a task of its own on a loop.
     *
     * @param request the request
     * @param next what handles it; {@code await(next.handle(request))} is its response
     * @return the response; {@code Mono.just(response)} for one that is there
     * @throws Exception what goes to Spring's {@code WebExceptionHandler}s, as it is
     */
    Mono<ServerResponse> filter(ServerRequest request, HandlerFunction<ServerResponse> next)
            throws Exception;
}
