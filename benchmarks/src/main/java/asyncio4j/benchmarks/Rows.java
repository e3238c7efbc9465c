package asyncio4j.benchmarks;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rows of the tables: what was measured, and what was expected of it. */
final class Rows {

    private Rows() {}

    /** What a ratio was expected to be at most. */
    private record Goal(double ratio, Peer peer) {

        String verdict(@Nullable Double measured) {
            String met =
                    measured == null ? "not measured" : measured <= ratio ? "met" : "**not met**";
            return String.format(Locale.ROOT, "at most %s x %s: %s", ratio, peer.title, met);
        }
    }

    private record Row(String key, String work, List<Goal> goals) {

        Row(String key, String work, Goal... goals) {
            this(key, work, List.of(goals));
        }

        /** What was expected of each peer's figure, and whether it came so. */
        String verdict(Figures figures) {
            return goals.stream()
                    .map(goal -> goal.verdict(figures.ratio(key, goal.peer)))
                    .collect(Collectors.joining("; "));
        }
    }

    private static final List<Row> TASKS =
            List.of(
                    new Row(
                            "switch",
                            "suspend and resume, two tasks in turn",
                            new Goal(0.6, Peer.CPYTHON)),
                    new Row("alone", "suspend and resume, one task alone"),
                    new Row(
                            "createAndAwait",
                            "create a task and await it",
                            new Goal(0.25, Peer.CPYTHON)),
                    new Row("done", "await a future that is done"),
                    new Row("gather", "gather 1,000 tasks that don't suspend"),
                    new Row("gatherSuspended", "gather 1,000 tasks that suspend once"));

    private static final List<Row> TIMERS =
            List.of(
                    new Row("timerCancelled", "add a timer and cancel it"),
                    new Row("timerFired", "10,000 timers that are due, fired"),
                    new Row("sleep", "10,000 tasks that sleep for 1 ms, gathered"));

    private static final List<Row> MONOS =
            List.of(
                    new Row("just", "await `Mono.just`", new Goal(0.2, Peer.KOTLIN)),
                    new Row("hidden", "await a synchronous `Mono` that hides it"),
                    new Row(
                            "parallel",
                            "await a `Mono` on `Schedulers.parallel()`",
                            new Goal(1.0, Peer.BLOCK)));

    private static final List<Row> FLUXES =
            List.of(
                    new Row(
                            "generated",
                            "a generator as a `Flux`, unbounded",
                            new Goal(2.0, Peer.GENERATE),
                            new Goal(1.0, Peer.KOTLIN),
                            new Goal(1.0, Peer.KOTLIN_FLOW)),
                    new Row(
                            "generatedLimited",
                            "the same under `limitRate(256)`",
                            new Goal(1.5, Peer.GENERATE),
                            new Goal(1.0, Peer.KOTLIN),
                            new Goal(1.0, Peer.KOTLIN_FLOW)));

    private static final List<Row> ITERATIONS =
            List.of(
                    new Row(
                            "iterated",
                            "a `Flux` that can be polled",
                            new Goal(1.0, Peer.TO_ITERABLE)),
                    new Row(
                            "iteratedHidden",
                            "a `Flux` that can't",
                            new Goal(1.0, Peer.TO_ITERABLE)),
                    new Row(
                            "iteratedParallel",
                            "a `Flux` over `publishOn(parallel)`",
                            new Goal(1.0, Peer.TO_ITERABLE)));

    private static final List<Row> GENERATORS =
            List.of(
                    new Row(
                            "pulled",
                            "a `for` loop over a generator",
                            new Goal(5.0, Peer.CPYTHON)));

    private static final List<Row> CONTEXTS =
            List.of(
                    new Row("contextGet1", "get, 1 variable set"),
                    new Row("contextGet10", "get, 10 set"),
                    new Row("contextGet100", "get, 100 set"),
                    new Row("contextGet1000", "get, 1,000 set"),
                    new Row("contextSet1", "set, 1 set"),
                    new Row("contextSet1000", "set, 1,000 set"),
                    new Row("contextCopy1", "copy, 1 set"),
                    new Row("contextCopy1000", "copy, 1,000 set"));

