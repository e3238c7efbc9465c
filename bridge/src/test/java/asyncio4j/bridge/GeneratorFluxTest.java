package asyncio4j.bridge;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.await;
import static asyncio4j.bridge.Bridge.flux;
import static asyncio4j.bridge.Bridge.iterate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.AsyncGenerator;
import asyncio4j.Asyncio;
import asyncio4j.CancelledError;
import asyncio4j.EventLoop;
import asyncio4j.GeneratorExit;
import asyncio4j.TaskFactory;
import asyncio4j.VirtualClock;
import asyncio4j.bridge.testing.BeforeWaiting;
import asyncio4j.bridge.testing.VirtualReactorRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;

import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.scheduler.Schedulers;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A generator's body as a Flux. */
class GeneratorFluxTest {

    private final VirtualReactorRunner runner = new VirtualReactorRunner();

    private final List<Object> log = new CopyOnWriteArrayList<>();

    private final List<Throwable> dropped = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        runner.close();
        Hooks.resetOnErrorDropped();
    }

    private static void millis(long millis) {
        await(sleep(Duration.ofMillis(millis)));
    }

    /** Notes all signals, and requests what it is told to. */
    private class Noting extends BaseSubscriber<Object> {

        private final long first;

        Noting(long first) {
            this.first = first;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            if (first != 0) {
                subscription.request(first);
            }
        }

        @Override
        protected void hookOnNext(Object value) {
            log.add(value);
        }

        @Override
        protected void hookOnComplete() {
            log.add("complete");
        }

        @Override
        protected void hookOnError(Throwable error) {
            log.add(error);
        }
    }

    /** Counts up, and says what happens to it. */
    private AsyncGenerator.Body<Object> counting(int n, long pause) {
        return g -> {
            log.add("begins");
            try {
                for (int i = 1; i <= n; i++) {
                    if (pause > 0) {
                        millis(pause);
                    }
                    g.yield(i);
                }
                log.add("returns");
            } catch (Throwable e) {
                log.add(e.getClass().getSimpleName());
                throw e;
            } finally {
                millis(1);
                log.add("cleaned up");
            }
        };
    }

    @Test
    void itemsComeInOrderThenItCompletes() {
        runner.run(() -> {
            flux(counting(3, 0)).subscribe(new Noting(Long.MAX_VALUE));
            assertThat(log).isEmpty();
            millis(5);
        });
        assertThat(log).containsExactly("begins", 1, 2, 3, "returns", "cleaned up", "complete");
    }

    @Test
    void theBodyBeginsWithTheFirstDemandAndYieldWaitsForMore() {
        runner.run(() -> {
            Noting noting = new Noting(0);
            flux(counting(4, 0)).subscribe(noting);
            millis(1);
            assertThat(log).isEmpty();
            noting.request(1);
            millis(1);
            assertThat(log).containsExactly("begins", 1);
            noting.request(2);
            millis(1);
            assertThat(log).containsExactly("begins", 1, 2, 3);
            noting.request(1);
            millis(2);
            assertThat(log)
                    .as("it completes without another demand")
                    .endsWith(4, "returns", "cleaned up", "complete");
        });
    }

    @Test
    void withDemandItDoesNotSuspend() {
        runner.run(() -> {
            createTask(() -> log.add("other task"));
            Flux<Object> items = flux(counting(3, 0)).doOnComplete(() -> log.add("done"));
            items.subscribe();
            millis(5);
        });
        assertThat(log).startsWith("other task", "begins", "returns");
    }

    @Test
    void aFailureComesAfterTheItemsBeforeItAsItIs() {
        IOException error = new IOException("boom");
        runner.run(() -> {
            Flux<Integer> failing =
                    flux(g -> {
                        g.yield(1);
                        throw error;
                    });
            List<Integer> items = new ArrayList<>();
            assertThatThrownBy(() -> iterate(failing).forEach(items::add)).isSameAs(error);
            assertThat(items).containsExactly(1);
        });
    }

    @Test
    void cancelAtAYieldIsAGeneratorExitAndTheCleanUpRunsToItsEnd() {
        runner.run(() -> {
            Noting noting = new Noting(2);
            flux(counting(9, 0)).subscribe(noting);
            millis(1);
            noting.cancel();
            millis(5);
        });
        assertThat(log).containsExactly("begins", 1, 2, "GeneratorExit", "cleaned up");
    }

    @Test
    void cancelInAnAwaitIsACancelledErrorAndTheCleanUpRunsToItsEnd() {
        runner.run(() -> {
            Noting noting = new Noting(Long.MAX_VALUE);
            flux(counting(9, 10)).subscribe(noting);
            millis(15);
            noting.cancel();
            millis(5);
        });
        assertThat(log).containsExactly("begins", 1, "CancelledError", "cleaned up");
    }

    @Test
    void cancelFromInsideOfOnNextEndsItThere() {
        runner.run(() -> {
            assertThat(await(flux(counting(9, 0)).take(2).collectList())).containsExactly(1, 2);
            millis(5);
        });
        assertThat(log).containsExactly("begins", "GeneratorExit", "cleaned up");
    }

    @Test
    void cancelBeforeTheFirstDemandMeansThatItNeverBegins() {
        runner.run(() -> {
            Noting noting = new Noting(0);
            flux(counting(9, 0)).subscribe(noting);
            noting.cancel();
            noting.request(1);
            millis(5);
        });
        assertThat(log).isEmpty();
    }

    @Test
    void cancelAfterTheDemandAndBeforeTheBeginMeansThatItNeverBegins() {
        runner.run(() -> {
            Noting noting = new Noting(1);
            flux(counting(9, 0)).subscribe(noting);
            noting.cancel();
            millis(5);
        });
        assertThat(log).isEmpty();
    }

    @Test
    void cancelFromAnotherThreadRunsTheCleanUpBeforeTheRunnerIsClosed()
            throws InterruptedException {
        Noting noting = new Noting(1);
        runner.run(() -> {
            flux(counting(9, 0)).subscribe(noting);
            millis(1);
        });
        Thread.ofPlatform().start(noting::cancel).join();
        runner.close();
        assertThat(log).startsWith("begins", 1).endsWith("cleaned up").doesNotContain("complete");
    }

    @Test
    void aBodyThatSwallowsItsCancellationGetsAGeneratorExitAtItsNextYield() {
        runner.run(() -> {
            Noting noting = new Noting(Long.MAX_VALUE);
            flux(
                            g -> {
                                try {
                                    millis(100);
                                } catch (CancelledError e) {
                                    log.add("swallowed");
                                }
                                try {
                                    g.yield(1);
                                } catch (GeneratorExit e) {
                                    log.add("exit");
                                    throw e;
                                }
                            })
                    .subscribe(noting);
            millis(1);
            noting.cancel();
            millis(1);
        });
        assertThat(log).containsExactly("swallowed", "exit");
    }

    @Test
    void aBodyThatYieldsWhileItIsClosedIsToldOff() {
        Hooks.onErrorDropped(dropped::add);
        runner.run(() -> {
            Noting noting = new Noting(1);
            flux(
                            g -> {
                                try {
                                    g.yield(1);
                                    g.yield(2);
                                } finally {
                                    g.yield(3);
                                }
                            })
                    .subscribe(noting);
            millis(1);
            noting.cancel();
            millis(1);
        });
        assertThat(log).containsExactly(1);
        assertThat(dropped)
                .singleElement()
                .satisfies(e -> assertThat(e).hasMessageContaining("ignored GeneratorExit"));
    }

    @Test
    void whatTheCleanUpThrowsIsDropped() {
        Hooks.onErrorDropped(dropped::add);
        IOException error = new IOException("cleaning up");
        runner.run(() -> {
            Noting noting = new Noting(1);
            flux(
                            g -> {
                                try {
                                    g.yield(1);
                                    g.yield(2);
                                } catch (GeneratorExit e) {
                                    throw error;
                                }
                            })
                    .subscribe(noting);
            millis(1);
            noting.cancel();
            millis(1);
        });
        assertThat(log).containsExactly(1);
        assertThat(dropped).containsExactly(error);
    }

    @Test
    void anItemThatNobodyWantsAnyMoreIsDiscarded() {
        runner.runDiscarding(() -> {
            List<Object> taken = new ArrayList<>();
            try (var items = iterate(flux(counting(9, 0)), 1)) {
                taken.add(items.next());
            }
            millis(5);
            assertThat(taken).containsExactly(1);
        });
        assertThat(runner.discarded).containsExactly(2);
    }

    @Test
    void nullIsNoItem() {
        runner.run(() -> {
            flux(g -> g.yield(null)).subscribe(new Noting(1));
            millis(1);
        });
        assertThat(log)
                .singleElement()
                .isInstanceOfSatisfying(
                        NullPointerException.class,
                        e -> assertThat(e).hasMessageContaining("a Flux has no null items"));
    }

    @Test
    void aDemandThatIsntPositiveIsAnErrorOnceTheBodyHasEnded() {
        runner.run(() -> {
            Flux<Object> items = flux(counting(9, 0));
            items.subscribe(
                    new reactor.core.CoreSubscriber<>() {
                        private Subscription subscription;

                        @Override
                        public void onSubscribe(Subscription s) {
                            subscription = s;
                            s.request(1);
                        }

                        @Override
                        public void onNext(Object item) {
                            log.add(item);
                            subscription.request(-1);
                        }

                        @Override
                        public void onError(Throwable error) {
                            log.add(error.getClass().getSimpleName());
                        }

                        @Override
                        public void onComplete() {
                            log.add("complete");
                        }
                    });
            millis(5);
        });
        assertThat(log)
                .containsExactly(
                        "begins", 1, "GeneratorExit", "cleaned up", "IllegalArgumentException");
    }

    @Test
    void eachSubscriberHasABodyOfItsOwn() {
        runner.run(() -> {
            Flux<Object> items = flux(counting(2, 1));
            assertThat(await(Flux.zip(items, items).count())).isEqualTo(2);
            millis(2);
        });
        assertThat(log.stream().filter("begins"::equals)).hasSize(2);
    }

    @Test
    void yieldIsForTheBodyAlone() {
        runner.run(() -> {
            flux(
                            g -> {
                                var other = createTask(() -> g.yield(1));
                                assertThatThrownBy(() -> await(other))
                                        .isInstanceOf(IllegalStateException.class)
                                        .hasMessageContaining(
                                                "yield belongs to the generator's own body");
                                g.yield(2);
                            })
                    .subscribe(new Noting(Long.MAX_VALUE));
            millis(1);
        });
        assertThat(log).containsExactly(2, "complete");
    }

    @Test
    void theSubscribersContextIsSeenInTheBody() {
        runner.run(() -> {
            Flux<Object> items =
                    flux(g -> {
                        millis(1);
                        g.yield(ReactorContext.current().get("user"));
                    });
            assertThat(await(items.contextWrite(c -> c.put("user", "Ada")).single()))
                    .isEqualTo("Ada");
        });
    }

    @Test
    void eagerTasksBeginInsideOfTheRequest() {
        runner.run(() -> {
            getRunningLoop().setTaskFactory(TaskFactory.EAGER);
            flux(counting(2, 0)).subscribe(new Noting(1));
            assertThat(log).containsExactly("begins", 1);
            assertThat(currentTask()).isNotNull();
            millis(1);
        });
    }

    @Test
    void closingTheRunnerEndsThoseThatWaitForDemand() {
        Noting noting = new Noting(1);
        runner.run(() -> {
            flux(counting(9, 0)).subscribe(noting);
            millis(1);
        });
        runner.close();
        assertThat(log)
                .startsWith("begins", 1, "CancelledError", "cleaned up")
                .hasAtLeastOneElementOfType(CancellationException.class);
    }

    @Test
    void aLoopThatIsClosedEndsItWithAnError() {
        Flux<Object> items = flux(runner.loop(), counting(1, 0));
        runner.close();
        items.subscribe(new Noting(1));
        assertThat(log).singleElement().isInstanceOf(CancellationException.class);
    }

    @Test
    void aMillionRequestsFromInsideOfOnNextNeedNoStack() {
        int n = 1_000_000;
        long[] count = {0};
        runner.run(() -> {
            Flux<Integer> items =
                    flux(g -> {
                        for (int i = 0; i < n; i++) {
                            g.yield(i);
                        }
                    });
            items.subscribe(
                    new BaseSubscriber<>() {
                        @Override
                        protected void hookOnSubscribe(Subscription subscription) {
                            request(1);
                        }

                        @Override
                        protected void hookOnNext(Integer value) {
                            count[0]++;
                            request(1);
                        }
                    });
            millis(1);
        });
        assertThat(count[0]).isEqualTo(n);
    }

    @Test
    void backpressureHoldsAcrossThreads() {
        int n = 20_000;
        runner.run(() -> {
            Flux<Integer> items =
                    flux(g -> {
                        for (int i = 0; i < n; i++) {
                            g.yield(i);
                        }
                    });
            assertThat(
                            await(
                                    items.limitRate(7)
                                            .publishOn(Schedulers.parallel(), 3)
                                            .reduce(0L, Long::sum)))
                    .isEqualTo((long) n * (n - 1) / 2);
        });
    }

    @Test
    void aLoopThatIsClosedIsToldOfOnce() {
        Hooks.onErrorDropped(dropped::add);
        Flux<Object> items = flux(runner.loop(), counting(1, 0));
        runner.close();
        items.subscribe(new Noting(1));
        assertThat(log).singleElement().isInstanceOf(CancellationException.class);
        assertThat(dropped).isEmpty();
    }

    @Test
    void whoHasCancelledIsNotToldOfTheLoopsClose() {
        Hooks.onErrorDropped(dropped::add);
        EventLoop loop = Asyncio.newEventLoop(new VirtualClock());
        Noting noting = new Noting(1);
        flux(loop, counting(1, 0)).subscribe(noting);
        noting.cancel();
        loop.close();
        assertThat(log).isEmpty();
        assertThat(dropped).isEmpty();
    }

    @Test
    void anEagerBodyThatCancelsItselfEndsAtItsNextAwait() {
        runner.run(() -> {
            getRunningLoop().setTaskFactory(TaskFactory.EAGER);
            Noting noting = new Noting(1);
            flux(
                            g -> {
                                try {
                                    noting.cancel();
                                    millis(3_600_000);
                                } finally {
                                    log.add("cleaned up");
                                }
                            })
                    .subscribe(noting);
            millis(1);
            assertThat(log).containsExactly("cleaned up");
        });
    }

    @Test
    void whatAResourceThrowsOnTheWayOutIsDroppedNotLost() {
        Hooks.onErrorDropped(dropped::add);
        IOException error = new IOException("closing");
        runner.run(() -> {
            Noting noting = new Noting(1);
            flux(
                            g -> {
                                try (java.io.Closeable _ =
                                        () -> {
                                            throw error;
                                        }) {
                                    g.yield(1);
                                    g.yield(2);
                                }
                            })
                    .subscribe(noting);
            millis(1);
            noting.cancel();
            millis(1);
        });
        assertThat(dropped).containsExactly(error);
    }

    @Test
    void aBodyThatYieldsInItsCleanUpDoesNotKeepTheRunnerFromClosing() {
        Noting noting = new Noting(1);
        runner.runDiscarding(() -> {
            flux(
                            g -> {
                                try {
                                    g.yield(1);
                                    g.yield(2);
                                } catch (CancelledError e) {
                                    log.add("cancelled");
                                    throw e;
                                } finally {
                                    g.yield(3);
                                }
                            })
                    .contextWrite(c -> c.putAll(ReactorContext.current()))
                    .subscribe(noting);
            millis(1);
        });
        runner.close();
        assertThat(log).startsWith(1, "cancelled").hasSize(3);
        assertThat(log.getLast()).isInstanceOf(CancellationException.class);
        assertThat(runner.discarded).containsExactly(2, 3);
    }

    @Test
    void aBodyThatCancelsItselfAndYieldsCleansUpToItsEnd() {
        runner.run(() -> {
            Noting noting = new Noting(10);
            flux(
                            g -> {
                                try {
                                    g.yield(1);
                                    noting.cancel();
                                    g.yield(2);
                                } catch (GeneratorExit e) {
                                    log.add("exit");
                                    throw e;
                                } finally {
                                    millis(1);
                                    log.add("cleaned up");
                                }
                            })
                    .subscribe(noting);
            millis(10);
            assertThat(log).containsExactly(1, "exit", "cleaned up");
        });
    }

    @Test
    void aRequestThatComesJustBeforeTheTaskWaitsIsSeen() {
        whatComesJustBeforeTheTaskWaits(noting -> noting.request(1));
        assertThat(log).containsExactly("begins", 1, 2, "returns", "cleaned up", "complete");
    }

    @Test
    void aCancelThatComesJustBeforeTheTaskWaitsIsSeen() {
        whatComesJustBeforeTheTaskWaits(Noting::cancel);
        assertThat(log).containsExactly("begins", 1, "GeneratorExit", "cleaned up");
    }

    private void whatComesJustBeforeTheTaskWaits(Consumer<Noting> signal) {
        BeforeWaiting loop = new BeforeWaiting();
        try (ReactorRunner own = ReactorRunner.builder().loopFactory(() -> loop).build()) {
            own.run(() -> {
                Noting noting =
                        new Noting(1) {
                            @Override
                            protected void hookOnNext(Object value) {
                                super.hookOnNext(value);
                                if (value.equals(1)) {
                                    loop.meanwhile = () -> signal.accept(this);
                                }
                            }
                        };
                flux(loop, counting(2, 0)).subscribe(noting);
                millis(10);
            });
        }
    }
}
