package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.List;

/** Coroutines as the language has them: awaited, looked at, and with a context of their own. */
class CoroutineTest {

    private static final ContextVar<MathContext> PRECISION =
            ContextVar.withDefault("precision", MathContext.DECIMAL64);

    private final VirtualRunner runner = new VirtualRunner();

    @AfterEach
    void close() {
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    private static String foo() {
        return await(CoroutineTest::bar);
    }

    private static String bar() {
        return "spam";
    }

    @Test
    @CPythonTest("test_pep492::test_async_def_coroutines")
    void aCoroutineAwaitsAnotherInDebugModeOrNot() {
        for (boolean debug : List.of(false, true)) {
            runner.loop().setDebug(debug);
            assertThat(runner.<String>run(CoroutineTest::foo)).isEqualTo("spam");
        }
    }

    private static String whereIAm() {
        return currentTask().getStack()[0].getMethodName();
    }

    @Test
    @CPythonTest("test_pep492::test_task_print_stack")
    void aTaskThatRunsFindsItselfOnTopOfItsStack() {
        String method = runner.run(() -> await(createTask(CoroutineTest::whereIAm)));
        assertThat(method).isEqualTo("whereIAm");
    }

    private static BigDecimal divide(int x, int y) {
        return BigDecimal.valueOf(x).divide(BigDecimal.valueOf(y), PRECISION.get());
    }

    /** Two quotients, with a sleep between them. */
    private static Coroutine<List<BigDecimal>> fractions(Duration time, int digits, int x, int y) {
        return () -> {
            PRECISION.set(new MathContext(digits));
            BigDecimal first = divide(x, y);
            await(sleep(time));
            return List.of(first, divide(x, y * y));
        };
    }

    @Test
    @CPythonTest("test_asyncio.test_context::test_asyncio_task_decimal_context")
    void thePrecisionThatATaskChoseIsItsOwnAfterASuspensionToo() {
        List<List<BigDecimal>> results =
                runner.run(() ->
                        await(
                                gather(
                                        fractions(Duration.ofMillis(100), 3, 1, 3),
                                        fractions(Duration.ofMillis(200), 6, 1, 3))));
        assertThat(results)
                .containsExactly(
                        List.of(new BigDecimal("0.333"), new BigDecimal("0.111")),
                        List.of(new BigDecimal("0.333333"), new BigDecimal("0.111111")));
        assertThat(PRECISION.get()).isEqualTo(MathContext.DECIMAL64);
    }
}
