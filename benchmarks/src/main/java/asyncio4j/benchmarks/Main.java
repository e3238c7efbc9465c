package asyncio4j.benchmarks;

import asyncio4j.Engine;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Runs every benchmark several times over, all of them in each round, so that a slow moment of the
 * machine falls on all; then writes the tables of {@code docs/benchmarks.md}. Called by {@code
 * benchmarks/run}.
 *
 * <p>Arguments: the file to write, the number of rounds, the iterations of each and their
 * milliseconds, and the Python to compare with, or nothing.
 */
public final class Main {

    private static final String BEGIN = "<!-- figures: begin -->";

    private static final String END = "<!-- figures: end -->";

    /** What the profiler calls the bytes for one operation. */
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    /** The share of the processors that other work may take before the figures suffer. */
    private static final double BUSY = 0.1;

    private static final Map<Peer, String> SLEEPERS =
            Map.of(
                    Peer.ASYNCIO4J,
                    "asyncio4j",
                    Peer.ASYNCIO4J_CONTINUATIONS,
                    "asyncio4jOnContinuations",
                    Peer.KOTLIN,
                    "kotlin",
                    Peer.VIRTUAL_THREADS,
                    "virtualThreads");

    private final Figures figures = new Figures();

    /** Bytes for one operation. */
    private final Figures allocated = new Figures();

    private final List<RunResult> all = new ArrayList<>();

    private final Set<String> pythons = new LinkedHashSet<>();

    private final List<Double> otherWork = new ArrayList<>();

    private Main() {}

    /** Measures and writes. */
    public static void main(String[] args)
            throws IOException, InterruptedException, RunnerException {
        if (args.length < 4) {
            throw new IllegalArgumentException(
                    "usage: Main FILE ROUNDS ITERATIONS MILLISECONDS [PYTHON]");
        }
        Path document = Path.of(args[0]);
        String text = Files.readString(document);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(
                    document
                            + " has no lines "
                            + BEGIN
                            + " and "
                            + END
                            + " to put the figures between");
        }
        int rounds = Integer.parseInt(args[1]);
        int iterations = Integer.parseInt(args[2]);
        int millis = Integer.parseInt(args[3]);
        String python = args.length > 4 ? args[4] : "";
        Main main = new Main();
        for (int round = 1; round <= rounds; round++) {
            System.out.printf("round %d of %d%n", round, rounds);
            main.otherWork.add(Environment.otherWork());
            main.jmh(iterations, millis);
            if (!python.isEmpty()) {
                main.python(python);
            }
            main.sleeping();
        }
        main.otherWork.add(Environment.otherWork());
        main.writeJson(Path.of("target", "jmh.json"));
        String figures =
                main.about(rounds, iterations, millis)
                        + "\n"
                        + Rows.tables(main.figures, main.allocated);
        Files.writeString(
                document, text.substring(0, begin) + BEGIN + "\n" + figures + text.substring(end));
        System.out.println(figures);
    }

    private void jmh(int iterations, int millis) throws RunnerException {
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .forks(1)
                        .warmupIterations(iterations)
                        .warmupTime(TimeValue.milliseconds(millis))
                        .measurementIterations(iterations)
                        .measurementTime(TimeValue.milliseconds(millis))
                        .shouldFailOnError(true)
                        .addProfiler(GCProfiler.class)
                        .jvmArgsAppend("--add-exports", "java.base/jdk.internal.vm=ALL-UNNAMED");
        for (RunResult result : new Runner(options.build()).run()) {
            add(result, "");
        }
        options.include(Peer.ASYNCIO4J.suffix + "$").param("engine", Engine.CONTINUATIONS.name());
        for (RunResult result : new Runner(options.build()).run()) {
            if (result.getParams().getParam("engine") != null) { // else it has no loop
                add(result, "OnContinuations");
            }
        }
    }

    private void add(RunResult result, String engine) {
        String name = result.getParams().getBenchmark();
        String method = name.substring(name.lastIndexOf('.') + 1) + engine;
        Peer peer = Peer.ofMethod(method);
        String row = method.substring(0, method.length() - peer.suffix.length());
        figures.add(row, peer, result.getPrimaryResult().getScore());
        allocated.add(row, peer, result.getSecondaryResults().get(ALLOCATED).getScore());
        all.add(result);
    }

    /** Each line of the script: peer, version, row, best, median, worst. */
    private void python(String command) throws IOException, InterruptedException {
        for (String line : output(List.of(command, "src/main/python/peers.py")).lines().toList()) {
            String[] cells = line.split("\t", -1);
            pythons.add(cells[0] + " " + cells[1]);
            if (cells.length > 2) {
                figures.add(cells[2], Peer.ofName(cells[0]), Double.parseDouble(cells[4]));
            }
        }
    }

    private void sleeping() throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("java.class.path");
        for (Map.Entry<Peer, String> sleeper : SLEEPERS.entrySet()) {
            String bytes =
                    output(
                            List.of(
                                    java,
                                    "-Xmx2g",
                                    "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED",
                                    "-cp",
                                    classPath,
                                    Sleeping.class.getName(),
                                    sleeper.getValue()));
            figures.add("sleeping", sleeper.getKey(), Double.parseDouble(bytes.strip()));
        }
    }

    private static String output(List<String> command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(
                    String.join(" ", command) + " failed with exit code " + process.exitValue());
        }
        return output;
    }

    private void writeJson(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        ResultFormatFactory.getInstance(ResultFormatType.JSON, file.toString()).writeOut(all);
    }

    private String about(int rounds, int iterations, int millis) {
        String python =
                pythons.isEmpty()
                        ? "no Python 3.12 or newer was found"
                        : String.join(", ", pythons);
        return String.format(
                Locale.ROOT,
                """
                Measured on %s: %d rounds; in each, %d iterations of %d ms after as many to warm up, in a fresh JVM.

                - %s; %s
                - %s
                - %s
                """,
                LocalDate.now(),
                rounds,
                iterations,
                millis,
                Environment.machine(),
                quiet(),
                Environment.versions(),
                python);
    }

    /** Whether the machine had anything else to do, and that the figures are rough if it had. */
    private String quiet() {
        String shares =
                otherWork.stream()
                        .map(share -> String.format(Locale.ROOT, "%.0f%%", share * 100))
                        .collect(Collectors.joining(", "));
        boolean busy = otherWork.stream().anyMatch(share -> share > BUSY);
        return "other work took "
                + shares
                + " of them before each round and at the end"
                + (busy ? ": **too much, these figures are rough**" : "");
    }
}
