package asyncio4j.bridge;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.*;
import static asyncio4j.bridge.Bridge.await;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.AsyncGenerator;
import asyncio4j.EventLoop;
import asyncio4j.SystemExit;
import asyncio4j.Task;
import asyncio4j.bridge.testing.Dropped;
import asyncio4j.bridge.testing.LoopThreads;
import asyncio4j.bridge.testing.Received;
import asyncio4j.bridge.testing.VirtualReactorRunner;
import asyncio4j.queues.Queue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.test.publisher.PublisherProbe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;

/**
 * When {@link ReactorRunner#close} returns, every subscription that was made through the bridge has
 * ended: the source is cancelled, or was before, the subscriber has its one terminal signal, and
 * nothing of the loop is left.
 */
class TeardownTest {

    private static final Duration DAY = Duration.ofDays(1);

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualReactorRunner virtual = new VirtualReactorRunner();

    private final EventLoop loop = virtual.loop();

    private final Dropped dropped = new Dropped();

    /** The source of each path: two elements, and no more. */
    private final PublisherProbe<Integer> probe =
            PublisherProbe.of(Flux.just(1, 2).hide().concatWith(Flux.never()));

    /** A source with nothing to say. */
    private final PublisherProbe<Integer> silent = PublisherProbe.of(Flux.never());

    private final List<Received<?>> subscribers = new ArrayList<>();

    private final List<Task<?>> tasks = new ArrayList<>();

    /** What clean-up did, in order. */
    private final List<String> cleaned = new ArrayList<>();

    @AfterEach
    void close() {
        dropped.close();
        virtual.close();
    }

    private void subscribe(Flux<?> flux) {
        subscribers.add(flux.subscribeWith(new Received<>()));
    }

    private void subscribe(Mono<?> mono) {
        subscribers.add(mono.subscribeWith(new Received<>()));
    }

    /** Clean-up that takes time. */
    private void clean() {
        await(sleep(SECOND));
        cleaned.add("cleaned");
    }

