package asyncio4j.bridge.spring;

import asyncio4j.EventLoop;
import asyncio4j.bridge.ReactorContext;

import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * Picks the loop on which all coroutines of a request run, and puts it in the request's Reactor
 * Context under {@code EventLoop.class}; has them bear the request's method and path as their name;
 * ends with the request what its response has subscribed to; and sees to the errors that nobody is
 * there for.
 */
final class RequestLoopFilter implements WebFilter, Ordered {

    private final AsyncioLoops loops;

    RequestLoopFilter(AsyncioLoops loops) {
        this.loops = loops;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        String name = request.getMethod() + " " + request.getPath();
        return Mono.deferContextual(outside -> {
            RequestScope scope = new RequestScope();
            DroppedErrors dropped = DroppedErrors.of(name, outside);
            return chain.filter(exchange)
                    .doFinally(_ -> scope.close())
                    .doOnCancel(dropped::cancelled) // is called before those above it
                    .contextWrite(context -> {
                        Context named =
                                dropped.in(context)
                                        .put(ReactorContext.TASK_NAME, name)
                                        .put(RequestScope.class, scope);
                        return named.hasKey(EventLoop.class)
                                ? named
                                : named.put(EventLoop.class, loops.pick());
                    });
        });
    }
}
