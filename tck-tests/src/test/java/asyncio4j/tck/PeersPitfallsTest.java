package asyncio4j.tck;

import static asyncio4j.Asyncio.*;
import static asyncio4j.bridge.Bridge.*;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.Asyncio;
import asyncio4j.CancelledError;
import asyncio4j.Task;
import asyncio4j.VirtualClock;
import asyncio4j.bridge.ReactorRunner;
import asyncio4j.tck.SubscriberRulesTest.Kind;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** What bridges between coroutines and reactive streams have got wrong elsewhere. */
class PeersPitfallsTest {

    private final VirtualClock clock = new VirtualClock();

    private final ReactorRunner runner =
            ReactorRunner.builder().loopFactory(() -> Asyncio.newEventLoop(clock)).build();

    private final List<Throwable> droppedErrors = new CopyOnWriteArrayList<>();

    @BeforeEach
    void collectWhatIsDropped() {
        Hooks.onErrorDropped(droppedErrors::add);
    }

    @AfterEach
    void close() {
        Hooks.resetOnErrorDropped();
        runner.close();
    }

    private static void turns() {
        for (int i = 0; i < 5; i++) {
            await(sleep(Duration.ZERO));
        }
    }

    /** kotlinx.coroutines #3487. */
    @ParameterizedTest
    @EnumSource(names = {"MONO", "LAST", "SINGLE"})
    void anAwaitIsNotResumedBeforeOnComplete(Kind kind) {
        runner.run(() -> {
            Source<Integer> source = new Source<>();
            Task<List<Integer>> task = createTask(() -> kind.take(source));
            turns();
            source.subscriber().onNext(1);
            turns();
            assertThat(task.done()).isFalse();
            source.subscriber().onComplete();
            List<Integer> taken = await(task);
            assertThat(taken).containsExactly(1);
            assertThat(source.cancels).hasValue(0);
        });
    }

    /** kotlinx.coroutines #2262: a timeout over a publisher that says nothing. */
    @ParameterizedTest
    @EnumSource
    void aTimeoutEndsTheAwaitAndCancelsTheSource(Kind kind) {
        runner.run(() -> {
            Source<Integer> source = new Source<>();
            Duration before = clock.time();
            Throwable thrown =
                    catchThrowable(
                            () -> await(waitFor(() -> kind.take(source), Duration.ofSeconds(3))));
            assertThat(thrown).isInstanceOf(TimeoutException.class);
            assertThat(clock.time().minus(before)).isEqualTo(Duration.ofSeconds(3));
            assertThat(source.cancels).hasValue(1);
        });
    }

    /** kotlinx.coroutines #2262, the other way round: Reactor's timeout over a coroutine. */
    @Test
    void reactorsTimeoutOverACoroutineCompletesAndEndsIt() {
        runner.run(() -> {
            List<String> log = new ArrayList<>();
            Mono<String> late =
                    mono(() -> {
                        try {
                            await(sleep(Duration.ofDays(1)));
                            return "late";
                        } finally {
                            await(sleep(Duration.ofSeconds(1)));
                            log.add("cleaned up");
                        }
                    });
            String value =
                    await(
                            late.timeout(
                                    mono(() -> await(sleep(Duration.ofSeconds(5)))),
                                    Mono.just("instead")));
            assertThat(value).isEqualTo("instead");
            await(sleep(Duration.ofSeconds(1)));
            assertThat(log).containsExactly("cleaned up");
            assertThat(clock.time()).isLessThan(Duration.ofDays(1));
        });
    }

    /** kotlinx.coroutines #1070: after one failure, later calls failed as well. */
    @ParameterizedTest
    @EnumSource
    void aFailureDoesNotBreakLaterCalls(Kind kind) {
        runner.run(() -> {
            for (int i = 0; i < 1_000; i++) {
                IllegalStateException error = new IllegalStateException("call " + i);
                Flux<Integer> failing = Flux.<Integer>error(error).hide();
                assertThat(catchThrowable(() -> kind.take(failing))).isSameAs(error);
                assertThat(kind.take(Flux.just(i).hide())).containsExactly(i);
            }
        });
        assertThat(droppedErrors).isEmpty();
    }

