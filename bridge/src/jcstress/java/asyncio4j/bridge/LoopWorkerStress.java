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
import org.openjdk.jcstress.infra.results.I_Result;
import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

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

    /** A subscriber that counts how often it is told of an end. */
    private static final class Told implements CoreSubscriber<Integer> {

        final AtomicInteger ends = new AtomicInteger();

        private volatile @Nullable Subscription subscription;

        @Override
        public void onSubscribe(Subscription s) {
            subscription = s;
            s.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Integer element) {}

        @Override
        public void onError(Throwable error) {
            ends.incrementAndGet();
        }

        @Override
        public void onComplete() {
            ends.incrementAndGet();
        }

        void cancel() {
            Objects.requireNonNull(subscription).cancel();
        }
    }

    /** A pipeline begins to wait for the worker when the loop is closed. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "told, once")
    @Outcome(expect = FORBIDDEN, desc = "not told, or twice, or left behind")
    @State
    public static class SubscribeVsClose {

        private final EventLoop loop = Asyncio.newEventLoop();

        private final LoopScheduler scheduler = LoopScheduler.of(loop);

        private final Told told = new Told();

        @Actor
        public void closer() {
            Stress.delay();
            loop.close();
        }

        @Actor
        public void other() {
            Flux.<Integer>never().publishOn(scheduler).subscribe(told);
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = told.ends.get();
            r.r2 = Subscriptions.of(loop).size();
        }
    }

    /** The source says something when the loop is closed. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "told, once")
    @Outcome(expect = FORBIDDEN, desc = "not told, or twice, or left behind")
    @State
    public static class SignalVsClose {

        private final EventLoop loop = Asyncio.newEventLoop();

        private final Sinks.Many<Integer> sink = Sinks.many().unicast().onBackpressureBuffer();

        private final Told told = new Told();

        public SignalVsClose() {
            sink.asFlux().publishOn(LoopScheduler.of(loop)).subscribe(told);
            Stress.turns(loop, 2);
        }

        @Actor
        public void closer() {
            Stress.delay();
            loop.close();
        }

        @Actor
        public void other() {
            Stress.delay();
            sink.tryEmitNext(1);
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = told.ends.get();
            r.r2 = Subscriptions.of(loop).size();
        }
    }

    /** A pipeline is cancelled when the loop is closed. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "cancelled before")
    @Outcome(id = "1, 0", expect = ACCEPTABLE_INTERESTING, desc = "told before, once")
    @Outcome(expect = FORBIDDEN, desc = "told twice, or left behind")
    @State
    public static class CancelVsClose {

        private final EventLoop loop = Asyncio.newEventLoop();

        private final Told told = new Told();

        public CancelVsClose() {
            Flux.<Integer>never().publishOn(LoopScheduler.of(loop)).subscribe(told);
            Stress.turns(loop, 2);
        }

        @Actor
        public void closer() {
            Stress.delay();
            loop.close();
        }

        @Actor
        public void other() {
            Stress.delay();
            told.cancel();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = told.ends.get();
            r.r2 = Subscriptions.of(loop).size();
        }
    }

    /** The worker is disposed of when an operator hands in itself. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "nothing is left")
    @Outcome(expect = FORBIDDEN, desc = "its pipeline is left behind")
    @State
    public static class WorkerDisposeVsOperator extends Working {

        /** An operator. */
        private static final class Operator implements Runnable, Subscription {

            @Override
            public void run() {}

            @Override
            public void request(long n) {}

            @Override
            public void cancel() {}
        }

        @Actor
        public void disposer() {
            worker.dispose();
        }

        @Actor
        public void other() {
            try {
                worker.schedule(new Operator());
            } catch (RejectedExecutionException e) {
                // it came too late
            }
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = Subscriptions.of(loop).size();
            loop.close();
        }
    }
}
