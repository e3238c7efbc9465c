package asyncio4j.bridge;

import asyncio4j.AsyncFuture;
import asyncio4j.Context;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.Task;

import org.jspecify.annotations.Nullable;

import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.Scannable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/** {@link Bridge#mono}: a coroutine as a Mono, with a new task for each subscriber. */
final class CoroutineMono<T> extends Mono<T> implements Scannable {

    private final EventLoop loop;

    private final Coroutine<? extends @Nullable T> coroutine;

    private CoroutineMono(EventLoop loop, Coroutine<? extends @Nullable T> coroutine) {
        this.loop = loop;
        this.coroutine = coroutine;
    }

    static <T> Mono<T> of(EventLoop loop, Coroutine<? extends @Nullable T> coroutine) {
        return onAssembly(new CoroutineMono<T>(loop, coroutine));
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        CoroutineSubscription<T> subscription =
                new CoroutineSubscription<>(actual, loop, coroutine);
        actual.onSubscribe(subscription);
        subscription.register();
    }

    @Override
    @SuppressWarnings("rawtypes") // as Reactor declares it
    public @Nullable Object scanUnsafe(Attr key) {
        return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
    }

    /**
     * One subscriber and its task.
     *
     * <p>The task is made by {@link #begin} on the loop's thread, and cancelled by {@link
     * #cancelTask}, there as well, once TERMINATED is set. If {@code begin} comes second, it sees
     * TERMINATED and makes none; if {@code cancelTask} does, it sees the task. Where the task
     * starts inside of its making, {@code begin} looks once more afterwards.
     */
    private static final class CoroutineSubscription<T> extends SingleSubscription<T> {

        private final EventLoop loop;

        private final Coroutine<? extends @Nullable T> coroutine;

        /** The subscriber's, with its Reactor Context; the task's own in the end. */
        private final Context context;

        /** What it has in the thread-locals. */
        private final @Nullable Object carried;

        /** Null until it is made. The loop's thread. */
        private @Nullable Task<? extends @Nullable T> task;

        CoroutineSubscription(
                CoreSubscriber<? super T> actual,
                EventLoop loop,
                Coroutine<? extends @Nullable T> coroutine) {
            super(actual, Subscriptions.of(loop));
            this.loop = loop;
            this.coroutine = coroutine;
            this.context = ReactorContext.inherit(actual.currentContext());
            this.carried = Carrying.capture(loop, actual.currentContext());
        }

        @Override
        boolean atHome() {
            return ACCESS.holdsBaton(loop);
        }

        @Override
        void onRequested() {
            if (ACCESS.holdsBaton(loop)) {
                Carrying.run(loop, carried, this::begin);
            } else if (!registry().admitsGuest()
                    || !ACCESS.enqueue(loop, this::beginAsGuest, context, carried)) {
                refuse();
            }
        }

        /** For a subscriber on another thread. The loop's thread. */
        private void beginAsGuest() {
            if (!registry().admitsGuest()) {
                refuse();
                return;
            }
            begin();
            if (task != null) {
                registry().addGuest(task);
            }
        }

        private void begin() {
            if (terminated()) {
                return;
            }
            if (registry().shut()) {
                refuse();
                return;
            }
            Task<? extends @Nullable T> made;
            try {
                made =
                        loop.createTask(
                                coroutine,
                                ReactorContext.options(actual().currentContext(), context));
            } catch (Throwable e) {
                if (Awaits.isBeyondSignals(e)) {
                    throw e;
                }
                fail(Exceptions.unwrap(e)); // the task factory's
                return;
            }
            task = made;
            registry().markCleanUp(made);
            made.addDoneCallback(this::ended, context);
            if (terminated()) {
                made.cancel();
            }
        }

        private void ended(AsyncFuture<? extends @Nullable T> done) {
            Task<?> ended = task;
            if (ended != null && ACCESS.cleansUp(ended)) {
                registry().cleanUpAfter(ended, () -> tell(done)); // what follows it does, too
            } else {
                tell(done);
            }
        }

        private void tell(AsyncFuture<? extends @Nullable T> done) {
            Throwable error = ACCESS.peekException(done);
            ACCESS.retrieved(done);
            if (!settle(done) && error != null) {
                Operators.onErrorDropped(error, actual().currentContext());
            }
        }

        @Override
        void onAbandoned() {
            if (ACCESS.holdsBaton(loop)) {
                cancelTask();
            } else {
                ACCESS.enqueueLight(loop, this::cancelTask);
            }
        }

        private void cancelTask() {
            Task<?> running = task;
            if (running != null) {
                running.cancel();
            }
        }

        @Override
        void lateValue(T outcome) {
            Operators.onDiscard(outcome, actual().currentContext());
        }
    }
}
