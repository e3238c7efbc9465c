package asyncio4j.bridge;

import static asyncio4j.Asyncio.*;
import static asyncio4j.bridge.Bridge.*;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.AsyncFuture;
import asyncio4j.Asyncio;
import asyncio4j.CancelledError;
import asyncio4j.Context;
import asyncio4j.ContextVar;
import asyncio4j.EventLoop;
import asyncio4j.Runner;
import asyncio4j.bridge.testing.Dropped;
import asyncio4j.bridge.testing.Hand;
import asyncio4j.bridge.testing.Received;
import asyncio4j.bridge.testing.Threads;
import asyncio4j.bridge.testing.VirtualReactorRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

class ReactorRunnerTest {

    private static final ContextVar<String> USER = ContextVar.withDefault("user", "nobody");

    private final VirtualReactorRunner virtual = new VirtualReactorRunner();

    private final ReactorRunner runner = virtual.runner;

    private final Dropped dropped = new Dropped();

    @AfterEach
    void close() {
        dropped.close();
        runner.close();
    }

    @Test
    void runsCoroutines() {
        assertThat(runner.<Integer>run(() -> 1)).isEqualTo(1);
        List<String> ran = new ArrayList<>();
        runner.run(() -> {
            ran.add("void");
        });
        assertThat(ran).containsExactly("void");
    }

