package asyncio4j.benchmarks.report;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The rows where a peer needs less than ours, whether or not anything was wanted of them: what a
 * reader who chooses should know first. A raw continuation isn't a peer, as nobody would write a
 * program with it alone.
 */
final class Ahead {

    private static final List<Peer> PEERS =
            Arrays.stream(Peer.values())
                    .filter(peer -> !peer.ours() && peer != Peer.RAW_CONTINUATION)
                    .toList();

    /** How many times as much ours is, by the median; null where one of the two has no figure. */
    private interface Ratio {
        @Nullable Double of(Peer ours, Peer peer);
    }

    private final List<String> rows = new ArrayList<>();

    private int compared;

    Ahead(Figures figures, Latencies latencies) {
        for (Section section : Section.ALL) {
            for (Row row : section.rows()) {
                add(row.work(), (ours, peer) -> figures.ratio(row.key(), ours, peer));
            }
        }
        for (String load : latencies.loads()) {
            for (String source : latencies.sources(load)) {
                add(
                        "wake-up by %s, %s, half of the waits"
                                .formatted(Latencies.title(source), Latencies.loadTitle(load)),
                        (ours, peer) -> latencies.ratio(load, source, ours, peer));
            }
        }
    }

    /** How many rows have a peer, and the table of those where one is ahead. */
    String text() {
        if (rows.isEmpty()) {
            return "In none of the %d rows that compare with a peer is one ahead.\n"
                    .formatted(compared);
        }
        StringBuilder text =
                new StringBuilder(
                        """
                        In %d of the %d rows that compare with a peer, one is ahead of one of our engines at least, \
                        which takes so many times as much:

                        | work | default engine | on continuations |
                        | --- | --- | --- |
                        """
                                .formatted(rows.size(), compared));
        rows.forEach(text::append);
        return text.toString();
    }

    private void add(String work, Ratio ratio) {
        if (PEERS.stream()
                .noneMatch(peer ->
                        ratio.of(Peer.ASYNCIO4J, peer) != null
                                || ratio.of(Peer.ASYNCIO4J_CONTINUATIONS, peer) != null)) {
            return;
        }
        compared++;
        String first = ahead(Peer.ASYNCIO4J, ratio);
        String second = ahead(Peer.ASYNCIO4J_CONTINUATIONS, ratio);
        if (!first.isEmpty() || !second.isEmpty()) {
            rows.add("| %s | %s | %s |\n".formatted(work, first, second));
        }
    }

    private static String ahead(Peer ours, Ratio ratio) {
        List<String> names = new ArrayList<>();
        for (Peer peer : PEERS) {
            Double times = ratio.of(ours, peer);
            if (times != null && times > 1) {
                names.add("%s %s".formatted(peer.title, digits(times)));
            }
        }
        return String.join(", ", names);
    }

    /** Two digits behind the point, or as many as it takes to tell it from 1. */
    private static String digits(double times) {
        String text = String.format(Locale.ROOT, "%.2f", times);
        return text.equals("1.00") ? String.format(Locale.ROOT, "%.3f", times) : text;
    }
}
