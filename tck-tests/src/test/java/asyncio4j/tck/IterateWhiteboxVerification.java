package asyncio4j.tck;

import static asyncio4j.Asyncio.await;

import asyncio4j.StopAsyncIteration;
import asyncio4j.bridge.Bridge;
import asyncio4j.bridge.FluxIterator;
import asyncio4j.locks.Semaphore;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

/**
 * A task that iterates. Its first anext subscribes; a demand lets it ask once more for each element
 * demanded, and cancelling closes the iterator. The probe is told what anext gives to the task.
 */
public abstract class IterateWhiteboxVerification extends WhiteboxVerification {

    private final int prefetch;

    /** With an iterator that fetches {@code prefetch} elements ahead. */
    protected IterateWhiteboxVerification(int prefetch) {
        this.prefetch = prefetch;
    }

    @Override
    SubscriberPuppet start(Publisher<Integer> source, WhiteboxSubscriberProbe<Integer> probe) {
        Iteration iteration = new Iteration(source, probe);
        var _ = running().task(iteration::run);
        return iteration;
    }

    @Override
    Subscriber<Integer> probed(Subscriber<Integer> real, WhiteboxSubscriberProbe<Integer> probe) {
        return real;
    }

    /** The task's side, and the strings that move it. */
    private final class Iteration implements SubscriberPuppet {

        private final FluxIterator<Integer> elements;

        private final WhiteboxSubscriberProbe<Integer> probe;

        /** How often the task may ask. */
        private final Semaphore wanted = new Semaphore(1);

        /** The end that comes then isn't the publisher's. The loop's thread. */
        private boolean closed;

        Iteration(Publisher<Integer> source, WhiteboxSubscriberProbe<Integer> probe) {
            this.elements = Bridge.iterate(source, prefetch);
            this.probe = probe;
        }

        Void run() {
            try (elements) {
                for (; ; ) {
                    await(wanted.acquire());
                    probe.registerOnNext(await(elements.anext()));
                }
            } catch (StopAsyncIteration end) {
                if (!closed) {
                    probe.registerOnComplete();
                }
            } catch (Exception e) {
                probe.registerOnError(e);
            }
            return null;
        }

        @Override
        public void triggerRequest(long demand) {
            running()
                    .run(() -> {
                        for (long i = 0; i < demand; i++) {
                            wanted.release();
                        }
                    });
        }

        @Override
        public void signalCancel() {
            running()
                    .run(() -> {
                        closed = true;
                        elements.close();
                    });
        }
    }
}
