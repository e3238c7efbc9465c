package asyncio4j.bridge;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.await;
import static asyncio4j.bridge.Bridge.drain;
import static asyncio4j.bridge.Bridge.emit;
import static asyncio4j.bridge.Bridge.iterate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.CancelledError;
import asyncio4j.Task;
import asyncio4j.bridge.testing.Dropped;
import asyncio4j.bridge.testing.Received;
import asyncio4j.bridge.testing.Threads;
import asyncio4j.bridge.testing.VirtualReactorRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Sinks and coroutines. */
class SinkTest {

    private final VirtualReactorRunner runner = new VirtualReactorRunner();

    private final Dropped dropped = new Dropped();

    @AfterEach
    void close() {
        dropped.close();
        runner.close();
        assertThat(runner.reports).isEmpty();
        assertThat(dropped.errors).isEmpty();
    }

    /** All kinds; for one subscriber that is there from the start they are the same. */
    @SuppressWarnings("ImmutableEnumChecker") // makers that never change
    enum Kind {
        UNICAST(() -> Sinks.many().unicast().onBackpressureBuffer()),
        UNICAST_ERROR(() -> Sinks.many().unicast().onBackpressureError()),
        MULTICAST(() -> Sinks.many().multicast().onBackpressureBuffer(4)),
        MULTICAST_ALL_OR_NOTHING(() -> Sinks.many().multicast().directAllOrNothing()),
        MULTICAST_BEST_EFFORT(() -> Sinks.many().multicast().directBestEffort()),
        REPLAY(() -> Sinks.many().replay().all()),
        REPLAY_LIMIT(() -> Sinks.many().replay().limit(4));

        private final Supplier<Sinks.Many<Integer>> maker;

        Kind(Supplier<Sinks.Many<Integer>> maker) {
            this.maker = maker;
        }

        Sinks.Many<Integer> make() {
            return maker.get();
        }
    }

    private static List<Integer> numbers(int n) {
        return IntStream.range(0, n).boxed().toList();
    }

