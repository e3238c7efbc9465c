package asyncio4j.tck;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.Asyncio;
import asyncio4j.bridge.Bridge;
import asyncio4j.queues.Queue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Many who send into one Flux: nothing is lost, nothing comes twice, each sender's order holds. */
class ManySendersTest {

    private static final int SENDERS = 10_000;

    private final RunningLoop running = new RunningLoop();

    @AfterEach
    void close() {
        running.close();
    }

    /** The number {@code index} of what {@code sender} sends. */
    private record Item(int sender, int index) {}

    /** Counts what comes of each sender, in order, and asks for {@code batch} at a time. */
    private static final class Tally extends Recorder<Item> {

        private final int[] next;
        private final int batch;
        private final AtomicLong demand = new AtomicLong();
        private final AtomicInteger misplaced = new AtomicInteger();
        private long count;

        Tally(int senders, int batch) {
            this.next = new int[senders];
            this.batch = batch;
        }

        @Override
        void subscribed(Subscription s) {
            demand.addAndGet(batch);
            s.request(batch);
        }

        @Override
        void received(Item item) {
            if (item.index() != next[item.sender()]++ || ++count > demand.get()) {
                misplaced.incrementAndGet();
            }
            if (count == demand.get()) {
                demand.addAndGet(batch);
                subscription.request(batch);
            }
        }

        void assertAll(int each) {
            join();
            assertThat(errors).isEmpty();
            assertThat(completions).hasValue(1);
            assertThat(overlaps).isEmpty();
            assertThat(misplaced).hasValue(0);
            assertThat(next).containsOnly(each);
        }
    }

    @Rule({"1.1", "1.3"})
    @Test
    void tenThousandTasksIntoOneFlux() {
        Queue<Item> queue = new Queue<>(64);
        Tally tally = new Tally(SENDERS, 100);
        Bridge.flux(running.loop, queue).subscribe(tally);
        var _ =
                running.task(() -> {
                    AtomicInteger left = new AtomicInteger(SENDERS);
                    for (int i = 0; i < SENDERS; i++) {
                        int sender = i;
                        var _ =
                                Asyncio.createTask(() -> {
                                    for (int j = 0; j < 3; j++) {
                                        await(queue.put(new Item(sender, j)));
                                        await(sleep(Duration.ZERO));
                                    }
                                    if (left.decrementAndGet() == 0) {
                                        queue.shutdown();
                                    }
                                });
                    }
                    return null;
                });
        tally.assertAll(3);
    }

    @Rule({"1.1", "1.3"})
    @Test
    void tenThousandThreadsIntoOneFlux() {
        Queue<Item> queue = new Queue<>(64);
        Tally tally = new Tally(SENDERS, 100);
        Bridge.flux(running.loop, queue).subscribe(tally);
        AtomicInteger left = new AtomicInteger(SENDERS);
        for (int i = 0; i < SENDERS; i++) {
            int sender = i;
            Thread.ofVirtual()
                    .start(() -> {
                        for (int j = 0; j < 2; j++) {
                            Bridge.mono(running.loop, queue.put(new Item(sender, j))).block();
                        }
                        if (left.decrementAndGet() == 0) {
                            running.run(queue::shutdown);
                        }
                    });
        }
        tally.assertAll(2);
    }

    @Rule("1.3")
    @Test
    void tenThousandMonosOfALoopMergedIntoOneFlux() {
        Tally tally = new Tally(SENDERS, 100);
        Flux.range(0, SENDERS)
                .flatMap(
                        sender ->
                                Bridge.mono(
                                        running.loop,
                                        () -> {
                                            await(sleep(Duration.ZERO));
                                            return new Item(sender, 0);
                                        }),
                        SENDERS)
                .subscribe(tally);
        tally.assertAll(1);
    }

    @Rule("1.3")
    @Test
    void tenThousandTasksOfMonosThatOtherThreadsComplete() {
        Queue<Item> queue = new Queue<>();
        Tally tally = new Tally(SENDERS, 1_000);
        Bridge.flux(running.loop, queue).subscribe(tally);
        var _ =
                running.task(() -> {
                    AtomicInteger left = new AtomicInteger(SENDERS);
                    for (int i = 0; i < SENDERS; i++) {
                        int sender = i;
                        Bridge.toTask(
                                        Mono.fromCallable(() -> new Item(sender, 0))
                                                .subscribeOn(Schedulers.parallel()))
                                .addDoneCallback(task -> {
                                    queue.putNowait(task.result());
                                    if (left.decrementAndGet() == 0) {
                                        queue.shutdown();
                                    }
                                });
                    }
                    return null;
                });
        tally.assertAll(1);
    }

    @Rule({"1.1", "1.3"})
    @Test
    void oneRequesterAgainstFourEmitters() {
        int each = 2_500;
        Queue<Item> queue = new Queue<>(1);
        Tally tally = new Tally(4, 1);
        Bridge.flux(running.loop, queue).subscribe(tally);
        AtomicInteger left = new AtomicInteger(4);
        List<Thread> emitters = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int sender = i;
            emitters.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int j = 0; j < each; j++) {
                                    Bridge.mono(running.loop, queue.put(new Item(sender, j)))
                                            .block();
                                }
                                if (left.decrementAndGet() == 0) {
                                    running.run(queue::shutdown);
                                }
                            }));
        }
        tally.assertAll(each);
        assertThat(emitters).hasSize(4);
    }

    @Rule({"2.7", "2.11"})
    @Test
    void fourEmittersIntoOneIteration() {
        int each = 50_000;
        int[] next = new int[4];
        CountDownLatch ended = new CountDownLatch(1);
        List<Flux<Item>> emitters = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int sender = i;
            emitters.add(
                    Flux.range(0, each)
                            .map(index -> new Item(sender, index))
                            .subscribeOn(Schedulers.parallel()));
        }
        AtomicInteger misplaced = new AtomicInteger();
        var _ =
                running.task(() -> {
                    for (Item item : Bridge.iterate(Flux.merge(emitters), 16)) {
                        if (item.index() != next[item.sender()]++) {
                            misplaced.incrementAndGet();
                        }
                    }
                    ended.countDown();
                    return null;
                });
        try {
            ended.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThat(misplaced).hasValue(0);
        assertThat(next).containsOnly(each);
    }
}
