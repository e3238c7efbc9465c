package asyncio4j.bridge;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import asyncio4j.Asyncio;
import asyncio4j.EventLoop;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

import reactor.core.Disposable;
import reactor.core.Scannable;

import java.util.concurrent.RejectedExecutionException;

/** Work of a {@link LoopWorker} is handed in, or disposed of, while its loop does it. */
public final class LoopWorkerStress {

    private LoopWorkerStress() {}

    /** A worker of a loop. */
    abstract static class Working {

        final EventLoop loop = Asyncio.newEventLoop();

        final LoopWorker worker = new LoopWorker(LoopScheduler.of(loop));

        /** How much the worker still waits for. */
        int waiting() {
            Integer size = worker.scan(Scannable.Attr.BUFFERED);
            return size == null ? -1 : size;
        }
    }

    /**
     * A piece of work is disposed of when its turn comes.
     *
     * <p>The first figure is what the callback before it sees: whether dispose has returned.
     */
    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "disposed of before: it didn't run")
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE_INTERESTING, desc = "disposed of in time")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE_INTERESTING, desc = "too late: it ran")
    @Outcome(expect = FORBIDDEN, desc = "it ran though it was disposed of before, or twice")
    @State
    public static class DisposeVsRun extends Working {

        private final Disposable work;

        private volatile boolean disposed;

        private int seen;

        private int ran;

        public DisposeVsRun() {
            loop.callSoon(() -> seen = disposed ? 1 : 0);
            work = worker.schedule(() -> ran++);
        }

        @Actor
        public void loop() {
            Stress.turns(loop, 1);
        }

        @Actor
        public void other() {
            Stress.delay();
            work.dispose();
            disposed = true;
        }

        @Arbiter
        public void after(III_Result r) {
            Stress.turns(loop, 2);
            r.r1 = seen;
            r.r2 = ran;
            r.r3 = waiting();
            loop.close();
        }
    }

    /** The worker is disposed of when work is handed in. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "disposed of, or refused")
    @Outcome(expect = FORBIDDEN, desc = "it ran afterwards, or is left behind")
    @State
    public static class WorkerDisposeVsSchedule extends Working {

        private int ran;

        @Actor
        public void disposer() {
            worker.dispose();
        }

        @Actor
        public void other() {
            try {
                worker.schedule(() -> ran++);
            } catch (RejectedExecutionException e) {
                // it came too late
            }
        }

        @Arbiter
        public void after(II_Result r) {
            Stress.turns(loop, 3);
            r.r1 = ran;
            r.r2 = waiting();
            loop.close();
        }
    }

    /** Another thread and the loop itself hand in work; what is first is done first. */
    @JCStressTest
    @Outcome(id = "0, 2, 0", expect = ACCEPTABLE_INTERESTING, desc = "both at about the same time")
    @Outcome(id = "1, 2, 0", expect = ACCEPTABLE_INTERESTING, desc = "the other thread was first")
    @Outcome(expect = FORBIDDEN, desc = "one wasn't done, or twice, or in the wrong order")
    @State
    public static class ScheduleVsScheduleOnTheLoop extends Working {

        private volatile boolean handedIn;

        private @Nullable Boolean otherWasFirst;

        private int done;

        private boolean overtaken;

        public ScheduleVsScheduleOnTheLoop() {
            loop.callSoon(() -> {
                Stress.delay();
                otherWasFirst = handedIn;
                worker.schedule(() -> {
                    overtaken = Boolean.TRUE.equals(otherWasFirst) && done == 0;
                    done++;
                });
            });
        }

        @Actor
        public void loop() {
            Stress.turns(loop, 2);
        }

        @Actor
        public void other() {
            Stress.delay();
            worker.schedule(() -> done++);
            handedIn = true;
        }

        @Arbiter
        public void after(III_Result r) {
            Stress.turns(loop, 4);
            r.r1 = Boolean.TRUE.equals(otherWasFirst) ? 1 : 0;
            r.r2 = overtaken ? -1 : done;
            r.r3 = waiting();
            loop.close();
        }
    }
}
