package asyncio4j.tck;

import asyncio4j.EventLoop;
import asyncio4j.bridge.Bridge;

import org.reactivestreams.Processor;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/**
 * A Processor made of the bridge's parts: a generator for each downstream goes through what comes
 * in with {@code iterate}, and yields it. What the downstream holds is the generator's own
 * subscription. With one downstream, what the upstream signals to is the iterator's own subscriber;
 * with several, Reactor's multicast is between the upstream and the iterators.
 *
 * <p>A generator begins with the first demand, and a Processor has to pass on an error without one.
 * So there is one demand more, for a first item that says that the body has begun; the downstream
 * doesn't see that.
 */
final class GeneratorProcessor implements Processor<Integer, Integer> {

    private static final int BEGUN = -1;

    private final Inlet inlet = new Inlet();

    private final EventLoop loop;

    private final int bufferSize;

    /** What the generators go through. */
    private final Publisher<Integer> incoming;

    private GeneratorProcessor(EventLoop loop, int bufferSize, boolean multicast) {
        this.loop = loop;
        this.bufferSize = bufferSize;
        if (multicast) {
            Sinks.ManyWithUpstream<Integer> shared =
                    Sinks.unsafe()
                            .manyWithUpstream()
                            .multicastOnBackpressureBuffer(bufferSize, true);
            var _ = shared.subscribeTo(inlet);
            incoming = shared.asFlux();
        } else {
            incoming = inlet;
        }
    }

    /** For one downstream. */
    static GeneratorProcessor unicast(EventLoop loop, int bufferSize) {
        return new GeneratorProcessor(loop, bufferSize, false);
    }

    /** For any number of them; each gets what comes from its subscription on. */
    static GeneratorProcessor multicast(EventLoop loop, int bufferSize) {
        return new GeneratorProcessor(loop, bufferSize, true);
    }

    /** Returns when the generator listens, unless the downstream doesn't want it any more. */
    @Override
    public void subscribe(Subscriber<? super Integer> downstream) {
        if (downstream == null) {
            throw new NullPointerException("subscribe(null)");
        }
        CountDownLatch listening = new CountDownLatch(1);
        WithoutFirst subscriber = new WithoutFirst(downstream);
        Bridge.<Integer>flux(
                        loop,
                        g -> {
                            g.yield(BEGUN);
                            Publisher<Integer> source =
                                    s -> {
                                        incoming.subscribe(s);
                                        listening.countDown();
                                    };
                            try (var elements = Bridge.iterate(source, bufferSize)) {
                                for (int element : elements) {
                                    g.yield(element);
                                }
                            }
                        })
                .subscribe(subscriber);
        if (!subscriber.isCancelled()) {
            try {
                listening.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Waits until so many elements more have come in. */
    void awaitArrivals(int elements) {
        inlet.arrivals.acquireUninterruptibly(elements);
    }

    @Override
    public void onSubscribe(Subscription s) {
        inlet.onSubscribe(s);
    }

    @Override
    public void onNext(Integer element) {
        inlet.onNext(element);
    }

    @Override
    public void onError(Throwable error) {
        inlet.onError(error);
    }

    @Override
    public void onComplete() {
        inlet.onComplete();
    }

    /** Asks for the first item on its own account, and keeps it to itself. */
    private static final class WithoutFirst implements CoreSubscriber<Integer> {

        private final Subscriber<? super Integer> downstream;

        private volatile Subscription subscription;

        private boolean begun;

        WithoutFirst(Subscriber<? super Integer> downstream) {
            this.downstream = downstream;
        }

        @Override
        public void onSubscribe(Subscription s) {
            subscription = s;
            downstream.onSubscribe(s);
            s.request(1);
        }

        boolean isCancelled() {
            return Scannable.from(subscription).scan(Scannable.Attr.CANCELLED);
        }

        @Override
        public void onNext(Integer item) {
            if (begun) {
                downstream.onNext(item);
            }
            begun = true;
        }

        @Override
        public void onError(Throwable error) {
            downstream.onError(error);
        }

        @Override
        public void onComplete() {
            downstream.onComplete();
        }
    }

    /** Hands the upstream's signals to the iterator's subscriber, and keeps them until it comes. */
    private static final class Inlet implements Publisher<Integer>, Subscriber<Integer> {

        final Semaphore arrivals = new Semaphore(0);

        private Subscription upstream;

        private Runnable end;

        private Subscriber<? super Integer> target;

        @Override
        public synchronized void subscribe(Subscriber<? super Integer> subscriber) {
            if (target != null) {
                Flux.<Integer>error(
                                new IllegalStateException("the processor is for one subscriber"))
                        .subscribe(subscriber);
                return;
            }
            target = subscriber;
            if (upstream != null) {
                subscriber.onSubscribe(upstream);
            }
            if (end != null) {
                end.run();
            }
        }

        @Override
        public synchronized void onSubscribe(Subscription s) {
            if (s == null) {
                throw new NullPointerException("onSubscribe(null)");
            }
            if (target != null) {
                target.onSubscribe(s);
            } else if (upstream != null) {
                s.cancel();
            }
            if (upstream == null) {
                upstream = s;
            }
        }

        @Override
        public void onNext(Integer element) {
            if (element == null) {
                throw new NullPointerException("onNext(null)");
            }
            target.onNext(element); // which has requested it
            arrivals.release();
        }

        @Override
        public void onError(Throwable error) {
            if (error == null) {
                throw new NullPointerException("onError(null)");
            }
            end(() -> target.onError(error));
        }

        @Override
        public void onComplete() {
            end(() -> target.onComplete());
        }

        private synchronized void end(Runnable signal) {
            if (target == null) {
                end = signal;
            } else {
                signal.run();
            }
        }
    }
}
