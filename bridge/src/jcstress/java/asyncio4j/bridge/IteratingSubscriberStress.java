package asyncio4j.bridge;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import asyncio4j.Asyncio;
import asyncio4j.EventLoop;
import asyncio4j.Task;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;

/** What a publisher on another thread signals while a task iterates over it. */
public final class IteratingSubscriberStress {

    private IteratingSubscriberStress() {}

    /** What the publisher fails with. */
    private static final class Failure extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Failure() {
            super("stress", null, false, false);
        }
    }

    /** A task that waits for the first element of its iterator; there is demand for four. */
    abstract static class Iterating {

        static final int COMPLETED = 1;

        static final int VIOLATED = 2;

        final EventLoop loop = Asyncio.newEventLoop();

        /** How often each element was used or discarded; that of 0 is the error's. */
        final AtomicIntegerArray fates = new AtomicIntegerArray(3);

        final AtomicInteger dropped = new AtomicInteger();

        /** The elements that were used, as the digits of a number. */
        volatile int used;

        int end;

        int cancels;

        final Task<Void> task;

        @Nullable FluxIterator<Integer> iterator;

        private @Nullable Subscriber<? super Integer> subscriber;

        Iterating() {
            task =
                    loop.createTask(() -> {
                        iterate();
                        return null;
                    });
            Stress.turns(loop, 2);
        }

        private void iterate() {
            ReactorContext.change(this::withHooks);
            Publisher<Integer> source =
                    s -> {
                        subscriber = s;
                        s.onSubscribe(new Upstream());
                    };
            try (FluxIterator<Integer> elements = Bridge.iterate(source, 4)) {
                iterator = elements;
                while (elements.hasNext()) {
                    int element = elements.next();
                    used = 10 * used + element;
                    fates.incrementAndGet(element);
                }
                end = COMPLETED;
            } catch (Failure e) {
                fates.incrementAndGet(0);
            } catch (ProtocolViolationException e) {
                end = VIOLATED;
            }
        }

        private Context withHooks(Context before) {
            Consumer<Object> discarded = element -> fates.incrementAndGet((Integer) element);
            Consumer<Object> drop =
                    element -> {
                        dropped.incrementAndGet();
                        discarded.accept(element);
                    };
            Consumer<Throwable> dropError = e -> fates.incrementAndGet(0);
            return Operators.enableOnDiscard(before, discarded)
                    .put("reactor.onNextDropped.local", drop)
                    .put("reactor.onErrorDropped.local", dropError);
        }

        Subscriber<? super Integer> subscriber() {
            return Objects.requireNonNull(subscriber);
        }

        /** What the task has; cancelled once. */
        private final class Upstream implements Subscription {

            @Override
            public void request(long n) {}

            @Override
            public void cancel() {
                cancels++;
            }
        }
    }

    /** The task comes to wait after the first element, and then the second comes. */
    @JCStressTest
    @Outcome(id = "12, 0", expect = ACCEPTABLE, desc = "both elements")
    @Outcome(expect = FORBIDDEN, desc = "the task waits on although there is something")
    @State
    public static class ElementVsWaiting extends Iterating {

        private volatile boolean done;

        public ElementVsWaiting() {
            subscriber().onNext(1);
        }

        @Actor
        public void loop() {
            Stress.turns(loop, 3);
            done = true;
        }

        @Actor
        public void publisher() {
            Stress.await(() -> used != 0, () -> done);
            Stress.delay();
            subscriber().onNext(2);
        }

        @Arbiter
        public void after(II_Result r) {
            Stress.turns(loop, 3);
            r.r1 = used;
            r.r2 = end;
            task.cancel();
            Stress.turns(loop, 2);
            loop.close();
        }
    }

    /** The task comes to wait after the first element, and then the end comes. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the element, and the end")
    @Outcome(expect = FORBIDDEN, desc = "the task waits on although this is the end")
    @State
    public static class EndVsWaiting extends Iterating {

        private volatile boolean done;

        public EndVsWaiting() {
            subscriber().onNext(1);
        }

        @Actor
        public void loop() {
            Stress.turns(loop, 3);
            done = true;
        }

        @Actor
        public void publisher() {
            Stress.await(() -> used != 0, () -> done);
            Stress.delay();
            subscriber().onComplete();
        }

        @Arbiter
        public void after(II_Result r) {
            Stress.turns(loop, 3);
            r.r1 = used;
            r.r2 = end;
            task.cancel();
            Stress.turns(loop, 2);
            loop.close();
        }
    }

    /** The iterator is closed while elements and an error come. */
    @JCStressTest
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "each was used, or discarded, once")
    @Outcome(expect = FORBIDDEN, desc = "an element or the error is lost, or was used twice")
    @State
    public static class SignalsVsClose extends Iterating {

        @Actor
        public void loop() {
            loop.callSoon(Objects.requireNonNull(iterator)::close);
            Stress.turns(loop, 2);
        }

        @Actor
        public void publisher() {
            Stress.delay();
            subscriber().onNext(1);
            subscriber().onNext(2);
            subscriber().onError(new Failure());
        }

        @Arbiter
        public void after(III_Result r) {
            Stress.turns(loop, 3);
            r.r1 = fates.get(1);
            r.r2 = fates.get(2);
            r.r3 = fates.get(0);
            loop.close();
        }
    }

    /** Two threads call onNext, which they must not do at once. */
    @JCStressTest
    @Outcome(
            id = "2, 0, 0, 0",
            expect = ACCEPTABLE_INTERESTING,
            desc = "one after the other: both were used")
    @Outcome(
            id = "1, 1, 2, 1",
            expect = ACCEPTABLE_INTERESTING,
            desc = "at once: one was dropped, and the task told; the publisher was cancelled")
    @Outcome(expect = FORBIDDEN, desc = "an element is lost, or came twice, or nobody was told")
    @State
    public static class OnNextVsOnNext extends Iterating {

        @Actor
        public void one() {
            subscriber().onNext(1);
        }

        @Actor
        public void two() {
            subscriber().onNext(2);
        }

        @Arbiter
        public void after(IIII_Result r) {
            Stress.turns(loop, 3);
            r.r1 = fates.get(1) + fates.get(2) - dropped.get();
            r.r2 = dropped.get();
            r.r3 = end;
            r.r4 = cancels;
            task.cancel();
            Stress.turns(loop, 2);
            loop.close();
        }
    }

    /** Elements that are put in by the publisher, and discarded by it and by who closes. */
    @JCStressTest
    @Outcome(id = "4, 0", expect = ACCEPTABLE, desc = "each was discarded, once")
    @Outcome(expect = FORBIDDEN, desc = "one is left, or was discarded twice")
    @State
    public static class DiscardVsDiscard {

        private final FetchedElements<Integer> elements = new FetchedElements<>();

        private final AtomicInteger discarded = new AtomicInteger();

        private final Context context =
                Operators.enableOnDiscard(Context.empty(), element -> discarded.incrementAndGet());

        public DiscardVsDiscard() {
            elements.open(Operators.emptySubscription(), 8);
            elements.offer(1);
            elements.offer(2);
        }

        @Actor
        public void publisher() {
            elements.offer(3);
            elements.discard(context);
            elements.offer(4);
            elements.discard(context);
        }

        @Actor
        public void closer() {
            elements.discard(context);
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = discarded.get();
            r.r2 = elements.size();
        }
    }
}
