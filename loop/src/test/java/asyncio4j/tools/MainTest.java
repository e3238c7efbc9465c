package asyncio4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import asyncio4j.child.WatchedPrograms;
import asyncio4j.testing.ChildJvm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/** The command line, against real JVMs. */
class MainTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(Object... args) {
        String[] texts = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            texts[i] = args[i].toString();
        }
        return Main.run(
                texts, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    }

    private String out() {
        return out.toString(UTF_8);
    }

    private String err() {
        return err.toString(UTF_8).strip();
    }

    private static ChildJvm child(String program, String line, String... options)
            throws IOException {
        ChildJvm child = ChildJvm.start(WatchedPrograms.class, program, options);
        assertThat(child.line()).isEqualTo(line);
        return child;
    }

    @Test
    void psAndPstreeShowTheTasksOfAnotherJvm() throws IOException {
        try (ChildJvm child = child("waiting", "waiting")) {
            assertThat(run("ps", child.pid())).as(err()).isZero();
            assertThat(out().lines())
                    .anyMatch(line ->
                            line.matches(
                                    "asyncio4j-loop-1 +main +waiting"
                                            + " +WatchedPrograms.waiting.lambda:\\d+"))
                    .anyMatch(line ->
                            line.matches(
                                    "asyncio4j-loop-1 +fetch rows +waiting"
                                            + " +WatchedPrograms.fetch:\\d+"
                                            + " +WatchedPrograms.waiting.lambda:\\d+ +main"));
            out.reset();
            assertThat(run("pstree", child.pid())).as(err()).isZero();
            assertThat(out())
                    .containsSubsequence(
                            "└── (T) main", "└── (T) fetch rows", "WatchedPrograms.fetch");
            out.reset();
            assertThat(run()).isZero();
            assertThat(out().lines())
                    .anyMatch(line ->
                            line.startsWith(child.pid() + " ") && line.contains("WatchedPrograms"));
        }
    }

    @Test
    void aHeldLoopIsShownWithWhatHoldsIt() throws IOException {
        try (ChildJvm child = child("held", "held")) {
            assertThat(run("ps", child.pid())).as(err()).isZero();
            assertThat(out())
                    .contains("did not answer within 1000 ms: it is held by task busy (WAITING)")
                    .contains("WatchedPrograms.inTheWay(");
        }
    }

    @Test
    void theScriptFindsWhatItNeeds() throws IOException, InterruptedException {
        try (ChildJvm child = child("waiting", "waiting")) {
            Process script =
                    new ProcessBuilder(
                                    Path.of("asyncio4j").toAbsolutePath().toString(),
                                    "pstree",
                                    Long.toString(child.pid()))
                            .redirectErrorStream(true)
                            .start();
            String said = new String(script.getInputStream().readAllBytes(), UTF_8);
            assertThat(script.waitFor()).as(said).isZero();
            assertThat(said).contains("└── (T) main");
        }
    }

    @Test
    void aJvmWithoutLoopsIsSaidToBeOne() throws IOException {
        try (ChildJvm child = child("noLoop", "no loop")) {
            assertThat(run("ps", child.pid())).isOne();
            assertThat(err())
                    .startsWith(
                            "asyncio4j: process "
                                    + child.pid()
                                    + " runs no loop of asyncio4j, or one that has only just");
        }
    }

    @Test
    void soIsOneThatDoesntShowThem() throws IOException {
        try (ChildJvm child = child("waiting", "waiting", "-Dasyncio4j.management=false")) {
            assertThat(run("pstree", child.pid())).isOne();
            assertThat(err()).endsWith("(-Dasyncio4j.management=false)");
        }
    }

    @Test
    void whatIsNoProcessOrNoJvmIsRefused() throws IOException, InterruptedException {
        Process other = new ProcessBuilder("cat").start();
        try {
            assertThat(run("ps", other.pid())).isOne();
            assertThat(err())
                    .isEqualTo(
                            "asyncio4j: process "
                                    + other.pid()
                                    + " is no JVM, or not one of this user");
            err.reset();
        } finally {
            other.destroy();
            other.waitFor();
        }
        assertThat(run("ps", other.pid())).isOne();
        assertThat(err()).isEqualTo("asyncio4j: there is no process " + other.pid());
        assertThat(out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ps", "top 1", "ps me", "ps -1", "ps 1 2", "ps 99999999999999999999"})
    void argumentsThatMeanNothingAreAnsweredWithHowToUseIt(String arguments) {
        assertThat(run((Object[]) arguments.split(" "))).isEqualTo(2);
        assertThat(err()).startsWith("usage: asyncio4j ps PID ");
        assertThat(out()).isEmpty();
    }

    @Test
    void helpIsGivenWhereItIsAskedFor() {
        assertThat(run("--help")).isZero();
        assertThat(out()).startsWith("usage: asyncio4j ps PID ");
    }
}
