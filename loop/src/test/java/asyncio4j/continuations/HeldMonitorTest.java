package asyncio4j.continuations;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.AsyncFuture;
import asyncio4j.AsyncGenerator;
import asyncio4j.Task;
import asyncio4j.TaskOptions;
import asyncio4j.VoidCoroutine;
import asyncio4j.testing.OnContinuations;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** An await where the stack can't be taken away: it fails, and all else goes on. */
@OnContinuations
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class HeldMonitorTest {

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final Object monitor = new Object();

    private static void turn() {
        await(sleep(Duration.ZERO));
    }

    private static void second() {
        await(sleep(Duration.ofSeconds(1)));
    }

    private synchronized void inASynchronizedMethod(VoidCoroutine suspension) throws Exception {
        suspension.run();
    }

    private void inABlock(VoidCoroutine suspension) throws Exception {
        synchronized (monitor) {
            suspension.run();
        }
    }

    private static void inACollectionOfTheJdk(VoidCoroutine suspension) throws Exception {
        new ConcurrentHashMap<Integer, Integer>()
                .computeIfAbsent(
                        1,
                        key -> {
                            try {
                                suspension.run();
                            } catch (RuntimeException e) {
                                throw e;
                            } catch (Exception e) {
                                throw new AssertionError(e);
                            }
                            return key;
                        });
    }

    private interface Around {
        void call(VoidCoroutine suspension) throws Exception;
    }

    private Stream<Named<Around>> arounds() {
        return Stream.of(
                Named.of("a method", this::inASynchronizedMethod),
                Named.of("a block", this::inABlock),
                Named.of("a block far out", suspension -> inABlock(() -> deep(100, suspension))),
                Named.of("the JDK's", HeldMonitorTest::inACollectionOfTheJdk));
    }

    private static void deep(int more, VoidCoroutine inner) throws Exception {
        if (more == 0) {
            inner.run();
        } else {
            deep(more - 1, inner);
        }
    }

    @Test
    void anAwaitInsideOfSynchronizedFailsAndNamesTheMonitorAndWhereItIsHeld() {
        runner.run(() ->
                assertThatThrownBy(() -> inABlock(HeldMonitorTest::second))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith("can't suspend inside of synchronized: ")
                        .hasMessageContaining("the monitor of java.lang.Object@")
                        .hasMessageContaining("is held by ")
                        .hasMessageContaining("HeldMonitorTest.inABlock(HeldMonitorTest.java:")
                        .hasMessageContaining("asyncio4j.locks.Lock"));
    }

    static Stream<Named<VoidCoroutine>> suspensions() {
        return Stream.of(
                Named.of("a bare yield", HeldMonitorTest::turn),
                Named.of("a sleep", HeldMonitorTest::second),
                Named.of("a task", () -> await(createTask(() -> 1))));
    }

    @ParameterizedTest
    @MethodSource("suspensions")
    void theTaskGoesOnAfterIt(VoidCoroutine suspension) {
        runner.run(() -> {
            for (Around around : arounds().map(Named::getPayload).toList()) {
                assertThatThrownBy(() -> around.call(suspension))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("synchronized");
                Duration before = getRunningLoop().time();
                second();
                assertThat(getRunningLoop().time().minus(before)).isEqualTo(Duration.ofSeconds(1));
            }
        });
    }

    @Test
    void whatItWouldHaveWaitedForDoesntWakeItLater() {
        runner.run(() -> {
            AsyncFuture<Integer> early = getRunningLoop().createFuture();
            AsyncFuture<Integer> late = getRunningLoop().createFuture();
            assertThatThrownBy(() -> inABlock(() -> await(early)))
                    .isInstanceOf(IllegalStateException.class);
            getRunningLoop().callLater(Duration.ofSeconds(1), () -> early.setResult(1));
            getRunningLoop().callLater(Duration.ofSeconds(2), () -> late.setResult(2));
            assertThat(await(late)).isEqualTo(2);
            assertThat(getRunningLoop().time()).isEqualTo(Duration.ofSeconds(2));
        });
    }

    @Test
    void twoTasksThatWantTheSameMonitorDontWaitForEachOther() {
        List<String> order = new ArrayList<>();
        runner.run(() -> {
            Task<?> one =
                    createTask(() -> {
                        assertThatThrownBy(() -> inABlock(HeldMonitorTest::second))
                                .isInstanceOf(IllegalStateException.class);
                        order.add("one");
                    });
            Task<?> two = createTask(() -> inABlock(() -> order.add("two")));
            await(one);
            await(two);
        });
        assertThat(order).containsExactly("one", "two");
    }

    @Test
    void anAwaitThatNeedNotWaitIsFineThere() {
        runner.run(() ->
                inABlock(() -> {
                    AsyncFuture<Integer> future = getRunningLoop().createFuture();
                    future.setResult(1);
                    assertThat(await(future)).isEqualTo(1);
                }));
    }

    @Test
    void aGeneratorThatYieldsInsideOfSynchronizedFails() {
        AsyncGenerator<Integer> numbers =
                AsyncGenerator.of(g -> {
                    g.yield(1);
                    assertThatThrownBy(() -> inABlock(() -> g.yield(2)))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("HeldMonitorTest.inABlock");
                    second();
                    g.yield(3);
                });
        runner.run(() -> {
            assertThat(await(numbers.anext())).isEqualTo(1);
            assertThat(await(numbers.anext())).isEqualTo(3);
        });
    }

    @Test
    void aGeneratorThatAwaitsWhileItsConsumerHoldsAMonitorFailsThere() {
        AsyncGenerator<Integer> numbers =
                AsyncGenerator.of(g -> {
                    g.yield(1);
                    assertThatThrownBy(HeldMonitorTest::second)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("HeldMonitorTest.inABlock");
                    g.yield(2);
                    second();
                    g.yield(3);
                });
        runner.run(() -> {
            inABlock(() -> assertThat(await(numbers.anext())).isEqualTo(1));
            inABlock(() -> assertThat(await(numbers.anext())).isEqualTo(2));
            assertThat(await(numbers.anext())).isEqualTo(3);
        });
    }

    @Test
    void aTaskThatStartsEagerlyMaySuspendWhileItsCreatorHoldsOne() {
        runner.run(() -> {
            List<Task<Integer>> started = new ArrayList<>();
            inABlock(() ->
                    started.add(
                            createTask(
                                    () -> {
                                        second();
                                        return 1;
                                    },
                                    TaskOptions.DEFAULT.eagerStart(true))));
            assertThat(await(started.getFirst())).isEqualTo(1);
        });
    }

    @Test
    void aTaskThatStartsEagerlyFailsIfItHoldsOneItself() {
        runner.run(() -> {
            Task<?> task =
                    createTask(
                            () -> inABlock(HeldMonitorTest::second),
                            TaskOptions.DEFAULT.eagerStart(true));
            assertThat(task.exception())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("HeldMonitorTest.inABlock");
        });
    }

    private static final class Initializer {

        static final List<Throwable> FAILURES = new ArrayList<>();

        static {
            for (int i = 0; i < 3; i++) {
                try {
                    second();
                } catch (IllegalStateException e) {
                    FAILURES.add(e);
                }
            }
        }

        private Initializer() {}
    }

    @Test
    void anAwaitInAStaticInitializerFailsAndNoStepIsLost() {
        List<Integer> order = new ArrayList<>();
        runner.run(() -> {
            for (int i = 0; i < 5; i++) {
                int number = i;
                createTask(() -> {
                    second();
                    order.add(number);
                });
                getRunningLoop().callSoon(() -> order.add(10 + number));
            }
            assertThat(Initializer.FAILURES)
                    .hasSize(3)
                    .allSatisfy(failure ->
                            assertThat(failure)
                                    .hasMessageContaining("a static initializer")
                                    .hasMessageContaining("virtual threads"));
            second();
            second();
        });
        assertThat(order).containsExactly(10, 11, 12, 13, 14, 0, 1, 2, 3, 4);
    }

    private static final class InitializerOfAConsumer {

        static final List<Object> SEEN = new ArrayList<>();

        static {
            AsyncGenerator<Integer> numbers =
                    AsyncGenerator.of(g -> {
                        g.yield(1);
                        try {
                            second();
                        } catch (IllegalStateException e) {
                            SEEN.add("refused");
                        }
                        g.yield(2);
                    });
            SEEN.add(await(numbers.anext()));
            SEEN.add(await(numbers.anext()));
            await(numbers.aclose());
        }

        private InitializerOfAConsumer() {}
    }

    @Test
    void aGeneratorThatAwaitsWhileItsConsumerIsPinnedFailsThere() {
        runner.run(() -> {
            Task<?> other =
                    createTask(() -> {
                        for (int i = 0; i < 30; i++) {
                            await(sleep(Duration.ofMillis(100)));
                        }
                    });
            turn();
            assertThat(InitializerOfAConsumer.SEEN).containsExactly(1, "refused", 2);
            await(other);
        });
    }

    private static final class InitializerThatBinds {

        static final List<Object> SEEN = new ArrayList<>();

        static {
            AsyncGenerator<Integer> numbers =
                    AsyncGenerator.of(g -> {
                        g.yield(1);
                        g.yield(2);
                    });
            ScopedValue.where(ScopedValue.<Integer>newInstance(), 1)
                    .run(() -> {
                        SEEN.add(await(numbers.anext()));
                        SEEN.add(await(numbers.anext()));
                        await(numbers.aclose());
                    });
        }

        private InitializerThatBinds() {}
    }

    @Test
    void aGeneratorThatDoesntAwaitIsFineWhereNothingCanBeSuspended() {
        runner.run(() -> {
            assertThat(InitializerThatBinds.SEEN).containsExactly(1, 2);
            second();
        });
    }
}
