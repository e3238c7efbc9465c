package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.SequencedSet;

/** {@link Asyncio#wait(Collection)}: suspends until some or all futures are done. */
final class Wait<F extends AsyncFuture<?>> implements Coroutine<WaitResult<F>> {

    private final SequencedSet<F> futures;

    private final ReturnWhen returnWhen;

    private final @Nullable Duration timeout;

    Wait(Collection<? extends F> futures, ReturnWhen returnWhen, @Nullable Duration timeout) {
        this.futures =
                new LinkedHashSet<>(
                        Objects.requireNonNull(futures, "wait: the collection of futures is null"));
        this.returnWhen =
                Objects.requireNonNull(
                        returnWhen, "wait: returnWhen is null: pass ReturnWhen.ALL_COMPLETED");
        this.timeout = timeout;
        if (this.futures.isEmpty()) {
            throw new IllegalArgumentException(
                    "Set of Tasks/Futures is empty: there is nothing to wait for");
        }
        for (AsyncFuture<?> future : this.futures) {
            Objects.requireNonNull(future, "wait: one of the futures is null");
        }
    }

    @Override
    public WaitResult<F> run() {
        DefaultEventLoop loop = Asyncio.requireTask("wait").loop();
        for (AsyncFuture<?> future : futures) {
            if (future.loop() != loop) {
                throw new IllegalArgumentException(
                        "wait: " + future + " belongs to a different loop: " + future.loop());
            }
        }
        AsyncFuture<@Nullable Void> enough =
                new StandIn<@Nullable Void>(loop, () -> Collections.unmodifiableSet(futures));
        Sleep.@Nullable WakeUp timer = timeout == null ? null : Sleep.WakeUp.after(timeout, enough);
        Count count = new Count(enough, returnWhen, futures.size());
        List<Told> told = new ArrayList<>(futures.size());
        for (AsyncFuture<?> future : futures) {
            Told entry = new Told(future, count);
            told.add(entry);
            future.add(entry);
        }
        try {
            Asyncio.await(enough);
        } finally {
            if (timer != null) {
                timer.cancel();
            }
            for (Told entry : told) {
                entry.future.remove(entry);
            }
        }
        return sorted();
    }

    /** What is done by now, which may be more than what ended the wait. */
    private WaitResult<F> sorted() {
        SequencedSet<F> done = new LinkedHashSet<>();
        SequencedSet<F> pending = new LinkedHashSet<>();
        for (F future : futures) {
            (future.done() ? done : pending).add(future);
        }
        return new WaitResult<>(
                Collections.unmodifiableSequencedSet(done),
                Collections.unmodifiableSequencedSet(pending));
    }

    /** How many are missing, for one run. Baton holder only. */
    private static final class Count {

        private final AsyncFuture<@Nullable Void> enough;

        private final ReturnWhen returnWhen;

        private int missing;

        Count(AsyncFuture<@Nullable Void> enough, ReturnWhen returnWhen, int missing) {
            this.enough = enough;
            this.returnWhen = returnWhen;
            this.missing = missing;
        }

        void done(AsyncFuture<?> future) {
            missing--;
            if (missing == 0
                    || returnWhen == ReturnWhen.FIRST_COMPLETED
                    || (returnWhen == ReturnWhen.FIRST_EXCEPTION
                            && future.peekException() != null)) {
                enough.setResultUnlessDone(null);
            }
        }
    }

    /** One future's way to tell. */
    private static final class Told extends LightCallback {

        private final AsyncFuture<?> future;

        private final Count count;

        Told(AsyncFuture<?> future, Count count) {
            this.future = future;
            this.count = count;
        }

        @Override
        public void run() {
            count.done(future);
        }
    }
}
