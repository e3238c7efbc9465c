package asyncio4j;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import asyncio4j.internal.fiber.Stress;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.I_Result;

import java.util.concurrent.CompletableFuture;

/**
 * {@link ThreadsafeFutures}: the loop completes or closes while the other side asks, cancels, or
 * hands work in.
 */
public final class ThreadsafeFuturesStress {

    private static final int PENDING = 0;

    private static final int RESULT = 1;

    private static final int CANCELLED = 2;

    private static final int REFUSED = 3;

    private ThreadsafeFuturesStress() {}

    /** Runs a few iterations. */
    private static void turns(EventLoop loop, int number) {
        for (int i = 0; i < number; i++) {
            loop.stop(); // set beforehand: one iteration
            loop.runForever();
        }
    }

    private static int state(AsyncFuture<Integer> future) {
        return !future.done() ? PENDING : future.cancelled() ? CANCELLED : future.result();
    }

    private static int state(CompletableFuture<Integer> future) {
        return switch (future.state()) {
            case RUNNING -> PENDING;
            case SUCCESS -> future.resultNow();
            case CANCELLED -> CANCELLED;
            case FAILED ->
                    future.exceptionNow() instanceof java.util.concurrent.CancellationException
                            ? CANCELLED
                            : -1;
        };
    }

    /** The loop's future gets its result while its copy is cancelled from outside. */
    @JCStressTest
    @Outcome(id = "1, 2, 2", expect = ACCEPTABLE, desc = "cancelled, both")
    @Outcome(
            id = "1, 2, 1",
            expect = ACCEPTABLE_INTERESTING,
            desc = "the copy is cancelled, too late for the loop's")
    @Outcome(
            id = "0, 1, 1",
            expect = ACCEPTABLE_INTERESTING,
            desc = "the result came first, for both")
    @Outcome(
            expect = FORBIDDEN,
            desc = "one of them never ends, or the copy has a result that isn't there")
    @State
    public static class CancelVsCompletion {

        private final EventLoop loop = Asyncio.newEventLoop();

        private final AsyncFuture<Integer> future = loop.createFuture();

        private final CompletableFuture<Integer> copy = future.toCompletableFuture();

        @Actor
        public void loop() {
            loop.callSoon(() -> future.setResultUnlessDone(RESULT));
            turns(loop, 3);
        }

        @Actor
        public void other(III_Result r) {
            Stress.delay();
            r.r1 = copy.cancel(false) ? 1 : 0;
        }

        @Arbiter
        public void after(III_Result r) {
            turns(loop, 3);
            r.r2 = state(copy);
            r.r3 = state(future);
            loop.close();
        }
    }

    /** A copy is asked for while the loop starts, runs and completes the future. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the copy has the result")
    @Outcome(expect = FORBIDDEN, desc = "the copy never ends")
    @State
    public static class ToCompletableFutureVsCompletion {

        private final EventLoop loop = Asyncio.newEventLoop();

        private final AsyncFuture<Integer> future = loop.createFuture();

        private @Nullable CompletableFuture<Integer> copy;

        @Actor
        public void loop() {
            loop.callSoon(() -> future.setResultUnlessDone(RESULT));
            future.addDoneCallback(done -> {});
            turns(loop, 3);
        }

        @Actor
        public void other() {
            Stress.delay();
            copy = future.toCompletableFuture();
        }

        @Arbiter
        public void after(I_Result r) {
            turns(loop, 3);
            CompletableFuture<Integer> asked = copy;
            r.r1 = asked == null ? REFUSED : state(asked);
            loop.close();
        }
    }

    /** A copy is asked for while the loop is closed. */
    @JCStressTest
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "the copy is cancelled")
    @Outcome(expect = FORBIDDEN, desc = "the copy never ends")
    @State
    public static class ToCompletableFutureVsClose {

        private final EventLoop loop = Asyncio.newEventLoop();

        private final AsyncFuture<Integer> future = loop.createFuture();

        private @Nullable CompletableFuture<Integer> copy;

        @Actor
        public void closer() {
            loop.close();
        }

        @Actor
        public void other() {
            copy = future.toCompletableFuture();
        }

        @Arbiter
        public void after(I_Result r) {
            CompletableFuture<Integer> asked = copy;
            r.r1 = asked == null ? REFUSED : state(asked);
        }
    }

    /** A coroutine is handed in while the loop is closed. */
    @JCStressTest
    @Outcome(
            id = "2",
            expect = ACCEPTABLE_INTERESTING,
            desc = "it was taken, and cancelled by close")
    @Outcome(id = "3", expect = ACCEPTABLE_INTERESTING, desc = "it was refused")
    @Outcome(expect = FORBIDDEN, desc = "its future never ends, or it has run")
    @State
    public static class RunCoroutineThreadsafeVsClose {

        private final EventLoop loop = Asyncio.newEventLoop();

        private @Nullable CompletableFuture<Integer> future;

        @Actor
        public void closer() {
            loop.close();
        }

        @Actor
        public void other() {
            try {
                future = Asyncio.runCoroutineThreadsafe(() -> RESULT, loop);
            } catch (IllegalStateException e) {
                future = null;
            }
        }

        @Arbiter
        public void after(I_Result r) {
            CompletableFuture<Integer> taken = future;
            r.r1 = taken == null ? REFUSED : state(taken);
        }
    }

    /** A coroutine is handed in, and its future cancelled at once, while the loop runs. */
    @JCStressTest
    @Outcome(id = "1, 2, 0", expect = ACCEPTABLE, desc = "cancelled, and no task is left")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE_INTERESTING, desc = "it ran first")
    @Outcome(
            expect = FORBIDDEN,
            desc = "its future never ends, or a task is left that nobody waits for")
    @State
    public static class RunCoroutineThreadsafeVsCancel {

        private final EventLoop loop = Asyncio.newEventLoop();

        private volatile @Nullable CompletableFuture<Integer> future;

        @Actor
        public void loop() {
            while (future == null) {
                turns(loop, 1);
            }
        }

        @Actor
        public void other(III_Result r) {
            CompletableFuture<Integer> taken = Asyncio.runCoroutineThreadsafe(() -> RESULT, loop);
            Stress.delay();
            r.r1 = taken.cancel(false) ? 1 : 0;
            future = taken;
        }

        @Arbiter
        public void after(III_Result r) {
            turns(loop, 6);
            CompletableFuture<Integer> taken = future;
            r.r2 = taken == null ? REFUSED : state(taken);
            r.r3 = loop.allTasks().size();
            loop.close();
        }
    }
}
