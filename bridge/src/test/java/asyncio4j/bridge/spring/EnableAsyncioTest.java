package asyncio4j.bridge.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.EventLoop;

import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;

import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.Map;

/** Without Spring Boot. */
class EnableAsyncioTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAsyncio
    static class Plain {}

    @Configuration(proxyBeanMethods = false)
    @EnableAsyncio
    static class OwnLoops {

        @Bean
        AsyncioLoops mine() {
            return AsyncioLoops.builder().loops(3).build();
        }
    }

    private static AnnotationConfigApplicationContext context(
            Class<?> configuration, Map<String, Object> properties) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("test", properties));
        context.register(configuration);
        context.refresh();
        return context;
    }

    @Test
    void theLoopsAreAsTheEnvironmentSays() {
        EventLoop loop;
        try (var context =
                context(
                        Plain.class,
                        Map.of(
                                "asyncio4j.loops",
                                "1",
                                "asyncio4j.watchdog-limit",
                                "1500ms",
                                "asyncio4j.engine",
                                "virtual-threads",
                                "asyncio4j.debug",
                                "true"))) {
            loop = context.getBean(EventLoop.class);
            assertThat(context.getBean(AsyncioLoops.class).all()).containsExactly(loop);
            assertThat(loop.isRunning()).isTrue();
            assertThat(loop.getDebug()).isTrue();
            EventLoop only = loop;
            Mono<Duration> limit =
                    context.getBean(AsyncioLoops.class).mono(() -> only.getWatchdogLimit());
            assertThat(limit.block()).isEqualTo(Duration.ofMillis(1500));
        }
        assertThat(loop.isClosed()).isTrue();
    }

    @Test
    void theApplicationsOwnLoopsCountMore() {
        try (var context = context(OwnLoops.class, Map.of())) {
            assertThat(context.getBeanNamesForType(AsyncioLoops.class)).containsExactly("mine");
        }
    }

    @Test
    void badValuesAreRefusedWithTheRemedy() {
        assertThatThrownBy(() -> context(Plain.class, Map.of("asyncio4j.loops", "many")))
                .hasStackTraceContaining("the property asyncio4j.loops can't be 'many'");
        assertThatThrownBy(() -> context(Plain.class, Map.of("asyncio4j.shutdown-timeout", "-5s")))
                .hasStackTraceContaining("or zero to cancel at once");
    }
}
