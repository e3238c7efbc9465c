package asyncio4j.bridge;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.await;
import static asyncio4j.bridge.Bridge.flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.AsyncGenerator;
import asyncio4j.Asyncio;
import asyncio4j.StopAsyncIteration;
import asyncio4j.VirtualClock;
import asyncio4j.bridge.testing.Dropped;
import asyncio4j.bridge.testing.Received;
import asyncio4j.bridge.testing.VirtualReactorRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/** A generator that somebody has made, as a Flux. */
class GeneratorObjectFluxTest {

    private final VirtualReactorRunner runner = new VirtualReactorRunner();

    private final List<Object> log = new ArrayList<>();

    private final Dropped dropped = new Dropped();

    @AfterEach
    void close() {
        runner.close();
        dropped.close();
    }

    private static void millis(long millis) {
        await(sleep(Duration.ofMillis(millis)));
    }

    /** Counts up, and says what happens to it. */
    private AsyncGenerator<Integer> counting(int n, long pause) {
        return AsyncGenerator.of(g -> {
            log.add("begins");
            try {
                for (int i = 1; i <= n; i++) {
                    if (pause > 0) {
                        millis(pause);
                    }
                    g.yield(i);
                }
            } catch (Throwable e) {
                log.add(e.getClass().getSimpleName());
                throw e;
            } finally {
                millis(1);
                log.add("cleaned up");
            }
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void allItemsComeAndItCompletes(long pause) {
        assertThat(runner.<List<Integer>>run(() -> await(flux(counting(3, pause)).collectList())))
                .containsExactly(1, 2, 3);
        assertThat(log).containsExactly("begins", "cleaned up");
    }

    @Test
    void itsLoopNeedNotRunYet() {
        Received<Integer> received = new Received<>();
        flux(runner.loop(), counting(2, 1)).subscribe(received);
        runner.run(() -> millis(10));
        assertThat(received.elements).containsExactly(1, 2);
        assertThat(received.completions).hasValue(1);
    }

    @Test
    void withoutALoopItNeedsOneThatRuns() {
        assertThatThrownBy(() -> flux(counting(1, 0))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void itMakesItemsAsTheyAreWantedAndCompletesWithoutAnotherDemand() {
        runner.run(() -> {
            Received<Integer> received = new Received<>(0, Context.empty());
            flux(counting(3, 0)).subscribe(received);
            millis(1);
            assertThat(log).isEmpty();
            received.subscription.request(2);
            millis(1);
            assertThat(received.elements).containsExactly(1, 2);
            received.subscription.request(1);
            millis(2);
            assertThat(received.elements).containsExactly(1, 2, 3);
            assertThat(received.completions).hasValue(1);
        });
    }

    @Test
    void whatTheGeneratorThrowsIsTheError() {
        IOException error = new IOException("boom");
        Received<Integer> received = new Received<>();
        runner.run(() -> {
            flux(AsyncGenerator.<Integer>of(g -> {
                g.yield(1);
                throw error;
            }))
                    .subscribe(received);
            millis(1);
        });
        assertThat(received.elements).containsExactly(1);
        assertThat(received.errors).containsExactly(error);
    }

    @Test
    void aSecondSubscriberIsRefusedAndTheFirstGoesOn() {
        runner.run(() -> {
            Flux<Integer> items = flux(counting(2, 1));
            Received<Integer> first = new Received<>();
            Received<Integer> second = new Received<>();
            items.subscribe(first);
            items.subscribe(second);
            assertThat(second.errors)
                    .singleElement()
                    .isInstanceOfSatisfying(
                            IllegalStateException.class,
                            e -> assertThat(e).hasMessageContaining("one subscriber"));
            millis(10);
            assertThat(first.elements).containsExactly(1, 2);
            assertThat(first.completions).hasValue(1);
        });
    }

    @Test
    void cancelAtAYieldClosesTheGenerator() {
        runner.run(() -> {
            Received<Integer> received = new Received<>(1, Context.empty());
            AsyncGenerator<Integer> generator = counting(9, 0);
            flux(generator).subscribe(received);
            millis(1);
            received.subscription.cancel();
            millis(5);
            assertThat(log).containsExactly("begins", "GeneratorExit", "cleaned up");
            assertThatThrownBy(() -> await(generator.anext()))
                    .isInstanceOf(StopAsyncIteration.class);
        });
    }

    @Test
    void cancelInAnAwaitOfTheGeneratorEndsItThere() {
        runner.run(() -> {
            Received<Integer> received = new Received<>();
            flux(counting(9, 10)).subscribe(received);
            millis(15);
            received.subscription.cancel();
            millis(5);
        });
        assertThat(log).containsExactly("begins", "CancelledError", "cleaned up");
    }

    @Test
    void cancelBeforeTheFirstDemandMeansThatItNeverBegins() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator = counting(9, 0);
            Received<Integer> received = new Received<>(0, Context.empty());
            flux(generator).subscribe(received);
            received.subscription.cancel();
            received.subscription.request(1);
            millis(1);
            assertThatThrownBy(() -> await(generator.anext()))
                    .isInstanceOf(StopAsyncIteration.class);
        });
        assertThat(log).isEmpty();
    }

    @Test
    void oneThatWasBegunGoesOnWhereItIs() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator = counting(3, 0);
            assertThat(await(generator.anext())).isEqualTo(1);
            assertThat(await(flux(generator).collectList())).containsExactly(2, 3);
        });
        assertThat(log).containsExactly("begins", "cleaned up");
    }

    @Test
    void oneThatWasBegunIsClosedByACancelBeforeTheFirstDemand() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator = counting(3, 0);
            await(generator.anext());
            Received<Integer> received = new Received<>(0, Context.empty());
            flux(generator).subscribe(received);
            received.subscription.cancel();
            millis(5);
            assertThat(log).containsExactly("begins", "GeneratorExit", "cleaned up");
        });
    }

    @Test
    void oneThatWasBegunIsClosedByACancelBeforeTheTaskHasBegun() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator = counting(3, 0);
            await(generator.anext());
            Received<Integer> received = new Received<>(1, Context.empty());
            flux(generator).subscribe(received);
            received.subscription.cancel();
            millis(5);
            assertThat(log).containsExactly("begins", "GeneratorExit", "cleaned up");
            assertThat(received.elements).isEmpty();
        });
    }

    @Test
    void whatFailsInThatCloseIsDropped() {
        IOException error = new IOException("closing");
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield(1);
                        } catch (asyncio4j.GeneratorExit e) {
                            throw error;
                        }
                    });
            await(generator.anext());
            Received<Integer> received = new Received<>(0, Context.empty());
            flux(generator).subscribe(received);
            received.subscription.cancel();
            millis(5);
        });
        assertThat(dropped.errors).containsExactly(error);
        assertThat(runner.reports).isEmpty();
    }

    @Test
    void anItemThatNobodyWantsAnyMoreIsDiscarded() {
        List<Object> discarded = new ArrayList<>();
        runner.run(() -> {
            Received<Integer> received =
                    new Received<>(1, Operators.enableOnDiscard(Context.empty(), discarded::add));
            flux(counting(9, 0)).subscribe(received);
            millis(1);
            received.subscription.cancel();
            millis(5);
            assertThat(received.elements).containsExactly(1);
        });
        assertThat(discarded).containsExactly(2);
    }

    @Test
    void aNullItemIsAnErrorAndClosesTheGenerator() {
        Received<Object> received = new Received<>();
        runner.run(() -> {
            flux(AsyncGenerator.of(g -> {
                try {
                    g.yield(null);
                } finally {
                    log.add("closed");
                }
            }))
                    .subscribe(received);
            millis(1);
        });
        assertThat(log).containsExactly("closed");
        assertThat(received.errors)
                .singleElement()
                .isInstanceOfSatisfying(
                        NullPointerException.class,
                        e -> assertThat(e).hasMessageContaining("a Flux has no null items"));
    }

    @Test
    void oneThatRunsElsewhereOrOnAnotherLoopIsAnError() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator = counting(9, 100);
            var asked = createTask(() -> await(generator.anext()));
            millis(1);
            assertThatThrownBy(() -> await(flux(generator).collectList()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("already running");
            assertThat(await(asked)).as("who asked first isn't disturbed").isEqualTo(1);
            Received<Integer> received = new Received<>();
            var other = Asyncio.newEventLoop(new VirtualClock());
            flux(other, generator).subscribe(received);
            other.close();
            assertThat(received.errors).singleElement().isInstanceOf(CancellationException.class);
            await(generator.aclose());
        });
    }

    @Test
    void closingTheRunnerEndsItWithItsCleanUp() {
        Received<Integer> received = new Received<>(1, Context.empty());
        runner.run(() -> {
            flux(counting(9, 0)).subscribe(received);
            millis(1);
        });
        runner.close();
        assertThat(log).startsWith("begins").endsWith("cleaned up");
        assertThat(received.errors).singleElement().isInstanceOf(CancellationException.class);
    }

    @Test
    void oneFluxAfterAnotherMakesAGeneratorForEachSubscriber() {
        runner.run(() -> {
            Flux<Integer> items = flux(getRunningLoop(), g -> g.yieldAll(counting(2, 0)));
            assertThat(await(items.concatWith(items).collectList())).containsExactly(1, 2, 1, 2);
        });
    }
}
