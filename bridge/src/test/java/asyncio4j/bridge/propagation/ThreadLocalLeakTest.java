package asyncio4j.bridge.propagation;

import static asyncio4j.Asyncio.*;
import static asyncio4j.bridge.Bridge.*;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.AsyncGenerator;
import asyncio4j.EventLoop;
import asyncio4j.Task;
import asyncio4j.bridge.ReactorRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A thousand tasks on one loop, each with an MDC of its own: none ever sees another's. */
@ParameterizedClass(name = "automatic propagation: {0}")
@ValueSource(booleans = {false, true})
class ThreadLocalLeakTest {

    private static final int TASKS = 1000;

    private final Mdc mdc;

    private final ReactorRunner runner = ReactorRunner.create();

    ThreadLocalLeakTest(boolean automatic) {
        mdc = new Mdc(automatic);
    }

    @AfterEach
    void close() {
        try (mdc) {
            runner.close();
        }
    }

    @Test
    void noTaskSeesAnothers() {
        Mdc.user("caller");
        List<List<String>> seen =
                runner.run(() -> {
                    List<Task<List<String>>> tasks = new ArrayList<>();
                    for (int i = 0; i < TASKS; i++) {
                        String name = "user " + i;
                        Mdc.user(name);
                        tasks.add(createTask(() -> course(name)));
                    }
                    Mdc.user("main");
                    List<List<String>> all = await(gather(tasks));
                    assertThat(Mdc.user()).isEqualTo("main");
                    return all;
                });
        assertThat(seen).hasSize(TASKS).allSatisfy(course -> assertThat(course).isEmpty());
        assertThat(Mdc.user()).isEqualTo("caller");
        List<String> afterwards = new ArrayList<>();
        runner.run(() -> {
            for (int i = 0; i < 200; i++) {
                getRunningLoop().callSoon(() -> afterwards.add(Mdc.user()));
            }
            await(sleep(Duration.ZERO));
        });
        assertThat(afterwards).hasSize(200).containsOnly("caller");
    }

    /** Goes through all that can suspend or switch; answers what was wrong on the way. */
    private List<String> course(String name) {
        List<String> wrong = new ArrayList<>();
        EventLoop loop = getRunningLoop();
        check(name, "begin", Mdc.user(), wrong);
        for (int round = 0; round < 3; round++) {
            String present = name + " in round " + round;
            Mdc.user(present);
            await(sleep(Duration.ZERO));
            check(present, "sleep", Mdc.user(), wrong);
            check(present, "pipeline", await(Mdc.seen()), wrong);
            check(present, "await", Mdc.user(), wrong);
            check(present, "thread", await(toThread(Mdc::user)), wrong);
            loop.callSoon(() -> {
                check(present, "callback", Mdc.user(), wrong);
                Mdc.user("callback of " + present);
            });
            check(present, "child", await(createTask(this::child)), wrong);
            check(present, "mono", await(mono(this::child)), wrong);
            Flux<String> items = flux(g -> g.yield(child()));
            iterate(items).forEach(item -> check(present, "flux", item, wrong));
            AsyncGenerator<String> pulled = AsyncGenerator.of(g -> g.yield(child()));
            for (String item : pulled) {
                check(present, "generator", item, wrong);
            }
            await(Mono.delay(Duration.ofMillis(1)));
            check(present, "end", Mdc.user(), wrong);
        }
        return wrong;
    }

    private String child() {
        await(Mono.just(1).hide().subscribeOn(Mdc.THREADS));
        await(sleep(Duration.ZERO));
        return Mdc.user();
    }

    private static void check(String expected, String where, String seen, List<String> wrong) {
        if (!seen.equals(expected)) {
            wrong.add(where + ": " + seen + " where it is " + expected);
        }
    }
}
