package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Random generators and consumers, gone through by {@code forEach} and by a {@code for} loop in a
 * try block: what happens, and in which order among other tasks, is the same. Only a body that
 * yields although it was told to end can tell: pushed, it can't be left suspended there. So these
 * don't.
 */
@Timeout(value = 120, threadMode = SEPARATE_THREAD)
class PushedAndPulledTest {

    private static final int PROGRAMS = 6_000;

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    /** A way to go through a generator. */
    private interface Way {
        void go(AsyncGenerator<String> generator, Consumer<String> consumer);
    }

    private static void pulled(AsyncGenerator<String> generator, Consumer<String> consumer) {
        try (generator) {
            for (String item : generator) {
                consumer.accept(item);
            }
        }
    }

    /** One program, made anew from its seed for each way. */
    private static final class Program {

        private final SplittableRandom random;

        private final Way way;

        final List<String> log = new ArrayList<>();

        private final ContextVar<Integer> var = ContextVar.withDefault("var", 0);

        private int names;

        Program(long seed, Way way) {
            this.random = new SplittableRandom(seed);
            this.way = way;
        }

        private String name(String kind) {
            return kind + names++;
        }

        /** A generator whose body does some things. */
        AsyncGenerator.Body<String> body(int depth) {
            String name = name("body");
            List<AsyncGenerator.Body<String>> steps = new ArrayList<>();
            boolean[] told = new boolean[1];
            for (int i = random.nextInt(1, 5); i > 0; i--) {
                steps.add(step(name, depth, told));
            }
            return g -> {
                told[0] = false;
                log.add(name + " begins, var=" + var.get());
                for (AsyncGenerator.Body<String> step : steps) {
                    step.run(g);
                }
                log.add(name + " returns");
            };
        }

        private AsyncGenerator.Body<String> step(String of, int depth, boolean[] told) {
            String name = name(of + ".");
            int millis = random.nextInt(3);
            return switch (random.nextInt(depth > 0 ? 12 : 7)) {
                case 0 ->
                        g -> {
                            await(sleep(Duration.ofMillis(millis)));
                            log.add(name + " slept");
                        };
                case 1 ->
                        g -> {
                            var.set(millis + 10);
                            log.add(name + " sets " + var.get());
                        };
                case 2 ->
                        random.nextInt(4) > 0
                                ? g -> yieldOne(g, name, told)
                                : g -> {
                                    log.add(name + " throws");
                                    throw new IllegalArgumentException(name);
                                };
                case 7, 8 -> cleaning(name, depth, millis, told);
                case 9 -> catching(name, depth, told);
                case 10 -> {
                    AsyncGenerator.Body<String> inner = body(depth - 1);
                    yield g -> unlessTold(told, () -> g.yieldAll(AsyncGenerator.of(inner)));
                }
                case 11 -> {
                    AsyncGenerator.Body<String> inner = body(depth - 1);
                    Consumer<String> consumer = consumer(depth - 1);
                    yield g -> way.go(AsyncGenerator.of(inner), consumer);
                }
                default -> g -> yieldOne(g, name, told);
            };
        }

        private void yieldOne(AsyncGenerator.Yielder<String> g, String name, boolean[] told) {
            unlessTold(
                    told,
                    () -> {
                        log.add(name + " yields");
                        g.yield(name);
                        log.add(name + " goes on, var=" + var.get());
                    });
        }

        /** Nothing is yielded any more once the body was told to end. */
        private void unlessTold(boolean[] told, Runnable yields) {
            if (told[0]) {
                return;
            }
            try {
                yields.run();
            } catch (GeneratorExit e) {
                told[0] = true;
                throw e;
            }
        }

