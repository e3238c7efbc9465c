package asyncio4j;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.VirtualRunner;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Done callbacks that come and go while others are compared or called. */
class DoneCallbackMutationTest {

    private final VirtualRunner runner = new VirtualRunner();

    private final AsyncFuture<Integer> future = runner.loop().createFuture();

    private final List<String> order = new ArrayList<>();

    private final Consumer<AsyncFuture<Integer>> first = note("first");

    private final Consumer<AsyncFuture<Integer>> other = note("other");

    @AfterEach
    void close() {
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    private Consumer<AsyncFuture<Integer>> note(String name) {
        return f -> order.add(name);
    }

    /** A callback that does something to the future whenever it is compared, and equals nothing. */
    @SuppressWarnings("overrides") // never hashed
    private final class Meddling implements Consumer<AsyncFuture<Integer>> {

        private final Runnable meddle;

        private int compared;

        private boolean meddles;

        Meddling(Runnable meddle) {
            this.meddle = meddle;
        }

        @Override
        public void accept(AsyncFuture<Integer> done) {
            order.add("meddling");
        }

        @Override
        @SuppressWarnings("EqualsHashCode")
        public boolean equals(@Nullable Object another) {
            compared++;
            if (!meddles) {
                meddles = true;
                meddle.run(); // which may compare this again
                meddles = false;
            }
            return false;
        }
    }

    private void complete() {
        future.setResult(1);
        runner.loop().stop();
        runner.loop().runForever();
    }

    @Test
    @CPythonTest({
        "test_futures::test_remove_done_callbacks_list_mutation",
        "test_futures::test_remove_done_callbacks_list_clear"
    })
    void aComparisonMayRemoveCallbacksItself() {
        Meddling meddling = new Meddling(() -> future.removeDoneCallback(other));
        future.addDoneCallback(first);
        future.addDoneCallback(meddling);
        for (int i = 0; i < 63; i++) {
            future.addDoneCallback(other);
        }
        assertThat(future.removeDoneCallback(other)).as("all but those gone before").isZero();
        assertThat(meddling.compared).isPositive();
        complete();
        assertThat(order).containsExactly("first", "meddling");
    }

    @Test
    @CPythonTest("test_futures::test_schedule_callbacks_list_mutation_2")
    void aComparisonMayAddCallbacksItself() {
        Meddling meddling =
                new Meddling(() -> {
                    if (order.size() < 100) {
                        order.add("compared");
                        future.addDoneCallback(other);
                    }
                });
        future.addDoneCallback(first);
        for (int i = 0; i < 50; i++) {
            future.addDoneCallback(meddling);
        }
        assertThat(future.removeDoneCallback(first)).isEqualTo(1);
        assertThat(order).hasSize(50);
        order.clear();
        complete();
        assertThat(order).hasSize(100).startsWith("meddling").endsWith("other");
    }

    @Test
    @CPythonTest("test_futures::test_schedule_callbacks_list_mutation_1")
    void aCallbackThatRemovesOthersFromADoneFutureChangesNothing() {
        future.addDoneCallback(f -> order.add("removed " + f.removeDoneCallback(other)));
        future.addDoneCallback(other);
        future.addDoneCallback(other);
        complete();
        assertThat(order).containsExactly("removed 0", "other", "other");
    }
}
