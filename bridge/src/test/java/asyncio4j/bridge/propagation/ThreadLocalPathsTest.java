package asyncio4j.bridge.propagation;

import static asyncio4j.Asyncio.*;
import static asyncio4j.bridge.Bridge.*;
import static asyncio4j.bridge.propagation.Mdc.seen;
import static asyncio4j.bridge.propagation.Mdc.seenTwice;
import static asyncio4j.bridge.propagation.Mdc.subscriber;
import static asyncio4j.bridge.propagation.Mdc.user;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.AsyncFuture;
import asyncio4j.AsyncGenerator;
import asyncio4j.Context;
import asyncio4j.Task;
import asyncio4j.TaskOptions;
import asyncio4j.bridge.FluxIterator;
import asyncio4j.bridge.LoopScheduler;
import asyncio4j.bridge.ReactorContext;
import asyncio4j.bridge.ReactorRunner;
import asyncio4j.bridge.testing.Received;
import asyncio4j.bridge.testing.Threads;
import asyncio4j.queues.Queue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Each way between coroutines and Reactor takes the MDC along, and leaves it where it belongs. */
@ParameterizedClass(name = "automatic propagation: {0}")
@ValueSource(booleans = {false, true})
class ThreadLocalPathsTest {

    private final Mdc mdc;

    private final ReactorRunner runner = ReactorRunner.create();

    private final List<String> log = new CopyOnWriteArrayList<>();

    ThreadLocalPathsTest(boolean automatic) {
        mdc = new Mdc(automatic);
    }

    @AfterEach
    void close() {
        try (mdc) {
            runner.close();
        }
    }

    /** Suspends until another thread wakes the task. */
    private static void away() {
        await(Mono.just(1).hide().subscribeOn(Mdc.THREADS));
    }

    private void log(String where) {
        log.add(where + " " + user());
    }

    // Running

    @Test
    void aRunStartsWithTheCallingThreadsAndLeavesThemAlone() {
        user("caller");
        runner.run(() -> {
            log("begin");
            user("coroutine");
            away();
            log("end");
        });
        log("caller");
        user("later");
        runner.run(() -> log("next run"));
        run(() -> log("other context"), new Context());
        assertThat(log)
                .containsExactly(
                        "begin caller",
                        "end coroutine",
                        "caller caller",
                        "next run later",
                        "other context later");
    }

    private void run(asyncio4j.VoidCoroutine body, Context context) {
        runner.run(
                () -> {
                    body.run();
                    return null;
                },
                context);
    }

    @Test
    void aMainMonoSeesTheCallingThreads() {
        user("caller");
        assertThat(runner.run(seen())).isEqualTo("caller");
        assertThat(runner.run(seen(), new Context())).isEqualTo("caller");
        assertThat(user()).isEqualTo("caller");
    }

    @Test
    void aMainGeneratorSeesTheCallingThreadsUpToItsEnd() {
        user("caller");
        runner.runForever(g -> {
            log("begin");
            user("generator");
            Task<?> main = currentTask();
            getRunningLoop().callLater(Duration.ofMillis(1), main::cancel);
            try {
                g.yield(1);
            } finally {
                log("closing");
                away();
                log("end");
            }
        });
        log("caller");
        assertThat(log)
                .containsExactly(
                        "begin caller", "closing generator", "end generator", "caller caller");
    }

    // Awaiting

    @Test
    void anAwaitedPipelineSeesThePresentOnesAndSoDoesTheCoroutineAfterwards() {
        user("caller");
        List<String> pipelines = new ArrayList<>();
        runner.run(() -> {
            pipelines.add(await(seen()));
            log("after await");
            user("first");
            pipelines.add(awaitFirst(seen()));
            log("after awaitFirst");
            user("last");
            pipelines.add(awaitLast(seen()));
            log("after awaitLast");
            user("single");
            pipelines.add(awaitSingle(seen()));
            log("after awaitSingle");
            MDC.clear();
            pipelines.add(await(seen()));
            log("after none");
        });
        assertThat(pipelines).containsExactly("caller", "first", "last", "single", "none");
        assertThat(log)
                .containsExactly(
                        "after await caller",
                        "after awaitFirst first",
                        "after awaitLast last",
                        "after awaitSingle single",
                        "after none none");
    }

