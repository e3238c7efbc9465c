package asyncio4j.bridge;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.await;
import static asyncio4j.bridge.Bridge.drain;
import static asyncio4j.bridge.Bridge.flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.CancelledError;
import asyncio4j.Task;
import asyncio4j.bridge.testing.VirtualReactorRunner;
import asyncio4j.queues.Queue;
import asyncio4j.queues.QueueShutDownException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;

import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Queues as Flux, and Flux into queues. */
class QueueFluxTest {

    private final VirtualReactorRunner runner = new VirtualReactorRunner();

    private final List<Integer> seen = new ArrayList<>();

    private final AtomicInteger cancels = new AtomicInteger();

    @AfterEach
    void close() {
        runner.close();
    }

    private static void turns() {
        await(sleep(Duration.ofMillis(1)));
    }

    /** Asks for items by hand. */
    private final class Asking extends BaseSubscriber<Integer> {

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(Integer value) {
            seen.add(value);
        }
    }

    @Test
    void whatIsPutInComesOutAndTheShutdownCompletesIt() {
        runner.run(() -> {
            Queue<Integer> queue = new Queue<>(2);
            createTask(() -> {
                for (int i = 1; i <= 5; i++) {
                    await(queue.put(i));
                }
                queue.shutdown();
            });
            assertThat(await(flux(getRunningLoop(), queue).collectList()))
                    .containsExactly(1, 2, 3, 4, 5);
            await(queue.join());
        });
    }

    @Test
    void anItemIsTakenOutOnlyWhenItIsWanted() {
        runner.run(() -> {
            Queue<Integer> queue = new Queue<>();
            for (int i = 1; i <= 3; i++) {
                queue.putNowait(i);
            }
            Asking asking = new Asking();
            flux(getRunningLoop(), queue).subscribe(asking);
            turns();
            assertThat(queue.qsize()).isEqualTo(3);
            asking.request(1);
            turns();
            assertThat(seen).containsExactly(1);
            assertThat(queue.qsize()).isEqualTo(2);
            asking.cancel();
            turns();
            assertThat(queue.qsize()).as("nothing is lost by the cancel").isEqualTo(2);
        });
    }

    @Test
    void theEndNeedsNoDemand() {
        runner.run(() -> {
            // it waits for demand, and the queue is empty
            Queue<Integer> queue = new Queue<>();
            queue.putNowait(1);
            assertThat(completesAtTheShutdownOf(queue, () -> queue.shutdown())).isTrue();
            // there is an item that somebody else takes
            Queue<Integer> shared = new Queue<>();
            shared.putNowait(1);
            shared.putNowait(2);
            boolean early = completesAtTheShutdownOf(shared, () -> shared.shutdown());
            assertThat(early).isFalse();
            // the items are thrown away
            Queue<Integer> emptied = new Queue<>();
            emptied.putNowait(1);
            emptied.putNowait(2);
            assertThat(completesAtTheShutdownOf(emptied, () -> emptied.shutdown(true))).isTrue();
            // it was shut down before, with as many items as are wanted
            Queue<Integer> before = new Queue<>();
            before.putNowait(1);
            before.shutdown();
            assertThat(completesAtTheShutdownOf(before, () -> {})).isTrue();
        });
    }

    /** Asks for one item, does {@code shutdown}, and tells whether that was the end. */
    private boolean completesAtTheShutdownOf(Queue<Integer> queue, Runnable shutdown) {
        AtomicBoolean complete = new AtomicBoolean();
        Asking asking = new Asking();
        flux(getRunningLoop(), queue).doOnComplete(() -> complete.set(true)).subscribe(asking);
        asking.request(1);
        turns();
        shutdown.run();
        turns();
        boolean now = complete.get();
        if (!queue.empty()) {
            queue.getNowait();
            turns();
            assertThat(complete).as("another one has taken the last item").isTrue();
        }
        return now;
    }

    @Test
    void cancellingOneThatWaitsForAnItemLeavesTheQueueToOthers() {
        runner.run(() -> {
            Queue<Integer> queue = new Queue<>();
            Asking asking = new Asking();
            flux(getRunningLoop(), queue).subscribe(asking);
            asking.request(1);
            turns();
            asking.cancel();
            turns();
            queue.putNowait(1);
            turns();
            assertThat(seen).isEmpty();
            assertThat(await(queue.get())).isEqualTo(1);
        });
    }

    @Test
    void drainWaitsWhileTheQueueIsFull() {
        runner.run(() -> {
            Queue<Integer> queue = new Queue<>(2);
            Task<Long> draining = createTask(drain(Flux.range(1, 5), queue));
            turns();
            assertThat(queue.qsize()).isEqualTo(2);
            for (int i = 1; i <= 5; i++) {
                assertThat(await(queue.get())).isEqualTo(i);
            }
            assertThat(await(draining)).isEqualTo(5);
        });
    }

    @Test
    void drainCancelsTheSubscriptionWhenItIsCancelledAndWhenTheQueueIsShutDown() {
        runner.run(() -> {
            Flux<Integer> endless =
                    Flux.range(1, Integer.MAX_VALUE).hide().doOnCancel(cancels::incrementAndGet);
            Queue<Integer> queue = new Queue<>(1);
            Task<Long> cancelled = createTask(drain(endless, queue));
            turns();
            cancelled.cancel();
            assertThatThrownBy(() -> await(cancelled)).isInstanceOf(CancelledError.class);
            assertThat(cancels).hasValue(1);
            Task<Long> refused = createTask(drain(endless, queue));
            turns();
            queue.shutdown();
            assertThatThrownBy(() -> await(refused)).isInstanceOf(QueueShutDownException.class);
            assertThat(cancels).hasValue(2);
        });
    }

    @Test
    void aPublishersErrorComesOutAsItIs() {
        IllegalStateException error = new IllegalStateException("boom");
        runner.run(() -> {
            Queue<Integer> queue = new Queue<>();
            assertThatThrownBy(
                            () -> await(drain(Flux.just(1).concatWith(Flux.error(error)), queue)))
                    .isSameAs(error);
            assertThat(queue.getNowait()).isEqualTo(1);
        });
    }

    @Test
    void throughAQueueFromOneThreadToAnother() {
        int n = 10_000;
        runner.run(() -> {
            Queue<Integer> queue = new Queue<>(16);
            createTask(() -> {
                await(drain(Flux.range(0, n).publishOn(Schedulers.parallel()), queue));
                queue.shutdown();
            });
            assertThat(
                            await(
                                    flux(getRunningLoop(), queue)
                                            .publishOn(Schedulers.parallel(), 8)
                                            .reduce(0L, Long::sum)))
                    .isEqualTo((long) n * (n - 1) / 2);
        });
    }

    @Test
    void whatDidNotGetIntoTheQueueIsDiscarded() {
        runner.runDiscarding(() -> {
            Queue<Integer> queue = new Queue<>(1);
            Task<Long> cancelled = createTask(drain(Flux.range(1, 9).hide(), queue));
            turns();
            cancelled.cancel();
            assertThatThrownBy(() -> await(cancelled)).isInstanceOf(CancelledError.class);
            assertThat(queue.getNowait()).isEqualTo(1);
        });
        assertThat(runner.discarded).containsExactlyInAnyOrder(2, 3, 4, 5, 6, 7, 8, 9);
    }
}
