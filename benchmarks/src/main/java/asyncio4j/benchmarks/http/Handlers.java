package asyncio4j.benchmarks.http;

import static asyncio4j.bridge.Bridge.await;

import static java.util.Objects.requireNonNull;

import asyncio4j.Coroutine;
import asyncio4j.benchmarks.http.Answers.Answer;
import asyncio4j.benchmarks.http.Answers.Item;
import asyncio4j.benchmarks.http.Answers.User;
import asyncio4j.bridge.spring.RunOnLoop;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import java.util.concurrent.Executors;

/** The handler, in all ways but Kotlin's. */
@RestController
class Handlers {

    private static final Scheduler VIRTUAL_THREADS =
            Schedulers.fromExecutor(Executors.newVirtualThreadPerTaskExecutor());

    private final Answers answers;

    Handlers(Answers answers) {
        this.answers = answers;
    }

    /** Reactor's operators. */
    @GetMapping("/mono")
    Mono<Answer> mono() {
        return answers.user()
                .flatMap(user -> answers.item().map(item -> Answers.combine(user, item)));
    }

    /** A method that awaits. */
    @RunOnLoop
    @GetMapping("/run-on-loop")
    Answer runOnLoop() {
        User user = requireNonNull(await(answers.user()));
        Item item = requireNonNull(await(answers.item()));
        return Answers.combine(user, item);
    }

    /** A coroutine. */
    @GetMapping("/coroutine")
    Coroutine<Answer> coroutine() {
        return () -> {
            User user = requireNonNull(await(answers.user()));
            Item item = requireNonNull(await(answers.item()));
            return Answers.combine(user, item);
        };
    }

    /** Blocking code on a virtual thread. */
    @GetMapping("/virtual-thread")
    Mono<Answer> virtualThread() {
        return Mono.fromCallable(
                        () -> {
                            User user = requireNonNull(answers.user().block());
                            Item item = requireNonNull(answers.item().block());
                            return Answers.combine(user, item);
                        })
                .subscribeOn(VIRTUAL_THREADS);
    }
}