        @SuppressWarnings(
                "Finally") // what happens to the error that it takes the place of is tested
        private AsyncGenerator.Body<String> cleaning(
                String name, int depth, int millis, boolean[] told) {
            AsyncGenerator.Body<String> inner = step(name, depth - 1, told);
            boolean awaits = random.nextBoolean();
            boolean fails = random.nextInt(6) == 0;
            return g -> {
                try {
                    inner.run(g);
                } finally {
                    log.add(name + " cleans up");
                    if (awaits) {
                        await(sleep(Duration.ofMillis(millis)));
                        log.add(name + " cleaned up");
                    }
                    if (fails) {
                        throw new IllegalStateException(name);
                    }
                }
            };
        }

        private AsyncGenerator.Body<String> catching(String name, int depth, boolean[] told) {
            AsyncGenerator.Body<String> inner = step(name, depth - 1, told);
            int reaction = random.nextInt(4);
            return g -> {
                try (AutoCloseable _ =
                        () -> {
                            if (reaction == 3) {
                                throw new IllegalStateException(name + " closing");
                            }
                        }) {
                    inner.run(g);
                } catch (Throwable e) {
                    log.add(name + " catches " + e.getClass().getSimpleName());
                    switch (reaction) {
                        case 0 -> {} // and goes on
                        case 1 -> throw new IllegalStateException(name, null);
                        default -> throw e;
                    }
                }
            };
        }

        Consumer<String> consumer(int depth) {
            String name = name("consumer");
            int most = random.nextInt(1, 8);
            int millis = random.nextInt(4);
            int sets = random.nextInt(3);
            AsyncGenerator.Body<String> inner =
                    depth > 0 && random.nextInt(4) == 0 ? body(depth - 1) : null;
            Consumer<String> consumer = inner == null ? null : consumer(depth - 1);
            int[] taken = {0};
            return item -> {
                log.add(name + " takes " + item + ", var=" + var.get());
                if (millis > 0) {
                    await(sleep(Duration.ofMillis(millis - 1)));
                    log.add(name + " slept");
                }
                if (sets == 0) {
                    var.set(taken[0]);
                }
                if (inner != null) {
                    way.go(AsyncGenerator.of(inner), consumer);
                }
                if (++taken[0] == most) {
                    log.add(name + " throws");
                    throw new UnsupportedOperationException(name);
                }
            };
        }

        /** Runs it, beside a task that ticks, and perhaps with a cancel. */
        List<String> run() {
            AsyncGenerator.Body<String> body = body(3);
            Consumer<String> consumer = consumer(2);
            int cancelAt = random.nextInt(30);
            Task<Void> task =
                    createTask(() -> {
                        try {
                            way.go(AsyncGenerator.of(body), consumer);
                            log.add("end");
                        } catch (Throwable e) {
                            log.add(text(e));
                        }
                        log.add("var=" + var.get());
                    });
            for (int tick = 0; !task.done() && tick < 300; tick++) {
                log.add("tick");
                if (tick == cancelAt) {
                    task.cancel();
                }
                await(sleep(tick % 3 == 0 ? Duration.ofMillis(1) : Duration.ZERO));
            }
            assertThat(task.done()).isTrue();
            return log;
        }

        private static String text(Throwable e) {
            StringBuilder text = new StringBuilder(e.getClass().getSimpleName());
            if (!(e instanceof CancelledError)) {
                text.append(": ").append(e.getMessage());
            }
            for (Throwable suppressed : e.getSuppressed()) {
                if (!(suppressed instanceof AwaitSite)) {
                    text.append(" (").append(text(suppressed)).append(")");
                }
            }
            return text.toString();
        }
    }

    @Test
    void theSameHappensInTheSameOrder() {
        int[] left = new int[1];
        runner.run(() -> {
            for (long seed = 0; seed < PROGRAMS; seed++) {
                List<String> pushed = new Program(seed, AsyncGenerator::forEach).run();
                List<String> pulled = new Program(seed, PushedAndPulledTest::pulled).run();
                assertThat(pushed).as("program " + seed).isEqualTo(pulled);
                left[0] += pushed.stream().anyMatch(line -> line.endsWith("throws")) ? 1 : 0;
            }
        });
        assertThat(left[0]).as("programs that are left early").isGreaterThan(PROGRAMS / 10);
    }
}
