package asyncio4j.bridge;

import static asyncio4j.Asyncio.*;
import static asyncio4j.bridge.Bridge.*;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.AsyncFuture;
import asyncio4j.CancelledError;
import asyncio4j.EventLoop;
import asyncio4j.Task;
import asyncio4j.TaskOptions;
import asyncio4j.VirtualClock;
import asyncio4j.bridge.testing.Dropped;
import asyncio4j.bridge.testing.Hand;
import asyncio4j.bridge.testing.Received;
import asyncio4j.bridge.testing.Threads;
import asyncio4j.bridge.testing.VirtualReactorRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import reactor.core.Scannable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.util.context.Context;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/** toTask and toMono. */
class TaskMonoTest {

    private final VirtualReactorRunner runner = new VirtualReactorRunner();

    private final Dropped dropped = new Dropped();

    @AfterEach
    void close() {
        dropped.close();
        runner.close();
    }

    private static void turn() {
        await(sleep(Duration.ZERO));
    }

    /** Lets all that is ready have its turn, and what comes of it. */
    private static void settle() {
        await(sleep(Duration.ofNanos(1)));
    }

    private Subscriptions open() {
        return Subscriptions.of(runner.loop());
    }

    @Test
    void toTaskIsHot() {
        Hand<String> source = Hand.ready();
        runner.run(() -> {
            Task<String> task = toTask(Mono.fromDirect(source), TaskOptions.DEFAULT.name("hot"));
            assertThat(task.getName()).isEqualTo("hot");
            turn();
            assertThat(source.requests).containsExactly(Long.MAX_VALUE);
            source.subscriber.onNext("value");
            source.subscriber.onComplete();
            settle();
            assertThat(task.result()).isEqualTo("value");
        });
    }

    @Test
    void toTaskOfAnErrorAndOfNothing() {
        IOException error = new IOException("failed");
        runner.run(() -> {
            Task<Object> failed = toTask(Mono.error(error));
            Task<Object> empty = toTask(Mono.empty());
            settle();
            assertThat(failed.exception()).isSameAs(error);
            assertThat(empty.result()).isNull();
        });
    }

    @Test
    void toTaskMayStartAtOnce() {
        runner.run(() -> {
            Task<Integer> task = toTask(Mono.just(1).hide(), TaskOptions.DEFAULT.eagerStart(true));
            assertThat(task.done()).isTrue();
        });
    }

