package asyncio4j.netty;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.getRunningLoop;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import asyncio4j.Engine;
import asyncio4j.KeyboardInterrupt;
import asyncio4j.Runner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Ctrl-C while the loop waits for I/O. */
class InterruptedWaitTest {

    /** The program that gets the signal. */
    static final class Waiting {

        private Waiting() {}

        @SuppressWarnings("SystemOut") // this is how it says where it is
        public static void main(String[] args) {
            try (Runner runner = Loops.runner(Transport.valueOf(args[0]))) {
                runner.run(() -> {
                    System.out.println("waits");
                    await(getRunningLoop().createFuture());
                });
            } catch (KeyboardInterrupt e) {
                System.out.println("interrupted");
            }
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void ctrlCEndsIt() throws Exception {
        for (Transport transport : Loops.transports().toList()) {
            List<String> command =
                    new ArrayList<>(
                            List.of(
                                    "env",
                                    "--default-signal=INT",
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "--enable-native-access=ALL-UNNAMED"));
            if (Engine.CONTINUATIONS.isAvailable()) {
                command.addAll(List.of("--add-exports", "java.base/jdk.internal.vm=ALL-UNNAMED"));
            }
            command.addAll(
                    List.of(
                            "-cp",
                            System.getProperty("java.class.path"),
                            Waiting.class.getName(),
                            transport.name()));
            Process process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            try (BufferedReader output = process.inputReader(UTF_8)) {
                assertThat(output.readLine()).isEqualTo("waits");
                new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
                assertThat(output.readLine()).isEqualTo("interrupted");
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            } finally {
                process.destroyForcibly();
            }
        }
    }
}
