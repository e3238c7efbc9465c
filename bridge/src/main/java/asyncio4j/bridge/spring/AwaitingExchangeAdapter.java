package asyncio4j.bridge.spring;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientAdapter;
import org.springframework.web.service.invoker.AbstractReactorHttpExchangeAdapter;
import org.springframework.web.service.invoker.HttpExchangeAdapter;
import org.springframework.web.service.invoker.HttpRequestValues;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;
import org.springframework.web.service.invoker.ReactorHttpExchangeAdapter;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.util.Objects;

/**
 * Lets the methods of an HTTP interface client return plain values: in a coroutine they await the
 * response, where Spring's own adapter would block, and be refused.
 *
 * {@snippet lang=java :
 * interface Prices {
 *     @GetExchange("/prices/{name}")
 *     BigDecimal price(@PathVariable String name);      // awaits
 *
 *     @GetExchange("/prices/{name}")
 *     Coroutine<BigDecimal> later(@PathVariable String name);
 *
 *     @GetExchange("/changes")
 *     AsyncGenerator<Change> changes();
 * }
 *
 * Prices prices = AwaitingExchangeAdapter.proxyFactory(webClient).createClient(Prices.class);
 * }
 *
 * <p>Each call is a subscription in the calling task: cancelling the task cancels the request, and
 * the task's Reactor Context and context variables are in that of the request. Outside of a
 * coroutine such a method blocks, as it does with Spring's adapter; where blocking isn't allowed,
 * it is refused. In both cases the block timeout, if there is one, ends the wait with an {@link
 * IllegalStateException} whose cause is a {@link java.util.concurrent.TimeoutException}.
 *
 * <p>The clients of {@code @ImportHttpServices} that are made with WebClient have this by
 * themselves, with {@link EnableAsyncio} or Spring Boot.
 *
 * <p>Methods that return {@link asyncio4j.Coroutine}, {@link asyncio4j.AsyncGenerator} and, called
 * on a loop, {@link asyncio4j.Task} work with Spring's own adapter, too.
 */
public final class AwaitingExchangeAdapter extends AbstractReactorHttpExchangeAdapter {

    private final ReactorHttpExchangeAdapter adapter;

    private AwaitingExchangeAdapter(ReactorHttpExchangeAdapter adapter) {
        ReactiveTypes.registerShared(); // clients work without an application context, too
        this.adapter = adapter;
    }

    /**
     * An adapter on top of {@code client}.
     *
     * @param client what makes the requests
     * @return a new adapter
     */
    public static AwaitingExchangeAdapter create(WebClient client) {
        return of(
                WebClientAdapter.create(
                        Objects.requireNonNull(
                                client, "AwaitingExchangeAdapter: the WebClient is null")));
    }

    /**
     * An adapter on top of another one, such as one of RSocket's or of a test; it takes over its
     * block timeout and registry.
     *
     * @param adapter what makes the requests
     * @return a new adapter
     */
    public static AwaitingExchangeAdapter of(ReactorHttpExchangeAdapter adapter) {
        Objects.requireNonNull(adapter, "AwaitingExchangeAdapter: the adapter is null");
        AwaitingExchangeAdapter made = new AwaitingExchangeAdapter(adapter);
        made.setBlockTimeout(adapter.getBlockTimeout());
        made.setReactiveAdapterRegistry(adapter.getReactiveAdapterRegistry());
        return made;
    }

    /**
     * For {@code HttpServiceProxyFactory.Builder.exchangeAdapterDecorator}, as in a {@code
     * WebClientHttpServiceGroupConfigurer}: {@link #of} where it can be, or else {@code adapter}
     * itself.
     *
     * @param adapter an adapter
     * @return one whose methods await in coroutines
     */
    public static HttpExchangeAdapter decorate(HttpExchangeAdapter adapter) {
        return adapter instanceof ReactorHttpExchangeAdapter reactor
                        && !(adapter instanceof AwaitingExchangeAdapter)
                ? of(reactor)
                : adapter;
    }

    /**
     * A factory of clients that use {@code client}; Spring's builder with this adapter has all
     * options.
     *
     * @param client what makes the requests
     * @return a new factory
     */
    public static HttpServiceProxyFactory proxyFactory(WebClient client) {
        return HttpServiceProxyFactory.builderFor(create(client)).build();
    }

    @Override
    public boolean supportsRequestAttributes() {
        return adapter.supportsRequestAttributes();
    }

    @Override
    public Mono<Void> exchangeForMono(HttpRequestValues values) {
        return new AwaitingMono<>(adapter.exchangeForMono(values));
    }

    @Override
    public Mono<HttpHeaders> exchangeForHeadersMono(HttpRequestValues values) {
        return new AwaitingMono<>(adapter.exchangeForHeadersMono(values));
    }

    @Override
    public <T> Mono<T> exchangeForBodyMono(
            HttpRequestValues values, ParameterizedTypeReference<T> bodyType) {
        return new AwaitingMono<>(adapter.exchangeForBodyMono(values, bodyType));
    }

    @Override
    public <T> Flux<T> exchangeForBodyFlux(
            HttpRequestValues values, ParameterizedTypeReference<T> bodyType) {
        return adapter.exchangeForBodyFlux(values, bodyType);
    }

    @Override
    public Mono<ResponseEntity<Void>> exchangeForBodilessEntityMono(HttpRequestValues values) {
        return new AwaitingMono<>(adapter.exchangeForBodilessEntityMono(values));
    }

    @Override
    public <T> Mono<ResponseEntity<T>> exchangeForEntityMono(
            HttpRequestValues values, ParameterizedTypeReference<T> bodyType) {
        return new AwaitingMono<>(adapter.exchangeForEntityMono(values, bodyType));
    }

    @Override
    public <T> Mono<ResponseEntity<Flux<T>>> exchangeForEntityFlux(
            HttpRequestValues values, ParameterizedTypeReference<T> bodyType) {
        return new AwaitingMono<>(adapter.exchangeForEntityFlux(values, bodyType));
    }
}
