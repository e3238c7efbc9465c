package asyncio4j.bridge;

import asyncio4j.AsyncFuture;
import asyncio4j.Context;
import asyncio4j.EventLoop;

import org.jspecify.annotations.Nullable;

import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Mono;

/**
 * {@link Bridge#toMono}: a future of a loop as a Mono, which any number of subscribers on any
 * thread may share.
 */
final class TaskMono<T> extends Mono<T> implements Scannable {

    private final AsyncFuture<? extends @Nullable T> future;

    private TaskMono(AsyncFuture<? extends @Nullable T> future) {
        this.future = future;
    }

    static <T> Mono<T> of(AsyncFuture<? extends @Nullable T> future) {
        return onAssembly(new TaskMono<T>(future));
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        TaskSubscription<T> subscription = new TaskSubscription<>(actual, future);
        actual.onSubscribe(subscription);
        subscription.follow();
    }

    @Override
    @SuppressWarnings("rawtypes") // as Reactor declares it
    public @Nullable Object scanUnsafe(Attr key) {
        return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
    }

    @Override
    public String toString() {
        return "toMono(" + future + ")";
    }

    /** One subscriber of the future. */
    private static final class TaskSubscription<T> extends SingleSubscription<T> {

        private final AsyncFuture<? extends @Nullable T> future;

        private final EventLoop loop;

        TaskSubscription(
                CoreSubscriber<? super T> actual, AsyncFuture<? extends @Nullable T> future) {
            super(actual, Subscriptions.of(future.getLoop()));
            this.future = future;
            this.loop = future.getLoop();
        }

        /** Waits for the future. The subscribing thread. */
        void follow() {
            if (future.done()) {
                done();
                return;
            }
            if (registry().shut()) {
                refuse();
                return;
            }
            Context context = Context.copyContext();
            Object carried = Carrying.capture(loop, actual().currentContext());
            Runnable wait = () -> future.addDoneCallback(_ -> done(), context);
            if (ACCESS.holdsBaton(loop)) {
                Carrying.run(loop, carried, wait);
            } else {
                ACCESS.enqueueLight(loop, () -> Carrying.run(loop, carried, wait));
            }
            register(); // last: it tells the subscriber if the loop was closed meanwhile
        }

        private void done() {
            if (!terminated() && settle(future)) {
                ACCESS.retrieved(future);
            }
        }

        @Override
        boolean atHome() {
            return ACCESS.holdsBaton(loop);
        }

        @Override
        void onRequested() {
            // the future is under way
        }

        @Override
        void onAbandoned() {
            if (ACCESS.holdsBaton(loop)) {
                future.cancel();
            } else {
                ACCESS.enqueueLight(loop, future::cancel);
            }
        }

        /** The future still has it. */
        @Override
        void lateValue(T outcome) {}
    }
}
