package asyncio4j.bridge;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.untilClosed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.Asyncio;
import asyncio4j.EventLoop;
import asyncio4j.bridge.testing.Dropped;
import asyncio4j.bridge.testing.Received;
import asyncio4j.bridge.testing.Threads;
import asyncio4j.bridge.testing.VirtualReactorRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.test.publisher.PublisherProbe;
import reactor.test.publisher.TestPublisher;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Pipelines that go by a {@link LoopScheduler} when its loop is closed midway. */
class LoopSchedulerCloseTest {

    private final VirtualReactorRunner virtual = new VirtualReactorRunner();

    private final EventLoop loop = virtual.loop();

    private final LoopScheduler scheduler = LoopScheduler.of(loop);

    private final Dropped dropped = new Dropped();

    @AfterEach
    void close() {
        dropped.close();
        virtual.close();
        assertThat(virtual.reports).isEmpty();
    }

    @Test
    void whatIsOnItsWayStillArrives() {
        List<Received<?>> all = new ArrayList<>();
        virtual.run(() -> {});
        all.add(Flux.range(0, 1_000).publishOn(scheduler, 1).subscribeWith(new Received<>()));
        all.add(Flux.range(0, 1_000).subscribeOn(scheduler).subscribeWith(new Received<>()));
        all.add(
                Flux.range(0, 1_000)
                        .hide()
                        .publishOn(scheduler)
                        .publishOn(scheduler, 7)
                        .subscribeWith(new Received<>()));
        virtual.close();
        assertThat(all)
                .allSatisfy(received -> {
                    assertThat(received.elements).hasSize(1_000);
                    assertThat(received.completions).hasValue(1);
                    assertThat(received.errors).isEmpty();
                });
    }

    @Test
    void workersThatHaveMuchToDoDoItInTheirOrder() {
        List<Integer> done = new ArrayList<>();
        Scheduler.Worker worker = scheduler.createWorker();
        for (int i = 0; i < 500; i++) {
            int number = i;
            worker.schedule(() -> done.add(number));
        }
        virtual.close();
        assertThat(done).hasSize(500).isSorted();
    }

    @Test
    void aSourceThatHasMoreToSayIsCancelledAndItsSubscriberTold() {
        TestPublisher<Integer> source =
                TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
        Received<Integer> received =
                source.flux().publishOn(scheduler).subscribeWith(new Received<>());
        virtual.run(() -> {
            source.next(1);
            await(sleep(Duration.ofSeconds(1)));
        });
        source.assertNotCancelled();
        assertThat(received.ends()).isZero();
        virtual.close();
        source.assertCancelled();
        source.next(2);
        source.complete();
        assertThat(received.elements).containsExactly(1);
        assertThat(received.errors).singleElement().isInstanceOf(RejectedExecutionException.class);
        assertThat(received.completions).hasValue(0);
    }

    @Test
    void theEndOfTheSourceAfterTheCloseIsAnErrorToo() {
        TestPublisher<Integer> source = TestPublisher.create();
        Received<Integer> many = source.flux().publishOn(scheduler).subscribeWith(new Received<>());
        Received<Integer> one = source.mono().publishOn(scheduler).subscribeWith(new Received<>());
        virtual.close();
        source.complete();
        assertThat(List.of(many, one))
                .allSatisfy(received -> {
                    assertThat(received.errors)
                            .singleElement()
                            .isInstanceOf(RejectedExecutionException.class);
                    assertThat(received.completions).hasValue(0);
                });
    }

