package asyncio4j.bridge.test;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.timeout;
import static asyncio4j.bridge.Bridge.await;
import static asyncio4j.bridge.Bridge.flux;
import static asyncio4j.bridge.Bridge.iterate;
import static asyncio4j.bridge.Bridge.mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.EventLoop;
import asyncio4j.bridge.LoopScheduler;
import asyncio4j.bridge.ReactorRunner;
import asyncio4j.bridge.testing.Threads;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/** One time for the loop and for Reactor. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VirtualTimeTest {

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    private static Duration minutes(long n) {
        return Duration.ofMinutes(n);
    }

    private static ReactorRunner runner(VirtualTime time) {
        return ReactorRunner.builder().loopFactory(time::newEventLoop).build();
    }

    private void note(VirtualTime time, String what) {
        assertThat(Schedulers.parallel().now(TimeUnit.NANOSECONDS)).isEqualTo(time.now().toNanos());
        log.add(time.now().toMinutes() + " " + what);
    }

    /** A loop that runs on a thread of its own until this is closed. */
    private static final class Running implements AutoCloseable {

        final EventLoop loop;

        private final ReactorRunner runner;

        private final Thread thread;

        Running(VirtualTime time) throws InterruptedException {
            runner = runner(time);
            loop = runner.getLoop();
            CountDownLatch runs = new CountDownLatch(1);
            thread =
                    Thread.ofPlatform()
                            .start(() -> {
                                loop.callSoon(runs::countDown);
                                loop.runForever();
                                runner.close();
                            });
            runs.await();
        }

        @Override
        public void close() {
            loop.callSoonThreadsafe(loop::stop);
            Threads.join(thread);
        }
    }

    @Test
    void theTimeJumpsToWhateverIsDueNext() {
        try (VirtualTime time = VirtualTime.automatic();
                ReactorRunner runner = runner(time)) {
            runner.run(() -> {
                await(Mono.delay(minutes(1)));
                note(time, "delay");
                await(sleep(minutes(1)));
                note(time, "sleep");
                await(Mono.delay(minutes(1), LoopScheduler.of(getRunningLoop())));
                note(time, "delay on the loop");
                assertThatThrownBy(() ->
                                await(timeout(minutes(1), block -> await(Mono.delay(minutes(2))))))
                        .isInstanceOf(TimeoutException.class);
                note(time, "timeout of the loop");
                assertThatThrownBy(() -> await(mono(() -> sleeping(2)).timeout(minutes(1))))
                        .isInstanceOf(TimeoutException.class);
                note(time, "timeout of Reactor");
                for (Long tick : iterate(Flux.interval(minutes(1)).take(3))) {
                    note(time, "tick " + tick);
                }
            });
        }
        assertThat(log)
                .containsExactly(
                        "1 delay",
                        "2 sleep",
                        "3 delay on the loop",
                        "4 timeout of the loop",
                        "5 timeout of Reactor",
                        "6 tick 0",
                        "7 tick 1",
                        "8 tick 2");
    }

    private static String sleeping(long n) {
        return await(sleep(minutes(n), "slept"));
    }

    @Test
    void atOneMomentReactorsWorkComesFirst() {
        try (VirtualTime time = VirtualTime.automatic();
                ReactorRunner runner = runner(time)) {
            runner.run(() -> {
                EventLoop loop = getRunningLoop();
                loop.callLater(minutes(1), () -> note(time, "loop 1"));
                Schedulers.parallel().schedule(() -> note(time, "reactor 1"), 1, TimeUnit.MINUTES);
                loop.callLater(minutes(1), () -> note(time, "loop 2"));
                Schedulers.single().schedule(() -> note(time, "reactor 2"), 1, TimeUnit.MINUTES);
                await(sleep(minutes(2)));
            });
        }
        assertThat(log).containsExactly("1 reactor 1", "1 reactor 2", "1 loop 1", "1 loop 2");
    }

    @Test
    void stepVerifierMovesTheLoop() throws InterruptedException {
        try (VirtualTime time = VirtualTime.manual();
                Running running = new Running(time)) {
            StepVerifier.withVirtualTime(() -> mono(running.loop, () -> sleeping(60)))
                    .expectSubscription()
                    .expectNoEvent(minutes(59))
                    .thenAwait(minutes(1))
                    .expectNext("slept")
                    .verifyComplete();
            assertThat(time.now()).isEqualTo(Duration.ofHours(1));
        }
    }

    @Test
    void stepVerifierMovesAGeneratorThatGoesByBothTimes() throws InterruptedException {
        try (VirtualTime time = VirtualTime.manual();
                Running running = new Running(time)) {
            StepVerifier.withVirtualTime(() -> paced(running.loop).delayElements(minutes(5)))
                    .expectSubscription()
                    .expectNoEvent(minutes(24))
                    .thenAwait(minutes(1))
                    .expectNext(1)
                    .thenAwait(Duration.ofHours(2))
                    .expectNext(2, 3)
                    .verifyComplete();
        }
    }

    private static Flux<Integer> paced(EventLoop loop) {
        return flux(
                loop,
                g -> {
                    for (int i = 1; i <= 3; i++) {
                        await(sleep(minutes(10)));
                        await(Mono.delay(minutes(10)));
                        g.yield(i);
                    }
                });
    }

    @Test
    void aManualTimeMovesByHandAlone() throws InterruptedException {
        try (VirtualTime time = VirtualTime.manual();
                Running running = new Running(time)) {
            EventLoop loop = running.loop;
            loop.callSoonThreadsafe(() -> {
                loop.callLater(minutes(2), () -> note(time, "loop"));
                createTask(() -> {
                    sleeping(1);
                    note(time, "one");
                    await(Mono.delay(minutes(3)));
                    note(time, "four");
                    sleeping(1);
                    note(time, "five");
                });
            });
            Schedulers.parallel().schedule(() -> note(time, "reactor"), 3, TimeUnit.MINUTES);
            time.advanceBy(Duration.ofSeconds(59));
            assertThat(log).isEmpty();
            time.advanceBy(Duration.ofSeconds(1));
            assertThat(log).containsExactly("1 one");
            time.scheduler().advanceTimeBy(minutes(3));
            assertThat(log).containsExactly("1 one", "2 loop", "3 reactor", "4 four");
            VirtualTimeScheduler.get().advanceTimeTo(Instant.EPOCH.plus(minutes(10)));
            assertThat(log).endsWith("4 four", "5 five");
            assertThat(loop.time()).isEqualTo(minutes(10)).isEqualTo(time.now());
        }
    }

    @Test
    void whatIsCancelledDoesNotCome() {
        try (VirtualTime time = VirtualTime.automatic();
                ReactorRunner runner = runner(time)) {
            runner.run(() -> {
                Disposable cancelled = Mono.delay(minutes(1)).subscribe(x -> note(time, "no"));
                Disposable ticking = Flux.interval(minutes(1)).subscribe(x -> note(time, "tick"));
                cancelled.dispose();
                sleeping(2);
                ticking.dispose();
                sleeping(10);
                note(time, "end");
            });
        }
        assertThat(log).containsExactly("1 tick", "2 tick", "12 end");
    }

    @Test
    void theLoopsOwnCodeMovesItInOneStep() {
        try (VirtualTime time = VirtualTime.automatic();
                ReactorRunner runner = runner(time)) {
            runner.run(() -> {
                getRunningLoop().callLater(minutes(1), () -> note(time, "loop"));
                Mono.delay(minutes(2)).subscribe(x -> log.add("reactor"));
                time.advanceBy(minutes(3));
                log.add("moved");
                await(sleep(Duration.ZERO));
            });
            assertThat(log).containsExactly("reactor", "moved", "3 loop");
        }
    }

    /** Thousands of timers of all kinds, against the order that their times make. */
    @Test
    void allTimersAreDueInOneOrder() throws InterruptedException {
        for (boolean manual : new boolean[] {false, true}) {
            Random random = new Random(7);
            List<Long> expected = new ArrayList<>();
            List<Long> fired = Collections.synchronizedList(new ArrayList<>());
            AtomicBoolean wrong = new AtomicBoolean();
            int timers = 3_000;
            CountDownLatch all = new CountDownLatch(1);
            try (VirtualTime time = manual ? VirtualTime.manual() : VirtualTime.automatic()) {
                Runnable setUp =
                        () -> {
                            EventLoop loop = getRunningLoop();
                            LoopScheduler onLoop = LoopScheduler.of(loop);
                            for (int i = 0; i < timers; i++) {
                                long at = 1L + random.nextInt(100_000);
                                Duration delay = Duration.ofSeconds(at);
                                expected.add(at);
                                Runnable fire =
                                        () -> {
                                            fired.add(at);
                                            if (time.now().toSeconds() != at) {
                                                wrong.set(true);
                                            }
                                        };
                                switch (i % 5) {
                                    case 0 -> loop.callLater(delay, fire);
                                    case 1 -> Mono.delay(delay).subscribe(x -> fire.run());
                                    case 2 -> Mono.delay(delay, onLoop).subscribe(x -> fire.run());
                                    case 3 ->
                                            createTask(() -> {
                                                Duration half = delay.dividedBy(2);
                                                await(sleep(half));
                                                await(Mono.delay(delay.minus(half)));
                                                fire.run();
                                            });
                                    default ->
                                            Flux.interval(delay).take(1).subscribe(x -> fire.run());
                                }
                            }
                            all.countDown();
                        };
                if (manual) {
                    try (Running running = new Running(time)) {
                        running.loop.callSoonThreadsafe(setUp);
                        all.await();
                        time.advanceBy(Duration.ofSeconds(100_001));
                    }
                } else {
                    try (ReactorRunner runner = runner(time)) {
                        runner.run(() -> {
                            setUp.run();
                            await(sleep(Duration.ofSeconds(100_001)));
                        });
                    }
                }
            }
            Collections.sort(expected);
            assertThat(fired).isEqualTo(expected);
            assertThat(wrong).isFalse();
        }
    }

    @Test
    void badUseIsRefused() {
        try (VirtualTime time = VirtualTime.automatic()) {
            time.newEventLoop().close();
            assertThatThrownBy(time::newEventLoop).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> time.advanceBy(minutes(-1)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(time).hasToString("VirtualTime[PT0S, automatic]");
        }
        assertThat(VirtualTimeScheduler.isFactoryEnabled()).isFalse();
        assertThat(Schedulers.parallel().now(TimeUnit.DAYS)).isPositive();
    }
}
