package asyncio4j.bridge;

import static asyncio4j.Asyncio.*;
import static asyncio4j.bridge.Bridge.*;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.Task;
import asyncio4j.TaskFactory;
import asyncio4j.TaskOptions;
import asyncio4j.VirtualClock;
import asyncio4j.bridge.testing.Dropped;
import asyncio4j.bridge.testing.Received;
import asyncio4j.bridge.testing.Threads;
import asyncio4j.bridge.testing.VirtualReactorRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.util.context.Context;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;

/** mono(loop, coroutine). */
class CoroutineMonoTest {

    private final VirtualReactorRunner runner = new VirtualReactorRunner();

    private final Dropped dropped = new Dropped();

    private final AtomicInteger starts = new AtomicInteger();

    @AfterEach
    void close() {
        dropped.close();
        runner.close();
    }

    private static void turn() {
        await(sleep(Duration.ZERO));
    }

    private static void settle() {
        await(sleep(Duration.ofNanos(1)));
    }

    private Subscriptions open() {
        return Subscriptions.of(runner.loop());
    }

    private Mono<Integer> counting() {
        return mono(
                runner.loop(),
                () -> {
                    int number = starts.incrementAndGet();
                    await(sleep(Duration.ofSeconds(1)));
                    return number;
                });
    }

    @Test
    void itIsColdAndRunsAnewForEachSubscriber() {
        Mono<Integer> mono = counting();
        runner.run(() -> {
            settle();
            assertThat(starts).hasValue(0);
            List<Integer> values = new ArrayList<>();
            values.add(await(mono));
            values.add(await(mono));
            assertThat(values).containsExactly(1, 2);
        });
    }

    @Test
    void itStartsAtTheFirstRequest() {
        Received<Integer> received = new Received<>(0, Context.empty());
        runner.run(() -> {
            counting().subscribe(received);
            settle();
            assertThat(starts).hasValue(0);
            received.subscription.request(1);
            received.subscription.request(1);
            settle();
            assertThat(starts).hasValue(1);
            await(sleep(Duration.ofSeconds(2)));
            assertThat(received.elements).containsExactly(1);
            assertThat(received.ends()).isEqualTo(1);
            assertThat(open().size()).isZero();
        });
    }

    @Test
    void aSubscriberOnAnotherThreadIsSignalledOnTheLoops() {
        try (ReactorRunner real = ReactorRunner.create()) {
            real.run(() -> {
                EventLoop loop = getRunningLoop();
                Received<Thread> received = new Received<>();
                await(
                        toThread(() ->
                                mono(loop, () -> Thread.currentThread())
                                        .subscribeWith(received)
                                        .join()));
                assertThat(received.elements)
                        .singleElement()
                        .satisfies(thread ->
                                assertThat(thread.getName()).startsWith("asyncio4j-loop"));
                assertThat(received.thread.getName()).startsWith("asyncio4j-loop");
            });
        }
    }

    @Test
    void aSubscriberMayComeBeforeTheLoopRuns() {
        Received<Integer> received = counting().subscribeWith(new Received<>());
        runner.run(() -> await(sleep(Duration.ofSeconds(2))));
        assertThat(received.elements).containsExactly(1);
    }

    @Test
    void nullIsEmpty() {
        runner.run(() -> {
            StepVerifier.create(mono(getRunningLoop(), () -> (String) null).hide())
                    .expectSubscription();
            String nothing = await(mono(() -> (String) null));
            Object none = await(mono(() -> {}));
            assertThat(nothing).isNull();
            assertThat(none).isNull();
        });
    }

    @Test
    void anErrorComesAsItIs() {
        IOException error = new IOException("failed");
        runner.run(() ->
                assertThat(
                                catchThrowable(() ->
                                        await(
                                                mono(() -> {
                                                    throw error;
                                                }))))
                        .isSameAs(error));
        runner.close();
        assertThat(runner.reports).as("the subscriber was told").isEmpty();
    }

