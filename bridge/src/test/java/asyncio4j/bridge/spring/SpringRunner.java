package asyncio4j.bridge.spring;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.Asyncio;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.ExceptionContext;
import asyncio4j.VoidCoroutine;
import asyncio4j.bridge.ReactorRunner;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * Runs coroutines as Spring would: their loop is in their Reactor Context. The clock is the real
 * one, as other threads take part; nothing may be told to the exception handler.
 */
final class SpringRunner implements AutoCloseable {

    private final List<ExceptionContext> reports = new CopyOnWriteArrayList<>();

    private final ReactorRunner runner;

    SpringRunner() {
        this(Asyncio::newEventLoop);
    }

    SpringRunner(Supplier<EventLoop> factory) {
        ReactiveTypes.registerShared();
        runner =
                ReactorRunner.builder()
                        .loopFactory(() -> {
                            EventLoop loop = factory.get();
                            loop.setExceptionHandler((l, context) -> reports.add(context));
                            return loop;
                        })
                        .build();
    }

    EventLoop loop() {
        return runner.getLoop();
    }

    void run(VoidCoroutine body) {
        runner.run(Place.of(loop(), "test").mono(Coroutine.of(body)));
    }

    @Override
    public void close() {
        runner.close();
        assertThat(reports).isEmpty();
    }
}
