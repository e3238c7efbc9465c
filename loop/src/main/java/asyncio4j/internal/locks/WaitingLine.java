package asyncio4j.internal.locks;

import asyncio4j.AsyncFuture;

import org.jspecify.annotations.Nullable;

/**
 * The futures of tasks that wait for their turn, first come, first served. Each stays until its
 * task takes it out, woken or not. Taking one out, from wherever it stands, and waking the next one
 * cost the same however many wait. The loop's thread.
 *
 * <p>A future in here is completed by {@link #wake} or cancelled, and by nobody else. So from the
 * head up to {@code next} all are done, and stay so.
 */
public final class WaitingLine {

    /** One future's place. */
    public static final class Place {

        private final AsyncFuture<@Nullable Void> turn;

        private @Nullable Place before;

        private @Nullable Place after;

        /** It hasn't been taken out. */
        private boolean present = true;

        private Place(AsyncFuture<@Nullable Void> turn) {
            this.turn = turn;
        }
    }

    private @Nullable Place head;

    private @Nullable Place tail;

    /** The first that was neither woken nor found to be cancelled. */
    private @Nullable Place next;

    private int size;

    /** How many of those who are here have been woken. */
    private int woken;

    /** An empty line. */
    public WaitingLine() {}

    /**
     * Puts a future at the end.
     *
     * @param turn the future, which isn't done
     * @return its place, to take it out again
     */
    public Place add(AsyncFuture<@Nullable Void> turn) {
        Place place = new Place(turn);
        Place last = tail;
        place.before = last;
        if (last == null) {
            head = place;
        } else {
            last.after = place;
        }
        tail = place;
        if (next == null) {
            next = place;
        }
        size++;
        return place;
    }

    /**
     * Takes a future out; does nothing if that has been done.
     *
     * @param place its place
     */
    public void remove(Place place) {
        if (!place.present) {
            return;
        }
        place.present = false;
        Place before = place.before;
        Place after = place.after;
        if (before == null) {
            head = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            tail = before;
        } else {
            after.before = before;
        }
        if (next == place) {
            next = after;
        }
        if (place.turn.done() && !place.turn.cancelled()) {
            woken--;
        }
        size--;
    }

    /**
     * Completes the first futures that aren't done.
     *
     * @param most how many at most
     * @return how many there were
     */
    public int wake(int most) {
        int count = 0;
        while (count < most) {
            Place place = pending();
            if (place == null) {
                break;
            }
            next = place.after;
            woken++;
            count++;
            place.turn.setResult(null);
        }
        return count;
    }

    /** Completes the future at the head, unless it is done. */
    public void wakeFirst() {
        if (head != null && head == pending()) {
            wake(1);
        }
    }

    /** Completes the first future that isn't done, and takes it out. */
    public void wakeAndRemoveNext() {
        Place place = pending();
        if (place != null) {
            wake(1);
            remove(place);
        }
    }

    /** Completes all futures that aren't done, and takes them out. */
    public void wakeAndRemoveAll() {
        while (pending() != null) {
            wakeAndRemoveNext();
        }
    }

    /**
     * Whether somebody still waits, or has been woken and hasn't gone on yet.
     *
     * @return false if all who are here have been cancelled
     */
    public boolean waiting() {
        return woken > 0 || pending() != null;
    }

    /**
     * How many are in the line.
     *
     * @return the number, which includes those who have been woken or cancelled
     */
    public int size() {
        return size;
    }

    /** The first that isn't done, or null. */
    private @Nullable Place pending() {
        Place place = next;
        while (place != null && place.turn.done()) {
            place = place.after;
        }
        next = place;
        return place;
    }
}
