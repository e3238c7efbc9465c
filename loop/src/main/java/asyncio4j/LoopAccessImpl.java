package asyncio4j;

import asyncio4j.internal.access.LoopAccess;
import asyncio4j.internal.access.TestTime;
import asyncio4j.internal.context.VarMap;
import asyncio4j.internal.fiber.Fiber;
import asyncio4j.internal.fiber.FiberEngine;
import asyncio4j.internal.loop.Clock;
import asyncio4j.internal.spi.Poller;
import asyncio4j.internal.spi.ThreadLocals;

import org.jspecify.annotations.Nullable;

import java.util.function.Function;
import java.util.function.Supplier;

/** The implementation of {@link LoopAccess}. */
final class LoopAccessImpl extends LoopAccess {

    private LoopAccessImpl() {}

    static void install() {
        set(new LoopAccessImpl());
    }

    @Override
    public EventLoop newEventLoop(TestTime time) {
        return new DefaultEventLoop(
                new Clock() {
                    @Override
                    public long nanos() {
                        return time.nanos();
                    }

                    @Override
                    public boolean skipTo(long deadline) {
                        return time.idleUntil(deadline);
                    }

                    @Override
                    public boolean idle() {
                        return time.idleUntil(TestTime.NEVER);
                    }

                    @Override
                    public long realWait(long nanos) {
                        return Long.MAX_VALUE; // until other threads move it
                    }
                });
    }

    @Override
    public EventLoop newEventLoop(
            @Nullable Engine engine, Function<? super Poller.Host, ? extends Poller> poller) {
        return new DefaultEventLoop(Clock.system(), engine, poller);
    }

    @Override
    public @Nullable Poller poller(EventLoop loop) {
        return DefaultEventLoop.unwrap(loop).core().poller();
    }

    @Override
    public @Nullable EventLoop runningLoop() {
        DefaultEventLoop loop = DefaultEventLoop.running();
        return loop == null ? null : loop.facade();
    }

    @Override
    public @Nullable Task<?> currentTask() {
        Fiber fiber = Fiber.current();
        return fiber == null ? null : (Task<?>) fiber.task();
    }

    @Override
    public boolean surelyRuns(Task<?> task) {
        FiberEngine engine = task.loop().core().engine();
        if (!engine.holdsBaton()) {
            return false;
        }
        Fiber holder = engine.holder(); // the calling one, which alone writes its task
        return holder != null && holder.task() == task;
    }

    @Override
    public Task<?> requireTask(String what) {
        return Asyncio.requireTask(what);
    }

    @Override
    public boolean holdsBaton(EventLoop loop) {
        return DefaultEventLoop.unwrap(loop).core().engine().holdsBaton();
    }

    @Override
    public boolean mayTouch(EventLoop loop) {
        return DefaultEventLoop.unwrap(loop).core().mayTouch();
    }

    @Override
    public boolean enqueueLight(EventLoop loop, Runnable light) {
        return DefaultEventLoop.unwrap(loop).enqueue(ThreadsafeFutures.light(light));
    }

    @Override
    public boolean enqueueWakeUp(EventLoop loop, Runnable wakeUp) {
        return DefaultEventLoop.unwrap(loop).enqueue(ThreadsafeFutures.wakeUp(wakeUp));
    }

    @Override
    public boolean enqueue(
            EventLoop loop, Runnable callback, Context context, @Nullable Object carried) {
        DefaultEventLoop inner = DefaultEventLoop.unwrap(loop);
        return inner.enqueue(new CallbackHandle(inner, callback, context, carried));
    }

    @Override
    public ThreadLocals.Failures carryingFailures(EventLoop loop) {
        return DefaultEventLoop.unwrap(loop).carryingFailures();
    }

    @Override
    public <T extends @Nullable Object> void setResultUnlessDone(AsyncFuture<T> future, T result) {
        future.setResultUnlessDone(result);
    }

    @Override
    public void addLightCallback(AsyncFuture<?> future, Runnable light) {
        future.add(
                new LightCallback() {
                    @Override
                    public void run() {
                        light.run();
                    }
                });
    }

    @Override
    public void addCloseListener(EventLoop loop, Runnable listener) {
        DefaultEventLoop.unwrap(loop).addCloseListener(listener);
    }

    @Override
    public void removeCloseListener(EventLoop loop, Runnable listener) {
        DefaultEventLoop.unwrap(loop).removeCloseListener(listener);
    }

    @Override
    public void addShutdownStep(EventLoop loop, Coroutine<@Nullable Void> step) {
        DefaultEventLoop.unwrap(loop).addShutdownStep(step);
    }

    @Override
    public void markAsCleanUp(Task<?> task) {
        task.markAsCleanUp();
    }

    @Override
    public boolean cleansUp(Task<?> task) {
        return task.cleansUp();
    }

    @Override
    public void addLastStep(EventLoop loop, Coroutine<@Nullable Void> step) {
        DefaultEventLoop.unwrap(loop).addLastStep(step);
    }

    @Override
    public boolean closing(EventLoop loop) {
        return DefaultEventLoop.unwrap(loop).closing();
    }

    @Override
    public boolean settling(EventLoop loop) {
        return DefaultEventLoop.unwrap(loop).settling();
    }

    @Override
    public boolean shut(EventLoop loop) {
        return DefaultEventLoop.unwrap(loop).shut();
    }

    @Override
    public boolean closingGenerators(EventLoop loop) {
        return DefaultEventLoop.unwrap(loop).closingGenerators();
    }

    @Override
    public Object attachment(EventLoop loop, Supplier<?> factory) {
        return DefaultEventLoop.unwrap(loop).attachment(factory);
    }

    @Override
    public Context currentContext() {
        return Context.current();
    }

    @Override
    public Object snapshot(Context context) {
        return context.snapshot();
    }

    @Override
    public Context contextOf(Object snapshot) {
        return Context.of((VarMap) snapshot);
    }

    @Override
    public @Nullable Object derived(Object snapshot) {
        return ((VarMap) snapshot).derived();
    }

    @Override
    public void derived(Object snapshot, Object value) {
        ((VarMap) snapshot).derived(value);
    }

    @Override
    public void addAwaitSite(Throwable error) {
        AwaitSite.add(error, currentTask());
    }

    @Override
    public void retrieved(AsyncFuture<?> future) {
        future.retrieved();
    }

    @Override
    public @Nullable Throwable peekException(AsyncFuture<?> future) {
        return future.peekException();
    }

    @Override
    public int tasks(EventLoop loop) {
        return DefaultEventLoop.unwrap(loop).tasks().size();
    }

    @Override
    public int ready(EventLoop loop) {
        return DefaultEventLoop.unwrap(loop).core().ready();
    }

    @Override
    public long namedSteps(EventLoop loop) {
        return DefaultEventLoop.unwrap(loop).watchdogLimit().named();
    }

    @Override
    public RuntimeException raise(Throwable error) {
        return Sneaky.raise(error);
    }
}
