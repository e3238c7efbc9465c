package asyncio4j.bridge;

import static asyncio4j.Asyncio.*;
import static asyncio4j.bridge.Bridge.*;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.AsyncFuture;
import asyncio4j.EventLoop;
import asyncio4j.ForwardingEventLoop;
import asyncio4j.Task;
import asyncio4j.bridge.testing.Hand;
import asyncio4j.bridge.testing.Threads;
import asyncio4j.bridge.testing.VirtualReactorRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.publisher.PublisherProbe;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

class AwaitMonoTest {

    private final VirtualReactorRunner runner = new VirtualReactorRunner();

    @AfterEach
    void close() {
        runner.close();
    }

    private static Object result(Mono<?> mono) {
        return await(mono);
    }

    /** How often the loop went round while {@code mono} was awaited. */
    private static int iterations(Mono<?> mono) {
        AtomicInteger count = new AtomicInteger();
        EventLoop loop = getRunningLoop();
        loop.callSoon(
                new Runnable() {
                    @Override
                    public void run() {
                        count.incrementAndGet();
                        loop.callSoon(this);
                    }
                });
        await(mono);
        return count.get();
    }

    @Test
    void theValueOfAScalarIsTakenWithoutASuspension() {
        runner.run(() -> {
            assertThat(result(Mono.just(7))).isEqualTo(7);
            assertThat(result(Mono.empty())).isNull();
            assertThat(iterations(Mono.just(1))).isZero();
        });
    }

    @Test
    void aScalarErrorIsThrownAsItIs() {
        Throwable checked = new IOException("disk");
        Throwable error = new AssertionError("odd");
        runner.run(() -> {
            assertThat(catchThrowable(() -> await(Mono.error(checked)))).isSameAs(checked);
            assertThat(catchThrowable(() -> await(Mono.error(error)))).isSameAs(error);
            assertThat(catchThrowable(() -> await(Mono.error(() -> checked)))).isSameAs(checked);
        });
    }

    @Test
    void aCallableIsCalledOnceInTheTask() {
        List<Task<?>> callers = new ArrayList<>();
        Mono<String> mono =
                Mono.fromCallable(() -> {
                    callers.add(currentTask());
                    return "called";
                });
        runner.run(() -> {
            assertThat(result(mono)).isEqualTo("called");
            assertThat(callers).containsExactly(currentTask());
            assertThat(result(Mono.fromRunnable(() -> callers.add(null)))).isNull();
            assertThat(callers).hasSize(2);
        });
    }

    @Test
    void whatACallableThrowsIsThrownAsItIs() {
        IOException checked = new IOException("from the callable");
        runner.run(() -> {
            assertThat(
                            catchThrowable(() ->
                                    await(
                                            Mono.fromCallable(() -> {
                                                throw checked;
                                            }))))
                    .isSameAs(checked)
                    .satisfies(e -> assertThat(e.getSuppressed()).isEmpty());
            assertThat(
                            catchThrowable(() ->
                                    await(
                                            Mono.fromSupplier(() -> {
                                                throw Exceptions.propagate(checked);
                                            }))))
                    .isSameAs(checked);
        });
    }

    @Test
    void aCallableMayAwait() {
        Mono<String> mono =
                Mono.fromCallable(() -> {
                    await(sleep(Duration.ofHours(1)));
                    return await(
                            Mono.delay(Duration.ZERO, Schedulers.immediate()).thenReturn("inner"));
                });
        Mono<String> hidden =
                Mono.fromCallable(() -> await(sleep(Duration.ofHours(1), "slept"))).hide();
        runner.run(() -> {
            assertThat(catchThrowable(() -> await(mono)))
                    .isInstanceOf(RejectedExecutionException.class);
            assertThat(result(hidden)).isEqualTo("slept");
        });
        assertThat(runner.clock.time()).isEqualTo(Duration.ofHours(2));
    }

