package asyncio4j.bridge.spring;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/** What WebFlux needs beside the types. */
@Configuration(proxyBeanMethods = false)
class WebFluxConfiguration {

    @Bean
    RequestLoopFilter asyncioRequestLoopFilter(AsyncioLoops loops) {
        return new RequestLoopFilter(loops);
    }

    @Bean
    RunOnLoopHandlerAdapter asyncioRunOnLoopHandlerAdapter(
            ObjectProvider<RequestMappingHandlerMapping> mappings,
            AsyncioLoops loops,
            BeanFactory beans) {
        return new RunOnLoopHandlerAdapter(mappings, loops, beans);
    }

    /** Clients of {@code @ImportHttpServices} await in coroutines. */
    @Bean
    WebClientHttpServiceGroupConfigurer asyncioHttpServices() {
        return groups ->
                groups.forEachProxyFactory((group, factory) ->
                        factory.exchangeAdapterDecorator(AwaitingExchangeAdapter::decorate));
    }
}
