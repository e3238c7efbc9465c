package asyncio4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.Asyncio;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.ExceptionContext;
import asyncio4j.Runner;
import asyncio4j.VirtualClock;
import asyncio4j.VoidCoroutine;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.util.ArrayList;
import java.util.List;

/**
 * A runner on a virtual clock for tests, which keeps what its loop's exception handler is told.
 * Registered with JUnit it is closed after each test.
 */
public final class VirtualRunner implements AutoCloseable, AfterEachCallback {

    public final VirtualClock clock = new VirtualClock();

    /** What the exception handler was told, in order. */
    public final List<ExceptionContext> reports = new ArrayList<>();

    public final Runner runner =
            Runner.builder()
                    .loopFactory(() -> {
                        EventLoop loop = Asyncio.newEventLoop(clock);
                        loop.setExceptionHandler((l, context) -> reports.add(context));
                        return loop;
                    })
                    .build();

    private boolean quiet;

    /** This, which after the test makes sure that the exception handler was told nothing. */
    public VirtualRunner expectNoReports() {
        quiet = true;
        return this;
    }

    public <T> T run(Coroutine<T> coroutine) {
        return runner.run(coroutine);
    }

    public void run(VoidCoroutine coroutine) {
        runner.run(coroutine);
    }

    public EventLoop loop() {
        return runner.getLoop();
    }

    @Override
    public void close() {
        runner.close();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close();
        if (quiet) {
            assertThat(reports).isEmpty();
        }
    }
}
