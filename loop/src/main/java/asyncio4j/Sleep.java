package asyncio4j;

import asyncio4j.internal.loop.LoopCore;
import asyncio4j.internal.loop.TimerStep;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;

/** {@link Asyncio#sleep}: suspends for a time, or for one iteration if that isn't positive. */
record Sleep<T extends @Nullable Object>(Duration delay, T result) implements Coroutine<T> {

    /** What most ask for to let others have a turn: made once. */
    private static final Sleep<@Nullable Void> ONE_ITERATION = new Sleep<>(Duration.ZERO, null);

    Sleep {
        Objects.requireNonNull(delay, "sleep: the delay is null");
    }

    /** Sleeps for {@code delay}, without a result. */
    static Sleep<@Nullable Void> of(Duration delay) {
        return delay == Duration.ZERO ? ONE_ITERATION : new Sleep<>(delay, null);
    }

    @Override
    public T run() {
        Task<?> task = Asyncio.requireTask("sleep");
        if (delay.isNegative() || delay.isZero()) {
            task.yieldOnce(DefaultEventLoop.currentFiber());
            return result;
        }
        DefaultEventLoop loop = task.loop();
        AsyncFuture<T> future = loop.createFuture();
        WakeUp<T> timer = WakeUp.after(delay, future, result);
        try {
            return task.awaitPending(future, DefaultEventLoop.currentFiber());
        } finally {
            loop.core().cancel(timer);
        }
    }

    /** Completes a future when a time is over. Baton holder only. */
    static final class WakeUp<T extends @Nullable Object> extends TimerStep {

        private final AsyncFuture<T> future;

        private final T result;

        private WakeUp(long when, AsyncFuture<T> future, T result) {
            super(when);
            this.future = future;
            this.result = result;
        }

        /** One that is on its way; cancel it in the end. */
        static <T extends @Nullable Object> WakeUp<T> after(
                Duration delay, AsyncFuture<T> future, T result) {
            LoopCore core = future.loop().core();
            WakeUp<T> timer = new WakeUp<>(Durations.after(core.nanos(), delay), future, result);
            core.add(timer);
            return timer;
        }

        @Override
        public boolean light() {
            return true;
        }

        @Override
        public void run() {
            future.setResultUnlessDone(result);
        }

        @Override
        public String toString() {
            return "a wake-up in time";
        }
    }
}
