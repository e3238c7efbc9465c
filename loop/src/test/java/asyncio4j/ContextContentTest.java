package asyncio4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;

/** What is in a context: looking into it, copying and comparing it. */
class ContextContentTest {

    private final ContextVar<String> var = ContextVar.withDefault("var", "default");

    private final ContextVar<Integer> number = ContextVar.of("number");

    private final Context context = new Context();

    @Test
    @CPythonTest("test_context::test_context_getset_3")
    void aContextShowsWhatIsSetInItAndNoDefaults() {
        context.run(() -> {
            assertThat(var.get()).isEqualTo("default");
            assertHasNot(context);
            ContextVar.Token<String> token = var.set("value");
            assertThat(context.get(var)).isEqualTo("value");
            assertThat(context.get(var, "otherwise")).isEqualTo("value");
            assertThat(context.contains(var)).isTrue();
            assertThat(context).containsExactly(var);
            assertThat(context.asMap()).isEqualTo(Map.of(var, "value"));
            assertThat(context.size()).isEqualTo(1);
            var.reset(token);
            assertHasNot(context);
        });
    }

    private void assertHasNot(Context without) {
        assertThatThrownBy(() -> without.get(var))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage(
                        "ContextVar[var, default=default] has no value in this context: use"
                                + " get(var, otherwise), or contains(var)");
        assertThat(without.get(var, null)).isNull();
        assertThat(without.get(var, "otherwise")).isEqualTo("otherwise");
        assertThat(without.contains(var)).isFalse();
        assertThat(without).isEmpty();
        assertThat(without.asMap()).isEmpty();
        assertThat(without.size()).isZero();
    }

    @Test
    void nullIsAValueInAContextToo() {
        context.run(() -> var.set(null));
        assertThat(context.contains(var)).isTrue();
        assertThat(context.get(var)).isNull();
        assertThat(context.get(var, "otherwise")).isNull();
        assertThat(context).hasToString("Context{" + var + "=null}");
    }

