package asyncio4j.benchmarks.scale;

import asyncio4j.Engine;
import asyncio4j.Runner;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One case of one peer at all its sizes, in a JVM of its own. Prints a line of JSON for each phase
 * at each size.
 *
 * <p>The case is run at a small size first, until its code is compiled, so that all sizes are
 * measured with the same code. Then at each size several times for the time, of which the median
 * counts, and once more for the bytes; before each run the heap is collected.
 */
public final class ScaleRun {

    /** The size of what warms up. */
    private static final int WARM_UP = 1_000;

    private static final int MOST_REPETITIONS = 25;

    private static final int LEAST_REPETITIONS = 3;

    /** While it warms up, the compiler is looked at that often. */
    private static final Duration BLOCK = Duration.ofMillis(250);

    /** A compiler that works for a greater share of the time has something to do. */
    private static final double BUSY = 0.1;

    /** What a phase took, and how many milliseconds of that the collector did. */
    private record Time(long nanos, long paused) {}

    private interface Round {
        void run() throws Exception;
    }

    private ScaleRun() {}

    /**
     * Arguments: the case; {@code asyncio4j} or {@code Kotlin}; the engine or nothing; how many
     * milliseconds to warm up at most; how many a size may have for its repetitions; how many it
     * may have where it takes that long to have three of them; the sizes.
     */
    public static void main(String[] args) throws Exception {
        String name = args[0];
        String peer = args[1];
        String engine = args[2];
        long warmUp = millis(args[3]);
        long enough = millis(args[4]);
        long most = millis(args[5]);
        ScaleCase work = peer.equals("Kotlin") ? kotlin(name) : Cases.of(name);
        Supplier<Runner> runners =
                peer.equals("Kotlin")
                        ? Runner::create
                        : () -> Runner.builder().engine(engine(engine)).build();
        warmUp(() -> work.run(WARM_UP, Probe.ofTime(), runners), warmUp);
        for (String size : Arrays.asList(args).subList(6, args.length)) {
            int n = Integer.parseInt(size);
            Map<String, List<Time>> times = new LinkedHashMap<>();
            long began = System.nanoTime();
            long spent = 0;
            for (int i = 0;
                    i < MOST_REPETITIONS && spent < (i < LEAST_REPETITIONS ? most : enough);
                    i++) {
                System.gc();
                Probe probe = Probe.ofTime();
                work.run(n, probe, runners);
                probe.figures()
                        .forEach((phase, nanos) ->
                                times.computeIfAbsent(phase, _ -> new ArrayList<>())
                                        .add(
                                                new Time(
                                                        nanos.longValue(),
                                                        probe.pauses().getOrDefault(phase, 0L))));
                spent = System.nanoTime() - began;
            }
            Probe bytes = Probe.ofBytes();
            work.run(n, bytes, runners);
            times.forEach((phase, all) -> {
                all.sort(Comparator.comparingLong(Time::nanos));
                Time median = all.get(all.size() / 2);
                System.out.println(
                        new ScaleFigure(
                                        phase,
                                        peer,
                                        engine,
                                        n,
                                        median.nanos / 1e9,
                                        median.paused / 1e3,
                                        bytes.figures().get(phase).longValue(),
                                        "")
                                .json());
            });
        }
        System.exit(0);
    }

    /** Goes on until the compiler has hardly anything to do any more, or the time is over. */
    private static void warmUp(Round round, long most) throws Exception {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        long begun = System.nanoTime();
        long now = begun;
        long compiled = 0;
        boolean busy = true;
        while (busy && now - begun < most) {
            long block = now;
            do {
                round.run();
                now = System.nanoTime();
            } while (now - block < BLOCK.toNanos());
            long before = compiled;
            compiled = compiler.getTotalCompilationTime();
            busy = compiled - before > BUSY * (now - block) / 1e6;
        }
    }

    private static long millis(String word) {
        return Duration.ofMillis(Integer.parseInt(word)).toNanos();
    }

    private static ScaleCase kotlin(String name) {
        return (n, probe, _) -> KotlinCases.run(name, n, probe);
    }

    private static Engine engine(String name) {
        return switch (name) {
            case ScaleMain.VIRTUAL_THREADS -> Engine.VIRTUAL_THREADS;
            case ScaleMain.CONTINUATIONS -> Engine.CONTINUATIONS;
            default -> throw new IllegalArgumentException("no such engine: " + name);
        };
    }
}
