package asyncio4j.benchmarks.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Other programs that measure, and print or write what they have. */
final class Programs {

    private Programs() {}

    /** A main class of this class path in a JVM of its own; returns what it prints. */
    static String java(String mainClass, List<String> jvmArguments, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmArguments);
        command.add("--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(mainClass);
        command.addAll(arguments);
        return output(command);
    }

    /** What a command prints; fails if it does. */
    static String output(List<String> command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(
                        "failed with exit code "
                                + process.exitValue()
                                + ": "
                                + String.join(" ", command));
            }
            return output;
        } finally {
            process.destroy();
        }
    }
}
