package asyncio4j.bridge.testing;

import static asyncio4j.bridge.Bridge.mono;

import asyncio4j.Asyncio;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.ExceptionContext;
import asyncio4j.VirtualClock;
import asyncio4j.VoidCoroutine;
import asyncio4j.bridge.ReactorRunner;

import reactor.core.publisher.Operators;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A runner on a virtual clock, which keeps what its loop's exception handler is told. */
public final class VirtualReactorRunner implements AutoCloseable {

    public final VirtualClock clock = new VirtualClock();

    /** What the exception handler was told, in order. */
    public final List<ExceptionContext> reports = new CopyOnWriteArrayList<>();

    /** What the discard hook was given inside of {@link #runDiscarding}, in order. */
    public final List<Object> discarded = new CopyOnWriteArrayList<>();

    public final ReactorRunner runner =
            ReactorRunner.builder()
                    .loopFactory(() -> {
                        EventLoop loop = Asyncio.newEventLoop(clock);
                        loop.setExceptionHandler((l, context) -> reports.add(context));
                        return loop;
                    })
                    .build();

    public <T> T run(Coroutine<T> coroutine) {
        return runner.run(coroutine);
    }

    public void run(VoidCoroutine coroutine) {
        runner.run(coroutine);
    }

    /** Runs {@code body} in a task whose pipelines have a discard hook in their Context. */
    public void runDiscarding(VoidCoroutine body) {
        runner.run(
                mono(loop(), body)
                        .contextWrite(
                                context -> Operators.enableOnDiscard(context, discarded::add)));
    }

    public EventLoop loop() {
        return runner.getLoop();
    }

    @Override
    public void close() {
        runner.close();
    }
}
