package asyncio4j.bridge;

import static asyncio4j.Asyncio.*;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.AsyncFuture;
import asyncio4j.Runner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * block() and its like on a loop's thread. The loop is a plain one: the bridge is there without
 * being called.
 */
class BlockingGuardTest {

    static Stream<Arguments> blockingCalls() {
        Mono<Integer> mono = Mono.just(1).hide();
        Flux<Integer> flux = Flux.range(1, 3).hide();
        return Stream.of(
                call("Mono.block()", mono::block),
                call("Mono.block()", () -> mono.block(Duration.ofSeconds(1))),
                call("Mono.blockOptional()", mono::blockOptional),
                call("Mono.blockOptional()", () -> mono.blockOptional(Duration.ofSeconds(1))),
                call("Flux.blockFirst()", flux::blockFirst),
                call("Flux.blockFirst()", () -> flux.blockFirst(Duration.ofSeconds(1))),
                call("Flux.blockLast()", flux::blockLast),
                call("Flux.blockLast()", () -> flux.blockLast(Duration.ofSeconds(1))),
                call("toIterable()", () -> flux.toIterable().iterator().next()),
                call("toStream()", () -> flux.toStream().toList()));
    }

    private static Arguments call(String name, Callable<?> body) {
        return Arguments.of(name, body);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("blockingCalls")
    void areRefusedInACoroutine(String name, Callable<?> body) {
        try (Runner runner = Runner.create()) {
            runner.run(() ->
                    assertThatThrownBy(body::call)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining(name)
                            .hasMessageContaining("use await(mono)")
                            .hasMessageContaining("toThread"));
        }
    }

    @Test
    void areRefusedInAPlainCallback() {
        try (Runner runner = Runner.create()) {
            Throwable thrown =
                    runner.<Throwable>run(() -> {
                        AsyncFuture<Throwable> future = getRunningLoop().createFuture();
                        getRunningLoop()
                                .callSoon(() ->
                                        future.setResult(
                                                catchThrowable(() -> Mono.just(1).hide().block())));
                        return await(future);
                    });
            assertThat(thrown)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Mono.block()")
                    .hasMessageContaining("createTask");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("blockingCalls")
    void areAllowedOnTheExecutorsThreads(String name, Callable<?> body) {
        try (Runner runner = Runner.create()) {
            Throwable thrown =
                    runner.<Throwable>run(() -> await(toThread(() -> catchThrowable(body::call))));
            assertThat(thrown).isNull();
        }
    }

    @Test
    void areAllowedOffTheLoopWhileOneRuns() {
        try (Runner runner = Runner.create()) {
            Integer value =
                    runner.run(() ->
                            await(
                                    getRunningLoop()
                                            .runInExecutor(
                                                    null,
                                                    () ->
                                                            Mono.just(1)
                                                                    .subscribeOn(
                                                                            Schedulers.single())
                                                                    .block())));
            assertThat(value).isEqualTo(1);
        }
        assertThat(Mono.just(2).hide().block()).isEqualTo(2);
    }

    @Test
    void theLoopsThreadIsNonBlockingForReactorAndOthersAreNot() {
        try (Runner runner = Runner.create()) {
            List<Boolean> answers =
                    runner.run(() -> {
                        Thread loopThread = Thread.currentThread();
                        return List.of(
                                Schedulers.isInNonBlockingThread(),
                                Schedulers.isNonBlockingThread(loopThread),
                                await(toThread(Schedulers::isInNonBlockingThread)));
                    });
            assertThat(answers).containsExactly(true, true, false);
        }
        assertThat(Schedulers.isInNonBlockingThread()).isFalse();
    }

    @Test
    void whatDoesNotWaitIsAllowed() {
        try (Runner runner = Runner.create()) {
            runner.run(() -> {
                assertThat(Mono.just(1).block()).isEqualTo(1);
                assertThat(Mono.fromCallable(() -> 2).block()).isEqualTo(2);
            });
        }
    }
}
