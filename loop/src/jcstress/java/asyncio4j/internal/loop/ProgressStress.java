package asyncio4j.internal.loop;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import asyncio4j.internal.fiber.Fiber;
import asyncio4j.internal.fiber.Step;
import asyncio4j.internal.fiber.Stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * What {@link Progress} tells a thread that samples it while the loop takes steps, hands the baton
 * from fiber to fiber, and waits.
 *
 * <p>The halved word is the number of steps that were begun. Each step counts itself in a volatile
 * field when it has begun; so who reads that count and then the word must find the word at that
 * step or a later one. That is also why the same even word twice, with a count between, says that
 * the step of the word is the last that can have counted itself.
 */
public final class ProgressStress {

    private ProgressStress() {}

    /** The sampler hands steps in, each time when it sees that the loop waits. */
    @JCStressTest
    @Outcome(
            id = "1, 1, 1",
            expect = ACCEPTABLE,
            desc = "no word was late or went back, and the loop was seen to wait each time")
    @Outcome(
            id = "0, ., .",
            expect = FORBIDDEN,
            desc = "the word of an earlier step, or back again")
    @Outcome(id = "1, 0, .", expect = FORBIDDEN, desc = "it was never seen that the loop waits")
    @Outcome(id = "1, 1, 0", expect = FORBIDDEN, desc = "after the run a step is under way")
    @State
    public static class SamplerVsStepsAndWaits {

        private static final int ROUNDS = 3;

        private static final int TURNS = 3;

        private final LoopCore core = new LoopCore(new Object(), Clock.system(), "stress");

        /** How many steps have counted themselves; written by the baton holder. */
        private volatile long begun;

        /** The last word that was read; the sampler only. */
        private long last;

        private boolean inOrder = true;

        private Step suspending() {
            return new Step() {
                @Override
                public void run() {
                    begun++;
                    Fiber self = Fiber.current();
                    resumes(self);
                    for (int i = 0; i < TURNS; i++) {
                        core.add(this);
                        core.engine().suspend(self);
                        begun++;
                    }
                }
            };
        }

        @Actor
        public void loop() {
            core.run(() -> {});
        }

        @Actor
        public void sampler(III_Result r) {
            long since = System.nanoTime();
            long expected = 0;
            for (int i = 0; i < ROUNDS; i++) {
                core.post(suspending());
                core.post(Stress.step(() -> begun++));
                core.post(suspending());
                expected += 2 * (TURNS + 1) + 1;
                while (inOrder && !waits(expected) && !Stress.tooLong(since)) {
                    Thread.onSpinWait();
                }
            }
            r.r1 = inOrder ? 1 : 0;
            r.r2 = Stress.tooLong(since) ? 0 : 1;
            core.post(Stress.step(core::stop));
        }

        /** Takes a sample; whether the loop waits, with so many steps behind it. */
        private boolean waits(long steps) {
            long counted = begun;
            long word = core.progress().word();
            inOrder &= word >= last && word / 2 >= counted;
            last = word;
            return Progress.isIdle(word) && word / 2 == steps;
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = Progress.isIdle(core.progress().word()) ? 1 : 0;
            core.close();
        }
    }
}
