package asyncio4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.child.ShutdownPrograms;
import asyncio4j.testing.ChildJvm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.time.Duration;

/** A runner whose JVM is told to stop: a real JVM, and real signals. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JvmShutdownTest {

    private static ChildJvm start(String program, String... options) throws IOException {
        return ChildJvm.start(ShutdownPrograms.class, program, options);
    }

    /** Nothing was to be said, such as that the limit was exceeded. */
    private static void assertEnd(ChildJvm child, int exitCode)
            throws IOException, InterruptedException {
        assertThat(child.exitCode()).isEqualTo(exitCode);
        assertThat(child.errors()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "HUP, 129"})
    void theMainTaskIsCancelledAndTheRunnerClosedBeforeTheJvmEnds(String signal, int exitCode)
            throws Exception {
        try (ChildJvm child = start("unwinding")) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.signal(signal);
            assertThat(child.line()).isEqualTo("main unwound");
            assertThat(child.line()).isEqualTo("other task unwound");
            assertThat(child.line()).isEqualTo("generator closed");
            assertThat(child.rest()) // the JVM ends at once, whatever its other threads still say
                    .isSubsetOf("cancelled: the JVM was told to stop", "end");
            assertEnd(child, exitCode);
        }
    }

    @Test
    void pastTheLimitTheTasksThatDidNotEndAreNamedAndTheJvmEnds() throws Exception {
        try (ChildJvm child = start("stubborn")) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.signal("TERM");
            assertThat(child.rest()).containsExactly("swallowed", "awaiting");
            assertThat(child.exitCode()).isEqualTo(143);
            assertThat(child.errors())
                    .containsPattern(
                            "WARNING: The JVM ends before the runner of asyncio4j-loop-1\\[.*\\]"
                                    + " was closed, after a shutdown timeout of PT0.2S; not"
                                    + " done:\nTask\\[Task-\\d+, ")
                    .contains("at asyncio4j.child.ShutdownPrograms.awaiting(");
        }
    }

    @Test
    void aLoopThatIsHeldByABlockingCallIsNamedWithItsStack() throws Exception {
        try (ChildJvm child = start("blocking")) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.signal("TERM");
            assertThat(child.rest()).isEmpty();
            assertThat(child.exitCode()).isEqualTo(143);
            assertThat(child.errors())
                    .containsPattern("the loop is held by task Task-\\d+\n")
                    .contains("CountDownLatch.await(")
                    .contains("ShutdownPrograms.lambda$blocking$");
        }
    }

    @Test
    void aRunnerWithoutTimeoutDoesNotCare() throws Exception {
        try (ChildJvm child = start("notCaring")) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.signal("TERM");
            assertThat(child.rest()).isEmpty();
            assertEnd(child, 143);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exitInTask", "exitInCallback"})
    void exitInsideOfTheLoopEndsAtOnce(String program) throws Exception {
        try (ChildJvm child = start(program)) {
            assertThat(child.rest()).isSubsetOf("awaiting");
            assertEnd(child, 3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exitInCleanUp", "exitAfterRun"})
    void exitWhileTheJvmIsToldToStopAlreadyHoldsNothingUp(String program) throws Exception {
        try (ChildJvm child = start(program)) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.signal("TERM");
            assertThat(child.rest()).containsExactly("exiting");
            assertEnd(child, 143);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exitOnAnotherThread", "exitInExecutor"})
    void exitOnAnotherThreadUnwinds(String program) throws Exception {
        try (ChildJvm child = start(program)) {
            assertThat(child.rest()).containsExactly("unwound");
            assertThat(child.exitCode()).isEqualTo(3);
            assertThat(child.errors()).doesNotContain("WARNING");
        }
    }

    @Test
    void systemExitStaysWhatItIs() throws Exception {
        try (ChildJvm child = start("systemExit")) {
            assertThat(child.rest()).containsExactly("status 7");
            assertEnd(child, 7);
        }
    }

    @Test
    void severalRunnersUnwindAtTheSameTime() throws Exception {
        try (ChildJvm child = start("twoRunners")) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.signal("TERM");
            assertThat(child.rest()).containsExactly("unwound", "unwound");
            assertThat(child.exitCode()).isEqualTo(143);
            assertThat(child.errors()).doesNotContain("WARNING");
        }
    }

    @Test
    void aRunnerBetweenTwoRunsIsNotWaitedFor() throws Exception {
        try (ChildJvm child = start("betweenRuns")) {
            assertThat(child.line()).isEqualTo("between");
            child.signal("TERM");
            assertThat(child.rest()).isEmpty();
            assertEnd(child, 143);
        }
    }

    @Test
    void aRunnerThatIsBeingClosedIsWaitedFor() throws Exception {
        try (ChildJvm child = start("closing")) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.signal("TERM");
            child.tell("go");
            assertThat(child.line()).isEqualTo("unwound");
            assertThat(child.rest()).isSubsetOf("closed", "end");
            assertThat(child.errors()).doesNotContain("WARNING");
        }
    }

    @Test
    void afterCtrlCTwiceTheJvmCanStillBeToldToStop() throws Exception {
        try (ChildJvm child = start("stubborn")) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.interrupt();
            assertThat(child.line()).isEqualTo("swallowed");
            assertThat(child.line()).isEqualTo("awaiting");
            child.interrupt();
            assertThat(child.line()).isEqualTo("swallowed"); // by close
            child.signal("TERM");
            assertThat(child.rest()).containsOnly("awaiting");
            assertThat(child.exitCode()).isEqualTo(143);
        }
    }

    @Test
    void ctrlCStillLeavesAtOnceWhileTheJvmWaits() throws Exception {
        try (ChildJvm child = start("endlesslyStubborn")) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.signal("TERM");
            for (int i = 1; i <= 3; i++) { // the last cancel is that of close
                assertThat(child.line()).isEqualTo("swallowed");
                assertThat(child.line()).isEqualTo("awaiting");
                child.interrupt();
            }
            assertThat(child.rest()).isSubsetOf("KeyboardInterrupt");
            assertEnd(child, 143);
        }
    }

    @Test
    void aShutdownHookOfTheUsersMayRunALoop() throws Exception {
        try (ChildJvm child = start("inAHook")) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.signal("TERM");
            assertThat(child.rest()).containsExactly("cleaned up");
            assertEnd(child, 143);
        }
    }

    @Test
    void aForgottenRunnerHoldsNothingUp() throws Exception {
        try (ChildJvm child = start("forgotten")) {
            assertThat(child.rest()).containsExactly("end");
            assertEnd(child, 0);
        }
    }

    @Test
    void aBadTimeoutIsRefused() {
        Runner.Builder builder = Runner.builder();
        assertThatThrownBy(() -> builder.shutdownTimeout(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the shutdown timeout is negative: PT-0.001S");
        assertThatThrownBy(() -> builder.shutdownTimeout(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageStartingWith("the timeout is null");
    }
}
