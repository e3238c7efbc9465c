package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.OtherThread;
import asyncio4j.testing.VirtualRunner;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Setting, reading and putting back a variable. */
class ContextVarTest {

    private final ContextVar<String> var = ContextVar.of("var");

    @Test
    @CPythonTest("test_context::test_context_var_new_1")
    void aVariableWithoutAValueSaysWhatToDo() {
        assertThatThrownBy(var::get)
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage(
                        "context variable 'var' has no value here: set it first, give it a default,"
                                + " or use get(otherwise)");
        assertThat(var.get("otherwise")).isEqualTo("otherwise");
        assertThat(var.name()).isEqualTo("var");
        assertThat(var).hasToString("ContextVar[var]");
    }

    @Test
    void theDefaultIsForWhenThereIsNoValueAndTheCallersCountsMore() {
        ContextVar<String> withDefault = ContextVar.withDefault("var", "default");
        assertThat(withDefault.get()).isEqualTo("default");
        assertThat(withDefault.get("otherwise")).isEqualTo("otherwise");
        ContextVar.Token<String> token = withDefault.set("value");
        assertThat(withDefault.get()).isEqualTo("value");
        assertThat(withDefault.get("otherwise")).isEqualTo("value");
        withDefault.reset(token);
        assertThat(withDefault.get()).isEqualTo("default");
    }

    @Test
    @CPythonTest("test_context::test_context_var_repr_1")
    void itsTextNamesTheDefaultUnlessThatHoldsTheVariableItself() {
        assertThat(ContextVar.withDefault("limit", 123))
                .hasToString("ContextVar[limit, default=123]");
        List<Object> list = new ArrayList<>();
        ContextVar<List<Object>> circular = ContextVar.withDefault("circular", list);
        list.add(circular);
        assertThat(circular)
                .hasToString("ContextVar[circular, default=[ContextVar[circular, default=...]]]");
        assertThat(circular).as("again").asString().contains("default=[");
        ContextVar.Token<List<Object>> token = circular.set(List.of());
        assertThat(token).hasToString("Token[" + circular + "]");
        circular.reset(token);
        assertThat(token).hasToString("Token[" + circular + ", used]");
    }

    @Test
    void nullIsAValueAndADefaultLikeOthers() {
        ContextVar<@Nullable String> nullable = ContextVar.withDefault("nullable", null);
        assertThat(nullable.get()).isNull();
        ContextVar<@Nullable String> without = ContextVar.of("without");
        without.set(null);
        assertThat(without.get()).isNull();
        assertThat(without.get("otherwise")).isNull();
    }

    @Test
    void aTokenPutsBackWhatWasThereBefore() {
        ContextVar.Token<String> first = var.set("1");
        ContextVar.Token<String> second = var.set("2");
        assertThat(first.hadValue()).isFalse();
        assertThat(second.hadValue()).isTrue();
        assertThat(first.var()).isSameAs(var);
        var.reset(second);
        assertThat(var.get()).isEqualTo("1");
        var.reset(first);
        assertThat(var.get("nothing")).isEqualTo("nothing");
    }

    @Test
    void tokensMayBeUsedOutOfOrder() {
        ContextVar.Token<String> first = var.set("1");
        ContextVar.Token<String> second = var.set("2");
        var.reset(first);
        assertThat(var.get("nothing")).isEqualTo("nothing");
        var.reset(second);
        assertThat(var.get()).isEqualTo("1");
    }

