package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.testing.Cancellations.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A chain of awaits may be longer than the stack is deep, whether it is completed or cancelled. */
class DeepCancelTest {

    private static final int MANY = 100_000;

    private static final int SOME = 20_000;

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    /** Tasks that each await the one before; the first awaits {@code start}. */
    private static List<Task<Integer>> chain(int length, AsyncFuture<Integer> start)
            throws Exception {
        List<Task<Integer>> tasks = new ArrayList<>(length);
        AsyncFuture<Integer> last = start;
        for (int i = 0; i < length; i++) {
            AsyncFuture<Integer> before = last;
            Task<Integer> task = createTask(() -> await(before));
            tasks.add(task);
            last = task;
        }
        turn();
        return tasks;
    }

    @Test
    void aResultComesThroughAHundredThousandTasks() {
        runner.run(() -> {
            AsyncFuture<Integer> start = getRunningLoop().createFuture();
            List<Task<Integer>> tasks = chain(MANY, start);
            start.setResult(42);
            assertThat(await(tasks.getLast())).isEqualTo(42);
            assertThat(tasks).allMatch(AsyncFuture::done);
        });
    }

    @Test
    void anErrorComesThroughAHundredThousandTasks() {
        runner.run(() -> {
            AsyncFuture<Integer> start = getRunningLoop().createFuture();
            List<Task<Integer>> tasks = chain(MANY, start);
            IllegalStateException error = new IllegalStateException("the first");
            start.setException(error);
            assertThatThrownBy(() -> await(tasks.getLast())).isSameAs(error);
        });
    }

    @Test
    void aCancellationGoesThroughAHundredThousandTasksToTheFuture() {
        runner.run(() -> {
            AsyncFuture<Integer> start = getRunningLoop().createFuture();
            List<Task<Integer>> tasks = chain(MANY, start);
            assertThat(tasks.getLast().cancel("enough")).isTrue();
            assertThat(start.cancelled()).isTrue();
            assertThatThrownBy(start::result).hasMessage("enough");
            assertThatThrownBy(() -> await(tasks.getLast())).isInstanceOf(CancelledError.class);
            assertThat(tasks).allMatch(task -> task.cancelled() && task.cancelling() == 1);
        });
    }

    @Test
    void aCancellationGoesThroughGathersOfGathers() {
        runner.run(() -> {
            AsyncFuture<Integer> start = getRunningLoop().createFuture();
            List<AsyncFuture<?>> all = new ArrayList<>();
            AsyncFuture<?> last = start;
            for (int i = 0; i < SOME; i++) {
                last = gather(List.of(last));
                all.add(last);
                AsyncFuture<?> before = last;
                last = createTask(() -> await(before));
                all.add(last);
            }
            turn();
            AsyncFuture<?> outermost = last;
            assertThat(outermost.cancel()).isTrue();
            assertThat(start.cancelled()).isTrue();
            assertThatThrownBy(() -> await(outermost)).isInstanceOf(CancelledError.class);
            assertThat(all).allMatch(AsyncFuture::done);
        });
    }

    @Test
    void theOneInTheMiddleOfAChainTakesWhatItAwaitsAlongAndThenThoseWhoAwaitIt() {
        runner.run(() -> {
            List<Task<Integer>> tasks = chain(3, getRunningLoop().createFuture());
            tasks.get(1).cancel();
            assertThatThrownBy(() -> await(tasks.getLast())).isInstanceOf(CancelledError.class);
            assertThat(tasks).allMatch(AsyncFuture::cancelled);
            assertThat(tasks.stream().map(Task::cancelling)).containsExactly(1, 1, 0);
        });
    }

    @Test
    void closingTheRunnerCancelsAChainFromEachOfItsTasks() {
        AtomicInteger ended = new AtomicInteger();
        List<Task<?>> tasks = new ArrayList<>();
        runner.run(() -> {
            AsyncFuture<?> last = getRunningLoop().createFuture();
            for (int i = 0; i < 1_000; i++) {
                AsyncFuture<?> before = last;
                Task<?> task =
                        createTask(() -> {
                            try {
                                await(before);
                            } finally {
                                ended.incrementAndGet();
                            }
                        });
                tasks.add(task);
                last = task;
            }
            turn();
        });
        runner.close();
        assertThat(ended).hasValue(1_000);
        assertThat(tasks).allMatch(AsyncFuture::cancelled);
    }
}
