package asyncio4j.benchmarks.report;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What was measured: for each row and peer, the figures of all rounds. */
final class Figures {

    /** More digits than that say nothing. */
    private static final MathContext DIGITS = new MathContext(4);

    /** All rounds of one row and peer, as the JSON has them. */
    record Cell(String row, String peer, List<Double> values) {}

    private final Map<String, Map<Peer, List<Double>>> rows = new LinkedHashMap<>();

    /** Those that {@link #cells} gave. */
    static Figures of(List<Cell> cells) {
        Figures figures = new Figures();
        for (Cell cell : cells) {
            cell.values.forEach(value -> figures.add(cell.row, Peer.ofName(cell.peer), value));
        }
        return figures;
    }

    void add(String row, Peer peer, double value) {
        rows.computeIfAbsent(row, r -> new EnumMap<>(Peer.class))
                .computeIfAbsent(peer, p -> new ArrayList<>())
                .add(new BigDecimal(value).round(DIGITS).doubleValue());
    }

    List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        rows.forEach((row, peers) ->
                peers.forEach((peer, values) -> cells.add(new Cell(row, peer.suffix, values))));
        return cells;
    }

    /** The rows that have figures. */
    Set<String> rows() {
        return rows.keySet();
    }

    boolean has(String row, Peer peer) {
        return !sorted(row, peer).isEmpty();
    }

    /** The median; null if it wasn't measured. */
    @Nullable Double median(String row, Peer peer) {
        List<Double> values = sorted(row, peer);
        return values.isEmpty() ? null : middle(values);
    }

    /** From the lowest to the highest; empty if it wasn't measured. */
    List<Double> sorted(String row, Peer peer) {
        List<Double> sorted =
                new ArrayList<>(rows.getOrDefault(row, Map.of()).getOrDefault(peer, List.of()));
        Collections.sort(sorted);
        return sorted;
    }

    /** The median, and the lowest and highest behind it. */
    String cell(String row, Peer peer) {
        List<Double> values = sorted(row, peer);
        if (values.isEmpty()) {
            return "";
        }
        String median = Unit.bare(middle(values));
        return values.size() == 1
                ? median
                : "%s (%s to %s)"
                        .formatted(
                                median, Unit.bare(values.getFirst()), Unit.bare(values.getLast()));
    }

    /** How many times as much ours is, median by median; null if one of the two wasn't measured. */
    @Nullable Double ratio(String row, Peer ours, Peer theirs) {
        Double above = median(row, ours);
        Double below = median(row, theirs);
        return above == null || below == null ? null : above / below;
    }

    static double middle(List<Double> sorted) {
        int size = sorted.size();
        return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
    }
}
