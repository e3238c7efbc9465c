package asyncio4j.tck;

import asyncio4j.Task;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

/**
 * A task that awaits. All that it will ever request is requested at onSubscribe, so there is
 * nothing to do for a demand; cancelling it cancels its subscription. The probe is told what the
 * subscriber has taken in.
 */
public abstract class AwaitWhiteboxVerification extends WhiteboxVerification {

    /** Awaits {@code publisher}. In a task. */
    abstract void use(Publisher<Integer> publisher);

    @Override
    SubscriberPuppet start(Publisher<Integer> source, WhiteboxSubscriberProbe<Integer> probe) {
        Task<Void> task =
                running()
                        .task(() -> {
                            use(source);
                            return null;
                        });
        return new SubscriberPuppet() {
            @Override
            public void triggerRequest(long elements) {}

            @Override
            public void signalCancel() {
                running().run(task::cancel);
            }
        };
    }

    @Override
    Subscriber<Integer> probed(Subscriber<Integer> real, WhiteboxSubscriberProbe<Integer> probe) {
        return new Passing(real) {
            @Override
            public void onNext(Integer element) {
                super.onNext(element);
                probe.registerOnNext(element);
            }

            @Override
            public void onError(Throwable error) {
                super.onError(error);
                probe.registerOnError(error);
            }

            @Override
            public void onComplete() {
                super.onComplete();
                probe.registerOnComplete();
            }
        };
    }
}
