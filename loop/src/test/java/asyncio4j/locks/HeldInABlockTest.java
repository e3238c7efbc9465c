package asyncio4j.locks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.Coroutine;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** All that is taken for the length of a block. */
class HeldInABlockTest {

    private static final Duration TICK = Duration.ofMillis(10);

    /**
     * What a block takes.
     *
     * @param name its kind
     * @param acquire waits for it
     * @param locked whether somebody has it
     */
    record Primitive(
            String name, Coroutine<? extends AutoCloseable> acquire, BooleanSupplier locked) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Primitive> primitives() {
        Semaphore semaphore = new Semaphore(1);
        return Stream.of(new Primitive("Semaphore", semaphore.acquire(), semaphore::locked));
    }

    @ParameterizedTest
    @MethodSource("primitives")
    @CPythonTest("test_pep492::test_context_manager_async_with")
    void itIsHeldAcrossTheSuspensionsOfTheBlockAndFreeAfterwards(Primitive primitive) {
        try (VirtualRunner runner = new VirtualRunner()) {
            runner.run(() -> {
                await(sleep(TICK));
                assertThat(primitive.locked().getAsBoolean()).isFalse();
                try (var _ = await(primitive.acquire())) {
                    assertThat(primitive.locked().getAsBoolean()).isTrue();
                    await(sleep(TICK));
                    assertThat(primitive.locked().getAsBoolean()).isTrue();
                }
                assertThat(primitive.locked().getAsBoolean()).isFalse();
            });
            assertThat(primitive.locked().getAsBoolean()).isFalse();
        }
    }
}
