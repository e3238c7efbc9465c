package asyncio4j.benchmarks.scale;

import asyncio4j.Engine;
import asyncio4j.Runner;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One case of one peer at one size, in a JVM of its own. Prints a line of JSON for each phase.
 *
 * <p>The case is run at a small size first, so that its code is compiled; then at its own for the
 * time, the median of several where it is small, and once more for the bytes.
 */
public final class ScaleRun {

    /** The size of what warms up, and how long that lasts. */
    private static final int WARM_UP = 1_000;

    private static final Duration WARM_UP_TIME = Duration.ofMillis(400);

    /** Repetitions are so many that this is about the sum of their sizes. */
    private static final int ALL_TOGETHER = 50_000;

    private static final int MOST_REPETITIONS = 25;

    private ScaleRun() {}

    /**
     * Arguments: the case, {@code asyncio4j} or {@code Kotlin}, the engine or nothing, the size.
     */
    public static void main(String[] args) throws Exception {
        String name = args[0];
        String peer = args[1];
        String engine = args[2];
        int n = Integer.parseInt(args[3]);
        ScaleCase work = peer.equals("Kotlin") ? kotlin(name) : Cases.of(name);
        Supplier<Runner> runners =
                peer.equals("Kotlin")
                        ? Runner::create
                        : () -> Runner.builder().engine(engine(engine)).build();
        long begun = System.nanoTime();
        do {
            work.run(Math.min(n, WARM_UP), Probe.ofTime(), runners);
        } while (System.nanoTime() - begun < WARM_UP_TIME.toNanos());
        int repetitions = Math.clamp(ALL_TOGETHER / n, 1, MOST_REPETITIONS);
        Map<String, List<Long>> times = new LinkedHashMap<>();
        for (int i = 0; i < repetitions; i++) {
            System.gc();
            Probe time = Probe.ofTime();
            work.run(n, time, runners);
            time.figures()
                    .forEach((phase, nanos) ->
                            times.computeIfAbsent(phase, _ -> new ArrayList<>())
                                    .add(nanos.longValue()));
        }
        Probe bytes = Probe.ofBytes();
        work.run(n, bytes, runners);
        times.forEach((phase, nanos) -> {
            Collections.sort(nanos);
            double seconds = nanos.get(nanos.size() / 2) / 1e9;
            long held = bytes.figures().get(phase).longValue();
            System.out.println(new ScaleFigure(phase, peer, engine, n, seconds, held, "").json());
        });
        System.exit(0);
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
