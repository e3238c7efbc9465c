package asyncio4j.bridge;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.drain;
import static asyncio4j.bridge.Bridge.iterate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.CancelledError;
import asyncio4j.Task;
import asyncio4j.bridge.testing.Dropped;
import asyncio4j.bridge.testing.Hand;
import asyncio4j.bridge.testing.Ledger;
import asyncio4j.bridge.testing.Ledger.Item;
import asyncio4j.bridge.testing.Rival;
import asyncio4j.bridge.testing.Threads;
import asyncio4j.bridge.testing.VirtualReactorRunner;
import asyncio4j.queues.Queue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Publishers that break the protocol while they are iterated over or drained. */
class IterationViolationTest {

    private final VirtualReactorRunner runner = new VirtualReactorRunner();

    private final Dropped dropped = new Dropped();

    private final List<String> seen = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
        dropped.close();
    }

    enum Way {
        ITERATED,
        DRAINED
    }

    /** What iterating throws over a publisher that does {@code script} in subscribe. */
    private Throwable thrown(Way way, Hand<String> source) {
        Throwable error =
                runner.<Throwable>run(() -> {
                    Queue<String> queue = new Queue<>();
                    Throwable caught =
                            catchThrowable(() -> {
                                if (way == Way.DRAINED) {
                                    await(drain(source, queue));
                                } else {
                                    try (var items = iterate(source, 4)) {
                                        items.forEach(seen::add);
                                    }
                                }
                            });
                    while (!queue.empty()) {
                        seen.add(queue.getNowait());
                    }
                    return caught;
                });
        assertThat(source.cancels.get()).isLessThanOrEqualTo(1);
        assertThat(source.overlaps).hasValue(0);
        return error;
    }

    private Throwable thrown(Way way, Hand.Script<String> script) {
        return thrown(way, new Hand<>(script));
    }

    private static void assertRule(Throwable error, String rule) {
        assertThat(error)
                .isInstanceOfSatisfying(
                        ProtocolViolationException.class,
                        e -> assertThat(e.rule()).isEqualTo(rule));
    }

    @ParameterizedTest
    @EnumSource
    void signalsBeforeOnSubscribe(Way way) {
        IOException cause = new IOException("early");
        assertRule(thrown(way, (hand, s) -> s.onNext("early")), "1.9");
        assertRule(thrown(way, (hand, s) -> s.onComplete()), "1.9");
        Throwable error = thrown(way, (hand, s) -> s.onError(cause));
        assertRule(error, "1.9");
        assertThat(error).hasCause(cause);
        assertThat(dropped.elements).containsExactly("early");
        assertThat(dropped.errors).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void anElementThatNobodyAskedFor(Way way) {
        Hand<String> source =
                new Hand<>((hand, s) -> {
                    s.onSubscribe(hand);
                    s.onNext("early");
                });
        assertRule(thrown(way, source), "1.1");
        assertThat(source.cancels).hasValue(1);
        assertThat(dropped.elements).containsExactly("early");
    }

    @ParameterizedTest
    @EnumSource
    void elementsAfterTheEnd(Way way) {
        Hand<String> source = Hand.ready();
        source.onRequest =
                () -> {
                    source.subscriber.onNext("a");
                    source.subscriber.onComplete();
                    source.subscriber.onNext("late");
                };
        assertThat(thrown(way, source)).isNull();
        assertThat(seen).containsExactly("a");
        assertThat(dropped.elements).containsExactly("late");
        assertThat(dropped.errors).singleElement().satisfies(e -> assertRule(e, "1.7"));
    }

    @ParameterizedTest
    @EnumSource
    void aSecondEndDoesNotHideTheFirst(Way way) {
        IOException first = new IOException("first");
        IOException second = new IOException("second");
        Hand<String> source = Hand.ready();
        source.onRequest =
                () -> {
                    source.subscriber.onError(first);
                    source.subscriber.onError(second);
                };
        assertThat(thrown(way, source)).isSameAs(first);
        assertThat(dropped.errors)
                .singleElement()
                .satisfies(e -> {
                    assertRule(e, "1.7");
                    assertThat(e).hasCause(second);
                });
    }

    @ParameterizedTest
    @EnumSource
    void nullSignals(Way way) {
        assertRule(
                thrown(
                        way,
                        (hand, s) ->
                                assertThatThrownBy(() -> s.onSubscribe(null))
                                        .isInstanceOf(NullPointerException.class)),
                "2.13");
        assertRule(
                thrown(
                        way,
                        (hand, s) -> {
                            s.onSubscribe(hand);
                            s.onNext(null); // comes back through subscribe
                        }),
                "2.13");
        Hand<String> error = Hand.ready();
        error.onRequest = () -> error.subscriber.onError(null);
        assertRule(thrown(way, error), "2.13");
        assertThat(dropped.errors).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aSecondOnSubscribe(Way way) {
        Hand<String> first = Hand.mute();
        Hand<String> second =
                new Hand<>((hand, s) -> {
                    s.onSubscribe(first);
                    s.onSubscribe(hand);
                });
        assertRule(thrown(way, second), "2.5");
        assertThat(second.cancels).hasValue(1);
        assertThat(first.cancels).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource
    void requestAndSubscribeThatThrow(Way way) {
        IllegalStateException cause = new IllegalStateException("no");
        Hand<String> source = Hand.ready();
        source.onRequest =
                () -> {
                    source.subscriber.onNext("before");
                    throw cause;
                };
        Throwable error = thrown(way, source);
        assertRule(error, "3.16");
        assertThat(error).hasCause(cause);
        assertThat(source.cancels).hasValue(1);
        assertThat(seen).containsExactly("before");
        Hand<String> subscribing =
                new Hand<>((hand, s) -> {
                    s.onSubscribe(hand);
                    throw cause;
                });
        assertRule(thrown(way, subscribing), "1.9");
        assertThat(subscribing.cancels).hasValue(1);
        assertThat(dropped.errors).isEmpty();
    }

    @Test
    void whatARefillThrowsThatIsFatalComesOutAndTheElementIsDiscarded() {
        InternalError fatal = new InternalError("fatal");
        Hand<String> source = Hand.ready();
        source.onRequest =
                () -> {
                    if (source.requests.size() > 1) {
                        throw fatal;
                    }
                    for (String element : List.of("a", "b", "c", "d")) {
                        source.subscriber.onNext(element);
                    }
                };
        runner.runDiscarding(() -> {
            var items = iterate(source, 4);
            assertThat(catchThrowable(() -> items.forEach(seen::add))).isSameAs(fatal);
        });
        assertThat(seen).containsExactly("a", "b");
        assertThat(runner.discarded).containsExactlyInAnyOrder("c", "d");
        assertThat(source.cancels).hasValue(1);
        assertThat(dropped.errors).isEmpty();
    }

    @Test
    void aCancelThatThrowsIsDroppedAndTheTaskGoesOn() {
        IllegalStateException cause = new IllegalStateException("in cancel");
        Hand<String> source =
                new Hand<>((hand, s) ->
                        s.onSubscribe(
                                new org.reactivestreams.Subscription() {
                                    @Override
                                    public void request(long n) {}

                                    @Override
                                    public void cancel() {
                                        throw cause;
                                    }
                                }));
        runner.run(() -> {
            Task<Boolean> task = createTask(() -> iterate(source).hasNext());
            await(sleep(Duration.ZERO));
            task.cancel();
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
        });
        assertThat(dropped.errors).containsExactly(cause);
    }

    @Test
    void threadsThatEmitAtOnceLoseNothing() {
        try (Ledger ledger = new Ledger();
                Rival rival = new Rival();
                ReactorRunner real = ReactorRunner.create()) {
            for (int i = 0; i < 2_000; i++) {
                Hand<Item> source = Hand.ready();
                source.onRequest =
                        () -> {
                            rival.race(() -> flood(ledger, source));
                            flood(ledger, source);
                        };
                real.run(
                        Bridge.mono(
                                        real.getLoop(),
                                        () -> {
                                            try (var items = iterate(source, 256)) {
                                                items.forEach(ledger::delivered);
                                            } catch (ProtocolViolationException e) {
                                                assertThat(e.rule()).isIn("1.3", "1.7");
                                                ledger.delivered(e);
                                            } catch (Exception e) {
                                                ledger.delivered(e);
                                            }
                                        })
                                .contextWrite(ledger.context()));
                rival.join();
                assertThat(source.cancels.get()).isLessThanOrEqualTo(1);
            }
            rival.join();
            ledger.check(ProtocolViolationException.class);
        }
    }

    private static void flood(Ledger ledger, Hand<Item> source) {
        for (int i = 0; i < 5; i++) {
            source.subscriber.onNext(ledger.item());
        }
        source.subscriber.onError(ledger.fault());
    }

    @Test
    void ofTwoEndsAtOnceOneIsThrownAndTheOtherDropped() {
        try (ReactorRunner real = ReactorRunner.create()) {
            for (int i = 0; i < 500; i++) {
                IOException one = new IOException("one");
                IOException other = new IOException("other");
                Hand<String> source = Hand.ready();
                source.onRequest =
                        () -> {
                            Thread thread = Threads.start(() -> source.subscriber.onError(other));
                            source.subscriber.onError(one);
                            Threads.join(thread);
                        };
                Throwable thrown =
                        real.<Throwable>run(() -> catchThrowable(() -> iterate(source).hasNext()));
                assertThat(thrown).isIn(one, other);
                assertThat(dropped.errors)
                        .singleElement()
                        .satisfies(e -> assertThat(e).hasCause(thrown == one ? other : one));
                dropped.errors.clear();
            }
        }
    }

    @Test
    void aDropHookThatThrowsDoesNotHideTheViolation() {
        reactor.core.publisher.Hooks.onNextDroppedFail();
        Hand<String> source = Hand.ready();
        source.onRequest =
                () -> {
                    for (int i = 0; i < 5; i++) { // 4 were requested
                        try {
                            source.subscriber.onNext("x");
                        } catch (RuntimeException e) {
                            return; // the hook's
                        }
                    }
                };
        assertRule(
                runner.<Throwable>run(() ->
                        catchThrowable(() -> {
                            try (var items = iterate(source, 4)) {
                                await(
                                        asyncio4j.Asyncio.waitFor(
                                                (asyncio4j.Coroutine<Void>)
                                                        () -> {
                                                            items.forEach(seen::add);
                                                            return null;
                                                        },
                                                Duration.ofSeconds(1)));
                            }
                        })),
                "1.1");
    }
}
