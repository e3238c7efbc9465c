package asyncio4j.bridge;

import static asyncio4j.Asyncio.*;
import static asyncio4j.bridge.Bridge.*;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.AsyncFuture;
import asyncio4j.CancelledError;
import asyncio4j.Task;
import asyncio4j.bridge.testing.Dropped;
import asyncio4j.bridge.testing.Hand;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Completion on another thread against cancellation on the loop's: thousands of rounds, and
 * everything is counted.
 */
class AwaitRaceTest {

    private static final int ROUNDS = 5_000;

    private final ReactorRunner runner = ReactorRunner.create();

    private final Dropped dropped = new Dropped();

    private final ConcurrentLinkedQueue<Object> discarded = new ConcurrentLinkedQueue<>();

    private final ExecutorService other = Executors.newSingleThreadExecutor();

    @AfterEach
    void close() {
        other.close();
        dropped.close();
        runner.close();
    }

    /** What became of the rounds. */
    private static final class Tally {
        final List<Object> returned = new ArrayList<>();
        final List<Throwable> thrown = new ArrayList<>();
        int cancelled;
        final List<Hand<Integer>> sources = new ArrayList<>();
    }

    /**
     * Lets {@code signals} on another thread and a cancel on the loop's begin at the same time, or
     * nearly so.
     */
    private Tally race(
            Function<Publisher<Integer>, Integer> await,
            BiConsumer<Hand<Integer>, Integer> signals,
            boolean subscribeElsewhere) {
        Tally tally = new Tally();
        CyclicBarrier start = new CyclicBarrier(2);
        runner.run(
                mono(
                                runner.getLoop(),
                                () -> {
                                    for (int i = 0; i < ROUNDS; i++) {
                                        int round = i;
                                        Hand<Integer> source =
                                                subscribeElsewhere ? Hand.mute() : Hand.ready();
                                        tally.sources.add(source);
                                        Task<Integer> task = createTask(() -> await.apply(source));
                                        await(sleep(Duration.ZERO));
                                        AsyncFuture<Void> ended =
                                                runInOther(() -> {
                                                    start.await();
                                                    signals.accept(source, round);
                                                    return null;
                                                });
                                        start.await();
                                        for (int spin = 0; spin < round % 200; spin++) {
                                            Thread.onSpinWait();
                                        }
                                        task.cancel();
                                        try {
                                            tally.returned.add(await(task));
                                        } catch (CancelledError e) {
                                            tally.cancelled++;
                                        } catch (Throwable e) {
                                            tally.thrown.add(e);
                                        }
                                        await(ended);
                                    }
                                })
                        .contextWrite(
                                context -> Operators.enableOnDiscard(context, discarded::add)));
        assertThat(tally.returned.size() + tally.thrown.size() + tally.cancelled).isEqualTo(ROUNDS);
        for (Hand<Integer> source : tally.sources) {
            assertThat(source.cancels.get()).isLessThanOrEqualTo(1);
            assertThat(source.overlaps).hasValue(0);
        }
        return tally;
    }

    private AsyncFuture<Void> runInOther(Callable<Void> work) {
        return getRunningLoop().runInExecutor(other, work);
    }

    private void assertEachElementOnce(Tally tally) {
        List<Object> all = new ArrayList<>(tally.returned);
        all.addAll(discarded);
        all.addAll(dropped.elements);
        assertThat(all).hasSize(ROUNDS).doesNotHaveDuplicates();
        assertThat(dropped.errors).isEmpty();
    }

    private static void valueAndEnd(Hand<Integer> source, int round) {
        Subscriber<? super Integer> subscriber = source.subscriber;
        subscriber.onNext(round);
        subscriber.onComplete();
    }

    @Test
    void aMonosValueIsReturnedDiscardedOrDroppedOnce() {
        assertEachElementOnce(
                race(source -> await(Mono.fromDirect(source)), AwaitRaceTest::valueAndEnd, false));
    }

    @Test
    void theFirstElementIsReturnedDiscardedOrDroppedOnce() {
        Tally tally = race(Bridge::awaitFirst, AwaitRaceTest::valueAndEnd, false);
        assertEachElementOnce(tally);
    }

    @Test
    void theLastElementIsReturnedDiscardedOrDroppedOnce() {
        assertEachElementOnce(race(Bridge::awaitLast, AwaitRaceTest::valueAndEnd, false));
    }

    @Test
    void theSingleElementIsReturnedDiscardedOrDroppedOnce() {
        assertEachElementOnce(race(Bridge::awaitSingle, AwaitRaceTest::valueAndEnd, false));
    }

    @Test
    void anErrorIsThrownOrDroppedOnce() {
        Tally tally =
                race(
                        source -> await(Mono.fromDirect(source)),
                        (source, round) ->
                                source.subscriber.onError(
                                        new IllegalStateException("round " + round)),
                        false);
        List<Throwable> all = new ArrayList<>(tally.thrown);
        all.addAll(dropped.errors);
        assertThat(all).hasSize(ROUNDS).doesNotHaveDuplicates();
    }

    @Test
    void requestAndCancelNeverMeetWhereTheSubscriptionComesLate() {
        Tally tally =
                race(
                        source -> await(Mono.fromDirect(source)),
                        (source, round) -> {
                            source.onRequest =
                                    () -> {
                                        for (int spin = 0; spin < 50; spin++) {
                                            Thread.onSpinWait();
                                        }
                                    };
                            source.subscriber.onSubscribe(source);
                        },
                        true);
        assertThat(tally.cancelled).isEqualTo(ROUNDS);
        for (Hand<Integer> source : tally.sources) {
            assertThat(source.cancels).hasValue(1);
            assertThat(source.requests.size()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void anElementInsideOfRequestDoesNotLetRequestAndCancelMeet() {
        Tally tally =
                race(
                        Bridge::awaitFirst,
                        (source, round) -> {
                            source.onRequest = () -> source.subscriber.onNext(round);
                            source.subscriber.onSubscribe(source);
                        },
                        true);
        List<Object> all = new ArrayList<>(tally.returned);
        all.addAll(discarded);
        all.addAll(dropped.elements);
        assertThat(all).doesNotHaveDuplicates();
        for (Hand<Integer> source : tally.sources) {
            assertThat(source.cancels).hasValue(1);
            assertThat(all.contains(tally.sources.indexOf(source)))
                    .isEqualTo(source.requests.size() == 1);
        }
    }

    @Test
    void valuesFromManyThreadsAllArrive() {
        int tasks = 200;
        int rounds = 50;
        Integer sum =
                runner.run(() -> {
                    List<Task<Integer>> all = new ArrayList<>();
                    for (int i = 0; i < tasks; i++) {
                        all.add(
                                createTask(() -> {
                                    int own = 0;
                                    for (int j = 0; j < rounds; j++) {
                                        int value = j;
                                        own +=
                                                await(
                                                        Mono.fromCallable(() -> value)
                                                                .subscribeOn(
                                                                        Schedulers.parallel()));
                                    }
                                    return own;
                                }));
                    }
                    int total = 0;
                    for (Task<Integer> task : all) {
                        total += await(task);
                    }
                    return total;
                });
        assertThat(sum).isEqualTo(tasks * rounds * (rounds - 1) / 2);
    }
}
