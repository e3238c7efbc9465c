package asyncio4j.benchmarks.report;

import asyncio4j.Engine;
import asyncio4j.benchmarks.Sleeping;
import asyncio4j.benchmarks.latency.LatencyMain;
import asyncio4j.benchmarks.scale.ScaleMain;

import org.openjdk.jmh.runner.RunnerException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One run: everything several times over, all of it in each round, so that a slow moment of the
 * machine falls on all; scale and latency, which repeat themselves, once.
 */
final class Measurement {

    private static final Path SCALE = Path.of("target", "scale.json");

    private static final Path LATENCY = Path.of("target", "latency.json");

    private static final Map<Peer, String> SLEEPERS =
            new EnumMap<>(
                    Map.of(
                            Peer.ASYNCIO4J,
                            "asyncio4j",
                            Peer.ASYNCIO4J_CONTINUATIONS,
                            "asyncio4jOnContinuations",
                            Peer.KOTLIN,
                            "kotlin",
                            Peer.VIRTUAL_THREADS,
                            "virtualThreads"));

    /** Something to do, and the seconds that it is expected to take. */
    private record Step(String what, double seconds, Action action) {}

    private interface Action {
        void run() throws IOException, InterruptedException, RunnerException;
    }

    private final Options options;

    private final Figures figures = new Figures();

    private final Figures allocated = new Figures();

    private final Map<String, String> versions = Environment.versions();

    private final List<String> leftOut = new ArrayList<>();

    private final List<Double> otherWork = new ArrayList<>();

    private final List<ScalePoint> scale = new ArrayList<>();

    private final List<LatencyPoint> latency = new ArrayList<>();

    private final List<Step> steps = new ArrayList<>();

    Measurement(Options options) {
        this.options = options;
    }

    /** Measures all that is asked for. */
    Results run() throws IOException, InterruptedException, RunnerException {
        plan();
        Progress progress =
                new Progress(
                        System.err,
                        System::nanoTime,
                        steps.stream().mapToDouble(Step::seconds).sum());
        for (Step step : steps) {
            progress.step(step.what, step.seconds);
            step.action.run();
        }
        progress.end();
        return new Results(
                LocalDate.now().toString(),
                options.mode(),
                options.rounds(),
                options.iterations(),
                options.millis(),
                Environment.machine(),
                otherWork,
                versions,
                leftOut,
                figures.cells(),
                allocated.cells(),
                scale,
                latency);
    }

    private void plan() {
        Set<Part> others = EnumSet.complementOf(EnumSet.copyOf(options.parts()));
        if (!others.isEmpty()) {
            leftOut.add(
                    others.stream().map(Part::word).collect(Collectors.joining(", "))
                            + ": not asked for");
        }
        Jmh jmh = new Jmh(options, figures, allocated);
        for (int round = 1; round <= options.rounds(); round++) {
            String prefix = "round %d of %d: ".formatted(round, options.rounds());
            steps.add(new Step(prefix + "how busy the machine is", 2, this::lookAround));
            for (Part part : options.parts()) {
                for (Engine engine : Engine.values()) {
                    double seconds = jmh.seconds(part, engine);
                    if (seconds > 0) {
                        String what = engine == Engine.CONTINUATIONS ? " on continuations" : "";
                        steps.add(
                                new Step(
                                        prefix + part.word() + what,
                                        seconds,
                                        () -> jmh.run(part, engine)));
                    }
                }
            }
            if (options.parts().contains(Part.PYTHON)) {
                planPython(prefix);
            }
            if (options.parts().contains(Part.MEMORY)) {
                SLEEPERS.forEach((peer, sleeper) ->
                        steps.add(
                                new Step(
                                        prefix + "memory, " + peer.plainTitle(),
                                        4,
                                        () -> sleep(peer, sleeper))));
            }
        }
        if (options.parts().contains(Part.LATENCY)) {
            steps.add(new Step(Part.LATENCY.word(), options.full() ? 185 : 55, this::latency));
        }
        if (options.parts().contains(Part.SCALE)) {
            planScale();
        }
        steps.add(new Step("how busy the machine is now", 2, this::lookAround));
    }

    private void planPython(String prefix) {
        if (options.python().isEmpty()) {
            leaveOut("CPython: no Python 3.12 or newer was found");
        } else {
            steps.add(
                    new Step(prefix + "CPython", 14, () -> python(options.python(), Peer.CPYTHON)));
        }
        if (options.uvloopPython().isEmpty()) {
            leaveOut("uvloop: no Python that has it; UVLOOP_PYTHON can name one");
        } else {
            steps.add(
                    new Step(
                            prefix + "uvloop",
                            4,
                            () -> python(options.uvloopPython(), Peer.UVLOOP)));
        }
    }

    /** A step for each case, as they take minutes in the full mode. */
    private void planScale() {
        for (String work : ScaleMain.names(options.full())) {
            steps.add(
                    new Step(
                            Part.SCALE.word() + ", " + work,
                            ScaleMain.seconds(work, options.full()),
                            () -> scale(work)));
        }
    }

    private void leaveOut(String what) {
        if (!leftOut.contains(what)) {
            leftOut.add(what);
        }
    }

    private void lookAround() throws InterruptedException {
        otherWork.add(Environment.otherWork());
    }

    /** Each line of the script: peer, version, row, best, median, worst. */
    private void python(String command, Peer peer) throws IOException, InterruptedException {
        List<String> words = List.of(command, "src/main/python/peers.py", peer.suffix);
        for (String line : Programs.output(words).lines().toList()) {
            String[] cells = line.split("\t", -1);
            versions.put(cells[0], cells[1]);
            figures.add(cells[2], Peer.ofName(cells[0]), Double.parseDouble(cells[4]));
        }
    }

    private void sleep(Peer peer, String sleeper) throws IOException, InterruptedException {
        String bytes = Programs.java(Sleeping.class.getName(), List.of("-Xmx2g"), List.of(sleeper));
        figures.add("sleeping", peer, Double.parseDouble(bytes.strip()));
    }

    private void latency() throws IOException, InterruptedException {
        Files.deleteIfExists(LATENCY);
        Programs.java(
                LatencyMain.class.getName(),
                List.of(),
                List.of(LATENCY.toString(), options.mode()));
        latency.addAll(Results.readArray(LATENCY, LatencyPoint[].class));
    }

    private void scale(String work) throws IOException, InterruptedException {
        Files.deleteIfExists(SCALE);
        List<String> arguments =
                List.of(
                        SCALE.toString(),
                        options.mode(),
                        options.python(),
                        options.uvloopPython(),
                        work);
        Programs.java(ScaleMain.class.getName(), List.of(), arguments);
        scale.addAll(Results.readArray(SCALE, ScalePoint[].class));
    }
}
