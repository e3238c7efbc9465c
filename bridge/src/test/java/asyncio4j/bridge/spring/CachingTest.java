package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.AsyncGenerator;
import asyncio4j.Coroutine;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCache;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code @Cacheable} and its like on methods that return coroutines and generators. */
class CachingTest {

    private final SpringRunner runner = new SpringRunner();

    private AnnotationConfigApplicationContext context;

    private Prices prices;

    @EnableAsyncio
    @EnableCaching
    static class Configuration {

        @Bean
        CacheManager caches() {
            return new ConcurrentMapCacheManager() {
                @Override
                protected Cache createConcurrentMapCache(String name) {
                    return name.startsWith("late")
                            ? new LateCache(name)
                            : super.createConcurrentMapCache(name);
                }
            };
        }

        @Bean
        Prices prices() {
            return new Prices();
        }
    }

    /** Finds out on another thread whether it has something, as remote caches do. */
    private static final class LateCache extends ConcurrentMapCache {

        LateCache(String name) {
            super(name);
        }

        @Override
        public CompletableFuture<?> retrieve(Object key) {
            return CompletableFuture.supplyAsync(() -> get(key));
        }
    }

    static class Prices {

        private final AtomicInteger runs = new AtomicInteger();

        public AtomicInteger runs() {
            return runs; // the field of a proxy is null
        }

        @Cacheable("prices")
        public Coroutine<String> price(String item) {
            return find(item);
        }

        @Cacheable(value = "synced", sync = true)
        public Coroutine<String> synced(String item) {
            return find(item);
        }

        @Cacheable("late")
        public Coroutine<String> late(String item) {
            return find(item);
        }

        @CachePut(value = "prices", key = "#item")
        public Coroutine<String> set(String item, String price) {
            return () -> await(sleep(Duration.ofMillis(1), price));
        }

        @CacheEvict("prices")
        public Coroutine<@Nullable Void> forget(String item) {
            return () -> null;
        }

        @Cacheable("lists")
        public AsyncGenerator<String> all(String prefix) {
            return AsyncGenerator.of(g -> {
                runs.incrementAndGet();
                g.yield(prefix + 1);
                await(sleep(Duration.ofMillis(1)));
                g.yield(prefix + 2);
            });
        }

        private Coroutine<String> find(String item) {
            return () -> {
                int run = runs.incrementAndGet();
                await(sleep(Duration.ofMillis(1)));
                if (item.equals("broken")) {
                    throw new IllegalStateException("broken");
                }
                return item.equals("nothing") ? null : item + run;
            };
        }
    }

    @BeforeEach
    void start() {
        context = new AnnotationConfigApplicationContext(Configuration.class);
        prices = context.getBean(Prices.class);
    }

    @AfterEach
    void stop() {
        runner.close();
        context.close();
    }

    @Test
    void whatACoroutineReturnsIsCached() {
        runner.run(() -> {
            assertThat(await(prices.price("a"))).isEqualTo("a1");
            assertThat(await(prices.price("a"))).isEqualTo("a1");
            assertThat(await(prices.price("b"))).isEqualTo("b2");
            assertThat(await(prices.price("nothing"))).isNull();
            assertThat(await(prices.price("nothing"))).isNull();
        });
        assertThat(prices.runs()).hasValue(3);
    }

    @Test
    void failuresAreNotCached() {
        runner.run(() -> {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> await(prices.price("broken")))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("broken");
            }
        });
        assertThat(prices.runs()).hasValue(2);
    }

    @Test
    void puttingAndEvictingWaitForTheCoroutine() {
        runner.run(() -> {
            assertThat(await(prices.set("a", "10"))).isEqualTo("10");
            assertThat(await(prices.price("a"))).isEqualTo("10");
            Coroutine<@Nullable Void> forget = prices.forget("a");
            assertThat(await(prices.price("a"))).isEqualTo("10");
            await(forget);
            assertThat(await(prices.price("a"))).isEqualTo("a1");
        });
    }

    @Test
    void syncedCachesWork() {
        runner.run(() -> {
            assertThat(await(prices.synced("a"))).isEqualTo("a1");
            assertThat(await(prices.synced("a"))).isEqualTo("a1");
        });
        assertThat(prices.runs()).hasValue(1);
    }

    @Test
    void aGeneratorsItemsAreCachedAsAList() {
        runner.run(() -> {
            for (int i = 0; i < 2; i++) {
                List<String> items = new ArrayList<>();
                for (String item : prices.all("x")) {
                    items.add(item);
                }
                assertThat(items).containsExactly("x1", "x2");
            }
        });
        assertThat(prices.runs()).hasValue(1);
    }

    @Test
    void aCacheThatAnswersLateWorks() {
        runner.run(() -> {
            assertThat(await(prices.late("a"))).isEqualTo("a1");
            assertThat(await(prices.late("a"))).isEqualTo("a1");
        });
        assertThat(prices.runs()).hasValue(1);
    }
}
