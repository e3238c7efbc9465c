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
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

import java.util.ArrayDeque;

/** The {@link Inbox}: no wake-up is lost, no step, and no order. */
public final class InboxStress {

    private InboxStress() {}

    /** One thread waits, another posts. */
    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "the waiter was woken, or need not wait")
    @Outcome(
            id = "false",
            expect = FORBIDDEN,
            desc = "the waiter slept on although a step was there")
    @State
    public static class PostVsAwait {

        private final Inbox inbox = new Inbox();

        private final Fiber self = Stress.fiber();

        private final ArrayDeque<Step> ready = new ArrayDeque<>();

        @Actor
        public void loop(Z_Result r) {
            long since = System.nanoTime();
            while (ready.isEmpty()) {
                inbox.await(self, Stress.patience());
                inbox.drainTo(ready::add);
            }
            r.r1 = !Stress.tooLong(since);
        }

        @Actor
        public void other() {
            Stress.delay();
            inbox.post(Stress.step(() -> {}));
        }
    }

    /**
     * One thread waits, over and over, now with a deadline and now without; another posts two
     * steps.
     */
    @JCStressTest
    @Outcome(
            id = "1, 1",
            expect = ACCEPTABLE,
            desc = "both came, in order, and the waiter was woken for each")
    @Outcome(
            id = "1, 0",
            expect = FORBIDDEN,
            desc = "the waiter slept on although a step was there")
    @Outcome(id = "0, .*", expect = FORBIDDEN, desc = "out of order")
    @State
    public static class PostsVsTimedAwaits {

        private final Inbox inbox = new Inbox();

        private final Fiber self = Stress.fiber();

        private final ArrayDeque<Step> ready = new ArrayDeque<>();

        private final Step first = Stress.step(() -> {});

        private final Step second = Stress.step(() -> {});

        @Actor
        public void loop(II_Result r) {
            long since = System.nanoTime();
            for (int i = 0; ready.size() < 2; i++) {
                inbox.await(self, i % 2 == 0 ? 1000 : Stress.patience());
                inbox.drainTo(ready::add);
            }
            r.r1 = ready.remove() == first && ready.remove() == second ? 1 : 0;
            r.r2 = Stress.tooLong(since) ? 0 : 1;
        }

        @Actor
        public void other() {
            Stress.delay();
            inbox.post(first);
            Stress.delay();
            inbox.post(second);
        }
    }

    /** The waiting thread is interrupted just when a step is posted. */
    @JCStressTest
    @Outcome(
            id = "1, 1",
            expect = ACCEPTABLE,
            desc = "the step came, and the interrupt is kept for the fiber's code")
    @Outcome(
            id = ".*, 0",
            expect = FORBIDDEN,
            desc = "the waiter slept on although a step was there")
    @Outcome(id = "0, .*", expect = FORBIDDEN, desc = "the interrupt is lost")
    @State
    public static class PostVsInterruptedAwait {

        private final Inbox inbox = new Inbox();

        private final Fiber self = Stress.fiber();

        private final ArrayDeque<Step> ready = new ArrayDeque<>();

        private volatile Thread waiter;

        private volatile boolean posted;

        @Actor
        public void loop(II_Result r) {
            long since = System.nanoTime();
            waiter = Thread.currentThread();
            while (ready.isEmpty()) {
                inbox.await(self, Stress.patience());
                inbox.drainTo(ready::add);
            }
            while (!posted) { // so that the interrupt doesn't hit the harness
                Thread.onSpinWait();
            }
            Stress.restoreInterrupt(self);
            r.r1 = Thread.interrupted() ? 1 : 0;
            r.r2 = Stress.tooLong(since) ? 0 : 1;
        }

        @Actor
        public void other() {
            Thread thread;
            while ((thread = waiter) == null) {
                Thread.onSpinWait();
            }
            Stress.delay();
            thread.interrupt();
            inbox.post(Stress.step(() -> {}));
            posted = true;
        }
    }

    /** Two threads post at the same time while nobody waits. */
    @JCStressTest
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "both are there, each thread's in order")
    @State
    public static class PostVsPost {

        private final Inbox inbox = new Inbox();

        private final Step[] mine = {Stress.step(() -> {}), Stress.step(() -> {})};

        @Actor
        public void one() {
            inbox.post(mine[0]);
            inbox.post(mine[1]);
        }

        @Actor
        public void two() {
            inbox.post(Stress.step(() -> {}));
        }

        @Arbiter
        public void both(II_Result r) {
            ArrayDeque<Step> ready = new ArrayDeque<>();
            inbox.drainTo(ready::add);
            int others = 0;
            int next = 0;
            for (Step step : ready) {
                if (next < 2 && step == mine[next]) {
                    next++;
                } else {
                    others++;
                }
            }
            r.r1 = others;
            r.r2 = next;
        }
    }
}
