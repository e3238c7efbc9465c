package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.Coroutine;
import asyncio4j.EventLoop;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** Health and metrics, as an application with Actuator shows them. */
@org.junit.jupiter.api.Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ActuatorTest {

    private static final CompletableFuture<String> ANSWER = new CompletableFuture<>();

    private static final CountDownLatch ASKED = new CountDownLatch(1);

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Waiting.class)
    static class Application {}

    @RestController
    static class Waiting {

        @GetMapping("/wait")
        Coroutine<String> answer() {
            return () -> {
                ASKED.countDown();
                return await(ANSWER);
            };
        }
    }

    private static Server server;

    @BeforeAll
    static void start() {
        server =
                Server.of(
                        Application.class,
                        "asyncio4j.loops=1",
                        "asyncio4j.watchdog-limit=20ms",
                        "management.endpoints.web.exposure.include=*",
                        "management.endpoint.health.show-details=always");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static double gauge(String name) {
        return server.bean(MeterRegistry.class)
                .get(name)
                .tag("loop", "asyncio4j-1")
                .gauge()
                .value();
    }

    @Test
    void tasksAndSubscribersAreCounted() throws Exception {
        CompletableFuture<Integer> response =
                CompletableFuture.supplyAsync(() -> {
                    try {
                        return server.get("/wait").statusCode();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
        ASKED.await();
        assertThat(gauge("asyncio4j.loop.tasks")).isEqualTo(1);
        assertThat(gauge("asyncio4j.loop.subscribers")).isEqualTo(1);
        ANSWER.complete("now");
        assertThat(response.get()).isEqualTo(200);
        server.loops().mono(() -> {}).block(); // the task before has ended by then
        assertThat(gauge("asyncio4j.loop.tasks")).isZero();
        assertThat(gauge("asyncio4j.loop.subscribers")).isZero();
        assertThat(gauge("asyncio4j.loop.ready")).isZero();
        assertThat(server.get("/actuator/metrics/asyncio4j.loop.tasks").body())
                .contains("\"loop\"");
    }

    @Test
    void slowStepsAndLagAreMeasured() throws Exception {
        EventLoop loop = server.loops().only();
        MeterRegistry registry = server.bean(MeterRegistry.class);
        Timer lag = registry.get("asyncio4j.loop.lag").timer();
        CountDownLatch held = new CountDownLatch(1);
        loop.callSoonThreadsafe(() -> {
            try {
                held.await(); // holds the loop
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        while (registry.get("asyncio4j.loop.slow.steps").functionCounter().count() < 1) {
            Thread.onSpinWait();
        }
        held.countDown();
        while (lag.count() == 0) {
            Thread.onSpinWait();
        }
        assertThat(lag.totalTime(java.util.concurrent.TimeUnit.NANOSECONDS)).isPositive();
    }

    @Test
    void healthIsUpWhileTheLoopsAnswer() throws Exception {
        var response = server.get("/actuator/health");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body())
                .contains("\"asyncio\":{\"details\":{\"asyncio4j-1\":\"tasks: 0");
        CountDownLatch held = new CountDownLatch(1);
        server.loops()
                .only()
                .callSoonThreadsafe(() -> {
                    try {
                        held.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
        response = server.get("/actuator/health");
        held.countDown();
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).contains("held: doesn't answer");
    }

    @Test
    void withoutBootTheMetricsAreBoundByHand() {
        AsyncioLoops loops = AsyncioLoops.builder().loops(2).build();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try {
            new AsyncioMetrics(loops).bindTo(registry);
            assertThat(registry.get("asyncio4j.loop.tasks").gauges()).hasSize(2);
        } finally {
            loops.destroy();
        }
    }
}
