package asyncio4j.bridge.spring;

import asyncio4j.Asyncio;
import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.GeneratorExit;
import asyncio4j.KeyboardInterrupt;
import asyncio4j.SystemExit;
import asyncio4j.TimeoutError;
import asyncio4j.VoidCoroutine;
import asyncio4j.bridge.Bridge;
import asyncio4j.internal.access.LoopAccess;

import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.DispatchExceptionHandler;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ServerWebExchange;

import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;

import java.util.concurrent.CancellationException;

/**
 * One call of a controller's method in a task of its own. WebFlux takes this for the scheduler on
 * which to call the method once the arguments are there.
 */
final class LoopInvocation implements Scheduler {

    private final EventLoop loop;

    private final MonoSink<HandlerResult> sink;

    private final Context context;

    /** Nobody wants the result any more. Any thread. */
    private volatile boolean cancelled;

    /** What asked to leave the program. The task. */
    private @Nullable Throwable leaving;

    LoopInvocation(EventLoop loop, MonoSink<HandlerResult> sink) {
        this.loop = loop;
        this.sink = sink;
        this.context = Context.of(sink.contextView());
    }

    /** Has the sink told of what comes of {@code result}. */
    void follow(Mono<HandlerResult> result) {
        Disposable following = result.subscribe(sink::success, sink::error, sink::success, context);
        sink.onCancel(() -> {
            cancelled = true;
            following.dispose();
        });
    }

    @Override
    public Disposable schedule(Runnable call) {
        VoidCoroutine body =
                () -> {
                    call.run();
                    Throwable asked = leaving;
                    if (asked != null) {
                        throw raise(asked);
                    }
                };
        return Bridge.mono(loop, body).subscribe(null, this::failed, null, context);
    }

    /** The task hasn't come so far as to tell the result itself. */
    private void failed(Throwable error) {
        if (!cancelled && leaving == null) {
            sink.error(error);
        }
    }

    /** What to make of an error of the method, or of an argument. */
    Mono<HandlerResult> recover(
            Throwable error,
            ServerWebExchange exchange,
            @Nullable DispatchExceptionHandler handler) {
        Throwable thrown = error instanceof TimeoutError ? atTheEdge(error) : error;
        if (thrown instanceof KeyboardInterrupt || thrown instanceof SystemExit) {
            leaving = thrown;
            return Mono.error(thrown);
        }
        if (cancelled) {
            if (!(thrown instanceof CancelledError) && !(thrown instanceof GeneratorExit)) {
                Operators.onErrorDropped(thrown, context);
            }
            return Mono.empty();
        }
        if (thrown instanceof CancelledError || thrown instanceof GeneratorExit) {
            String what =
                    thrown instanceof CancelledError
                            ? "the task of this request was cancelled"
                            : "the event loop was closed before this request was done";
            CancellationException cancellation = new CancellationException(what);
            cancellation.initCause(thrown);
            thrown = cancellation;
        }
        return handler == null ? Mono.error(thrown) : handler.handleError(exchange, thrown);
    }

    /** What a coroutine that throws {@code error} throws at whoever awaits it. */
    private static Throwable atTheEdge(Throwable error) {
        Coroutine<Object> failing =
                () -> {
                    throw raise(error);
                };
        try {
            Asyncio.await(failing);
            return error;
        } catch (Throwable e) {
            return e;
        }
    }

    private static RuntimeException raise(Throwable error) {
        return LoopAccess.get().raise(error);
    }

    /** Not needed: WebFlux publishes one signal on this. */
    @Override
    public Worker createWorker() {
        throw new UnsupportedOperationException("this runs a single call");
    }

    @Override
    public String toString() {
        return "LoopInvocation[" + loop + "]";
    }
}
