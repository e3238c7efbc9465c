package asyncio4j.internal.context;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.function.BiConsumer;

/**
 * An immutable map from keys to values: a hash trie, so that a copy costs nothing and a lookup the
 * same with ten entries and with a thousand.
 *
 * <p>Keys are compared by identity, and each brings a {@linkplain Key number of its own} that no
 * other key has; so two keys always part at some level, and there are no collisions to handle. Any
 * thread; the values are the users' own.
 */
public final class VarMap {

    /** The map without entries. */
    public static final VarMap EMPTY = new VarMap(new Node(0, new Object[0]), 0);

    private static final int BITS = 5;

    private static final int MASK = (1 << BITS) - 1;

    private final Node root;

    private final int size;

    /**
     * See {@link #derived(Object)}. Any thread, without synchronisation: a stale read costs a
     * second making.
     */
    private @Nullable Object derived;

    private VarMap(Node root, int size) {
        this.root = root;
        this.size = size;
    }

    /** A key of the map: identity is equality, and {@link #number} is different for every key. */
    public abstract static class Key {

        private static final java.util.concurrent.atomic.AtomicInteger NUMBERS =
                new java.util.concurrent.atomic.AtomicInteger();

        /**
         * Odd, so that multiplying by it maps the int range onto itself: numbers stay unique, and
         * spread.
         */
        private static final int SPREAD = 0x9E3779B1;

        private final int number = NUMBERS.getAndIncrement() * SPREAD;

        /** For subclasses. */
        protected Key() {}

        final int number() {
            return number;
        }
    }

    /** How many entries there are. */
    public int size() {
        return size;
    }

    /** The value of {@code key}; {@code otherwise} if there is none. */
    public @Nullable Object get(Key key, @Nullable Object otherwise) {
        int number = key.number();
        Node node = root;
        for (int rest = number; ; rest >>>= BITS) {
            int bit = 1 << (rest & MASK);
            if ((node.bitmap & bit) == 0) {
                return otherwise;
            }
            Object slot = node.slot(bit);
            if (slot instanceof Node child) {
                node = child;
            } else {
                Entry entry = (Entry) slot;
                return entry.key == key ? entry.value : otherwise;
            }
        }
    }

    /**
     * A map that also has this entry, in place of one of the same key; this one if it has that very
     * value already.
     */
    public VarMap with(Key key, @Nullable Object value) {
        boolean[] added = {true};
        Node changed = put(root, 0, new Entry(key, value), added);
        return changed == root ? this : new VarMap(changed, added[0] ? size + 1 : size);
    }

    /** A map that doesn't have this key; this one if it never had. */
    public VarMap without(Key key) {
        Node changed = remove(root, 0, key);
        if (changed == root) {
            return this;
        }
        return changed == null ? EMPTY : new VarMap(changed, size - 1);
    }

    /** Calls {@code action} for every entry, in no particular order. */
    public void forEach(BiConsumer<Key, @Nullable Object> action) {
        each(root, action);
    }

    /**
     * How many nodes a lookup of {@code key} passes, whether it is there or not: what a lookup
     * costs.
     */
    public int depth(Key key) {
        int nodes = 1;
        Node node = root;
        for (int rest = key.number(); ; rest >>>= BITS) {
            int bit = 1 << (rest & MASK);
            if ((node.bitmap & bit) == 0 || !(node.slot(bit) instanceof Node child)) {
                return nodes;
            }
            node = child;
            nodes++;
        }
    }

    /** Whether it has the same keys, and for each an equal value. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof VarMap map
                && (map == this || (map.size == size && equal(root, map.root)));
    }

    /** The same for equal maps; it changes when a value does. */
    @Override
    public int hashCode() {
        int[] sum = {0};
        each(root, (key, value) -> sum[0] += key.number() ^ Objects.hashCode(value));
        return sum[0];
    }

    /** What {@link #derived(Object)} kept, or null. Any thread. */
    public @Nullable Object derived() {
        return derived;
    }

    /**
     * Keeps something made from this map along with it. All its fields must be final. Any thread.
     */
    public void derived(Object value) {
        derived = value;
    }

