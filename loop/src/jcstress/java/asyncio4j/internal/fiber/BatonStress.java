package asyncio4j.internal.fiber;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;

/**
 * How {@link VirtualThreadEngine} hands the baton on, while others disturb the threads that wait
 * for it; and {@link ContinuationEngine}, between the loop's thread and the caller, where {@code
 * java.base} exports what it needs. {@link HandoffVsInterrupt} is about the first alone.
 */
public final class BatonStress {

    private BatonStress() {}

    /** A loop that consists of a ready queue, and ends when that is empty. */
    private static final class Queue implements Agenda {

        private final ArrayDeque<Step> ready = new ArrayDeque<>();

        private final FiberEngine engine = Stress.engine(this);

        private @Nullable Throwable left;

        /** Who drives the loop; read by the one who disturbs. */
        private volatile @Nullable Thread driver;

        /** The caller of drive has the baton back; read by the one who disturbs. */
        private volatile boolean over;

        @Override
        public @Nullable Step next(Fiber holder) {
            return left == null ? ready.poll() : null;
        }

        @Override
        public boolean interrupted() {
            return false;
        }

        @Override
        public void leave(Throwable error) {
            left = error;
        }

        /** Works the queue through. */
        void drive(Runnable onInterrupt) {
            driver = Thread.currentThread();
            engine.drive(onInterrupt);
            engine.close();
            over = true;
        }
    }

    /** A task that suspends a few times, and goes on each time when it is its turn again. */
    private abstract static class Turns extends Step {

        final Queue queue;

        /** Read by the one who disturbs. */
        volatile @Nullable Thread thread;

        Turns(Queue queue) {
            this.queue = queue;
            queue.ready.add(this);
        }

        @Override
        public void run() {
            Fiber self = Fiber.current();
            thread = self.thread();
            resumes(self);
            while (more()) {
                queue.ready.add(this);
                queue.engine.suspend(self);
            }
        }

        /** Called at each turn, with the baton: whether there shall be another one. */
        abstract boolean more();
    }

    private static void unpark(Turns task) {
        Thread thread = task.thread;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Waits until the loop is over. If it hangs, stray permits get it going again, and the answer
     * is no.
     */
    private static boolean endsInTime(Queue queue, Turns one, Turns two) {
        long since = System.nanoTime();
        boolean inTime = true;
        while (!queue.over) {
            if (Stress.tooLong(since)) {
                inTime = false;
                unpark(one);
                unpark(two);
                LockSupport.unpark(queue.driver);
            }
            Thread.yield();
        }
        return inTime;
    }

    /** Threads that wait for the baton get permits that they know nothing of. */
    @JCStressTest
    @Outcome(id = "6, 1, 1", expect = ACCEPTABLE, desc = "each had its turns, one at a time")
    @Outcome(
            id = ".*, 1, 0",
            expect = FORBIDDEN,
            desc = "a thread slept on although it had the baton")
    @Outcome(id = ".*, 0, .", expect = FORBIDDEN, desc = "two had the baton at the same time")
    @State
    public static class HandoffVsStrayUnparks {

        private final Queue queue = new Queue();

        private int turns;

        /** Not volatile, nor is it guarded by anything but the baton. */
        private int inside;

        private boolean alone = true;

        private final class Task extends Turns {

            private int left = 3;

            Task(Queue queue) {
                super(queue);
            }

            @Override
            boolean more() {
                if (left-- == 0) {
                    return false;
                }
                alone &= ++inside == 1;
                turns++;
                Stress.delay();
                alone &= --inside == 0;
                return true;
            }
        }

        private final Task one = new Task(queue);

        private final Task two = new Task(queue);

        @Actor
        public void loop(III_Result r) {
            queue.drive(() -> {});
            r.r1 = turns;
            r.r2 = alone ? 1 : 0;
        }

        @Actor
        public void other(III_Result r) {
            for (int i = 0; i < 4; i++) {
                Stress.delay();
                unpark(one);
                unpark(two);
            }
            r.r3 = endsInTime(queue, one, two) ? 1 : 0;
        }
    }

    /**
     * A user interrupts one of two threads; its code has to see that once, at the time or when it
     * goes on.
     */
    @JCStressTest
    @Outcome(
            id = "1, 0, 1",
            expect = ACCEPTABLE,
            desc = "it saw the interrupt, once, and the other didn't")
    @Outcome(id = "0, .*, .", expect = FORBIDDEN, desc = "the interrupt was lost")
    @Outcome(id = ".*, 1, .", expect = FORBIDDEN, desc = "the other saw it")
    @Outcome(id = ".*, 0", expect = FORBIDDEN, desc = "a thread slept on although it had the baton")
    @State
    public static class HandoffVsInterrupt {

        private final Queue queue = new Queue();

        private int seen;

        private int seenByOther;

        /** The interrupt has been sent. */
        private volatile boolean sent;

        private int turnsAfter = 3;

        private final Turns target =
                new Turns(queue) {
                    @Override
                    boolean more() {
                        boolean all = sent;
                        if (Thread.interrupted()) {
                            seen++;
                        }
                        return !all || turnsAfter-- > 0;
                    }
                };

        private final Turns other =
                new Turns(queue) {
                    @Override
                    boolean more() {
                        if (Thread.interrupted()) {
                            seenByOther++;
                        }
                        return !sent || turnsAfter > 0;
                    }
                };

        @Actor
        public void loop(III_Result r) {
            queue.drive(() -> {});
            r.r1 = seen;
            r.r2 = seenByOther;
        }

        @Actor
        public void other(III_Result r) {
            Thread thread;
            while ((thread = target.thread) == null) {
                Thread.onSpinWait();
            }
            Stress.delay();
            thread.interrupt();
            sent = true;
            r.r3 = endsInTime(queue, target, other) ? 1 : 0;
        }
    }

    /** The thread that drives the loop is interrupted while it waits. */
    @JCStressTest
    @Outcome(
            id = "1, 1, 1",
            expect = ACCEPTABLE,
            desc = "told while it waited, and the flag is set afterwards")
    @Outcome(
            id = "1, 0, 1",
            expect = ACCEPTABLE,
            desc = "it came when the caller waited no more, and the flag is set")
    @Outcome(id = "0, ., .", expect = FORBIDDEN, desc = "the flag is lost")
    @Outcome(
            id = "., ., 0",
            expect = FORBIDDEN,
            desc = "the caller slept on although it had the baton")
    @State
    public static class DriveVsInterrupt {

        private final Queue queue = new Queue();

        private volatile boolean sent;

        private int told;

        private final Turns task =
                new Turns(queue) {

                    private int left = 3;

                    @Override
                    boolean more() {
                        return left-- > 0;
                    }
                };

        @Actor
        public void loop(III_Result r) {
            queue.drive(() -> told++);
            while (!sent) {
                Thread.onSpinWait();
            }
            r.r1 = Thread.interrupted() ? 1 : 0;
            r.r2 = told;
        }

        @Actor
        public void other(III_Result r) {
            Thread thread;
            while ((thread = queue.driver) == null) {
                Thread.onSpinWait();
            }
            Stress.delay();
            thread.interrupt();
            sent = true;
            r.r3 = endsInTime(queue, task, task) ? 1 : 0;
        }
    }
}
