package asyncio4j.bridge;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import asyncio4j.AsyncFuture;
import asyncio4j.Asyncio;
import asyncio4j.EventLoop;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

import java.util.concurrent.atomic.AtomicInteger;

/** The outcome of a {@link SingleSubscription} meets the demand, a cancel, or the loop's end. */
public final class SingleSubscriptionStress {

    private static final int VALUE = 4;

    /** Never runs, and isn't closed. */
    private static final EventLoop LOOP = Asyncio.newEventLoop();

    private static final AsyncFuture<Integer> DONE = LOOP.createFuture();

    static {
        DONE.setResult(VALUE);
    }

    private SingleSubscriptionStress() {}

    /** A subscription that nothing is behind. */
    private static final class Bare extends SingleSubscription<Integer> {

        final AtomicInteger begun = new AtomicInteger();

        final AtomicInteger late = new AtomicInteger();

        Bare(Witness subscriber) {
            super(subscriber, Subscriptions.of(LOOP));
        }

        @Override
        void onRequested() {
            begun.incrementAndGet();
        }

        @Override
        boolean atHome() {
            return false;
        }

        @Override
        void onAbandoned() {}

        @Override
        void lateValue(Integer outcome) {
            late.incrementAndGet();
        }

        /** Whether the loop still knows it. */
        int open() {
            return registry().remove(this) ? 1 : 0;
        }
    }

    /** A subscription and its subscriber. */
    abstract static class Subscribed {

        final Witness subscriber = new Witness(0);

        private final Bare subscription = new Bare(subscriber);

        void register() {
            subscription.register();
        }

        void request() {
            subscription.request(1);
        }

        void settle() {
            subscription.settle(DONE);
        }

        void cancel() {
            subscription.cancel();
        }

        void loopGone() {
            subscription.loopGone();
        }

        int begun() {
            return subscription.begun.get();
        }

        int late() {
            return subscription.late.get();
        }

        int open() {
            return subscription.open();
        }
    }

    /** The value comes when it is requested. */
    @JCStressTest
    @Outcome(id = "4, 1, 0", expect = ACCEPTABLE, desc = "signalled, once")
    @Outcome(expect = FORBIDDEN, desc = "not signalled, or twice")
    @State
    public static class ValueVsRequest extends Subscribed {

        public ValueVsRequest() {
            register();
        }

        @Actor
        public void outcome() {
            settle();
        }

        @Actor
        public void requester() {
            request();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r1 = subscriber.items();
            r.r2 = subscriber.end();
            r.r3 = open();
        }
    }

    /** The value comes when it is cancelled; it was requested. */
    @JCStressTest
    @Outcome(id = "4, 1, 0", expect = ACCEPTABLE_INTERESTING, desc = "signalled before")
    @Outcome(
            id = "4, 0, 0",
            expect = ACCEPTABLE_INTERESTING,
            desc = "cancelled between onNext and onComplete")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE_INTERESTING, desc = "too late, discarded")
    @Outcome(expect = FORBIDDEN, desc = "lost, or both signalled and discarded")
    @State
    public static class ValueVsCancel extends Subscribed {

        public ValueVsCancel() {
            register();
            request();
        }

        @Actor
        public void outcome() {
            settle();
        }

        @Actor
        public void canceller() {
            cancel();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r1 = subscriber.items();
            r.r2 = subscriber.end();
            r.r3 = late();
        }
    }

    /** The value comes when it is cancelled, and wasn't requested. */
    @JCStressTest
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "discarded")
    @Outcome(expect = FORBIDDEN, desc = "lost, signalled, or discarded twice")
    @State
    public static class UnwantedValueVsCancel extends Subscribed {

        public UnwantedValueVsCancel() {
            register();
        }

        @Actor
        public void outcome() {
            settle();
        }

        @Actor
        public void canceller() {
            cancel();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r1 = subscriber.items();
            r.r2 = subscriber.end();
            r.r3 = late();
        }
    }

    /** A value that is there is requested by one and cancelled by another. */
    @JCStressTest
    @Outcome(id = "4, 1, 0", expect = ACCEPTABLE_INTERESTING, desc = "signalled before")
    @Outcome(
            id = "4, 0, 0",
            expect = ACCEPTABLE_INTERESTING,
            desc = "cancelled between onNext and onComplete")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE_INTERESTING, desc = "cancelled before, discarded")
    @Outcome(expect = FORBIDDEN, desc = "lost, or both signalled and discarded")
    @State
    public static class RequestVsCancel extends Subscribed {

        public RequestVsCancel() {
            register();
            settle();
        }

        @Actor
        public void requester() {
            request();
        }

        @Actor
        public void canceller() {
            cancel();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r1 = subscriber.items();
            r.r2 = subscriber.end();
            r.r3 = late();
        }
    }

    /** A value that is there is requested by two. */
    @JCStressTest
    @Outcome(id = "4, 1", expect = ACCEPTABLE, desc = "signalled, once")
    @Outcome(expect = FORBIDDEN, desc = "not signalled, or twice")
    @State
    public static class RequestVsRequest extends Subscribed {

        public RequestVsRequest() {
            register();
            settle();
        }

        @Actor
        public void one() {
            request();
        }

        @Actor
        public void two() {
            request();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = subscriber.items();
            r.r2 = subscriber.end();
        }
    }

    /** The value comes when the loop is closed. */
    @JCStressTest
    @Outcome(id = "4, 1, 0", expect = ACCEPTABLE_INTERESTING, desc = "signalled before")
    @Outcome(id = "0, 2, 1", expect = ACCEPTABLE_INTERESTING, desc = "the error; discarded")
    @Outcome(expect = FORBIDDEN, desc = "lost, or signalled twice")
    @State
    public static class ValueVsLoopGone extends Subscribed {

        public ValueVsLoopGone() {
            register();
            request();
        }

        @Actor
        public void outcome() {
            settle();
        }

        @Actor
        public void closer() {
            loopGone();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r1 = subscriber.items();
            r.r2 = subscriber.end();
            r.r3 = late();
        }
    }

    /** It is requested by another thread when onSubscribe returns. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "begun, once")
    @Outcome(expect = FORBIDDEN, desc = "not begun, or twice")
    @State
    public static class RequestVsRegister extends Subscribed {

        @Actor
        public void subscriber() {
            register();
        }

        @Actor
        public void requester() {
            request();
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = begun();
            open();
        }
    }

    /** The value comes when onSubscribe returns: a future is followed before that. */
    @JCStressTest
    @Outcome(id = "4, 1, 0", expect = ACCEPTABLE, desc = "signalled, and nothing is left behind")
    @Outcome(expect = FORBIDDEN, desc = "not signalled, or the loop knows it for ever")
    @State
    public static class ValueVsRegister extends Subscribed {

        public ValueVsRegister() {
            request();
        }

        @Actor
        public void subscriber() {
            register();
        }

        @Actor
        public void outcome() {
            settle();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r1 = subscriber.items();
            r.r2 = subscriber.end();
            r.r3 = open();
        }
    }
}