    @Test
    void whatAPipelineWritesIntoItsContextStaysInIt() {
        user("caller");
        runner.run(() -> {
            log.add("pipeline " + await(seen().contextWrite(subscriber("written"))));
            log("coroutine");
            log.add("callable " + await(Mono.fromCallable(Mdc::user)));
        });
        assertThat(log).containsExactly("pipeline written", "coroutine caller", "callable caller");
    }

    @Test
    void aSuspensionOfAnyKindLeavesThem() {
        user("caller");
        runner.run(() -> {
            await(sleep(Duration.ZERO));
            log("bare yield");
            await(sleep(Duration.ofMillis(1)));
            log("sleep");
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            Threads.start(() -> future.getLoop().callSoonThreadsafe(() -> future.setResult(1)));
            await(future);
            log("future");
            Task<?> self = currentTask();
            getRunningLoop().callSoon(() -> self.cancel());
            try {
                await(getRunningLoop().createFuture());
            } catch (asyncio4j.CancelledError e) {
                self.uncancel();
                log("cancelled");
            }
        });
        assertThat(log)
                .containsExactly(
                        "bare yield caller", "sleep caller", "future caller", "cancelled caller");
    }

    // Converting

    @Test
    void aMonoAsATask() {
        runner.run(() -> {
            user("maker");
            Task<String> task = toTask(seen());
            user("later");
            log.add("pipeline " + await(task));
            log("maker");
        });
        assertThat(log).containsExactly("pipeline maker", "maker later");
    }

    @Test
    void aTaskAsAMono() {
        runner.run(() -> {
            user("task");
            Task<String> task =
                    createTask(() -> {
                        away();
                        return user();
                    });
            user("awaiting");
            String both =
                    await(
                            toMono(task)
                                    .publishOn(Mdc.THREADS)
                                    .handle((value, sink) -> sink.next(value + "+" + user())));
            log.add(both);
            log("coroutine");
        });
        assertThat(log).containsExactly("task+awaiting", "coroutine awaiting");
    }

    @Test
    void subscribersOfATaskAreToldWithTheirOwn() {
        runner.run(() -> {
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            Received<Integer> received =
                    new Received<>(1, subscriber("subscriber")) {
                        @Override
                        public void onNext(Integer element) {
                            log("onNext");
                            super.onNext(element);
                        }
                    };
            Threads.elsewhere(() -> toMono(future).subscribe(received));
            await(sleep(Duration.ZERO));
            user("completing");
            future.setResult(1);
            await(toThread(received::join));
        });
        assertThat(log).containsExactly("onNext subscriber");
    }

    @Test
    void aCoroutineOfASubscriberSeesWhatItsContextHas() {
        runner.run(
                mono(
                                runner.getLoop(),
                                () -> {
                                    log("begin");
                                    away();
                                    log("after await");
                                    log.add("pipeline " + await(seen()));
                                    user("changed");
                                    log.add("pipeline " + await(seen()));
                                    log.add(
                                            "inner "
                                                    + await(
                                                            mono(() -> {
                                                                away();
                                                                return user();
                                                            })));
                                })
                        .contextWrite(subscriber("Ada")));
        assertThat(log)
                .containsExactly(
                        "begin Ada",
                        "after await Ada",
                        "pipeline Ada",
                        "pipeline changed",
                        "inner changed");
    }

    @Test
    void aCoroutineOfASubscriberWithoutAContextSeesTheSubscribingThreads() {
        user("caller");
        Received<Integer> received = new Received<>();
        mono(
                        runner.getLoop(),
                        () -> {
                            away();
                            log("coroutine");
                            return 1;
                        })
                .subscribe(received);
        runner.run(() -> {
            await(toThread(received::join));
        });
        assertThat(log).containsExactly("coroutine caller");
        assertThat(user()).isEqualTo("caller");
    }

    @Test
    void aPipelineOfATaskWithNothingDoesNotPickUpWhatAnotherHas() {
        runner.run(() -> {
            Sinks.One<Integer> sink = Sinks.one();
            Task<String> without = toTask(sink.asMono().flatMap(_ -> mono(() -> user())));
            Task<?> other =
                    createTask(() -> {
                        user("other");
                        assertThat(sink.tryEmitValue(1)).isEqualTo(Sinks.EmitResult.OK);
                        log("emitter");
                    });
            log.add("without " + await(without));
            await(other);
        });
        assertThat(log).containsExactly("emitter other", "without none");
    }

