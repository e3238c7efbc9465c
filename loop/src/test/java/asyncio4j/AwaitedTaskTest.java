package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.OnContinuations;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A task that begins while another one awaits it: where it runs is the engine's affair. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class AwaitedTaskTest {

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final List<String> seen = new ArrayList<>();

    private static void turn() {
        await(sleep(Duration.ZERO));
    }

    private Task<Integer> turns(String name, int turns) {
        return createTask(() -> {
            for (int i = 0; i < turns; i++) {
                seen.add(name + i);
                turn();
            }
            seen.add(name + " ends");
            return turns;
        });
    }

    @Test
    void itHasItsTurnsAmongTheOthers() {
        runner.run(() -> {
            turns("a", 3);
            Task<Integer> awaited = turns("b", 2);
            turns("c", 1);
            getRunningLoop().callSoon(() -> seen.add("callback"));
            assertThat(await(awaited)).isEqualTo(2);
            seen.add("main");
        });
        assertThat(seen)
                .startsWith("a0", "b0", "c0", "callback", "a1", "b1", "c ends", "a2", "b ends")
                .contains("main");
    }

    @Test
    void aChainOfThemMayBeOfAnyDepth() {
        assertThat(runner.run(() -> chain(1_000, false))).isEqualTo(1_000);
        assertThat(runner.run(() -> chain(1_000, true))).isEqualTo(1_000);
    }

    private static int chain(int more, boolean turns) {
        if (turns) {
            turn();
        }
        return more == 0 ? 0 : 1 + await(createTask(() -> chain(more - 1, turns)));
    }

    @Test
    void whoAwaitsIsSuspendedMeanwhile() {
        runner.run(() -> {
            Task<?> outer = currentTask();
            await(
                    createTask(() -> {
                        look(outer);
                        turn();
                        look(outer);
                    }));
            assertThat(currentTask()).isSameAs(outer);
        });
    }

    private static void look(Task<?> outer) {
        Task<?> inner = currentTask();
        assertThat(inner).isNotSameAs(outer);
        assertThat(outer.toString()).contains("awaits " + inner.getName());
        assertThat(methods(inner.getStack())).contains("look");
        assertThat(methods(outer.getStack()))
                .isNotEmpty()
                .anyMatch(name -> name.contains("whoAwaitsIsSuspendedMeanwhile"))
                .doesNotContain("look");
    }

    private static List<String> methods(StackTraceElement[] stack) {
        return Arrays.stream(stack).map(StackTraceElement::getMethodName).toList();
    }

    @Test
    void anInterruptIsForTheOneThatItWasMeantFor() {
        runner.run(() -> {
            Task<Boolean> interrupted =
                    createTask(() -> {
                        boolean seenByIt = Thread.interrupted();
                        Thread.currentThread().interrupt();
                        return seenByIt;
                    });
            Thread.currentThread().interrupt();
            assertThat(await(interrupted)).isFalse();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(await(createTask(() -> Thread.currentThread().isInterrupted()))).isFalse();
            Task<?> interruptsItself = createTask(() -> Thread.currentThread().interrupt());
            await(interruptsItself);
            assertThat(Thread.interrupted()).isFalse();
        });
    }

    @Test
    void itMayCancelWhoAwaitsIt() {
        runner.run(() -> {
            Task<?> outer =
                    createTask(() -> {
                        Task<?> awaiting = currentTask();
                        await(
                                createTask(() -> {
                                    assertThat(awaiting.cancel()).isTrue();
                                    seen.add("cancelled");
                                    turn();
                                    seen.add("too far");
                                }));
                    });
            assertThatThrownBy(() -> await(outer)).isInstanceOf(CancelledError.class);
        });
        assertThat(seen).containsExactly("cancelled");
    }

    @Test
    void itMayStopTheLoopAndGoesOnInTheNextRun() {
        try (EventLoop loop = Asyncio.newEventLoop()) {
            Task<Integer> outer =
                    loop.createTask(() ->
                            await(
                                    createTask(() -> {
                                        loop.stop();
                                        turn();
                                        loop.stop();
                                        return 1;
                                    })));
            loop.runForever();
            assertThat(outer.done()).isFalse();
            loop.runForever();
            assertThat(outer.done()).isFalse();
            assertThat(loop.runUntilComplete(outer)).isEqualTo(1);
        }
    }

    @Test
    void generatorsAndEagerTasksMayBeInBetween() {
        AsyncGenerator<Integer> numbers =
                AsyncGenerator.of(g -> {
                    for (int i = 0; i < 3; i++) {
                        int number = i;
                        g.yield(
                                await(
                                        createTask(() -> {
                                            if (number > 0) {
                                                turn();
                                            }
                                            return number;
                                        })));
                    }
                });
        runner.run(() -> {
            Task<Integer> other = turns("o", 5);
            Task<Integer> sum =
                    createTask(() -> {
                        int total = 0;
                        for (int number : numbers) {
                            Task<Integer> eager =
                                    createTask(
                                            () -> {
                                                turn();
                                                return number;
                                            },
                                            TaskOptions.DEFAULT.eagerStart(true));
                            total += await(eager);
                        }
                        return total;
                    });
            assertThat(await(sum)).isEqualTo(3);
            await(other);
        });
    }

    @Test
    void whatItThrowsWhenTheLoopIsClosedComesToItsEnd() {
        EventLoop loop = Asyncio.newEventLoop();
        loop.setExceptionHandler((l, context) -> {});
        loop.createTask(() -> {
            try {
                return await(
                        createTask(() -> {
                            try {
                                loop.stop();
                                return await(loop.createFuture());
                            } finally {
                                seen.add("inner");
                            }
                        }));
            } finally {
                seen.add("outer");
            }
        });
        loop.runForever();
        loop.close();
        assertThat(seen).containsExactlyInAnyOrder("inner", "outer");
    }

    @Test
    @OnContinuations
    void theStackOfItsErrorShowsWhoAwaitsIt() {
        runner.run(() -> {
            Task<?> failing =
                    createTask(() -> {
                        throw new IllegalStateException("at once");
                    });
            assertThatThrownBy(() -> await(failing))
                    .satisfies(
                            error -> assertThat(methods(error.getStackTrace())).contains("await"));
        });
    }

    @Test
    void aBindingOfWhoAwaitsIsNotIts() {
        ScopedValue<String> name = ScopedValue.newInstance();
        runner.run(() ->
                ScopedValue.where(name, "main's")
                        .run(() -> {
                            assertThat(await(createTask(() -> name.isBound()))).isFalse();
                            assertThat(name.get()).isEqualTo("main's");
                        }));
    }
}
