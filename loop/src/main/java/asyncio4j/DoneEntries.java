package asyncio4j;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * Those who are told when one future is done, in order of registration, where there are several.
 * Each can be taken out again; of many as fast as of few, since thousands may wait for one future
 * and lose their patience one by one. Baton holder only.
 */
final class DoneEntries {

    /** So many are looked through one by one; more are hashed. */
    private static final int FEW = 32;

    /** A list of few, a set of many. */
    private Collection<DoneEntry> entries = new ArrayList<>(4);

    DoneEntries(DoneEntry first, DoneEntry second) {
        entries.add(first);
        entries.add(second);
    }

    void add(DoneEntry entry) {
        if (entries.size() == FEW && entries instanceof ArrayList) {
            entries = new LinkedHashSet<>(entries);
        }
        entries.add(entry);
    }

    boolean remove(DoneEntry entry) {
        return entries.remove(entry);
    }

    void forEach(Consumer<DoneEntry> action) {
        entries.forEach(action);
    }

    List<DoneEntry> copy() {
        return List.copyOf(entries);
    }

    /** The first so many. */
    List<DoneEntry> first(int most) {
        return entries.stream().limit(most).toList();
    }
}
