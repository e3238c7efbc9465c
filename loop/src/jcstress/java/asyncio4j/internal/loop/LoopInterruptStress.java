package asyncio4j.internal.loop;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import asyncio4j.internal.fiber.ContinuationEngine;
import asyncio4j.internal.fiber.Fiber;
import asyncio4j.internal.fiber.Step;
import asyncio4j.internal.fiber.Stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.I_Result;

import java.util.concurrent.ThreadLocalRandom;

/**
 * {@link LoopCore#interrupt}: it ends one run, finds the step that runs, and hits nothing later.
 */
public final class LoopInterruptStress {

    private static final Throwable ERROR = new Error("interrupted");

    private LoopInterruptStress() {}

    private static LoopCore core() {
        return new LoopCore(
                new Object(), Clock.system(), "stress", ContinuationEngine.available(), null);
    }

    /**
     * Spins until the calling thread is interrupted; says whether it was, in the time that there
     * is.
     */
    private static boolean interrupted() {
        long since = System.nanoTime();
        while (!Thread.interrupted()) {
            if (Stress.tooLong(since)) {
                return false;
            }
            Thread.onSpinWait();
        }
        return true;
    }

    private static void interruptOnceItRuns(LoopCore core) {
        while (!core.running()) {
            Thread.onSpinWait();
        }
        Stress.delay();
        core.interrupt(ERROR);
    }

    /**
     * Two runs, one after the other, and one interrupt. The third figure is the flag inside the
     * second run.
     */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "it came while the loop didn't run")
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE_INTERESTING, desc = "it ended the first run")
    @Outcome(
            id = "0, 1, 0",
            expect = ACCEPTABLE_INTERESTING,
            desc = "it ended the second run, before or after its step")
    @Outcome(
            id = "0, 1, 1",
            expect = ACCEPTABLE_INTERESTING,
            desc = "it ended the second run, and its step saw it")
    @Outcome(id = "1, 1, .", expect = FORBIDDEN, desc = "it ended both")
    @Outcome(
            id = "., 0, 1",
            expect = FORBIDDEN,
            desc = "a step of a run that it didn't end was interrupted")
    @State
    public static class InterruptVsRunEnd {

        private final LoopCore core = core();

        private int flag;

        private volatile boolean over;

        @Actor
        public void loop(III_Result r) {
            core.add(Stress.step(core::stop));
            r.r1 = core.run(() -> {}) == null ? 0 : 1;
            core.add(
                    Stress.step(() -> {
                        core.stop();
                        Stress.delay();
                        flag = Thread.interrupted() ? 1 : 0;
                    }));
            r.r2 = core.run(() -> {}) == null ? 0 : 1;
            r.r3 = flag;
            over = true;
            core.close();
        }

        @Actor
        public void other() {
            for (int i = ThreadLocalRandom.current().nextInt(3); i > 0 && !over; ) {
                if (core.running()) {
                    Stress.delay();
                    i--;
                }
            }
            core.interrupt(ERROR);
        }
    }

    /**
     * The step before is a pump's own: the same thread goes on with the one that is to be
     * interrupted.
     */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the step was interrupted")
    @Outcome(id = "2", expect = ACCEPTABLE_INTERESTING, desc = "the loop left before the step")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "the step went on, or the loop didn't leave")
    @State
    public static class InterruptFindsTheNextStep {

        private final LoopCore core = core();

        private int seen = 2;

        @Actor
        public void loop(I_Result r) {
            core.add(Stress.step(() -> {}));
            core.add(Stress.step(() -> seen = interrupted() ? 1 : 0));
            r.r1 = core.run(() -> {}) == ERROR ? seen : 0;
            core.close();
        }

        @Actor
        public void other() {
            interruptOnceItRuns(core);
        }
    }

    /** The step before suspends: the one that is to be interrupted is handed to another pump. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the step was interrupted")
    @Outcome(id = "2", expect = ACCEPTABLE_INTERESTING, desc = "the loop left before the step")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "the step went on, or the loop didn't leave")
    @State
    public static class InterruptFindsTheNextPump {

        private final LoopCore core = core();

        private Fiber suspended;

        private int seen = 2;

        @Actor
        public void loop(I_Result r) {
            core.add(
                    Stress.step(() -> {
                        suspended = Fiber.current();
                        core.engine().suspend(suspended);
                    }));
            core.add(Stress.step(() -> seen = interrupted() ? 1 : 0));
            r.r1 = core.run(() -> {}) == ERROR ? seen : 0;
            if (suspended != null) {
                core.engine().unwind(suspended);
            }
            core.close();
        }

        @Actor
        public void other() {
            interruptOnceItRuns(core);
        }
    }

    /**
     * The baton goes to and fro between two fibers, one of which is to be interrupted in the end.
     */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the fiber was interrupted")
    @Outcome(id = "2", expect = ACCEPTABLE_INTERESTING, desc = "the loop left before it")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "it went on, or the loop didn't leave")
    @State
    public static class InterruptFindsTheResumedFiber {

        private static final int TURNS = 4;

        private final LoopCore core = core();

        private final Fiber[] suspended = new Fiber[2];

        private int seen = 2;

        private Step turns(int number) {
            return new Step() {
                @Override
                public void run() {
                    Fiber self = Fiber.current();
                    suspended[number] = self;
                    resumes(self);
                    for (int i = 0; i < TURNS && !self.dying(); i++) {
                        core.add(this);
                        core.engine().suspend(self);
                    }
                    if (!self.dying() && number == 0) {
                        seen = interrupted() ? 1 : 0;
                    }
                    suspended[number] = null;
                }
            };
        }

        @Actor
        public void loop(I_Result r) {
            core.add(turns(0));
            core.add(turns(1));
            r.r1 = core.run(() -> {}) == ERROR ? seen : 0;
            for (Fiber fiber : suspended) {
                if (fiber != null) {
                    core.engine().unwind(fiber);
                }
            }
            core.close();
        }

        @Actor
        public void other() {
            interruptOnceItRuns(core);
        }
    }

    /** The loop waits for nothing at all, and is interrupted. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "it left")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "it left without the error")
    @State
    public static class InterruptWakesTheLoop {

        private final LoopCore core = core();

        @Actor
        public void loop(I_Result r) {
            r.r1 = core.run(() -> {}) == ERROR ? 1 : 0;
            core.close();
        }

        @Actor
        public void other() {
            interruptOnceItRuns(core);
        }
    }
}