    @Test
    @CPythonTest("test_context::test_context_typerrors_1")
    void onlyAVariableCanBeLookedUp() {
        // Python refuses other keys when it runs; here they don't compile, but for null
        assertThatThrownBy(() -> context.get(null)).hasMessage("the context variable is null");
        assertThatThrownBy(() -> context.get(null, "otherwise"))
                .hasMessage("the context variable is null");
        assertThatThrownBy(() -> context.contains(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the context variable is null");
    }

    @Test
    void whatWasTakenOutOfAContextDoesntChangeWithIt() {
        context.run(() -> {
            var.set("value");
            number.set(1);
        });
        Map<ContextVar<?>, @Nullable Object> map = context.asMap();
        Iterator<ContextVar<?>> variables = context.iterator();
        context.run(() -> {
            var.set("changed");
            ContextVar.of("another").set("value");
        });
        assertThat(map).isEqualTo(Map.of(var, "value", number, 1));
        List<ContextVar<?>> iterated = new ArrayList<>();
        variables.forEachRemaining(iterated::add);
        assertThat(iterated).containsExactlyInAnyOrder(var, number);
        Iterator<ContextVar<?>> again = context.iterator();
        again.next();
        assertThatThrownBy(again::remove).isInstanceOf(UnsupportedOperationException.class);
        assertThat(context.size()).isEqualTo(3);
    }

    @Test
    @CPythonTest("test_context::test_context_run_6")
    void whatIsSetIsSeenAtOnceByTheVariableAndTheContext() {
        context.run(() -> {
            assertThat(var.get()).isEqualTo("default");
            assertThat(context.get(var, null)).isNull();
            var.set("value");
            assertThat(var.get()).isEqualTo("value");
            assertThat(context.get(var, null)).isEqualTo("value");
        });
    }

    @Test
    @CPythonTest({
        "test_context::test_context_get_context_1",
        "test_context::test_context_getset_5"
    })
    void aCopyOfTheCurrentContextIsEqualToItAndChangesApart() {
        context.run(() -> {
            var.set("original");
            Context copy = Context.copyContext();
            assertThat(copy).isNotSameAs(context).isEqualTo(context);
            copy.run(() -> {
                var.set("copy");
                assertThat(var.get()).isEqualTo("copy");
            });
            assertThat(var.get()).isEqualTo("original");
            assertThat(copy).isNotEqualTo(context);
        });
    }

    @Test
    @CPythonTest("test_context::test_context_copy_1")
    void aCopyThatIsMadeInsideAndTheOriginalGoTheirOwnWays() {
        context.run(() -> {
            number.set(10);
            Context copy = context.copy();
            assertThat(copy.get(number)).isEqualTo(10);
            number.set(20);
            assertThat(context.get(number)).isEqualTo(20);
            assertThat(copy.get(number)).isEqualTo(10);
            copy.run(() -> {
                assertThat(number.get()).isEqualTo(10);
                number.set(30);
                assertThat(number.get()).isEqualTo(30);
            });
            assertThat(context.get(number)).isEqualTo(20);
            assertThat(copy.get(number)).isEqualTo(30);
        });
    }

    @Test
    @CPythonTest("test_context::test_context_run_4")
    void contextsMayBeNestedAndEachKeepsItsOwn() {
        Context inner = new Context();
        Context seen =
                context.run(() -> {
                    assertThat(number.get(null)).isNull();
                    number.set(1);
                    inner.run(() -> {
                        assertThat(number.get(null)).isNull();
                        number.set(2);
                    });
                    assertThat(number.get()).isEqualTo(1);
                    return Context.copyContext();
                });
        assertThat(seen).isEqualTo(context).hasSameHashCodeAs(context);
        assertThat(seen.get(number)).isEqualTo(1);
        assertThat(seen.contains(number)).isTrue();
        assertThat(inner.get(number)).isEqualTo(2);
    }

    @Test
    @CPythonTest("test_context::test_context_run_5")
    void whatABodySetsBeforeItFailsDoesntGetOut() {
        IllegalArgumentException failure = new IllegalArgumentException("failed");
        assertThatThrownBy(() ->
                        context.run(() -> {
                            number.set(1);
                            throw failure;
                        }))
                .isSameAs(failure);
        assertThat(number.get(null)).isNull();
        assertThat(context.get(number)).isEqualTo(1);
    }

    @Test
    @CPythonTest("test_context::test_context_run_2")
    void aBodyMayGiveAResultOrNone() {
        List<String> ran = new ArrayList<>();
        assertThat(context.run(() -> "result")).isEqualTo("result");
        context.run(() -> {
            ran.add("no result");
        });
        Runnable runnable = () -> ran.add("runnable");
        context.run(runnable);
        assertThat(ran).containsExactly("no result", "runnable");
    }

    @Test
    @CPythonTest("test_context::test_context_run_1")
    void aBodyIsNeeded() {
        assertThatThrownBy(() -> context.run((Callable<String>) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the body is null: pass what to run in this context");
        assertThatThrownBy(() -> context.run((Runnable) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the body is null: pass what to run in this context");
    }

    @Test
    void contextsAreEqualWhileTheirContentIs() {
        Context other = new Context();
        assertThat(context).isEqualTo(other).hasSameHashCodeAs(other).isNotEqualTo("a context");
        context.run(() -> var.set(new String("value")));
        assertThat(context).isNotEqualTo(other);
        other.run(() -> var.set(new String("value")));
        assertThat(context).isEqualTo(other).hasSameHashCodeAs(other);
        other.run(() -> var.set("another"));
        assertThat(context).isNotEqualTo(other);
        other.run(() -> {
            var.set("value");
            number.set(null);
        });
        assertThat(context).isNotEqualTo(other);
        ContextVar<String> twin = ContextVar.withDefault("var", "default");
        Context withTwin = new Context();
        withTwin.run(() -> twin.set("value"));
        assertThat(withTwin).as("variables are themselves alone").isNotEqualTo(context);
    }

    @Test
    void copyingTakesTheSameWhateverIsInItAsTheCopySharesAll() {
        List<ContextVar<Integer>> many = many(1_000);
        Context copy = context.copy();
        assertThat(copy.snapshot()).isSameAs(context.snapshot());
        context.run(() -> {
            assertThat(Context.copyContext().snapshot()).isSameAs(context.snapshot());
            many.get(7).set(7);
        });
        assertThat(copy.snapshot()).as("setting what it is already").isSameAs(context.snapshot());
        context.run(() -> many.get(7).set(-1));
        assertThat(copy.snapshot()).isNotSameAs(context.snapshot());
        assertThat(copy.get(many.get(7))).isEqualTo(7);
    }

    @Test
    void aThousandVariablesAreFoundAndTakenOutAgain() {
        List<ContextVar<Integer>> many = many(1_000);
        assertThat(context.size()).isEqualTo(1_000);
        Map<ContextVar<?>, @Nullable Object> expected = new HashMap<>();
        for (int i = 0; i < many.size(); i++) {
            expected.put(many.get(i), i);
        }
        assertThat(context.asMap()).isEqualTo(expected);
        assertThat(context).containsExactlyInAnyOrderElementsOf(many);
        Context before = context.copy();
        context.run(() -> {
            for (ContextVar<Integer> each : many) {
                try (var _ = each.set(-1)) {
                    assertThat(each.get()).isEqualTo(-1);
                }
            }
        });
        assertThat(context).isEqualTo(before);
    }

    /** As many variables, each with its index as value in {@link #context}. */
    private List<ContextVar<Integer>> many(int count) {
        List<ContextVar<Integer>> variables = new ArrayList<>();
        context.run(() -> {
            for (int i = 0; i < count; i++) {
                ContextVar<Integer> each = ContextVar.of("var " + i);
                each.set(i);
                variables.add(each);
            }
        });
        return variables;
    }
}
