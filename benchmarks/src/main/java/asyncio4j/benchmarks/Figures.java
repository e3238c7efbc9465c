package asyncio4j.benchmarks;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What was measured: for each row and peer, the figures of all rounds. */
final class Figures {

    private final Map<String, Map<Peer, List<Double>>> rows = new LinkedHashMap<>();

    void add(String row, Peer peer, double value) {
        rows.computeIfAbsent(row, r -> new EnumMap<>(Peer.class))
                .computeIfAbsent(peer, p -> new ArrayList<>())
                .add(value);
    }

    /** The rows that have figures. */
    Set<String> rows() {
        return rows.keySet();
    }

    boolean has(String row, Peer peer) {
        return !sorted(row, peer).isEmpty();
    }

    /** The median, and the lowest and highest behind it. */
    String cell(String row, Peer peer) {
        List<Double> values = sorted(row, peer);
        return switch (values.size()) {
            case 0 -> "";
            case 1 -> number(values.getFirst());
            default ->
                    number(middle(values))
                            + " ("
                            + number(values.getFirst())
                            + " to "
                            + number(values.getLast())
                            + ")";
        };
    }

    /** How many times as much ours is, median by median; null if one of the two wasn't measured. */
    @Nullable Double ratio(String row, Peer peer) {
        List<Double> ours = sorted(row, Peer.ASYNCIO4J);
        List<Double> theirs = sorted(row, peer);
        return ours.isEmpty() || theirs.isEmpty() ? null : middle(ours) / middle(theirs);
    }

    private List<Double> sorted(String row, Peer peer) {
        List<Double> sorted =
                new ArrayList<>(rows.getOrDefault(row, Map.of()).getOrDefault(peer, List.of()));
        Collections.sort(sorted);
        return sorted;
    }

    private static double middle(List<Double> sorted) {
        int size = sorted.size();
        return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
    }
}
