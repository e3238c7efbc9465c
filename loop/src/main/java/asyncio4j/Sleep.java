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
        WakeUp timer = WakeUp.after(delay, task.loop().createFuture());
        try {
            task.awaitPending(timer.future, DefaultEventLoop.currentFiber());
        } finally {
            timer.cancel();
        }
        return result;
    }

    /** Completes a future, without a result, when a time is over. Baton holder only. */
    static final class WakeUp extends TimerStep {

        private final AsyncFuture<@Nullable Void> future;

        private WakeUp(long when, AsyncFuture<@Nullable Void> future) {
            super(when);
            this.future = future;
        }

        /** One that is on its way; cancel it in the end. */
        static WakeUp after(Duration delay, AsyncFuture<@Nullable Void> future) {
            LoopCore core = future.loop().core();
            WakeUp timer = new WakeUp(Durations.after(core.nanos(), delay), future);
            core.add(timer);
            return timer;
        }

        /** It isn't needed any more. */
        void cancel() {
            future.loop().core().cancel(this);
        }

        @Override
        public boolean light() {
            return true;
        }

        @Override
        public void run() {
            future.setResultUnlessDone(null);
        }

        @Override
        public String toString() {
            return "a wake-up in time";
        }
    }
}
