package asyncio4j.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The page and its charts, made of the results alone: the same results give the same files. */
final class Page {

    private static final String BEGIN = "<!-- figures: begin -->";

    private static final String END = "<!-- figures: end -->";

    /** The share of the processors that other work may take before the figures suffer. */
    private static final double BUSY = 0.1;

    private final Results results;

    private final Tables times;

    private final Tables allocated;

    private final Scale scale;

    private final Latencies latencies;

    private final Explanations explanations;

    private final StringBuilder text = new StringBuilder();

    /** The charts by the names of their files. */
    private final Map<String, String> charts = new LinkedHashMap<>();

    /** Makes them. */
    Page(Results results, Explanations explanations) throws IOException {
        this.results = results;
        this.explanations = explanations;
        Figures figures = Figures.of(results.figures());
        Section.refuseUnknown(figures);
        times = new Tables(figures, explanations);
        allocated = new Tables(Figures.of(results.allocated()), explanations);
        scale = new Scale(results.scale(), explanations);
        latencies = new Latencies(results.latency());
        about();
        if (!results.figures().isEmpty()) {
            text.append("\n### What is wanted\n\n").append(times.score());
            text.append('\n').append(times.targets());
            ahead(figures);
        }
        for (Section section : Section.ALL) {
            section(section, times);
            if (section.name().equals("generators")) {
                section(Section.ALLOCATION, allocated);
            }
        }
        latency();
        scale();
    }

    /** The figures, in Markdown. */
    String text() {
        return text.toString();
    }

    Map<String, String> charts() {
        return charts;
    }

    /** Fails at once, not after all has been measured, if the page's figures have no place. */
    static void check(Path template) throws IOException {
        around(template);
    }

    /** Writes the page with the words of the template around the figures, and the charts. */
    void write(Path template, Path folder) throws IOException {
        String[] around = around(template);
        Path chartFolder = folder.resolve("charts");
        Files.createDirectories(chartFolder);
        try (Stream<Path> files = Files.list(chartFolder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".svg")).toList()) {
                Files.delete(file);
            }
        }
        for (Map.Entry<String, String> chart : charts.entrySet()) {
            Files.writeString(chartFolder.resolve(chart.getKey()), chart.getValue());
        }
        Files.writeString(folder.resolve("benchmarks.md"), around[0] + text + around[1]);
    }

    /** What is before the figures, and what is behind them. */
    private static String[] around(Path template) throws IOException {
        String whole = Files.readString(template);
        int begin = whole.indexOf(BEGIN);
        int end = whole.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(
                    "%s has no lines %s and %s to put the figures between"
                            .formatted(template, BEGIN, END));
        }
        return new String[] {whole.substring(0, begin) + BEGIN + "\n", whole.substring(end)};
    }

    private void about() {
        text.append(
                String.format(
                        Locale.ROOT,
                        """
                        Measured on %s, in the %s mode: %s; in each, %s of %d ms after twice as many to warm up, \
                        in a fresh JVM. [benchmarks.json](benchmarks.json) has all values.

                        - %s; %s
                        - %s
                        """,
                        results.date(),
                        results.mode(),
                        several(results.rounds(), "round"),
                        several(results.iterations(), "iteration"),
                        results.millis(),
                        results.machine(),
                        quiet(),
                        results.versions().entrySet().stream()
                                .map(version -> version.getKey() + " " + version.getValue())
                                .collect(Collectors.joining(", "))));
        results.leftOut().forEach(line -> text.append("- Left out: ").append(line).append('\n'));
    }

    private static String capital(String words) {
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    private static String several(int count, String what) {
        return count == 1 ? "1 " + what : count + " " + what + "s";
    }

    /** Whether the machine had anything else to do, and that the figures are rough if it had. */
    private String quiet() {
        String shares =
                results.otherWork().stream()
                        .map(share -> String.format(Locale.ROOT, "%.0f%%", share * 100))
                        .collect(Collectors.joining(", "));
        boolean busy = results.otherWork().stream().anyMatch(share -> share > BUSY);
        return "other work took "
                + shares
                + " of them before each round and at the end"
                + (busy ? ": **too much, these figures are rough**" : "");
    }

    private void section(Section section, Tables tables) throws IOException {
        if (tables.present(section).isEmpty()) {
            return;
        }
        text.append("\n### %s\n\n%s.\n\n".formatted(section.title(), capital(section.counts())));
        text.append(tables.table(section)).append(tables.misses(section));
        String title = section.title().replace("`", "");
        String what = section.counts().replaceFirst("^nanoseconds", "time");
        chart(section.name(), title, Dots.svg(title, what, section.unit(), tables.bands(section)));
    }

    private void ahead(Figures figures) {
        text.append("\n### Where a peer is ahead\n\n");
        text.append(new Ahead(figures, latencies).text());
        String why = explanations.ofAhead();
        text.append(why.isEmpty() ? "" : "\n" + why + "\n");
    }

    private void latency() throws IOException {
        List<String> loads = new ArrayList<>(latencies.loads());
        if (loads.isEmpty()) {
            return;
        }
        text.append(
                """

                ### Wake-up latency

                From a completion on another thread until the waiting side goes on: the time that half of the waits took at \
                most, 99% of them, and 99.9%.
                """);
        for (String load : loads) {
            String heading = Latencies.loadTitle(load);
            String title = "Wake-up latency, " + heading;
            text.append("\n#### ")
                    .append(capital(heading))
                    .append("\n\n")
                    .append(latencies.table(load));
            String why = explanations.ofLatency(load);
            text.append(why.isEmpty() ? "" : "\n" + why + "\n");
            String name = "latency-" + load.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
            String what = "p50 / p99 / p99.9";
            chart(name, title, Dots.svg(title, what, Unit.NANOSECONDS, latencies.bands(load)));
        }
    }

    private void scale() throws IOException {
        List<ScaleKind> kinds = ScaleKind.of(results.scale());
        if (kinds.isEmpty()) {
            return;
        }
        text.append(
                """

                ### Scale

                Time and heap for one of so many, and how the cost of all of them grew over the last decade: as which \
                power of their number. Bold is what grew faster than n log n by more than 0.1, which caches and chance can add.
                """);
        for (ScaleKind kind : kinds) {
            text.append("\n#### ").append(kind.title()).append("\n\n");
            text.append(scale.table(kind)).append(scale.notes(kind));
            chart(kind.name(), kind.title(), Lines.svg(kind.title(), scale.panels(kind)));
        }
    }

    private void chart(String name, String title, String svg) {
        String file = name + ".svg";
        charts.put(file, svg);
        text.append("\n![").append(title).append("](charts/").append(file).append(")\n");
    }
}
