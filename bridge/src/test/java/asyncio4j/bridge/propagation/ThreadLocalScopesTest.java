package asyncio4j.bridge.propagation;

import static asyncio4j.Asyncio.*;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.AsyncGenerator;
import asyncio4j.Engine;
import asyncio4j.ExceptionContext;
import asyncio4j.Task;
import asyncio4j.TaskOptions;
import asyncio4j.bridge.testing.Threads;
import asyncio4j.bridge.testing.VirtualReactorRunner;
import asyncio4j.internal.bridge.Propagation;
import asyncio4j.internal.spi.ThreadLocals;

import io.micrometer.context.ContextRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * When thread-locals are set and restored, in which order, and what comes of accessors that fail.
 */
class ThreadLocalScopesTest {

    private final List<String> log = new ArrayList<>();

    private final Recording a = new Recording("a", log);

    private final Recording b = new Recording("b", log);

    private final VirtualReactorRunner runner = new VirtualReactorRunner();

    @AfterEach
    void close() {
        runner.close();
        b.close();
        a.close();
    }

    // Order

    @Test
    void whatWasSetLastIsRestoredFirst() {
        a.change("1");
        b.change("2");
        runner.loop()
                .callSoon(() -> {
                    log.add("callback");
                    a.change("changed");
                });
        runner.loop().callSoon(runner.loop()::stop);
        log.clear();
        runner.loop().runForever();
        assertThat(log.subList(0, 5)).containsExactly("a=1", "b=2", "callback", "b back", "a back");
    }

    @Test
    void whatIsMissingIsClearedAndRestoredToo() {
        b.change("2");
        runner.run(() -> {
            log.clear();
            getRunningLoop().callSoon(() -> log.add("callback"));
            b.change("not for the callback");
            await(sleep(Duration.ofMillis(1)));
            assertThat(log).containsSequence("a cleared", "b=2", "callback", "b back", "a back");
            assertThat(b.present()).isEqualTo("not for the callback");
        });
        assertThat(b.present()).isEqualTo("2");
    }

    @Test
    void aStepThatThrowsRestoresThem() {
        a.change("1");
        assertThatThrownBy(() ->
                        runner.run(() -> {
                            a.change("changed");
                            log.clear();
                            throw new IllegalStateException("failed");
                        }))
                .hasMessage("failed");
        assertThat(log).containsExactly("b back", "a back");
    }

    @Test
    void scopesOfAnEagerTaskAreInsideOfItsMakers() {
        a.change("1");
        runner.run(() -> {
            a.change("maker");
            log.clear();
            Task<?> eager =
                    createTask(
                            () -> {
                                log.add("eager");
                                a.change("eager");
                            },
                            TaskOptions.DEFAULT.eagerStart(true));
            log.add("maker " + a.present());
            assertThat(eager.done()).isTrue();
        });
        boolean own = runner.loop().getEngine() == Engine.VIRTUAL_THREADS; // threads, that is
        assertThat(log.subList(0, 6))
                .containsExactly(
                        "a=maker",
                        "b cleared",
                        "eager",
                        "b back",
                        own ? "a back" : "a back to maker",
                        "maker maker");
    }

    /** What an engine does whose fibers share a thread. */
    @Test
    void aSuspendedScopeGivesTheThreadItsOwnBackAndTakesItAgainElsewhere() {
        ThreadLocals carrier = Objects.requireNonNull(Propagation.VALUES);
        ThreadLocals.Failures none =
                (message, error) -> {
                    throw new AssertionError(message, error);
                };
        a.change("code");
        Object values = carrier.capture(none);
        a.change("thread");
        b.change("thread");
        log.clear();
        ThreadLocals.Scope scope = Objects.requireNonNull(carrier.open(values, none));
        b.change("changed");
        scope.suspend();
        assertThat(log)
                .containsExactly("a=code", "b cleared", "b back to thread", "a back to thread");
        assertThat(a.present() + " " + b.present()).isEqualTo("thread thread");
        log.clear();
        Threads.elsewhere(() -> {
            scope.resume();
            assertThat(a.present() + " " + b.present()).isEqualTo("code changed");
            scope.close();
        });
        assertThat(log).containsExactly("a=code", "b=changed", "b back", "a back");
    }

    @Test
    void anAccessorThatIsRegisteredLaterCountsFromThenOn() {
        runner.run(() -> {
            try (Recording late = new Recording("late", log)) {
                late.change("here");
                Task<String> task =
                        createTask(() -> {
                            await(sleep(Duration.ofMillis(1)));
                            return late.present();
                        });
                assertThat(await(task)).isEqualTo("here");
            }
        });
        try (Recording late = new Recording("late", log)) {
            late.change("caller");
            runner.run(() -> assertThat(late.present()).isEqualTo("caller"));
            assertThat(late.present()).isEqualTo("caller");
        }
    }

