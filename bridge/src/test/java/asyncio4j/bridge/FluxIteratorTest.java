package asyncio4j.bridge;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.iterate;
import static asyncio4j.bridge.Bridge.mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.AsyncGenerator;
import asyncio4j.Asyncio;
import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.GeneratorExit;
import asyncio4j.StopAsyncIteration;
import asyncio4j.Task;
import asyncio4j.TaskOptions;
import asyncio4j.VirtualClock;
import asyncio4j.bridge.testing.BeforeWaiting;
import asyncio4j.bridge.testing.Hand;
import asyncio4j.bridge.testing.VirtualReactorRunner;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;
import reactor.core.Fuseable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;
import reactor.test.publisher.TestPublisher;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** The elements of a publisher in a loop. */
class FluxIteratorTest {

    private final VirtualReactorRunner runner = new VirtualReactorRunner();

    private final List<Object> log = new CopyOnWriteArrayList<>();

    private final List<Long> requests = new CopyOnWriteArrayList<>();

    private final AtomicInteger cancels = new AtomicInteger();

    @AfterEach
    void close() {
        runner.close();
        Hooks.resetOnNextDropped();
        Hooks.resetOnErrorDropped();
    }

    private <T> Flux<T> watched(Flux<T> flux) {
        return flux.doOnRequest(requests::add).doOnCancel(cancels::incrementAndGet);
    }

    private static <T> List<T> all(FluxIterator<T> items) {
        List<T> list = new ArrayList<>();
        for (T item : items) {
            list.add(item);
        }
        return list;
    }

