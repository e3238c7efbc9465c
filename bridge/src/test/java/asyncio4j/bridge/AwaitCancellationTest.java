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
import asyncio4j.VirtualClock;
import asyncio4j.bridge.testing.Dropped;
import asyncio4j.bridge.testing.Hand;
import asyncio4j.bridge.testing.Threads;
import asyncio4j.bridge.testing.VirtualReactorRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;

import reactor.core.publisher.Mono;
import reactor.test.publisher.PublisherProbe;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * What comes of an await when its task is cancelled before, while or after the publisher does
 * something.
 */
class AwaitCancellationTest {

    private final VirtualReactorRunner runner = new VirtualReactorRunner();

    private final Dropped dropped = new Dropped();

    @AfterEach
    void close() {
        dropped.close();
        runner.close();
    }

    /** Every way to await a publisher. */
    @SuppressWarnings("ImmutableEnumChecker") // stateless functions
    enum Kind {
        MONO(source -> await(Mono.fromDirect(source))),
        FIRST(Bridge::awaitFirst),
        LAST(Bridge::awaitLast),
        SINGLE(Bridge::awaitSingle);

        private final Function<Publisher<String>, String> await;

        Kind(Function<Publisher<String>, String> await) {
            this.await = await;
        }

        Task<String> start(Publisher<String> source) {
            return createTask(() -> await.apply(source));
        }
    }

    private static void turn() {
        await(sleep(Duration.ZERO));
    }

    private static void assertCancelled(Task<?> task) {
        assertThat(catchThrowable(() -> await(task))).isInstanceOf(CancelledError.class);
        assertThat(task.cancelled()).isTrue();
    }

