package asyncio4j.benchmarks.scale;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The figures as tables: nanoseconds and bytes for each task, timer, group or generator at each
 * size, and how both grow. What grows as n log n has the same figure at each size, or nearly.
 */
public final class ScaleTables {

    /** More than n log n by this in the exponent is more than caches and chance explain. */
    private static final double TOLERANCE = 0.1;

    /** What each case is called, in order. */
    private static final Map<String, String> WORK = new LinkedHashMap<>();

    static {
        WORK.put("sleep", "tasks that sleep: started");
        WORK.put("sleepClose", "the same, cancelled by the runner's close");
        WORK.put("sleepEnd", "tasks that sleep for 1 ms, gathered");
        WORK.put("timersAdded", "timers due at random: added");
        WORK.put("timersCancelled", "the same, every other one cancelled (for each of all)");
        WORK.put("timersFired", "the same, the rest fired (for each of all)");
        WORK.put("chain", "tasks that each await the next: started");
        WORK.put("chainDone", "the same, the last one's result has come through all");
        WORK.put("chainCancel", "the same, cancelled through all from the first");
        WORK.put("gather", "a gather of coroutines: made");
        WORK.put("gatherDone", "the same, awaited");
        WORK.put("groups", "task groups, each in a task of another: entered");
        WORK.put("groupsDone", "the same, left from the innermost on");
        WORK.put("groupsCancel", "the same, cancelled from the outermost on");
        WORK.put("generators", "generators: begun, and left open");
        WORK.put("generatorsClosed", "the same, closed by the runner's close");
    }

    /** One peer's figures for one case, by size. */
    private record Row(String who, TreeMap<Integer, ScaleFigure> figures) {}

    private final Map<String, List<Row>> rows = new LinkedHashMap<>();

    private final TreeSet<Integer> sizes = new TreeSet<>();

    private ScaleTables(List<ScaleFigure> figures) {
        for (String name : WORK.keySet()) {
            rows.put(name, new ArrayList<>());
        }
        for (ScaleFigure figure : figures) {
            List<Row> known = rows.get(figure.name());
            if (known == null) {
                throw new IllegalStateException(
                        "measured, but in no table: " + figure.name() + "; add it to ScaleTables");
            }
            sizes.add(figure.n());
            rowOf(known, who(figure)).figures.put(figure.n(), figure);
        }
    }

    private static Row rowOf(List<Row> rows, String who) {
        for (Row row : rows) {
            if (row.who.equals(who)) {
                return row;
            }
        }
        Row row = new Row(who, new TreeMap<>());
        rows.add(row);
        return row;
    }

    private static String who(ScaleFigure figure) {
        return figure.engine().equals(ScaleMain.CONTINUATIONS)
                ? figure.peer() + " on continuations"
                : figure.peer();
    }

    /** The figures in the file that {@link ScaleMain} has written. */
    public static List<ScaleFigure> read(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.contains("\"case\""))
                .map(ScaleFigure::parse)
                .toList();
    }

    /** The tables of time and of memory, and what couldn't be done, in Markdown. */
    public static String markdown(List<ScaleFigure> figures) {
        ScaleTables tables = new ScaleTables(figures);
        return """
        Nanoseconds for each, and the exponent between the smallest and the largest size: 1 is as n; \
        what grows as n log n has %s here, **bold** is more than that.

        %s
        Bytes for each: of heap where something is held, else allocated (CPython: the peak).

        %s%s\
        """
                .formatted(
                        tables.bound(),
                        tables.table(ScaleTables::nanos, true),
                        tables.table(ScaleTables::bytes, false),
                        tables.notes());
    }

    private static @Nullable Double nanos(ScaleFigure figure) {
        Double seconds = figure.seconds();
        return seconds == null ? null : seconds * 1e9 / figure.n();
    }

    private static @Nullable Double bytes(ScaleFigure figure) {
        Long bytes = figure.bytes();
        return bytes == null ? null : (double) bytes / figure.n();
    }

    /** What is to be shown of a figure. */
    @FunctionalInterface
    private interface Value {
        @Nullable Double of(ScaleFigure figure);
    }

    private String table(Value value, boolean growth) {
        StringBuilder text = new StringBuilder("| work | who |");
        sizes.forEach(n -> text.append(' ').append(number(n)).append(" |"));
        text.append(growth ? " exponent |\n" : "\n").append("| --- | --- |");
        text.append(" ---: |".repeat(sizes.size() + (growth ? 1 : 0))).append('\n');
        rows.forEach((name, all) -> {
            String work = WORK.get(name);
            for (Row row : all) {
                text.append("| ").append(work).append(" | ").append(row.who).append(" |");
                work = "";
                for (int n : sizes) {
                    text.append(' ').append(cell(row.figures.get(n), value)).append(" |");
                }
                if (growth) {
                    text.append(' ').append(exponent(row)).append(" |");
                }
                text.append('\n');
            }
        });
        return text.toString();
    }

    private static String cell(@Nullable ScaleFigure figure, Value value) {
        if (figure == null) {
            return "";
        }
        Double found = value.of(figure);
        if (found == null) {
            return "-";
        }
        return found < 100 ? String.format(Locale.ROOT, "%.1f", found) : number(Math.round(found));
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** Between the smallest and the largest size that could be done. */
    private static String exponent(Row row) {
        List<ScaleFigure> done =
                row.figures.values().stream().filter(each -> each.seconds() != null).toList();
        if (done.size() < 2) {
            return "";
        }
        ScaleFigure first = done.getFirst();
        ScaleFigure last = done.getLast();
        Double small = first.seconds();
        Double large = last.seconds();
        if (small == null || large == null || small <= 0) {
            return "";
        }
        double exponent = Math.log(large / small) / Math.log((double) last.n() / first.n());
        String text = String.format(Locale.ROOT, "%.2f", exponent);
        return exponent > nLogN(first.n(), last.n()) + TOLERANCE ? "**" + text + "**" : text;
    }

    /** The exponent that n log n seems to have between two sizes. */
    private static double nLogN(double small, double large) {
        return 1 + Math.log(Math.log(large) / Math.log(small)) / Math.log(large / small);
    }

    private String bound() {
        return sizes.size() < 2
                ? "no exponent"
                : String.format(Locale.ROOT, "%.2f", nLogN(sizes.first(), sizes.last()));
    }

    /** Why figures are missing, each reason once. */
    private String notes() {
        Map<String, TreeSet<Integer>> missing = new LinkedHashMap<>();
        rows.forEach((name, all) -> {
            for (Row row : all) {
                for (ScaleFigure figure : row.figures.values()) {
                    if (!figure.note().isEmpty()) {
                        missing.computeIfAbsent(
                                        row.who
                                                + ", "
                                                + WORK.get(name)
                                                + ": "
                                                + figure.note().replace("|", "\\|"),
                                        _ -> new TreeSet<>())
                                .add(figure.n());
                    }
                }
            }
        });
        return missing.isEmpty()
                ? ""
                : missing.entrySet().stream()
                        .map(entry ->
                                "- "
                                        + entry.getKey()
                                        + " ("
                                        + entry.getValue().stream()
                                                .map(n -> number(n))
                                                .collect(Collectors.joining("; "))
                                        + ")\n")
                        .collect(Collectors.joining("", "\nWhat couldn't be done:\n\n", ""));
    }
}
