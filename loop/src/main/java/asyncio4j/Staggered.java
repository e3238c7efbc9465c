package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/** {@link Asyncio#staggeredRace}. Python's {@code asyncio.staggered}. */
final class Staggered<T extends @Nullable Object> implements Coroutine<StaggeredResult<T>> {

    private final List<Coroutine<? extends T>> coroutines;

    private final @Nullable Duration delay;

    Staggered(Collection<? extends Coroutine<? extends T>> coroutines, @Nullable Duration delay) {
        this.coroutines = new ArrayList<>(coroutines);
        this.delay = delay;
        for (Coroutine<?> coroutine : this.coroutines) {
            Objects.requireNonNull(coroutine, "staggeredRace: one of the coroutines is null");
        }
    }

    @Override
    public StaggeredResult<T> run() {
        return new Race<T>(Asyncio.requireTask("staggeredRace").loop(), coroutines, delay).run();
    }

    /** One run of it. Baton holder only. */
    private static final class Race<T extends @Nullable Object> {

        private final DefaultEventLoop loop;

        private final List<Coroutine<? extends T>> coroutines;

        private final @Nullable Duration delay;

        /** How many coroutines have been started. */
        private int started;

        private final List<@Nullable Throwable> exceptions = new ArrayList<>();

        /** The tasks of those that run, and of the one that waits for its turn. */
        private final Set<Task<?>> running = new LinkedHashSet<>();

        private int winner = -1;

        private @Nullable T result;

        /** KeyboardInterrupt or SystemExit, which are nobody's failure. */
        private @Nullable Throwable escaped;

        /** Done when nothing runs any more. */
        private @Nullable AsyncFuture<@Nullable Void> ended;

        Race(
                DefaultEventLoop loop,
                List<Coroutine<? extends T>> coroutines,
                @Nullable Duration delay) {
            this.loop = loop;
            this.coroutines = coroutines;
            this.delay = delay;
        }

        /** Starts the first, and waits until all that were started have ended. */
        StaggeredResult<T> run() {
            startNext(null);
            CancelledError cancelled = null;
            while (!running.isEmpty()) {
                AsyncFuture<@Nullable Void> end =
                        new StandIn<@Nullable Void>(loop, () -> List.copyOf(running));
                ended = end;
                try {
                    Asyncio.await(end);
                } catch (CancelledError e) {
                    cancelled = e;
                    cancelAll(e.getMessage(), null);
                }
            }
            if (escaped != null) {
                throw Sneaky.raise(escaped);
            }
            if (cancelled != null) {
                throw cancelled;
            }
            return new StaggeredResult<>(result, winner, Collections.unmodifiableList(exceptions));
        }

        /** A task for the next one, which begins when {@code previousFailed} is done. */
        private void startNext(@Nullable AsyncFuture<@Nullable Void> previousFailed) {
            Task<?> task =
                    loop.facade()
                            .<@Nullable Void>createTask(
                                    Coroutine.of(() -> runOne(previousFailed)),
                                    TaskOptions.DEFAULT);
            running.add(task);
            task.add(
                    new LightCallback() {
                        @Override
                        public void run() {
                            taskDone(task);
                        }
                    });
        }

        private void runOne(@Nullable AsyncFuture<@Nullable Void> previousFailed) {
            if (previousFailed != null) {
                awaitTurn(previousFailed);
            }
            if (winner >= 0 || started == coroutines.size()) {
                return;
            }
            int index = started++;
            exceptions.add(null);
            AsyncFuture<@Nullable Void> failed = loop.createFuture();
            startNext(failed);
            T value;
            try {
                value = Asyncio.await(coroutines.get(index));
            } catch (KeyboardInterrupt | SystemExit | GeneratorExit e) {
                throw e;
            } catch (Throwable e) { // a cancellation, too
                exceptions.set(index, e);
                failed.setResultUnlessDone(null);
                return;
            }
            if (winner < 0) { // else another one came in before this could be cancelled
                winner = index;
                result = value;
                cancelAll(null, Asyncio.currentTask());
            }
        }

        private void awaitTurn(AsyncFuture<@Nullable Void> previousFailed) {
            try {
                Asyncio.await(new WaitFor<>(previousFailed, delay));
            } catch (TimeoutException e) {
                // the one before takes its time: this one's turn
            }
        }

        private void cancelAll(@Nullable String message, @Nullable Task<?> except) {
            for (Task<?> task : running) {
                if (task != except) {
                    task.cancel(message);
                }
            }
        }

        private void taskDone(Task<?> task) {
            running.remove(task);
            Throwable error = task.peekException();
            if (error != null) {
                task.retrieved();
                escaped = error;
            }
            AsyncFuture<@Nullable Void> end = ended;
            if (end != null && running.isEmpty()) {
                end.setResultUnlessDone(null);
            }
        }
    }
}
