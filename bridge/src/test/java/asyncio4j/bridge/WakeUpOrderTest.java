package asyncio4j.bridge;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.await;
import static asyncio4j.bridge.Bridge.iterate;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.EventLoop;
import asyncio4j.Task;
import asyncio4j.bridge.testing.Threads;
import asyncio4j.bridge.testing.VirtualReactorRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import reactor.core.publisher.Sinks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * When a task goes on that another thread wakes: in the place that the wake-up has in the order.
 */
class WakeUpOrderTest {

    private final VirtualReactorRunner runner = new VirtualReactorRunner();

    private final List<Object> log = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
    }

    /** Another thread's {@code wakeUp}, with a callback handed in before it and one after. */
    private void between(Runnable wakeUp) {
        EventLoop loop = getRunningLoop();
        Threads.elsewhere(() -> {
            loop.callSoonThreadsafe(() -> log.add("before"));
            wakeUp.run();
            loop.callSoonThreadsafe(() -> log.add("after"));
        });
    }

    @Test
    void aTaskThatAwaitsAMono() {
        Sinks.One<String> sink = Sinks.one();
        runner.run(() -> {
            Task<Boolean> task = createTask(() -> log.add(await(sink.asMono())));
            await(sleep(Duration.ZERO));
            between(() -> sink.tryEmitValue("value").orThrow());
            await(task);
        });
        assertThat(log).containsExactly("before", "value", "after");
    }

    @Test
    void aTaskThatAwaitsAMonoThatFails() {
        Sinks.One<String> sink = Sinks.one();
        RuntimeException error = new RuntimeException("wanted");
        runner.run(() -> {
            Task<Boolean> task =
                    createTask(() -> {
                        try {
                            return log.add(await(sink.asMono()));
                        } catch (RuntimeException e) {
                            return log.add(e);
                        }
                    });
            await(sleep(Duration.ZERO));
            between(() -> sink.tryEmitError(error).orThrow());
            await(task);
        });
        assertThat(log).containsExactly("before", error, "after");
    }

    @Test
    void aTaskThatIterates() {
        Sinks.Many<String> sink = Sinks.many().unicast().onBackpressureBuffer();
        runner.run(() -> {
            Task<Void> task =
                    createTask(() -> {
                        for (String element : iterate(sink.asFlux())) {
                            log.add(element);
                        }
                        log.add("end");
                    });
            await(sleep(Duration.ZERO));
            between(() -> sink.tryEmitNext("first").orThrow());
            await(sleep(Duration.ofMillis(1)));
            between(() -> sink.tryEmitComplete().orThrow());
            await(task);
        });
        assertThat(log).containsExactly("before", "first", "after", "before", "end", "after");
    }

    @Test
    void aCancellationHandedInBeforeTheWakeUpCounts() {
        Sinks.One<String> sink = Sinks.one();
        runner.run(() -> {
            EventLoop loop = getRunningLoop();
            Task<Boolean> task = createTask(() -> log.add(await(sink.asMono())));
            await(sleep(Duration.ZERO));
            Threads.elsewhere(() -> {
                loop.callSoonThreadsafe(task::cancel);
                sink.tryEmitValue("value").orThrow();
            });
            await(asyncio4j.Asyncio.wait(List.of(task)));
            log.add(task.cancelled());
        });
        assertThat(log).containsExactly(true);
    }

    @Test
    void handedInWhileTheLoopDoesntRunItWaitsForTheNextRun() {
        Sinks.One<String> sink = Sinks.one();
        List<Task<Boolean>> tasks = new ArrayList<>();
        runner.run(() -> {
            tasks.add(createTask(() -> log.add(await(sink.asMono()))));
            await(sleep(Duration.ZERO));
        });
        Threads.elsewhere(() -> sink.tryEmitValue("value").orThrow());
        assertThat(log).isEmpty();
        runner.run(() -> {
            log.add("run");
            await(tasks.getFirst());
        });
        assertThat(log).containsExactlyInAnyOrder("run", "value");
    }
}
