package asyncio4j.bridge.spring;

import asyncio4j.EventLoop;

import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;

/**
 * Spring Boot's auto-configuration: {@link AsyncioLoops} as the properties {@code asyncio4j.*} say,
 * unless there is a bean of that type, and everything that {@link EnableAsyncio} brings.
 */
@AutoConfiguration
@EnableConfigurationProperties(AsyncioProperties.class)
@Import(AsyncioConfiguration.class)
@SuppressWarnings("exports") // the configuration is for Spring alone
public class AsyncioAutoConfiguration {

    /** For Spring. */
    public AsyncioAutoConfiguration() {}

    /**
     * The loops.
     *
     * @param properties how many, and the rest
     * @return loops that start with the application context
     */
    @Bean
    @ConditionalOnMissingBean
    public AsyncioLoops asyncioLoops(AsyncioProperties properties) {
        return properties.settings().build();
    }

    /**
     * The loop, where {@code asyncio4j.loops} is 1.
     *
     * @param loops the loops
     * @return the only one
     */
    @Bean(destroyMethod = "")
    @Lazy
    @ConditionalOnMissingBean
    @ConditionalOnProperty(name = AsyncioProperties.LOOPS, havingValue = "1")
    public EventLoop asyncioEventLoop(AsyncioLoops loops) {
        return loops.only();
    }

    /** With Micrometer. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterBinder.class)
    static class Metrics {

        @Bean
        @ConditionalOnMissingBean
        AsyncioMetrics asyncioMetrics(AsyncioLoops loops) {
            return new AsyncioMetrics(loops);
        }
    }

    /** With Boot's health. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({ReactiveHealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
    @ConditionalOnEnabledHealthIndicator("asyncio")
    static class Health {

        @Bean
        @ConditionalOnMissingBean(name = "asyncioHealthIndicator")
        AsyncioHealthIndicator asyncioHealthIndicator(AsyncioLoops loops) {
            return new AsyncioHealthIndicator(loops);
        }
    }
}
