package asyncio4j.tck;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.AsyncGenerator;
import asyncio4j.Asyncio;
import asyncio4j.EventLoop;
import asyncio4j.bridge.Bridge;
import asyncio4j.queues.Queue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;

import reactor.core.publisher.Flux;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The rules for publishers, over all that the bridge makes, seen from threads outside of the loop.
 */
class PublisherRulesTest {

    private final RunningLoop running = new RunningLoop();

    @AfterEach
    void close() {
        running.close();
    }

    /** What can be had as often as it is asked for; {@code until} items of it. */
    enum Many {
        BODY {
            @Override
            Publisher<Integer> create(RunningLoop running, int until) {
                return Bridge.flux(running.loop, g -> count(g, until));
            }
        },
        GENERATOR {
            @Override
            Publisher<Integer> create(RunningLoop running, int until) {
                return Bridge.flux(running.loop, AsyncGenerator.of(g -> count(g, until)));
            }
        },
        OVER_ITERATE {
            @Override
            Publisher<Integer> create(RunningLoop running, int until) {
                return Bridge.flux(
                        running.loop,
                        g -> {
                            try (var items = Bridge.iterate(Flux.range(0, until).hide(), 8)) {
                                for (int item : items) {
                                    g.yield(item);
                                }
                            }
                        });
            }
        },
        QUEUE {
            @Override
            Publisher<Integer> create(RunningLoop running, int until) {
                Queue<Integer> queue = new Queue<>();
                CountDownLatch filled = new CountDownLatch(1);
                running.run(() -> {
                    for (int i = 0; i < until; i++) {
                        queue.putNowait(i);
                    }
                    queue.shutdown();
                    filled.countDown();
                });
                join(filled);
                return Bridge.flux(running.loop, queue);
            }
        };

        abstract Publisher<Integer> create(RunningLoop running, int until);

        static void count(AsyncGenerator.Yielder<Integer> g, int until) {
            for (int i = 0; i < until; i++) {
                g.yield(i);
            }
        }
    }

    /** Everything, with one item. */
    enum Any {
        BODY,
        GENERATOR,
        OVER_ITERATE,
        QUEUE,
        MONO,
        TASK;

        Publisher<Integer> create(RunningLoop running) {
            return switch (this) {
                case MONO -> Bridge.mono(running.loop, () -> 0);
                case TASK -> Bridge.toMono(running.task(() -> 0));
                default -> Many.valueOf(name()).create(running, 1);
            };
        }

        /** The same, of a loop that is closed. */
        Publisher<Integer> closed(EventLoop loop) {
            return switch (this) {
                case MONO -> Bridge.mono(loop, () -> 0);
                case TASK -> Bridge.toMono(loop.createFuture());
                case QUEUE -> Bridge.flux(loop, new Queue<Integer>());
                case GENERATOR -> Bridge.flux(loop, AsyncGenerator.of(g -> g.yield(0)));
                default -> Bridge.flux(loop, g -> g.yield(0));
            };
        }
    }

