package asyncio4j.benchmarks.scale;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Measures cases at all sizes, each case of each peer in a process of its own, and writes the
 * figures as an array of JSON objects; {@link ScaleFigure} says what is in them. Called from the
 * folder {@code benchmarks}.
 *
 * <p>Arguments: the file to write; {@code short}, which goes to 100,000, or {@code full}, which
 * goes to 1,000,000 and repeats more; the Python to compare with, or nothing; one that has uvloop,
 * or nothing; the cases, or none for all of them.
 */
public final class ScaleMain {

    static final String VIRTUAL_THREADS = "virtual threads";

    static final String CONTINUATIONS = "continuations";

    private static final String OURS = "asyncio4j";

    private static final String KOTLIN = "Kotlin";

    /**
     * How far it goes, and what it takes its time for.
     *
     * @param maximum the largest size
     * @param counted the largest size at which a Python counts its bytes, which takes it several
     *     times as long as the work
     * @param heap of each JVM, all of it touched before
     * @param warmUp how long a process warms up at most
     * @param enough what a size may have for its repetitions
     * @param most what it may have until there are three of them
     * @param longest a process that takes longer is ended, and what it hasn't printed is missing
     */
    private record Mode(
            int maximum,
            int counted,
            String heap,
            Duration warmUp,
            Duration enough,
            Duration most,
            Duration longest) {

        static final Mode SHORT =
                new Mode(
                        100_000,
                        10_000,
                        "2g",
                        Duration.ofMillis(2_500),
                        Duration.ofMillis(300),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(40));

        static final Mode FULL =
                new Mode(
                        1_000_000,
                        100_000,
                        "6g",
                        Duration.ofSeconds(8),
                        Duration.ofMillis(1_500),
                        Duration.ofSeconds(15),
                        Duration.ofMinutes(4));
    }

    /**
     * What {@link ScaleRun} and {@code scale.py} do.
     *
     * @param maximum the size that is looked for
     * @param seconds what it takes about in the short mode, all peers together; 0 if that has no
     *     time for it
     * @param fullSeconds the same in the full mode
     * @param notInKotlin why Kotlin doesn't have it, or empty
     */
    private record Case(
            String name,
            int maximum,
            double seconds,
            double fullSeconds,
            List<String> phases,
            String notInKotlin) {

        Case(String name, int maximum, double seconds, double fullSeconds, String... phases) {
            this(name, maximum, seconds, fullSeconds, List.of(phases), "");
        }
    }

    private static final List<Case> CASES =
            List.of(
                    new Case("sleep", 1_000_000, 35, 240, "sleepEnd", "sleep", "sleepClose"),
                    new Case(
                            "timers",
                            1_000_000,
                            17,
                            70,
                            "timersAdded",
                            "timersCancelled",
                            "timersFired"),
                    new Case("chain", 100_000, 21, 70, "chain", "chainDone"),
                    new Case(
                            "chainCancel",
                            100_000,
                            0,
                            30,
                            List.of("chainCancel"),
                            "cancelling who awaits doesn't cancel what is awaited"),
                    new Case("gather", 1_000_000, 20, 110, "gather", "gatherDone"),
                    new Case("groups", 10_000, 13, 45, "groups", "groupsDone"),
                    new Case("groupsCancel", 10_000, 0, 45, "groupsCancel"),
                    new Case("generators", 10_000, 13, 45, "generators", "generatorsClosed"));

    private final List<ScaleFigure> figures = new ArrayList<>();

    private final Mode mode;

    private final @Nullable String python;

    private final @Nullable String uvloopPython;

    private ScaleMain(Mode mode, @Nullable String python, @Nullable String uvloopPython) {
        this.mode = mode;
        this.python = python;
        this.uvloopPython = uvloopPython;
    }