    @Test
    void toTaskNeedsARunningLoop() {
        assertThatThrownBy(() -> toTask(Mono.just(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no running event loop");
    }

    @Test
    void anyNumberOfSubscribersBeforeAndAfterItIsDone() {
        runner.run(() -> {
            Task<String> task = createTask(() -> await(sleep(Duration.ofSeconds(1), "value")));
            Mono<String> mono = toMono(task);
            List<Received<String>> all = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                all.add(mono.subscribeWith(new Received<>()));
            }
            assertThat(open().size()).isEqualTo(3);
            await(task);
            settle();
            all.add(mono.subscribeWith(new Received<>()));
            assertThat(all)
                    .allSatisfy(each -> {
                        assertThat(each.elements).containsExactly("value");
                        assertThat(each.ends()).isEqualTo(1);
                    });
            assertThat(open().size()).isZero();
        });
    }

    @Test
    void subscribersOnOtherThreads() {
        try (ReactorRunner real = ReactorRunner.create()) {
            real.run(() -> {
                AsyncFuture<String> future = getRunningLoop().createFuture();
                Mono<String> mono = toMono(future);
                Received<String> early = new Received<>();
                Received<String> late = new Received<>();
                Thread loopThread = Thread.currentThread();
                await(toThread(() -> mono.subscribeWith(early)));
                future.setResult("value");
                await(toThread(early::join));
                assertThat(early.thread).isNotSameAs(late.thread);
                await(toThread(() -> mono.subscribeWith(late).join()));
                assertThat(early.elements).isEqualTo(late.elements).containsExactly("value");
                assertThat(loopThread).isSameAs(Thread.currentThread());
            });
        }
    }

    @Test
    void aValueWaitsForDemand() {
        runner.run(() -> {
            Task<String> task = createTask(() -> "value");
            Received<String> slow = toMono(task).subscribeWith(new Received<>(0, Context.empty()));
            settle();
            assertThat(slow.elements).isEmpty();
            assertThat(slow.ends()).isZero();
            assertThat(open().size()).as("it needs the loop no more").isZero();
            slow.subscription.request(1);
            slow.subscription.request(5);
            assertThat(slow.elements).containsExactly("value");
            assertThat(slow.ends()).isEqualTo(1);
        });
    }

    @Test
    void aValueThatWaitsOutlivesTheLoop() {
        Received<String> slow = new Received<>(0, Context.empty());
        runner.run(() -> {
            Task<String> task = createTask(() -> "value");
            toMono(task).subscribe(slow);
            settle();
        });
        runner.close();
        assertThat(slow.ends()).isZero();
        Threads.elsewhere(() -> slow.subscription.request(1));
        assertThat(slow.elements).containsExactly("value");
        assertThat(slow.completions).hasValue(1);
    }

    @Test
    void emptyAndErrorNeedNoDemand() {
        IOException error = new IOException("failed");
        runner.run(() -> {
            Task<Void> empty = createTask(() -> {});
            Task<Object> failed =
                    createTask(() -> {
                        throw error;
                    });
            Received<Void> one = toMono(empty).subscribeWith(new Received<>(0, Context.empty()));
            Received<Object> other =
                    toMono(failed).subscribeWith(new Received<>(0, Context.empty()));
            settle();
            assertThat(one.completions).hasValue(1);
            assertThat(other.errors).containsExactly(error);
        });
        runner.close();
        assertThat(runner.reports).as("the error was told to the subscriber").isEmpty();
    }

    @Test
    void cancellingASubscriberCancelsTheTaskAndSoTheOthers() {
        runner.run(() -> {
            Task<String> task = createTask(() -> await(sleep(Duration.ofDays(1), "never")));
            Received<String> one = toMono(task).subscribeWith(new Received<>());
            Received<String> other = toMono(task).subscribeWith(new Received<>());
            turn();
            one.subscription.cancel();
            one.subscription.cancel();
            settle();
            assertThat(task.cancelled()).isTrue();
            assertThat(task.cancelling()).isEqualTo(1);
            assertThat(one.ends()).isZero();
            assertThat(other.errors)
                    .singleElement()
                    .satisfies(error ->
                            assertThat(error)
                                    .isInstanceOf(CancellationException.class)
                                    .hasMessageContaining(task.getName())
                                    .hasCauseInstanceOf(CancelledError.class));
        });
        assertThat(dropped.errors).isEmpty();
    }

    @Test
    void cancellingFromAnotherThread() {
        try (ReactorRunner real = ReactorRunner.create()) {
            real.run(() -> {
                Task<String> task = createTask(() -> await(sleep(Duration.ofDays(1), "never")));
                Received<String> received = toMono(task).subscribeWith(new Received<>());
                await(
                        toThread(() -> {
                            received.subscription.cancel();
                            return null;
                        }));
                assertThat(catchThrowable(() -> await(task))).isInstanceOf(CancelledError.class);
            });
        }
    }

    @Test
    void shieldKeepsACancelledSubscriberFromCancellingTheTask() {
        runner.run(() -> {
            Task<String> task = createTask(() -> await(sleep(Duration.ofSeconds(1), "value")));
            Received<String> received = toMono(shield(task)).subscribeWith(new Received<>());
            turn();
            received.subscription.cancel();
            String value = await(task);
            assertThat(value).isEqualTo("value");
        });
    }

    @Test
    void aTaskThatWasCancelledIsAnError() {
        runner.run(() -> {
            Task<String> task = createTask(() -> "never");
            task.cancel("on purpose");
            var _ = catchThrowable(() -> await(task));
            StepVerifier.create(toMono(task))
                    .expectErrorSatisfies(error ->
                            assertThat(error)
                                    .isInstanceOf(CancellationException.class)
                                    .hasCauseInstanceOf(CancelledError.class))
                    .verify();
        });
    }

    @Test
    void gatherAsAMono() {
        runner.run(() -> {
            List<String> values =
                    await(
                            toMono(
                                    gather(
                                            () -> await(sleep(Duration.ofSeconds(1), "a")),
                                            () -> await(sleep(Duration.ofSeconds(2), "b")))));
            assertThat(values).containsExactly("a", "b");
            AsyncFuture<List<String>> cancelled =
                    gather(() -> await(sleep(Duration.ofDays(1), "c")));
            Received<List<String>> received = toMono(cancelled).subscribeWith(new Received<>());
            turn();
            cancelled.cancel();
            settle();
            assertThat(received.errors).singleElement().isInstanceOf(CancellationException.class);
        });
    }

    @Test
    void awaitingAMonoOfATaskIsAwaitingTheTask() {
        runner.run(() -> {
            Task<String> inner = createTask(() -> await(sleep(Duration.ofSeconds(1), "value")));
            Task<String> outer = toTask(toMono(inner));
            turn();
            outer.cancel();
            assertThat(catchThrowable(() -> await(outer))).isInstanceOf(CancelledError.class);
            settle();
            assertThat(inner.cancelled()).isTrue();
        });
    }

    @Test
    void acrossLoops() {
        try (ReactorRunner second = ReactorRunner.create();
                ReactorRunner first = ReactorRunner.create()) {
            EventLoop other = second.getLoop();
            AsyncFuture<Void> stop = other.createFuture();
            Thread driver = Threads.start(() -> second.run(() -> await(stop)));
            String value =
                    first.run(() -> {
                        try {
                            return await(mono(other, () -> "from the other loop"));
                        } finally {
                            other.callSoonThreadsafe(() -> stop.setResult(null));
                        }
                    });
            Threads.join(driver);
            assertThat(value).isEqualTo("from the other loop");
        }
    }

    @Test
    void badDemandIsAnErrorAndCancelsTheTask() {
        runner.run(() -> {
            for (long n : new long[] {0, -1, Long.MIN_VALUE}) {
                Task<String> task = createTask(() -> await(sleep(Duration.ofDays(1), "never")));
                Received<String> received =
                        toMono(task).subscribeWith(new Received<>(0, Context.empty()));
                turn();
                received.subscription.request(n);
                received.subscription.request(1);
                settle();
                assertThat(received.errors)
                        .singleElement()
                        .satisfies(error ->
                                assertThat(error)
                                        .isInstanceOf(IllegalArgumentException.class)
                                        .hasMessageContaining("3.9"));
                assertThat(task.cancelled()).isTrue();
            }
        });
    }

    @Test
    void closingTheLoopEndsTheSubscribersOfWhatIsPending() {
        EventLoop loop = newEventLoop(new VirtualClock());
        AsyncFuture<String> future = loop.createFuture();
        Received<String> before = toMono(future).subscribeWith(new Received<>());
        loop.close();
        Received<String> after = toMono(future).subscribeWith(new Received<>());
        for (Received<String> received : List.of(before, after)) {
            assertThat(received.errors)
                    .singleElement()
                    .satisfies(error ->
                            assertThat(error)
                                    .isInstanceOf(CancellationException.class)
                                    .hasMessageContaining("loop was closed"));
        }
    }

    @Test
    void aDoneFutureOfAClosedLoopStillTells() {
        EventLoop loop = newEventLoop(new VirtualClock());
        AsyncFuture<String> future = loop.createFuture();
        future.setResult("kept");
        loop.close();
        StepVerifier.create(toMono(future)).expectNext("kept").verifyComplete();
    }

    @Test
    void operatorsWorkOnIt() {
        runner.run(() -> {
            Task<Integer> task = createTask(() -> 20);
            int value =
                    await(
                            toMono(task)
                                    .map(i -> i + 1)
                                    .publishOn(Schedulers.parallel())
                                    .map(i -> i * 2));
            assertThat(value).isEqualTo(42);
        });
    }

    @Test
    void itCanBeScanned() {
        runner.run(() -> {
            Task<Integer> task = createTask(() -> 20);
            Mono<Integer> mono = toMono(task);
            assertThat(Scannable.from(mono).scan(Scannable.Attr.RUN_STYLE))
                    .isEqualTo(Scannable.Attr.RunStyle.ASYNC);
            Received<Integer> received = mono.subscribeWith(new Received<>(0, Context.empty()));
            Scannable subscription = Scannable.from(received.subscription);
            assertThat(subscription.scanUnsafe(Scannable.Attr.ACTUAL)).isSameAs(received);
            assertThat(subscription.scan(Scannable.Attr.TERMINATED)).isFalse();
            assertThat(subscription.scan(Scannable.Attr.REQUESTED_FROM_DOWNSTREAM)).isZero();
            received.subscription.request(1);
            assertThat(subscription.scan(Scannable.Attr.REQUESTED_FROM_DOWNSTREAM)).isEqualTo(1);
            received.subscription.cancel();
            assertThat(subscription.scan(Scannable.Attr.CANCELLED)).isTrue();
        });
    }

    @Test
    void nullIsRefused() {
        assertThatThrownBy(() -> toMono(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("toMono");
    }
}