    @Test
    void beforeTheTaskBeginsNothingIsSubscribed() {
        PublisherProbe<String> probe = PublisherProbe.of(Mono.just("never"));
        runner.run(() -> {
            Task<String> task = toTask(probe.mono());
            task.cancel();
            assertCancelled(task);
        });
        assertThat(probe.wasSubscribed()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void whileItWaitsTheSubscriptionIsCancelledOnceOnTheLoopsThread(Kind kind) {
        Hand<String> source = Hand.ready();
        AtomicReference<Object> loopOfCancel = new AtomicReference<>();
        runner.run(() -> {
            Task<String> task =
                    createTask(() -> {
                        try {
                            return kind.await.apply(source);
                        } finally {
                            loopOfCancel.set(source.canceller == Thread.currentThread());
                        }
                    });
            turn();
            assertThat(source.cancels).hasValue(0);
            task.cancel();
            task.cancel();
            assertCancelled(task);
        });
        assertThat(source.cancels).hasValue(1);
        assertThat(loopOfCancel).hasValue(true);
        assertThat(dropped.elements).isEmpty();
        assertThat(dropped.errors).isEmpty();
    }

    @Test
    void theMessageComesAlong() {
        runner.run(() -> {
            Task<?> task = toTask(Mono.never());
            turn();
            task.cancel("enough");
            assertThat(catchThrowable(() -> await(task)))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("enough");
        });
    }

    @ParameterizedTest
    @EnumSource
    void aLateElementIsDroppedAndALateErrorToo(Kind kind) {
        Hand<String> source = Hand.ready();
        IOException late = new IOException("late");
        runner.run(() -> {
            Task<String> task = kind.start(source);
            turn();
            task.cancel();
            assertCancelled(task);
            source.subscriber.onNext("late");
            source.subscriber.onError(late);
        });
        assertThat(dropped.elements).containsExactly("late");
        assertThat(dropped.errors).containsExactly(late);
        assertThat(runner.reports).isEmpty();
    }

    @Test
    void anElementThatWasThereBeforeTheEndIsDiscarded() {
        Hand<String> source = Hand.ready();
        runner.runDiscarding(() -> {
            Task<String> task = Kind.MONO.start(source);
            turn();
            source.subscriber.onNext("there");
            task.cancel();
            assertCancelled(task);
            source.subscriber.onComplete();
        });
        assertThat(runner.discarded).containsExactly("there");
        assertThat(dropped.elements).isEmpty();
        assertThat(source.cancels).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource
    void aValueThatTheTaskDidNotLiveToTakeIsDiscarded(Kind kind) {
        Hand<String> source = Hand.ready();
        runner.runDiscarding(() -> {
            Task<String> task = kind.start(source);
            turn();
            source.subscriber.onNext("value");
            source.subscriber.onComplete();
            task.cancel(); // its resumption is scheduled already
            assertCancelled(task);
        });
        assertThat(runner.discarded).containsExactly("value");
        assertThat(dropped.elements).isEmpty();
        assertThat(source.cancels).hasValue(kind == Kind.FIRST ? 1 : 0);
    }

    @ParameterizedTest
    @EnumSource
    void anErrorThatTheTaskDidNotLiveToThrowIsDropped(Kind kind) {
        Hand<String> source = Hand.ready();
        IOException error = new IOException("in time, almost");
        runner.run(() -> {
            Task<String> task = kind.start(source);
            turn();
            source.subscriber.onError(error);
            task.cancel();
            assertCancelled(task);
        });
        assertThat(dropped.errors).containsExactly(error);
        assertThat(source.cancels).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource
    void withoutASubscriptionTheTaskEndsAllTheSameAndALateOneIsCancelled(Kind kind) {
        Hand<String> source = Hand.mute();
        runner.run(() -> {
            Task<String> task = kind.start(source);
            turn();
            task.cancel();
            assertCancelled(task);
            assertThat(source.cancels).hasValue(0);
        });
        source.subscriber.onSubscribe(source);
        assertThat(source.cancels).hasValue(1);
        assertThat(source.requests).isEmpty();
        assertThat(dropped.errors).isEmpty();
    }

    @Test
    void aTimeoutCancelsTheSubscription() {
        Hand<String> silent = Hand.mute();
        Hand<String> subscribed = Hand.ready();
        runner.run(() -> {
            for (Hand<String> source : List.of(silent, subscribed)) {
                Coroutine<String> body = () -> await(Mono.fromDirect(source));
                assertThatThrownBy(() -> await(waitFor(body, Duration.ofSeconds(10))))
                        .isInstanceOf(TimeoutException.class);
            }
        });
        assertThat(subscribed.cancels).hasValue(1);
        assertThat(runner.clock.time()).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void aCancelThatThrowsIsToldAndTheTaskEndsAsCancelled() {
        IllegalStateException failure = new IllegalStateException("cancel failed");
        Mono<String> source =
                Mono.<String>never()
                        .doOnCancel(() -> {
                            throw failure;
                        });
        runner.run(() -> {
            Task<String> task = toTask(source);
            turn();
            task.cancel();
            assertCancelled(task);
        });
        assertThat(dropped.errors).containsExactly(failure);
    }

    @Test
    void theTaskMayCatchItAndAwaitAgain() {
        Hand<String> source = Hand.ready();
        runner.run(() -> {
            Task<String> task =
                    createTask(() -> {
                        try {
                            return await(Mono.fromDirect(source));
                        } catch (CancelledError e) {
                            currentTask().uncancel();
                            return await(Mono.just("second").hide());
                        }
                    });
            turn();
            task.cancel();
            String value = await(task);
            assertThat(value).isEqualTo("second");
        });
        assertThat(source.cancels).hasValue(1);
    }

    @Test
    void cancellationInsideOfAnOperatorComesOut() {
        AtomicInteger cleanups = new AtomicInteger();
        Mono<String> mono =
                Mono.just(1)
                        .hide()
                        .map(i -> {
                            try {
                                await(sleep(Duration.ofDays(1)));
                                return "slept";
                            } finally {
                                cleanups.incrementAndGet();
                            }
                        });
        runner.run(() -> {
            Task<String> task = toTask(mono);
            turn();
            task.cancel();
            assertCancelled(task);
        });
        assertThat(cleanups).hasValue(1);
    }

    @Test
    void closingTheLoopCancelsTheSubscriptionsOfTheTasksThatItUnwinds() {
        Hand<String> source = Hand.ready();
        List<String> reports = new ArrayList<>();
        EventLoop loop = newEventLoop(new VirtualClock());
        loop.setExceptionHandler((l, context) -> reports.add(context.message()));
        loop.runUntilComplete(() -> {
            Kind.MONO.start(source);
            await(sleep(Duration.ofSeconds(1)));
            source.subscriber.onNext("there");
            return null;
        });
        assertThat(source.cancels).hasValue(0);
        loop.close();
        assertThat(source.cancels).hasValue(1);
        assertThat(reports).containsExactly("Task was destroyed but it is pending!");
        source.subscriber.onComplete();
        assertThat(dropped.errors).isEmpty();
    }

    @Test
    void anInterruptOfTheWaitingThreadCancelsTheMainMono() {
        Hand<String> source = Hand.ready();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Threads.elsewhere(() -> {
            Thread waiting = Thread.currentThread();
            source.onRequest = waiting::interrupt;
            thrown.set(catchThrowable(() -> runner.runner.run(Mono.fromDirect(source))));
            assertThat(Thread.interrupted()).isTrue();
        });
        assertThat(thrown.get()).isInstanceOf(CancellationException.class);
        assertThat(source.cancels).hasValue(1);
    }
}
