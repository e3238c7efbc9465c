package asyncio4j;

import asyncio4j.internal.loop.TimerStep;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/** The handle of a callback that waits for its time. */
final class TimerCallback extends TimerStep implements TimerHandle {

    private final DefaultEventLoop loop;

    private final Callback callback;

    TimerCallback(DefaultEventLoop loop, long when, Runnable action, @Nullable Context context) {
        super(when);
        this.loop = loop;
        this.callback = new Callback(loop, action, context);
    }

    /** The stack of whoever made this; in debug mode only. */
    @Nullable Throwable creationStack() {
        return callback.creationStack();
    }

    @Override
    public void cancel() {
        loop.checkThread("TimerHandle.cancel");
        callback.cancel();
        loop.core().cancel(this);
    }

    @Override
    public boolean cancelled() {
        return callback.cancelled();
    }

    @Override
    public Context context() {
        return callback.context();
    }

    @Override
    public Duration when() {
        return Duration.ofNanos(super.dueNanos());
    }

    @Override
    public boolean light() {
        return callback.cancelled();
    }

    @Override
    public void run() {
        callback.run(this);
    }

    @Override
    public String toString() {
        return "TimerHandle[when=" + when() + ", " + callback + "]";
    }
}
