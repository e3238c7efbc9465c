package asyncio4j.bridge;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.toThread;
import static asyncio4j.bridge.Bridge.*;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.AsyncFuture;
import asyncio4j.EventLoop;
import asyncio4j.bridge.testing.Dropped;
import asyncio4j.bridge.testing.LoopThreads;
import asyncio4j.bridge.testing.Threads;
import asyncio4j.queues.Queue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A runner is closed while other threads subscribe to all kinds of what its loop offers. */
@Timeout(value = 100, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TeardownStormTest {

    private static final Duration DAY = Duration.ofDays(1);

    private static final int THREADS = 4;

    private final ReactorRunner runner = ReactorRunner.create();

    private final EventLoop loop = runner.getLoop();

    private final LoopScheduler scheduler = LoopScheduler.of(loop);

    private final AsyncFuture<Integer> never = loop.createFuture();

    private final Queue<Integer> queue = new Queue<>();

    private final Dropped dropped = new Dropped();

    private final AtomicLong subscribers = new AtomicLong();

    private final AtomicLong ended = new AtomicLong();

    private final AtomicLong endedTwice = new AtomicLong();

    /** How often the sources under it all were subscribed to, and cancelled. */
    private final AtomicLong opened = new AtomicLong();

    private final AtomicLong cancelled = new AtomicLong();

    private final AtomicLong cleanUps = new AtomicLong();

    private final AtomicLong cleanUpsDone = new AtomicLong();

    /** A source of what the loop works on. */
    private final Flux<Integer> source =
            Flux.<Integer>never()
                    .doOnSubscribe(s -> opened.incrementAndGet())
                    .doOnCancel(cancelled::incrementAndGet);

    @AfterEach
    void close() {
        dropped.close();
        runner.close();
    }

    /** Counts ends, and hides none that comes too late. */
    private final class Counting implements CoreSubscriber<Object> {

        private final AtomicInteger ends = new AtomicInteger();

        @Override
        public void onSubscribe(Subscription s) {
            s.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Object element) {
            if (ends.get() > 0) {
                endedTwice.incrementAndGet();
            }
        }

        @Override
        public void onError(Throwable error) {
            onComplete();
        }

        @Override
        public void onComplete() {
            if (ends.incrementAndGet() == 1) {
                ended.incrementAndGet();
            } else {
                endedTwice.incrementAndGet();
            }
        }
    }

    private void cleanUp() {
        cleanUps.incrementAndGet();
        await(sleep(Duration.ZERO));
        await(sleep(Duration.ZERO));
        cleanUpsDone.incrementAndGet();
    }

    private Publisher<?> path(int number) {
        return switch (number % 18) {
            case 0 -> mono(loop, () -> await(sleep(DAY, "never")));
            case 1 -> mono(loop, () -> "at once");
            case 2 ->
                    mono(
                            loop,
                            () -> {
                                try {
                                    return awaitFirst(source);
                                } finally {
                                    cleanUp();
                                }
                            });
            case 3 -> toMono(never);
            case 4 ->
                    flux(
                            loop,
                            g -> {
                                try {
                                    for (int i = 0; ; i++) {
                                        g.yield(i);
                                        await(sleep(DAY));
                                    }
                                } finally {
                                    cleanUp();
                                }
                            });
            case 5 ->
                    Bridge.<Integer>flux(
                            loop,
                            g -> {
                                try (var items = iterate(source)) {
                                    for (Integer item : items) {
                                        g.yield(item);
                                    }
                                }
                            });
            case 6 -> flux(loop, queue);
            case 7 -> Flux.range(0, 3).hide().publishOn(scheduler);
            case 8 -> untilClosed(loop, source.publishOn(scheduler));
            case 9 -> untilClosed(loop, source.subscribeOn(scheduler));
            case 10 -> untilClosed(loop, Mono.delay(DAY, scheduler));
            case 11 -> source.publishOn(scheduler);
            case 12 -> source.publishOn(LoopScheduler.of(loop)).filter(i -> i > 0);
            case 13 -> source.subscribeOn(scheduler);
            case 14 -> Mono.delay(DAY, scheduler);
            case 15 -> Flux.interval(DAY, scheduler);
            case 16 -> source.timeout(DAY, scheduler);
            default ->
                    source.doOnCancel(() -> mono(loop, this::cleanUp).subscribe(v -> {}, e -> {}))
                            .publishOn(scheduler);
        };
    }

    private void subscribe(int number) {
        subscribers.incrementAndGet();
        path(number).subscribe(new Counting());
    }

    private void assertNothingIsLeft() {
        assertThat(ended).hasValue(subscribers.get());
        assertThat(endedTwice).hasValue(0);
        assertThat(cancelled).hasValue(opened.get());
        assertThat(cleanUpsDone).hasValue(cleanUps.get());
        assertThat(loop.allTasks()).isEmpty();
        assertThat(Subscriptions.of(loop).size()).isZero();
        assertThat(LoopThreads.of(loop)).isEmpty();
        assertThat(dropped.elements).isEmpty();
        assertThat(dropped.errors) // a scheduler's refusal of what was just cancelled
                .allSatisfy(
                        error -> assertThat(error).isInstanceOf(RejectedExecutionException.class));
    }

    @Test
    void closeInTheMiddleOfTenThousandSubscriptions() {
        int each = 2_500;
        CountDownLatch half = new CountDownLatch(THREADS * each / 2);
        List<Thread> storm = new ArrayList<>();
        runner.run(() -> {
            for (int t = 0; t < THREADS; t++) {
                storm.add(
                        Threads.start(() -> {
                            for (int i = 0; i < each; i++) {
                                subscribe(i);
                                half.countDown();
                            }
                        }));
            }
            await(
                    toThread(() -> {
                        half.await();
                        return null;
                    }));
        });
        runner.close();
        storm.forEach(Threads::join);
        assertThat(subscribers).hasValue(Math.multiplyExact(THREADS, each));
        assertNothingIsLeft();
    }

    /**
     * Threads that subscribe as fast as they can, from when the runner begins to close until it has
     * closed; the clean-up of a task has it last for many iterations.
     */
    @Test
    void closeEndsUnderAStormThatDoesNot() {
        CountDownLatch closing = new CountDownLatch(1);
        CountDownLatch many = new CountDownLatch(1_000);
        CountDownLatch closed = new CountDownLatch(1);
        List<Thread> storm = new ArrayList<>();
        AtomicInteger turns = new AtomicInteger();
        runner.run(() -> {
            createTask(() -> {
                try {
                    await(sleep(DAY));
                } finally {
                    closing.countDown();
                    await(
                            toThread(() -> {
                                many.await();
                                return null;
                            }));
                    for (int turn = 0; turn < 100; turn++) {
                        await(sleep(Duration.ZERO));
                        turns.incrementAndGet();
                    }
                }
            });
            await(sleep(Duration.ZERO));
            for (int t = 0; t < THREADS; t++) {
                storm.add(
                        Threads.start(() -> {
                            join(closing);
                            for (int i = 0; closed.getCount() > 0; i++) {
                                subscribe(i);
                                many.countDown();
                            }
                        }));
            }
        });
        runner.close();
        closed.countDown();
        storm.forEach(Threads::join);
        assertThat(turns).hasValue(100);
        assertNothingIsLeft();
    }

    private static void join(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Cleaning up may need other threads to subscribe to what this loop offers. */
    @Test
    void cleanUpThatGoesOverOtherThreadsIsServed() {
        List<String> log = new ArrayList<>();
        runner.run(() -> {
            createTask(() -> {
                try {
                    await(sleep(DAY));
                } finally {
                    for (int i = 0; i < 2_000; i++) {
                        await(toThread(() -> mono(loop, () -> "served").block()));
                    }
                    log.add(await(toThread(() -> mono(loop, () -> "served").block())));
                }
            });
            await(sleep(Duration.ZERO));
        });
        runner.close();
        assertThat(log).containsExactly("served");
    }
}
