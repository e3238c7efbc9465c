package asyncio4j.benchmarks;

import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;

/** The lightest of subscribers: wants everything, and adds it up. The same for every peer. */
final class Total implements CoreSubscriber<Integer> {

    private final Runnable atEnd;

    private int sum;

    private boolean ended;

    /** Runs {@code atEnd} where the Flux completes. */
    Total(Runnable atEnd) {
        this.atEnd = atEnd;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Integer item) {
        sum += item;
    }

    @Override
    public void onError(Throwable error) {
        throw new IllegalStateException(error);
    }

    @Override
    public void onComplete() {
        ended = true;
        atEnd.run();
    }

    /** The sum; everything must have come. */
    int sum() {
        if (!ended) {
            throw new IllegalStateException("it hasn't completed");
        }
        return sum;
    }
}
