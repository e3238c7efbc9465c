package asyncio4j.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

import sun.misc.Signal;
import sun.misc.SignalHandler;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program in a JVM of its own, with the class path and the JDK of this one. It says where it is
 * by lines on its standard output; what it gets is real signals, and lines on its standard input.
 */
public final class ChildJvm implements AutoCloseable {

    private static final boolean IGNORED_HERE = interruptsAreIgnored();

    private final Process process;

    private final BufferedReader output;

    private final Path errors;

    private ChildJvm(List<String> command) throws IOException {
        errors = Files.createTempFile("asyncio4j-child", ".err");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment()
                .keySet()
                .removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        process = builder.start();
        output = process.inputReader(UTF_8);
    }

    /** Starts {@code program}, one of {@code main}'s, in a JVM with {@code options}. */
    public static ChildJvm start(Class<?> main, String program, String... options)
            throws IOException {
        List<String> command = new ArrayList<>();
        if (IGNORED_HERE) { // as in a job that a shell has put into the background: children
            // inherit it
            command.addAll(List.of("env", "--default-signal=INT"));
        }
        command.addAll(java(main, program, options));
        return new ChildJvm(command);
    }

    /** The same, with SIGINT ignored from the start. */
    public static ChildJvm startIgnoringInterrupts(Class<?> main, String program)
            throws IOException {
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
        command.addAll(java(main, program));
        return new ChildJvm(command);
    }

    private static List<String> java(Class<?> main, String program, String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(engine());
        command.addAll(List.of(options));
        command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp"));
        command.addAll(List.of(System.getProperty("java.class.path"), main.getName(), program));
        return command;
    }

    /** The options of this JVM that say on which engine loops run. */
    private static List<String> engine() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option ->
                        option.startsWith("--add-exports=java.base/jdk.internal.vm=")
                                || option.startsWith("-Dasyncio4j.engine="))
                .toList();
    }

    private static boolean interruptsAreIgnored() {
        Signal signal = new Signal("INT");
        try {
            SignalHandler present = Signal.handle(signal, ignored -> {});
            Signal.handle(signal, present);
            return present == SignalHandler.SIG_IGN;
        } catch (IllegalArgumentException e) {
            return false; // this JVM runs with -Xrs
        }
    }

    /** Waits for the next line of the program's output; null at its end. */
    public @Nullable String line() throws IOException {
        return output.readLine();
    }

    /** Waits for the end of the program's output, and gives the lines that are left. */
    public List<String> rest() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = line(); line != null; line = line()) {
            lines.add(line);
        }
        return lines;
    }

    /** The number of the process. */
    public long pid() {
        return process.pid();
    }

    /** Sends SIGINT; it has been sent when this returns. */
    public void interrupt() throws IOException, InterruptedException {
        signal("INT");
    }

    /** Sends the signal of that name, such as {@code TERM}; it has been sent when this returns. */
    public void signal(String name) throws IOException, InterruptedException {
        shell("kill -" + name + " " + process.pid());
    }

    /** Sends SIGINT as fast as a shell can, until the program is gone. */
    public void interruptUntilGone() throws IOException, InterruptedException {
        shell("while kill -INT " + process.pid() + " 2>/dev/null; do :; done");
    }

    private static void shell(String command) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true).start();
        try (InputStream said = shell.getInputStream()) {
            String complaint = new String(said.readAllBytes(), UTF_8);
            if (shell.waitFor() != 0) {
                throw new IllegalStateException(command + ": " + complaint);
            }
        }
    }

    /** Sends a line. */
    public void tell(String line) {
        try {
            process.outputWriter(UTF_8).append(line).append('\n').flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the end of the program; its output must have been read. */
    public int exitCode() throws InterruptedException {
        return process.waitFor();
    }

    /** What the program wrote to its standard error so far. */
    public String errors() throws IOException {
        return Files.readString(errors);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Files.delete(errors);
    }
}
