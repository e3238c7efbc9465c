package asyncio4j.bridge;

import static asyncio4j.bridge.Bridge.iterate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.bridge.testing.Hand;
import asyncio4j.bridge.testing.VirtualReactorRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import reactor.core.Scannable;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Operators;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/** A source that emits from inside of request, and on other threads as well. */
class SynchronousSourceTest {

    private final VirtualReactorRunner runner = new VirtualReactorRunner();

    private final Hand<Integer> source = Hand.ready();

    private final List<Object> dropped = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
        Hooks.resetOnNextDropped();
    }

    private void here(int... elements) {
        for (int element : elements) {
            source.subscriber.onNext(element);
        }
    }

    private void elsewhere(int... elements) {
        CompletableFuture.runAsync(() -> here(elements), Thread::startVirtualThread).join();
    }

    private static List<Integer> take(FluxIterator<Integer> elements, int count) {
        List<Integer> taken = new ArrayList<>();
        while (taken.size() < count && elements.hasNext()) {
            taken.add(elements.next());
        }
        return taken;
    }

    @Test
    void threadsThatEmitInTurnKeepTheirOrder() {
        source.onRequest =
                () -> {
                    if (source.requests.size() == 1) {
                        here(1, 2);
                        elsewhere(3, 4);
                        here(5);
                        elsewhere(6);
                    } else if (source.requests.size() == 2) {
                        here(9);
                        elsewhere(10);
                        here(11, 12, 13, 14);
                        source.subscriber.onComplete();
                    }
                };
        runner.run(() -> {
            FluxIterator<Integer> elements = iterate(source, 8);
            assertThat(elements.hasNext()).isTrue();
            here(7); // not from inside of request: as from elsewhere
            elsewhere(8);
            assertThat(take(elements, 100))
                    .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
            assertThat(source.requests).containsExactly(8L, 6L);
        });
    }

    @Test
    void whatComesInARefillComesAfterWhatIsLeft() {
        source.onRequest =
                () -> {
                    if (source.requests.size() == 1) {
                        elsewhere(1, 2, 3, 4);
                    } else if (source.requests.size() == 2) {
                        here(5, 6, 7);
                    }
                };
        runner.run(() -> {
            try (FluxIterator<Integer> elements = iterate(source, 4)) {
                assertThat(take(elements, 7)).containsExactly(1, 2, 3, 4, 5, 6, 7);
            }
            assertThat(source.requests).containsExactly(4L, 3L, 3L);
        });
    }

    @Test
    void closingDiscardsBothKindsOnce() {
        List<Object> discarded = new ArrayList<>();
        source.onRequest =
                () -> {
                    here(1, 2);
                    elsewhere(3);
                    here(4);
                };
        runner.run(() -> {
            ReactorContext.change(context -> Operators.enableOnDiscard(context, discarded::add));
            try (FluxIterator<Integer> elements = iterate(source, 8)) {
                assertThat(take(elements, 1)).containsExactly(1);
            }
        });
        assertThat(discarded).containsExactly(2, 3, 4);
        assertThat(source.cancels).hasValue(1);
    }

    @Test
    void oneMoreThanWasRequestedIsAViolationWhereverItComes() {
        Hooks.onNextDropped(dropped::add);
        for (boolean last : new boolean[] {true, false}) {
            source.requests.clear();
            dropped.clear();
            source.onRequest =
                    () -> {
                        elsewhere(1);
                        here(2, 3);
                        if (last) {
                            here(4, 5);
                        } else {
                            here(4);
                            elsewhere(5);
                        }
                    };
            runner.run(() -> {
                FluxIterator<Integer> elements = iterate(source, 4);
                assertThatThrownBy(() -> take(elements, 100))
                        .isInstanceOfSatisfying(
                                ProtocolViolationException.class,
                                e -> assertThat(e.rule()).isEqualTo("1.1"));
            });
            assertThat(dropped).containsExactly(5);
        }
    }

    @Test
    void oneMoreThanWasRequestedOfThoseThatCameHere() {
        Hooks.onNextDropped(dropped::add);
        source.onRequest = () -> here(1, 2, 3);
        runner.run(() -> {
            FluxIterator<Integer> elements = iterate(source, 2);
            assertThatThrownBy(() -> take(elements, 100))
                    .isInstanceOfSatisfying(
                            ProtocolViolationException.class,
                            e -> assertThat(e.rule()).isEqualTo("1.1"));
        });
        assertThat(dropped).containsExactly(3);
    }

    @Test
    void bothKindsCountAsBuffered() {
        source.onRequest =
                () -> {
                    here(1, 2);
                    elsewhere(3);
                };
        runner.run(() -> {
            try (FluxIterator<Integer> elements = iterate(source, 8)) {
                assertThat(take(elements, 1)).containsExactly(1);
                assertThat(Scannable.from(source.subscriber).scan(Scannable.Attr.BUFFERED))
                        .isEqualTo(2);
            }
        });
    }

    @Test
    void theRefillComesWithTheElementThatCompletesThreeQuarters() {
        AtomicInteger last = new AtomicInteger();
        source.onRequest =
                () -> {
                    for (long n = source.requests.getLast(); n > 0; n--) {
                        here(last.incrementAndGet());
                    }
                };
        runner.run(() -> {
            List<Integer> taken = new ArrayList<>();
            try (FluxIterator<Integer> elements = iterate(source, 40)) {
                taken.addAll(take(elements, 29));
                assertThat(source.requests).containsExactly(40L);
                assertThat(elements.hasNext()).isTrue();
                assertThat(source.requests).containsExactly(40L, 30L);
                taken.addAll(take(elements, 171));
                assertThat(Scannable.from(source.subscriber).scan(Scannable.Attr.BUFFERED))
                        .isEqualTo(20);
            }
            assertThat(taken).isEqualTo(IntStream.rangeClosed(1, 200).boxed().toList());
            assertThat(source.requests).containsExactly(40L, 30L, 30L, 30L, 30L, 30L, 30L);
        });
    }

    @Test
    void oneThatWasFoundIsDiscardedWhenClosingComesFirst() {
        List<Object> discarded = new ArrayList<>();
        source.onRequest = () -> here(1, 2, 3);
        runner.run(() -> {
            ReactorContext.change(context -> Operators.enableOnDiscard(context, discarded::add));
            FluxIterator<Integer> elements = iterate(source, 8);
            assertThat(take(elements, 1)).containsExactly(1);
            assertThat(elements.hasNext()).isTrue();
            elements.close();
            assertThat(discarded).containsExactly(2, 3);
            assertThat(elements.hasNext()).isFalse();
            assertThatThrownBy(elements::next).isInstanceOf(NoSuchElementException.class);
        });
    }

    @Test
    void theSourceMayCloseItAmidTheRefill() {
        List<Object> discarded = new ArrayList<>();
        AtomicReference<FluxIterator<Integer>> open = new AtomicReference<>();
        source.onRequest =
                () -> {
                    if (source.requests.size() == 1) {
                        here(1, 2, 3, 4);
                    } else {
                        here(5);
                        open.get().close();
                    }
                };
        runner.run(() -> {
            ReactorContext.change(context -> Operators.enableOnDiscard(context, discarded::add));
            FluxIterator<Integer> elements = iterate(source, 4);
            open.set(elements);
            assertThat(take(elements, 100)).containsExactly(1, 2);
        });
        assertThat(discarded).containsExactly(3, 4, 5);
        assertThat(source.cancels).hasValue(1);
    }

    @Test
    void anElementIsNearOnlyWhileNoneFromElsewhereIsLeft() {
        FetchedElements<Integer> elements = new FetchedElements<>();
        elements.open(Operators.emptySubscription(), 4);
        assertThat(elements.isNear()).isTrue();
        elements.near.add(1);
        assertThat(elements.isNear()).isTrue();
        assertThat(elements.offer(2)).isTrue();
        assertThat(elements.isNear()).isFalse();
        assertThat(elements.poll()).isEqualTo(2);
        assertThat(elements.isNear()).isTrue();
        assertThat(elements.poll()).isNull();
        assertThat(elements.size()).isOne();
    }
}
