package asyncio4j.benchmarks.report;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** The tables of time and bytes from a thousand elements up. */
final class Scale {

    private static final double NANOS = 1e9;

    private final List<ScalePoint> points;

    private final Explanations explanations;

    Scale(List<ScalePoint> points, Explanations explanations) {
        this.points = points;
        this.explanations = explanations;
    }

    /** Time and bytes for an element at each size, and how both grow. */
    String table(ScaleKind kind) {
        Set<Long> sizes = new TreeSet<>();
        points.stream()
                .filter(point -> kind.cases().containsKey(point.work()))
                .forEach(point -> sizes.add(point.n()));
        StringBuilder text = new StringBuilder("| case | |");
        sizes.forEach(n -> text.append(String.format(Locale.ROOT, " %,d |", n)));
        text.append(" time grows | bytes grow |\n| --- | --- |")
                .append(" ---: |".repeat(sizes.size() + 2))
                .append('\n');
        kind.cases()
                .forEach((work, title) -> {
                    Map<Peer, SortedMap<Long, Double>> times = times(work);
                    Map<Peer, SortedMap<Long, Double>> bytes = bytes(work);
                    Set<Peer> peers = new TreeSet<>(times.keySet());
                    peers.addAll(bytes.keySet());
                    String first = title;
                    for (Peer peer : peers) {
                        SortedMap<Long, Double> time = times.getOrDefault(peer, new TreeMap<>());
                        SortedMap<Long, Double> heap = bytes.getOrDefault(peer, new TreeMap<>());
                        text.append("| %s | %s |".formatted(first, peer.title));
                        first = "";
                        sizes.forEach(
                                n -> text.append(' ').append(cell(n, time, heap)).append(" |"));
                        text.append(" %s | %s |\n".formatted(growth(time), growth(heap)));
                    }
                });
        return text.toString();
    }

    /** What of ours grows faster than it should, and why; what wasn't measured, and why. */
    String notes(ScaleKind kind) {
        StringBuilder text = new StringBuilder();
        kind.cases()
                .forEach((work, title) -> {
                    List<String> fast = new ArrayList<>();
                    for (Peer ours : List.of(Peer.ASYNCIO4J, Peer.ASYNCIO4J_CONTINUATIONS)) {
                        addTooFast(
                                fast,
                                "the time of " + ours.title,
                                times(work).get(ours),
                                costs(work, ScalePoint::withoutPauses).get(ours));
                        addTooFast(fast, "the bytes of " + ours.title, bytes(work).get(ours), null);
                    }
                    if (!fast.isEmpty()) {
                        String why = explanations.ofScale(work);
                        text.append(
                                "\n**Faster than n log n** grows, %s (%s): %s. %s\n"
                                        .formatted(
                                                kind.title().toLowerCase(Locale.ROOT),
                                                title,
                                                String.join("; ", fast),
                                                why.isEmpty() ? Explanations.NONE : why));
                    }
                });
        Set<String> missing = new LinkedHashSet<>();
        for (ScalePoint point : points) {
            String title = kind.cases().get(point.work());
            String note = point.note();
            if (title != null && note != null && !note.isEmpty()) {
                String n = String.format(Locale.ROOT, "%,d", point.n());
                missing.add("- %s, %s, %s: %s\n".formatted(title, point.whose().title, n, note));
            }
        }
        if (!missing.isEmpty()) {
            text.append("\nNot measured:\n\n").append(String.join("", missing));
        }
        return text.toString();
    }

    /** Two panels for each case: time and bytes for an element. */
    List<Lines.Panel> panels(ScaleKind kind) {
        List<Lines.Panel> panels = new ArrayList<>();
        kind.cases()
                .forEach((work, title) -> {
                    panels.add(
                            new Lines.Panel(
                                    title + ": time", Unit.NANOSECONDS, each(times(work), NANOS)));
                    panels.add(new Lines.Panel(title + ": heap", Unit.BYTES, each(bytes(work), 1)));
                });
        return panels;
    }

    private Map<Peer, SortedMap<Long, Double>> times(String work) {
        return costs(work, ScalePoint::seconds);
    }

    /** Less than a byte for each is nothing, and its growth would be chance. */
    private Map<Peer, SortedMap<Long, Double>> bytes(String work) {
        return costs(
                work,
                point -> {
                    Double bytes = point.bytes();
                    return bytes == null || bytes < point.n() ? null : bytes;
                });
    }

    /** The costs of all elements together, the median where there are several. */
    private Map<Peer, SortedMap<Long, Double>> costs(
            String work, Function<ScalePoint, @Nullable Double> cost) {
        Map<Peer, SortedMap<Long, List<Double>>> all = new EnumMap<>(Peer.class);
        for (ScalePoint point : points) {
            Double value = cost.apply(point);
            if (point.work().equals(work) && value != null && value > 0) {
                all.computeIfAbsent(point.whose(), peer -> new TreeMap<>())
                        .computeIfAbsent(point.n(), n -> new ArrayList<>())
                        .add(value);
            }
        }
        Map<Peer, SortedMap<Long, Double>> costs = new EnumMap<>(Peer.class);
        all.forEach((peer, sizes) -> {
            SortedMap<Long, Double> medians = new TreeMap<>();
            sizes.forEach((n, values) ->
                    medians.put(n, Figures.middle(values.stream().sorted().toList())));
            costs.put(peer, medians);
        });
        return costs;
    }

    private static Map<Peer, SortedMap<Long, Double>> each(
            Map<Peer, SortedMap<Long, Double>> costs, double factor) {
        costs.values().forEach(sizes -> sizes.replaceAll((n, cost) -> cost * factor / n));
        return costs;
    }

    private static String cell(
            long n, SortedMap<Long, Double> times, SortedMap<Long, Double> bytes) {
        Double time = times.get(n);
        Double heap = bytes.get(n);
        List<String> cell = new ArrayList<>();
        if (time != null) {
            cell.add(Unit.NANOSECONDS.text(time * NANOS / n));
        }
        if (heap != null) {
            cell.add(Unit.BYTES.text(heap / n));
        }
        return String.join("<br>", cell);
    }

    private static String growth(SortedMap<Long, Double> costs) {
        Growth growth = Growth.of(costs);
        return growth == null ? "" : growth.text();
    }

    /**
     * Adds what grows too fast.
     *
     * @param others the same costs without the pauses of the collector; null if it has none
     */
    private static void addTooFast(
            List<String> to,
            String what,
            @Nullable SortedMap<Long, Double> costs,
            @Nullable SortedMap<Long, Double> others) {
        Growth growth = costs == null ? null : Growth.of(costs);
        if (growth == null || !growth.tooFast()) {
            return;
        }
        Growth other = others == null || others.equals(costs) ? null : Growth.of(others);
        to.add(
                String.format(
                        Locale.ROOT,
                        "%s by n^%.2f, where n log n would be n^%.2f%s",
                        what,
                        growth.exponent(),
                        growth.limit(),
                        other == null
                                ? ""
                                : String.format(
                                        Locale.ROOT,
                                        ", and n^%.2f without the pauses of the collector",
                                        other.exponent())));
    }
}
