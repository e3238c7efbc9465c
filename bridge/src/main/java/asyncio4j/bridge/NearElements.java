package asyncio4j.bridge;

import org.jspecify.annotations.Nullable;

import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * The elements that came to an {@link IteratingSubscriber} on the thread that requests: a queue
 * that grows, of plain fields, which the baton guards.
 *
 * <p>Those of them that are <em>ready</em> are taken as they are; before any other is, the
 * subscriber is to have its say. So it isn't asked at each element whether there is more to do than
 * to take it.
 */
final class NearElements<T> {

    private static final @Nullable Object[] NO_ROOM = {};

    private static final int FIRST_ROOM = 16;

    /**
     * As long as a power of two, or 0. The element that was put in as the nth is at n modulo that.
     */
    private @Nullable Object[] ring = NO_ROOM;

    /** How many were put in so far. */
    private long added;

    /**
     * How many will have been put in when the next is to be looked at: there's no room, or demand.
     */
    private long limit;

    /** How many of these were taken out. */
    private long taken;

    /** How many will have been taken out when no other is ready: from taken to added. */
    private long ready;

    /** How many were put in so far. */
    long added() {
        return added;
    }

    boolean isEmpty() {
        return taken == added;
    }

    /** How many there are; other threads than the baton holder may see one that is old. */
    int size() {
        return Math.clamp(added - taken, 0, Integer.MAX_VALUE);
    }

    /** Has so many elements, of all that will have been put in, put in without a look. */
    void allow(long demand) {
        limit = Math.min(demand, taken + ring.length);
    }

    /** Whether another one was allowed. */
    boolean isAllowed() {
        return added < limit;
    }

    /** Puts one in that was allowed. */
    void put(T element) {
        @Nullable Object[] room = ring;
        room[(int) added & room.length - 1] = element;
        added++;
    }

    /** Puts one in. */
    void add(T element) {
        if (added - taken == ring.length) {
            grow();
        }
        put(element);
    }

    private void grow() {
        @Nullable Object[] full = ring;
        int length = full.length;
        @Nullable Object[] larger =
                new @Nullable Object[length == 0 ? FIRST_ROOM : Math.multiplyExact(length, 2)];
        for (long each = taken; each < added; each++) {
            larger[(int) each & larger.length - 1] = full[(int) each & length - 1];
        }
        ring = larger;
    }

    /** Whether there is one that is ready. */
    boolean isReady() {
        return taken < ready;
    }

    /** None is ready any more: the iterator is closed. */
    void makeNoneReady() {
        ready = taken;
    }

    /** Makes so many more ready, or all if there are fewer. Answers how many. */
    int makeReady(int most) {
        int more = (int) Math.min(most, added - ready);
        ready += more;
        return more;
    }

    /** Takes one that is ready. */
    @SuppressWarnings({"unchecked", "NullAway"}) // what was put in was a T, and not null
    T take() {
        @Nullable Object[] room = ring;
        int first = (int) taken & room.length - 1;
        T element = (T) room[first];
        room[first] = null;
        taken++;
        return element;
    }

    /** Discards all that there are. */
    void discard(Context context) {
        while (!isEmpty()) {
            ready = taken + 1;
            Operators.onDiscard(take(), context);
        }
    }
}
