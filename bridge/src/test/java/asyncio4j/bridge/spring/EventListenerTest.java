package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.AsyncGenerator;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.event.EventListener;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** {@code @EventListener} methods that return coroutines and generators. */
class EventListenerTest {

    record Ordered(String item) {}

    record Shipped(String item, EventLoop loop) {}

    record Counted(int from) {}

    record Counter(int value) {}

    record Broken() {}

    @EnableAsyncio
    static class Listeners {

        final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();

        @EventListener
        Coroutine<Shipped> ship(Ordered event) {
            return () -> {
                await(sleep(Duration.ofMillis(1)));
                return new Shipped(event.item(), getRunningLoop());
            };
        }

        @EventListener
        AsyncGenerator<Counter> count(Counted event) {
            return AsyncGenerator.of(g -> {
                for (int i = 0; i < 3; i++) {
                    await(sleep(Duration.ofMillis(1)));
                    g.yield(new Counter(event.from() + i));
                }
            });
        }

        @EventListener
        Coroutine<Object> fail(Broken event) {
            return () -> {
                seen.add("failed");
                throw new IllegalStateException("logged by Spring");
            };
        }

        @EventListener
        void shipped(Shipped event) {
            seen.add(event);
        }

        @EventListener
        void number(Counter event) {
            seen.add(event.value());
        }
    }

    private AnnotationConfigApplicationContext context;

    private Listeners listeners;

    @BeforeEach
    void start() {
        context = new AnnotationConfigApplicationContext(Listeners.class);
        listeners = context.getBean(Listeners.class);
    }

    @AfterEach
    void stop() {
        context.close();
    }

    private Object next() throws InterruptedException {
        return listeners.seen.poll(60, TimeUnit.SECONDS);
    }

    @Test
    void whatACoroutineReturnsIsPublished() throws Exception {
        context.publishEvent(new Ordered("book"));
        assertThat(next())
                .isInstanceOfSatisfying(
                        Shipped.class,
                        event -> {
                            assertThat(event.item()).isEqualTo("book");
                            assertThat(context.getBean(AsyncioLoops.class).all())
                                    .contains(event.loop());
                        });
    }

    @Test
    void whatAGeneratorYieldsIsPublishedOneByOne() throws Exception {
        context.publishEvent(new Counted(7));
        assertThat(List.of(next(), next(), next())).containsExactly(7, 8, 9);
    }

    @Test
    void aFailureLeavesTheListenersAsTheyAre() throws Exception {
        context.publishEvent(new Broken());
        assertThat(next()).isEqualTo("failed");
        context.publishEvent(new Counted(1));
        assertThat(next()).isEqualTo(1);
    }

    @Test
    void inACoroutineTheListenerRunsOnThePublishersLoop() throws Exception {
        try (SpringRunner runner = new SpringRunner()) {
            runner.run(() -> {
                context.publishEvent(new Ordered("pen"));
                while (listeners.seen.isEmpty()) {
                    await(sleep(Duration.ZERO));
                }
            });
            assertThat(next()).isEqualTo(new Shipped("pen", runner.loop()));
        }
    }
}
