package asyncio4j;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import asyncio4j.internal.fiber.Stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import java.time.Duration;

/** What another thread does about callbacks while the loop comes to them. */
public final class HandleStress {

    /** What a callback counts that runs on a task's fiber, where it must not. */
    private static final int STRANGER = 10;

    private HandleStress() {}

    /**
     * A handle is cancelled when its turn comes. Nothing says which is first; but cancelling has an
     * effect on whatever looks at the handle after it, as the handle never becomes live again. A
     * task's fiber looks first here: it must leave the callback to a pump even if it is cancelled
     * just after that look.
     *
     * <p>The first figure is what the callback before it in the queue sees: whether cancel has
     * returned.
     */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "cancelled before: it didn't run")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "cancelled in time")
    @Outcome(id = "0, 1", expect = ACCEPTABLE_INTERESTING, desc = "cancelled too late: it ran")
    @Outcome(
            expect = FORBIDDEN,
            desc = "it ran though it was cancelled before, or twice, or on a task's fiber")
    @State
    public static class CancelVsRun {

        private final EventLoop loop = Asyncio.newEventLoop();

        private final Handle handle;

        private volatile boolean cancelled;

        private int seen;

        private int ran;

        public CancelVsRun() {
            loop.callSoon(() -> seen = cancelled ? 1 : 0);
            Coroutine<Void> coroutine = Asyncio.sleep(Duration.ZERO);
            loop.createTask(coroutine);
            handle =
                    loop.callSoon(() ->
                            ran += DefaultEventLoop.currentFiber().task() == null ? 1 : STRANGER);
        }

        @Actor
        public void loop() {
            loop.stop();
            loop.runForever();
        }

        @Actor
        public void other() {
            Stress.delay();
            handle.cancel();
            cancelled = true;
        }

        @Arbiter
        public void after(II_Result r) {
            loop.stop();
            loop.runForever();
            loop.close();
            r.r1 = seen;
            r.r2 = ran;
        }
    }

    /**
     * Callbacks come in while the loop waits, runs, and ends its run because one of them stops it.
     * The inbox keeps the order; so what came before the stop is called in that run, and what came
     * after it in that run or in the next.
     */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE_INTERESTING, desc = "both were called in the run")
    @Outcome(id = "1, 2", expect = ACCEPTABLE_INTERESTING, desc = "the second in the next run")
    @Outcome(expect = FORBIDDEN, desc = "one was not called, or twice, or too late")
    @State
    public static class PostsVsStop {

        private final EventLoop loop = Asyncio.newEventLoop();

        private volatile int run = 1;

        private int first;

        private int second;

        @Actor
        public void loop() {
            loop.runForever();
        }

        @Actor
        public void other() {
            Stress.delay();
            loop.callSoonThreadsafe(() -> first += run);
            Stress.delay();
            loop.callSoonThreadsafe(loop::stop);
            Stress.delay();
            loop.callSoonThreadsafe(() -> second += run);
        }

        @Arbiter
        public void after(II_Result r) {
            run = 2;
            loop.stop();
            loop.runForever();
            loop.close();
            r.r1 = first;
            r.r2 = second;
        }
    }
}
