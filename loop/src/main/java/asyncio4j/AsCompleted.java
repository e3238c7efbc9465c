package asyncio4j;

import asyncio4j.internal.loop.TimerStep;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/**
 * Outcomes in the order in which they come: what {@link Asyncio#asCompleted(Collection)} makes.
 * There are three ways to take them; all take from the same, so that a loop that was left is gone
 * on with by another.
 *
 * <p>As an {@link Iterable} it gives coroutines, each once and without suspending; awaiting one
 * gives the next result, or throws the next error, whichever of the coroutines it is.
 *
 * {@snippet :
 * List<Coroutine<String>> work = List.of(
 *         sleep(Duration.ofMillis(20), "slow"), sleep(Duration.ofMillis(10), "quick"));
 * for (Coroutine<String> next : asCompleted(work)) {
 *     System.out.println(await(next)); // quick, then slow
 * }
 * }
 *
 * <p>{@link #futures()} and {@link #anext()} give the futures themselves, done as they are: the
 * very tasks that were passed in, and the tasks that were made of coroutines.
 *
 * {@snippet :
 * List<Task<String>> tasks = List.of(
 *         createTask(sleep(Duration.ofMillis(20), "slow")),
 *         createTask(sleep(Duration.ofMillis(10), "quick")));
 * for (AsyncFuture<String> done : asCompleted(tasks).futures()) { // suspends
 *     System.out.println(tasks.indexOf(done) + " " + done.result());
 * }
 * }
 *
 * <p>If there is a timeout, whoever takes more than was done by then gets a {@link
 * TimeoutException}; what isn't done goes on. It is for one loop, and belongs to its thread.
 *
 * @param <T> the type of the results
 */