    @Test
    void theShutdownTimeoutIsTheRunners() {
        ReactorRunner.Builder builder = ReactorRunner.builder();
        assertThat(builder.shutdownTimeout(Duration.ZERO)).isSameAs(builder);
        assertThatThrownBy(() -> builder.shutdownTimeout(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the shutdown timeout is negative: PT-1S");
    }

    @Test
    void runsAMainMono() {
        assertThat(runner.run(Mono.just(1))).isEqualTo(1);
        assertThat(runner.run(Flux.range(1, 10).reduce(Integer::sum))).isEqualTo(55);
        assertThat(runner.run(Mono.just("far").publishOn(Schedulers.parallel()))).isEqualTo("far");
        assertThat(runner.run(Mono.<String>empty())).isNull();
    }

    @Test
    void aMainMonoIsSubscribedOnTheLoop() {
        EventLoop loop = runner.run(Mono.defer(() -> Mono.just(getRunningLoop()).hide()));
        assertThat(loop).isSameAs(runner.getLoop());
    }

    @Test
    void theErrorOfAMainMonoIsThrownAsItIs() {
        IOException error = new IOException("failed");
        assertThat(catchThrowable(() -> runner.run(Mono.error(error).hide()))).isSameAs(error);
        assertThat(runner.run(Mono.just("and it goes on"))).isEqualTo("and it goes on");
        runner.close();
        assertThat(virtual.reports).isEmpty();
    }

    @Test
    void runsShareAContextUnlessTheyAreGivenOne() {
        Mono<String> user =
                Mono.deferContextual(view -> Mono.just(view.getOrDefault(USER, "nobody")));
        runner.run(() -> {
            USER.set("Ada");
        });
        assertThat(runner.run(user)).isEqualTo("Ada");
        assertThat(runner.run(user, new Context())).isEqualTo("nobody");
        assertThat(runner.<String>run(USER::get, new Context())).isEqualTo("nobody");
    }

    @Test
    void aLoopOfOnesOwnAndDebugMode() {
        EventLoop own = Asyncio.newEventLoop();
        try (ReactorRunner other =
                ReactorRunner.builder()
                        .debug(true)
                        .watchdogLimit(Duration.ofSeconds(9))
                        .loopFactory(() -> own)
                        .build()) {
            assertThat(other.getLoop()).isSameAs(own);
            assertThat(own.getDebug()).isTrue();
            assertThat(own.getWatchdogLimit()).isEqualTo(Duration.ofSeconds(9));
        }
        assertThat(own.isClosed()).isTrue();
    }

    @Test
    void afterCloseItRefuses() {
        EventLoop loop = runner.getLoop();
        runner.close();
        runner.close();
        assertThat(loop.isClosed()).isTrue();
        assertThatThrownBy(() -> runner.run(Mono.just(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Runner is closed");
        assertThatThrownBy(runner::getLoop).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void insideOfARunningLoopItRefuses() {
        runner.run(() -> {
            try (ReactorRunner inner = ReactorRunner.create()) {
                assertThatThrownBy(() -> inner.run(Mono.just(1)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("running event loop");
            }
        });
    }

    @Test
    void nullIsRefused() {
        assertThatThrownBy(() -> runner.run((Mono<?>) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("the Mono is null");
        assertThatThrownBy(() -> runner.run((Mono<?>) null, new Context()))
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void closeCancelsWhatTasksAwaitAndWaitsForTheirCleanup() {
        Hand<String> source = Hand.ready();
        List<String> steps = new ArrayList<>();
        runner.run(() -> {
            createTask(() -> {
                try {
                    await(Mono.fromDirect(source));
                } finally {
                    steps.add("cancels: " + source.cancels);
                    await(sleep(Duration.ofSeconds(1)));
                    steps.add(await(Mono.just("awaited").hide()));
                    steps.add(
                            await(
                                    mono(() ->
                                            await(
                                                    sleep(
                                                            Duration.ofSeconds(1),
                                                            "a mono of the loop")))));
                }
            });
            await(sleep(Duration.ZERO));
        });
        runner.close();
        assertThat(steps).containsExactly("cancels: 1", "awaited", "a mono of the loop");
        assertThat(virtual.reports).isEmpty();
    }

    @Test
    void closeEndsTheSubscriptionsThatWaitForTheLoop() {
        List<Received<String>> all = new ArrayList<>();
        EventLoop loop = runner.getLoop();
        AsyncFuture<String> future = loop.createFuture();
        List<String> steps = new ArrayList<>();
        Mono<String> mono =
                mono(
                        loop,
                        () -> {
                            try {
                                return await(sleep(Duration.ofDays(1), "never"));
                            } finally {
                                await(sleep(Duration.ofSeconds(1)));
                                steps.add("clean");
                            }
                        });
        all.add(mono.subscribeWith(new Received<>(0, reactor.util.context.Context.empty())));
        all.add(toMono(future).subscribeWith(new Received<>()));
        runner.run(() -> {
            all.add(mono.subscribeWith(new Received<>()));
            await(sleep(Duration.ofSeconds(1)));
        });
        all.add(mono.subscribeWith(new Received<>()));
        runner.close();
        all.add(mono.subscribeWith(new Received<>()));
        all.add(toMono(future).subscribeWith(new Received<>()));
        assertThat(all)
                .hasSize(6)
                .allSatisfy(received ->
                        assertThat(received.errors)
                                .singleElement()
                                .isInstanceOf(CancellationException.class));
        assertThat(steps)
                .as("one ran, the other began while the first was cleaning")
                .containsExactly("clean", "clean");
        assertThat(Subscriptions.of(loop).size()).isZero();
        assertThat(virtual.reports).isEmpty();
    }

    @Test
    void aPlainRunnerIsAsTidy() {
        Received<String> received = new Received<>(0, reactor.util.context.Context.empty());
        EventLoop loop;
        try (Runner plain = Runner.create()) {
            loop = plain.getLoop();
            plain.run(() -> {
                mono(() -> "never").subscribe(received);
            });
            assertThat(received.ends()).isZero();
        }
        assertThat(received.errors).singleElement().isInstanceOf(CancellationException.class);
        assertThat(Subscriptions.of(loop).size()).isZero();
    }

    @Test
    void aSubscriberThatFailsAtCloseDoesNotKeepTheOthersFromBeingTold() {
        IllegalStateException failure = new IllegalStateException("onError failed");
        List<Received<String>> others = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            others.add(
                    mono(runner.getLoop(), () -> "never")
                            .subscribeWith(
                                    new Received<>(0, reactor.util.context.Context.empty())));
            mono(runner.getLoop(), () -> "never")
                    .subscribe(
                            new Received<>(0, reactor.util.context.Context.empty()) {
                                @Override
                                public void onError(Throwable error) {
                                    throw failure;
                                }
                            });
        }
        runner.close();
        assertThat(others).allSatisfy(received -> assertThat(received.errors).hasSize(1));
        assertThat(virtual.reports)
                .hasSize(5)
                .allSatisfy(report -> assertThat(report.exception()).isSameAs(failure));
    }

    @Test
    void aSubscriberThatSubscribesAgainWhenItIsToldEndsToo() {
        EventLoop loop = runner.getLoop();
        Mono<String> mono = mono(loop, () -> await(sleep(Duration.ofDays(1), "never")));
        Received<String> received = mono.retry(10).subscribeWith(new Received<>());
        runner.run(() -> await(sleep(Duration.ofSeconds(1))));
        runner.close();
        assertThat(received.errors).singleElement().isInstanceOf(CancellationException.class);
        assertThat(virtual.reports).isEmpty();
    }

    @Test
    void onceTheFirstTasksHaveEndedOnlyTheLoopItselfStartsMore() {
        ReactorRunner real = ReactorRunner.create();
        EventLoop loop = real.getLoop();
        Received<String> outside = new Received<>();
        List<String> inside = new ArrayList<>();
        real.run(() -> {
            createTask(() -> {
                try {
                    await(sleep(Duration.ofDays(1)));
                } finally {
                    createTask(() -> {
                        try {
                            await(sleep(Duration.ofDays(1)));
                        } finally { // the tasks that close found at first have ended
                            await(
                                    toThread(() ->
                                            mono(loop, () -> "outside")
                                                    .subscribeWith(outside)
                                                    .join()));
                            inside.add(await(mono(() -> "inside")));
                        }
                    });
                    await(sleep(Duration.ZERO)); // so that it begins
                }
            });
            await(sleep(Duration.ZERO));
        });
        real.close();
        assertThat(outside.errors).singleElement().isInstanceOf(CancellationException.class);
        assertThat(outside.elements).isEmpty();
        assertThat(inside).containsExactly("inside");
    }

    @Test
    void aTaskThatWasAskedForButNotBegunWhenTheLoopIsShutNeverBegins() {
        EventLoop loop = runner.getLoop();
        List<String> began = new ArrayList<>();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        Received<String> received =
                new Received<>() {
                    @Override
                    public void onSubscribe(Subscription s) {
                        super.onSubscribe(s);
                        asked.countDown();
                        awaitLatch(closed); // so that only the request is known to the loop
                    }
                };
        Thread subscriber =
                Threads.start(() ->
                        mono(
                                        loop,
                                        () -> {
                                            began.add("begun");
                                            return "never";
                                        })
                                .subscribe(received));
        awaitLatch(asked);
        runner.close();
        closed.countDown();
        Threads.join(subscriber);
        assertThat(began).isEmpty();
        assertThat(received.errors).singleElement().isInstanceOf(CancellationException.class);
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void subscribersThatKeepComingDoNotKeepCloseFromEnding() {
        ReactorRunner real = ReactorRunner.create();
        EventLoop loop = real.getLoop();
        List<Received<String>> all = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        CountDownLatch many = new CountDownLatch(1_000);
        real.run(() -> {
            for (int i = 0; i < 2; i++) {
                threads.add(
                        Threads.start(() -> {
                            Semaphore answered =
                                    new Semaphore(
                                            1); // the next one comes when this one's task runs, or
                            // failed
                            Received<String> last;
                            do {
                                answered.acquireUninterruptibly();
                                last =
                                        mono(
                                                        loop,
                                                        () -> {
                                                            answered.release();
                                                            return await(
                                                                    sleep(
                                                                            Duration.ofDays(1),
                                                                            "never"));
                                                        })
                                                .subscribeWith(
                                                        new Received<>() {
                                                            @Override
                                                            public void onError(Throwable error) {
                                                                super.onError(error);
                                                                answered.release();
                                                            }
                                                        });
                                all.add(last);
                                many.countDown();
                            } while (last.ends() == 0);
                        }));
            }
            await(
                    toThread(() -> {
                        many.await();
                        return null;
                    }));
        });
        real.close();
        threads.forEach(Threads::join);
        assertThat(all)
                .hasSizeGreaterThan(1_000)
                .allSatisfy(received -> {
                    assertThat(received.errors)
                            .singleElement()
                            .isInstanceOf(CancellationException.class);
                    assertThat(received.elements).isEmpty();
                });
        assertThat(Subscriptions.of(loop).size()).isZero();
        assertThat(dropped.errors).isEmpty();
    }

    @Test
    void aStormOfSubscribersLeavesNoneOpen() {
        int threads = 4;
        int each = 2_500;
        ReactorRunner real = ReactorRunner.create();
        EventLoop loop = real.getLoop();
        AsyncFuture<String> future = loop.createFuture();
        List<List<Received<String>>> all = new ArrayList<>();
        List<Thread> storm = new ArrayList<>();
        real.run(() -> {
            for (int t = 0; t < threads; t++) {
                List<Received<String>> own = new ArrayList<>();
                all.add(own);
                storm.add(
                        Threads.start(() -> {
                            for (int i = 0; i < each; i++) {
                                Received<String> received =
                                        new Received<>(
                                                i % 4 == 0 ? 0 : 1,
                                                reactor.util.context.Context.empty());
                                own.add(received);
                                Mono<String> mono =
                                        i % 3 == 0
                                                ? toMono(future)
                                                : mono(
                                                        loop,
                                                        () ->
                                                                await(
                                                                        sleep(
                                                                                Duration.ofDays(1),
                                                                                "never")));
                                mono.subscribe(received);
                                if (isCancelled(i)) {
                                    received.subscription.cancel();
                                }
                            }
                        }));
            }
            await(sleep(Duration.ZERO));
        });
        real.close();
        storm.forEach(Threads::join);
        for (List<Received<String>> own : all) {
            assertThat(own).hasSize(each);
            for (int i = 0; i < each; i++) {
                Received<String> received = own.get(i);
                assertThat(received.elements).isEmpty();
                if (isCancelled(i)) {
                    assertThat(received.ends()).isLessThanOrEqualTo(1);
                } else {
                    assertThat(received.errors)
                            .singleElement()
                            .isInstanceOf(CancellationException.class);
                }
            }
        }
        assertThat(Subscriptions.of(loop).size()).isZero();
        assertThat(dropped.errors).isEmpty();
        assertThat(dropped.elements).isEmpty();
    }

    /**
     * A coroutine's own subscriber now and then; the one of the shared future would cancel it for
     * all.
     */
    private static boolean isCancelled(int i) {
        return i % 5 == 0 && i % 3 != 0;
    }

    @Test
    void closeDuringTheRoundsOfARace() {
        for (int round = 0; round < 300; round++) {
            ReactorRunner real = ReactorRunner.create();
            EventLoop loop = real.getLoop();
            real.run(() -> {});
            Received<String> received = new Received<>();
            int spins = round * 20;
            Thread subscriber =
                    Threads.start(() -> {
                        for (int spin = 0; spin < spins; spin++) {
                            Thread.onSpinWait();
                        }
                        mono(loop, () -> "value").subscribe(received);
                    });
            real.close();
            Threads.join(subscriber);
            received.join();
            assertThat(received.ends()).isEqualTo(1);
            if (received.completions.get() == 0) {
                assertThat(received.errors)
                        .singleElement()
                        .isInstanceOf(CancellationException.class);
            }
        }
    }

    @Test
    void cancellingTheMainCoroutineCancelsItsMono() {
        Hand<String> source = Hand.ready();
        assertThatThrownBy(() ->
                        runner.run(() -> {
                            currentTask().cancel("enough");
                            await(Mono.fromDirect(source));
                        }))
                .isInstanceOf(CancellationException.class)
                .hasCauseInstanceOf(CancelledError.class);
        assertThat(source.cancels).hasValue(1);
    }

    @Test
    void itSaysWhatItIs() {
        assertThat(runner).hasToString("Reactor" + "Runner[CREATED]");
    }
}
