package asyncio4j.bridge.spring;

import org.springframework.core.Ordered;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

import reactor.core.publisher.Mono;

import java.util.Optional;

/**
 * Puts who is logged in where Spring Security's accessor for context-propagation looks for it, so
 * that coroutines find it in the {@code SecurityContextHolder}, too, and not in the {@code
 * ReactiveSecurityContextHolder} alone.
 */
final class SecurityContextFilter implements WebFilter, Ordered {

    /** After Spring Security's own filters, which are at -100. */
    private static final int ORDER = -99;

    /** The key of the accessor. */
    private static final String KEY = SecurityContext.class.getName();

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return ReactiveSecurityContextHolder.getContext()
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(present -> {
                    Mono<Void> filtered = chain.filter(exchange);
                    return present.isEmpty()
                            ? filtered
                            : filtered.contextWrite(context -> context.put(KEY, present.get()));
                });
    }
}