    @Test
    void oneThatCompletesInsideOfSubscribeDoesNotSuspend() {
        runner.run(() -> {
            assertThat(iterations(Mono.just(1).hide())).isZero();
            assertThat(result(Mono.just(1).hide().map(i -> i + 1))).isEqualTo(2);
            assertThat(result(Mono.empty().hide())).isNull();
        });
    }

    @Test
    void oneThatIsCompletedByAnotherTaskTakesOneIteration() {
        Hand<Integer> source = Hand.ready();
        runner.run(() -> {
            List<String> order = new ArrayList<>();
            createTask(() -> {
                source.subscriber.onNext(1);
                source.subscriber.onComplete();
                getRunningLoop().callSoon(() -> order.add("next iteration"));
                getRunningLoop()
                        .callSoon(
                                () -> getRunningLoop().callSoon(() -> order.add("the one after")));
            });
            await(Mono.fromDirect(source));
            order.add("resumed");
            await(sleep(Duration.ZERO));
            await(sleep(Duration.ZERO));
            assertThat(order).containsExactly("resumed", "next iteration", "the one after");
        });
    }

    @Test
    void itIsRequestedWithoutBoundAndOnce() {
        Hand<Integer> source = Hand.ready();
        source.onRequest =
                () -> {
                    source.subscriber.onNext(1);
                    source.subscriber.onComplete();
                };
        runner.run(() -> assertThat(result(Mono.fromDirect(source))).isEqualTo(1));
        assertThat(source.requests).containsExactly(Long.MAX_VALUE);
        assertThat(source.cancels).hasValue(0);
    }

    @Test
    void itResumesAtOnCompleteAndNotAtOnNext() {
        Hand<String> source = Hand.ready();
        runner.run(() -> {
            Task<String> task = toTask(Mono.fromDirect(source));
            await(sleep(Duration.ZERO));
            source.subscriber.onNext("value");
            await(sleep(Duration.ofDays(1)));
            assertThat(task.done()).isFalse();
            source.subscriber.onComplete();
            assertThat(await(task)).isEqualTo("value");
        });
    }

    @Test
    void aProbeIsSubscribedOnceAndNotCancelled() {
        PublisherProbe<String> probe = PublisherProbe.of(Mono.just("probed").hide());
        runner.run(() -> assertThat(result(probe.mono())).isEqualTo("probed"));
        assertThat(probe.subscribeCount()).isEqualTo(1);
        probe.assertWasRequested();
        probe.assertWasNotCancelled();
    }

    @Test
    void anotherThreadMayComplete() {
        runner.run(() -> {
            Thread[] signals = new Thread[1];
            Task<?> task = currentTask();
            String value =
                    await(
                            Mono.fromCallable(
                                            () -> {
                                                signals[0] = Thread.currentThread();
                                                return "far";
                                            })
                                    .subscribeOn(Schedulers.boundedElastic()));
            assertThat(value).isEqualTo("far");
            assertThat(signals[0]).isNotSameAs(Thread.currentThread());
            assertThat(currentTask()).isSameAs(task);
        });
    }

    @Test
    void aCompletionJustBeforeTheTaskSuspendsIsNotLost() {
        Hand<String> source = Hand.ready();
        EventLoop loop =
                new ForwardingEventLoop(newEventLoop(runner.clock)) {
                    @Override
                    public <T>
                            AsyncFuture<T>
                                    createFuture() { // what the await does last before it says that
                        // it waits
                        if (source.subscriber != null) {
                            Threads.elsewhere(() -> {
                                source.subscriber.onNext("just before");
                                source.subscriber.onComplete();
                            });
                        }
                        return super.createFuture();
                    }
                };
        try (ReactorRunner own = ReactorRunner.builder().loopFactory(() -> loop).build()) {
            assertThat(own.run(Mono.fromDirect(source))).isEqualTo("just before");
            source.subscriber = null;
        }
    }

