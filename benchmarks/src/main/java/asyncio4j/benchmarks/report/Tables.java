package asyncio4j.benchmarks.report;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The tables of rows and peers, and the one of what is wanted and what came of it. */
final class Tables {

    private static final List<Peer> ENGINES = List.of(Peer.ASYNCIO4J, Peer.ASYNCIO4J_CONTINUATIONS);

    private final Figures figures;

    private final Explanations explanations;

    Tables(Figures figures, Explanations explanations) {
        this.figures = figures;
        this.explanations = explanations;
    }

    /** The rows of all sections of which something is wanted, engine by engine. */
    String targets() {
        StringBuilder text =
                new StringBuilder(
                        """
                        | work | default engine | on continuations |
                        | --- | --- | --- |
                        """);
        for (Section section : Section.ALL) {
            for (Row row : section.rows()) {
                if (!row.goals().isEmpty()) {
                    text.append("| ").append(row.work()).append(" |");
                    ENGINES.forEach(ours -> text.append(' ').append(goals(row, ours)).append(" |"));
                    text.append('\n');
                }
            }
        }
        return text.toString();
    }

    /** How many of the goals are met, missed and unknown, and where the misses are. */
    String score() {
        List<String> missed = new ArrayList<>();
        int[] counts = new int[Goal.Verdict.values().length];
        for (Section section : Section.ALL) {
            for (Row row : section.rows()) {
                for (Goal goal : row.goals()) {
                    counts[goal.verdict(ratio(row, goal)).ordinal()]++;
                }
                for (Peer ours : ENGINES) {
                    if (row.verdict(ours, figures) == Goal.Verdict.MISSED) {
                        missed.add("%s (%s)".formatted(row.work(), engine(ours)));
                    }
                }
            }
        }
        int met = counts[Goal.Verdict.MET.ordinal()];
        int unknown = counts[Goal.Verdict.UNKNOWN.ordinal()];
        return "%d of %d are met%s.%s\n"
                .formatted(
                        met,
                        Arrays.stream(counts).sum(),
                        unknown == 0 ? "" : ", " + unknown + " weren't measured",
                        missed.isEmpty() ? "" : " Not met: " + String.join("; ", missed) + ".");
    }

    /** A section's table; a column for each peer that has a figure in it. */
    String table(Section section) {
        List<Peer> present = present(section);
        boolean wanted = section.rows().stream().anyMatch(row -> !row.goals().isEmpty());
        StringBuilder text = new StringBuilder("| work |");
        present.forEach(peer -> text.append(' ').append(peer.title).append(" |"));
        text.append(wanted ? " wanted |\n" : "\n").append("| --- |");
        text.append(" ---: |".repeat(present.size())).append(wanted ? " --- |\n" : "\n");
        for (Row row : section.rows()) {
            if (present.stream().noneMatch(peer -> figures.has(row.key(), peer))) {
                continue;
            }
            text.append("| ").append(row.work()).append(" |");
            for (Peer peer : present) {
                text.append(' ').append(cell(section, row, peer)).append(" |");
            }
            text.append(wanted ? " " + verdicts(row) + " |\n" : "\n");
        }
        return text.toString();
    }

    /** Whose figures a section has. */
    List<Peer> present(Section section) {
        return Arrays.stream(Peer.values())
                .filter(peer ->
                        section.rows().stream().anyMatch(row -> figures.has(row.key(), peer)))
                .toList();
    }

    /** A paragraph for each row that misses: what, and why. */
    String misses(Section section) {
        StringBuilder text = new StringBuilder();
        for (Row row : section.rows()) {
            for (Peer ours : ENGINES) {
                if (row.verdict(ours, figures) != Goal.Verdict.MISSED) {
                    continue;
                }
                String why = explanations.of(row.key(), ours);
                text.append("\n**Not met**, %s, %s: ".formatted(engine(ours), row.work()))
                        .append(goals(row, ours).replace(" **not met**", " not met"))
                        .append(". ")
                        .append(why.isEmpty() ? Explanations.NONE : why)
                        .append('\n');
            }
        }
        return text.toString();
    }

    /** The bands of a section's chart. */
    List<Dots.Band> bands(Section section) {
        List<Dots.Band> bands = new ArrayList<>();
        for (Row row : section.rows()) {
            List<Dots.Lane> lanes = new ArrayList<>();
            for (Peer peer : Peer.values()) {
                List<Double> values = figures.sorted(row.key(), peer);
                if (!values.isEmpty()) {
                    double middle = Figures.middle(values);
                    lanes.add(
                            new Dots.Lane(
                                    peer,
                                    values.getFirst(),
                                    values.getLast(),
                                    List.of(middle),
                                    section.unit().text(middle)));
                }
            }
            if (!lanes.isEmpty()) {
                bands.add(new Dots.Band(row.work().replace("`", ""), lanes));
            }
        }
        return bands;
    }

    /** The figure, and below a peer's how many times as much ours are, where times are counted. */
    private String cell(Section section, Row row, Peer peer) {
        String cell = figures.cell(row.key(), peer);
        if (cell.isEmpty() || peer.ours() || section == Section.ALLOCATION) {
            return cell;
        }
        String ratios =
                ENGINES.stream()
                        .filter(ours -> figures.has(row.key(), ours))
                        .map(ours -> ratio(figures.ratio(row.key(), ours, peer)))
                        .collect(Collectors.joining(", "));
        return ratios.isEmpty() ? cell : cell + "<br>*" + ratios + "*";
    }

    private String verdicts(Row row) {
        return ENGINES.stream()
                .filter(ours -> !row.goals(ours).isEmpty())
                .map(ours -> engine(ours) + ": " + row.verdict(ours, figures).text)
                .collect(Collectors.joining("<br>"));
    }

    private String goals(Row row, Peer ours) {
        return row.goals(ours).stream()
                .map(goal -> goal.text(ratio(row, goal)))
                .collect(Collectors.joining("; "));
    }

    private @Nullable Double ratio(Row row, Goal goal) {
        return figures.ratio(row.key(), goal.ours(), goal.peer());
    }

    private static String engine(Peer ours) {
        return ours == Peer.ASYNCIO4J ? "default engine" : "continuations";
    }

    private static String ratio(@Nullable Double ratio) {
        return ratio == null
                ? ""
                : String.format(Locale.ROOT, ratio < 0.095 ? "%.3f" : "%.2f", ratio);
    }
}