    /** Measures and writes. */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length < 2 || !(args[1].equals("short") || args[1].equals("full"))) {
            throw new IllegalArgumentException(
                    "usage: ScaleMain FILE short|full [PYTHON] [PYTHON WITH UVLOOP] [CASE]...");
        }
        boolean full = args[1].equals("full");
        List<String> wanted = args.length > 4 ? List.of(args).subList(4, args.length) : names(full);
        for (String name : wanted) {
            if (!names(true).contains(name)) {
                throw new IllegalArgumentException(
                        "there is no case '%s'; there are %s".formatted(name, names(true)));
            }
        }
        ScaleMain main =
                new ScaleMain(full ? Mode.FULL : Mode.SHORT, argument(args, 2), argument(args, 3));
        for (Case work : CASES) {
            if (wanted.contains(work.name)) {
                main.measure(work);
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

    /** The names of all cases of the full mode or the short one, in order. */
    public static List<String> names(boolean full) {
        return CASES.stream().filter(work -> full || work.seconds > 0).map(Case::name).toList();
    }

    /** How many seconds a case takes about, with all peers. */
    public static double seconds(String name, boolean full) {
        Case work = CASES.stream().filter(c -> c.name.equals(name)).findFirst().orElseThrow();
        return full ? work.fullSeconds : work.seconds;
    }

    private static @Nullable String argument(String[] args, int index) {
        return args.length > index && !args[index].isEmpty() ? args[index] : null;
    }

    private List<Integer> sizes(Case work) {
        List<Integer> sizes = new ArrayList<>();
        for (int n = 1_000; n <= Math.min(work.maximum, mode.maximum); n *= 10) {
            sizes.add(n);
        }
        return sizes;
    }

    private void measure(Case work) throws IOException, InterruptedException {
        java(work, OURS, VIRTUAL_THREADS);
        java(work, OURS, CONTINUATIONS);
        if (work.notInKotlin.isEmpty()) {
            java(work, KOTLIN, "");
        } else {
            missing(work, KOTLIN, "", sizes(work), work.notInKotlin);
        }
        if (python != null) {
            python(python, work, "CPython");
        }
        if (uvloopPython != null) {
            python(uvloopPython, work, "uvloop");
        }
    }

    private void java(Case work, String peer, String engine)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-Xms" + mode.heap,
                        "-Xmx" + mode.heap,
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseG1GC"));
        if (peer.equals(KOTLIN) && work.name.equals("groupsCancel")) {
            command.add("-Xss1g"); // it recurses, and hangs for ever where the stack is too small
        }
        command.addAll(
                List.of(
                        "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ScaleRun.class.getName()));
        run(work, peer, engine, command);
    }

    private void python(String command, Case work, String peer)
            throws IOException, InterruptedException {
        run(
                work,
                peer,
                "",
                List.of(command, "src/main/python/scale.py", String.valueOf(mode.counted)));
    }

    private void run(Case work, String peer, String engine, List<String> program)
            throws IOException, InterruptedException {
        List<Integer> missing = new ArrayList<>(sizes(work));
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of(work.name, peer, engine));
        for (Duration duration : List.of(mode.warmUp, mode.enough, mode.most)) {
            command.add(String.valueOf(duration.toMillis()));
        }
        missing.forEach(n -> command.add(String.valueOf(n)));
        Path errors = Files.createTempFile("scale", ".txt");
        Path output = Files.createTempFile("scale", ".json");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectOutput(output.toFile())
                            .redirectError(errors.toFile())
                            .start();
            String why = "";
            try {
                if (!process.waitFor(mode.longest.toSeconds(), TimeUnit.SECONDS)) {
                    why = "it took over " + mode.longest.toSeconds() + " seconds";
                }
            } finally {
                process.destroyForcibly().waitFor();
            }
            if (why.isEmpty() && process.exitValue() != 0) {
                why = reason(process.exitValue(), Files.readString(errors, StandardCharsets.UTF_8));
            }
            for (String line : Files.readAllLines(output)) {
                ScaleFigure figure = ScaleFigure.parse(line);
                missing.remove((Integer) figure.n());
                add(figure);
            }
            missing(work, peer, engine, missing, why);
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

    private void missing(Case work, String peer, String engine, List<Integer> sizes, String why) {
        for (int i = 0; i < sizes.size(); i++) {
            for (String phase : work.phases) {
                String note = i == 0 ? why : "not tried, as fewer were not measured";
                add(new ScaleFigure(phase, peer, engine, sizes.get(i), null, null, null, note));
            }
        }
    }

    private void add(ScaleFigure figure) {
        figures.add(figure);
        System.out.println(figure.json());
    }
}