    private static final List<Row> HEAP = List.of(new Row("sleeping", "a sleeping task"));

    private static final List<List<Row>> ALL =
            List.of(TASKS, MONOS, FLUXES, ITERATIONS, GENERATORS, TIMERS, CONTEXTS, HEAP);

    /** All tables. */
    static String tables(Figures figures, Figures allocated) {
        refuseUnknown(figures);
        List<Row> onTheHeap =
                Stream.of(TASKS, MONOS, FLUXES, ITERATIONS, GENERATORS)
                        .flatMap(List::stream)
                        .map(row -> new Row(row.key, row.work))
                        .toList();
        return """
        ### Tasks

        Nanoseconds for one task or one switch.

        %s
        ### Awaiting Reactor

        Nanoseconds for one await.

        %s
        ### Generators as `Flux`

        Nanoseconds for one item.

        %s
        ### `Flux` as iteration

        Nanoseconds for one element.

        %s
        ### Generators

        Nanoseconds for one item.

        %s
        ### Allocation

        Bytes allocated for one operation, on all threads together.

        %s
        ### Timers

        Nanoseconds for one timer or one sleeping task.

        %s
        ### Context variables

        Nanoseconds for one call.

        %s
        ### Memory

        Bytes of heap for each of 100,000 tasks that sleep at once.

        %s\
        """
                .formatted(
                        table(figures, TASKS),
                        table(figures, MONOS),
                        table(figures, FLUXES),
                        table(figures, ITERATIONS),
                        table(figures, GENERATORS),
                        table(allocated, onTheHeap, false),
                        table(figures, TIMERS),
                        table(figures, CONTEXTS),
                        table(figures, HEAP));
    }

    /** A figure without a row would be lost in silence. */
    private static void refuseUnknown(Figures figures) {
        Set<String> unknown = new HashSet<>(figures.rows());
        for (List<Row> rows : ALL) {
            rows.forEach(row -> unknown.remove(row.key));
        }
        if (!unknown.isEmpty()) {
            throw new IllegalStateException(
                    "measured, but in no table: " + unknown + "; add them to Rows");
        }
    }

    private static String table(Figures figures, List<Row> rows) {
        return table(figures, rows, true);
    }

    private static String table(Figures figures, List<Row> rows, boolean ratios) {
        List<Peer> present = new ArrayList<>();
        for (Peer peer : Peer.values()) {
            if (rows.stream().anyMatch(row -> figures.has(row.key, peer))) {
                present.add(peer);
            }
        }
        boolean goals = rows.stream().anyMatch(row -> !row.goals.isEmpty());
        StringBuilder text = new StringBuilder("| work |");
        StringBuilder line = new StringBuilder("| --- |");
        for (Peer peer : present) {
            text.append(' ')
                    .append(peer.title)
                    .append(ratios && peer != Peer.ASYNCIO4J ? " | ratio |" : " |");
            line.append(ratios && peer != Peer.ASYNCIO4J ? " ---: | ---: |" : " ---: |");
        }
        text.append(goals ? " expected |\n" : "\n").append(line).append(goals ? " --- |\n" : "\n");
        for (Row row : rows) {
            text.append("| ").append(row.work).append(" |");
            for (Peer peer : present) {
                text.append(' ').append(figures.cell(row.key, peer)).append(" |");
                if (ratios && peer != Peer.ASYNCIO4J) {
                    text.append(' ').append(ratio(figures.ratio(row.key, peer))).append(" |");
                }
            }
            if (goals) {
                text.append(' ').append(row.verdict(figures)).append(" |");
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String ratio(@Nullable Double ratio) {
        return ratio == null ? "" : String.format(Locale.ROOT, "%.2f", ratio);
    }
}