    private static void each(Node node, BiConsumer<Key, @Nullable Object> action) {
        for (Object slot : node.slots) {
            if (slot instanceof Node child) {
                each(child, action);
            } else {
                Entry entry = (Entry) slot;
                action.accept(entry.key, entry.value);
            }
        }
    }

    /** Two nodes of the same level: the same keys always make the same shape. */
    private static boolean equal(Node one, Node other) {
        if (one == other) {
            return true;
        }
        if (one.bitmap != other.bitmap) {
            return false;
        }
        for (int i = 0; i < one.slots.length; i++) {
            Object slot = one.slots[i];
            Object its = other.slots[i];
            boolean same =
                    slot instanceof Node child
                            ? its instanceof Node itsChild && equal(child, itsChild)
                            : its instanceof Entry entry && ((Entry) slot).equals(entry);
            if (!same) {
                return false;
            }
        }
        return true;
    }

    private static Node put(Node node, int shift, Entry entry, boolean[] added) {
        int bit = 1 << ((entry.key.number() >>> shift) & MASK);
        if ((node.bitmap & bit) == 0) {
            return node.inserted(bit, entry);
        }
        Object slot = node.slot(bit);
        if (slot instanceof Node child) {
            Node changed = put(child, shift + BITS, entry, added);
            return changed == child ? node : node.replaced(bit, changed);
        }
        Entry present = (Entry) slot;
        if (present.key == entry.key) {
            added[0] = false;
            return present.value == entry.value ? node : node.replaced(bit, entry);
        }
        return node.replaced(bit, fork(present, entry, shift + BITS));
    }

    /** A node, or a chain of them, that holds two entries of different numbers. */
    private static Node fork(Entry one, Entry other, int shift) {
        int a = (one.key.number() >>> shift) & MASK;
        int b = (other.key.number() >>> shift) & MASK;
        if (a == b) {
            return new Node(1 << a, new Object[] {fork(one, other, shift + BITS)});
        }
        return new Node(
                (1 << a) | (1 << b), a < b ? new Object[] {one, other} : new Object[] {other, one});
    }

    /** The node without the key, itself if it hasn't got it, null if nothing is left. */
    private static @Nullable Node remove(Node node, int shift, Key key) {
        int bit = 1 << ((key.number() >>> shift) & MASK);
        if ((node.bitmap & bit) == 0) {
            return node;
        }
        Object slot = node.slot(bit);
        if (slot instanceof Node child) {
            Node changed = remove(child, shift + BITS, key);
            if (changed == child) {
                return node;
            }
            if (changed == null) {
                return node.removed(bit);
            }
            return node.replaced(bit, changed.slots.length == 1 ? changed.lifted() : changed);
        }
        return ((Entry) slot).key == key ? node.removed(bit) : node;
    }

    /** Equal if the key is the same, and the values are equal. */
    private record Entry(Key key, @Nullable Object value) {}

    /**
     * Up to 32 slots, of which only those whose bit is set are there; each an {@link Entry} or a
     * {@link Node}.
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Node(int bitmap, Object[] slots) {

        private int index(int bit) {
            return Integer.bitCount(bitmap & (bit - 1));
        }

        Object slot(int bit) {
            return slots[index(bit)];
        }

        /** What its parent holds in place of this, which has one slot: an entry needs no node. */
        Object lifted() {
            return slots[0] instanceof Entry entry ? entry : this;
        }

        Node replaced(int bit, Object slot) {
            Object[] copy = slots.clone();
            copy[index(bit)] = slot;
            return new Node(bitmap, copy);
        }

        Node inserted(int bit, Object slot) {
            int at = index(bit);
            Object[] copy = new Object[slots.length + 1];
            System.arraycopy(slots, 0, copy, 0, at);
            copy[at] = slot;
            System.arraycopy(slots, at, copy, at + 1, slots.length - at);
            return new Node(bitmap | bit, copy);
        }

        @Nullable Node removed(int bit) {
            if (slots.length == 1) {
                return null;
            }
            int at = index(bit);
            Object[] copy = new Object[slots.length - 1];
            System.arraycopy(slots, 0, copy, 0, at);
            System.arraycopy(slots, at + 1, copy, at, copy.length - at);
            return new Node(bitmap ^ bit, copy);
        }
    }
}
