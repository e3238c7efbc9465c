package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.Task;
import asyncio4j.VoidCoroutine;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code @Scheduled} methods that return coroutines. */
class ScheduledTest {

    @EnableAsyncio
    @EnableScheduling
    static class Repeating {

        final AtomicInteger calls = new AtomicInteger();

        final AtomicInteger running = new AtomicInteger();

        final List<Integer> atOnce = new CopyOnWriteArrayList<>();

        final List<EventLoop> loops = new CopyOnWriteArrayList<>();

        final CountDownLatch runs = new CountDownLatch(4);

        @Scheduled(fixedDelay = 1)
        Coroutine<@Nullable Void> tick() {
            calls.incrementAndGet();
            return () -> {
                atOnce.add(running.incrementAndGet());
                loops.add(getRunningLoop());
                await(sleep(Duration.ofMillis(1)));
                running.decrementAndGet();
                runs.countDown();
                if (runs.getCount() == 2) {
                    throw new IllegalStateException("once");
                }
                return null;
            };
        }
    }

    @Test
    void aCoroutineRunsEachTimeAndAnErrorDoesNotEndThat() throws Exception {
        try (var context = new AnnotationConfigApplicationContext(Repeating.class)) {
            Repeating repeating = context.getBean(Repeating.class);
            assertThat(repeating.runs.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(repeating.calls).hasValue(1); // Spring calls the method once
            assertThat(repeating.atOnce).containsOnly(1);
            assertThat(context.getBean(AsyncioLoops.class).all()).containsAll(repeating.loops);
        }
    }

    @EnableAsyncio
    @EnableScheduling
    static class Holding {

        /** It doesn't end by itself, and is cancelled after that time. */
        @Bean
        AsyncioLoops loops() {
            return AsyncioLoops.builder().shutdownTimeout(Duration.ofSeconds(2)).build();
        }

        final CountDownLatch entered = new CountDownLatch(1);

        final CountDownLatch left = new CountDownLatch(1);

        @Scheduled(fixedRate = Integer.MAX_VALUE)
        VoidCoroutine hold() {
            return () -> {
                try {
                    entered.countDown();
                    await(sleep(Duration.ofDays(1)));
                } finally {
                    await(sleep(Duration.ofMillis(1)));
                    left.countDown();
                }
            };
        }
    }

    @Test
    void closingTheApplicationCancelsIt() throws Exception {
        CountDownLatch left;
        try (var context = new AnnotationConfigApplicationContext(Holding.class)) {
            Holding holding = context.getBean(Holding.class);
            left = holding.left;
            assertThat(holding.entered.await(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(left.getCount()).isZero();
    }

    @EnableAsyncio
    @EnableScheduling
    static class Hot {

        @Scheduled(fixedDelay = 1)
        Task<Integer> tick() {
            throw new AssertionError("never called");
        }
    }

    @Test
    void aTaskIsRefusedAsItRunsOnce() {
        assertThatThrownBy(() -> new AnnotationConfigApplicationContext(Hot.class).close())
                .isInstanceOf(BeanCreationException.class)
                .hasStackTraceContaining("if the return type supports deferred execution");
    }
}