    private static void join(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs the action on {@code count} threads at once, and waits for them. */
    private static void together(int count, Runnable action) {
        CyclicBarrier start = new CyclicBarrier(count);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    start.await();
                                } catch (Exception e) {
                                    throw new AssertionError(e);
                                }
                                action.run();
                            }));
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Also kotlinx.coroutines #2109: more was emitted than was requested. */
    @Rule({"1.1", "3.8"})
    @ParameterizedTest
    @EnumSource
    void racingRequestsGetWhatTheyHaveAskedForAndNotOneMore(Many kind) {
        int threads = 4;
        int each = 2_000;
        AtomicLong demand = new AtomicLong();
        List<String> tooMany = new ArrayList<>(); // signals are serial
        CountDownLatch all = new CountDownLatch(threads * each);
        Recorder<Integer> subscriber =
                new Recorder<>() {
                    private long count;

                    @Override
                    void received(Integer element) {
                        if (++count > demand.get()) {
                            tooMany.add(count + " of " + demand);
                        }
                        if (element != count - 1) {
                            tooMany.add(element + " came as number " + count);
                        }
                        all.countDown();
                    }
                };
        kind.create(running, 2 * threads * each).subscribe(subscriber);
        together(
                threads,
                () -> {
                    for (int i = 0; i < each; i++) {
                        demand.incrementAndGet();
                        subscriber.subscription.request(1);
                    }
                });
        join(all);
        running.settle();
        assertThat(tooMany).isEmpty();
        assertThat(subscriber.ended.getCount()).isEqualTo(1);
        assertThat(subscriber.overlaps).isEmpty();
        subscriber.subscription.cancel();
    }

    @Rule("1.2")
    @ParameterizedTest
    @EnumSource
    void fewerThanRequestedAndTheEnd(Any kind) {
        Recorder<Integer> subscriber = new Recorder<>();
        kind.create(running).subscribe(subscriber);
        subscriber.subscription.request(10);
        subscriber.join();
        assertThat(subscriber.elements).containsExactly(0);
        assertThat(subscriber.completions).hasValue(1);
    }

    @Rule("1.3")
    @ParameterizedTest
    @EnumSource
    void nothingElseIsSignalledBeforeOnSubscribeIsOver(Any kind) {
        AtomicLong early = new AtomicLong(-1);
        Recorder<Integer> subscriber =
                new Recorder<>() {
                    @Override
                    void subscribed(Subscription s) {
                        s.request(1);
                        running.settle(); // what the request has set off has its turn
                        early.set(signals());
                    }
                };
        kind.create(running).subscribe(subscriber);
        subscriber.join();
        assertThat(early).hasValue(0);
        assertThat(subscriber.overlaps).isEmpty();
        assertThat(subscriber.elements).containsExactly(0);
        assertThat(subscriber.completions).hasValue(1);
    }

    @Rule("1.3")
    @Test
    void aDemandOfAnotherThreadDuringOnSubscribeCountsWhenThatIsOver() {
        AtomicLong early = new AtomicLong(-1);
        Recorder<Integer> subscriber =
                new Recorder<>() {
                    @Override
                    void subscribed(Subscription s) {
                        together(2, () -> s.request(1));
                        running.settle();
                        early.set(signals());
                    }
                };
        Many.BODY.create(running, 2).subscribe(subscriber);
        subscriber.join();
        assertThat(early).hasValue(0);
        assertThat(subscriber.elements).containsExactly(0, 1);
    }

    @Rule({"1.5", "1.7"})
    @ParameterizedTest
    @EnumSource
    void theEndNeedsNoDemandOfItsOwnAndNothingComesAfterIt(Many kind) {
        Recorder<Integer> subscriber = new Recorder<>();
        kind.create(running, 3).subscribe(subscriber);
        subscriber.subscription.request(3);
        subscriber.join();
        subscriber.subscription.request(5);
        subscriber.subscription.cancel();
        running.settle();
        assertThat(subscriber.signals()).isEqualTo(4);
        assertThat(subscriber.completions).hasValue(1);
    }

    @Rule({"1.4", "1.6", "1.7"})
    @Test
    void nothingComesAfterAnError() {
        IllegalStateException error = new IllegalStateException("failed, as it should");
        List<Publisher<Object>> all =
                List.of(
                        Bridge.flux(
                                running.loop,
                                g -> {
                                    throw error;
                                }),
                        Bridge.mono(
                                running.loop,
                                () -> {
                                    throw error;
                                }),
                        Bridge.toMono(
                                running.task(() -> {
                                    throw error;
                                })));
        for (Publisher<Object> publisher : all) {
            Recorder<Object> subscriber = new Recorder<>();
            publisher.subscribe(subscriber);
            subscriber.subscription.request(1);
            subscriber.join();
            subscriber.subscription.request(5);
            subscriber.subscription.cancel();
            running.settle();
            assertThat(subscriber.errors).containsExactly(error);
            assertThat(subscriber.signals()).isEqualTo(1);
        }
    }

    @Rule({"1.8", "3.12"})
    @ParameterizedTest
    @EnumSource
    void nothingComesAfterACancel(Many kind) {
        CountDownLatch first = new CountDownLatch(1);
        Recorder<Integer> subscriber =
                new Recorder<>() {
                    @Override
                    void received(Integer element) {
                        super.received(element);
                        subscription.cancel();
                        first.countDown();
                    }
                };
        kind.create(running, 5).subscribe(subscriber);
        subscriber.subscription.request(Long.MAX_VALUE);
        join(first);
        running.settle();
        assertThat(subscriber.signals()).isEqualTo(1);
    }

    @Rule({"1.9", "3.15", "3.16"})
    @ParameterizedTest
    @EnumSource
    void aClosedLoopIsAnErrorSignalAndNoException(Any kind) {
        EventLoop loop = Asyncio.newEventLoop();
        Publisher<Integer> publisher = kind.closed(loop);
        loop.close();
        Recorder<Integer> subscriber = new Recorder<>();
        publisher.subscribe(subscriber);
        subscriber.subscription.request(1);
        subscriber.subscription.request(-1);
        subscriber.subscription.cancel();
        assertThat(subscriber.onSubscribes).hasValue(1);
        assertThat(subscriber.errors).hasSize(1);
        assertThat(subscriber.signals()).isEqualTo(1);
    }

    @Rule({"1.11", "2.12"})
    @ParameterizedTest
    @EnumSource(
            names = {"GENERATOR"},
            mode = EnumSource.Mode.EXCLUDE)
    void eachSubscriberHasASubscriptionOfItsOwn(Any kind) {
        Publisher<Integer> publisher = kind.create(running);
        List<Recorder<Integer>> subscribers =
                List.of(new Recorder<>(), new Recorder<>(), new Recorder<>());
        for (Recorder<Integer> subscriber : subscribers) {
            publisher.subscribe(subscriber);
            subscriber.subscription.request(2);
            subscriber.join();
        }
        for (Recorder<Integer> subscriber : subscribers) {
            assertThat(subscriber.onSubscribes).hasValue(1);
            assertThat(subscriber.completions).hasValue(1);
        }
        int items = subscribers.stream().mapToInt(subscriber -> subscriber.elements.size()).sum();
        assertThat(items).isEqualTo(kind == Any.QUEUE ? 1 : 3); // who shares a queue shares items
    }

    @Rule({"3.4", "3.5"})
    @ParameterizedTest
    @EnumSource
    void requestAndCancelReturnWhileTheLoopIsHeldUp(Any kind) {
        Publisher<Integer> publisher = kind.create(running);
        running.settle();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        running.run(() -> {
            held.countDown();
            join(go);
        });
        join(held);
        Recorder<Integer> subscriber = new Recorder<>();
        publisher.subscribe(subscriber);
        subscriber.subscription.request(1);
        subscriber.subscription.cancel();
        go.countDown();
        running.settle();
        assertThat(subscriber.onSubscribes).hasValue(1);
    }

    @Rule({"3.2", "3.3"})
    @ParameterizedTest
    @EnumSource
    void aMillionRequestsFromInsideOfOnNextNeedNoStack(Many kind) {
        int items = 1_000_000;
        AtomicLong count = new AtomicLong();
        Recorder<Integer> subscriber =
                new Recorder<>() {
                    @Override
                    void subscribed(Subscription s) {
                        s.request(1);
                    }

                    @Override
                    void received(Integer element) {
                        count.incrementAndGet();
                        subscription.request(1);
                    }
                };
        kind.create(running, items).subscribe(subscriber);
        subscriber.join();
        assertThat(subscriber.errors).isEmpty();
        assertThat(count).hasValue(items);
    }

    @Rule({"3.6", "3.7", "3.13", "3.14"})
    @Test
    void aCancelEndsTheBodyOnceAndLaterCallsDoNothing() {
        CompletableFuture<String> cleanedUp = new CompletableFuture<>();
        Publisher<Integer> publisher =
                Bridge.flux(
                        running.loop,
                        g -> {
                            try {
                                for (int i = 0; ; i++) {
                                    g.yield(i);
                                }
                            } finally {
                                await(sleep(Duration.ZERO));
                                if (!cleanedUp.complete("once")) {
                                    cleanedUp.obtrudeValue("twice");
                                }
                            }
                        });
        CountDownLatch first = new CountDownLatch(1);
        Recorder<Integer> subscriber =
                new Recorder<>() {
                    @Override
                    void received(Integer element) {
                        super.received(element);
                        first.countDown();
                    }
                };
        publisher.subscribe(subscriber);
        subscriber.subscription.request(1);
        join(first);
        together(4, subscriber.subscription::cancel);
        cleanedUp.join();
        together(4, () -> subscriber.subscription.request(1));
        running.settle();
        assertThat(cleanedUp).isCompletedWithValue("once");
        assertThat(subscriber.signals()).isEqualTo(1);
    }

    @Rule({"3.5", "3.6"})
    @ParameterizedTest
    @EnumSource
    void requestsAndACancelOfDifferentThreadsAtOnce(Many kind) {
        for (int round = 0; round < 100; round++) {
            Recorder<Integer> subscriber = new Recorder<>();
            AtomicLong turn = new AtomicLong();
            kind.create(running, 20).subscribe(subscriber);
            together(
                    3,
                    () -> {
                        if (turn.getAndIncrement() == 1) {
                            subscriber.subscription.cancel();
                        } else {
                            subscriber.subscription.request(5);
                        }
                    });
            running.settle();
            assertThat(subscriber.overlaps).isEmpty();
            assertThat(subscriber.signals()).isLessThanOrEqualTo(10);
            int before = subscriber.signals();
            subscriber.subscription.request(5);
            running.settle();
            assertThat(subscriber.signals()).isEqualTo(before);
        }
    }

    @Rule("3.17")
    @ParameterizedTest
    @EnumSource
    void demandsThatAddUpToMoreThanALongAreWithoutBound(Any kind) {
        Recorder<Integer> subscriber =
                new Recorder<>() {
                    @Override
                    void subscribed(Subscription s) {
                        s.request(Long.MAX_VALUE);
                        s.request(Long.MAX_VALUE - 1);
                        s.request(1);
                    }
                };
        kind.create(running).subscribe(subscriber);
        subscriber.join();
        assertThat(subscriber.errors).isEmpty();
        assertThat(subscriber.elements).containsExactly(0);
    }
}
