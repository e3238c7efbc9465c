package asyncio4j.bridge;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import asyncio4j.Asyncio;
import asyncio4j.EventLoop;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import java.util.concurrent.atomic.AtomicInteger;

/** Who waits for a loop that is closed just then is told, once. */
public final class SubscriptionsStress {

    private SubscriptionsStress() {}

    /** A loop, and somebody who counts how often it is told. */
    abstract static class Registered implements Subscriptions.Open {

        final EventLoop loop = Asyncio.newEventLoop();

        final AtomicInteger told = new AtomicInteger();

        @Override
        public void loopGone() {
            told.incrementAndGet();
        }
    }

    /** Somebody comes. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "told, once")
    @Outcome(expect = FORBIDDEN, desc = "not told, or twice, or left behind")
    @State
    public static class AddVsClose extends Registered {

        private final Subscriptions registry = Subscriptions.of(loop);

        @Actor
        public void closer() {
            loop.close();
        }

        @Actor
        public void other() {
            registry.add(this);
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = told.get();
            r.r2 = registry.size();
        }
    }

    /** Somebody is the first to come: the registry is made for it. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "told, once")
    @Outcome(expect = FORBIDDEN, desc = "not told, or twice, or left behind")
    @State
    public static class FirstAddVsClose extends Registered {

        @Actor
        public void closer() {
            loop.close();
        }

        @Actor
        public void other() {
            Subscriptions.of(loop).add(this);
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = told.get();
            r.r2 = Subscriptions.of(loop).size();
        }
    }

    /** Somebody needs the loop no more. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE_INTERESTING, desc = "it went in time")
    @Outcome(id = "1, 0", expect = ACCEPTABLE_INTERESTING, desc = "it was told before")
    @Outcome(expect = FORBIDDEN, desc = "both, or neither")
    @State
    public static class RemoveVsClose extends Registered {

        private final Subscriptions registry = Subscriptions.of(loop);

        public RemoveVsClose() {
            registry.add(this);
        }

        @Actor
        public void closer() {
            loop.close();
        }

        @Actor
        public void other(II_Result r) {
            Stress.delay();
            r.r2 = registry.remove(this) ? 1 : 0;
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = told.get();
        }
    }
}
