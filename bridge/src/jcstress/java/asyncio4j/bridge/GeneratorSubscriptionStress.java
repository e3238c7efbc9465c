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
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.II_Result;

import reactor.core.publisher.Flux;

import java.time.Duration;

/** What a subscriber on another thread does about a generator while its loop runs it. */
public final class GeneratorSubscriptionStress {

    private GeneratorSubscriptionStress() {}

    /** A generator of 1, 2 and 3, with an await between 2 and 3. */
    abstract static class Generator {

        final EventLoop loop = Asyncio.newEventLoop();

        final Flux<Integer> flux =
                Bridge.flux(
                        loop,
                        g -> {
                            begun();
                            try {
                                g.yield(1);
                                g.yield(2);
                                Asyncio.await(Asyncio.sleep(Duration.ZERO));
                                g.yield(3);
                            } finally {
                                left();
                            }
                        });

        int begun;

        int left;

        private void begun() {
            begun++;
        }

        private void left() {
            left++;
        }

        /** How many subscriptions the loop still knows. */
        int open() {
            return Subscriptions.of(loop).size();
        }
    }

    /** The task comes to wait for demand after the first item, and then there is demand. */
    @JCStressTest
    @Outcome(id = "123, 1", expect = ACCEPTABLE, desc = "all items, and the end")
    @Outcome(expect = FORBIDDEN, desc = "the task waits on although there is demand")
    @State
    public static class RequestVsWaiting extends Generator {

        private final Witness subscriber = new Witness(1);

        private volatile boolean done;

        public RequestVsWaiting() {
            flux.subscribe(subscriber);
        }

        @Actor
        public void loop() {
            Stress.turns(loop, 3);
            done = true;
        }

        @Actor
        public void other() {
            Stress.await(() -> subscriber.items() != 0, () -> done);
            Stress.delay();
            subscriber.subscription().request(2);
        }

        @Arbiter
        public void after(II_Result r) {
            Stress.turns(loop, 8);
            r.r1 = subscriber.items();
            r.r2 = subscriber.end();
            loop.close();
        }
    }

    /** One thread makes the first demand, the other cancels. */
    @JCStressTest
    @Outcome(id = "0, 0, 0, 0", expect = ACCEPTABLE, desc = "the body didn't begin")
    @Outcome(
            expect = FORBIDDEN,
            desc = "the body began after cancel, something was signalled, or is left behind")
    @State
    public static class RequestVsCancel extends Generator {

        private final Witness subscriber = new Witness(0);

        public RequestVsCancel() {
            flux.subscribe(subscriber);
        }

        @Actor
        public void requester() {
            subscriber.subscription().request(3);
        }

        @Actor
        public void canceller() {
            subscriber.subscription().cancel();
        }

        @Arbiter
        public void after(IIII_Result r) {
            Stress.turns(loop, 4);
            r.r1 = begun;
            r.r2 = subscriber.items();
            r.r3 = subscriber.end();
            r.r4 = open();
            loop.close();
        }
    }

    /**
     * It is cancelled before it begins, in a yield with demand, in its await, in a yield without
     * demand, or after its end: there is demand for two of the three.
     */
    @JCStressTest
    @Outcome(id = "0, 0, 0, 0", expect = ACCEPTABLE_INTERESTING, desc = "before it began")
    @Outcome(id = "1, 1, 0, 0", expect = ACCEPTABLE, desc = "it was ended")
    @Outcome(
            expect = FORBIDDEN,
            desc = "the body wasn't left, or twice; or the end was signalled; or is left behind")
    @State
    public static class CancelVsBody extends Generator {

        private final Witness subscriber = new Witness(2);

        public CancelVsBody() {
            flux.subscribe(subscriber);
        }

        @Actor
        public void loop() {
            Stress.turns(loop, 5);
        }

        @Actor
        public void other() {
            Stress.delay();
            subscriber.subscription().cancel();
        }

        @Arbiter
        public void after(IIII_Result r) {
            Stress.turns(loop, 5);
            r.r1 = begun;
            r.r2 = left;
            r.r3 = subscriber.end();
            r.r4 = open();
            loop.close();
        }
    }

    /** It is cancelled when it is about to end by itself. */
    @JCStressTest
    @Outcome(id = "0, 0, 0, 0", expect = ACCEPTABLE_INTERESTING, desc = "before it began")
    @Outcome(id = "1, 1, 0, 0", expect = ACCEPTABLE_INTERESTING, desc = "cancelled in time")
    @Outcome(id = "1, 1, 1, 0", expect = ACCEPTABLE_INTERESTING, desc = "ended before")
    @Outcome(
            expect = FORBIDDEN,
            desc = "the body wasn't left, or twice; or failed; or is left behind")
    @State
    public static class CancelVsEnd extends Generator {

        private final Witness subscriber = new Witness(3);

        public CancelVsEnd() {
            flux.subscribe(subscriber);
        }

        @Actor
        public void loop() {
            Stress.turns(loop, 5);
        }

        @Actor
        public void other() {
            Stress.delay();
            Stress.delay();
            subscriber.subscription().cancel();
        }

        @Arbiter
        public void after(IIII_Result r) {
            Stress.turns(loop, 5);
            r.r1 = begun;
            r.r2 = left;
            r.r3 = subscriber.end();
            r.r4 = open();
            loop.close();
        }
    }

    /** There is demand inside of onSubscribe, which goes on while the loop could begin. */
    @JCStressTest
    @Outcome(id = "123, 1", expect = ACCEPTABLE, desc = "all items and the end, after onSubscribe")
    @Outcome(id = ".*, 9", expect = FORBIDDEN, desc = "signals overlapped")
    @Outcome(expect = FORBIDDEN, desc = "it wasn't started, or twice")
    @State
    public static class DemandInsideOfOnSubscribe extends Generator {

        private volatile boolean turned;

        private final Witness subscriber =
                new Witness(Long.MAX_VALUE, () -> Stress.await(() -> turned, () -> false));

        @Actor
        public void loop() {
            Stress.await(subscriber::subscribed, () -> false);
            Stress.turns(loop, 3);
            turned = true;
            Stress.turns(loop, 3);
        }

        @Actor
        public void other() {
            flux.subscribe(subscriber);
        }

        @Arbiter
        public void after(II_Result r) {
            Stress.turns(loop, 6);
            r.r1 = subscriber.items();
            r.r2 = subscriber.end();
            loop.close();
        }
    }

    /** The loop is closed while somebody subscribes, or has just done so. */
    @JCStressTest
    @Outcome(id = "0, 0, 2, 0", expect = ACCEPTABLE_INTERESTING, desc = "closed before it began")
    @Outcome(id = "1, 1, 2, 0", expect = ACCEPTABLE_INTERESTING, desc = "closed under way")
    @Outcome(id = "1, 1, 1, 0", expect = ACCEPTABLE_INTERESTING, desc = "ended before")
    @Outcome(expect = FORBIDDEN, desc = "no end was signalled, or two, or the body wasn't left")
    @State
    public static class SubscribeVsClose extends Generator {

        private final Witness subscriber = new Witness(Long.MAX_VALUE);

        public SubscribeVsClose() {
            loop.setExceptionHandler((reporter, context) -> {}); // a task is pending
        }

        @Actor
        public void loop() {
            Stress.turns(loop, 5);
            loop.close();
        }

        @Actor
        public void other() {
            flux.subscribe(subscriber);
        }

        @Arbiter
        public void after(IIII_Result r) {
            r.r1 = begun;
            r.r2 = left;
            r.r3 = subscriber.end();
            r.r4 = open();
        }
    }
}
