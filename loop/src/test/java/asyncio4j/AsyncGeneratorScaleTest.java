package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import static java.nio.charset.StandardCharsets.UTF_8;

import asyncio4j.testing.Contract;
import asyncio4j.testing.HeldGenerators;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Many items, many generators, deep nesting. */
@Timeout(value = 120, threadMode = SEPARATE_THREAD)
class AsyncGeneratorScaleTest {

    private final HeldGenerators generators = new HeldGenerators();

    private static final int MANY = 10_000;

    /** How often a body's finally block was run to its end. */
    private final AtomicInteger closed = new AtomicInteger();

    /** Those that ran a body. */
    private final List<Thread> threads = new ArrayList<>();

    private AsyncGenerator<Integer> open() {
        return generators.of(g -> {
            threads.add(Thread.currentThread());
            try {
                g.yield(1);
            } finally {
                await(sleep(Duration.ofMillis(1)));
                closed.incrementAndGet();
            }
        });
    }

    @Test
    @Contract(57)
    void tenThousandAreClosedAtShutdownAtTheSameTimeAndLeaveNoThread() {
        VirtualRunner runner = new VirtualRunner();
        runner.run(() -> {
            for (int i = 0; i < MANY; i++) {
                await(open().anext());
            }
        });
        assertThat(closed).hasValue(0);
        runner.close();
        assertThat(closed).hasValue(MANY);
        assertThat(runner.clock.time()).isEqualTo(Duration.ofMillis(1));
        assertThat(runner.reports).isEmpty();
        assertThat(threads).hasSize(MANY).noneMatch(Thread::isAlive);
    }

    @Test
    void tenThousandEndWithABareLoopAndLeaveNoThread() {
        EventLoop loop = Asyncio.newEventLoop();
        loop.runUntilComplete(
                Coroutine.of(() -> {
                    for (int i = 0; i < MANY; i++) {
                        await(open().anext());
                    }
                }));
        loop.close();
        assertThat(closed).as("none could wait").hasValue(0);
        assertThat(threads).hasSize(MANY).noneMatch(Thread::isAlive);
    }

    @Test
    void thousandDeepTheyPassItemsOnAndCloseOneAnother() {
        try (VirtualRunner runner = new VirtualRunner()) {
            runner.run(() -> {
                AsyncGenerator<Integer> generator = open();
                for (int depth = 0; depth < 1_000; depth++) {
                    generator = passOn(generator);
                }
                assertThat(await(generator.anext())).isEqualTo(1_001);
                await(generator.aclose());
            });
            assertThat(closed).hasValue(1_001);
        }
    }

    private AsyncGenerator<Integer> passOn(AsyncGenerator<Integer> inner) {
        return AsyncGenerator.of(g -> {
            try (inner) {
                for (int item : inner) {
                    g.yield(item + 1);
                }
            } finally {
                closed.incrementAndGet();
            }
        });
    }

    @Test
    void oneByOneTheyUseTheSameFewThreads() {
        try (VirtualRunner runner = new VirtualRunner()) {
            runner.run(() -> {
                for (int i = 0; i < MANY; i++) {
                    AsyncGenerator<Integer> generator = open();
                    await(generator.anext());
                    await(generator.aclose());
                }
            });
        }
        Set<Thread> different = Collections.newSetFromMap(new IdentityHashMap<>());
        different.addAll(threads);
        assertThat(threads).hasSize(MANY);
        assertThat(different).hasSizeLessThan(5);
    }

    @Test
    void millionItemsOfAKilobyteNeedNoGigabyteAndOneThread() throws Exception {
        assertThat(outputOf(MillionItems.class))
                .isEqualToIgnoringNewLines("1000000 items, 1024000000 bytes, 1 thread");
    }

    @Test
    void generatorsThatHaveEndedAreNotKept() throws Exception {
        assertThat(outputOf(ManyGenerators.class))
                .isEqualToIgnoringNewLines("300000 generators, 307200000 bytes");
    }

    /** What {@code program} says in a JVM with a small heap. */
    private static String outputOf(Class<?> program) throws Exception {
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx24m",
                                "-cp",
                                placeOf(Asyncio.class) + File.pathSeparator + placeOf(program),
                                program.getName())
                        .redirectErrorStream(true)
                        .start();
        String output = output(child);
        assertThat(child.waitFor()).as(output).isZero();
        return output;
    }

    private static Path placeOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static String output(Process child) throws IOException {
        child.getOutputStream().close();
        return new String(child.getInputStream().readAllBytes(), UTF_8);
    }

    /** One generator, many items. */
    static final class MillionItems {

        private MillionItems() {}

        public static void main(String[] args) {
            Set<Thread> threads = Collections.newSetFromMap(new IdentityHashMap<>());
            AsyncGenerator<byte[]> generator =
                    AsyncGenerator.of(g -> {
                        for (int i = 0; i < 1_000_000; i++) {
                            threads.add(Thread.currentThread());
                            g.yield(new byte[1024]);
                        }
                    });
            System.out.println(
                    Asyncio.run(() -> {
                        int items = 0;
                        long bytes = 0;
                        for (byte[] item : generator) {
                            items++;
                            bytes += item.length;
                        }
                        return items + " items, " + bytes + " bytes, " + threads.size() + " thread";
                    }));
        }
    }

    /** Many generators, one after the other, closed or iterated to their end. */
    static final class ManyGenerators {

        private ManyGenerators() {}

        public static void main(String[] args) {
            System.out.println(
                    Asyncio.run(() -> {
                        int generators = 0;
                        long bytes = 0;
                        for (; generators < 300_000; generators++) {
                            byte[] captured = new byte[1024];
                            AsyncGenerator<Integer> generator =
                                    AsyncGenerator.of(g -> g.yield(captured.length));
                            if (generators % 2 == 0) {
                                bytes += await(generator.anext());
                                await(generator.aclose());
                            } else {
                                for (int item : generator) {
                                    bytes += item;
                                }
                            }
                        }
                        return generators + " generators, " + bytes + " bytes";
                    }));
        }
    }
}
