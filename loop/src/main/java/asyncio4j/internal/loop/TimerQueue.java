package asyncio4j.internal.loop;

import asyncio4j.internal.fiber.Step;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Objects;
import java.util.Queue;

/**
 * The timers that aren't due yet, earliest first, first in first out among equals.
 *
 * <p>Cancelled ones stay until they are at the head, or until there are over {@value
 * #MIN_TO_COMPACT} timers and more than half of them are cancelled, as in asyncio.
 *
 * <p>A heap in which each timer has four below it, with the times in an array of their own: of
 * hundreds of thousands of timers most aren't in the processor's caches, and so a way from the top
 * to the bottom costs what it touches. Baton holder only.
 */
final class TimerQueue {

    static final int MIN_TO_COMPACT = 100;

    /** How many are below each. */
    private static final int WIDTH = 4;

    /** When the timer of the same index is due. */
    private long[] due = new long[16];

    private @Nullable TimerStep[] timers = new TimerStep[16];

    private int size;

    private long sequence;

    private int cancelled;

    void add(TimerStep timer) {
        timer.sequence(sequence++);
        timer.queued(true);
        if (size == due.length) {
            due = Arrays.copyOf(due, size * 2);
            timers = Arrays.copyOf(timers, size * 2);
        }
        rise(size++, timer.dueNanos(), timer);
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
        if (size > MIN_TO_COMPACT && cancelled > size / 2) {
            compact();
        }
        while (size > 0) {
            TimerStep head = at(0);
            if (!head.timerCancelled()) {
                return head;
            }
            removeHead();
            cancelled--;
        }
        return null;
    }

    /** Moves what is due at {@code now} to {@code ready}. */
    void expire(long now, Queue<Step> ready) {
        for (TimerStep head = peek(); head != null && head.dueNanos() <= now; head = peek()) {
            removeHead();
            ready.add(head);
        }
    }

    /** How many timers there are, cancelled ones that still wait for removal included. */
    int size() {
        return size;
    }

    void clear() {
        Arrays.fill(timers, 0, size, null);
        size = 0;
        cancelled = 0;
    }

    private void compact() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            TimerStep timer = at(i);
            if (timer.timerCancelled()) {
                timer.queued(false);
            } else {
                put(kept++, due[i], timer);
            }
        }
        Arrays.fill(timers, kept, size, null);
        size = kept;
        cancelled = 0;
        for (int i = (size - 2) / WIDTH; i >= 0 && size > 1; i--) {
            sink(i, due[i], at(i));
        }
    }

    private void removeHead() {
        at(0).queued(false);
        size--;
        TimerStep last = at(size);
        timers[size] = null;
        if (size > 0) {
            sink(0, due[size], last);
        }
    }

    /** Puts a timer where {@code hole} is, or further up. */
    private void rise(int hole, long when, TimerStep timer) {
        int index = hole;
        while (index > 0) {
            int above = (index - 1) / WIDTH;
            if (!isBefore(when, timer, above)) {
                break;
            }
            put(index, due[above], at(above));
            index = above;
        }
        put(index, when, timer);
    }

    /** Puts a timer where {@code hole} is, or further down. */
    private void sink(int hole, long when, TimerStep timer) {
        int index = hole;
        for (int first = WIDTH * index + 1; first < size; first = WIDTH * index + 1) {
            int least = first;
            int end = Math.min(first + WIDTH, size);
            for (int other = first + 1; other < end; other++) {
                if (isBefore(due[other], at(other), least)) {
                    least = other;
                }
            }
            if (isBefore(when, timer, least)) {
                break;
            }
            put(index, due[least], at(least));
            index = least;
        }
        put(index, when, timer);
    }

    private boolean isBefore(long when, TimerStep timer, int other) {
        return when < due[other] || (when == due[other] && timer.sequence() < at(other).sequence());
    }

    private void put(int index, long when, TimerStep timer) {
        due[index] = when;
        timers[index] = timer;
    }

    private TimerStep at(int index) {
        return Objects.requireNonNull(timers[index]);
    }
}