    @Test
    void nothingIsSubscribedToBeforeItIsAsked() {
        runner.run(() -> {
            Flux<Integer> flux = Flux.just(1, 2).doOnSubscribe(_ -> log.add("subscribed"));
            FluxIterator<Integer> items = iterate(flux);
            assertThat(log).isEmpty();
            assertThat(items.hasNext()).isTrue();
            assertThat(items.hasNext()).isTrue();
            assertThat(log).containsExactly("subscribed");
            assertThat(items.next()).isEqualTo(1);
            assertThat(items.next()).isEqualTo(2);
            assertThat(items.hasNext()).isFalse();
            assertThatThrownBy(items::next).isInstanceOf(NoSuchElementException.class);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 256, 5000, Integer.MAX_VALUE})
    void allElementsComeInOrderWhateverThePrefetch(int prefetch) {
        List<Integer> wanted = Flux.range(0, 1000).collectList().block();
        runner.run(() -> {
            assertThat(all(iterate(Flux.range(0, 1000), prefetch))).isEqualTo(wanted);
            assertThat(all(iterate(Flux.range(0, 1000).hide(), prefetch))).isEqualTo(wanted);
            assertThat(all(iterate(Flux.range(0, 1000).publishOn(Schedulers.parallel()), prefetch)))
                    .isEqualTo(wanted);
            assertThat(
                            all(
                                    iterate(
                                            Flux.range(0, 1000)
                                                    .publishOn(Schedulers.parallel())
                                                    .hide(),
                                            prefetch)))
                    .isEqualTo(wanted);
            assertThat(
                            all(
                                    iterate(
                                            Flux.range(0, 1000)
                                                    .subscribeOn(Schedulers.boundedElastic())
                                                    .hide(),
                                            prefetch)))
                    .isEqualTo(wanted);
        });
    }

    @Test
    void anythingThatIsAPublisherWillDo() {
        runner.run(() -> {
            assertThat(all(iterate(Flux.<Integer>empty()))).isEmpty();
            assertThat(all(iterate(Mono.just(1)))).containsExactly(1);
            assertThat(all(iterate(Mono.just(1).hide()))).containsExactly(1);
            assertThat(all(iterate(Mono.<Integer>empty()))).isEmpty();
        });
    }

    @Test
    void prefetchAndRefillAreExact() {
        runner.run(() -> {
            FluxIterator<Integer> items = iterate(watched(Flux.range(1, 20).hide()), 8);
            assertThat(items.hasNext()).isTrue();
            assertThat(requests).containsExactly(8L);
            for (int i = 1; i <= 5; i++) {
                assertThat(items.next()).isEqualTo(i);
            }
            assertThat(requests).containsExactly(8L);
            assertThat(items.next()).isEqualTo(6);
            assertThat(requests).containsExactly(8L, 6L);
            for (int i = 7; i <= 12; i++) {
                assertThat(items.next()).isEqualTo(i);
            }
            assertThat(requests).containsExactly(8L, 6L, 6L);
            items.close();
        });
        assertThat(cancels).hasValue(0); // it had ended: 8 + 6 + 6 = 20
    }

    @Test
    void withoutAPrefetchAllIsRequestedAtOnce() {
        runner.run(() -> {
            assertThat(all(iterate(watched(Flux.range(1, 500).hide()), Integer.MAX_VALUE)))
                    .hasSize(500);
            assertThat(requests).containsExactly(Long.MAX_VALUE);
        });
    }

    @Test
    void aFusedSourceIsPolledAndNothingRequested() {
        runner.run(() -> {
            Polled source = new Polled(5);
            assertThat(all(iterate(source))).containsExactly(1, 2, 3, 4, 5);
            assertThat(source.calls).containsExactly("ask");
            Polled left = new Polled(5);
            FluxIterator<Integer> items = iterate(left);
            items.next();
            items.close();
            assertThat(left.calls).containsExactly("ask", "cancel after 1", "clear");
        });
    }

    @Test
    void theSourcesCodeStaysOnItsThread() {
        runner.run(() -> {
            Flux<Boolean> source =
                    Flux.range(1, 300)
                            .publishOn(Schedulers.parallel())
                            .map(_ ->
                                    Schedulers.isInNonBlockingThread()
                                            && Thread.currentThread()
                                                    .getName()
                                                    .startsWith("parallel"));
            assertThat(all(iterate(source))).hasSize(300).containsOnly(true);
        });
    }

    /** A source that can be polled, and says what it was asked for. */
    private static final class Polled extends Flux<Integer> implements Fuseable {

        private final int size;

        private final List<String> calls = new ArrayList<>();

        Polled(int size) {
            this.size = size;
        }

        @Override
        public void subscribe(CoreSubscriber<? super Integer> actual) {
            actual.onSubscribe(
                    new QueueSubscription<Integer>() {
                        private int polls;

                        @Override
                        public int requestFusion(int mode) {
                            calls.add("ask");
                            return mode & SYNC;
                        }

                        @Override
                        public Integer poll() {
                            if (++polls > size + 1) {
                                calls.add("poll after the end");
                            }
                            return polls <= size ? polls : null;
                        }

                        @Override
                        public boolean isEmpty() {
                            return polls >= size;
                        }

                        @Override
                        public int size() {
                            return size - polls;
                        }

                        @Override
                        public void request(long n) {
                            calls.add("request " + n);
                        }

                        @Override
                        public void cancel() {
                            calls.add("cancel after " + polls);
                        }

                        @Override
                        public void clear() {
                            calls.add("clear");
                        }
                    });
        }
    }

    @Test
    void otherTasksGoOnWhileItWaits() {
        runner.run(() -> {
            createTask(() -> {
                await(sleep(Duration.ofMillis(5)));
                log.add("other task");
            });
            Flux<Integer> slow =
                    Flux.range(1, 2)
                            .delayElements(
                                    Duration.ofMillis(10), LoopScheduler.of(getRunningLoop()));
            for (int item : iterate(slow)) {
                log.add(item);
            }
        });
        assertThat(log).containsExactly("other task", 1, 2);
    }

    @Test
    void anErrorComesAfterTheElementsBeforeItAsItIs() {
        IOException error = new IOException("boom");
        runner.run(() -> {
            FluxIterator<Integer> items = iterate(Flux.just(1, 2).concatWith(Mono.error(error)));
            assertThat(items.next()).isEqualTo(1);
            assertThat(items.next()).isEqualTo(2);
            assertThatThrownBy(items::hasNext).isSameAs(error);
            assertThat(items.hasNext()).isFalse();
        });
    }

    @Test
    void closingCancelsOnceAndDiscardsWhatWasFetchedAhead() {
        runner.runDiscarding(() -> {
            FluxIterator<Integer> items = iterate(watched(Flux.range(1, 100).hide()), 4);
            assertThat(items.next()).isEqualTo(1);
            assertThat(items.hasNext()).isTrue();
            items.close();
            items.close();
            assertThat(items.hasNext()).isFalse();
            assertThat(cancels).hasValue(1);
        });
        assertThat(runner.discarded).containsExactly(2, 3, 4);
    }

    @Test
    void closingOneThatWasNeverAskedDoesNothing() {
        runner.run(() -> {
            FluxIterator<Integer> items = iterate(watched(Flux.range(1, 3)));
            items.close();
            assertThat(items.hasNext()).isFalse();
            assertThat(requests).isEmpty();
        });
    }

    @Test
    void oneThatIsLeftOpenIsClosedWithItsTask() {
        runner.runDiscarding(() -> {
            Task<Integer> task =
                    createTask(() -> iterate(watched(Flux.range(1, 100).hide()), 4).next());
            assertThat(await(task)).isEqualTo(1);
            await(sleep(Duration.ZERO));
            assertThat(cancels).hasValue(1);
        });
        assertThat(runner.discarded).containsExactly(2, 3, 4);
    }

    @Test
    void oneThatTheMainTaskLeavesOpenIsClosedBeforeTheRunnerIs() {
        runner.run(() -> iterate(watched(Flux.range(1, 100).hide()), 4).next());
        runner.close();
        assertThat(cancels).hasValue(1);
    }

    @Test
    void cancellingTheTaskCancelsTheSubscription() {
        runner.run(() -> {
            Task<Void> task =
                    createTask(() -> {
                        for (Object item : iterate(watched(Flux.never()))) {
                            log.add(item);
                        }
                    });
            await(sleep(Duration.ofMillis(1)));
            task.cancel();
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
            assertThat(cancels).hasValue(1);
        });
    }

    @Test
    void closingItFromElsewhereEndsTheLoopThatWaits() {
        runner.run(() -> {
            FluxIterator<Integer> items = iterate(watched(Flux.never()));
            Task<Boolean> task = createTask(items::hasNext);
            await(sleep(Duration.ofMillis(1)));
            items.close();
            assertThat(await(task)).isFalse();
            assertThat(cancels).hasValue(1);
        });
    }

    @Test
    void itIsForOneTask() {
        runner.run(() -> {
            FluxIterator<Integer> items = iterate(Flux.just(1, 2).hide());
            assertThat(items.next()).isEqualTo(1);
            Task<Boolean> other = createTask(items::hasNext);
            assertThatThrownBy(() -> await(other))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("which asked first");
        });
        assertThatThrownBy(() -> iterate(Flux.just(1)).hasNext())
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void forEachGoesOnWhereALoopLeftItAndMayAwait() {
        runner.run(() -> {
            FluxIterator<Integer> items = iterate(Flux.range(1, 5));
            assertThat(items.hasNext()).isTrue();
            assertThatThrownBy(() ->
                            items.forEach(item -> {
                                log.add(item);
                                await(sleep(Duration.ofSeconds(1)));
                                if (item == 2) {
                                    throw new IllegalArgumentException("enough");
                                }
                            }))
                    .hasMessage("enough");
            assertThat(items.next()).isEqualTo(3);
            items.forEach(log::add);
            items.forEach(log::add); // it is at its end
            assertThat(log).containsExactly(1, 2, 4, 5);
        });
    }

    @Test
    void forEachStopsWhenItsActionClosesIt() {
        runner.run(() -> {
            FluxIterator<Integer> items = iterate(Flux.range(1, 5).hide());
            items.forEach(item -> {
                log.add(item);
                items.close();
            });
            assertThat(log).containsExactly(1);
        });
    }

    @Test
    void anextIsTheAsyncIteratorsWay() {
        runner.run(() -> {
            FluxIterator<Integer> items = iterate(Flux.just(1));
            assertThat(await(items.anext())).isEqualTo(1);
            assertThatThrownBy(() -> await(items.anext())).isInstanceOf(StopAsyncIteration.class);
        });
    }

    @Test
    void badArgumentsAreRefusedAtOnce() {
        assertThatThrownBy(() -> iterate(null)).hasMessage("iterate: the publisher is null");
        assertThatThrownBy(() -> iterate(Flux.just(1), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("iterate: the prefetch has to be 1 or more, not 0");
    }

    @Test
    void moreThanWasRequestedIsAViolation() {
        runner.run(() -> {
            TestPublisher<Integer> source =
                    TestPublisher.createNoncompliant(TestPublisher.Violation.REQUEST_OVERFLOW);
            FluxIterator<Integer> items = iterate(source, 8);
            createTask(() -> {
                for (int i = 0; i < 9; i++) {
                    source.next(i);
                }
            });
            for (int i = 0; i < 8; i++) {
                assertThat(items.next()).isEqualTo(i);
            }
            assertThatThrownBy(items::hasNext)
                    .isInstanceOfSatisfying(
                            ProtocolViolationException.class,
                            e -> assertThat(e.rule()).isEqualTo("1.1"));
            source.assertCancelled();
        });
    }

    @Test
    void aPublisherThatThrowsInSubscribeIsAViolation() {
        Publisher<Integer> broken =
                _ -> {
                    throw new IllegalArgumentException("no");
                };
        runner.run(() ->
                assertThatThrownBy(() -> iterate(broken).hasNext())
                        .isInstanceOf(ProtocolViolationException.class)
                        .hasRootCauseMessage("no"));
    }

    @Test
    void whatComesAfterItWasClosedIsDropped() {
        List<Object> dropped = new CopyOnWriteArrayList<>();
        Hooks.onNextDropped(dropped::add);
        Hooks.onErrorDropped(dropped::add);
        IOException late = new IOException("late");
        runner.run(() -> {
            TestPublisher<Integer> source =
                    TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
            FluxIterator<Integer> items = iterate(source);
            createTask(() -> source.next(1));
            assertThat(items.next()).isEqualTo(1);
            items.close();
            source.next(2);
            source.error(late);
        });
        assertThat(dropped).containsExactly(2, late);
    }

    /**
     * The task waits for each element, which comes from another thread just then: polled, and by
     * onNext.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noWakeUpIsLostWhileElementsComeOneByOne(boolean fused) {
        int n = 20_000;
        Flux<Integer> source = Flux.range(0, n).publishOn(Schedulers.parallel(), 1);
        try (ReactorRunner real = ReactorRunner.create()) {
            real.run(() -> {
                int next = 0;
                for (int element : iterate(fused ? source : source.hide(), 1)) {
                    assertThat(element).isEqualTo(next++);
                }
                assertThat(next).isEqualTo(n);
            });
        }
    }

    /**
     * An element that comes from another thread while the iterator is being closed is used, or
     * discarded, or dropped: never two of them, and never none.
     */
    @Test
    void noElementIsLostWhenItIsClosedWhileTheyCome() throws InterruptedException {
        List<Object> dropped = new CopyOnWriteArrayList<>();
        List<Object> discarded = new CopyOnWriteArrayList<>();
        Hooks.onNextDropped(dropped::add);
        AtomicLong used = new AtomicLong();
        int rounds = 300;
        int each = 40;
        try (ReactorRunner real = ReactorRunner.create()) { // onSubscribe comes from another thread
            Mono<Void> all =
                    mono(
                            real.getLoop(),
                            () -> {
                                for (int round = 0; round < rounds; round++) {
                                    FluxIterator<Integer> items =
                                            iterate(asynchronously(each, round % 2 == 0), each);
                                    for (int i = 0; i < round % each; i++) {
                                        if (items.hasNext()) {
                                            items.next();
                                            used.incrementAndGet();
                                        }
                                    }
                                    items.close();
                                }
                            });
            real.run(
                    all.contextWrite(
                            context -> Operators.enableOnDiscard(context, discarded::add)));
        }
        for (Thread thread : emitters) {
            thread.join();
        }
        assertThat(used.get() + dropped.size() + discarded.size()).isEqualTo(emitted.get());
    }

    private final List<Thread> emitters = new ArrayList<>();

    private final AtomicLong emitted = new AtomicLong();

    /**
     * A publisher that emits so many on a thread of its own when it is asked or cancelled, without
     * looking at cancellation.
     */
    private Publisher<Integer> asynchronously(int n, boolean subscribedThere) {
        return subscriber -> {
            CountDownLatch asked = new CountDownLatch(1);
            Runnable subscribe =
                    () ->
                            subscriber.onSubscribe(
                                    new Subscription() {
                                        @Override
                                        public void request(long more) {
                                            asked.countDown();
                                        }

                                        @Override
                                        public void cancel() {
                                            asked.countDown();
                                        }
                                    });
            if (!subscribedThere) {
                subscribe.run();
            }
            Thread thread =
                    Thread.ofPlatform()
                            .start(() -> {
                                if (subscribedThere) {
                                    subscribe.run();
                                }
                                try {
                                    asked.await();
                                } catch (InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                                for (int i = 0; i < n; i++) {
                                    emitted.incrementAndGet();
                                    subscriber.onNext(i);
                                }
                                subscriber.onComplete();
                            });
            emitters.add(thread);
        };
    }

    @Test
    void nothingIsLeftBehindOnATaskThatGoesOn() {
        runner.run(() -> {
            for (int i = 0; i < 3; i++) {
                assertThat(all(iterate(Flux.just(1, 2)))).containsExactly(1, 2);
                try (var items = iterate(Flux.just(1, 2))) {
                    items.next();
                }
                FluxIterator<Integer> failing = iterate(Flux.error(new IOException("no")));
                assertThatThrownBy(failing::hasNext).hasMessage("no");
            }
            assertThat(currentTask().toString()).doesNotContain("FluxIterator");
        });
    }

    @Test
    void cleanUpStillIteratesWhileTheRunnerCloses() {
        AsyncGenerator<Integer> generator =
                AsyncGenerator.of(g -> {
                    try {
                        g.yield(1);
                    } finally {
                        log.addAll(all(iterate(Flux.range(2, 3).hide())));
                    }
                });
        runner.run(() -> {
            log.add(await(generator.anext()));
        });
        runner.close();
        assertThat(log).containsExactly(1, 2, 3, 4);
    }

    @Test
    void aClosedLoopIsNotTheEndOfTheElements() {
        EventLoop loop = Asyncio.newEventLoop(new VirtualClock());
        loop.setExceptionHandler((l, context) -> {}); // it says that the task was pending
        loop.createTask(
                Coroutine.of(() -> {
                    try {
                        await(sleep(Duration.ofHours(1)));
                    } finally {
                        try {
                            log.addAll(all(iterate(Flux.range(0, 3).hide())));
                        } catch (GeneratorExit e) {
                            log.add("exit");
                        }
                    }
                }),
                TaskOptions.DEFAULT);
        loop.runUntilComplete(sleep(Duration.ofMillis(1)));
        loop.close();
        assertThat(log).containsExactly("exit");
    }

    @Test
    void closingItOnAnotherThreadIsRefused() {
        runner.run(() -> {
            FluxIterator<Integer> items = iterate(watched(Flux.range(0, 10).hide()), 2);
            items.next();
            await(
                    Asyncio.toThread(() -> {
                        assertThatThrownBy(items::close)
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("callSoonThreadsafe");
                        return null;
                    }));
            assertThat(items.next()).isEqualTo(1);
            items.close();
            assertThat(cancels).hasValue(1);
        });
    }

    @Test
    void forAnotherTaskItIsNotAtItsEndWhenItsOwnHasEnded() {
        runner.run(() -> {
            FluxIterator<Integer> items = iterate(watched(Flux.range(0, 10).hide()), 2);
            assertThat(await(createTask(items::next))).isZero();
            await(sleep(Duration.ofMillis(1)));
            assertThat(cancels).hasValue(1);
            assertThatThrownBy(items::hasNext)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("belongs to");
        });
    }

    @Test
    void aSubscriptionThatComesAfterSubscribeHasThrownIsCancelled() {
        AtomicReference<Subscriber<? super Integer>> late = new AtomicReference<>();
        Publisher<Integer> throwing =
                subscriber -> {
                    late.set(subscriber);
                    throw new IllegalStateException("no");
                };
        runner.run(() -> {
            FluxIterator<Integer> items = iterate(throwing);
            assertThatThrownBy(items::hasNext).isInstanceOf(ProtocolViolationException.class);
            watched(Flux.<Integer>never()).subscribe(late.get());
            assertThat(cancels).hasValue(1);
            assertThat(requests).isEmpty();
        });
    }

    @Test
    void aPublisherThatNeverCallsOnSubscribeIsGivenUpAfterAWhile() {
        Hand<Integer> source = Hand.mute();
        runner.run(() -> {
            FluxIterator<Integer> items = iterate(source);
            assertThatThrownBy(items::hasNext)
                    .isInstanceOf(ProtocolViolationException.class)
                    .hasMessageContaining("1.9")
                    .hasMessageContaining("onSubscribe wasn't called within 30 s");
            assertThat(items.hasNext()).isFalse();
        });
        assertThat(runner.clock.time()).isEqualTo(PublisherAwait.GRACE);
        source.subscriber.onSubscribe(source);
        assertThat(source.cancels).hasValue(1);
        assertThat(source.requests).isEmpty();
        assertThat(Subscriptions.of(runner.loop()).size()).isZero();
    }

    @Test
    void onSubscribeThatComesInTimeEndsTheGracePeriod() {
        Hand<Integer> source = Hand.mute();
        runner.run(() -> {
            FluxIterator<Integer> items = iterate(source);
            Task<Integer> task = createTask(items::next);
            await(sleep(Duration.ofSeconds(29)));
            source.subscriber.onSubscribe(source);
            await(sleep(Duration.ofDays(1)));
            assertThat(task.done()).isFalse();
            source.subscriber.onNext(1);
            assertThat(await(task)).isEqualTo(1);
        });
    }

    @Test
    void theTimerOfTheGracePeriodGoesWithTheTask() {
        Hand<Integer> source = Hand.mute();
        runner.run(() -> {
            Task<Integer> task = createTask(iterate(source)::next);
            await(sleep(Duration.ZERO));
            task.cancel();
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
            await(sleep(PublisherAwait.GRACE.multipliedBy(2)));
        });
        source.subscriber.onSubscribe(source);
        assertThat(source.cancels).hasValue(1);
    }

    @Test
    void anErrorThatCameBeforeItWasClosedElsewhereIsToldOnce() {
        Hooks.onErrorDropped(log::add);
        IOException error = new IOException("too late");
        runner.run(() -> {
            Hand<Integer> source = Hand.ready();
            FluxIterator<Integer> items = iterate(source);
            Task<Boolean> task = createTask(items::hasNext);
            await(sleep(Duration.ofMillis(1)));
            source.subscriber.onError(error);
            items.close();
            assertThat(await(task)).isFalse();
        });
        assertThat(log).containsExactly(error);
    }

    @Test
    void onceClosedItDoesNotPollItsSourceAnyMore() {
        runner.run(() -> {
            Clearing source = new Clearing();
            FluxIterator<Integer> items = iterate(source);
            Task<Boolean> task = createTask(items::hasNext);
            await(sleep(Duration.ofMillis(1)));
            source.calls.clear();
            items.close();
            assertThat(await(task)).isFalse();
            assertThat(source.calls).containsExactly("cancel", "clear");
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatComesJustBeforeTheTaskWaitsIsSeen(boolean element) {
        BeforeWaiting loop = new BeforeWaiting();
        try (ReactorRunner own = ReactorRunner.builder().loopFactory(() -> loop).build()) {
            Hand<Integer> source = Hand.ready();
            source.onRequest =
                    () ->
                            loop.meanwhile =
                                    () -> {
                                        if (element) {
                                            source.subscriber.onNext(1);
                                        } else {
                                            source.subscriber.onComplete();
                                        }
                                    };
            own.run(() -> {
                FluxIterator<Integer> items = iterate(source);
                Task<Boolean> task = createTask(items::hasNext);
                await(sleep(Duration.ofMillis(1)));
                assertThat(task.done()).isTrue();
                assertThat(await(task)).isEqualTo(element);
            });
        }
    }

    @Test
    void oneThreadAtATimeDiscardsAndSeesWhatTheOtherHasPutIn() {
        runner.run(() -> {
            Clearing source = new Clearing();
            FluxIterator<Integer> items = iterate(source);
            Task<Boolean> task = createTask(items::hasNext);
            await(sleep(Duration.ofMillis(1)));
            source.calls.clear();
            source.onFirstClear =
                    () -> {
                        Thread publisher =
                                Thread.ofPlatform().start(() -> source.subscriber.onNext(null));
                        publisher.join();
                        source.calls.add("published");
                    };
            items.close();
            assertThat(await(task)).isFalse();
            assertThat(source.calls).containsExactly("cancel", "clear", "published", "clear");
        });
    }

    /** A source with a queue of its own in which nothing is yet. */
    private static final class Clearing extends Flux<Integer> implements Fuseable {

        private final List<String> calls = new CopyOnWriteArrayList<>();

        private @Nullable Meanwhile onFirstClear;

        private CoreSubscriber<? super Integer> subscriber;

        private interface Meanwhile {
            void run() throws InterruptedException;
        }

        @Override
        public void subscribe(CoreSubscriber<? super Integer> actual) {
            subscriber = actual;
            actual.onSubscribe(
                    new QueueSubscription<Integer>() {
                        @Override
                        public int requestFusion(int mode) {
                            return mode & ASYNC;
                        }

                        @Override
                        public Integer poll() {
                            calls.add("poll");
                            return null;
                        }

                        @Override
                        public boolean isEmpty() {
                            return true;
                        }

                        @Override
                        public int size() {
                            return 0;
                        }

                        @Override
                        public void request(long n) {
                            calls.add("request");
                        }

                        @Override
                        public void cancel() {
                            calls.add("cancel");
                        }

                        @Override
                        public void clear() {
                            calls.add("clear");
                            Meanwhile once = onFirstClear;
                            onFirstClear = null;
                            if (once != null) {
                                try {
                                    once.run();
                                } catch (InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                            }
                        }
                    });
        }
    }

    @Test
    void aFusedSourcesOwnCodeMayCloseIt() {
        runner.runDiscarding(() -> {
            AtomicReference<FluxIterator<Integer>> items = new AtomicReference<>();
            items.set(
                    iterate(
                            Flux.fromStream(
                                    Stream.of(1, 2, 3, 4)
                                            .peek(item -> {
                                                if (item == 3) {
                                                    items.get().close();
                                                }
                                            }))));
            for (Integer item : items.get()) {
                log.add(item);
            }
        });
        assertThat(log).containsExactly(1, 2);
        assertThat(runner.discarded).containsExactlyInAnyOrder(3, 4);
    }

    @Test
    void theSourcesOwnCodeMayCloseIt() {
        runner.runDiscarding(() -> {
            AtomicReference<FluxIterator<Integer>> items = new AtomicReference<>();
            items.set(
                    iterate(
                            Flux.range(1, 100)
                                    .hide()
                                    .doOnNext(item -> {
                                        if (item == 6) {
                                            items.get().close();
                                        }
                                    }),
                            4));
            items.get().forEach(log::add);
            assertThat(items.get().hasNext()).isFalse();
        });
        assertThat(log).containsExactly(1, 2);
        assertThat(runner.discarded).contains(3, 4, 5);
    }
}
