package asyncio4j.benchmarks.latency;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Measures the latency of wake-ups: each source with each waiter, idle and busy, all of them in
 * each round, so that a slow moment of the machine falls on all. Writes a JSON array of {@code
 * {source, peer, load, p50, p99, p999, max, count}}, in nanoseconds.
 *
 * <p>Arguments: the file to write, and {@code short}, which takes less than a minute and has some
 * 2,000 waits for each, so that p99.9 is a hint only, or {@code full}, three minutes.
 */
public final class LatencyMain {

    /** The longest wait that is told from longer ones. */
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** One line of the result. */
    private record Cell(Source source, Waiter waiter, boolean busy, Histogram latencies) {

        void measure(boolean pauses, long millis, Histogram into) throws InterruptedException {
            waiter.run(
                    new Trial(source, busy, pauses, TimeUnit.MILLISECONDS.toNanos(millis), into));
        }

        String json() {
            return String.format(
                    Locale.ROOT,
                    "  {\"source\": \"%s\", \"peer\": \"%s\", \"load\": \"%s\", \"p50\": %d,"
                            + " \"p99\": %d, \"p999\": %d, \"max\": %d, \"count\": %d}",
                    source.name(),
                    waiter.peer,
                    busy ? "busy" : "idle",
                    latencies.getValueAtPercentile(50),
                    latencies.getValueAtPercentile(99),
                    latencies.getValueAtPercentile(99.9),
                    latencies.getMaxValue(),
                    latencies.getTotalCount());
        }
    }

    private LatencyMain() {}

    /** Measures and writes. */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length != 2 || !List.of("short", "full").contains(args[1])) {
            throw new IllegalArgumentException("usage: LatencyMain FILE short|full");
        }
        boolean full = args[1].equals("full");
        List<Cell> cells = cells();
        for (Cell cell : cells) {
            cell.measure(false, full ? 500 : 150, histogram());
        }
        for (int round = 0; round < (full ? 3 : 2); round++) {
            for (Cell cell : cells) {
                cell.measure(true, full ? 1_500 : 600, cell.latencies());
            }
        }
        String json =
                cells.stream().map(Cell::json).collect(Collectors.joining(",\n", "[\n", "\n]\n"));
        Path file = Path.of(args[0]).toAbsolutePath();
        Files.createDirectories(file.getParent());
        Files.writeString(file, json);
        System.out.print(json);
    }

    private static List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        List<Source> sources = Source.all();
        for (boolean busy : new boolean[] {false, true}) {
            for (Source source : sources) {
                for (Waiter waiter : Waiter.values()) {
                    if (waiter.isAvailable()) {
                        cells.add(new Cell(source, waiter, busy, histogram()));
                    }
                }
            }
        }
        return cells;
    }

    private static Histogram histogram() {
        return new Histogram(HIGHEST_NANOS, 3);
    }
}
