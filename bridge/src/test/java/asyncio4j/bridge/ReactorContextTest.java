package asyncio4j.bridge;

import static asyncio4j.Asyncio.*;
import static asyncio4j.bridge.Bridge.*;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.ContextVar;
import asyncio4j.Task;
import asyncio4j.TaskOptions;
import asyncio4j.bridge.testing.Received;
import asyncio4j.bridge.testing.Threads;
import asyncio4j.bridge.testing.VirtualReactorRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;

class ReactorContextTest {

    private static final ContextVar<String> USER = ContextVar.of("user");

    private static final ContextVar<Integer> DEPTH = ContextVar.withDefault("depth", 0);

    private final VirtualReactorRunner runner = new VirtualReactorRunner();

    private final List<Disposable> bindings = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
        bindings.forEach(Disposable::dispose);
    }

    private void bind(ContextVar<?> var, Object key) {
        bindings.add(ReactorContext.bind(var, key));
    }

    /** A pipeline that answers the Context it is subscribed with. */
    private static Mono<ContextView> context() {
        return Mono.deferContextual(view -> Mono.just((ContextView) Context.of(view)).hide());
    }

    @Test
    void outsideOfEverythingItIsEmpty() {
        Threads.elsewhere(() -> assertThat(ReactorContext.current().isEmpty()).isTrue());
        boolean empty =
                runner.run(() -> await(context()).isEmpty() && ReactorContext.current().isEmpty());
        assertThat(empty).isTrue();
    }

    @Test
    void contextVariablesAreInTheContextOfAnAwaitedPipeline() {
        runner.run(() -> {
            USER.set("Ada");
            ContextView seen = await(context());
            assertThat(seen.stream()).hasSize(1);
            assertThat(seen.<String>get(USER)).isEqualTo("Ada");
            assertThat(ReactorContext.current().<String>get(USER)).isEqualTo("Ada");
        });
    }

    @Test
    void everyKindOfAwaitAndConversionCarriesThem() {
        Flux<String> user = Flux.deferContextual(view -> Flux.just(view.<String>get(USER)).hide());
        List<String> seen =
                runner.run(() -> {
                    USER.set("Ada");
                    Mono<String> mono = user.single();
                    return List.of(
                            await(mono),
                            awaitFirst(user),
                            awaitLast(user),
                            awaitSingle(user),
                            await(toTask(mono)),
                            await(mono(() -> await(mono))),
                            await(toMono(createTask(() -> await(mono)))));
                });
        assertThat(seen).hasSize(7).containsOnly("Ada");
        asyncio4j.Context context = new asyncio4j.Context();
        context.run(() -> USER.set("Grace"));
        assertThat(runner.runner.run(user.single(), context)).isEqualTo("Grace");
    }

    @Test
    void theContextIsThatOfTheMomentOfTheAwait() {
        runner.run(() -> {
            USER.set("before");
            Mono<String> late =
                    Mono.deferContextual(view -> Mono.just(view.<String>get(USER)))
                            .subscribeOn(Schedulers.single());
            Task<String> task = toTask(late);
            USER.set("after");
            List<String> seen = List.of(await(task), await(late));
            assertThat(seen).containsExactly("before", "after");
        });
    }

    @Test
    void aVariableThatIsResetIsGone() {
        runner.run(() -> {
            ContextVar.Token<String> token = USER.set("Ada");
            USER.reset(token);
            assertThat(await(context()).isEmpty()).isTrue();
            USER.set(null);
            assertThat(await(context()).isEmpty()).isTrue();
        });
    }

    @Test
    void aPipelineThatDoesNotLookCostsNothingAndOneThatDoesIsServedFromACache() {
        runner.run(() -> {
            USER.set("Ada");
            ContextView first = ReactorContext.current();
            assertThat(ReactorContext.current()).isSameAs(first);
            DEPTH.set(1);
            assertThat(ReactorContext.current()).isNotSameAs(first);
        });
    }

    @Test
    void theSubscribersContextIsSeenInTheCoroutineItsTasksAndTheirPipelines() {
        List<String> seen =
                runner.runner.run(
                        mono(
                                        runner.loop(),
                                        () -> {
                                            Mono<String> request =
                                                    Mono.deferContextual(view ->
                                                            Mono.just(view.<String>get("request")));
                                            Task<String> child =
                                                    createTask(() ->
                                                            ReactorContext.current()
                                                                    .get("request"));
                                            return List.of(
                                                    ReactorContext.current().<String>get("request"),
                                                    await(request),
                                                    await(child),
                                                    await(toTask(request)),
                                                    await(mono(() -> await(request))));
                                        })
                                .contextWrite(Context.of("request", "r1", "other", 2)));
        assertThat(seen).hasSize(5).containsOnly("r1");
    }

    @Test
    void aSubscribersEntryUnderAVariableSetsIt() {
        List<Object> seen =
                runner.runner.run(
                        mono(
                                        runner.loop(),
                                        () -> {
                                            List<Object> values = new ArrayList<>();
                                            values.add(USER.get());
                                            values.add(await(context()).<String>get(USER));
                                            USER.set("Grace");
                                            values.add(await(context()).<String>get(USER));
                                            return values;
                                        })
                                .contextWrite(Context.of(USER, "Ada")));
        assertThat(seen).containsExactly("Ada", "Ada", "Grace");
    }

    @Test
    void variablesTravelThroughAPipelineToACoroutineOnTheOtherSide() {
        runner.run(() -> {
            USER.set("Ada");
            String seen =
                    await(
                            Mono.just(1)
                                    .publishOn(Schedulers.parallel())
                                    .flatMap(i -> mono(runner.loop(), () -> USER.get())));
            assertThat(seen).isEqualTo("Ada");
        });
    }

    @Test
    void aBoundKeyGoesBothWays() {
        bind(USER, "user.key");
        List<Object> seen =
                runner.runner.run(
                        mono(
                                        runner.loop(),
                                        () -> {
                                            List<Object> values = new ArrayList<>();
                                            values.add(USER.get());
                                            values.add(await(context()).<String>get("user.key"));
                                            values.add(await(context()).<String>get(USER));
                                            USER.set("Grace");
                                            values.add(await(context()).<String>get("user.key"));
                                            USER.set(null);
                                            values.add(await(context()).hasKey("user.key"));
                                            return values;
                                        })
                                .contextWrite(Context.of("user.key", "Ada")));
        assertThat(seen).containsExactly("Ada", "Ada", "Ada", "Grace", false);
    }

    @Test
    void aVariablesOwnEntryCountsMoreThanABoundOne() {
        bind(USER, "user.key");
        for (Context context :
                List.of(
                        Context.of("user.key", "bound", USER, "own"),
                        Context.of(USER, "own", "user.key", "bound"))) {
            String seen =
                    runner.runner.run(mono(runner.loop(), () -> USER.get()).contextWrite(context));
            assertThat(seen).isEqualTo("own");
        }
    }

    @Test
    void aBindingCountsFromTheNextAwaitOnAndUntilItIsDisposed() {
        runner.run(() -> {
            USER.set("Ada");
            assertThat(await(context()).hasKey("user.key")).isFalse();
            Disposable binding = ReactorContext.bind(USER, "user.key");
            assertThat(await(context()).<String>get("user.key")).isEqualTo("Ada");
            binding.dispose();
            assertThat(await(context()).hasKey("user.key")).isFalse();
        });
    }

    @Test
    void aConflictingBindingIsRefused() {
        bind(USER, "user.key");
        bind(USER, "user.key");
        assertThatThrownBy(() -> ReactorContext.bind(DEPTH, "user.key"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("user.key is bound to ContextVar[user] already");
        assertThatThrownBy(() -> ReactorContext.bind(USER, "other"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ContextVar[user] is bound to user.key already");
        assertThatThrownBy(() -> ReactorContext.bind(DEPTH, USER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key of its own");
        runner.run(() -> {
            DEPTH.set(3);
            assertThat(await(context()).stream()).as("nothing was half bound").hasSize(1);
        });
    }

    @Test
    void whatACoroutineSetsStaysInItsTask() {
        runner.run(() -> {
            await(
                    mono(() -> {
                        DEPTH.set(5);
                        return DEPTH.get();
                    }));
            assertThat(DEPTH.get()).isZero();
        });
    }

    @Test
    void aSubscriberWithoutEntriesDoesNotInheritThoseOfTheSubscribingCoroutine() {
        Received<Boolean> received = new Received<>();
        runner.runner.run(
                mono(
                                runner.loop(),
                                () -> {
                                    mono(() -> ReactorContext.current().hasKey("request"))
                                            .subscribe(received);
                                    await(toThread(received::join));
                                })
                        .contextWrite(Context.of("request", "r1")));
        assertThat(received.elements).containsExactly(false);
    }

    @Test
    void manyVariablesAndEntries() {
        List<ContextVar<Integer>> vars = new ArrayList<>();
        Context written = Context.empty();
        for (int i = 0; i < 50; i++) {
            vars.add(ContextVar.of("var" + i));
            written = written.put("entry" + i, i);
        }
        Context entries = written;
        int sum =
                runner.runner.run(
                        mono(
                                        runner.loop(),
                                        () -> {
                                            int total = 0;
                                            for (int i = 0; i < 50; i++) {
                                                vars.get(i).set(i);
                                            }
                                            ContextView seen = await(context());
                                            for (int i = 0; i < 50; i++) {
                                                total +=
                                                        seen.<Integer>get(vars.get(i))
                                                                + seen.<Integer>get("entry" + i);
                                            }
                                            return total;
                                        })
                                .contextWrite(entries));
        assertThat(sum).isEqualTo(2 * 1225);
    }

    @Test
    void concurrentTasksEachSeeTheirOwn() {
        List<String> seen =
                runner.run(() -> {
                    List<Task<String>> tasks = new ArrayList<>();
                    for (int i = 0; i < 100; i++) {
                        String name = "user " + i;
                        tasks.add(
                                createTask(() -> {
                                    USER.set(name);
                                    String first =
                                            await(
                                                    Mono.deferContextual(view ->
                                                                    Mono.just(
                                                                            view.<String>get(USER)))
                                                            .subscribeOn(Schedulers.parallel()));
                                    String second = await(context()).get(USER);
                                    return first.equals(name) && second.equals(name)
                                            ? "own"
                                            : first + second;
                                }));
                    }
                    return await(gather(tasks));
                });
        assertThat(seen).hasSize(100).containsOnly("own");
    }

    @Test
    void aTaskWithAContextOfItsOwn() {
        runner.run(() -> {
            USER.set("Ada");
            asyncio4j.Context empty = new asyncio4j.Context();
            Task<ContextView> task = toTask(context(), TaskOptions.DEFAULT.context(empty));
            assertThat(await(task).isEmpty()).isTrue();
            asyncio4j.Context entered = new asyncio4j.Context();
            ContextView seen =
                    entered.run(() -> {
                        USER.set("inner");
                        return await(context());
                    });
            assertThat(seen.<String>get(USER)).isEqualTo("inner");
            assertThat(USER.get()).isEqualTo("Ada");
        });
    }

    @Test
    void theContextMayBeAskedForOnAnyThreadAtAnyTime() {
        List<Context> seen = new ArrayList<>();
        Mono<String> source =
                new Mono<>() {
                    @Override
                    public void subscribe(CoreSubscriber<? super String> actual) {
                        actual.onSubscribe(reactor.core.publisher.Operators.emptySubscription());
                        Threads.elsewhere(() -> seen.add(actual.currentContext()));
                        actual.onComplete();
                        Threads.elsewhere(() -> seen.add(actual.currentContext()));
                    }
                };
        runner.run(() -> {
            USER.set("Ada");
            await(source);
            USER.set("Grace");
        });
        assertThat(seen)
                .hasSize(2)
                .allSatisfy(context -> assertThat(context.<String>get(USER)).isEqualTo("Ada"));
        assertThatThrownBy(USER::get).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void theSubscribersTaskBearsTheNameFromItsContext() {
        List<String> names = new ArrayList<>();
        runner.run(() -> {
            var loop = getRunningLoop();
            await(
                    mono(
                                    loop,
                                    () -> {
                                        names.add(currentTask().getName());
                                        String inner =
                                                await(mono(loop, () -> currentTask().getName()));
                                        names.add(inner);
                                        names.add(await(createTask(() -> currentTask().getName())));
                                        assertThat(ReactorContext.current().hasKey("other"))
                                                .isTrue();
                                    })
                            .contextWrite(
                                    Context.of(
                                            ReactorContext.TASK_NAME, "GET /users", "other", 1)));
            awaitLast(
                    Bridge.<String>flux(loop, g -> g.yield(currentTask().getName()))
                            .doOnNext(names::add)
                            .contextWrite(Context.of(ReactorContext.TASK_NAME, 'g')));
        });
        assertThat(names.get(0)).isEqualTo("GET /users");
        assertThat(names.subList(1, 3)).allMatch(name -> name.startsWith("Task-"));
        assertThat(names.get(3)).isEqualTo("g");
    }

    @Test
    void aBindingIsDisposedOfOnce() {
        Disposable first = ReactorContext.bind(USER, "user");
        first.dispose();
        Disposable second = ReactorContext.bind(USER, "user");
        first.dispose();
        assertThat(ReactorContext.isBound("user")).isTrue();
        second.dispose();
    }
}
