package asyncio4j.bridge.spring;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What Spring Security needs, together with WebFlux and context-propagation. */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

    @Bean
    SecurityContextFilter asyncioSecurityContextFilter() {
        return new SecurityContextFilter();
    }
}