    /** What each path opens, in a task of the loop; whether its clean-up takes time. */
    enum Path {
        AWAIT(true) {
            @Override
            void open(TeardownTest t) {
                t.tasks.add(
                        createTask(() -> {
                            try {
                                return await(t.probe.flux().then());
                            } finally {
                                t.clean();
                            }
                        }));
            }
        },
        AWAIT_FIRST(false) {
            @Override
            void open(TeardownTest t) {
                t.tasks.add(createTask(() -> awaitFirst(t.probe.flux().skip(2))));
            }
        },
        AWAIT_LAST(false) {
            @Override
            void open(TeardownTest t) {
                t.tasks.add(createTask(() -> awaitLast(t.probe.flux())));
            }
        },
        AWAIT_SINGLE(false) {
            @Override
            void open(TeardownTest t) {
                t.tasks.add(
                        createTask(() -> awaitSingle(t.probe.flux().take(1).concatWith(NEVER))));
            }
        },
        TO_TASK(false) {
            @Override
            void open(TeardownTest t) {
                t.tasks.add(toTask(t.probe.flux().then()));
            }
        },
        TO_TASK_THAT_CANCELS_SLOWLY(true) {
            @Override
            void open(TeardownTest t) {
                Mono<Void> hook = mono(t.loop, t::clean);
                t.tasks.add(
                        toTask(
                                Flux.usingWhen(
                                                Mono.just("resource"),
                                                resource -> t.probe.flux(),
                                                resource -> hook,
                                                (resource, error) -> hook,
                                                resource -> hook)
                                        .then()));
            }
        },
        ITERATE_WAITING(true) {
            @Override
            void open(TeardownTest t) {
                t.tasks.add(
                        createTask(() -> {
                            try (var items = iterate(t.probe.flux())) {
                                for (Integer item : items) {
                                    assertThat(item).isPositive();
                                }
                            } finally {
                                t.clean();
                            }
                        }));
            }
        },
        ITERATE_HALF_READ(false) {
            @Override
            void open(TeardownTest t) {
                t.tasks.add(
                        createTask(() -> {
                            try (var items = iterate(t.probe.flux())) {
                                items.next();
                                await(sleep(DAY));
                            }
                        }));
            }
        },
        ITERATE_LEFT_OPEN(false) {
            @Override
            void open(TeardownTest t) {
                t.tasks.add(
                        createTask(() -> {
                            iterate(t.probe.flux()).next();
                            await(sleep(DAY));
                        }));
            }
        },
        ITERATE_ABANDONED_BY_ITS_TASK(false) {
            @Override
            void open(TeardownTest t) {
                t.tasks.add(createTask(() -> iterate(t.probe.flux()).next()));
            }
        },
        DRAIN(false) {
            @Override
            void open(TeardownTest t) {
                t.tasks.add(createTask(drain(t.probe.flux(), new Queue<>(1))));
            }
        },
        COROUTINE(true) {
            @Override
            void open(TeardownTest t) {
                t.subscribe(
                        mono(
                                t.loop,
                                () -> {
                                    try {
                                        return awaitLast(t.probe.flux());
                                    } finally {
                                        t.clean();
                                    }
                                }));
            }
        },
        TASK(true) {
            @Override
            void open(TeardownTest t) {
                Task<Integer> task =
                        createTask(() -> {
                            try {
                                return awaitLast(t.probe.flux());
                            } finally {
                                t.clean();
                            }
                        });
                t.tasks.add(task);
                t.subscribe(toMono(task));
                t.subscribe(toMono(task));
            }
        },
        GENERATOR(true) {
            @Override
            void open(TeardownTest t) {
                t.subscribe(
                        flux(
                                t.loop,
                                g -> {
                                    try {
                                        g.yield(1);
                                        awaitLast(t.probe.flux());
                                    } finally {
                                        t.clean();
                                    }
                                }));
            }
        },
        GENERATOR_OVER_ITERATE(true) {
            @Override
            void open(TeardownTest t) {
                t.subscribe(
                        flux(
                                t.loop,
                                g -> {
                                    try (var items = iterate(t.probe.flux())) {
                                        for (Integer item : items) {
                                            g.yield(item);
                                        }
                                    } finally {
                                        t.clean();
                                    }
                                }));
            }
        },
        ASYNC_GENERATOR(true) {
            @Override
            void open(TeardownTest t) {
                AsyncGenerator<Integer> items =
                        AsyncGenerator.of(g -> {
                            try {
                                for (Integer item : iterate(t.probe.flux())) {
                                    g.yield(item);
                                }
                            } finally {
                                t.clean();
                            }
                        });
                t.tasks.add(
                        createTask(() -> {
                            await(items.anext());
                            await(sleep(DAY));
                        }));
            }
        },
        QUEUE(false) {
            @Override
            void open(TeardownTest t) {
                Queue<Integer> queue = new Queue<>(1);
                t.tasks.add(createTask(drain(t.probe.flux(), queue)));
                t.subscribe(flux(t.loop, queue));
            }
        },
        PUBLISH_ON(false) {
            @Override
            void open(TeardownTest t) {
                t.subscribe(
                        untilClosed(t.loop, t.probe.flux().publishOn(LoopScheduler.of(t.loop))));
            }
        },
        SUBSCRIBE_ON(false) {
            @Override
            void open(TeardownTest t) {
                t.subscribe(
                        untilClosed(t.loop, t.probe.flux().subscribeOn(LoopScheduler.of(t.loop))));
            }
        },
        BARE_PUBLISH_ON(false) {
            @Override
            void open(TeardownTest t) {
                t.subscribe(t.probe.flux().publishOn(LoopScheduler.of(t.loop)));
            }
        },
        BARE_SUBSCRIBE_ON(false) {
            @Override
            void open(TeardownTest t) {
                t.subscribe(t.probe.flux().subscribeOn(LoopScheduler.of(t.loop)));
            }
        },
        BARE_PUBLISH_ON_THAT_CANCELS_SLOWLY(true) {
            @Override
            void open(TeardownTest t) {
                t.subscribe(
                        t.probe
                                .flux()
                                .doOnCancel(() -> mono(t.loop, t::clean).subscribe())
                                .publishOn(LoopScheduler.of(t.loop)));
            }
        },
        BARE_DELAY(false) {
            @Override
            void open(TeardownTest t) {
                Scheduler scheduler = LoopScheduler.of(t.loop);
                t.subscribe(Mono.delay(DAY, scheduler));
                t.subscribe(t.probe.flux().delayElements(DAY, scheduler));
            }
        },
        BARE_INTERVAL(false) {
            @Override
            void open(TeardownTest t) {
                t.subscribe(
                        Flux.interval(Duration.ofMillis(300), LoopScheduler.of(t.loop))
                                .mergeWith(t.probe.flux().map(Integer::longValue)));
            }
        },
        AWAITED_PUBLISH_ON(false) {
            @Override
            void open(TeardownTest t) {
                t.tasks.add(toTask(t.probe.flux().publishOn(LoopScheduler.of(t.loop)).then()));
            }
        },
        DELAY(false) {
            @Override
            void open(TeardownTest t) {
                Scheduler scheduler = LoopScheduler.of(t.loop);
                t.subscribe(untilClosed(t.loop, Mono.delay(DAY, scheduler)));
                t.subscribe(untilClosed(t.loop, t.probe.flux().delayElements(DAY, scheduler)));
            }
        },
        INTERVAL(false) {
            @Override
            void open(TeardownTest t) {
                t.subscribe(
                        untilClosed(
                                t.loop,
                                Flux.interval(Duration.ofMillis(300), LoopScheduler.of(t.loop))
                                        .mergeWith(t.probe.flux().map(Integer::longValue))));
            }
        };

