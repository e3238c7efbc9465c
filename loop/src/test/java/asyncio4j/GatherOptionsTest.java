package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.gatherReturnExceptions;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.testing.Cancellations.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A gather whose first failure cancels the others. */
class GatherOptionsTest {

    private static final GatherOptions CANCEL = GatherOptions.DEFAULT.cancelOnError(true);

    private static final Duration SECOND = Duration.ofSeconds(1);

    private static final Duration HOUR = Duration.ofHours(1);

    private final Exception error = new ArithmeticException("first");

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    private final List<String> order = new ArrayList<>();

    private Coroutine<String> failing() {
        return () -> {
            await(sleep(SECOND));
            throw error;
        };
    }

    /** Sleeps for an hour, and takes a second to clean up. */
    private Coroutine<String> careful() {
        return () -> {
            try {
                return await(sleep(HOUR, "slept"));
            } finally {
                await(sleep(SECOND));
                order.add("clean");
            }
        };
    }

    @Test
    void withoutAFailureItIsAGather() {
        runner.run(() -> {
            List<Coroutine<String>> work = List.of(sleep(SECOND, "a"), sleep(HOUR, "b"));
            assertThat(await(gather(work, CANCEL))).containsExactly("a", "b");
            assertThat(await(gather(List.<Coroutine<String>>of(), CANCEL))).isEmpty();
            assertThat(await(gatherReturnExceptions(work, CANCEL))).containsExactly("a", "b");
        });
    }

    @Test
    void itEndsWithTheErrorWhenTheOthersHaveEnded() {
        runner.run(() -> {
            Task<String> careful = createTask(careful());
            assertThatThrownBy(() ->
                            await(gather(List.of(careful, failing(), careful, careful()), CANCEL)))
                    .isSameAs(error);
            order.add("awaited");
            assertThat(careful.cancelled()).isTrue();
            assertThat(careful.cancelling()).isEqualTo(1);
            assertThat(Asyncio.allTasks()).containsExactly(currentTask());
        });
        assertThat(order).containsExactly("clean", "clean", "awaited");
        assertThat(runner.clock.time()).isEqualTo(SECOND.multipliedBy(2));
    }

    @Test
    void aCancelledChildCancelsTheOthersToo() {
        runner.run(() -> {
            Task<String> child = createTask(sleep(HOUR, "never"));
            AsyncFuture<List<String>> all = gather(List.of(child, careful()), CANCEL);
            turn();
            child.cancel("why");
            assertThatThrownBy(() -> await(all))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("why");
            assertThat(all.cancelled()).isFalse();
        });
        assertThat(order).containsExactly("clean");
    }

    @Test
    void oneThatHasFailedAlreadyKeepsTheOthersFromBeginning() {
        runner.run(() -> {
            AsyncFuture<String> failed = getRunningLoop().createFuture();
            failed.setException(error);
            Coroutine<String> never =
                    () -> {
                        order.add("began");
                        return "never";
                    };
            assertThatThrownBy(() -> await(gather(List.of(never, failed), CANCEL))).isSameAs(error);
        });
        assertThat(order).isEmpty();
    }

    @Test
    void errorsThatTheOthersAddAreSuppressedOnes() {
        runner.run(() -> {
            Coroutine<String> fallsOver =
                    () -> {
                        try {
                            return await(sleep(HOUR, "never"));
                        } catch (CancelledError e) {
                            throw new IllegalStateException("cleaning up");
                        }
                    };
            Coroutine<String> sameError =
                    () -> {
                        try {
                            return await(sleep(HOUR, "never"));
                        } catch (CancelledError e) {
                            throw error;
                        }
                    };
            assertThatThrownBy(
                            () -> await(gather(List.of(fallsOver, failing(), sameError), CANCEL)))
                    .isSameAs(error);
        });
        assertThat(error.getSuppressed())
                .filteredOn(IllegalStateException.class::isInstance)
                .singleElement()
                .satisfies(each -> assertThat(each).hasMessage("cleaning up"));
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    @Test
    void aCancelMeanwhileCountsMoreThanTheError() {
        runner.run(() -> {
            Task<?> waiting =
                    createTask(() -> await(gather(List.of(failing(), careful()), CANCEL)));
            await(sleep(SECOND.plusMillis(500)));
            waiting.cancel("why");
            assertThatThrownBy(() -> await(waiting))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("why")
                    .hasSuppressedException(error);
            assertThat(waiting.cancelled()).isTrue();
        });
    }

    @Test
    void aCancelOfItAllCancelsEachOnce() {
        runner.run(() -> {
            Task<String> one = createTask(careful());
            Task<String> two = createTask(sleep(HOUR, "never"));
            AsyncFuture<List<String>> all = gather(List.of(one, two), CANCEL);
            turn();
            all.cancel("why");
            assertThatThrownBy(() -> await(all))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("why");
            assertThat(one.cancelling()).isEqualTo(1);
            assertThat(two.cancelling()).isEqualTo(1);
        });
        assertThat(order).containsExactly("clean");
    }

    @Test
    void returnedExceptionsTellWhatBecameOfEach() {
        runner.run(() -> {
            List<Object> outcomes =
                    await(
                            gatherReturnExceptions(
                                    List.of(sleep(Duration.ZERO, "done"), failing(), careful()),
                                    CANCEL));
            assertThat(outcomes).hasSize(3);
            assertThat(outcomes.get(0)).isEqualTo("done");
            assertThat(outcomes.get(1)).isSameAs(error);
            assertThat(outcomes.get(2)).isInstanceOf(CancelledError.class);
        });
        assertThat(order).containsExactly("clean");
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    @Test
    void badArgumentsAreRefused() {
        assertThatThrownBy(() -> gather(List.of(careful()), null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("the options are null");
        assertThatThrownBy(() -> gather((List<Coroutine<String>>) null, CANCEL))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("the collection of awaitables is null");
    }
}