    @Test
    void aTokenIsGoodForOneReset() {
        ContextVar.Token<String> token = var.set("1");
        assertThat(token).hasToString("Token[ContextVar[var]]");
        var.reset(token);
        var.set("2");
        assertThatThrownBy(() -> var.reset(token))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "Token[ContextVar[var], used] was used before: a token is good for one"
                                + " reset");
        assertThat(var.get()).isEqualTo("2");
    }

    @Test
    @CPythonTest("test_context::test_context_getset_2")
    void anotherVariablesTokenIsRefused() {
        ContextVar<String> other = ContextVar.of("other");
        ContextVar.Token<String> token = other.set("1");
        assertThatThrownBy(() -> var.reset(token))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Token[ContextVar[other]] was made by another variable than 'var'");
        other.reset(token);
        assertThat(other.get("nothing")).isEqualTo("nothing");
    }

    @Test
    @CPythonTest("test_context::test_context_getset_4")
    void anotherContextsTokenIsRefused() {
        ContextVar.Token<String> token = var.set("1");
        assertThatThrownBy(() ->
                        Context.copyContext()
                                .run(() -> {
                                    var.reset(token);
                                    return null;
                                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Token[ContextVar[var]] was made in another context: reset it in the task"
                                + " that called set");
        assertThat(OtherThread.failureOf(() -> var.reset(token)))
                .isInstanceOf(IllegalArgumentException.class);
        var.reset(token);
        assertThat(var.get("nothing")).isEqualTo("nothing");
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThatThrownBy(() -> var.reset(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the token is null: pass the one that set(...) gave");
        assertThatThrownBy(() -> ContextVar.of(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("a context variable needs a name");
    }

    @Test
    void variablesOfTheSameNameAreDifferentOnes() {
        ContextVar<String> twin = ContextVar.of("var");
        var.set("1");
        assertThat(twin.get("nothing")).isEqualTo("nothing");
    }

    @Test
    @CPythonTest("test_context::test_context_threads_1")
    void threadsOfAPoolDontSeeEachOthersValues() throws Exception {
        int threads = 10;
        CyclicBarrier allHaveSet = new CyclicBarrier(threads);
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<Integer>> results = new ArrayList<>();
            ContextVar<Integer> own = ContextVar.of("own");
            for (int i = 0; i < threads; i++) {
                int number = i;
                results.add(
                        pool.submit(() -> {
                            for (int step = 0; step < 10; step++) {
                                own.set(number * 100 + step);
                                allHaveSet.await(30, TimeUnit.SECONDS);
                                assertThat(own.get()).isEqualTo(number * 100 + step);
                            }
                            return number;
                        }));
            }
            for (int i = 0; i < threads; i++) {
                assertThat(results.get(i).get()).isEqualTo(i);
            }
        }
    }

    @Test
    void outsideOfALoopEveryThreadHasItsOwn() {
        var.set("here");
        assertThat(
                        OtherThread.call(() -> {
                            String before = var.get("nothing");
                            var.set("there");
                            return before + ", " + var.get();
                        }))
                .isEqualTo("nothing, there");
        assertThat(var.get()).isEqualTo("here");
    }

    @Test
    void everyTaskHasItsOwnHoweverTheirStepsMix() {
        List<String> seen = new ArrayList<>();
        try (VirtualRunner runner = new VirtualRunner()) {
            runner.run(() -> {
                var.set("main");
                List<Task<?>> tasks = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    String own = "task " + i;
                    tasks.add(
                            createTask(() -> {
                                assertThat(var.get()).isEqualTo("main");
                                ContextVar.Token<String> token = var.set(own);
                                for (int step = 0; step < 5; step++) {
                                    await(sleep(Duration.ZERO));
                                    assertThat(var.get()).isEqualTo(own);
                                }
                                await(sleep(Duration.ofSeconds(1)));
                                assertThat(var.get()).isEqualTo(own);
                                var.reset(token);
                                seen.add(var.get());
                            }));
                }
                for (Task<?> task : tasks) {
                    await(task);
                }
                assertThat(var.get()).isEqualTo("main");
            });
        }
        assertThat(seen).hasSize(100).containsOnly("main");
    }

    @Test
    void aTokenMayBeUsedStepsLaterInTheSameTask() {
        try (VirtualRunner runner = new VirtualRunner()) {
            runner.run(() -> {
                ContextVar.Token<String> token = var.set("1");
                await(sleep(Duration.ofSeconds(1)));
                var.reset(token);
                assertThat(var.get("nothing")).isEqualTo("nothing");
            });
        }
    }
}
