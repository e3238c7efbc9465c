package asyncio4j.bridge;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getEventLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.*;
import static asyncio4j.bridge.Bridge.await;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.AsyncGenerator;
import asyncio4j.Asyncio;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.ExceptionContext;
import asyncio4j.ForwardingEventLoop;
import asyncio4j.SystemExit;
import asyncio4j.VirtualClock;
import asyncio4j.bridge.testing.Received;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** The steps of {@link ReactorRunner#close}: their order, and that each is done whatever fails. */
class TeardownOrderTest {

    private static final Duration DAY = Duration.ofDays(1);

    private final List<String> order = new ArrayList<>();

    private final List<Throwable> reports = new ArrayList<>();

    /** What fails. */
    private @Nullable Step failing;

    private enum Step {
        TASK,
        SUBSCRIPTION,
        GENERATOR,
        GENERATORS,
        EXECUTOR,
        LAST_WORK
    }

    /** A loop that says which steps of its shutdown were taken. */
    private final class Watched extends ForwardingEventLoop {

        Watched() {
            super(newEventLoop(new VirtualClock()));
        }

        @Override
        public Coroutine<@Nullable Void> shutdownAsyncGenerators() {
            return step("generators", Step.GENERATORS, super.shutdownAsyncGenerators());
        }

        @Override
        public Coroutine<@Nullable Void> shutdownDefaultExecutor(Duration timeout) {
            return step(
                    "executor, " + timeout, Step.EXECUTOR, super.shutdownDefaultExecutor(timeout));
        }

        private Coroutine<@Nullable Void> step(
                String name, Step step, Coroutine<@Nullable Void> real) {
            return () -> {
                order.add(name);
                await(real);
                mayFail(step);
                return null;
            };
        }

        @Override
        public void close() {
            order.add("loop");
            super.close();
        }
    }

    private final Watched loop = new Watched();

    private final ReactorRunner runner = ReactorRunner.builder().loopFactory(() -> loop).build();

    private void mayFail(Step step) {
        if (failing == step) {
            throw new IllegalStateException(step.name());
        }
    }

    /** Something for each step to end. */
    private void open() {
        LoopScheduler scheduler = LoopScheduler.of(loop);
        AsyncGenerator<Integer> generator =
                AsyncGenerator.of(g -> {
                    try {
                        g.yield(1);
                    } finally {
                        await(sleep(Duration.ofSeconds(1)));
                        await(Flux.just("works on").publishOn(scheduler).then());
                        order.add("generator");
                        mayFail(Step.GENERATOR);
                    }
                });
        runner.run(() -> {
            loop.setExceptionHandler((l, context) -> report(context));
            createTask(() -> {
                try {
                    await(Flux.never().doOnCancel(() -> order.add("awaited")).then());
                } finally {
                    await(sleep(Duration.ofSeconds(1)));
                    order.add("task");
                    mayFail(Step.TASK);
                }
            });
            toMono(loop.createFuture())
                    .subscribe(
                            new Received<>() {
                                @Override
                                public void onError(Throwable error) {
                                    order.add("subscription");
                                    mayFail(Step.SUBSCRIPTION);
                                }
                            });
            await(generator.anext());
            loop.callSoon(() -> order.add("callback"));
            await(sleep(Duration.ZERO));
        });
        order.clear();
    }

    private void report(ExceptionContext context) {
        reports.add(context.exception());
    }

    /** Has the scheduler get work in the executor's step, which is done in the last. */
    private void workAtLast() {
        loop.setDefaultExecutor(
                new AbstractExecutorService() {
                    @Override
                    public void shutdown() {
                        order.add("shutdown");
                    }

                    @Override
                    public List<Runnable> shutdownNow() {
                        return List.of();
                    }

                    @Override
                    public boolean isShutdown() {
                        return false;
                    }

                    @Override
                    public boolean isTerminated() {
                        return false;
                    }

                    @Override
                    public boolean awaitTermination(long timeout, TimeUnit unit) {
                        LoopScheduler.of(loop)
                                .schedule(() -> {
                                    order.add("last work");
                                    mayFail(Step.LAST_WORK);
                                });
                        return true;
                    }

                    @Override
                    public void execute(Runnable work) {
                        Thread.startVirtualThread(work);
                    }
                });
    }

    private static final String[] ALL = {
        "awaited",
        "task",
        "subscription",
        "generators",
        "generator",
        "executor, PT5M",
        "shutdown",
        "last work",
        "loop"
    };

    @Test
    void tasksThenSubscriptionsThenGeneratorsThenTheExecutorThenWhatSchedulersHaveThenTheLoop() {
        open();
        workAtLast();
        runner.close();
        assertThat(order).containsExactly(ALL);
        assertThat(reports).isEmpty();
        assertThat(Subscriptions.of(loop).size()).isZero();
    }

    @Test
    void whateverFailsTheOtherStepsAreTaken() {
        open();
        workAtLast();
        failing = Step.TASK;
        runner.close();
        assertReported();
    }

    @Test
    void aSubscriberThatFailsIsReported() {
        open();
        workAtLast();
        failing = Step.SUBSCRIPTION;
        runner.close();
        assertReported();
    }

    @Test
    void aGeneratorThatFailsIsReported() {
        open();
        workAtLast();
        failing = Step.GENERATOR;
        runner.close();
        assertReported();
    }

    @Test
    void lastWorkThatFailsIsReported() {
        open();
        workAtLast();
        failing = Step.LAST_WORK;
        runner.close();
        assertReported();
    }

    private void assertReported() {
        assertThat(order).containsExactly(ALL);
        assertThat(reports).singleElement().satisfies(this::isTheFailure);
        assertThat(loop.isClosed()).isTrue();
    }

    private void isTheFailure(Throwable error) {
        assertThat(error)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(String.valueOf(failing));
    }

    @Test
    void whenTheGeneratorsStepFailsThatComesOutInTheEnd() {
        open();
        workAtLast();
        failing = Step.GENERATORS;
        assertThat(catchThrowable(runner::close)).satisfies(this::isTheFailure);
        assertThat(order).containsExactly(ALL);
        assertThat(loop.isClosed()).isTrue();
    }

    @Test
    void whenTheExecutorsStepFailsThatComesOutInTheEnd() {
        open();
        workAtLast();
        failing = Step.EXECUTOR;
        assertThat(catchThrowable(runner::close)).satisfies(this::isTheFailure);
        assertThat(order).containsExactly(ALL);
        assertThat(loop.isClosed()).isTrue();
    }

    @Test
    void aSubscriberThatAsksTheProgramToExitDoesNotKeepTheOthersFromBeingTold() {
        SystemExit exit = new SystemExit(3);
        List<Received<Object>> others = new ArrayList<>();
        runner.run(() -> {
            for (int i = 0; i < 20; i++) {
                others.add(toMono(loop.createFuture()).subscribeWith(new Received<>()));
            }
            toMono(loop.createFuture())
                    .subscribe(
                            new Received<>() {
                                @Override
                                public void onError(Throwable error) {
                                    throw exit;
                                }
                            });
        });
        assertThatThrownBy(runner::close).isSameAs(exit);
        assertThat(others).allSatisfy(other -> assertThat(other.errors).hasSize(1));
        assertThat(order).containsExactly("generators", "executor, PT5M", "loop");
    }

    @Test
    void theThreadsLoopIsUnset() {
        ReactorRunner own = ReactorRunner.create();
        EventLoop made = own.getLoop();
        assertThat(getEventLoop()).isSameAs(made);
        own.close();
        assertThatThrownBy(Asyncio::getEventLoop).isInstanceOf(IllegalStateException.class);
    }

    /** {@code usingWhen}'s hook when its pipeline is cancelled. */
    private Flux<Object> withHook(Mono<Void> hook) {
        return Flux.usingWhen(
                Mono.just("resource"),
                resource -> Flux.never(),
                resource -> Mono.error(new AssertionError("completed")),
                (resource, error) -> Mono.error(new AssertionError("failed")),
                resource -> hook);
    }

    private Mono<Void> hook(String name) {
        return mono(
                loop,
                () -> {
                    await(sleep(Duration.ofSeconds(2)));
                    order.add(name);
                });
    }

    @Test
    void closeWaitsForCancelHooksAsForFinallyBlocks() {
        Mono<Void> generated =
                flux(
                                loop,
                                g -> {
                                    await(sleep(Duration.ofSeconds(2)));
                                    order.add("third");
                                })
                        .then();
        runner.run(() -> {
            toTask(withHook(hook("first").then(hook("second")).then(generated)).then());
            await(sleep(DAY));
        });
        runner.close();
        assertThat(order)
                .containsExactly(
                        "first", "second", "third", "generators", "executor, PT5M", "loop");
    }

    @Test
    void closeWaitsForACancelHookThatIsUnderWay() {
        runner.run(() -> {
            var waiting = toTask(withHook(hook("hook")).then());
            await(sleep(DAY));
            waiting.cancel();
            await(sleep(Duration.ofSeconds(1)));
            assertThat(waiting.cancelled()).isTrue();
        });
        runner.close();
        assertThat(order).containsExactly("hook", "generators", "executor, PT5M", "loop");
    }

    @Test
    void closeWaitsForTheCancelHookOfAnIterator() {
        runner.run(() -> {
            createTask(() -> {
                for (Object item : iterate(withHook(hook("hook")))) {
                    order.add("item " + item);
                }
            });
            await(sleep(DAY));
        });
        runner.close();
        assertThat(order).containsExactly("hook", "generators", "executor, PT5M", "loop");
    }

    @Test
    void whatCleansUpIsCancelledByWhoeverWantsThatNotByClose() {
        runner.run(() -> {
            var waiting = toTask(withHook(hook("hook")).then());
            await(sleep(Duration.ofSeconds(1)));
            waiting.cancel();
            await(sleep(Duration.ofSeconds(1)));
            loop.allTasks()
                    .forEach(task -> {
                        if (task != Asyncio.currentTask()) {
                            task.cancel();
                        }
                    });
        });
        runner.close();
        assertThat(order).containsExactly("generators", "executor, PT5M", "loop");
    }

    @Test
    void afterTheLastStepSchedulersRefuse() {
        LoopScheduler scheduler = LoopScheduler.of(loop);
        runner.run(() -> {});
        scheduler.schedule(() -> order.add("handed in between the runs"));
        scheduler.schedule(() -> order.add("too late"), 1, TimeUnit.HOURS);
        runner.close();
        assertThat(order)
                .containsExactly(
                        "handed in between the runs", "generators", "executor, PT5M", "loop");
        assertThatThrownBy(() -> scheduler.schedule(() -> {}))
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void cancelHooksThatAwaitInTurnsLeaveLaterTasksAsTheyAre() {
        runner.run(() -> {
            for (int i = 0; i < 2; i++) {
                createTask(() -> {
                    FluxIterator<Integer> items =
                            iterate(
                                    Flux.concat(Flux.just(1), Flux.<Integer>never())
                                            .doOnCancel(() -> await(sleep(Duration.ofMillis(10)))));
                    items.next();
                    items.close();
                    await(sleep(Duration.ofMillis(20)));
                    mono(loop, () -> await(sleep(DAY)))
                            .subscribe(
                                    value -> {},
                                    error -> order.add(error.getClass().getSimpleName()));
                });
                await(sleep(Duration.ofMillis(5)));
            }
            await(sleep(Duration.ofSeconds(1)));
        });
        runner.close();
        assertThat(order.stream().filter("CancellationException"::equals)).hasSize(2);
        assertThat(loop.time()).isLessThan(DAY);
    }

    /** Clean-up of a generator may go by the bridge, as that of a task may. */
    @Test
    void aGeneratorsFinallyBlockMayStartCoroutinesByTheBridge() {
        AsyncGenerator<Integer> generator =
                AsyncGenerator.of(g -> {
                    try {
                        g.yield(1);
                    } finally {
                        order.add(await(mono(loop, () -> "mono")));
                        order.add(
                                awaitFirst(
                                        Bridge.<String>flux(loop, inner -> inner.yield("flux"))));
                        order.add(await(toMono(createTask(sleep(Duration.ofSeconds(1), "task")))));
                        hook("not waited for").subscribe();
                    }
                });
        runner.run(() -> {
            await(generator.anext());
        });
        runner.close();
        assertThat(order)
                .containsExactly(
                        "generators",
                        "mono",
                        "flux",
                        "task",
                        "not waited for",
                        "executor, PT5M",
                        "loop");
        assertThat(reports).isEmpty();
    }
}