    @Test
    void anotherThreadMaySubscribeAndComplete() {
        Hand<String> source = Hand.mute();
        try (ReactorRunner real = ReactorRunner.create()) {
            String value =
                    real.run(() -> {
                        Task<String> task = toTask(Mono.fromDirect(source));
                        await(sleep(Duration.ZERO));
                        await(
                                toThread(() -> {
                                    source.subscriber.onSubscribe(source);
                                    source.subscriber.onNext("late");
                                    source.subscriber.onComplete();
                                    return null;
                                }));
                        return await(task);
                    });
            assertThat(value).isEqualTo("late");
        }
    }

    @Test
    void theOtherTasksGoOn() {
        Hand<Integer> source = Hand.ready();
        runner.run(() -> {
            AsyncFuture<Void> other = getRunningLoop().createFuture();
            createTask(() -> {
                await(sleep(Duration.ofSeconds(1)));
                other.setResult(null);
                source.subscriber.onComplete();
            });
            assertThat(result(Mono.fromDirect(source))).isNull();
            assertThat(other.done()).isTrue();
        });
    }

    @Test
    void anErrorIsTheSameObjectWithTheStackOfTheAwait() {
        IOException error = new IOException("remote");
        runner.run(() -> {
            Throwable thrown = catchThrowable(this::awaitNamed);
            assertThat(thrown).isNull();
            assertThat(catchThrowable(() -> await(Mono.error(error).hide()))).isSameAs(error);
        });
        assertThat(error.getSuppressed())
                .singleElement()
                .satisfies(site -> assertThat(site).hasMessageContaining("awaited here by task"));
        assertThat(error.getSuppressed()[0].getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(AwaitMonoTest.class.getName()));
    }

    private void awaitNamed() {
        await(Mono.just(1).hide());
    }

    @Test
    void aWrappedCheckedErrorIsUnwrapped() {
        IOException error = new IOException("wrapped");
        Mono<Object> mono =
                new Mono<>() {
                    @Override
                    public void subscribe(CoreSubscriber<? super Object> actual) {
                        actual.onSubscribe(new Nothing());
                        actual.onError(Exceptions.propagate(error));
                    }
                };
        runner.run(() -> assertThat(catchThrowable(() -> await(mono))).isSameAs(error));
    }

    @Test
    void reactorsSharedExceptionsAreLeftAlone() {
        RejectedExecutionException shared = Exceptions.failWithRejected();
        runner.run(() ->
                assertThat(catchThrowable(() -> await(Mono.error(shared).hide())))
                        .isSameAs(shared));
        assertThat(shared.getSuppressed()).isEmpty();
    }

    @Test
    void severalErrorsComeAsReactorGathersThem() {
        Mono<?> both =
                Mono.whenDelayError(
                        Mono.error(new IOException("a")), Mono.error(new IOException("b")));
        runner.run(() -> {
            Throwable thrown = catchThrowable(() -> await(both));
            assertThat(Exceptions.isMultiple(thrown)).isTrue();
            assertThat(Exceptions.unwrapMultiple(thrown))
                    .extracting(Throwable::getMessage)
                    .contains("a", "b");
        });
    }

    @Test
    void whatAMonosSubscribeThrowsIsThrownAsItIs() {
        IllegalStateException error = new IllegalStateException("in subscribe");
        Mono<Object> mono =
                new Mono<>() {
                    @Override
                    public void subscribe(CoreSubscriber<? super Object> actual) {
                        throw error;
                    }
                };
        Mono<Object> afterOnSubscribe =
                new Mono<>() {
                    @Override
                    public void subscribe(CoreSubscriber<? super Object> actual) {
                        actual.onSubscribe(new Nothing());
                        throw error;
                    }
                };
        runner.run(() -> {
            assertThat(catchThrowable(() -> await(mono))).isSameAs(error);
            assertThat(catchThrowable(() -> await(afterOnSubscribe))).isSameAs(error);
        });
    }