    @Test
    void cancelRunsTheFinallyBlocksToTheirEnd() {
        List<String> steps = new ArrayList<>();
        runner.run(() -> {
            Received<String> received =
                    mono(
                                    () -> {
                                        try {
                                            return await(sleep(Duration.ofDays(1), "never"));
                                        } finally {
                                            steps.add("cleaning");
                                            await(sleep(Duration.ofSeconds(1)));
                                            steps.add("clean");
                                        }
                                    })
                            .subscribeWith(new Received<>());
            turn();
            received.subscription.cancel();
            received.subscription.cancel();
            await(sleep(Duration.ofSeconds(2)));
            assertThat(steps).containsExactly("cleaning", "clean");
            assertThat(received.ends()).isZero();
            assertThat(allTasks()).containsExactly(currentTask());
        });
        assertThat(dropped.errors).isEmpty();
    }

    @Test
    void cancelBeforeTheTaskBeginsKeepsItFromBeginning() {
        runner.run(() -> {
            Received<Integer> unrequested =
                    counting().subscribeWith(new Received<>(0, Context.empty()));
            unrequested.subscription.cancel();
            unrequested.subscription.request(1);
            Received<Integer> requested = counting().subscribeWith(new Received<>());
            requested.subscription.cancel();
            settle();
            assertThat(starts).hasValue(0);
            assertThat(open().size()).isZero();
        });
    }

