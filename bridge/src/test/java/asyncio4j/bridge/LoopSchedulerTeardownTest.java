package asyncio4j.bridge;

import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.await;
import static asyncio4j.bridge.Bridge.mono;
import static asyncio4j.bridge.Bridge.untilClosed;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.Asyncio;
import asyncio4j.EventLoop;
import asyncio4j.bridge.testing.Dropped;
import asyncio4j.bridge.testing.Received;
import asyncio4j.bridge.testing.Threads;
import asyncio4j.bridge.testing.VirtualReactorRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.publisher.PublisherProbe;
import reactor.test.publisher.TestPublisher;
import reactor.util.retry.Retry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What waits for a {@link LoopScheduler} when its loop is closed is ended: the source is cancelled,
 * and the subscriber told.
 */
class LoopSchedulerTeardownTest {

    private static final Duration DAY = Duration.ofDays(1);

    private static final Duration LONG = Duration.ofSeconds(15);

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualReactorRunner virtual = new VirtualReactorRunner();

    private final EventLoop loop = virtual.loop();

    private final LoopScheduler scheduler = LoopScheduler.of(loop);

    private final Dropped dropped = new Dropped();

    /** A source with nothing to say. */
    private final PublisherProbe<Integer> silent = PublisherProbe.of(Flux.never());

    /** One element, and no more. */
    private final PublisherProbe<Integer> one =
            PublisherProbe.of(Flux.just(1).hide().concatWith(Flux.never()));

    /** What clean-up did, in order. */
    private final List<String> cleaned = new ArrayList<>();

    @AfterEach
    void close() {
        dropped.close();
        virtual.close();
        Schedulers.resetOnScheduleHooks();
    }

    private static <T> Received<T> subscribe(Publisher<T> publisher) {
        Received<T> received = new Received<>();
        publisher.subscribe(received);
        return received;
    }

    /** What is made of a source, by a scheduler; and whether the source has to speak before. */
    enum Over {
        PUBLISH_ON(false) {
            @Override
            Publisher<?> of(Flux<Integer> source, Scheduler on) {
                return source.publishOn(on);
            }
        },
        PUBLISH_ON_FOR_CONDITIONAL_SUBSCRIBERS(false) {
            @Override
            Publisher<?> of(Flux<Integer> source, Scheduler on) {
                return source.publishOn(on).filter(i -> true);
            }
        },
        PUBLISH_ON_FUSED(false) {
            @Override
            Publisher<?> of(Flux<Integer> source, Scheduler on) {
                return source.publishOn(on).publishOn(on).map(i -> i);
            }
        },
        PUBLISH_ON_TWICE(false) {
            @Override
            Publisher<?> of(Flux<Integer> source, Scheduler on) {
                return source.publishOn(on).hide().publishOn(on);
            }
        },
        RUN_ON(false) {
            @Override
            Publisher<?> of(Flux<Integer> source, Scheduler on) {
                return source.parallel(3).runOn(on).sequential();
            }
        },
        SUBSCRIBE_ON(false) {
            @Override
            Publisher<?> of(Flux<Integer> source, Scheduler on) {
                return source.subscribeOn(on);
            }
        },
        MONO_SUBSCRIBE_ON(false) {
            @Override
            Publisher<?> of(Flux<Integer> source, Scheduler on) {
                return source.then().subscribeOn(on);
            }
        },
        BOTH(false) {
            @Override
            Publisher<?> of(Flux<Integer> source, Scheduler on) {
                return source.subscribeOn(on).publishOn(on);
            }
        },
        BOTH_THE_OTHER_WAY_ROUND(false) {
            @Override
            Publisher<?> of(Flux<Integer> source, Scheduler on) {
                return source.publishOn(on).map(i -> i).subscribeOn(on);
            }
        },
        DELAY_ELEMENTS(true) {
            @Override
            Publisher<?> of(Flux<Integer> source, Scheduler on) {
                return source.delayElements(DAY, on);
            }
        },
        TIMEOUT(false) {
            @Override
            Publisher<?> of(Flux<Integer> source, Scheduler on) {
                return source.timeout(DAY, on);
            }
        },
        MONO_TIMEOUT(false) {
            @Override
            Publisher<?> of(Flux<Integer> source, Scheduler on) {
                return source.then().timeout(DAY, on);
            }
        },
        TAKE(false) {
            @Override
            Publisher<?> of(Flux<Integer> source, Scheduler on) {
                return source.take(DAY, on);
            }
        },
        SKIP(false) {
            @Override
            Publisher<?> of(Flux<Integer> source, Scheduler on) {
                return source.skip(DAY, on);
            }
        },
        SAMPLE(false) {
            @Override
            Publisher<?> of(Flux<Integer> source, Scheduler on) {
                return source.sample(Flux.interval(SECOND, on));
            }
        },
        BUFFER(false) {
            @Override
            Publisher<?> of(Flux<Integer> source, Scheduler on) {
                return source.buffer(DAY, on);
            }
        },
        WINDOW(false) {
            @Override
            Publisher<?> of(Flux<Integer> source, Scheduler on) {
                return source.window(DAY, on).concatMap(window -> Mono.never());
            }
        },
        MERGE(false) {
            @Override
            Publisher<?> of(Flux<Integer> source, Scheduler on) {
                return source.map(Integer::longValue).mergeWith(Flux.interval(SECOND, on));
            }
        };

