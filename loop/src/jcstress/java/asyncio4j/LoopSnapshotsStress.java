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
import java.util.List;

/**
 * A loop is asked what its tasks are at.
 *
 * <p>The question is a step in the inbox. A loop that goes on running comes to it, as no wake-up is
 * lost. One that ends its run may come to it or not; then it is seen not to run any more, and left
 * out, within the time between two looks.
 */
public final class LoopSnapshotsStress {

    /** What the first figure becomes if the loop couldn't be looked at. */
    private static final int TROUBLE = 10;

    private LoopSnapshotsStress() {}

    /** A loop with one task. */
    abstract static class Asked {

        static final int TURNS = 3;

        final EventLoop loop = Asyncio.newEventLoop();

        final void ask(II_Result r) {
            String name = DefaultEventLoop.unwrap(loop).name();
            long since = System.nanoTime();
            List<LoopSnapshot> all = LoopSnapshots.ofAll(Duration.ofNanos(Stress.patience()));
            for (LoopSnapshot snapshot : all) {
                if (snapshot.loop().equals(name)) {
                    r.r1 += snapshot.trouble().isEmpty() ? 1 : TROUBLE;
                    r.r2 += snapshot.tasks().size();
                }
            }
            if (Stress.tooLong(since)) {
                r.r1 += TROUBLE;
            }
        }
    }

    /** The loop takes a few turns, then waits until it was asked. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "one answer, with the task")
    @Outcome(expect = FORBIDDEN, desc = "no answer, another one, or two")
    @State
    public static class AskVsWait extends Asked {

        private final AsyncFuture<Integer> asked = loop.createFuture();

        @Actor
        public void loop() {
            loop.runUntilComplete(() -> {
                for (int i = 0; i < TURNS; i++) {
                    Asyncio.await(Asyncio.sleep(Duration.ZERO));
                }
                return Asyncio.await(asked);
            });
            loop.close();
        }

        @Actor
        public void other(II_Result r) {
            while (!loop.isRunning()) {
                Thread.onSpinWait();
            }
            Stress.delay();
            ask(r);
            loop.callSoonThreadsafe(() -> asked.setResult(1));
        }
    }

    /** The loop begins its run, ends it, and is closed. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "it didn't run, yet or any more")
    @Outcome(id = "1, 1", expect = ACCEPTABLE_INTERESTING, desc = "it answered")
    @Outcome(id = "1, 0", expect = ACCEPTABLE_INTERESTING, desc = "it answered, its task at an end")
    @Outcome(expect = FORBIDDEN, desc = "two answers, or it was waited for in vain")
    @State
    public static class AskVsClose extends Asked {

        private volatile boolean begun;

        @Actor
        public void loop() {
            begun = true;
            loop.runUntilComplete(
                    Coroutine.of(() -> {
                        for (int i = 0; i < TURNS; i++) {
                            Stress.delay();
                            Asyncio.await(Asyncio.sleep(Duration.ZERO));
                        }
                    }));
            loop.close();
        }

        @Actor
        public void other(II_Result r) {
            while (!begun) {
                Thread.onSpinWait();
            }
            Stress.delay();
            ask(r);
        }

        @Arbiter
        public void after(II_Result r) {
            if (!loop.isClosed()) {
                r.r1 += TROUBLE;
            }
        }
    }
}
