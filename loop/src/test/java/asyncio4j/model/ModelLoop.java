package asyncio4j.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/** The loop: base_events._run_once, on a clock that moves only when nothing is ready. */
final class ModelLoop {

    /** More iterations than any program needs that comes to an end. */
    private static final int LIMIT = 20_000;

    /** A callback that is to be called. */
    static final class Handle {

        private final Runnable callback;

        private final long when;

        private final long sequence;

        private boolean cancelled;

        private Handle(Runnable callback, long when, long sequence) {
            this.callback = callback;
            this.when = when;
            this.sequence = sequence;
        }

        void cancel() {
            cancelled = true;
        }
    }

    /** An error that was reported. */
    interface Reports {
        void report(String what, Object error);
    }

    final Set<Flaw> flaws = EnumSet.noneOf(Flaw.class);

    /** All tasks, in the order in which they were made. */
    final List<ModelTask> tasks = new ArrayList<>();

    /** All futures, tasks too, that have failed. */
    final List<ModelFuture> failed = new ArrayList<>();

    /** Generators that have begun, in that order. */
    final List<ModelGenerator> generators = new ArrayList<>();

    boolean generatorsShutDown;

    Reports reports;

    /** The task that runs; null in a plain callback. */
    ModelTask current;

    long now;

    private final Deque<Handle> ready = new ArrayDeque<>();

    /**
     * Timers of the same time in the order of registration, unlike Python's heap: see
     * docs/asyncio-to-java.md.
     */
    private final PriorityQueue<Handle> timers =
            new PriorityQueue<>((a, b) ->
                    a.when != b.when
                            ? Long.compare(a.when, b.when)
                            : Long.compare(a.sequence, b.sequence));

    private long sequence;

    private int iterations;

    private boolean stopping;

    boolean has(Flaw flaw) {
        return flaws.contains(flaw);
    }

    Handle callSoon(Runnable callback) {
        Handle handle = new Handle(callback, 0, 0);
        ready.add(handle);
        return handle;
    }

    Handle callAt(long when, Runnable callback) {
        Handle handle = new Handle(callback, when, sequence++);
        timers.add(handle);
        return handle;
    }

    Handle callLater(long delay, Runnable callback) {
        return callAt(now + delay, callback);
    }

    Outcome runUntilComplete(ModelFuture future) {
        future.addDoneCallback(_ -> stopping = true);
        do {
            runOnce();
        } while (!stopping);
        stopping = false;
        return future.outcome();
    }

    private void runOnce() {
        if (++iterations > LIMIT) {
            throw new OutOfScope("it doesn't end");
        }
        while (!timers.isEmpty() && timers.peek().cancelled) {
            timers.poll();
        }
        if (ready.isEmpty()) {
            if (timers.isEmpty()) {
                throw new OutOfScope("it waits for ever");
            }
            now = Math.max(now, timers.peek().when);
        }
        while (!timers.isEmpty() && timers.peek().when <= now) {
            ready.add(timers.poll());
        }
        for (int todo = ready.size(); todo > 0; todo--) {
            Handle handle = ready.poll();
            if (!handle.cancelled) {
                handle.callback.run();
            }
        }
    }
}
