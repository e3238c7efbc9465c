package asyncio4j.internal.loop;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import asyncio4j.internal.fiber.ContinuationEngine;
import asyncio4j.internal.fiber.Step;
import asyncio4j.internal.fiber.Stress;
import asyncio4j.internal.spi.Poller;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * A loop that waits in a {@link Poller}: no wake-up is lost, and no work that others announce.
 *
 * <p>Who posts appends the step, then reads the inbox's sleeper, and wakes the poller if it is
 * that. Who waits writes the sleeper, then has the poller <em>arm</em> itself, so that a wake-up
 * counts from there on, and only then looks once more whether something was appended. If the poster
 * doesn't see the sleeper, it has appended before that was written, and so before the last look. If
 * it does, its wake-up comes before the poller is armed, and then the step was appended before the
 * last look as well; or after, and then it counts, whether the wait has begun or not.
 *
 * <p>Work is announced by a flag that is set before a step is posted, by the one who sets it alone,
 * and taken down by that step before it looks at the work. Who finds it set has added its work
 * before the step takes the flag down, or it would have found it down; and the step looks after
 * that.
 */
public final class PollerStress {

    private PollerStress() {}

    /** As those of Netty wait: a wake-up counts from when it was armed. */
    private abstract static class ParkingPoller implements Poller {

        private final AtomicBoolean armed = new AtomicBoolean();

        private volatile @Nullable Thread waiter;

        /** Asked after arming. */
        abstract boolean mayWait();

        @Override
        public boolean poll(long nanos) {
            if (nanos == 0) {
                return false;
            }
            waiter = Thread.currentThread();
            armed.set(true);
            if (mayWait()) {
                long since = System.nanoTime();
                while (armed.get() && System.nanoTime() - since < nanos) {
                    LockSupport.parkNanos(this, nanos);
                }
            }
            armed.set(false);
            return false;
        }

        @Override
        public void wakeup() {
            if (armed.getAndSet(false)) {
                LockSupport.unpark(waiter);
            }
        }

        @Override
        public void work() {}

        @Override
        public void close() {}
    }

    /** One thread waits, over and over; another posts two steps. */
    @JCStressTest
    @Outcome(
            id = "1, 1",
            expect = ACCEPTABLE,
            desc = "both came, in order, and the poller was woken for each")
    @Outcome(
            id = "1, 0",
            expect = FORBIDDEN,
            desc = "the poller slept on although a step was there")
    @Outcome(id = "0, .*", expect = FORBIDDEN, desc = "out of order")
    @State
    public static class PostsVsPolls {

        private final Inbox inbox = new Inbox();

        private final ArrayDeque<Step> ready = new ArrayDeque<>();

        private final Poller poller =
                new ParkingPoller() {
                    @Override
                    boolean mayWait() {
                        return inbox.isEmpty();
                    }
                };

        private final Step first = Stress.step(() -> {});

        private final Step second = Stress.step(() -> {});

        @Actor
        public void loop(II_Result r) {
            long since = System.nanoTime();
            while (ready.size() < 2) {
                inbox.await(poller, Stress.patience());
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

    /** A whole loop waits; another thread announces work twice, some of it while it looks. */
    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "all work was done, in time")
    @Outcome(id = "false", expect = FORBIDDEN, desc = "the loop waited on although there was work")
    @State
    public static class RequestsVsLoop {

        private final Queue<Integer> events = new ConcurrentLinkedQueue<>();

        private volatile Poller.@Nullable Host host;

        private final LoopCore core =
                new LoopCore(
                        new Object(),
                        Clock.system(),
                        "stress",
                        ContinuationEngine.available(),
                        asked -> {
                            host = asked;
                            return new Working(asked);
                        });

        /** Its work is to take out two events. */
        private final class Working extends ParkingPoller {

            private final Host asked;

            private int done;

            Working(Host asked) {
                this.asked = asked;
            }

            @Override
            boolean mayWait() {
                return asked.mayWait();
            }

            @Override
            public boolean poll(long nanos) {
                boolean any = super.poll(Math.min(nanos, Stress.patience()));
                asked.waited();
                return any;
            }

            @Override
            public void work() {
                while (events.poll() != null) {
                    done++;
                }
                if (done == 2) {
                    core.stop();
                }
            }
        }

        @Actor
        public void loop(Z_Result r) {
            long since = System.nanoTime();
            core.run(() -> {});
            r.r1 = !Stress.tooLong(since);
            core.close();
            core.closePoller();
        }

        @Actor
        public void other() {
            announce();
            announce();
        }

        private void announce() {
            for (int i = ThreadLocalRandom.current().nextInt(16); i > 0; i--) {
                Stress.delay(); // up to longer than the loop looks before it waits
            }
            events.add(1);
            Poller.Host known = host;
            if (known != null) {
                known.request();
            }
        }
    }
}
