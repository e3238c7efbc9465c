package asyncio4j;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import asyncio4j.internal.fiber.Stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** {@link DefaultExecutor}: work on another thread ends while the loop does something about it. */
public final class DefaultExecutorStress {

    private static final int PENDING = 0;

    private static final int RESULT = 1;

    private static final int CANCELLED = 2;

    private DefaultExecutorStress() {}

    /** A loop and work that ends when it is told to. */
    abstract static class Working {

        final EventLoop loop = Asyncio.newEventLoop();

        private final CountDownLatch release = new CountDownLatch(1);

        final AsyncFuture<Integer> start() {
            return loop.runInExecutor(
                    null,
                    () -> {
                        release.await();
                        return RESULT;
                    });
        }

        final void release() {
            Stress.delay();
            release.countDown();
        }

        final void shutdown() {
            Asyncio.await(loop.shutdownDefaultExecutor(Duration.ofNanos(Stress.patience())));
        }

        static int state(AsyncFuture<Integer> future) {
            return !future.done() ? PENDING : future.cancelled() ? CANCELLED : future.result();
        }
    }

    /**
     * The executor is shut down. Each piece of work hands its outcome in before its thread ends,
     * and that the threads have ended is handed in after that: so whoever was told of the shutdown
     * has the results.
     */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the result is there after the shutdown")
    @Outcome(expect = FORBIDDEN, desc = "the executor is shut down, and the result isn't there")
    @State
    public static class EndVsShutdown extends Working {

        @Actor
        public void loop(I_Result r) {
            r.r1 =
                    loop.runUntilComplete(() -> {
                        AsyncFuture<Integer> work = start();
                        Stress.delay();
                        shutdown();
                        return state(work);
                    });
            loop.close();
        }

        @Actor
        public void other() {
            release();
        }
    }

    /** The future is cancelled. The loop's thread does that, and completes it: one comes first. */
    @JCStressTest
    @Outcome(
            id = "1, 2",
            expect = ACCEPTABLE_INTERESTING,
            desc = "cancelled; the result is dropped")
    @Outcome(id = "0, 1", expect = ACCEPTABLE_INTERESTING, desc = "the result came first")
    @Outcome(expect = FORBIDDEN, desc = "neither, or not what cancel has said")
    @State
    public static class EndVsCancel extends Working {

        @Actor
        public void loop(II_Result r) {
            loop.runUntilComplete(
                    Coroutine.of(() -> {
                        AsyncFuture<Integer> work = start();
                        Asyncio.await(Asyncio.sleep(Duration.ZERO));
                        Stress.delay();
                        Asyncio.await(Asyncio.sleep(Duration.ZERO));
                        r.r1 = work.cancel() ? 1 : 0;
                        shutdown();
                        r.r2 = state(work);
                    }));
            loop.close();
        }

        @Actor
        public void other() {
            release();
        }
    }
}
