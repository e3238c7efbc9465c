package asyncio4j.bridge;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

import reactor.core.Fuseable;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Queue;

/**
 * What an {@link IteratingSubscriber} has fetched ahead and not used: the source's own queue if it
 * offers one, or else two that the publisher puts the elements into.
 *
 * <p><b>Of two queues one belongs to the task.</b> A synchronous source emits on the very thread
 * that requests, which holds the baton, and nobody else can see these elements meanwhile: {@code
 * near} is an ordinary queue, which the baton guards. All others go into {@code queue}. An element
 * goes to the near ones only if {@code queue} is empty, and these are polled first. So the order is
 * that of the signals: as a publisher signals one after the other, each of them sees what those
 * before it have put in.
 *
 * <p><b>What is left is discarded by one thread at a time.</b> {@link #discard} may be called by
 * the one who closes the iterator and by the publisher, which may find that out only after having
 * put something in. {@code discarding} counts the calls, and only the first of those that meet
 * empties the queue, as often as there were calls: so none leaves before it was seen what the
 * others had put in.
 */
final class FetchedElements<T> {

    private static final VarHandle DISCARDING;

    static {
        try {
            DISCARDING =
                    MethodHandles.lookup()
                            .findVarHandle(FetchedElements.class, "discarding", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // Written by open, which comes before all else.

    private @Nullable Queue<T> queue;

    private int fusion = Fuseable.NONE;

    /** What has come on the thread that requests. Baton holder; others may ask for its size. */
    final NearElements<T> near = new NearElements<>();

    @SuppressWarnings("unused") // through DISCARDING
    private volatile int discarding;

    /** Chooses the queue. In onSubscribe. */
    @SuppressWarnings("unchecked") // a QueueSubscription has the source's elements
    void open(Subscription s, int prefetch) {
        if (s instanceof Fuseable.QueueSubscription<?> own) {
            // Polled by the loop's thread: the source's code must not move there.
            int mode = own.requestFusion(Fuseable.ANY | Fuseable.THREAD_BARRIER);
            if (mode == Fuseable.SYNC || mode == Fuseable.ASYNC) {
                fusion = mode;
                queue = (Queue<T>) own;
                return;
            }
        }
        queue =
                prefetch == Integer.MAX_VALUE
                        ? Queues.<T>unbounded().get()
                        : Queues.<T>get(prefetch).get();
    }

    /** The source has all its elements at hand: nothing is requested, and null is the end. */
    boolean isSync() {
        return fusion == Fuseable.SYNC;
    }

    /** The source puts the elements in by itself, and onNext only says that it has. */
    boolean isAsync() {
        return fusion == Fuseable.ASYNC;
    }

    /** The next element that isn't near, or null. Baton holder. */
    @Nullable T poll() {
        return Objects.requireNonNull(queue).poll();
    }

    /** Whether nothing is there that came on another thread: what comes now can be near. */
    boolean isNear() {
        return Objects.requireNonNull(queue).isEmpty();
    }

    /** Puts an element in; false if there is no room. The publisher, one thread at a time. */
    boolean offer(T element) {
        return Objects.requireNonNull(queue).offer(element);
    }

    boolean isEmpty() {
        return near.isEmpty() && Objects.requireNonNull(queue).isEmpty();
    }

    int size() {
        return near.size() + Objects.requireNonNull(queue).size();
    }

    /** Discards what is near: the iterator is closed. Baton holder. */
    void discardNear(Context context) {
        near.discard(context);
    }

    /** Discards what isn't near. The iterator is closed: nobody polls any more. Any thread. */
    void discard(Context context) {
        if ((int) DISCARDING.getAndAdd(this, 1) != 0) {
            return;
        }
        int seen = 1;
        do {
            Queue<T> left = Objects.requireNonNull(queue);
            if (fusion == Fuseable.NONE) {
                Operators.onDiscardQueueWithClear(left, context, null);
            } else {
                clear(left, context);
            }
            seen = (int) DISCARDING.getAndAdd(this, -seen) - seen;
        } while (seen != 0);
    }

    private static void clear(Queue<?> left, Context context) {
        try {
            left.clear();
        } catch (Throwable e) { // the source's
            if (Awaits.isBeyondSignals(e)) {
                throw e;
            }
            Operators.onErrorDropped(e, context);
        }
    }
}
