package asyncio4j.bridge;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.reactivestreams.Subscription;

import reactor.core.publisher.Flux;

import java.util.concurrent.atomic.AtomicInteger;

/** Request and cancel of one subscription come one after the other, and cancel comes once. */
public final class SerialSubscriberStress {

    private SerialSubscriberStress() {}

    /** A subscriber that nobody is behind, and its subscription. */
    abstract static class Subscribed extends SerialSubscriber<Integer> implements Subscription {

        private final long first;

        private final AtomicInteger cancels = new AtomicInteger();

        private volatile boolean requesting;

        private volatile boolean overlapped;

        /**
         * @param first what is requested in onSubscribe
         */
        Subscribed(long first) {
            super(Flux.never());
            this.first = first;
        }

        int cancels() {
            return cancels.get();
        }

        int overlapped() {
            return overlapped ? 1 : 0;
        }

        @Override
        public void request(long n) {
            requesting = true;
            Stress.delay();
            requesting = false;
        }

        @Override
        public void cancel() {
            overlapped |= requesting;
            cancels.incrementAndGet();
        }

        @Override
        long prepare(Subscription s) {
            return first;
        }

        @Override
        void subscribed() {}

        @Override
        void fail(ProtocolViolationException broken) {}

        @Override
        void leave(@Nullable Throwable thrown) {}

        @Override
        public void onNext(Integer element) {}

        @Override
        public void onError(Throwable e) {}

        @Override
        public void onComplete() {}
    }

    /** Somebody cancels while another thread requests. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "cancelled, once and not inside of request")
    @Outcome(expect = FORBIDDEN, desc = "not cancelled, or twice, or inside of request")
    @State
    public static class RequestVsCancel extends Subscribed {

        public RequestVsCancel() {
            super(0);
            onSubscribe(this);
        }

        @Actor
        public void requester() {
            requestMore(1);
        }

        @Actor
        public void canceller() {
            cancelUpstream();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = cancels();
            r.r2 = overlapped();
        }
    }

    /** The publisher breaks a rule while another thread requests and cancels. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "cancelled, once and not inside of request")
    @Outcome(expect = FORBIDDEN, desc = "not cancelled, or twice, or inside of request")
    @State
    public static class RequestAndCancelVsViolation extends Subscribed {

        public RequestAndCancelVsViolation() {
            super(0);
            onSubscribe(this);
        }

        @Actor
        public void task() {
            requestMore(1);
            cancelUpstream();
        }

        @Actor
        public void publisher() {
            violated("1.7", "stress", null);
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = cancels();
            r.r2 = overlapped();
        }
    }

    /** Somebody cancels while the subscription comes, and is requested from at once. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "cancelled, once and not inside of request")
    @Outcome(expect = FORBIDDEN, desc = "not cancelled, or twice, or inside of request")
    @State
    public static class OnSubscribeVsCancel extends Subscribed {

        public OnSubscribeVsCancel() {
            super(1);
        }

        @Actor
        public void publisher() {
            onSubscribe(this);
        }

        @Actor
        public void canceller() {
            cancelUpstream();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = cancels();
            r.r2 = overlapped();
        }
    }
}