    @Test
    void aGeneratorOfASubscriberSeesWhatItsContextHas() {
        List<String> items = new ArrayList<>();
        runner.run(() -> {
            user("consumer");
            Flux<String> flux =
                    Flux.from(
                            flux(g -> {
                                log("begin");
                                g.yield(user());
                                away();
                                log("after await");
                                user("changed");
                                g.yield(user());
                                log.add("pipeline " + await(seen()));
                            }));
            try (FluxIterator<String> each = iterate(flux.contextWrite(subscriber("Ada")), 1)) {
                for (String item : each) {
                    items.add(item + " to " + user());
                    away();
                }
            }
            log("consumer");
        });
        assertThat(items).containsExactly("Ada to consumer", "changed to consumer");
        assertThat(log)
                .containsExactly(
                        "begin Ada", "after await Ada", "pipeline changed", "consumer consumer");
    }

    @Test
    void aGeneratorObjectOfASubscriberSeesWhatItsContextHas() {
        runner.run(() -> {
            user("maker");
            AsyncGenerator<String> generator =
                    AsyncGenerator.of(g -> {
                        try {
                            g.yield(user());
                            away();
                            g.yield(user());
                        } finally {
                            log("closing");
                        }
                    });
            Flux<String> flux = flux(getRunningLoop(), generator);
            user("consumer");
            log.add("first " + awaitFirst(flux.contextWrite(subscriber("Ada"))));
            log("consumer");
            while (log.size() < 3) {
                await(sleep(Duration.ZERO)); // it is closed in its subscriber's task
            }
        });
        assertThat(log).containsExactlyInAnyOrder("first Ada", "consumer consumer", "closing Ada");
    }

    @Test
    void aGeneratorsOwnSurviveItsSubscribersSignals() {
        runner.run(() -> {
            Flux<Integer> flux =
                    flux(g -> {
                        user("generator");
                        g.yield(1);
                        log("between");
                        away();
                        g.yield(2);
                        log("end");
                    });
            user("consumer");
            await(
                    flux.contextWrite(subscriber("written"))
                            .doOnNext(_ -> user("operator"))
                            .contextWrite(subscriber("outer"))
                            .then());
            log("consumer");
        });
        if (reactor.core.publisher.Hooks.isAutomaticContextPropagationEnabled()) {
            assertThat(log)
                    .containsExactly("between generator", "end generator", "consumer consumer");
        } else { // the operator is called on the generator's own stack, as a method
            assertThat(log)
                    .containsExactly("between operator", "end operator", "consumer consumer");
        }
    }

    @Test
    void iterationAndForEach() {
        runner.run(() -> {
            user("consumer");
            try (FluxIterator<String> each = iterate(seenTwice(), 1)) {
                for (String item : each) {
                    log.add("item " + item);
                    log("loop");
                    user("changed");
                }
            }
            List<String> items = new ArrayList<>();
            FluxIterator<String> rest = iterate(seenTwice());
            rest.forEach(items::add);
            log.add("forEach " + items);
            await(drain(seenTwice(), new Queue<>()));
            log("drained");
        });
        assertThat(log)
                .containsExactly(
                        "item consumer",
                        "loop consumer",
                        "item consumer",
                        "loop changed",
                        "forEach [changed, changed]",
                        "drained changed");
    }

    @Test
    void aFusedSourceThatIsPolledSeesTheCoroutines() {
        runner.run(() -> {
            user("consumer");
            List<String> items = new ArrayList<>();
            Flux<String> fused = Flux.range(0, 2).map(_ -> user());
            iterate(fused, 1).forEach(items::add);
            log.add("items " + items);
            log("consumer");
        });
        assertThat(log).containsExactly("items [consumer, consumer]", "consumer consumer");
    }

