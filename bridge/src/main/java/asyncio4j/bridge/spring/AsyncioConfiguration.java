package asyncio4j.bridge.spring;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What {@link EnableAsyncio} and the auto-configuration bring in. */
@Configuration(proxyBeanMethods = false)
@Import(OptionalConfigurations.class)
class AsyncioConfiguration {

    /**
     * Static, and known by its own type, as it has to be there before all beans that look up how a
     * type is adapted.
     */
    @Bean
    static RegistryPostProcessor asyncioReactiveTypes(ObjectProvider<AsyncioLoops> loops) {
        return new RegistryPostProcessor(loops);
    }

    @Bean
    static DefaultLoops asyncioDefaultLoops() {
        return new DefaultLoops();
    }
}
