package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.VirtualRunner;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;
import java.util.NoSuchElementException;

/** The token that setting a variable gives: what it tells, reset, and try-with-resources. */
class ContextTokenTest {

    private final ContextVar<String> var = ContextVar.of("var");

    @Test
    @CPythonTest("test_context::test_context_getset_1")
    void tokensPutBackWhatWasThereBeforeEachOnce() {
        new Context().run(this::putsBackWhatWasThereBefore);
    }

    private void putsBackWhatWasThereBefore() {
        assertThatThrownBy(var::get).isInstanceOf(NoSuchElementException.class);
        assertThat(var.get(null)).isNull();
        ContextVar.Token<String> first = var.set("1");
        assertThat(var.get()).isEqualTo("1");
        assertThat(var.get(null)).isEqualTo("1");
        assertThat(first.hadValue()).isFalse();
        assertThat(first.var()).isSameAs(var);
        ContextVar.Token<String> second = var.set("2");
        assertThat(second.hadValue()).isTrue();
        assertThat(second.oldValue()).isEqualTo("1");
        var.reset(second);
        assertThat(var.get()).isEqualTo("1");
        var.set("3");
        assertThatThrownBy(() -> var.reset(second))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was used before");
        assertThat(var.get()).isEqualTo("3");
        Context with = Context.copyContext();
        var.reset(first);
        assertThatThrownBy(() -> var.reset(first)).isInstanceOf(IllegalStateException.class);
        assertThat(var.get(null)).isNull();
        Context without = Context.copyContext();

        assertThat(with.contains(var)).isTrue();
        assertThat(with.get(var)).isEqualTo("3");
        assertThat(with.asMap()).isEqualTo(Map.of(var, "3"));
        assertThat(with).containsExactly(var);
        assertThat(without.contains(var)).isFalse();
        assertThatThrownBy(() -> without.get(var)).isInstanceOf(NoSuchElementException.class);
        assertThat(without).isEmpty();
    }

    @Test
    void theOldValueIsThereOnlyIfThereWasOne() {
        ContextVar<@Nullable String> withDefault = ContextVar.withDefault("var", "default");
        ContextVar.Token<@Nullable String> first = withDefault.set(null);
        assertThat(first.hadValue()).as("a default is no value").isFalse();
        assertThatThrownBy(first::oldValue)
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage(
                        "ContextVar[var, default=default] had no value before: ask hadValue()"
                                + " first");
        ContextVar.Token<@Nullable String> second = withDefault.set("value");
        assertThat(second.hadValue()).as("null is one").isTrue();
        assertThat(second.oldValue()).isNull();
        withDefault.reset(second);
        assertThat(second.oldValue()).as("it tells it afterwards too").isNull();
    }

    @Test
    void aTryBlockPutsBackWhatWasThereBefore() {
        var.set("before");
        try (var token = var.set("inside")) {
            assertThat(var.get()).isEqualTo("inside");
            assertThat(token.oldValue()).isEqualTo("before");
            try (var _ = var.set("deeper")) {
                var.set("set again inside");
            }
            assertThat(var.get()).isEqualTo("inside");
        }
        assertThat(var.get()).isEqualTo("before");
    }

    @Test
    void aBlockThatFailsPutsItBackAsWell() {
        IllegalArgumentException failure = new IllegalArgumentException("failed");
        assertThatThrownBy(
                        () -> {
                            try (var _ = var.set("inside")) {
                                throw failure;
                            }
                        })
                .isSameAs(failure)
                .hasNoSuppressedExceptions();
        assertThat(var.get("nothing")).isEqualTo("nothing");
    }

    @Test
    void aTokenThatWasResetInsideOfItsBlockIsRefusedAtTheEnd() {
        assertThatThrownBy(
                        () -> {
                            try (var token = var.set("inside")) {
                                var.reset(token);
                            }
                        })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was used before");
        ContextVar.Token<String> token = var.set("value");
        Throwable elsewhere = catchThrowable(() -> Context.copyContext().run(() -> token.close()));
        assertThat(elsewhere)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("was made in another context");
        token.close();
        assertThat(var.get("nothing")).isEqualTo("nothing");
    }

    @Test
    void aBlockMayAwaitAndACancelledTaskLeavesIt() {
        try (VirtualRunner runner = new VirtualRunner()) {
            runner.run(() -> {
                Task<String> task =
                        createTask(() -> {
                            try (var _ = var.set("inside")) {
                                await(sleep(Duration.ofDays(1)));
                            } catch (CancelledError e) {
                                return var.get("put back");
                            }
                            return "not reached";
                        });
                await(sleep(Duration.ofHours(1)));
                task.cancel();
                assertThat(await(task)).isEqualTo("put back");
            });
        }
    }
}
