package asyncio4j.queues;

import org.jspecify.annotations.Nullable;

import java.util.Comparator;
import java.util.Objects;

/**
 * A {@link Queue} whose least item comes out first. Python's {@code asyncio.PriorityQueue}.
 *
 * {@snippet :
 * record Job(int priority, String name) {}
 * var jobs = new asyncio4j.queues.PriorityQueue<Job>(Comparator.comparingInt(Job::priority));
 * jobs.putNowait(new Job(2, "later"));
 * jobs.putNowait(new Job(1, "first"));
 * Job next = await(jobs.get()); // the first
 * }
 *
 * <p>Of items that are equal in rank the one that was put in first comes out first; asyncio leaves
 * that open.
 *
 * @param <T> the type of the items, which can't be null
 */
public final class PriorityQueue<T> extends Queue<T> {

    /** An item, and when it was put in. */
    private record Entry<T>(T item, long number) {}

    /** Null if the items are in their natural order. */
    private final @Nullable Comparator<? super T> comparator;

    /** How many items were put in. The loop's thread. */
    private long count;

    /** A queue of items in their natural order that is never full. */
    public PriorityQueue() {
        this(0);
    }

    /**
     * A queue of at most so many items in their natural order.
     *
     * @param maxsize how many items it holds; any number if it is 0 or less
     */
    public PriorityQueue(int maxsize) {
        super(maxsize, new java.util.PriorityQueue<>(PriorityQueue::compareNaturally));
        this.comparator = null;
    }

    /**
     * A queue of items in the order of {@code comparator} that is never full.
     *
     * @param comparator the order
     */
    public PriorityQueue(Comparator<? super T> comparator) {
        this(0, comparator);
    }

    /**
     * A queue of at most so many items in the order of {@code comparator}.
     *
     * @param maxsize how many items it holds; any number if it is 0 or less
     * @param comparator the order
     */
    public PriorityQueue(int maxsize, Comparator<? super T> comparator) {
        super(maxsize, new java.util.PriorityQueue<>(by(comparator)));
        this.comparator = comparator;
    }

    private static <T> Comparator<Object> by(Comparator<? super T> comparator) {
        Objects.requireNonNull(
                comparator, "the comparator is null: leave it out for the items' natural order");
        return (a, b) -> {
            Entry<T> first = entry(a);
            Entry<T> second = entry(b);
            int order = comparator.compare(first.item, second.item);
            return order != 0 ? order : Long.compare(first.number, second.number);
        };
    }

    /** Compares what {@link #stored} has checked; two that can't be compared say so themselves. */
    private static int compareNaturally(Object a, Object b) {
        Entry<Comparable<Object>> first = entry(a);
        Entry<Comparable<Object>> second = entry(b);
        int order = first.item.compareTo(second.item);
        return order != 0 ? order : Long.compare(first.number, second.number);
    }

    @SuppressWarnings("unchecked") // what stored() made
    private static <T> Entry<T> entry(Object stored) {
        return (Entry<T>) stored;
    }

    @Override
    Object stored(T item) {
        Objects.requireNonNull(item, "the item is null, which has no rank in a PriorityQueue");
        if (comparator == null && !(item instanceof Comparable)) {
            throw new IllegalArgumentException(
                    item.getClass().getName()
                            + " is not Comparable: make the PriorityQueue with a Comparator");
        }
        return new Entry<>(item, count++);
    }

    @Override
    T item(Object stored) {
        return PriorityQueue.<T>entry(stored).item;
    }
}
