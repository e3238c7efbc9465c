package asyncio4j.bridge;

import static asyncio4j.Asyncio.*;
import static asyncio4j.bridge.Bridge.*;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.AsyncGenerator;
import asyncio4j.ContextVar;
import asyncio4j.bridge.testing.VirtualReactorRunner;
import asyncio4j.internal.bridge.Propagation;
import asyncio4j.queues.Queue;

import org.junit.jupiter.api.Test;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

import java.util.ArrayList;
import java.util.List;

/** Contexts don't need context-propagation, and nothing of it is looked for but one class. */
class WithoutPropagationTest {

    private static final ContextVar<String> USER = ContextVar.of("user");

    @Test
    void theLibraryIsUsedIfItIsThere() {
        boolean there;
        try {
            Class.forName(
                    "io.micrometer.context.ContextRegistry", false, getClass().getClassLoader());
            there = true;
        } catch (ClassNotFoundException e) {
            there = false;
        }
        assertThat(Propagation.VALUES != null).isEqualTo(there);
    }

    @Test
    void contextsGoBothWaysOnEachPath() {
        Mono<String> seen = Mono.deferContextual(view -> Mono.just(view.<String>get(USER)).hide());
        List<String> log = new ArrayList<>();
        try (VirtualReactorRunner runner = new VirtualReactorRunner()) {
            runner.runner.run(
                    mono(
                                    runner.loop(),
                                    () -> {
                                        log.add(
                                                USER.get()
                                                        + " "
                                                        + ReactorContext.current().get("id"));
                                        USER.set("Grace");
                                        log.add(await(seen));
                                        log.add(awaitFirst(seen));
                                        log.add(await(toTask(seen)));
                                        log.add(await(toMono(createTask(() -> await(seen)))));
                                        log.add(await(mono(() -> await(seen))));
                                        Flux<String> items = flux(g -> g.yield(await(seen)));
                                        iterate(items).forEach(log::add);
                                        iterate(Flux.from(seen)).forEach(log::add);
                                        LoopScheduler scheduler = LoopScheduler.of(runner.loop());
                                        scheduler.schedule(() -> log.add(USER.get()));
                                        await(sleep(java.time.Duration.ZERO));
                                    })
                            .contextWrite(Context.of(USER, "Ada", "id", 1)));
        }
        assertThat(log)
                .containsExactly(
                        "Ada 1", "Grace", "Grace", "Grace", "Grace", "Grace", "Grace", "Grace",
                        "Grace");
    }

    @Test
    void aSubscribersContextIsSeenByWhateverRunsForIt() {
        List<Object> log = new ArrayList<>();
        Context context = Context.of(USER, "Ada", "id", 1);
        try (VirtualReactorRunner runner = new VirtualReactorRunner()) {
            runner.run(() -> {
                USER.set("consumer");
                Flux<Object> body =
                        flux(g -> {
                            g.yield(USER.get());
                            await(sleep(java.time.Duration.ofMillis(1)));
                            USER.set("body");
                            g.yield(ReactorContext.current().<Object>get("id"));
                        });
                iterate(body.contextWrite(context)).forEach(log::add);
                AsyncGenerator<Object> generator = AsyncGenerator.of(g -> g.yield(USER.get()));
                Flux<Object> object = flux(runner.loop(), generator);
                iterate(object.contextWrite(context)).forEach(log::add);
                Queue<Object> queue = new Queue<>();
                await(
                        drain(
                                Flux.deferContextual(view -> Flux.just(view.<Object>get(USER))),
                                queue));
                queue.shutdown();
                Flux<Object> queued =
                        flux(runner.loop(), queue)
                                .flatMap(item -> mono(() -> item + " for " + USER.get()));
                iterate(queued.contextWrite(context)).forEach(log::add);
                log.add(USER.get());
            });
            asyncio4j.Context own = new asyncio4j.Context();
            own.run(() -> USER.set("own"));
            log.add(
                    runner.runner.run(
                            Mono.deferContextual(view -> Mono.just(view.<Object>get(USER))), own));
        }
        assertThat(log).containsExactly("Ada", 1, "Ada", "consumer for Ada", "consumer", "own");
    }
}
