package asyncio4j.benchmarks.report;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The tables of wake-up latency, a table for each load of the loop. */
final class Latencies {

    private static final Map<String, String> SOURCES =
            Map.of(
                    "parallel", "a thread of `Schedulers.parallel()`",
                    "netty", "a Netty event loop",
                    "thread", "a plain thread");

    private static final Map<String, String> LOADS =
            Map.of(
                    "idle", "the waiting side is idle",
                    "busy", "the waiting side has other work");

    private final List<LatencyPoint> points;

    Latencies(List<LatencyPoint> points) {
        this.points = points;
    }

    /** What the loop had to do besides, in the order in which it was measured. */
    Set<String> loads() {
        Set<String> loads = new LinkedHashSet<>();
        points.forEach(point -> loads.add(point.load()));
        return loads;
    }

    static String loadTitle(String load) {
        return LOADS.getOrDefault(load, load);
    }

    /** The percentiles of each source and peer. */
    String table(String load) {
        StringBuilder text =
                new StringBuilder(
                        """
                        | completed by | | p50 | p99 | p99.9 | longest | waits |
                        | --- | --- | ---: | ---: | ---: | ---: | ---: |
                        """);
        for (String source : sources(load)) {
            String first = title(source);
            for (LatencyPoint point : of(load, source)) {
                text.append(
                        String.format(
                                Locale.ROOT,
                                "| %s | %s | %s | %s | %s | %s | %,d |\n",
                                first,
                                point.whose().title,
                                time(point.p50()),
                                time(point.p99()),
                                time(point.p999()),
                                time(point.max()),
                                point.count()));
                first = "";
            }
        }
        return text.toString();
    }

    /** The bands of the chart: three dots for each peer. */
    List<Dots.Band> bands(String load) {
        List<Dots.Band> bands = new ArrayList<>();
        for (String source : sources(load)) {
            List<Dots.Lane> lanes = new ArrayList<>();
            for (LatencyPoint point : of(load, source)) {
                List<Double> dots = List.of(point.p50(), point.p99(), point.p999());
                String words = dots.stream().map(Latencies::time).toList().toString();
                lanes.add(
                        new Dots.Lane(
                                point.whose(),
                                point.p50(),
                                point.p999(),
                                dots,
                                words.substring(1, words.length() - 1).replace(",", " /")));
            }
            bands.add(new Dots.Band(title(source).replace("`", ""), lanes));
        }
        return bands;
    }

    /** How many times as long ours takes for half of the waits; null where one wasn't measured. */
    @Nullable Double ratio(String load, String source, Peer ours, Peer theirs) {
        Double above = p50(load, source, ours);
        Double below = p50(load, source, theirs);
        return above == null || below == null ? null : above / below;
    }

    private @Nullable Double p50(String load, String source, Peer peer) {
        for (LatencyPoint point : of(load, source)) {
            if (point.whose() == peer) {
                return point.p50();
            }
        }
        return null;
    }

    /** Which threads completed, in the order in which it was measured. */
    Set<String> sources(String load) {
        Set<String> sources = new LinkedHashSet<>();
        points.stream()
                .filter(point -> point.load().equals(load))
                .forEach(point -> sources.add(point.source()));
        return sources;
    }

    private List<LatencyPoint> of(String load, String source) {
        return points.stream()
                .filter(point -> point.load().equals(load) && point.source().equals(source))
                .sorted(Comparator.comparing(LatencyPoint::whose))
                .toList();
    }

    static String title(String source) {
        return SOURCES.getOrDefault(source, source);
    }

    private static String time(double nanos) {
        return Unit.NANOSECONDS.text(nanos);
    }
}