    @Test
    void aFatalErrorGoesThroughAsInReactor() {
        VirtualMachineError fatal = new InternalError("fatal");
        AtomicInteger cancels = new AtomicInteger();
        Mono<Object> inSubscribe =
                Mono.defer(() -> {
                    throw fatal;
                });
        Mono<Object> inRequest =
                new Mono<>() {
                    @Override
                    public void subscribe(CoreSubscriber<? super Object> actual) {
                        actual.onSubscribe(
                                new Subscription() {
                                    @Override
                                    public void request(long n) {
                                        throw fatal;
                                    }

                                    @Override
                                    public void cancel() {
                                        cancels.incrementAndGet();
                                    }
                                });
                    }
                };
        runner.run(() -> {
            assertThat(catchThrowable(() -> await(inSubscribe))).isSameAs(fatal);
            assertThat(catchThrowable(() -> await(inRequest))).isSameAs(fatal);
            assertThat(result(Mono.just("the task goes on").hide())).isEqualTo("the task goes on");
        });
        assertThat(cancels).hasValue(1);
    }

    @Test
    void oneFailureDoesNotSpoilTheNextAwaits() {
        runner.run(() -> {
            for (int i = 0; i < 1000; i++) {
                int round = i;
                assertThat(
                                catchThrowable(() ->
                                        await(
                                                Mono.error(new IOException("round " + round))
                                                        .hide())))
                        .hasMessage("round " + round);
                assertThat(result(Mono.just(round).hide())).isEqualTo(round);
            }
        });
    }

    @Test
    void operatorsMayAwaitOnTheTasksOwnStack() {
        Mono<String> mono =
                Mono.just("a")
                        .hide()
                        .map(s -> s + await(sleep(Duration.ofSeconds(1), "b")))
                        .map(s -> s + await(Mono.just("c").hide()));
        runner.run(() -> assertThat(result(mono)).isEqualTo("abc"));
        assertThat(runner.clock.time()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void underAssemblyTracingTheResultsAreTheSame() {
        Hooks.onOperatorDebug();
        try {
            IOException error = new IOException("traced");
            runner.run(() -> {
                assertThat(result(Mono.just(1))).isEqualTo(1);
                assertThat(result(Mono.fromCallable(() -> 2))).isEqualTo(2);
                assertThat(catchThrowable(() -> await(Mono.error(error)))).isSameAs(error);
            });
        } finally {
            Hooks.resetOnOperatorDebug();
        }
    }

    @Test
    void outsideOfACoroutineItSaysWhatToDo() {
        assertThatThrownBy(() -> await(Mono.just(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("await(mono) outside of a coroutine")
                .hasMessageContaining("Runner.run");
        assertThatThrownBy(() -> awaitFirst(Mono.just(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("awaitFirst outside of a coroutine");
        Threads.elsewhere(() ->
                assertThatThrownBy(() -> await(Mono.never()))
                        .isInstanceOf(IllegalStateException.class));
    }

    @Test
    void insideAPlainCallbackItSaysWhatToDo() {
        PublisherProbe<Integer> probe = PublisherProbe.of(Mono.just(1));
        runner.run(() -> {
            AsyncFuture<Throwable> thrown = getRunningLoop().createFuture();
            getRunningLoop()
                    .callSoon(() -> thrown.setResult(catchThrowable(() -> await(probe.mono()))));
            assertThat(await(thrown))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("inside a plain callback")
                    .hasMessageContaining("createTask");
        });
        assertThat(probe.wasSubscribed()).isFalse();
    }

    @Test
    void nullIsRefused() {
        runner.run(() -> {
            assertThatThrownBy(() -> await((Mono<?>) null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("the Mono is null");
            assertThatThrownBy(() -> awaitSingle(null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("awaitSingle");
            assertThatThrownBy(() -> toTask(null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("toTask");
        });
    }

    /** A subscription that does nothing. */
    private static final class Nothing implements Subscription {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    }
}
