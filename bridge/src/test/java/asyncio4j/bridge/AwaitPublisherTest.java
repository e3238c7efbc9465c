package asyncio4j.bridge;

import static asyncio4j.Asyncio.*;
import static asyncio4j.bridge.Bridge.*;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.Task;
import asyncio4j.bridge.testing.Dropped;
import asyncio4j.bridge.testing.Hand;
import asyncio4j.bridge.testing.VirtualReactorRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.publisher.TestPublisher;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.SubmissionPublisher;

/**
 * awaitFirst, awaitLast, awaitSingle and their variants: what they request, cancel, keep and
 * discard.
 */
class AwaitPublisherTest {

    private final VirtualReactorRunner runner = new VirtualReactorRunner();

    private final Dropped dropped = new Dropped();

    @AfterEach
    void close() {
        dropped.close();
        runner.close();
    }

    @Test
    void firstLastAndSingleOfOneElement() {
        for (Flux<String> one :
                List.of(Flux.just("a"), Flux.just("a").hide(), Mono.just("a").flux())) {
            List<String> all =
                    runner.run(() ->
                            List.of(
                                    awaitFirst(one),
                                    awaitFirstOrDefault(one, "z"),
                                    String.valueOf(awaitFirstOrNull(one)),
                                    awaitLast(one),
                                    awaitLastOrDefault(one, "z"),
                                    String.valueOf(awaitLastOrNull(one)),
                                    awaitSingle(one),
                                    awaitSingleOrDefault(one, "z"),
                                    String.valueOf(awaitSingleOrNull(one))));
            assertThat(all).hasSize(9).containsOnly("a");
        }
    }

    @Test
    void firstLastAndSingleOfNone() {
        for (Flux<String> none : List.of(Flux.<String>empty(), Flux.<String>empty().hide())) {
            runner.run(() -> {
                assertThatThrownBy(() -> awaitFirst(none))
                        .isInstanceOf(NoSuchElementException.class)
                        .hasMessageContaining("awaitFirstOrNull");
                assertThatThrownBy(() -> awaitLast(none))
                        .isInstanceOf(NoSuchElementException.class)
                        .hasMessageContaining("awaitLastOrNull");
                assertThatThrownBy(() -> awaitSingle(none))
                        .isInstanceOf(NoSuchElementException.class)
                        .hasMessageContaining("awaitSingleOrNull");
                List<String> defaults = new ArrayList<>();
                defaults.add(awaitFirstOrDefault(none, "z"));
                defaults.add(awaitLastOrDefault(none, "z"));
                defaults.add(awaitSingleOrDefault(none, "z"));
                defaults.add(awaitFirstOrNull(none));
                defaults.add(awaitLastOrNull(none));
                defaults.add(awaitSingleOrNull(none));
                assertThat(defaults).containsExactly("z", "z", "z", null, null, null);
            });
        }
    }

