package asyncio4j.bridge.propagation;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;

import org.slf4j.MDC;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

import java.util.Map;

/**
 * The MDC as it is carried along while this is open, with Reactor's automatic propagation or
 * without; and pipelines that show what they see of it.
 */
final class Mdc implements AutoCloseable {

    static final String KEY = Slf4jThreadLocalAccessor.KEY;

    /** Other threads, which have nothing from those that started them. */
    static final Scheduler THREADS =
            Schedulers.newParallel(
                    2,
                    Thread.ofPlatform()
                            .name("elsewhere-", 0)
                            .daemon()
                            .inheritInheritableThreadLocals(false)
                            .factory());

    Mdc(boolean automatic) {
        MDC.clear();
        ContextRegistry.getInstance().registerThreadLocalAccessor(new Slf4jThreadLocalAccessor());
        if (automatic) {
            Hooks.enableAutomaticContextPropagation();
        }
    }

    static void user(String user) {
        MDC.put("user", user);
    }

    static String user() {
        String user = MDC.get("user");
        return user == null ? "none" : user;
    }

    /** A Context as a subscriber brings it along who was captured elsewhere. */
    static Context subscriber(String user) {
        return Context.of(KEY, Map.of("user", user));
    }

    /** A pipeline that answers who is the user on another thread, for an operator that restores. */
    static Mono<String> seen() {
        return Mono.just(1).hide().publishOn(THREADS).handle((_, sink) -> sink.next(user()));
    }

    /** The same twice. */
    static Flux<String> seenTwice() {
        return Flux.range(0, 2).hide().publishOn(THREADS).handle((_, sink) -> sink.next(user()));
    }

    @Override
    public void close() {
        Hooks.disableAutomaticContextPropagation();
        ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
        MDC.clear();
    }
}
