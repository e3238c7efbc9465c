package asyncio4j.bridge;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.flux;
import static asyncio4j.bridge.Bridge.iterate;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.AsyncGenerator;
import asyncio4j.CancelledError;
import asyncio4j.GeneratorExit;
import asyncio4j.bridge.testing.Hand;
import asyncio4j.bridge.testing.Ledger;
import asyncio4j.bridge.testing.Ledger.Item;
import asyncio4j.bridge.testing.LoopThread;
import asyncio4j.bridge.testing.Received;
import asyncio4j.bridge.testing.Rival;
import asyncio4j.bridge.testing.Threads;
import asyncio4j.queues.Queue;
import asyncio4j.queues.QueueShutDownException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscriber;

import reactor.core.publisher.Flux;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;

/** Items and errors of generators, and items of queues, whose subscribers cancel meanwhile. */
class HooksOfGeneratorsTest {

    private static final int ROUNDS = 3_000;

    private final Ledger ledger = new Ledger();

    private final SplittableRandom random = new SplittableRandom(22);

    @AfterEach
    void close() {
        ledger.close();
    }

    /** What the body does at which place; the subscriber is gone at any of them. */
    enum Course {
        /** Yields as long as there is demand. */
        YIELDS,
        /** Awaits between its items. */
        AWAITS,
        /** Fails after some items. */
        FAILS,
        /** Fails when it is told to end. */
        FAILS_AT_THE_END,
        /** Has an item left when it is told to end. */
        YIELDS_AT_THE_END,
        /** Hands out what another generator makes. */
        DELEGATES
    }

    private AsyncGenerator.Body<Item> body(Course course) {
        int items = random.nextInt(6);
        return switch (course) {
            case YIELDS -> g -> yieldItems(g, items);
            case AWAITS ->
                    g -> {
                        for (int i = 0; i < items; i++) {
                            await(sleep(Duration.ZERO));
                            g.yield(ledger.item());
                        }
                        await(sleep(Duration.ZERO));
                    };
            case FAILS ->
                    g -> {
                        yieldItems(g, items);
                        throw ledger.fault();
                    };
            case FAILS_AT_THE_END ->
                    g -> {
                        try {
                            yieldItems(g, 1000);
                        } catch (GeneratorExit | CancelledError e) {
                            await(sleep(Duration.ZERO));
                            throw ledger.fault();
                        }
                    };
            case YIELDS_AT_THE_END ->
                    g -> {
                        try {
                            yieldItems(g, 1000);
                        } finally {
                            await(sleep(Duration.ZERO));
                            g.yield(ledger.item());
                        }
                    };
            case DELEGATES ->
                    g -> g.yieldAll(AsyncGenerator.<Item>of(inner -> yieldItems(inner, items)));
        };
    }

    private void yieldItems(AsyncGenerator.Yielder<Item> generator, int items) {
        for (int i = 0; i < items; i++) {
            generator.yield(ledger.item());
        }
    }

    /** Asks for some, asks for more, and cancels somewhere between. */
    private final class Cancelling extends Received<Item> {

        Cancelling(long demand) {
            super(demand, ledger.context());
        }

        @Override
        public void onNext(Item item) {
            ledger.delivered(item);
        }

        @Override
        public void onError(Throwable error) {
            ledger.delivered(error);
            super.onError(error);
        }

        void run(LoopThread other) {
            pause(other);
            if (random.nextBoolean()) {
                subscription.request(random.nextInt(1, 4));
                pause(other);
            }
            subscription.cancel();
        }

