package asyncio4j.bridge.spring;

import asyncio4j.EventLoop;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

import reactor.core.publisher.Mono;

/**
 * Picks the loop on which all coroutines of a request run, and puts it in the request's Reactor
 * Context under {@code EventLoop.class}.
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
        return chain.filter(exchange)
                .contextWrite(context ->
                        context.hasKey(EventLoop.class)
                                ? context
                                : context.put(EventLoop.class, loops.pick()));
    }
}