    @Test
    void aQueueAsAFluxAndBack() {
        runner.run(() -> {
            Queue<String> in = new Queue<>();
            Queue<String> out = new Queue<>();
            user("drain");
            Flux<String> flux =
                    flux(getRunningLoop(), in)
                            .publishOn(Mdc.THREADS)
                            .handle((item, sink) -> sink.next(item + " seen by " + user()));
            Task<Long> drain = createTask(drain(flux, out));
            user("producer");
            await(in.put("1"));
            await(in.put("2"));
            in.shutdown();
            assertThat(await(drain)).isEqualTo(2);
            log.add(await(out.get()));
            log.add(await(out.get()));
            log("producer");
        });
        assertThat(log).containsExactly("1 seen by drain", "2 seen by drain", "producer producer");
    }

    @Test
    void aScheduler() {
        runner.run(() -> {
            LoopScheduler scheduler = LoopScheduler.of(getRunningLoop());
            CountDownLatch done = new CountDownLatch(4);
            user("coroutine");
            Threads.elsewhere(() -> {
                user("elsewhere");
                scheduler.schedule(() -> scheduled("now", done));
                scheduler.schedule(() -> scheduled("delayed", done), 1, TimeUnit.MILLISECONDS);
                var worker = scheduler.createWorker();
                worker.schedule(() -> scheduled("worker", done));
                worker.schedule(() -> scheduled("worker again", done));
            });
            await(toThread(() -> done.await(1, TimeUnit.MINUTES)));
            log("coroutine");
            String seen =
                    await(
                            Mono.just(1)
                                    .hide()
                                    .publishOn(scheduler)
                                    .handle((_, sink) -> sink.next(user())));
            log.add("published " + seen);
        });
        assertThat(log)
                .containsExactlyInAnyOrder(
                        "now elsewhere",
                        "delayed elsewhere",
                        "worker elsewhere",
                        "worker again elsewhere",
                        "coroutine coroutine",
                        "published coroutine");
    }

    @Test
    void periodicWorkHasThoseOfWhoHandedItInEachTime() {
        runner.run(() -> {
            LoopScheduler scheduler = LoopScheduler.of(getRunningLoop());
            user("coroutine");
            CountDownLatch done = new CountDownLatch(3);
            var work =
                    scheduler.schedulePeriodically(
                            () -> scheduled("periodic", done), 0, 1, TimeUnit.MILLISECONDS);
            user("later");
            await(toThread(() -> done.await(1, TimeUnit.MINUTES)));
            work.dispose();
            assertThat(log).hasSizeGreaterThanOrEqualTo(3).containsOnly("periodic coroutine");
        });
    }

    private void scheduled(String what, CountDownLatch done) {
        log(what);
        user("scheduled");
        done.countDown();
    }

    // The loop's own

    @Test
    void childTasks() {
        runner.run(() -> {
            user("parent");
            Task<?> child =
                    createTask(() -> {
                        log("child");
                        user("child");
                        await(sleep(Duration.ZERO));
                        log("child later");
                    });
            Task<?> inContext =
                    createTask(
                            () -> log("in another context"),
                            TaskOptions.DEFAULT.context(new Context()));
            user("parent later");
            await(child);
            await(inContext);
            await(gather(this::gathered, this::gathered));
            await(
                    taskGroup(group -> {
                        group.createTask(() -> log("in a group"));
                        return null;
                    }));
            log("parent");
        });
        assertThat(log)
                .containsExactly(
                        "child parent",
                        "in another context parent",
                        "child later child",
                        "gathered parent later",
                        "gathered parent later",
                        "in a group parent later",
                        "parent parent later");
    }

    private Integer gathered() {
        log("gathered");
        user("gathered");
        return 1;
    }

    @Test
    void anEagerTaskBeginsInsideOfAnothersStep() {
        runner.run(() -> {
            user("parent");
            Task<?> eager =
                    createTask(
                            () -> {
                                log("eager");
                                user("eager");
                                createTask(
                                        () -> {
                                            log("nested");
                                            user("nested");
                                        },
                                        TaskOptions.DEFAULT.eagerStart(true));
                                log("eager after nested");
                                await(sleep(Duration.ZERO));
                                log("eager later");
                            },
                            TaskOptions.DEFAULT.eagerStart(true));
            log("parent meanwhile");
            user("parent later");
            await(eager);
            log("parent");
        });
        assertThat(log)
                .containsExactly(
                        "eager parent",
                        "nested eager",
                        "eager after nested eager",
                        "parent meanwhile parent",
                        "eager later eager",
                        "parent parent later");
    }

