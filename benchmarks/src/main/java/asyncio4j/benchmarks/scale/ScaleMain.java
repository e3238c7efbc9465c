package asyncio4j.benchmarks.scale;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Measures all cases at all sizes, each in a process of its own, and writes the figures as an array
 * of JSON objects; {@link ScaleFigure} says what is in them. Called from the folder {@code
 * benchmarks}.
 *
 * <p>Arguments: the file to write; {@code short}, which goes to 100,000 and takes two minutes, or
 * {@code full}, which goes to 1,000,000; the Python to compare with, or nothing; one that has
 * uvloop, or nothing.
 */
public final class ScaleMain {

    static final String VIRTUAL_THREADS = "virtual threads";

    static final String CONTINUATIONS = "continuations";

    /** A process that takes longer is ended, and its figures are missing, as those of more. */
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private static final Duration SHORT_LONGEST = Duration.ofSeconds(15);

    private static final int SHORT_MAXIMUM = 100_000;

    /** What {@link ScaleRun} and {@code scale.py} do, and to which size. */
    private record Case(String name, int maximum, List<String> phases, String notInKotlin) {

        Case(String name, int maximum, String... phases) {
            this(name, maximum, List.of(phases), "");
        }
    }

    private static final List<Case> CASES =
            List.of(
                    new Case("sleep", 1_000_000, "sleepEnd", "sleep", "sleepClose"),
                    new Case("timers", 1_000_000, "timersAdded", "timersCancelled", "timersFired"),
                    new Case("chain", 100_000, "chain", "chainDone"),
                    new Case(
                            "chainCancel",
                            100_000,
                            List.of("chainCancel"),
                            "cancelling who awaits doesn't cancel what is awaited"),
                    new Case("gather", 1_000_000, "gather", "gatherDone"),
                    new Case("groups", 10_000, "groups", "groupsDone"),
                    new Case("groupsCancel", 10_000, "groupsCancel"),
                    new Case("generators", 10_000, "generators", "generatorsClosed"));

    private final List<ScaleFigure> figures = new ArrayList<>();

    /** Cases and peers that weren't done with fewer. */
    private final Set<String> givenUp = new HashSet<>();

    private final boolean full;

    private final @Nullable String python;

    private final @Nullable String uvloopPython;

    private ScaleMain(boolean full, @Nullable String python, @Nullable String uvloopPython) {
        this.full = full;
        this.python = python;
        this.uvloopPython = uvloopPython;
    }

    /** Measures and writes. */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length < 2 || !(args[1].equals("short") || args[1].equals("full"))) {
            throw new IllegalArgumentException(
                    "usage: ScaleMain FILE short|full [PYTHON] [PYTHON WITH UVLOOP]");
        }
        ScaleMain main =
                new ScaleMain(args[1].equals("full"), argument(args, 2), argument(args, 3));
        for (Case work : CASES) {
            for (int n : main.sizes(work)) {
                main.measure(work, n);
            }
        }
        Path file = Path.of(args[0]).toAbsolutePath();
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                main.figures.stream()
                        .map(ScaleFigure::json)
                        .collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n")));
    }

    private static @Nullable String argument(String[] args, int index) {
        return args.length > index && !args[index].isEmpty() ? args[index] : null;
    }

    private List<Integer> sizes(Case work) {
        int maximum = full ? work.maximum : Math.min(work.maximum, SHORT_MAXIMUM);
        List<Integer> sizes = new ArrayList<>();
        for (int n = 1_000; n <= maximum; n *= 10) {
            if (full || n != 10_000 || n == maximum) { // both ends are enough for the short one
                sizes.add(n);
            }
        }
        return sizes;
    }

    private void measure(Case work, int n) throws IOException, InterruptedException {
        java(work, "asyncio4j", VIRTUAL_THREADS, n);
        java(work, "asyncio4j", CONTINUATIONS, n);
        if (work.notInKotlin.isEmpty()) {
            java(work, "Kotlin", "", n);
        } else {
            missing(work, "Kotlin", "", n, work.notInKotlin);
        }
        if (python != null) {
            python(python, work, "CPython", n);
        }
        if (uvloopPython != null) {
            python(uvloopPython, work, "uvloop", n);
        }
    }

    private void java(Case work, String peer, String engine, int n)
            throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        run(
                work,
                peer,
                engine,
                n,
                List.of(
                        java,
                        n > SHORT_MAXIMUM ? "-Xmx8g" : "-Xmx2g",
                        "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ScaleRun.class.getName(),
                        work.name,
                        peer,
                        engine,
                        String.valueOf(n)));
    }

    private void python(String command, Case work, String peer, int n)
            throws IOException, InterruptedException {
        run(
                work,
                peer,
                "",
                n,
                List.of(command, "src/main/python/scale.py", work.name, peer, String.valueOf(n)));
    }

    private void run(Case work, String peer, String engine, int n, List<String> command)
            throws IOException, InterruptedException {
        String who = String.join(" ", work.name, peer, engine);
        if (givenUp.contains(who)) {
            missing(work, peer, engine, n, "not tried, as fewer were not measured");
            return;
        }
        Duration longest = full ? LONGEST : SHORT_LONGEST;
        Path errors = Files.createTempFile("scale", ".txt");
        Path output = Files.createTempFile("scale", ".json");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectOutput(output.toFile())
                            .redirectError(errors.toFile())
                            .start();
            String why = "";
            if (!process.waitFor(longest.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                why =
                        "measuring it, its memory included, took over "
                                + longest.toSeconds()
                                + " seconds";
            } else if (process.exitValue() != 0) {
                why = reason(process.exitValue(), Files.readString(errors, StandardCharsets.UTF_8));
            }
            if (!why.isEmpty()) {
                missing(work, peer, engine, n, why);
                givenUp.add(who);
                return;
            }
            for (String line : Files.readAllLines(output)) {
                add(ScaleFigure.parse(line));
            }
        } finally {
            Files.delete(errors);
            Files.delete(output);
        }
    }

    /** The error that a process has ended with, in a few words. */
    private static String reason(int exit, String errors) {
        List<String> lines = errors.lines().filter(line -> !line.isBlank()).toList();
        for (String line : lines) {
            if (line.startsWith("Exception in thread")) {
                return line.replaceFirst("Exception in thread \"[^\"]*\" ", "");
            }
        }
        for (String line : lines.reversed()) {
            if (line.matches("\\w+(Error|Exception)\\b.*")) {
                return line;
            }
        }
        return exit > 128 ? "the process died of signal " + (exit - 128) : "exit code " + exit;
    }

    private void missing(Case work, String peer, String engine, int n, String why) {
        for (String phase : work.phases) {
            add(new ScaleFigure(phase, peer, engine, n, null, null, why));
        }
    }

    private void add(ScaleFigure figure) {
        figures.add(figure);
        System.out.println(figure.json());
    }
}