    @Test
    void severalElements() {
        Flux<Integer> three = Flux.range(1, 3);
        runner.run(() -> {
            int first = awaitFirst(three);
            int last = awaitLast(three);
            assertThat(first).isEqualTo(1);
            assertThat(last).isEqualTo(3);
            assertThatThrownBy(() -> awaitSingle(three))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("more than one element");
            assertThatThrownBy(() -> awaitSingleOrNull(three))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> awaitSingleOrDefault(three, 9))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        });
        assertThat(dropped.elements).isEmpty();
    }

    @Test
    void onAnotherThread() {
        Flux<Integer> three = Flux.range(1, 3).publishOn(Schedulers.parallel());
        runner.run(() -> {
            List<Integer> results = List.of(awaitFirst(three), awaitLast(three));
            assertThat(results).containsExactly(1, 3);
            assertThat(catchThrowable(() -> awaitSingle(three)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        });
    }

    @Test
    void firstRequestsOneAndCancelsAtIt() {
        Hand<String> source = Hand.ready();
        runner.run(() -> {
            Task<String> task = createTask(() -> awaitFirst(source));
            await(sleep(Duration.ZERO));
            assertThat(source.requests).containsExactly(1L);
            source.subscriber.onNext("a");
            assertThat(source.cancels).hasValue(1);
            String value = await(task);
            assertThat(value).isEqualTo("a");
        });
        assertThat(source.requests).containsExactly(1L);
        assertThat(source.cancels).hasValue(1);
    }

    @Test
    void singleRequestsTwoAndCancelsAtTheSecond() {
        Hand<String> source = Hand.ready();
        runner.runDiscarding(() -> {
            Task<String> task = createTask(() -> awaitSingle(source));
            await(sleep(Duration.ZERO));
            assertThat(source.requests).containsExactly(2L);
            source.subscriber.onNext("a");
            await(sleep(Duration.ofDays(1)));
            assertThat(task.done()).isFalse();
            assertThat(source.cancels).hasValue(0);
            source.subscriber.onNext("b");
            assertThat(source.cancels).hasValue(1);
            assertThat(catchThrowable(() -> await(task)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        });
        assertThat(runner.discarded).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void lastRequestsAllAndDiscardsTheOthers() {
        Hand<String> source = Hand.ready();
        runner.runDiscarding(() -> {
            Task<String> task = createTask(() -> awaitLast(source));
            await(sleep(Duration.ZERO));
            source.subscriber.onNext("a");
            source.subscriber.onNext("b");
            source.subscriber.onNext("c");
            await(sleep(Duration.ofDays(1)));
            assertThat(task.done()).isFalse();
            source.subscriber.onComplete();
            String value = await(task);
            assertThat(value).isEqualTo("c");
        });
        assertThat(source.requests).containsExactly(Long.MAX_VALUE);
        assertThat(source.cancels).hasValue(0);
        assertThat(runner.discarded).containsExactly("a", "b");
    }

    @Test
    void anErrorAfterElementsIsThrownAndTheyAreDiscarded() {
        IOException error = new IOException("cut");
        Flux<String> source = Flux.just("a", "b").concatWith(Mono.error(error));
        runner.runDiscarding(() -> {
            assertThat(catchThrowable(() -> awaitLast(source))).isSameAs(error);
            assertThat(
                            catchThrowable(() ->
                                    awaitSingle(Flux.just("c").concatWith(Mono.error(error)))))
                    .isSameAs(error);
        });
        assertThat(runner.discarded).containsExactly("a", "b", "c");
    }

    @Test
    void anErrorAfterTheFirstElementIsDropped() {
        IOException error = new IOException("after it");
        Hand<String> source = Hand.ready();
        runner.run(() -> {
            Task<String> task = createTask(() -> awaitFirst(source));
            await(sleep(Duration.ZERO));
            source.subscriber.onNext("a");
            source.subscriber.onError(error);
            String value = await(task);
            assertThat(value).isEqualTo("a");
        });
        assertThat(dropped.errors).containsExactly(error);
    }

    @Test
    void theEndRightAfterTheFirstElementIsAllRight() {
        Hand<String> source =
                new Hand<>((hand, subscriber) -> {
                    subscriber.onSubscribe(hand);
                    subscriber.onNext("a");
                    subscriber.onComplete();
                });
        String value = runner.run(() -> awaitFirst(source));
        assertThat(value).isEqualTo("a");
        assertThat(dropped.errors).isEmpty();
    }

    @Test
    void anEndlessSourceIsCutOffInsideOfRequest() {
        Flux<Integer> endless =
                Flux.generate(
                        () -> 0,
                        (i, sink) -> {
                            sink.next(i);
                            return i + 1;
                        });
        int first = runner.run(() -> awaitFirst(endless));
        assertThat(first).isZero();
        assertThat(runner.<Throwable>run(() -> catchThrowable(() -> awaitSingle(endless))))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(
                        runner.<Throwable>run(
                                () -> catchThrowable(() -> await(Mono.fromDirect(endless)))))
                .isInstanceOf(ProtocolViolationException.class);
    }

    @Test
    void requestsAreExactUnderReactorsOwnCount() {
        TestPublisher<String> source = TestPublisher.create();
        runner.run(() -> {
            Task<String> task = createTask(() -> awaitFirst(source));
            await(sleep(Duration.ZERO));
            source.assertMinRequested(1).assertMaxRequested(1);
            source.next("a");
            String value = await(task);
            assertThat(value).isEqualTo("a");
            source.assertCancelled(1);
        });
    }

    @Test
    void aPublisherOfTheJdkThatSubscribesOnAnotherThread() {
        SubmissionPublisher<Integer> source = new SubmissionPublisher<>();
        try (ReactorRunner real = ReactorRunner.create()) {
            int sum =
                    real.run(() -> {
                        Task<Integer> last =
                                createTask(() ->
                                        awaitLast(JdkFlowAdapter.flowPublisherToFlux(source)));
                        Task<Integer> first =
                                createTask(() ->
                                        awaitFirst(JdkFlowAdapter.flowPublisherToFlux(source)));
                        await(sleep(Duration.ZERO));
                        await(
                                toThread(() -> {
                                    for (int i = 1; i <= 100; i++) {
                                        source.submit(i);
                                    }
                                    source.close();
                                    return null;
                                }));
                        return await(first) + await(last);
                    });
            assertThat(sum).isEqualTo(101);
        }
        assertThat(dropped.errors).isEmpty();
    }
}
