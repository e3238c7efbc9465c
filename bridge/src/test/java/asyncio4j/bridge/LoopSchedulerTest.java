package asyncio4j.bridge;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.await;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.ContextVar;
import asyncio4j.EventLoop;
import asyncio4j.bridge.testing.VirtualReactorRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import reactor.core.Disposable;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A loop as a Scheduler of Reactor's. */
class LoopSchedulerTest {

    private static final ContextVar<String> VAR = ContextVar.withDefault("VAR", "default");

    private final VirtualReactorRunner runner = new VirtualReactorRunner();

    private final List<Object> log = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
        Schedulers.resetOnScheduleHooks();
    }

    private void note(Object what) {
        log.add(getRunningLoop().time().toMillis() + " " + what);
    }

    private static void sleepMillis(long millis) {
        await(sleep(Duration.ofMillis(millis)));
    }

    @Test
    void workIsAPlainCallbackOnTheLoopsThreadInTheNextIteration() {
        runner.run(() -> {
            Scheduler scheduler = LoopScheduler.of(getRunningLoop());
            EventLoop loop = getRunningLoop();
            VAR.set("caller's");
            scheduler.schedule(() -> {
                assertThat(getRunningLoop()).isSameAs(loop);
                assertThat(currentTask()).isNull();
                note(VAR.get());
            });
            VAR.set("changed");
            note("main goes on");
            sleepMillis(0);
        });
        assertThat(log).containsExactly("0 main goes on", "0 caller's");
    }

    @Test
    void delaysAreByTheLoopsClock() {
        runner.run(() -> {
            Scheduler scheduler = LoopScheduler.of(getRunningLoop());
            scheduler.schedule(() -> note("after 20"), 20, TimeUnit.MILLISECONDS);
            scheduler.schedule(() -> note("after 10"), 10, TimeUnit.MILLISECONDS);
            scheduler.schedule(() -> note("at once"), -5, TimeUnit.MILLISECONDS);
            sleepMillis(15);
            assertThat(scheduler.now(TimeUnit.MILLISECONDS)).isEqualTo(15);
            sleepMillis(15);
        });
        assertThat(log).containsExactly("0 at once", "10 after 10", "20 after 20");
    }

    @Test
    void periodicWorkKeepsToItsRateUntilItIsDisposedOf() {
        runner.run(() -> {
            Scheduler scheduler = LoopScheduler.of(getRunningLoop());
            Disposable work =
                    scheduler.schedulePeriodically(
                            () -> note("tick"), 5, 10, TimeUnit.MILLISECONDS);
            sleepMillis(30);
            work.dispose();
            assertThat(work.isDisposed()).isTrue();
            sleepMillis(30);
        });
        assertThat(log).containsExactly("5 tick", "15 tick", "25 tick");
    }

    @Test
    void aFailureGoesToTheExceptionHandlerAndPeriodicWorkGoesOn() {
        runner.run(() -> {
            Scheduler scheduler = LoopScheduler.of(getRunningLoop());
            scheduler.schedulePeriodically(
                    () -> {
                        note("tick");
                        throw new IllegalArgumentException("boom");
                    },
                    0,
                    10,
                    TimeUnit.MILLISECONDS);
            sleepMillis(15);
            scheduler.dispose();
            sleepMillis(30);
        });
        assertThat(log).containsExactly("0 tick", "10 tick");
        assertThat(runner.reports)
                .extracting(report -> String.valueOf(report.exception()))
                .containsOnly("java.lang.IllegalArgumentException: boom")
                .hasSize(2);
    }

    @Test
    void workThatWasDisposedOfIsNotDone() {
        runner.run(() -> {
            Scheduler scheduler = LoopScheduler.of(getRunningLoop());
            Disposable soon = scheduler.schedule(() -> note("never"));
            Disposable later = scheduler.schedule(() -> note("never"), 10, TimeUnit.MILLISECONDS);
            soon.dispose();
            later.dispose();
            later.dispose();
            assertThat(soon.isDisposed() && later.isDisposed()).isTrue();
            sleepMillis(20);
            assertThat(Scannable.from(scheduler).scan(Scannable.Attr.BUFFERED)).isZero();
        });
        assertThat(log).isEmpty();
    }

    @Test
    void workThatWasDoneIsDisposedOf() {
        runner.run(() -> {
            Scheduler scheduler = LoopScheduler.of(getRunningLoop());
            Disposable work = scheduler.schedule(() -> note("done"));
            assertThat(work.isDisposed()).isFalse();
            sleepMillis(0);
            assertThat(work.isDisposed()).isTrue();
        });
    }

    @Test
    void aDisposedSchedulerRefusesWorkAndDropsWhatWaits() {
        runner.run(() -> {
            Scheduler scheduler = LoopScheduler.of(getRunningLoop());
            Scheduler.Worker worker = scheduler.createWorker();
            scheduler.schedule(() -> note("never"), 10, TimeUnit.MILLISECONDS);
            worker.schedule(() -> note("never"));
            scheduler.dispose();
            assertThat(scheduler.isDisposed()).isTrue();
            assertThat(worker.isDisposed()).isTrue();
            assertThatThrownBy(() -> scheduler.schedule(() -> note("never")))
                    .isInstanceOf(RejectedExecutionException.class);
            assertThatThrownBy(() -> worker.schedule(() -> note("never")))
                    .isInstanceOf(RejectedExecutionException.class);
            assertThatThrownBy(() -> scheduler.createWorker().schedule(() -> note("never")))
                    .isInstanceOf(RejectedExecutionException.class);
            sleepMillis(20);
            note("the loop goes on");
        });
        assertThat(log).containsExactly("20 the loop goes on");
    }

    @Test
    void closingTheLoopDisposesOfTheScheduler() {
        Scheduler scheduler = LoopScheduler.of(runner.loop());
        Disposable work = scheduler.schedule(() -> note("never"), 1, TimeUnit.HOURS);
        runner.close();
        assertThat(scheduler.isDisposed()).isTrue();
        assertThat(work.isDisposed()).isTrue();
        assertThatThrownBy(() -> scheduler.schedule(() -> note("never")))
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void aWorkersWorkIsDoneInOrder() {
        runner.run(() -> {
            Scheduler.Worker worker = LoopScheduler.of(getRunningLoop()).createWorker();
            for (int i = 0; i < 5; i++) {
                int number = i;
                worker.schedule(() -> log.add(number));
            }
            sleepMillis(1);
        });
        assertThat(log).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void whatTheLoopHandsToAWorkerDoesNotOvertakeWhatAnotherThreadHandedInBefore()
            throws InterruptedException {
        Scheduler.Worker worker = LoopScheduler.of(runner.loop()).createWorker();
        CountDownLatch handedIn = new CountDownLatch(1);
        runner.run(() -> {
            Thread.ofPlatform()
                    .start(() -> {
                        worker.schedule(() -> log.add("other thread's"));
                        handedIn.countDown();
                    });
            handedIn.await(); // holds the loop, so that its inbox isn't looked into
            worker.schedule(() -> log.add("the loop's"));
            sleepMillis(1);
        });
        assertThat(log).containsExactly("other thread's", "the loop's");
    }

    @Test
    void aWorkerThatIsDisposedOfDropsItsWorkAlone() {
        runner.run(() -> {
            Scheduler scheduler = LoopScheduler.of(getRunningLoop());
            Scheduler.Worker one = scheduler.createWorker();
            Scheduler.Worker two = scheduler.createWorker();
            one.schedule(() -> note("never"));
            one.schedule(() -> note("never"), 10, TimeUnit.MILLISECONDS);
            one.schedulePeriodically(() -> note("never"), 1, 1, TimeUnit.MILLISECONDS);
            two.schedule(() -> note("two"));
            two.schedule(() -> note("two later"), 10, TimeUnit.MILLISECONDS);
            one.dispose();
            sleepMillis(20);
        });
        assertThat(log).containsExactly("0 two", "10 two later");
    }

    @Test
    void theOnScheduleHookWrapsTheWork() {
        Schedulers.onScheduleHook(
                "test",
                task ->
                        () -> {
                            log.add("before");
                            task.run();
                        });
        runner.run(() -> {
            Scheduler scheduler = LoopScheduler.of(getRunningLoop());
            scheduler.schedule(() -> log.add("work"));
            scheduler.createWorker().schedule(() -> log.add("worker's"));
            sleepMillis(1);
        });
        assertThat(log).containsExactly("before", "work", "before", "worker's");
    }

    @Test
    void operatorsWorkOnIt() {
        runner.run(() -> {
            EventLoop loop = getRunningLoop();
            Scheduler scheduler = LoopScheduler.of(loop);
            await(
                    Flux.range(1, 3)
                            .subscribeOn(Schedulers.parallel())
                            .publishOn(scheduler)
                            .doOnNext(i -> {
                                assertThat(getRunningLoop()).isSameAs(loop);
                                log.add(i);
                            })
                            .then());
            await(
                    Flux.interval(Duration.ofMillis(10), scheduler)
                            .take(3)
                            .doOnNext(this::note)
                            .then());
            await(Mono.delay(Duration.ofMillis(5), scheduler));
            note("delayed");
        });
        assertThat(log).startsWith(1, 2, 3);
        assertThat(log.subList(3, log.size()))
                .extracting(said -> String.valueOf(said).replaceFirst(".* ", ""))
                .containsExactly("0", "1", "2", "delayed");
    }

    @Test
    void aNullIsRefusedAtOnce() {
        assertThatThrownBy(() -> LoopScheduler.of(null)).hasMessageContaining("the loop is null");
        assertThatThrownBy(() -> LoopScheduler.of(runner.loop()).schedule(null))
                .hasMessageContaining("the task is null");
    }

    @Test
    void aPeriodPastAllTimeIsNever() {
        AtomicInteger runs = new AtomicInteger();
        LoopScheduler scheduler = LoopScheduler.of(runner.loop());
        runner.run(() -> {
            sleepMillis(1);
            scheduler.schedulePeriodically(
                    () -> {
                        if (runs.incrementAndGet() > 1) {
                            scheduler.dispose(); // else the loop would be at it for ever
                        }
                    },
                    0,
                    Long.MAX_VALUE,
                    TimeUnit.NANOSECONDS);
            sleepMillis(1);
        });
        assertThat(runs).hasValue(1);
    }

    @Test
    void oneThatIsForgottenIsGarbageWhileItsLoopLives() throws InterruptedException {
        ReferenceQueue<LoopScheduler> collected = new ReferenceQueue<>();
        WeakReference<LoopScheduler> forgotten =
                new WeakReference<>(LoopScheduler.of(runner.loop()), collected);
        do {
            System.gc();
        } while (collected.remove(10) != forgotten); // a timeout of the test if it never is
    }
}