    @Test
    void whoSubscribesAfterTheCloseIsRefused() {
        virtual.close();
        PublisherProbe<Integer> source = PublisherProbe.of(Flux.just(1));
        assertThat(source.flux().subscribeOn(scheduler).subscribeWith(new Received<>()).errors)
                .singleElement()
                .isInstanceOf(RejectedExecutionException.class);
        source.assertWasNotSubscribed();
        assertThat(
                        Mono.delay(Duration.ofSeconds(1), scheduler)
                                .subscribeWith(new Received<>())
                                .errors)
                .singleElement()
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(
                        Flux.interval(Duration.ofSeconds(1), scheduler)
                                .subscribeWith(new Received<>())
                                .errors)
                .singleElement()
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void aDelayThatIsNotOverEndsWithTheLoopAndBeforeItIfItIsTiedToIt() {
        Received<Long> bare =
                Mono.delay(Duration.ofHours(1), scheduler).subscribeWith(new Received<>());
        Received<Long> tied =
                untilClosed(loop, Mono.delay(Duration.ofHours(1), scheduler))
                        .subscribeWith(new Received<>());
        virtual.run(() -> await(sleep(Duration.ofSeconds(1))));
        virtual.close();
        assertThat(bare.errors).singleElement().isInstanceOf(RejectedExecutionException.class);
        assertThat(tied.errors).singleElement().isInstanceOf(CancellationException.class);
    }

    @Test
    void aSourceWithNothingToSayIsCancelledIfItIsTiedToTheLoop() {
        PublisherProbe<Integer> many = PublisherProbe.of(Flux.never());
        PublisherProbe<Integer> one = PublisherProbe.of(Mono.never());
        List<Received<Integer>> all =
                List.of(
                        untilClosed(loop, many.flux().publishOn(scheduler))
                                .subscribeWith(new Received<>()),
                        untilClosed(loop, one.mono().publishOn(scheduler))
                                .subscribeWith(new Received<>()));
        virtual.close();
        many.assertWasCancelled();
        one.assertWasCancelled();
        assertThat(all)
                .allSatisfy(received ->
                        assertThat(received.errors)
                                .singleElement()
                                .isInstanceOf(CancellationException.class));
    }

    @Test
    void workThatHandsInMoreAtTheVeryEndIsRefused() {
        List<Object> log = new ArrayList<>();
        Runnable again =
                new Runnable() {
                    @Override
                    public void run() {
                        log.add("ran");
                        try {
                            scheduler.schedule(this);
                        } catch (RejectedExecutionException e) {
                            log.add("refused");
                        }
                    }
                };
        scheduler.schedule(again);
        virtual.close();
        assertThat(log).endsWith("ran", "refused").containsOnlyOnce("refused");
    }

    @Test
    void aLoopThatIsClosedWithoutARunnerDropsItsWork() {
        EventLoop own = Asyncio.newEventLoop();
        LoopScheduler of = LoopScheduler.of(own);
        Received<Integer> received =
                Flux.just(1).hide().publishOn(of).subscribeWith(new Received<>());
        own.close();
        assertThat(received.elements).isEmpty();
        assertThat(received.errors).singleElement().isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> of.schedule(() -> {}))
                .isInstanceOf(RejectedExecutionException.class);
    }

    /** Each piece of work is done once if it was taken, and never if it was refused. */
    @Test
    void workOfOtherThreadsIsDoneOrRefusedWheneverTheCloseComes() {
        for (int round = 0; round < 50; round++) {
            ReactorRunner real = ReactorRunner.create();
            LoopScheduler ofReal = LoopScheduler.of(real.getLoop());
            AtomicInteger taken = new AtomicInteger();
            AtomicInteger done = new AtomicInteger();
            CountDownLatch begun = new CountDownLatch(2);
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                boolean byWorker = t == 0;
                threads.add(
                        Threads.start(() -> {
                            Scheduler.Worker worker = ofReal.createWorker();
                            try {
                                for (int i = 0; i < 5_000; i++) {
                                    if (byWorker) {
                                        worker.schedule(done::incrementAndGet);
                                    } else {
                                        ofReal.schedule(done::incrementAndGet);
                                    }
                                    taken.incrementAndGet();
                                    begun.countDown();
                                }
                            } catch (RejectedExecutionException e) {
                                begun.countDown(); // that is the end
                            }
                        }));
            }
            real.run(() ->
                    Asyncio.await(
                            Asyncio.toThread(() -> {
                                begun.await();
                                return null;
                            })));
            real.close();
            threads.forEach(Threads::join);
            assertThat(done).hasValue(taken.get());
        }
    }
}
