package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.Engine;
import asyncio4j.EventLoop;

import org.junit.jupiter.api.Test;
import org.springframework.beans.BeanWrapperImpl;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.beans.PropertyDescriptor;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

class AutoConfigurationTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Plain {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableAsyncio
    static class OwnLoops {

        @Bean
        AsyncioLoops mine() {
            return AsyncioLoops.builder().loops(3).build();
        }
    }

    @Test
    void thereAreAsManyLoopsAsProcessors() {
        try (var context = Server.plain(Plain.class)) {
            AsyncioLoops loops = context.getBean(AsyncioLoops.class);
            assertThat(loops.isRunning()).isTrue();
            assertThat(loops.all()).hasSize(Runtime.getRuntime().availableProcessors());
            assertThat(loops.all()).allMatch(EventLoop::isRunning).doesNotHaveDuplicates();
            assertThatThrownBy(() -> context.getBean(EventLoop.class))
                    .isInstanceOf(NoSuchBeanDefinitionException.class);
        }
    }

    @Test
    void propertiesSayHowTheLoopsAre() {
        try (var context =
                Server.plain(
                        Plain.class,
                        "asyncio4j.loops=1",
                        "asyncio4j.debug=true",
                        "asyncio4j.watchdog-limit=2s",
                        "asyncio4j.shutdown-timeout=3s")) {
            AsyncioLoops loops = context.getBean(AsyncioLoops.class);
            EventLoop only = context.getBean(EventLoop.class);
            assertThat(loops.all()).containsExactly(only);
            assertThat(loops.only()).isSameAs(only);
            assertThat(only.getDebug()).isTrue();
            assertThat(loops.mono(() -> only.getWatchdogLimit()).block())
                    .isEqualTo(Duration.ofSeconds(2));
            assertThat(context.getBean(AsyncioProperties.class).getShutdownTimeout())
                    .isEqualTo(Duration.ofSeconds(3));
        }
    }

    @Test
    void theEngineMayBeChosen() {
        try (var context = Server.plain(Plain.class, "asyncio4j.engine=virtual-threads")) {
            assertThat(context.getBean(AsyncioProperties.class).getEngine())
                    .isEqualTo(Engine.VIRTUAL_THREADS);
            assertThat(context.getBean(AsyncioLoops.class).mono(() -> "runs").block())
                    .isEqualTo("runs");
        }
    }

    @Test
    void theApplicationsOwnLoopsCountMore() {
        try (var context = Server.plain(OwnLoops.class, "asyncio4j.loops=1")) {
            assertThat(context.getBeanNamesForType(AsyncioLoops.class)).containsExactly("mine");
            assertThat(context.getBean(AsyncioLoops.class).all()).hasSize(3);
        }
    }

    @Test
    void coroutinesRunOnTheLoopsAndTheContextClosesThem() {
        EventLoop loop;
        try (var context = Server.plain(Plain.class, "asyncio4j.loops=2")) {
            AsyncioLoops loops = context.getBean(AsyncioLoops.class);
            loop =
                    loops.mono(
                                    () -> {
                                        await(sleep(Duration.ofMillis(1)));
                                        return getRunningLoop();
                                    })
                            .block();
            assertThat(loops.all()).contains(loop);
        }
        assertThat(loop.isClosed()).isTrue();
    }

    @Test
    void badValuesAreRefusedWithTheRemedy() {
        assertThatThrownBy(() -> Server.plain(Plain.class, "asyncio4j.loops=0"))
                .hasRootCauseMessage(
                        "the number of event loops (asyncio4j.loops) has to be 1 or more, not 0;"
                                + " leave it out for one per processor");
        assertThatThrownBy(() -> Server.plain(Plain.class, "asyncio4j.shutdown-timeout=-1s"))
                .hasRootCauseMessage(
                        "the shutdown timeout (asyncio4j.shutdown-timeout) can't be PT-1S; pass a"
                                + " duration, or zero to cancel at once");
    }

    @Test
    void theMetadataNamesAllProperties() throws Exception {
        Map<String, String> described = new TreeMap<>();
        try (InputStream file =
                AsyncioProperties.class.getResourceAsStream(
                        "/META-INF/spring-configuration-metadata.json")) {
            for (JsonNode each : new JsonMapper().readTree(file).get("properties")) {
                described.put(each.get("name").asString(), each.get("type").asString());
                assertThat(each.get("description").asString()).endsWith(".");
                if (each.has("defaultValue")) {
                    assertThat(each.get("defaultValue").asString())
                            .isEqualTo(
                                    new AsyncioProperties().getShutdownTimeout().toSeconds() + "s");
                }
            }
        }
        Map<String, String> present = new TreeMap<>();
        for (PropertyDescriptor each :
                new BeanWrapperImpl(AsyncioProperties.class).getPropertyDescriptors()) {
            if (each.getWriteMethod() != null) {
                present.put(
                        "asyncio4j."
                                + each.getName()
                                        .replaceAll("([A-Z])", "-$1")
                                        .toLowerCase(Locale.ROOT),
                        each.getPropertyType().getName());
            }
        }
        assertThat(described).isEqualTo(present);
    }
}