        private void pause(LoopThread other) {
            if (random.nextInt(3) == 0) {
                other.settle();
            } else {
                Rival.spin(random.nextInt(500));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whenTheSubscriberCancels(Course course) {
        try (LoopThread other = new LoopThread()) {
            for (int i = 0; i < ROUNDS; i++) {
                Cancelling subscriber = new Cancelling(random.nextInt(4));
                flux(other.loop, body(course)).subscribe(subscriber);
                subscriber.run(other);
            }
        }
        ledger.check(IllegalStateException.class); // that it ignored GeneratorExit
    }

    /** Without what it yields while it is closed: that is refused before anybody has it. */
    @ParameterizedTest
    @EnumSource(names = "YIELDS_AT_THE_END", mode = EnumSource.Mode.EXCLUDE)
    void ofAGeneratorThatSomebodyHasMade(Course course) {
        try (LoopThread other = new LoopThread()) {
            for (int i = 0; i < ROUNDS; i++) {
                Cancelling subscriber = new Cancelling(random.nextInt(4));
                flux(other.loop, AsyncGenerator.of(body(course))).subscribe(subscriber);
                subscriber.run(other);
            }
        }
        ledger.check(IllegalStateException.class);
    }

    @Test
    void whenTheRunnerIsClosedAmongThem() {
        for (int i = 0; i < 200; i++) {
            List<Received<Item>> subscribers = new ArrayList<>();
            LoopThread other = new LoopThread();
            Thread storm =
                    Threads.start(() -> {
                        for (Course course : Course.values()) {
                            for (int j = 0; j < 3; j++) {
                                Cancelling subscriber = new Cancelling(j);
                                subscribers.add(subscriber);
                                flux(other.loop, body(course)).subscribe(subscriber);
                                Rival.spin(200);
                            }
                        }
                    });
            Rival.spin(i * 50);
            other.close();
            Threads.join(storm);
            for (Received<Item> subscriber : subscribers) {
                subscriber.subscription.cancel();
            }
        }
        ledger.check(IllegalStateException.class, CancellationException.class);
    }

    /** A generator over a Flux: a publisher's thread, the loop's, and a subscriber's. */
    @Test
    void thatIterateOverAFlux() {
        try (LoopThread other = new LoopThread();
                Rival publisher = new Rival()) {
            for (int i = 0; i < ROUNDS; i++) {
                Hand<Item> source = Hand.ready();
                int items = random.nextInt(8);
                int end = random.nextInt(3);
                Flux<Item> over =
                        flux(
                                other.loop,
                                g -> {
                                    try (var elements = iterate(source, 8)) {
                                        for (Item element : elements) {
                                            g.yield(element);
                                        }
                                    }
                                });
                source.onRequest =
                        () -> {
                            if (source.requests.size() == 1) { // it has said all when asked again
                                publisher.begin(() -> signal(source.subscriber, items, end));
                            }
                        };
                Cancelling subscriber = new Cancelling(random.nextInt(4));
                over.subscribe(subscriber);
                subscriber.run(other);
                other.settle();
                publisher.join();
            }
        }
        ledger.check();
    }

    private void signal(Subscriber<? super Item> subscriber, int items, int end) {
        for (int i = 0; i < items; i++) {
            subscriber.onNext(ledger.item());
        }
        if (end == 0) {
            subscriber.onError(ledger.fault());
        } else if (end == 1) {
            subscriber.onComplete();
        }
    }

    @Test
    void itemsOfAQueueAreDeliveredDiscardedOrStillInIt() {
        try (LoopThread other = new LoopThread()) {
            for (int i = 0; i < ROUNDS; i++) {
                Queue<Item> queue = new Queue<>(random.nextInt(3));
                int items = random.nextInt(6);
                var producer =
                        asyncio4j.Asyncio.runCoroutineThreadsafe(
                                () -> {
                                    for (int j = 0; j < items; j++) {
                                        if (j % 2 == 0) {
                                            await(sleep(Duration.ZERO));
                                        }
                                        Item item = ledger.item();
                                        try {
                                            await(queue.put(item));
                                        } catch (QueueShutDownException e) {
                                            ledger.withdraw(item);
                                        }
                                    }
                                    return null;
                                },
                                other.loop);
                Cancelling subscriber = new Cancelling(random.nextInt(4));
                flux(other.loop, queue).subscribe(subscriber);
                subscriber.run(other);
                other.settle();
                boolean done =
                        other.run(() -> {
                            queue.shutdown();
                            while (!queue.empty()) {
                                ledger.delivered(queue.getNowait());
                                queue.taskDone();
                            }
                            await(queue.join()); // each was counted as done
                            return true;
                        });
                assertThat(done).isTrue();
                producer.join();
            }
        }
        ledger.check();
    }
}
