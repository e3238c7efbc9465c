package asyncio4j.bridge;

import static asyncio4j.Asyncio.*;
import static asyncio4j.bridge.Bridge.*;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.CancelledError;
import asyncio4j.Task;
import asyncio4j.bridge.testing.Dropped;
import asyncio4j.bridge.testing.Hand;
import asyncio4j.bridge.testing.Threads;
import asyncio4j.bridge.testing.VirtualReactorRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Function;

/** Publishers that break the protocol: the await says which rule, and ends. */
class ProtocolViolationTest {

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
        MONO_FROM_DIRECT(source -> await(Mono.fromDirect(source))),
        MONO_SUBCLASS(source -> await(new Foreign(source))),
        FIRST(Bridge::awaitFirst),
        LAST(Bridge::awaitLast),
        SINGLE(Bridge::awaitSingle);

        private final Function<Publisher<String>, String> await;

        Kind(Function<Publisher<String>, String> await) {
            this.await = await;
        }
    }

    /** A Mono that is made by somebody else than Reactor. */
    private static final class Foreign extends Mono<String> {

        private final Publisher<String> source;

        Foreign(Publisher<String> source) {
            this.source = source;
        }

        @Override
        public void subscribe(CoreSubscriber<? super String> actual) {
            source.subscribe(actual);
        }
    }

    /** What awaiting the publisher throws that does all of {@code script} inside of subscribe. */
    private Throwable thrown(Kind kind, Hand.Script<String> script) {
        Hand<String> source = new Hand<>(script);
        return thrown(kind, source);
    }

    private Throwable thrown(Kind kind, Publisher<String> source) {
        return runner.<Throwable>run(() -> {
            Throwable error = catchThrowable(() -> kind.await.apply(source));
            assertThat(currentTask().cancelling()).isZero();
            return error;
        });
    }

    /** The same with {@code signals} on another thread, after the await was suspended. */
    private Throwable thrownLater(Kind kind, Hand<String> source, Hand.Script<String> signals) {
        try (ReactorRunner real = ReactorRunner.create()) {
            return real.<Throwable>run(() -> {
                Task<Throwable> task =
                        createTask(() -> catchThrowable(() -> kind.await.apply(source)));
                await(sleep(Duration.ZERO));
                await(
                        toThread(() -> {
                            signals.run(source, source.subscriber);
                            return null;
                        }));
                return await(task);
            });
        }
    }

    private static void assertRule(Throwable error, String rule) {
        assertThat(error)
                .isInstanceOf(ProtocolViolationException.class)
                .hasMessageContaining("rule " + rule + " of Reactive Streams");
        assertThat(((ProtocolViolationException) error).rule()).isEqualTo(rule);
    }

    @ParameterizedTest
    @EnumSource
    void theMessageNamesThePublisher(Kind kind) {
        Throwable error = thrown(kind, (hand, s) -> s.onComplete());
        assertThat(error.getMessage())
                .contains(
                        kind == Kind.MONO_SUBCLASS ? Foreign.class.getName() : Hand.class.getName())
                .contains("has to be mended");
    }

    @ParameterizedTest
    @EnumSource
    void signalsBeforeOnSubscribe(Kind kind) {
        IOException cause = new IOException("early");
        assertRule(thrown(kind, (hand, s) -> s.onNext("early")), "1.9");
        assertRule(thrown(kind, (hand, s) -> s.onComplete()), "1.9");
        Throwable error = thrown(kind, (hand, s) -> s.onError(cause));
        assertRule(error, "1.9");
        assertThat(error).hasCause(cause);
        assertThat(dropped.elements).containsExactly("early");
    }

    @ParameterizedTest
    @EnumSource
    void onSubscribeAfterTheOtherSignals(Kind kind) {
        Hand<String> source =
                new Hand<>((hand, s) -> {
                    s.onNext("early");
                    s.onSubscribe(hand);
                    s.onComplete();
                });
        assertRule(thrown(kind, source), "1.9");
        assertThat(source.cancels).hasValue(1);
        assertThat(source.requests).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void onSubscribeThatNeverComes(Kind kind) {
        Throwable error = thrown(kind, Hand.mute());
        assertRule(error, "1.9");
        assertThat(error).hasMessageContaining("30 s");
        assertThat(runner.clock.time()).isEqualTo(PublisherAwait.GRACE);
    }

    @Test
    void onSubscribeThatComesInTimeEndsTheGracePeriod() {
        Hand<String> source = Hand.mute();
        runner.run(() -> {
            Task<String> task = createTask(() -> awaitFirst(source));
            await(sleep(Duration.ofSeconds(29)));
            source.subscriber.onSubscribe(source);
            await(sleep(Duration.ofDays(1)));
            assertThat(task.done()).isFalse();
            source.subscriber.onNext("in the end");
            String value = await(task);
            assertThat(value).isEqualTo("in the end");
        });
    }

    @Test
    void theTimerOfTheGracePeriodGoesWithTheAwait() {
        Hand<String> source = Hand.mute();
        runner.run(() -> {
            Task<String> task = createTask(() -> awaitFirst(source));
            await(sleep(Duration.ZERO));
            task.cancel();
            assertThat(catchThrowable(() -> await(task))).isInstanceOf(CancelledError.class);
            await(sleep(PublisherAwait.GRACE.multipliedBy(2)));
        });
        assertThat(dropped.errors).isEmpty();
    }

    @Test
    void onSubscribeThatComesTooLateIsCancelled() {
        Hand<String> source = Hand.mute();
        assertRule(thrown(Kind.LAST, source), "1.9");
        source.subscriber.onSubscribe(source);
        assertThat(source.cancels).hasValue(1);
        assertThat(source.requests).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aSecondEnd(Kind kind) {
        IOException cause = new IOException("second");
        assertRule(
                thrown(
                        kind,
                        (hand, s) -> {
                            s.onSubscribe(hand);
                            s.onComplete();
                            s.onComplete();
                        }),
                "1.7");
        Throwable error =
                thrown(
                        kind,
                        (hand, s) -> {
                            s.onSubscribe(hand);
                            s.onComplete();
                            s.onError(cause);
                        });
        assertRule(error, "1.7");
        assertThat(error).hasCause(cause);
        assertThat(dropped.errors).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aSecondEndAfterAnErrorKeepsThatError(Kind kind) {
        IOException first = new IOException("first");
        Throwable error =
                thrown(
                        kind,
                        (hand, s) -> {
                            s.onSubscribe(hand);
                            s.onError(first);
                            s.onComplete();
                        });
        assertRule(error, "1.7");
        assertThat(error.getSuppressed()).contains(first);
    }

    @ParameterizedTest
    @EnumSource
    void aSecondEndWhenTheTaskHasGoneOnIsToldToTheHook(Kind kind) {
        Hand<String> source =
                new Hand<>((hand, s) -> {
                    s.onSubscribe(hand);
                    s.onNext("value");
                    s.onComplete();
                });
        String value = runner.run(() -> kind.await.apply(source));
        assertThat(value).isEqualTo("value");
        source.subscriber.onComplete();
        assertThat(dropped.errors).singleElement().satisfies(error -> assertRule(error, "1.7"));
        source.subscriber.onComplete();
        source.subscriber.onNext("more");
        assertThat(dropped.errors).hasSize(1);
        assertThat(dropped.elements).containsExactly("more");
    }

    @ParameterizedTest
    @EnumSource
    void anElementAfterTheEnd(Kind kind) {
        assertRule(
                thrown(
                        kind,
                        (hand, s) -> {
                            s.onSubscribe(hand);
                            s.onComplete();
                            s.onNext("late");
                        }),
                "1.7");
        assertThat(dropped.elements).containsExactly("late");
    }

    @ParameterizedTest
    @EnumSource(names = "LAST", mode = EnumSource.Mode.EXCLUDE)
    void moreThanRequested(Kind kind) {
        Hand<String> source =
                new Hand<>((hand, s) -> {
                    s.onSubscribe(hand);
                    s.onNext("a");
                    s.onNext("b");
                    s.onNext("c");
                    s.onComplete();
                });
        assertRule(thrown(kind, source), "1.1");
        assertThat(source.cancels).hasValue(1);
        assertThat(dropped.elements).endsWith("c");
    }

    @Test
    void theMessageOfMoreThanRequestedSaysHowMany() {
        Hand.Script<String> three =
                (hand, s) -> {
                    s.onSubscribe(hand);
                    s.onNext("a");
                    s.onNext("b");
                    s.onNext("c");
                };
        assertThat(thrown(Kind.FIRST, three)).hasMessageContaining("2 times, though only 1");
        assertThat(thrown(Kind.SINGLE, three)).hasMessageContaining("3 times, though only 2");
        assertThat(thrown(Kind.MONO_SUBCLASS, three)).hasMessageContaining("awaitFirst");
    }

    @ParameterizedTest
    @EnumSource
    void nullSignals(Kind kind) {
        Hand<String> element =
                new Hand<>((hand, s) -> {
                    s.onSubscribe(hand);
                    assertThatThrownBy(() -> s.onNext(null))
                            .isInstanceOf(NullPointerException.class);
                });
        assertRule(thrown(kind, element), "2.13");
        assertThat(element.cancels).hasValue(1);
        assertRule(
                thrown(
                        kind,
                        (hand, s) -> {
                            s.onSubscribe(hand);
                            assertThatThrownBy(() -> s.onError(null))
                                    .isInstanceOf(NullPointerException.class);
                        }),
                "2.13");
        assertRule(
                thrown(
                        kind,
                        (hand, s) ->
                                assertThatThrownBy(() -> s.onSubscribe(null))
                                        .isInstanceOf(NullPointerException.class)),
                "2.13");
        assertThat(dropped.errors).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void nullSignalsWhoseExceptionComesBack(Kind kind) {
        assertRule(
                thrown(
                        kind,
                        (hand, s) -> {
                            s.onSubscribe(hand);
                            s.onNext(null);
                        }),
                "2.13");
        assertRule(
                thrown(
                        kind,
                        (hand, s) -> {
                            hand.onRequest = () -> s.onNext(null);
                            s.onSubscribe(hand);
                        }),
                "2.13");
        assertThat(dropped.errors).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aSecondOnSubscribe(Kind kind) {
        Hand<String> first = new Hand<>((hand, s) -> {});
        Hand<String> second =
                new Hand<>((hand, s) -> {
                    s.onSubscribe(first);
                    s.onSubscribe(hand);
                });
        assertRule(thrown(kind, second), "2.5");
        assertThat(second.cancels).hasValue(1);
        assertThat(second.requests).isEmpty();
        assertThat(first.cancels).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"FIRST", "LAST", "SINGLE"})
    void subscribeThatThrows(Kind kind) {
        IllegalStateException cause = new IllegalStateException("in subscribe");
        Hand.Script<String> before =
                (hand, s) -> {
                    throw cause;
                };
        Hand<String> after =
                new Hand<>((hand, s) -> {
                    s.onSubscribe(hand);
                    throw cause;
                });
        Throwable error = thrown(kind, before);
        assertRule(error, "1.9");
        assertThat(error).hasCause(cause);
        assertRule(thrown(kind, after), "1.9");
        assertThat(after.cancels).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource
    void requestThatThrows(Kind kind) {
        IllegalStateException cause = new IllegalStateException("in request");
        Hand<String> source = Hand.ready();
        source.onRequest =
                () -> {
                    throw cause;
                };
        Throwable error = thrown(kind, source);
        assertRule(error, "3.16");
        assertThat(error).hasCause(cause);
        assertThat(source.cancels).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource
    void onAnotherThreadWhileTheTaskWaits(Kind kind) {
        assertRule(thrownLater(kind, Hand.mute(), (hand, s) -> s.onNext("early")), "1.9");
        assertRule(
                thrownLater(
                        kind,
                        Hand.ready(),
                        (hand, s) ->
                                assertThatThrownBy(() -> s.onNext(null))
                                        .isInstanceOf(NullPointerException.class)),
                "2.13");
        assertRule(thrownLater(kind, Hand.ready(), (hand, s) -> s.onSubscribe(hand)), "2.5");
    }

    @Test
    void signalsOfSeveralThreadsAtOnceEndTheTask() {
        for (int i = 0; i < 500; i++) {
            Hand<String> source = Hand.ready();
            Throwable error =
                    thrownLater(
                            Kind.LAST,
                            source,
                            (hand, s) -> {
                                Thread other = Threads.start(() -> flood(s));
                                flood(s);
                                Threads.join(other);
                            });
            assertThat(error).isInstanceOfAny(ProtocolViolationException.class, IOException.class);
            assertThat(source.cancels.get()).isLessThanOrEqualTo(1);
        }
    }

    private static void flood(Subscriber<? super String> subscriber) {
        subscriber.onNext("a");
        subscriber.onNext("b");
        subscriber.onError(new IOException("the end"));
    }

    @Test
    void aCancelledPublisherMayComplete() {
        Hand<String> source = Hand.ready();
        runner.run(() -> {
            Task<String> task = createTask(() -> awaitFirst(source));
            await(sleep(Duration.ZERO));
            task.cancel();
            var _ = catchThrowable(() -> await(task));
            source.subscriber.onComplete();
        });
        assertThat(dropped.errors).isEmpty();
    }

    @Test
    void aWellBehavedSubscriptionIsNotBlamed() {
        Publisher<String> source =
                s ->
                        s.onSubscribe(
                                new Subscription() {
                                    @Override
                                    public void request(long n) {
                                        s.onNext("fine");
                                        s.onComplete();
                                    }

                                    @Override
                                    public void cancel() {}
                                });
        for (Kind kind : Kind.values()) {
            assertThat(runner.<String>run(() -> kind.await.apply(source))).isEqualTo("fine");
        }
        assertThat(dropped.errors).isEmpty();
    }
}