public final class AsCompleted<T extends @Nullable Object>
        implements Iterable<Coroutine<T>>, AsyncIterator<AsyncFuture<T>> {

    private final DefaultEventLoop loop;

    // Baton holder only, from here on.

    /** Those that aren't done, and how each tells that it is. */
    private final Map<AsyncFuture<?>, Told> todo = new LinkedHashMap<>();

    /** Those that are done and were not taken yet. */
    private final Deque<AsyncFuture<T>> done = new ArrayDeque<>();

    /** Those who wait for the next one, the first first. */
    private final Deque<AsyncFuture<@Nullable Void>> takers = new ArrayDeque<>();

    /** How many there are to be asked for yet. */
    private int left;

    /** The time was over before all were done. */
    private boolean late;

    private @Nullable Deadline deadline;

    private final @Nullable Duration timeout;

    private AsCompleted(DefaultEventLoop loop, @Nullable Duration timeout) {
        this.loop = loop;
        this.timeout = timeout;
    }

    /** Has the futures tell when they are done, and begins to count the time. */
    static <T extends @Nullable Object> AsCompleted<T> of(
            Collection<? extends Awaitable<? extends T>> awaitables, @Nullable Duration timeout) {
        Objects.requireNonNull(awaitables, "asCompleted: the collection of awaitables is null");
        DefaultEventLoop loop = GatheringFuture.loopOf("asCompleted", awaitables);
        AsCompleted<T> all = new AsCompleted<>(loop, timeout);
        for (Awaitable<? extends T> awaitable : awaitables) {
            all.add(Asyncio.ensureFuture(awaitable, loop));
        }
        all.start();
        return all;
    }

    private void start() {
        left = todo.size();
        if (timeout != null && left > 0) {
            Deadline timer = new Deadline(Durations.after(loop.core().nanos(), timeout));
            deadline = timer;
            loop.core().add(timer);
        }
    }

    private void add(AsyncFuture<? extends T> future) {
        if (!todo.containsKey(future)) {
            Told told = new Told(future);
            todo.put(future, told);
            future.add(told);
        }
    }

    /**
     * The next outcomes as coroutines. Doesn't suspend.
     *
     * @return the iterator, the same as any other of this object; each of its coroutines may be
     *     awaited once, and throws {@link TimeoutException} when the time is over
     */
    @Override
    public Iterator<Coroutine<T>> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return left > 0;
            }

            @Override
            public Coroutine<T> next() {
                claim();
                return Unawaited.track("AsCompleted.next", new Next());
            }
        };
    }

    /**
     * The futures themselves, for a {@code for} loop in a task.
     *
     * @return a view whose iterator waits for the next future that is done; its {@code next()}
     *     suspends, and throws {@link TimeoutException} when the time is over
     */
    public Iterable<AsyncFuture<T>> futures() {
        return () ->
                new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return left > 0;
                    }

                    @Override
                    public AsyncFuture<T> next() {
                        Asyncio.requireTask("asCompleted");
                        claim();
                        try {
                            return take();
                        } catch (TimeoutException e) {
                            throw Sneaky.raise(e);
                        }
                    }
                };
    }

    /**
     * Asks for the next future that is done.
     *
     * @return a coroutine of the future; it throws {@link StopAsyncIteration} after the last one,
     *     and {@link TimeoutException} when the time is over
     */
    @Override
    @CheckReturnValue
    public Coroutine<AsyncFuture<T>> anext() {
        return Unawaited.track(
                "anext",
                () -> {
                    if (left == 0) {
                        throw new StopAsyncIteration();
                    }
                    claim();
                    return take();
                });
    }

    private void claim() {
        loop.checkThread("taking from asCompleted");
        if (left == 0) {
            throw new NoSuchElementException("all outcomes of asCompleted were taken");
        }
        left--;
    }

    /** The next one that is done; waits for it if need be. In a task. */
    private AsyncFuture<T> take() throws TimeoutException {
        while (done.isEmpty()) {
            if (late) {
                throw new TimeoutException("not done within " + timeout);
            }
            AsyncFuture<@Nullable Void> turn =
                    new StandIn<@Nullable Void>(loop, () -> List.copyOf(todo.keySet()));
            takers.add(turn);
            try {
                Asyncio.await(turn);
            } catch (CancelledError e) {
                takers.remove(turn);
                if (!turn.cancelled() && !done.isEmpty()) {
                    wakeNext(); // it was woken and won't take
                }
                throw e;
            }
        }
        return done.remove();
    }

    private void wakeNext() {
        for (var taker = takers.poll(); taker != null; taker = takers.poll()) {
            if (!taker.done()) {
                taker.setResult(null);
                return;
            }
        }
    }

    @Override
    public String toString() {
        return "AsCompleted[left="
                + left
                + ", pending="
                + todo.size()
                + (late ? ", late" : "")
                + "]";
    }

    /** One outcome. Baton holder only. */
    private final class Next implements Coroutine<T> {

        private boolean awaited;

        @Override
        public T run() throws TimeoutException {
            if (awaited) {
                throw new IllegalStateException(
                        "cannot reuse already awaited coroutine: each that asCompleted gives stands"
                                + " for one outcome");
            }
            Asyncio.requireTask("asCompleted");
            awaited = true;
            return Asyncio.await(take());
        }
    }

    /** One future's way to tell. */
    private final class Told extends LightCallback {

        private final AsyncFuture<? extends T> future;

        Told(AsyncFuture<? extends T> future) {
            this.future = future;
        }

        @Override
        @SuppressWarnings("unchecked") // it is done: nothing can be put into it any more
        public void run() {
            if (todo.remove(future) != null) {
                done.add((AsyncFuture<T>) future);
                wakeNext();
                if (todo.isEmpty() && deadline != null) {
                    loop.core().cancel(deadline);
                }
            }
        }
    }

    /** The end of the time. Baton holder only. */
    private final class Deadline extends TimerStep {

        Deadline(long when) {
            super(when);
        }

        @Override
        public boolean light() {
            return true;
        }

        @Override
        public void run() {
            if (todo.isEmpty()) {
                return;
            }
            late = true;
            List<Told> dropped = new ArrayList<>(todo.values());
            todo.clear();
            for (Told told : dropped) {
                told.future.remove(told);
            }
            while (!takers.isEmpty()) {
                wakeNext();
            }
        }

        @Override
        public String toString() {
            return "the deadline of asCompleted";
        }
    }
}