    @ParameterizedTest
    @EnumSource
    void whatOneTaskEmitsAnotherIterates(Kind kind) {
        Sinks.Many<Integer> sink = kind.make();
        List<Integer> got = new ArrayList<>();
        runner.run(() -> {
            Task<?> reader =
                    createTask(() -> {
                        for (Integer item : iterate(sink.asFlux(), 2)) {
                            got.add(item);
                            await(sleep(Duration.ofMillis(3)));
                        }
                    });
            await(sleep(Duration.ZERO));
            for (int i = 0; i < 50; i++) {
                await(emit(sink, i));
            }
            sink.tryEmitComplete().orThrow();
            await(reader);
        });
        assertThat(got).isEqualTo(numbers(50));
        assertThat(dropped.elements).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aFluxIsDrainedAtTheSubscribersPace(Kind kind) {
        Sinks.Many<Integer> sink = kind.make();
        List<Integer> got = new ArrayList<>();
        long count =
                runner.run(() -> {
                    Task<?> reader =
                            createTask(() -> {
                                for (Integer item : iterate(sink.asFlux(), 3)) {
                                    got.add(item);
                                    await(sleep(Duration.ofMillis(1)));
                                }
                            });
                    await(sleep(Duration.ZERO));
                    long drained = await(drain(Flux.range(0, 300).hide(), sink));
                    sink.tryEmitComplete().orThrow();
                    await(reader);
                    return drained;
                });
        assertThat(count).isEqualTo(300);
        assertThat(got).isEqualTo(numbers(300));
    }

    @Test
    void emitWaitsForTheFirstSubscriberAndForItsDemand() {
        Sinks.Many<Integer> sink = Sinks.many().multicast().directAllOrNothing();
        Received<Integer> received = new Received<>(0, Context.empty());
        runner.run(() -> {
            Task<?> emitter = createTask(emit(sink, 1));
            await(sleep(Duration.ofSeconds(1)));
            assertThat(emitter.done()).isFalse();
            sink.asFlux().subscribe(received);
            await(sleep(Duration.ofSeconds(1)));
            assertThat(emitter.done()).isFalse();
            received.subscription.request(1);
            await(sleep(Duration.ofMillis(20)));
            assertThat(emitter.done()).isTrue();
        });
        assertThat(received.elements).containsExactly(1);
    }

    @Test
    void aSinkThatHasEndedRefuses() {
        Sinks.Many<Integer> ended = Sinks.many().replay().all();
        ended.tryEmitComplete().orThrow();
        Sinks.Many<Integer> cancelled = Sinks.many().unicast().onBackpressureBuffer();
        cancelled.asFlux().subscribe().dispose();
        runner.run(() -> {
            assertThatThrownBy(() -> await(emit(ended, 1)))
                    .isInstanceOf(Sinks.EmissionException.class)
                    .hasMessageContaining("FAIL_TERMINATED");
            assertThatThrownBy(() -> await(emit(cancelled, 1)))
                    .isInstanceOf(Sinks.EmissionException.class)
                    .hasMessageContaining("FAIL_CANCELLED");
        });
    }

    @Test
    void whoIsCancelledWhileTheSinkIsFullLeavesNothingBehind() {
        Sinks.Many<Integer> sink = Sinks.many().multicast().directAllOrNothing();
        List<Object> cancels = new ArrayList<>();
        runner.runDiscarding(() -> {
            Task<Long> drainer =
                    createTask(
                            drain(
                                    Flux.just(7, 8)
                                            .hide()
                                            .doOnCancel(() -> cancels.add("cancelled"))
                                            .concatWith(Flux.never()),
                                    sink));
            await(sleep(Duration.ofSeconds(1)));
            drainer.cancel();
            assertThatThrownBy(() -> await(drainer)).isInstanceOf(CancelledError.class);
        });
        assertThat(runner.discarded).containsExactlyInAnyOrder(7, 8);
    }

    @Test
    void theErrorOfTheSourceComesOut() {
        Sinks.Many<Integer> sink = Sinks.many().replay().all();
        IOException error = new IOException();
        runner.run(() -> {
            assertThatThrownBy(
                            () -> await(drain(Flux.just(1, 2).concatWith(Flux.error(error)), sink)))
                    .isSameAs(error);
            assertThat(sink.tryEmitComplete()).isEqualTo(Sinks.EmitResult.OK);
        });
    }

    /** Coroutines of the loop and other threads emit into one sink that notices them. */
    @Test
    void theLoopEmitsWhileOtherThreadsDo() {
        int each = 2_000;
        Sinks.Many<Integer> sink = Sinks.many().unicast().onBackpressureBuffer();
        Received<Integer> received = sink.asFlux().subscribeWith(new Received<>());
        List<Thread> others = new ArrayList<>();
        try (ReactorRunner real = ReactorRunner.create()) {
            for (int t = 1; t <= 2; t++) {
                int base = t * each;
                others.add(
                        Threads.start(() -> {
                            for (int i = 0; i < each; i++) {
                                sink.emitNext(
                                        base + i,
                                        Sinks.EmitFailureHandler.busyLooping(
                                                Duration.ofMinutes(1)));
                            }
                        }));
            }
            real.run(() -> {
                for (int i = 0; i < each; i++) {
                    await(emit(sink, i));
                }
            });
        }
        others.forEach(Threads::join);
        assertThat(received.elements).containsExactlyInAnyOrderElementsOf(numbers(3 * each));
    }

    @Test
    void onesAreAwaited() {
        Sinks.One<String> one = Sinks.one();
        Sinks.Empty<String> empty = Sinks.empty();
        Sinks.One<String> failing = Sinks.one();
        IOException error = new IOException();
        runner.run(() -> {
            Task<String> first = createTask(() -> await(one.asMono()));
            Task<String> second = createTask(() -> await(one.asMono()));
            Task<String> none = createTask(() -> await(empty.asMono()));
            Task<String> failed = createTask(() -> await(failing.asMono()));
            await(sleep(Duration.ZERO));
            one.tryEmitValue("value").orThrow();
            empty.tryEmitEmpty().orThrow();
            failing.tryEmitError(error).orThrow();
            assertThat(await(first)).isEqualTo("value");
            assertThat(await(second)).isEqualTo("value");
            assertThat(await(none)).isNull();
            assertThatThrownBy(() -> await(failed)).isSameAs(error);
            assertThat(await(one.asMono())).isEqualTo("value");
        });
    }

    @Test
    void nullIsRefused() {
        Sinks.Many<Integer> sink = Sinks.many().replay().all();
        assertThatThrownBy(() -> emit(sink, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("the value is null");
        assertThatThrownBy(() -> emit(null, 1)).hasMessageContaining("the sink is null");
        assertThatThrownBy(() -> drain(null, sink)).hasMessageContaining("the publisher is null");
        assertThatThrownBy(() -> drain(Flux.just(1), (Sinks.Many<Integer>) null))
                .hasMessageContaining("the sink is null");
    }
}
