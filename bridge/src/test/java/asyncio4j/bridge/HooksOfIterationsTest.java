package asyncio4j.bridge;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.drain;
import static asyncio4j.bridge.Bridge.iterate;
import static asyncio4j.bridge.Bridge.mono;

import asyncio4j.CancelledError;
import asyncio4j.Task;
import asyncio4j.bridge.testing.Hand;
import asyncio4j.bridge.testing.Ledger;
import asyncio4j.bridge.testing.Ledger.Item;
import asyncio4j.bridge.testing.Rival;
import asyncio4j.queues.Queue;
import asyncio4j.queues.QueueShutDownException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

import reactor.core.CoreSubscriber;
import reactor.core.Fuseable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** Elements and errors of iterated publishers that come while the iteration is left. */
class HooksOfIterationsTest {

    private static final int ROUNDS = 3_000;

    private final Ledger ledger = new Ledger();

    private final Rival publisher = new Rival();

    private final ReactorRunner runner = ReactorRunner.create();

    private final SplittableRandom random = new SplittableRandom(21);

    @AfterEach
    void close() {
        publisher.close();
        runner.close();
        ledger.close();
    }

    /** A source, and what makes it signal. */
    private record Source(Publisher<Item> publisher, Runnable signals) {}

    /** Emits what was asked for, and perhaps ends. */
    private Source byHand(int prefetch) {
        Hand<Item> hand = Hand.ready();
        int elements = random.nextInt(prefetch + 1);
        int end = random.nextInt(3);
        return new Source(
                hand,
                () -> {
                    Subscriber<? super Item> subscriber = hand.subscriber;
                    for (int i = 0; i < elements; i++) {
                        subscriber.onNext(ledger.item());
                    }
                    if (end == 0) {
                        subscriber.onError(ledger.fault());
                    } else if (end == 1) {
                        subscriber.onComplete();
                    }
                });
    }

    /** Has a queue of its own, which another thread fills. */
    private Source filled(int prefetch) {
        int elements = random.nextInt(2 * prefetch);
        int end = random.nextInt(3);
        Filled source = new Filled();
        return new Source(
                source,
                () -> {
                    for (int i = 0; i < elements; i++) {
                        source.items.add(ledger.item());
                        source.subscriber.onNext(null);
                    }
                    if (end == 0) {
                        source.subscriber.onError(ledger.fault());
                    } else if (end == 1) {
                        source.subscriber.onComplete();
                    }
                });
    }

    /** Lets its subscriber poll, and says if two threads do at once. */
    private final class Filled extends Flux<Item> implements Fuseable {

        private final java.util.Queue<Item> items = new ConcurrentLinkedQueue<>();

        private final ReentrantLock polling = new ReentrantLock();

        private volatile CoreSubscriber<? super Item> subscriber;

        @Override
        public void subscribe(CoreSubscriber<? super Item> actual) {
            subscriber = actual;
            actual.onSubscribe(new Fused());
        }

        private final class Fused implements QueueSubscription<Item> {

            @Override
            public int requestFusion(int mode) {
                return mode & ASYNC;
            }

            @Override
            public void request(long n) {}

            @Override
            public void cancel() {}

            @Override
            public Item poll() {
                return alone(items::poll);
            }

            @Override
            public boolean isEmpty() {
                return items.isEmpty();
            }

            @Override
            public void clear() {
                alone(() -> {
                    Operators.onDiscardQueueWithClear(items, subscriber.currentContext(), null);
                    return null;
                });
            }

            private <T> T alone(Supplier<T> action) {
                if (!polling.tryLock()) {
                    throw new AssertionError("two threads poll at once");
                }
                try {
                    return action.get();
                } finally {
                    polling.unlock();
                }
            }

            @Override
            public int size() {
                return items.size();
            }
        }
    }

    /** Has all its elements from the beginning. */
    private Source atHand(int prefetch) {
        List<Item> items = new ArrayList<>();
        for (int i = random.nextInt(2 * prefetch); i > 0; i--) {
            items.add(ledger.item());
        }
        return new Source(Flux.fromIterable(items), () -> {});
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 16})
    void ofAPlainSource(int prefetch) {
        race(prefetch, this::byHand);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 16})
    void ofASourceWithAQueueThatAnotherThreadFills(int prefetch) {
        race(prefetch, this::filled);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 16})
    void ofASourceThatHasAllAtHand(int prefetch) {
        race(prefetch, this::atHand);
    }

    private void race(int prefetch, IntFunction<Source> sources) {
        runner.run(
                mono(runner.getLoop(), () -> rounds(prefetch, sources))
                        .contextWrite(ledger.context()));
        ledger.check();
    }

    private void rounds(int prefetch, IntFunction<Source> sources) {
        for (int i = 0; i < ROUNDS; i++) {
            Source source = sources.apply(prefetch);
            int most = random.nextInt(1, prefetch + 2);
            FluxIterator<Item> items = iterate(source.publisher, prefetch);
            Task<Void> task =
                    createTask(() -> {
                        int taken = 0;
                        try (items) {
                            for (Item item : items) {
                                ledger.delivered(item);
                                if (++taken == most) {
                                    items.hasNext(); // one more is fetched, and isn't used
                                    break;
                                }
                                if (random.nextInt(4) == 0) {
                                    await(sleep(Duration.ZERO));
                                }
                            }
                        }
                    });
            await(sleep(Duration.ZERO));
            publisher.race(source.signals);
            Rival.spin(random.nextInt(300));
            if (random.nextInt(4) == 0) {
                publisher.join();
            }
            for (int turn = random.nextInt(6); turn > 0; turn--) {
                await(sleep(Duration.ZERO));
            }
            if (random.nextBoolean()) {
                items.close();
            }
            task.cancel();
            settle(task);
            publisher.join();
        }
    }

    private void settle(Task<?> task) {
        try {
            await(task);
        } catch (CancelledError | QueueShutDownException e) {
            // none for the account
        } catch (Throwable e) {
            ledger.delivered(e);
        }
    }

    @Test
    void drainedIntoAQueue() {
        runner.run(
                mono(
                                runner.getLoop(),
                                () -> {
                                    for (int i = 0; i < ROUNDS; i++) {
                                        Source source = byHand(8);
                                        Queue<Item> queue = new Queue<>(random.nextInt(1, 6));
                                        Task<Long> task =
                                                createTask(drain(source.publisher, queue));
                                        await(sleep(Duration.ZERO));
                                        publisher.race(source.signals);
                                        Rival.spin(random.nextInt(300));
                                        if (random.nextInt(4) == 0) {
                                            publisher.join();
                                        }
                                        for (int j = random.nextInt(4); j > 0; j--) {
                                            await(sleep(Duration.ZERO));
                                            if (!queue.empty()) {
                                                ledger.delivered(queue.getNowait());
                                            }
                                        }
                                        if (random.nextBoolean()) {
                                            queue.shutdown();
                                            await(sleep(Duration.ZERO));
                                        }
                                        task.cancel();
                                        settle(task);
                                        publisher.join();
                                        while (!queue.empty()) {
                                            ledger.delivered(queue.getNowait());
                                        }
                                    }
                                })
                        .contextWrite(ledger.context()));
        ledger.check();
    }
}
