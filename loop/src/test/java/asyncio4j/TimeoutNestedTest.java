package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.timeout;
import static asyncio4j.Asyncio.timeoutAt;
import static asyncio4j.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Timeouts inside of others: each answers for its own deadline. */
class TimeoutNestedTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private static final Duration HOUR = Duration.ofHours(1);

    private final VirtualRunner runner = new VirtualRunner();

    private final List<String> order = new ArrayList<>();

    private final List<Timeout> seen = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
    }

    @Test
    @Contract(45)
    @CPythonTest("test_timeouts::test_nested_timeouts")
    void ofTwoThatExpireTogetherTheOuterOneThrows() {
        runner.run(() -> {
            assertThatThrownBy(() ->
                            await(
                                    timeoutAt(
                                            SECOND,
                                            outer -> {
                                                seen.add(outer);
                                                try {
                                                    await(
                                                            timeoutAt(
                                                                    SECOND,
                                                                    inner -> {
                                                                        seen.add(inner);
                                                                        await(sleep(HOUR));
                                                                    }));
                                                } catch (CancelledError e) {
                                                    order.add("cancelled");
                                                    throw e;
                                                }
                                            })))
                    .isInstanceOf(TimeoutException.class);
            assertThat(currentTask().cancelling()).isZero();
        });
        assertThat(order).containsExactly("cancelled");
        assertThat(seen).hasSize(2).allMatch(Timeout::expired);
    }

    @Test
    @CPythonTest("test_timeouts::test_nested_timeouts_concurrent")
    void anOuterOnePassesThroughAnInnerOneThatHasTime() {
        runner.run(() ->
                assertThatThrownBy(() ->
                                await(
                                        timeout(
                                                Duration.ofMillis(2),
                                                outer -> {
                                                    try {
                                                        await(
                                                                timeout(
                                                                        Duration.ofMillis(100),
                                                                        this::busyFor10));
                                                    } catch (TimeoutException e) {
                                                        order.add("the inner one's");
                                                    }
                                                })))
                        .isInstanceOf(TimeoutException.class)
                        .hasMessageContaining("PT0.002S"));
        assertThat(order).isEmpty();
    }

    private void busyFor10(Timeout timeout) {
        runner.clock.advance(Duration.ofMillis(10));
        await(sleep(SECOND));
    }

    @Test
    @CPythonTest("test_timeouts::test_nested_timeouts_loop_busy")
    void afterAnInnerOneTheOuterOneStillHolds() {
        runner.run(() ->
                assertThatThrownBy(() ->
                                await(
                                        timeout(
                                                Duration.ofMillis(100),
                                                outer -> {
                                                    try {
                                                        await(
                                                                timeout(
                                                                        Duration.ofMillis(5),
                                                                        this::busyFor10));
                                                    } catch (TimeoutException e) {
                                                        order.add(e.getMessage());
                                                    }
                                                    await(sleep(HOUR));
                                                })))
                        .isInstanceOf(TimeoutException.class)
                        .hasMessageContaining("PT0.1S"));
        assertThat(order).containsExactly("not done within PT0.005S");
        assertThat(runner.clock.time()).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    @Contract(45)
    @CPythonTest("test_timeouts::test_nested_timeout_in_finally")
    void oneWhileAnotherUnwindsIsOnItsOwn() {
        List<Throwable> inner = new ArrayList<>();
        runner.run(() -> {
            Throwable outer =
                    catchThrowable(() ->
                            await(
                                    timeout(
                                            SECOND,
                                            t -> {
                                                try {
                                                    await(sleep(HOUR));
                                                } finally {
                                                    inner.add(
                                                            catchThrowable(() ->
                                                                    await(
                                                                            timeout(
                                                                                    SECOND,
                                                                                    u ->
                                                                                            await(
                                                                                                    sleep(
                                                                                                            HOUR))))));
                                                }
                                            })));
            assertThat(outer).isInstanceOf(TimeoutException.class);
            assertThat(outer.getCause()).isInstanceOf(CancelledError.class).hasNoCause();
            assertThat(inner.getFirst()).isInstanceOf(TimeoutException.class);
            assertThat(inner.getFirst().getCause())
                    .isInstanceOf(CancelledError.class)
                    .isNotSameAs(outer.getCause());
            assertThat(currentTask().cancelling()).isZero();
        });
        assertThat(runner.clock.time()).isEqualTo(SECOND.multipliedBy(2));
    }

    @Test
    void anInnerExceptionThatTheOuterBlockLetsThroughStaysItself() {
        runner.run(() -> {
            Throwable error =
                    catchThrowable(() ->
                            await(
                                    timeout(
                                            SECOND.multipliedBy(2),
                                            t -> await(waitFor(sleep(HOUR), SECOND)))));
            assertThat(error)
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("PT1S")
                    .hasNoSuppressedExceptions();
            assertThat(error.getCause()).isInstanceOf(CancelledError.class).hasNoCause();
        });
    }
}