    @Test
    void aValueAfterTheCancelIsDiscardedAndAnErrorDropped() {
        List<Object> discarded = new ArrayList<>();
        Context hook = Operators.enableOnDiscard(Context.empty(), discarded::add);
        IOException error = new IOException("in the cleanup");
        runner.run(() -> {
            Received<String> value =
                    mono(
                                    () -> {
                                        try {
                                            return await(sleep(Duration.ofDays(1), "never"));
                                        } catch (CancelledError e) {
                                            return "in spite of it";
                                        }
                                    })
                            .subscribeWith(new Received<>(1, hook));
            Received<String> failure =
                    CoroutineMonoTest.<String>failing(error).subscribeWith(new Received<>(1, hook));
            turn();
            value.subscription.cancel();
            failure.subscription.cancel();
            settle();
            assertThat(value.ends() + failure.ends()).isZero();
        });
        assertThat(discarded).containsExactly("in spite of it");
        assertThat(dropped.errors).containsExactly(error);
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    private static <T> Mono<T> failing(Exception error) {
        return mono(
                (Coroutine<T>)
                        () -> {
                            try {
                                await(sleep(Duration.ofDays(1)));
                                return null;
                            } finally {
                                throwUp(error);
                            }
                        });
    }

    private static void throwUp(Exception error) throws Exception {
        throw error;
    }

    @Test
    void aTaskThatSomebodyElseCancelsIsAnError() {
        runner.run(() -> {
            Received<Integer> received = counting().subscribeWith(new Received<>());
            settle();
            Set<Task<?>> tasks = allTasks();
            tasks.remove(currentTask());
            tasks.forEach(Task::cancel);
            settle();
            assertThat(received.errors)
                    .singleElement()
                    .satisfies(error ->
                            assertThat(error)
                                    .isInstanceOf(CancellationException.class)
                                    .hasCauseInstanceOf(CancelledError.class));
        });
    }

    @Test
    void cancelInsideOfOnNextKeepsOnCompleteAway() {
        Received<String> received =
                new Received<>() {
                    @Override
                    public void onNext(String element) {
                        super.onNext(element);
                        subscription.cancel();
                    }
                };
        runner.run(() -> {
            mono(() -> "value").subscribe(received);
            settle();
        });
        assertThat(received.elements).containsExactly("value");
        assertThat(received.ends()).isZero();
    }

    @Test
    void badDemandIsAnErrorAndCancelsTheTask() {
        runner.run(() -> {
            for (long n : new long[] {0, -1, Long.MIN_VALUE}) {
                Received<Integer> unstarted =
                        counting().subscribeWith(new Received<>(0, Context.empty()));
                unstarted.subscription.request(n);
                Received<Integer> started =
                        counting().subscribeWith(new Received<>(1, Context.empty()));
                settle();
                started.subscription.request(n);
                settle();
                for (Received<Integer> received : List.of(unstarted, started)) {
                    assertThat(received.errors)
                            .singleElement()
                            .satisfies(error ->
                                    assertThat(error)
                                            .isInstanceOf(IllegalArgumentException.class)
                                            .hasMessageContaining("3.9"));
                }
                assertThat(allTasks()).containsExactly(currentTask());
            }
            assertThat(starts).hasValue(3);
        });
    }

    @Test
    void underAnEagerTaskFactory() {
        runner.run(() -> {
            getRunningLoop().setTaskFactory(TaskFactory.EAGER);
            String value = await(mono(() -> "eager"));
            assertThat(value).isEqualTo("eager");
            // cancelled by its own first step, while it is being made
            Received<String> self = new Received<>(0, Context.empty());
            List<String> steps = new ArrayList<>();
            mono(
                            () -> {
                                self.subscription.cancel();
                                try {
                                    await(sleep(Duration.ofDays(1)));
                                } catch (CancelledError e) {
                                    steps.add("cancelled");
                                    throw e;
                                }
                                return "never";
                            })
                    .subscribe(self);
            self.subscription.request(1);
            settle();
            assertThat(steps).containsExactly("cancelled");
            assertThat(self.ends()).isZero();
        });
    }

    @Test
    void underAnEagerTaskFactoryACancelBeforeTheStartStillKeepsItFromBeginning() {
        runner.loop().setTaskFactory(TaskFactory.EAGER);
        Received<Integer> received =
                counting().subscribeWith(new Received<>()); // asked for; the loop doesn't run yet
        received.subscription.cancel();
        runner.run(() -> await(sleep(Duration.ofSeconds(2))));
        assertThat(starts).hasValue(0);
        assertThat(received.ends()).isZero();
    }

    @Test
    void aTaskFactoryThatFailsIsTheSubscribersError() {
        IllegalStateException error = new IllegalStateException("no tasks today");
        EventLoop loop = newEventLoop(new VirtualClock());
        loop.setTaskFactory(
                new TaskFactory() {
                    @Override
                    public <T> Task<T> createTask(
                            EventLoop inner, Coroutine<T> coroutine, TaskOptions options) {
                        throw error;
                    }
                });
        Received<String> received = mono(loop, () -> "never").subscribeWith(new Received<>());
        loop.callSoon(loop::stop);
        loop.callSoon(loop::stop);
        loop.runForever();
        loop.close();
        assertThat(received.errors).containsExactly(error);
    }

    @Test
    void aClosedLoopIsAnError() {
        EventLoop loop = newEventLoop(new VirtualClock());
        loop.close();
        StepVerifier.create(mono(loop, () -> "never"))
                .expectErrorSatisfies(error ->
                        assertThat(error)
                                .isInstanceOf(CancellationException.class)
                                .hasMessageContaining("loop was closed")
                                .hasMessageContaining("subscribe while it runs"))
                .verify();
        Received<String> unrequested =
                mono(loop, () -> "never").subscribeWith(new Received<>(0, Context.empty()));
        assertThat(unrequested.errors).hasSize(1);
    }

    @Test
    void aLoopThatIsClosedMeanwhileIsAnError() {
        EventLoop loop = newEventLoop(new VirtualClock());
        List<String> steps = new ArrayList<>();
        Mono<String> mono =
                mono(
                        loop,
                        () -> {
                            try {
                                return await(sleep(Duration.ofDays(1), "never"));
                            } finally {
                                steps.add("unwound");
                            }
                        });
        List<Received<String>> all = new ArrayList<>();
        all.add(mono.subscribeWith(new Received<>(0, Context.empty()))); // no demand
        loop.runUntilComplete(() -> {
            all.add(mono.subscribeWith(new Received<>())); // runs
            await(sleep(Duration.ofSeconds(1)));
            return null;
        });
        all.add(mono.subscribeWith(new Received<>())); // demanded, not begun
        loop.setExceptionHandler((l, context) -> {});
        loop.close();
        assertThat(all)
                .hasSize(3)
                .allSatisfy(received -> {
                    assertThat(received.errors)
                            .singleElement()
                            .isInstanceOf(CancellationException.class);
                    assertThat(received.elements).isEmpty();
                });
        assertThat(steps).containsExactly("unwound");
    }

    @Test
    void theWholeRoundTripThroughReactor() {
        try (ReactorRunner real = ReactorRunner.create()) {
            EventLoop loop = real.getLoop();
            List<Integer> values =
                    real.run(() ->
                            await(
                                    Flux.range(1, 500)
                                            .flatMap(
                                                    i ->
                                                            mono(
                                                                            loop,
                                                                            () -> {
                                                                                await(
                                                                                        sleep(
                                                                                                Duration
                                                                                                        .ZERO));
                                                                                return await(
                                                                                        Mono.just(i)
                                                                                                .subscribeOn(
                                                                                                        Schedulers
                                                                                                                .parallel()));
                                                                            })
                                                                    .subscribeOn(
                                                                            Schedulers
                                                                                    .boundedElastic()),
                                                    64)
                                            .collectSortedList()));
            assertThat(values).hasSize(500).startsWith(1, 2, 3).endsWith(500);
        }
    }

    @Test
    void cancelAgainstCompletionOverThousandsOfRounds() {
        int rounds = 3_000;
        List<Object> discarded = Collections.synchronizedList(new ArrayList<>());
        Context hook = Operators.enableOnDiscard(Context.empty(), discarded::add);
        List<Received<Integer>> all = new ArrayList<>();
        AtomicInteger finished = new AtomicInteger();
        try (ReactorRunner real = ReactorRunner.create()) {
            real.run(() -> {
                EventLoop loop = getRunningLoop();
                for (int i = 0; i < rounds; i++) {
                    int round = i;
                    Received<Integer> received = new Received<>(1, hook);
                    all.add(received);
                    await(
                            toThread(() -> {
                                mono(
                                                loop,
                                                () -> {
                                                    try {
                                                        return round;
                                                    } finally {
                                                        finished.incrementAndGet();
                                                    }
                                                })
                                        .subscribe(received);
                                for (int spin = 0; spin < round % 300; spin++) {
                                    Thread.onSpinWait();
                                }
                                received.subscription.cancel();
                                return null;
                            }));
                }
            });
        }
        List<Object> values = new ArrayList<>(discarded);
        all.forEach(received -> {
            values.addAll(received.elements);
            assertThat(received.errors).isEmpty();
        });
        assertThat(values).hasSize(finished.get()).doesNotHaveDuplicates();
        assertThat(dropped.elements).isEmpty();
        assertThat(dropped.errors).isEmpty();
    }

    @Test
    void requestsAndCancelsOfManyThreadsStartOneTask() {
        for (int i = 0; i < 300; i++) {
            int before = starts.get();
            Received<Integer> received =
                    counting().subscribeWith(new Received<>(0, Context.empty()));
            Subscription subscription = received.subscription;
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                threads.add(Threads.start(() -> subscription.request(1)));
            }
            threads.forEach(Threads::join);
            runner.run(() -> await(sleep(Duration.ofSeconds(2))));
            assertThat(starts.get()).isEqualTo(before + 1);
            assertThat(received.elements).hasSize(1);
            assertThat(received.ends()).isEqualTo(1);
        }
    }

    @Test
    void nullIsRefused() {
        assertThatThrownBy(() -> mono(null, () -> 1))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("the loop is null");
        assertThatThrownBy(() -> mono(runner.loop(), (Coroutine<?>) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("the coroutine is null");
        assertThatThrownBy(() -> mono(() -> 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no running event loop");
    }
}