        final boolean speaks;

        Over(boolean speaks) {
            this.speaks = speaks;
        }

        abstract Publisher<?> of(Flux<Integer> source, Scheduler on);
    }

    private void assertTold(Received<?> received) {
        assertThat(received.errors)
                .singleElement()
                .satisfies(error -> {
                    if (!(error instanceof TimeoutException)) { // what a rejected timer stands for
                        assertClosed(error);
                    }
                });
        assertThat(received.completions).hasValue(0);
    }

    private static void assertClosed(Throwable error) {
        assertThat(error)
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("the event loop was closed");
    }

    private void assertNothingIsLeft() {
        assertThat(Subscriptions.of(loop).size()).isZero();
        assertThat(Scannable.from(scheduler).scan(Scannable.Attr.BUFFERED)).isZero();
        assertThat(virtual.reports).isEmpty();
        assertNothingIsDropped();
    }

    private void assertNothingIsDropped() {
        assertThat(dropped.errors).isEmpty();
        assertThat(dropped.elements).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void theSourceIsCancelledAndTheSubscriberTold(Over operator) {
        PublisherProbe<Integer> source = operator.speaks ? one : silent;
        List<Received<?>> received = new ArrayList<>();
        virtual.run(() -> {
            received.add(subscribe(operator.of(source.flux(), scheduler)));
            Asyncio.await(sleep(SECOND));
        });
        source.assertWasSubscribed();
        source.assertWasNotCancelled();
        assertThat(received.getFirst().ends()).isZero();
        virtual.close();
        source.assertWasCancelled();
        assertTold(received.getFirst());
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @EnumSource
    void soAreThoseOfOtherThreads(Over operator) {
        PublisherProbe<Integer> source = operator.speaks ? one : silent;
        List<Received<?>> received = new ArrayList<>();
        virtual.run(() -> {
            Threads.elsewhere(() -> received.add(subscribe(operator.of(source.flux(), scheduler))));
            Asyncio.await(sleep(Duration.ZERO));
        });
        assertThat(received.getFirst().ends()).isZero();
        virtual.close();
        source.assertWasCancelled();
        assertTold(received.getFirst());
        assertNothingIsLeft();
    }

    /** By the thread that closes it; whether the loop has run at all or not. */
    @ParameterizedTest
    @EnumSource
    void soAreThoseOfALoopThatIsClosedWithoutARunner(Over operator) {
        for (int turns = 0; turns < 3; turns++) {
            EventLoop own = Asyncio.newEventLoop();
            PublisherProbe<Integer> source =
                    PublisherProbe.of(
                            operator.speaks
                                    ? Flux.just(1).hide().concatWith(Flux.never())
                                    : Flux.never());
            Received<?> received = subscribe(operator.of(source.flux(), LoopScheduler.of(own)));
            for (int turn = 0; turn < turns; turn++) {
                own.callSoon(own::stop);
                own.runForever();
            }
            own.close();
            if (source.wasSubscribed()) {
                source.assertWasCancelled();
            }
            assertTold(received);
            assertThat(Subscriptions.of(own).size()).isZero();
            assertNothingIsDropped();
        }
    }

    /** What waits by itself, without a source that could be cancelled. */
    enum Alone {
        DELAY {
            @Override
            Publisher<?> of(Scheduler on) {
                return Mono.delay(DAY, on);
            }
        },
        INTERVAL {
            @Override
            Publisher<?> of(Scheduler on) {
                return Flux.interval(Duration.ofMillis(300), on);
            }
        },
        DELAY_ELEMENT {
            @Override
            Publisher<?> of(Scheduler on) {
                return Mono.just(1).delayElement(DAY, on);
            }
        },
        DELAY_SUBSCRIPTION {
            @Override
            Publisher<?> of(Scheduler on) {
                return Flux.just(1).delaySubscription(DAY, on);
            }
        },
        MONO_DELAY_SUBSCRIPTION {
            @Override
            Publisher<?> of(Scheduler on) {
                return Mono.just(1).delaySubscription(DAY, on);
            }
        },
        DELAY_UNTIL {
            @Override
            Publisher<?> of(Scheduler on) {
                return Mono.just(1).delayUntil(i -> Mono.delay(DAY, on));
            }
        },
        RETRY_BACKOFF {
            @Override
            Publisher<?> of(Scheduler on) {
                return Flux.error(new IllegalStateException())
                        .retryWhen(Retry.fixedDelay(3, DAY).scheduler(on));
            }
        },
        REPEAT_WHEN {
            @Override
            Publisher<?> of(Scheduler on) {
                return Flux.just(1).repeatWhen(ends -> ends.delayElements(DAY, on));
            }
        },
        CACHE {
            @Override
            Publisher<?> of(Scheduler on) {
                return Mono.just(1).cache(DAY, on).then(Mono.delay(DAY, on));
            }
        };

        abstract Publisher<?> of(Scheduler on);
    }

    @ParameterizedTest
    @EnumSource
    void whoWaitsForATimeIsTold(Alone operator) {
        List<Received<?>> received = new ArrayList<>();
        virtual.run(() -> {
            received.add(subscribe(operator.of(scheduler)));
            Threads.elsewhere(() -> received.add(subscribe(operator.of(scheduler))));
            Asyncio.await(sleep(SECOND));
        });
        assertThat(received).allMatch(each -> each.ends() == 0);
        virtual.close();
        assertThat(received).hasSize(2).allSatisfy(this::assertTold);
        assertNothingIsLeft();
    }

    @Test
    void whoWaitsForATimeIsToldWhenTheLoopIsClosedWithoutARunner() {
        EventLoop own = Asyncio.newEventLoop();
        List<Received<?>> received = new ArrayList<>();
        for (Alone operator : Alone.values()) {
            received.add(subscribe(operator.of(LoopScheduler.of(own))));
        }
        own.close();
        assertThat(received).allSatisfy(this::assertTold);
        assertThat(Subscriptions.of(own).size()).isZero();
    }

    /** Work without a delay, which the loop drops. */
    @Test
    void whatWasDroppedIsToldSo() {
        EventLoop own = Asyncio.newEventLoop();
        Scheduler on = LoopScheduler.of(own);
        TestPublisher<Integer> source = TestPublisher.create();
        List<Received<?>> received =
                List.of(
                        subscribe(Flux.just(1, 2).hide().publishOn(on)),
                        subscribe(Mono.just(1).publishOn(on)),
                        subscribe(Mono.just(1).hide().publishOn(on)),
                        subscribe(Flux.just(1).subscribeOn(on)),
                        subscribe(Mono.fromCallable(() -> 1).subscribeOn(on)));
        Received<Integer> empty = subscribe(Mono.<Integer>empty().publishOn(on));
        Received<Integer> cancelled = subscribe(source.flux().cancelOn(on));
        cancelled.subscription.cancel();
        source.assertNotCancelled();
        own.close();
        assertThat(received).allSatisfy(this::assertTold);
        assertThat(empty.completions).hasValue(1);
        source.assertCancelled();
        assertThat(cancelled.ends()).isZero();
        assertThat(dropped.errors).isEmpty();
    }

    @Test
    void theSubscriberIsToldOnTheLoop() {
        List<EventLoop> loops = new ArrayList<>();
        virtual.run(() -> {
            for (Publisher<?> publisher :
                    List.of(
                            silent.flux().publishOn(scheduler),
                            silent.flux().subscribeOn(scheduler),
                            Mono.delay(DAY, scheduler))) {
                Flux.from(publisher)
                        .doOnError(error -> loops.add(Asyncio.getRunningLoop()))
                        .subscribe(element -> {}, error -> {});
            }
            Asyncio.await(sleep(SECOND));
        });
        virtual.close();
        assertThat(loops).containsExactly(loop, loop, loop);
    }

    @Test
    void whatASourceHasSaidArrivesBefore() {
        Sinks.Many<Integer> sink = Sinks.many().unicast().onBackpressureBuffer();
        Received<Integer> received = subscribe(sink.asFlux().publishOn(scheduler));
        virtual.run(() -> {});
        for (int i = 0; i < 1_000; i++) {
            sink.tryEmitNext(i).orThrow();
        }
        virtual.close();
        assertThat(received.elements).hasSize(1_000);
        assertTold(received);
        assertNothingIsLeft();
    }

    @Test
    void whoWasCancelledOrHasEndedIsNotToldAndNotKept() {
        List<Received<?>> received = new ArrayList<>();
        virtual.run(() -> {
            for (Over operator : Over.values()) {
                if (operator == Over.WINDOW) {
                    continue; // an open window keeps its timer, whoever has cancelled
                }
                if (operator != Over.DELAY_ELEMENTS) {
                    received.add(subscribe(operator.of(Flux.just(1, 2), scheduler)));
                }
                Received<?> left = subscribe(operator.of(Flux.never(), scheduler));
                Asyncio.await(sleep(Duration.ZERO));
                left.subscription.cancel();
                received.add(left);
            }
            for (Alone operator : EnumSet.complementOf(EnumSet.of(Alone.CACHE))) {
                Received<?> left = subscribe(operator.of(scheduler));
                Asyncio.await(sleep(Duration.ZERO));
                left.subscription.cancel();
                received.add(left);
            }
            Asyncio.await(sleep(SECOND));
            received.forEach(each -> each.subscription.cancel());
            Asyncio.await(sleep(SECOND));
            assertThat(Subscriptions.of(loop).size()).isZero();
            assertThat(Scannable.from(scheduler).scan(Scannable.Attr.BUFFERED)).isZero();
        });
        virtual.close();
        assertThat(received).allSatisfy(each -> assertThat(each.errors).isEmpty());
        assertNothingIsLeft();
    }

    @Test
    void aSchedulerThatIsForgottenIsNotWhileAPipelineWaitsForIt() {
        Received<Integer> received = subscribe(silent.flux().publishOn(LoopScheduler.of(loop)));
        virtual.run(() -> Asyncio.await(sleep(SECOND)));
        assertThat(Subscriptions.of(loop).size()).isOne();
        virtual.close();
        assertTold(received);
        silent.assertWasCancelled();
    }

    @Test
    void disposingOfTheSchedulerTellsNobodyAsReactorsDo() {
        Received<Integer> received = subscribe(silent.flux().publishOn(scheduler));
        Received<Long> delayed = subscribe(Mono.delay(DAY, scheduler));
        virtual.run(() -> Asyncio.await(sleep(SECOND)));
        scheduler.dispose();
        assertThat(Subscriptions.of(loop).size()).isZero();
        virtual.close();
        assertThat(received.ends() + delayed.ends()).isZero();
    }

    @Test
    void hooksAroundTheWorkDoNotHideIt() {
        Schedulers.onScheduleHook("test", task -> () -> task.run());
        Received<Integer> received = subscribe(silent.flux().publishOn(scheduler));
        Received<Long> delayed = subscribe(Mono.delay(DAY, scheduler));
        virtual.close();
        assertTold(received);
        assertTold(delayed);
        silent.assertWasCancelled();
    }

    /** Its source may be about to say something on another thread. */
    @Test
    void whereTheSourceMayBeSpeakingTheErrorIsDropped() {
        TestPublisher<Integer> many = TestPublisher.create();
        TestPublisher<Integer> single = TestPublisher.create();
        Sinks.Many<Integer> sink = Sinks.many().multicast().directBestEffort();
        List<Received<?>> received = new ArrayList<>();
        virtual.run(() -> {
            received.add(subscribe(many.flux().subscribeOn(scheduler)));
            received.add(subscribe(single.mono().subscribeOn(scheduler)));
            received.add(subscribe(sink.asFlux().map(i -> i).subscribeOn(scheduler)));
            received.add(
                    subscribe(
                            Flux.just(1)
                                    .hide()
                                    .flatMap(i -> sink.asFlux())
                                    .subscribeOn(scheduler)));
            Asyncio.await(sleep(SECOND));
        });
        virtual.close();
        many.assertCancelled();
        single.assertCancelled();
        assertThat(sink.currentSubscriberCount()).isZero();
        assertThat(received).allMatch(each -> each.ends() == 0);
        assertThat(dropped.errors).hasSize(4).allSatisfy(LoopSchedulerTeardownTest::assertClosed);
    }

    @Test
    void whatOnlyGoesByTheLoopIsToldBySubscribeOnToo() {
        List<Received<?>> received = new ArrayList<>();
        virtual.run(() -> {
            received.add(subscribe(Flux.range(1, 10).hide().subscribeOn(scheduler), 1));
            received.add(subscribe(Mono.delay(DAY, scheduler).map(i -> i).subscribeOn(scheduler)));
            received.add(subscribe(Flux.interval(SECOND, scheduler).subscribeOn(scheduler)));
            Asyncio.await(sleep(SECOND));
        });
        virtual.close();
        assertThat(received).hasSize(3).allSatisfy(this::assertTold);
        assertNothingIsLeft();
    }

    private static <T> Received<T> subscribe(Flux<T> flux, long demand) {
        return flux.subscribeWith(new Received<>(demand, reactor.util.context.Context.empty()));
    }

    /** An operator of somebody else's, which hands in itself. */
    private static final class Foreign implements Subscription, Scannable, Runnable {

        final CoreSubscriber<?> actual;

        int cancelled;

        Foreign(CoreSubscriber<?> actual) {
            this.actual = actual;
        }

        @Override
        public void request(long n) {
            throw new AssertionError("asked for more");
        }

        @Override
        public void cancel() {
            cancelled++;
        }

        @Override
        public void run() {}

        @Override
        @SuppressWarnings("rawtypes") // as Reactor declares it
        public Object scanUnsafe(Attr key) {
            return key == Attr.ACTUAL ? actual : null;
        }
    }

    @Test
    void anOperatorThatIsNotKnownIsCancelledAndItsErrorDropped() {
        List<Foreign> operators = new ArrayList<>();
        Received<Object> received = new Received<>();
        for (int i = 0; i < 3; i++) {
            operators.add(new Foreign(received));
        }
        scheduler.schedule(operators.get(0), 1, TimeUnit.DAYS);
        scheduler.createWorker().schedule(operators.get(1));
        scheduler.createWorker().schedulePeriodically(operators.get(2), 1, 1, TimeUnit.DAYS);
        virtual.run(() -> {});
        virtual.close();
        assertThat(operators).allMatch(operator -> operator.cancelled == 1);
        assertThat(received.ends()).isZero();
        assertThat(dropped.errors).hasSize(3).allSatisfy(LoopSchedulerTeardownTest::assertClosed);
    }

    /** The documentation names those. */
    @Test
    void whatHandsInOtherThingsThanItselfNeedsToBeTiedToTheLoop() {
        List<Received<?>> bare = new ArrayList<>();
        List<Received<?>> tied = new ArrayList<>();
        virtual.run(() -> {
            for (Flux<?> flux :
                    List.of(
                            one.flux().bufferTimeout(10, DAY, scheduler),
                            one.flux().bufferTimeout(10, DAY, scheduler, true),
                            one.flux().windowTimeout(10, DAY, scheduler),
                            one.flux().delaySequence(DAY, scheduler),
                            Mono.never().publishOn(scheduler).flux(),
                            one.flux().publishOn(Schedulers.single(scheduler)))) {
                bare.add(subscribe(flux));
                tied.add(subscribe(untilClosed(loop, flux)));
            }
            Asyncio.await(sleep(SECOND));
        });
        virtual.close();
        assertThat(bare).allMatch(each -> each.ends() == 0);
        assertThat(tied)
                .allSatisfy(each ->
                        assertThat(each.errors)
                                .singleElement()
                                .isInstanceOf(CancellationException.class));
    }

    // Clean-up that takes time

    /** Its cancel hook is {@code hook}. */
    private static Flux<Integer> withHook(Mono<Void> hook) {
        return Flux.usingWhen(
                Mono.just("resource"),
                resource -> Flux.<Integer>never(),
                resource -> Mono.error(new AssertionError("completed")),
                (resource, error) -> Mono.error(new AssertionError("failed")),
                resource -> hook);
    }

    /** Takes {@code time}, and goes by the scheduler too. */
    private Mono<Void> hook(String name, Duration time) {
        return mono(
                loop,
                () -> {
                    try {
                        Asyncio.await(sleep(time));
                        await(Mono.delay(SECOND, scheduler));
                        await(Flux.just(1).hide().publishOn(scheduler).then());
                        Threads.elsewhere(() -> scheduler.schedule(() -> cleaned.add("elsewhere")));
                        Asyncio.await(sleep(SECOND));
                        cleaned.add(name);
                    } finally {
                        Asyncio.await(sleep(SECOND));
                        cleaned.add(name + " is over");
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cancelHooksThatTakeTimeAreOver(boolean publish) {
        Mono<Void> hook = hook("first", LONG).then(hook("second", LONG));
        Flux<Integer> source = withHook(hook);
        virtual.run(() -> {
            subscribe(publish ? source.publishOn(scheduler) : source.subscribeOn(scheduler));
            Asyncio.await(sleep(SECOND));
        });
        virtual.close();
        assertThat(cleaned)
                .containsExactly(
                        "elsewhere",
                        "first",
                        "first is over",
                        "elsewhere",
                        "second",
                        "second is over");
        assertThat(loop.allTasks()).isEmpty();
        assertThat(virtual.reports).isEmpty();
    }

    @Test
    void soAreHooksThatSubscribeByThemselves() {
        Flux<Integer> source =
                Flux.<Integer>never().doOnCancel(() -> hook("hook", LONG).subscribe());
        virtual.run(() -> {
            subscribe(source.publishOn(scheduler));
            Asyncio.await(sleep(SECOND));
        });
        virtual.close();
        assertThat(cleaned).containsExactly("elsewhere", "hook", "hook is over");
        assertNothingIsLeft();
    }

    /** An error may be an occasion to clean up, or to start anew: that isn't waited for as long. */
    @Test
    void whatAnErrorSetsOffHasTenSeconds() {
        virtual.run(() -> {
            subscribe(withHook(hook("short", SECOND)).timeout(DAY, scheduler));
            subscribe(withHook(hook("long", LONG)).timeout(DAY, scheduler));
            subscribe(
                    Mono.delay(DAY, scheduler)
                            .onErrorResume(e -> hook("resumed", SECOND).cast(Long.class)));
            Asyncio.await(sleep(SECOND));
        });
        Duration before = loop.time();
        virtual.close();
        assertThat(loop.time().minus(before))
                .isBetween(Duration.ofSeconds(10), Duration.ofMinutes(1));
        assertThat(cleaned)
                .containsExactlyInAnyOrder(
                        "elsewhere",
                        "short",
                        "short is over",
                        "elsewhere",
                        "resumed",
                        "resumed is over",
                        "long is over");
        assertThat(loop.allTasks()).isEmpty();
    }

    @Test
    void anErrorInOneDoesNotSkipTheNext() {
        List<Received<?>> received = new ArrayList<>();
        List<Received<?>> failing = new ArrayList<>();
        virtual.run(() -> {
            for (int i = 0; i < 20; i++) {
                received.add(subscribe(silent.flux().publishOn(scheduler)));
                received.add(subscribe(Mono.delay(DAY, scheduler)));
                Flux.never()
                        .doOnCancel(() -> {
                            throw new IllegalStateException("cancel hook");
                        })
                        .publishOn(scheduler)
                        .subscribe(new Received<>());
                failing.add(Flux.<Object>never().publishOn(scheduler).subscribeWith(new Failing()));
                failing.add(
                        Flux.interval(DAY, scheduler)
                                .cast(Object.class)
                                .subscribeWith(new Failing()));
                failing.add(
                        Mono.delay(DAY, scheduler).cast(Object.class).subscribeWith(new Failing()));
            }
            Asyncio.await(sleep(SECOND));
        });
        virtual.close();
        assertThat(received).allSatisfy(this::assertTold);
        assertThat(failing).allSatisfy(this::assertTold);
        assertThat(Subscriptions.of(loop).size()).isZero();
    }

    private static final class Failing extends Received<Object> {

        @Override
        public void onError(Throwable error) {
            super.onError(error);
            throw new IllegalStateException("subscriber");
        }
    }

    // What starts anew

    /** Never says anything, and counts. */
    private static final class Counted {

        int opened;

        int cancelled;

        final Flux<Integer> flux =
                Flux.<Integer>never().doOnSubscribe(s -> opened++).doOnCancel(() -> cancelled++);
    }

    enum Again {
        PUBLISH_ON {
            @Override
            Publisher<?> of(LoopSchedulerTeardownTest t, Flux<Integer> source) {
                return source.publishOn(t.scheduler).retry();
            }
        },
        SUBSCRIBE_ON {
            @Override
            Publisher<?> of(LoopSchedulerTeardownTest t, Flux<Integer> source) {
                return source.subscribeOn(t.scheduler).retry();
            }
        },
        TIMEOUT {
            @Override
            Publisher<?> of(LoopSchedulerTeardownTest t, Flux<Integer> source) {
                return source.timeout(DAY, t.scheduler).retry();
            }
        },
        DELAY {
            @Override
            Publisher<?> of(LoopSchedulerTeardownTest t, Flux<Integer> source) {
                return source.mergeWith(Mono.delay(DAY, t.scheduler).thenReturn(1)).retry();
            }
        },
        INTERVAL {
            @Override
            Publisher<?> of(LoopSchedulerTeardownTest t, Flux<Integer> source) {
                return Flux.interval(DAY, t.scheduler).retry();
            }
        },
        DELAY_ELEMENT {
            @Override
            Publisher<?> of(LoopSchedulerTeardownTest t, Flux<Integer> source) {
                return Mono.just(1).delayElement(DAY, t.scheduler).repeat().retry();
            }
        },
        SOURCE_THAT_FAILS {
            @Override
            Publisher<?> of(LoopSchedulerTeardownTest t, Flux<Integer> source) {
                return Flux.error(new IllegalStateException()).publishOn(t.scheduler).retry();
            }
        },
        COROUTINE {
            @Override
            Publisher<?> of(LoopSchedulerTeardownTest t, Flux<Integer> source) {
                return t.waiting().retry();
            }
        },
        COROUTINE_THEN_DELAY {
            @Override
            Publisher<?> of(LoopSchedulerTeardownTest t, Flux<Integer> source) {
                return t.waiting().then(Mono.delay(DAY, t.scheduler)).retry();
            }
        },
        DELAY_THEN_COROUTINE {
            @Override
            Publisher<?> of(LoopSchedulerTeardownTest t, Flux<Integer> source) {
                return Mono.delay(DAY, t.scheduler).then(t.waiting()).retry();
            }
        },
        DELAY_OR_COROUTINE {
            @Override
            Publisher<?> of(LoopSchedulerTeardownTest t, Flux<Integer> source) {
                return Mono.delay(DAY, t.scheduler)
                        .onErrorResume(e -> t.waiting().thenReturn(1L))
                        .retry();
            }
        },
        GENERATOR {
            @Override
            Publisher<?> of(LoopSchedulerTeardownTest t, Flux<Integer> source) {
                return Bridge.flux(
                                t.loop,
                                g -> {
                                    g.yield(1);
                                    Asyncio.await(sleep(DAY));
                                })
                        .retry();
            }
        };

        abstract Publisher<?> of(LoopSchedulerTeardownTest t, Flux<Integer> source);
    }

    private Mono<Void> waiting() {
        return mono(
                loop,
                () -> {
                    Asyncio.await(sleep(DAY));
                });
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(20)
    void aPipelineThatStartsAnewIsCancelledInTheEnd(Again operator) {
        Counted source = new Counted();
        List<Received<?>> received = new ArrayList<>();
        virtual.run(() -> {
            received.add(subscribe(operator.of(this, source.flux)));
            for (int i = 0; i < 10; i++) {
                Asyncio.await(sleep(Duration.ZERO));
            }
        });
        virtual.close();
        assertThat(received).allMatch(each -> each.ends() == 0);
        assertThat(loop.time()).isLessThan(Duration.ofMinutes(1));
        assertThat(source.opened - source.cancelled)
                .isEqualTo(operator == Again.TIMEOUT ? 1 : 0); // nothing leads from timer to source
        assertThat(Subscriptions.of(loop).size()).isZero();
    }

    @Test
    void soItIsWhenTheLoopIsClosedWithoutARunner() {
        EventLoop own = Asyncio.newEventLoop();
        Scheduler on = LoopScheduler.of(own);
        Counted source = new Counted();
        List<Publisher<?>> again =
                List.of(
                        source.flux.publishOn(on).retry(),
                        source.flux.mergeWith(Mono.delay(DAY, on).thenReturn(1)).retry(),
                        Mono.delay(DAY, on).retry(),
                        mono(own, () -> Asyncio.await(sleep(DAY))).retry());
        List<Received<?>> received = new ArrayList<>();
        again.forEach(publisher -> received.add(subscribe(publisher)));
        own.close();
        assertThat(received).allMatch(each -> each.ends() == 0);
        assertThat(source.cancelled).isEqualTo(source.opened);
        assertThat(Subscriptions.of(own).size()).isZero();
    }
}