    @Test
    void callbacks() {
        runner.run(() -> {
            var loop = getRunningLoop();
            user("soon");
            loop.callSoon(() -> callback("callSoon"));
            user("later");
            loop.callLater(Duration.ofMillis(1), () -> callback("callLater"));
            user("in context");
            loop.callSoon(() -> callback("callSoon in context"), new Context());
            AsyncFuture<Integer> future = loop.createFuture();
            user("done");
            future.addDoneCallback(_ -> callback("done callback"));
            user("completing");
            future.setResult(1);
            Threads.elsewhere(() -> {
                user("elsewhere");
                loop.callSoonThreadsafe(() -> callback("callSoonThreadsafe"));
                var _ =
                        runCoroutineThreadsafe(
                                () -> {
                                    callback("runCoroutineThreadsafe");
                                    return null;
                                },
                                loop);
            });
            log.add(
                    "toThread "
                            + await(
                                    toThread(() -> {
                                        String seen = user();
                                        user("thread");
                                        return seen;
                                    })));
            await(sleep(Duration.ofMillis(5)));
            log("coroutine");
        });
        assertThat(log)
                .containsExactlyInAnyOrder(
                        "callSoon soon",
                        "callLater later",
                        "callSoon in context in context",
                        "done callback done",
                        "callSoonThreadsafe elsewhere",
                        "runCoroutineThreadsafe elsewhere",
                        "toThread completing",
                        "coroutine completing");
    }

    private void callback(String what) {
        log(what);
        user("callback");
    }

    @Test
    void aPulledGeneratorSeesItsConsumersAndMayChangeThem() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        log("begin");
                        user("generator");
                        g.yield(1);
                        log("second");
                        away();
                        log("after await");
                        g.yield(2);
                        MDC.clear();
                    });
            user("consumer");
            await(generator.anext());
            log("first item");
            away();
            user("consumer again");
            await(generator.anext());
            log("second item");
            try {
                await(generator.anext());
            } catch (asyncio4j.StopAsyncIteration e) {
                log("end");
            }
        });
        assertThat(log)
                .containsExactly(
                        "begin consumer",
                        "first item generator",
                        "second consumer again",
                        "after await consumer again",
                        "second item consumer again",
                        "end none");
    }

    @Test
    void aGeneratorThatSeveralTasksPullInTurnSeesTheOneThatAsks() {
        runner.run(() -> {
            AsyncGenerator<String> inner =
                    AsyncGenerator.of(g -> {
                        for (; ; ) {
                            away();
                            g.yield(user());
                        }
                    });
            AsyncGenerator<String> outer =
                    AsyncGenerator.of(g -> {
                        for (; ; ) {
                            g.yield(await(inner.anext()) + " " + user());
                        }
                    });
            for (String name : List.of("Ada", "Grace", "Ada")) {
                log.add(
                        await(
                                createTask(() -> {
                                    user(name);
                                    String item = await(outer.anext());
                                    return item + " " + user();
                                })));
            }
            user("closing");
            await(outer.aclose());
            await(inner.aclose());
            log("closed");
        });
        assertThat(log)
                .containsExactly(
                        "Ada Ada Ada", "Grace Grace Grace", "Ada Ada Ada", "closed closing");
    }

    // What can be asked

    @Test
    void theContextThatCanBeAskedForHasThem() {
        assertThat(ReactorContext.current().hasKey(Mdc.KEY)).isFalse();
        user("caller");
        assertThat(ReactorContext.current().<Object>get(Mdc.KEY))
                .isEqualTo(java.util.Map.of("user", "caller"));
        runner.run(
                mono(
                                runner.getLoop(),
                                () -> {
                                    assertThat(ReactorContext.current().<Object>get(Mdc.KEY))
                                            .isEqualTo(java.util.Map.of("user", "Ada"));
                                    MDC.clear();
                                    assertThat(ReactorContext.current().hasKey(Mdc.KEY)).isFalse();
                                    log("cleared");
                                })
                        .contextWrite(subscriber("Ada")));
        assertThat(log).containsExactly("cleared none");
    }
}
