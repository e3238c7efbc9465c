package asyncio4j;

import asyncio4j.internal.loop.TimerStep;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/**
 * {@link Asyncio#waitFor}: an await with a deadline. Python's {@code asyncio.wait_for}.
 *
 * <p>What is awaited runs in the caller's task. The deadline cancels that task; on the way out the
 * cancellation becomes a {@link TimeoutException}, unless somebody else wants the task cancelled as
 * well.
 */
record WaitFor<T extends @Nullable Object>(Awaitable<T> awaitable, Duration timeout)
        implements Coroutine<T> {

    WaitFor {
        Objects.requireNonNull(awaitable, "there is nothing to wait for: the awaitable is null");
        Objects.requireNonNull(timeout, "timeout");
    }

    @Override
    public T run() throws Exception {
        Task<?> task = Asyncio.requireTask("waitFor");
        if (timeout.isNegative() || timeout.isZero()) {
            return atOnce();
        }
        LoopDeadline deadline =
                new LoopDeadline(task, Durations.after(task.loop().core().nanos(), timeout));
        int cancelling = task.cancelling();
        task.loop().core().add(deadline);
        T value;
        try {
            value = Asyncio.await(awaitable);
        } catch (Throwable e) {
            task.loop().core().cancel(deadline);
            if (deadline.passed && task.uncancel() <= cancelling && e instanceof CancelledError) {
                throw timedOut(e);
            }
            throw e;
        }
        task.loop().core().cancel(deadline);
        if (deadline.passed) {
            task.uncancel(); // the body swallowed the cancellation and has a result all the same
        }
        return value;
    }

    private T atOnce() throws TimeoutException {
        AsyncFuture<T> future = Asyncio.ensureFuture(awaitable);
        if (future.done()) {
            return Asyncio.await(future);
        }
        future.cancel();
        Asyncio.awaitSettled(future);
        if (future.cancelled()) {
            throw timedOut(future.makeCancelledError());
        }
        return Asyncio.await(future);
    }

    private TimeoutException timedOut(Throwable cancellation) {
        TimeoutException exception = new TimeoutException("not done within " + timeout);
        exception.initCause(cancellation);
        return exception;
    }

    /** Cancels the task when its time has come. Baton holder only. */
    private static final class LoopDeadline extends TimerStep {

        private final Task<?> task;

        private boolean passed;

        LoopDeadline(Task<?> task, long when) {
            super(when);
            this.task = task;
        }

        @Override
        public boolean light() {
            return true;
        }

        @Override
        public void run() {
            if (!timerCancelled()) {
                passed = true;
                task.cancel();
            }
        }
    }
}
