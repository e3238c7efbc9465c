package asyncio4j.internal.loop;

import asyncio4j.internal.fiber.Step;

import org.jspecify.annotations.Nullable;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * The timers that aren't due yet, earliest first, first in first out among equals.
 *
 * <p>Cancelled ones stay until they are at the head, or until there are over {@value
 * #MIN_TO_COMPACT} timers and more than half of them are cancelled, as in asyncio. Baton holder
 * only.
 */
final class TimerQueue {

    static final int MIN_TO_COMPACT = 100;

    private final PriorityQueue<TimerStep> heap =
            new PriorityQueue<>(
                    Comparator.comparingLong(TimerStep::dueNanos)
                            .thenComparingLong(TimerStep::sequence));

    private long sequence;

    private int cancelled;

    void add(TimerStep timer) {
        timer.sequence(sequence++);
        timer.queued(true);
        heap.add(timer);
    }

    void cancel(TimerStep timer) {
        if (!timer.timerCancelled()) {
            timer.markCancelled();
            if (timer.queued()) {
                cancelled++;
            }
        }
    }

    /** The earliest timer that isn't cancelled, or null. */
    @Nullable TimerStep peek() {
        if (heap.size() > MIN_TO_COMPACT && cancelled > heap.size() / 2) {
            compact();
        }
        TimerStep head = heap.peek();
        while (head != null && head.timerCancelled()) {
            heap.poll();
            head.queued(false);
            cancelled--;
            head = heap.peek();
        }
        return head;
    }

    /** Moves what is due at {@code now} to {@code ready}. */
    void expire(long now, Queue<Step> ready) {
        for (TimerStep head = peek(); head != null && head.dueNanos() <= now; head = peek()) {
            heap.poll();
            head.queued(false);
            ready.add(head);
        }
    }

    /** How many timers there are, cancelled ones that still wait for removal included. */
    int size() {
        return heap.size();
    }

    void clear() {
        heap.clear();
        cancelled = 0;
    }

    private void compact() {
        heap.removeIf(timer -> {
            if (timer.timerCancelled()) {
                timer.queued(false);
                return true;
            }
            return false;
        });
        cancelled = 0;
    }
}
