package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.bridge.Bridge;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;

/** How an application with loops stops. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ShutdownTest {

    private static final Duration LONG = Duration.ofHours(1);

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Slow.class)
    static class Application {}

    @RestController
    static class Slow {

        final CountDownLatch started = new CountDownLatch(1);

        final CountDownLatch cleaned = new CountDownLatch(1);

        final CompletableFuture<String> closing = new CompletableFuture<>();

        @GetMapping("/slow")
        Coroutine<String> slow() {
            return () -> {
                started.countDown();
                await(closing);
                return await(sleep(Duration.ofMillis(50), "finished"));
            };
        }

        @GetMapping("/endless")
        Coroutine<String> endless() {
            return () -> {
                started.countDown();
                try {
                    return await(sleep(LONG, "never"));
                } finally {
                    await(sleep(Duration.ofMillis(1)));
                    cleaned.countDown();
                }
            };
        }

        @EventListener
        void closing(ContextClosedEvent event) {
            closing.complete("closing");
        }
    }

    private static AsyncioLoops loops(Duration timeout) {
        AsyncioLoops loops = AsyncioLoops.builder().loops(2).shutdownTimeout(timeout).build();
        loops.start();
        return loops;
    }

    @Test
    void theLoopsStopAfterTheWebServer() {
        assertThat(new AsyncioProperties().settings().build().getPhase())
                .isLessThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE);
    }

    @Test
    void aRequestUnderWayFinishes() throws Exception {
        Server server = Server.of(Application.class, "server.shutdown=graceful");
        List<EventLoop> all = server.loops().all();
        try (HttpClient client = HttpClient.newHttpClient()) {
            CompletableFuture<HttpResponse<String>> response =
                    client.sendAsync(
                            server.request("/slow").build(), HttpResponse.BodyHandlers.ofString());
            server.bean(Slow.class).started.await();
            server.close();
            assertThat(response.get().body()).isEqualTo("finished");
        }
        assertThat(all).allMatch(EventLoop::isClosed);
    }

    @Test
    void aRequestThatDoesNotEndIsCancelled() throws Exception {
        Server server =
                Server.of(
                        Application.class,
                        "server.shutdown=graceful",
                        "spring.lifecycle.timeout-per-shutdown-phase=50ms",
                        "asyncio4j.shutdown-timeout=50ms");
        List<EventLoop> all = server.loops().all();
        Slow slow = server.bean(Slow.class);
        try (RawClient client = new RawClient(server, "/endless", "*/*")) {
            assertThat(client).isNotNull();
            slow.started.await();
            server.close();
            slow.cleaned.await();
        }
        for (EventLoop each : all) {
            while (!each.isClosed()) {
                Thread.onSpinWait(); // the phase may have been left before
            }
        }
    }

    @Test
    void whatSubscribersWaitForMayEnd() throws Exception {
        AsyncioLoops loops = loops(Duration.ofMinutes(1));
        CountDownLatch started = new CountDownLatch(1);
        CompletableFuture<String> given = new CompletableFuture<>();
        CompletableFuture<String> result =
                loops.mono(
                                () -> {
                                    started.countDown();
                                    return await(given);
                                })
                        .toFuture();
        started.await();
        CountDownLatch stopped = new CountDownLatch(1);
        List<EventLoop> all = loops.all();
        loops.stop(stopped::countDown);
        assertThatThrownBy(loops::pick)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("have stopped");
        assertThat(result).isNotDone();
        given.complete("there");
        assertThat(result.get()).isEqualTo("there");
        stopped.await();
        assertThat(all).allMatch(EventLoop::isClosed);
    }

    @Test
    void whatTakesTooLongIsCancelled() throws Exception {
        AsyncioLoops loops = loops(Duration.ofMillis(50));
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch cleaned = new CountDownLatch(1);
        CompletableFuture<String> result =
                loops.mono(
                                () -> {
                                    started.countDown();
                                    try {
                                        return await(sleep(LONG, "never"));
                                    } finally {
                                        await(sleep(Duration.ofMillis(1)));
                                        cleaned.countDown();
                                    }
                                })
                        .toFuture();
        started.await();
        loops.stop();
        assertThat(cleaned.getCount()).isZero();
        assertThatThrownBy(result::get)
                .isInstanceOfAny(CancellationException.class, ExecutionException.class)
                .hasStackTraceContaining("CancellationException");
    }

    @Test
    void whatNobodyWaitsForIsCancelledAtOnce() throws Exception {
        AsyncioLoops loops = loops(Duration.ofMinutes(1));
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch cleaned = new CountDownLatch(1);
        loops.mono(
                        () -> {
                            createTask(() -> {
                                started.countDown();
                                try {
                                    await(sleep(LONG));
                                } finally {
                                    cleaned.countDown();
                                }
                            });
                        })
                .block();
        started.await();
        loops.stop();
        assertThat(cleaned.getCount()).isZero();
    }

    @Test
    void whatIgnoresItsCancellationIsLeft() throws Exception {
        AsyncioLoops loops = loops(Duration.ofMillis(50));
        CountDownLatch started = new CountDownLatch(1);
        loops.mono(
                        () -> {
                            createTask(() -> {
                                while (true) {
                                    try {
                                        started.countDown();
                                        await(sleep(LONG));
                                    } catch (CancelledError e) {
                                        // stubborn
                                    }
                                }
                            });
                        })
                .block();
        started.await();
        List<EventLoop> all = loops.all();
        loops.stop();
        assertThat(all).allMatch(EventLoop::isClosed);
    }

    @Test
    void theyStartAgainWithNewLoops() {
        AsyncioLoops loops = loops(Duration.ofSeconds(1));
        List<EventLoop> first = loops.all();
        loops.stop();
        assertThat(loops.isRunning()).isFalse();
        loops.stop(); // does nothing
        loops.start();
        assertThat(loops.isRunning()).isTrue();
        assertThat(loops.all()).hasSize(2).doesNotContainAnyElementsOf(first);
        loops.destroy();
        assertThat(loops.isRunning()).isFalse();
    }

    @Test
    void noThreadIsLeft() {
        AsyncioLoops loops = loops(Duration.ofSeconds(1));
        List<String> names = new ArrayList<>();
        for (LoopThread each : loops.threads()) {
            names.add(each.name());
            Bridge.mono(each.loop(), () -> await(sleep(Duration.ofMillis(1), 1))).block();
        }
        assertThat(names).containsExactly("asyncio4j-1", "asyncio4j-2");
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        loops.stop();
        assertThat(before)
                .filteredOn(thread -> names.contains(thread.getName()))
                .isNotEmpty()
                .noneMatch(Thread::isAlive);
    }
}
