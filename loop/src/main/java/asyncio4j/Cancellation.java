package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * A cancellation on its way from a task, or a gather, through what that waits for, down to the
 * futures that nobody but the outside completes. In the order of a recursion, but without one: a
 * chain of awaits may be longer than any stack.
 *
 * <p>Where tasks wait for each other in a circle there is no such future. In asyncio the recursion
 * fails then. Here the task whose waiting leads back to one that the cancellation has come through
 * gets its {@link CancelledError} at once, as if what it waits for had been cancelled; the others
 * are cancelled in turn by its end.
 *
 * <p>Baton holder only.
 */
final class Cancellation {

    /** What became of one future's cancellation. */
    private enum Outcome {
        DONE_BEFORE,
        CANCELLED,
        /** The way has come to a task that it went through before. */
        CIRCLE
    }

    /** A future that the way goes through, and how far it is with what that waits for. */
    private static final class Level {

        final AsyncFuture<?> future;

        final Iterator<? extends AsyncFuture<?>> awaited;

        /** Some of what it waits for was cancelled. */
        boolean any;

        /** It waits for one that the way has come through. */
        boolean circle;

        Level(AsyncFuture<?> future, Iterator<? extends AsyncFuture<?>> awaited) {
            this.future = future;
            this.awaited = awaited;
        }

        void add(Outcome outcome) {
            any |= outcome == Outcome.CANCELLED;
            circle |= outcome == Outcome.CIRCLE;
        }
    }

    private final @Nullable String message;

    /** From the root to where it is now. */
    private final Deque<Level> way = new ArrayDeque<>();

    private Cancellation(@Nullable String message) {
        this.message = message;
    }

    /**
     * Cancels {@code root}, a task or a gather.
     *
     * @return false if there was nothing left to cancel
     */
    static boolean of(AsyncFuture<?> root, @Nullable String message) {
        Cancellation cancellation = new Cancellation(message);
        try {
            return cancellation.run(root) == Outcome.CANCELLED;
        } finally {
            cancellation.abandon();
        }
    }

    private Outcome run(AsyncFuture<?> root) {
        Outcome outcome = enter(root);
        while (outcome == null || !way.isEmpty()) {
            Level level = way.getLast();
            if (outcome != null) {
                level.add(outcome);
            }
            outcome = level.awaited.hasNext() ? enter(level.awaited.next()) : leave();
        }
        return outcome;
    }

    /** Cancels {@code future}; null if that goes on with what it waits for. */
    private @Nullable Outcome enter(AsyncFuture<?> future) {
        if (future instanceof Task<?> task) {
            return enterTask(task);
        }
        if (!(future instanceof GatheringFuture<?>)) {
            return future.cancel(message) ? Outcome.CANCELLED : Outcome.DONE_BEFORE;
        }
        if (future.done()) {
            return Outcome.DONE_BEFORE; // what it failed with still waits for somebody who asks
        }
        way.addLast(new Level(future, future.waitsForAll().iterator()));
        return null;
    }

    private @Nullable Outcome enterTask(Task<?> task) {
        task.retrieved();
        if (task.done()) {
            return Outcome.DONE_BEFORE;
        }
        if (task.beingCancelled) {
            return Outcome.CIRCLE;
        }
        task.cancelRequested();
        AsyncFuture<?> awaited = task.waitsFor();
        if (awaited instanceof Task<?> || awaited instanceof GatheringFuture<?>) {
            task.beingCancelled = true;
            way.addLast(new Level(task, List.of(awaited).iterator()));
            return null;
        }
        if (awaited == null || !awaited.cancel(message)) {
            task.cancelLater(message);
        }
        return Outcome.CANCELLED;
    }

    /** All that the last one on the way waits for has been cancelled, if it could be. */
    private Outcome leave() {
        Level level = way.removeLast();
        if (level.future instanceof Task<?> task) {
            task.beingCancelled = false;
            if (level.circle) {
                task.cancelNow(message);
            } else if (!level.any) {
                task.cancelLater(message);
            }
            return Outcome.CANCELLED;
        }
        if (level.any) {
            ((GatheringFuture<?>) level.future).cancelRequested(message);
        }
        return level.circle ? Outcome.CIRCLE : level.any ? Outcome.CANCELLED : Outcome.DONE_BEFORE;
    }

    /** Leaves no mark on a task, whatever was thrown. */
    private void abandon() {
        for (Level level : way) {
            if (level.future instanceof Task<?> task) {
                task.beingCancelled = false;
            }
        }
    }
}