        private static final Mono<Integer> NEVER = Mono.never();

        final boolean cleansUp;

        Path(boolean cleansUp) {
            this.cleansUp = cleansUp;
        }

        /** Subscribes to the test's source. In a task of the loop. */
        abstract void open(TeardownTest t);
    }

    private void assertNothingIsLeft() {
        assertThat(loop.isClosed()).isTrue();
        assertThat(loop.allTasks()).isEmpty();
        assertThat(Subscriptions.of(loop).size()).isZero();
        assertThat(LoopThreads.of(loop)).isEmpty();
        assertThat(tasks).allMatch(Task::done);
        assertThat(subscribers)
                .allSatisfy(subscriber -> {
                    assertThat(subscriber.errors)
                            .singleElement()
                            .isInstanceOfAny(
                                    CancellationException.class, RejectedExecutionException.class);
                    assertThat(subscriber.completions).hasValue(0);
                });
        assertThat(virtual.reports).isEmpty();
        assertThat(dropped.errors).isEmpty();
        assertThat(dropped.elements).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void endsWithTheLoop(Path path) {
        virtual.run(() -> {
            path.open(this);
            await(sleep(SECOND));
        });
        probe.assertWasSubscribed();
        assertThat(tasks.stream().allMatch(Task::done))
                .isEqualTo(tasks.isEmpty() ? true : path == Path.ITERATE_ABANDONED_BY_ITS_TASK);
        assertThat(subscribers).allMatch(subscriber -> subscriber.ends() == 0);
        virtual.close();
        assertThat(probe.subscribeCount()).isEqualTo(1);
        probe.assertWasCancelled();
        assertThat(cleaned).hasSize(path.cleansUp ? 1 : 0);
        assertNothingIsLeft();
    }

    /** The same for one that is opened when the Runner has begun to close, in a task's clean-up. */
    @ParameterizedTest
    @EnumSource
    void endsWithTheLoopWhenItIsOpenedInCleanUp(Path path) {
        virtual.run(() -> {
            createTask(() -> {
                try {
                    await(sleep(DAY));
                } finally {
                    path.open(this);
                    await(sleep(SECOND));
                }
            });
            await(sleep(SECOND));
        });
        probe.assertWasNotSubscribed();
        virtual.close();
        assertThat(probe.subscribeCount()).isEqualTo(1);
        probe.assertWasCancelled();
        assertThat(cleaned).hasSize(path.cleansUp ? 1 : 0);
        assertNothingIsLeft();
    }

    @Test
    void allAtOnce() {
        PublisherProbe<Integer> source = probe;
        virtual.run(() -> {
            for (Path path : Path.values()) {
                path.open(this);
            }
            await(sleep(SECOND));
        });
        virtual.close();
        assertThat(source.subscribeCount()).isEqualTo(Path.values().length);
        assertNothingIsLeft();
    }

    @Test
    void aMainMonoThatTheLoopHasLeftIsCancelledToo() {
        SystemExit exit = new SystemExit(3);
        assertThatThrownBy(() ->
                        virtual.runner.run(
                                silent.mono()
                                        .doOnSubscribe(s ->
                                                loop.callSoon(() -> {
                                                    throw exit;
                                                }))))
                .isSameAs(exit);
        silent.assertWasSubscribed();
        silent.assertWasNotCancelled();
        virtual.close();
        silent.assertWasCancelled();
        assertNothingIsLeft();
    }

    @Test
    void whoHasNotAskedForAnythingIsToldToo() {
        Queue<Integer> queue = new Queue<>();
        virtual.run(() -> {
            for (Flux<?> flux :
                    List.of(
                            flux(loop, (AsyncGenerator.Yielder<Integer> g) -> g.yield(1)),
                            flux(loop, queue),
                            mono(loop, () -> 1).flux(),
                            toMono(loop.createFuture()).flux(),
                            untilClosed(loop, Flux.<Integer>never()))) {
                subscribers.add(
                        flux.subscribeWith(
                                new Received<>(0, reactor.util.context.Context.empty())));
            }
        });
        virtual.close();
        assertThat(subscribers).hasSize(5);
        assertNothingIsLeft();
    }

    @Test
    void whatIsTiedToTheLoopIsElseAsItWas() {
        subscribers.add(untilClosed(loop, probe.flux().take(2)).subscribeWith(new Received<>()));
        assertThat(subscribers.getFirst().elements).isEqualTo(List.of(1, 2));
        assertThat(subscribers.getFirst().completions).hasValue(1);
        IllegalStateException error = new IllegalStateException();
        subscribers.add(untilClosed(loop, Mono.error(error)).subscribeWith(new Received<>()));
        assertThat(subscribers.getLast().errors).isEqualTo(List.of(error));
        subscribers.add(untilClosed(loop, Mono.just(1)).subscribeWith(new Received<>()));
        assertThat(subscribers.getLast().elements).isEqualTo(List.of(1));
        subscribers.add(untilClosed(loop, Mono.empty()).subscribeWith(new Received<>()));
        assertThat(subscribers.getLast().completions).hasValue(1);
        Received<Integer> left = untilClosed(loop, silent.flux()).subscribeWith(new Received<>());
        assertThat(Subscriptions.of(loop).size()).isEqualTo(1);
        left.subscription.cancel();
        silent.assertWasCancelled();
        assertThat(Subscriptions.of(loop).size()).isZero();
        subscribers.clear();
        virtual.close();
        assertThat(left.ends()).isZero();
        subscribe(untilClosed(loop, Flux.never()));
        subscribe(untilClosed(loop, Mono.never()));
        assertNothingIsLeft();
    }

    @Test
    void aSinkThatTheLoopEmitsIntoIsItsOwnersToEnd() {
        Sinks.Many<Integer> sink = Sinks.many().unicast().onBackpressureBuffer();
        Received<Integer> received = sink.asFlux().subscribeWith(new Received<>());
        virtual.run(() -> {
            tasks.add(
                    createTask(() -> {
                        try {
                            for (Integer item : iterate(probe.flux())) {
                                sink.tryEmitNext(item).orThrow();
                            }
                        } finally {
                            sink.tryEmitComplete();
                        }
                    }));
            await(sleep(SECOND));
        });
        virtual.close();
        assertThat(received.elements).containsExactly(1, 2);
        assertThat(received.completions).hasValue(1);
        probe.assertWasCancelled();
        assertNothingIsLeft();
    }
}