    /** The same on the publishers' side. */
    @Test
    void aFailedSubscriberDoesNotBreakTheNext() {
        runner.run(() -> {
            AtomicInteger calls = new AtomicInteger();
            Flux<Integer> items =
                    flux(g -> {
                        int call = calls.incrementAndGet();
                        g.yield(call);
                        if (call % 2 == 1) {
                            throw new IllegalStateException("call " + call);
                        }
                    });
            for (int i = 1; i < 1_000; i += 2) {
                assertThat(catchThrowable(() -> awaitLast(items))).hasMessage("call " + i);
                assertThat(awaitLast(items)).isEqualTo(i + 1);
            }
        });
        assertThat(droppedErrors).isEmpty();
    }

    /** kotlinx.coroutines #2079: the error was hidden behind "Already resumed". */
    @ParameterizedTest
    @EnumSource
    void anErrorAfterAnElementComesOutAsItself(Kind kind) {
        IllegalStateException error = new IllegalStateException("after the element");
        Flux<Integer> source = Flux.concat(Flux.just(1), Flux.error(error)).hide();
        runner.run(() -> {
            if (kind == Kind.FIRST) {
                assertThat(kind.take(source)).containsExactly(1);
            } else {
                assertThat(catchThrowable(() -> kind.take(source))).isSameAs(error);
            }
        });
        assertThat(droppedErrors).isEmpty();
    }

    /** kotlinx.coroutines #2079, with a cancel in place of the element. */
    @Test
    void anErrorThatComesWithACancelIsToldToTheHook() {
        IllegalStateException error = new IllegalStateException("beside the cancel");
        runner.run(() -> {
            Source<Integer> source = new Source<>();
            Task<List<Integer>> task = createTask(() -> Kind.MONO.take(source));
            turns();
            source.onCancel = () -> source.subscriber().onError(error);
            task.cancel();
            assertThat(catchThrowable(() -> await(task))).isInstanceOf(CancelledError.class);
        });
        assertThat(droppedErrors).containsExactly(error);
    }

    /** spring-framework #35774: what was taken out of a pool stayed out after a cancel. */
    @Test
    void aCancelGivesBackWhatWasAcquired() {
        int rounds = 1_000;
        AtomicInteger acquired = new AtomicInteger();
        AtomicInteger released = new AtomicInteger();
        runner.run(() -> {
            for (int i = 0; i < rounds; i++) {
                CompletableFuture<Void> back = new CompletableFuture<>();
                Mono<Integer> pooled =
                        Mono.usingWhen(
                                Mono.fromCallable(acquired::incrementAndGet),
                                connection ->
                                        Mono.fromCallable(() -> connection)
                                                .subscribeOn(Schedulers.parallel()),
                                connection ->
                                        Mono.fromRunnable(() -> {
                                            released.incrementAndGet();
                                            back.complete(null);
                                        }));
                Task<Integer> task = createTask(() -> await(pooled));
                await(sleep(Duration.ZERO));
                for (int spin = 0; spin < i; spin++) {
                    Thread.onSpinWait();
                }
                task.cancel();
                var _ = catchThrowable(() -> await(task));
                await(back);
            }
        });
        assertThat(acquired).hasValue(rounds);
        assertThat(released).hasValue(rounds);
        assertThat(droppedErrors).isEmpty();
    }

    /** A Flux that needed one demand more than it had items in order to complete. */
    @Test
    void theEndNeedsNoDemand() {
        runner.run(() -> {
            Recorder<Integer> subscriber = new Recorder<>();
            flux(
                            g -> {
                                g.yield(1);
                                g.yield(2);
                            })
                    .cast(Integer.class)
                    .subscribe(subscriber);
            subscriber.subscription.request(2);
            turns();
            assertThat(subscriber.elements).containsExactly(1, 2);
            assertThat(subscriber.completions).hasValue(1);
        });
    }
}
