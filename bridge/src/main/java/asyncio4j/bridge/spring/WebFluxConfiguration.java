package asyncio4j.bridge.spring;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What WebFlux needs beside the types. */
@Configuration(proxyBeanMethods = false)
class WebFluxConfiguration {

    @Bean
    RequestLoopFilter asyncioRequestLoopFilter(AsyncioLoops loops) {
        return new RequestLoopFilter(loops);
    }
}