    @Test
    void aGeneratorThatIsOlderThanAnAccessorLeavesItsConsumersValueAlone() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        g.yield(1);
                        a.change("generator");
                        g.yield(2);
                    });
            await(generator.anext());
            try (Recording late = new Recording("late", log)) {
                Task<String> consumer =
                        createTask(() -> {
                            late.change("consumer");
                            await(generator.anext());
                            return late.present() + " " + a.present();
                        });
                assertThat(await(consumer)).isEqualTo("consumer generator");
            }
            await(generator.aclose());
        });
    }

    @Test
    void aTaskThatIsOlderThanAnAccessorDoesNotHaveTheValueOfAnother() {
        List<String> seen = new ArrayList<>();
        try (Recording late = new Recording("late", log)) {
            ContextRegistry.getInstance().removeThreadLocalAccessor("late");
            Task<?> older = runner.loop().createTask(() -> seen.add("older " + late.present()));
            runner.loop().callSoon(() -> seen.add("callback " + late.present()));
            ContextRegistry.getInstance().registerThreadLocalAccessor(late);
            late.change("main");
            runner.run(() -> {
                await(older);
                seen.add("main " + late.present());
            });
        }
        assertThat(seen).containsExactly("older null", "callback null", "main main");
    }

    // Micrometer's own accessor, which opens and closes scopes

    @Test
    void anObservationScopeMayBeOpenOverAwaitsAndAroundGenerators() {
        ObservationRegistry registry =
                ObservationThreadLocalAccessor.getInstance().getObservationRegistry();
        registry.observationConfig().observationHandler(_ -> true);
        Observation outer = Observation.start("outer", registry);
        try (var _ = outer.openScope()) {
            runner.run(() -> {
                assertThat(registry.getCurrentObservation()).isSameAs(outer);
                Observation inner = Observation.start("inner", registry);
                AsyncGenerator<Observation> generator =
                        AsyncGenerator.of(g -> {
                            g.yield(Objects.requireNonNull(registry.getCurrentObservation()));
                            await(sleep(Duration.ofMillis(1)));
                            g.yield(Objects.requireNonNull(registry.getCurrentObservation()));
                        });
                try (var _ = inner.openScope()) {
                    await(sleep(Duration.ofMillis(1)));
                    assertThat(registry.getCurrentObservation()).isSameAs(inner);
                    for (Observation seen : generator) {
                        assertThat(seen).isSameAs(inner);
                        Task<Observation> child =
                                createTask(() -> {
                                    await(sleep(Duration.ofMillis(1)));
                                    return registry.getCurrentObservation();
                                });
                        assertThat(await(child)).isSameAs(inner);
                    }
                }
                assertThat(registry.getCurrentObservation()).isSameAs(outer);
            });
            assertThat(registry.getCurrentObservation()).isSameAs(outer);
        }
        assertThat(registry.getCurrentObservation()).isNull();
        assertThat(runner.reports).isEmpty();
    }

    // Accessors that fail

    @ParameterizedTest
    @ValueSource(strings = {"getValue", "setValue", "restore"})
    void anAccessorThatFailsIsToldOfOnceAndTheTaskGoesOnWithoutIt(String method) {
        List<String> seen = new ArrayList<>();
        runner.run(() -> {
            b.change("maker");
            if (method.equals("getValue")) {
                a.failing = method;
            } else if (method.equals("setValue")) {
                getRunningLoop().callSoon(() -> a.failing = method);
            }
            Task<?> task =
                    createTask(() -> {
                        a.failing = null;
                        seen.add(b.present());
                        await(sleep(Duration.ofMillis(1)));
                        seen.add(b.present());
                        if (method.equals("restore")) {
                            a.failing = method;
                        }
                    });
            if (method.equals("getValue")) {
                a.failing = null;
            }
            await(task);
            a.failing = null;
        });
        assertThat(seen).containsExactly("maker", "maker");
        assertThat(runner.reports).hasSize(1);
        ExceptionContext report = runner.reports.getFirst();
        assertThat(report.message())
                .contains(Recording.class.getName())
                .contains("failed in " + method)
                .contains("ContextRegistry");
        assertThat(report.exception()).hasMessage("a." + method);
        assertThat(runner.<String>run(() -> "the loop goes on")).isEqualTo("the loop goes on");
        assertThat(runner.reports).hasSize(1);
    }

    @Test
    void oneThatFailsToRestoreDoesNotKeepTheOthersFromIt() {
        runner.run(() -> {
            a.change("1");
            b.change("2");
            await(
                    createTask(() -> {
                        b.failing = "restore";
                        log.clear();
                    }));
            b.failing = null;
            assertThat(log.subList(0, 2)).containsExactly("b back", "a back");
        });
        assertThat(runner.reports).hasSize(1);
    }

    @Test
    void severalThatFailAtOnceAreOneError() {
        runner.run(() -> {
            await(
                    createTask(() -> {
                        a.failing = "restore";
                        b.failing = "restore";
                    }));
            a.failing = null;
            b.failing = null;
        });
        assertThat(runner.reports).hasSize(1);
        Throwable error = runner.reports.getFirst().exception();
        assertThat(error).hasMessage("b.restore");
        assertThat(error.getSuppressed()[0]).hasMessage("a.restore");
    }

    @Test
    void oneThatFailsOnAnotherThreadIsToldOfByTheLoop() {
        runner.run(() -> {
            List<String> called = new ArrayList<>();
            var loop = getRunningLoop();
            Threads.elsewhere(() -> {
                a.failing = "getValue";
                loop.callSoonThreadsafe(() -> called.add("called"));
                a.failing = null;
            });
            await(sleep(Duration.ofMillis(1)));
            assertThat(called).containsExactly("called");
        });
        assertThat(runner.reports).hasSize(1);
        assertThat(runner.reports.getFirst().exception()).hasMessage("a.getValue");
    }

    @Test
    void aValueOfAnotherTypeInAContextIsAnErrorOfTheAccessors() {
        String seen =
                runner.runner.run(
                        asyncio4j.bridge.Bridge.mono(runner.loop(), () -> "" + a.present())
                                .contextWrite(reactor.util.context.Context.of("a", 1)));
        assertThat(seen).isEqualTo("null");
        assertThat(runner.reports).hasSize(1);
        assertThat(runner.reports.getFirst().exception()).isInstanceOf(ClassCastException.class);
    }
}
