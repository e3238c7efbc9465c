package asyncio4j;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.child.RunPrograms;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.ChildJvm;
import asyncio4j.testing.Contract;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.List;

/** Ctrl-C while {@link Runner#run} runs: real signals to a real program. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SigintRunTest {

    private static ChildJvm start(String program) throws IOException {
        return ChildJvm.start(RunPrograms.class, program);
    }

    /**
     * What the program says until its end, but for when its handler is through, which may come at
     * any time.
     */
    private static List<String> rest(ChildJvm child) throws IOException {
        return child.rest().stream().filter(line -> !line.equals("handled")).toList();
    }

    private static void assertEnd(ChildJvm child, int exitCode)
            throws IOException, InterruptedException {
        assertThat(child.errors()).isEmpty();
        assertThat(child.exitCode()).isEqualTo(exitCode);
    }

    @ParameterizedTest
    @ValueSource(strings = {"awaiting", "virtualThread"})
    @Contract({68, 70})
    void theFirstCancelsMainWhichCleansUpAndKeyboardInterruptComesOut(String program)
            throws Exception {
        try (ChildJvm child = start(program)) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.interrupt();
            assertThat(child.rest()).containsExactly("cleaning up", "clean", "KeyboardInterrupt");
            assertEnd(child, 130);
        }
    }

    @Test
    @Contract(68)
    @CPythonTest("test_runners::test_interrupt_wait")
    void whatMainAwaitsIsCancelledAlong() throws Exception {
        try (ChildJvm child = start("awaitingAFuture")) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.interrupt();
            assertThat(child.rest()).containsExactly("future cancelled: true", "KeyboardInterrupt");
            assertEnd(child, 130);
        }
    }

    @Test
    @Contract({68, 70})
    @CPythonTest("test_runners::test_interrupt_call_soon")
    void aLoopThatIsNeverIdleIsReachedToo() throws Exception {
        try (ChildJvm child = start("spinning")) {
            assertThat(child.line()).isEqualTo("spinning");
            child.interrupt();
            assertThat(child.rest()).containsExactly("KeyboardInterrupt");
            assertEnd(child, 130);
        }
    }

    @Test
    @Contract(68)
    void aMainThatSwallowsTheFirstReturnsNormally() throws Exception {
        try (ChildJvm child = start("swallowing")) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.interrupt();
            assertThat(child.rest()).containsExactly("result swallowed", "end");
            assertEnd(child, 0);
        }
    }

    @Test
    @Contract(68)
    void theSecondLeavesAtOnceWhatSwallowedTheFirstAndCloseCancelsItAgain() throws Exception {
        try (ChildJvm child = start("swallowingAndGoingOn")) {
            assertThat(child.line()).isEqualTo("awaiting 1");
            child.interrupt();
            assertThat(child.line()).isEqualTo("swallowed 1 of 1");
            assertThat(child.line()).isEqualTo("awaiting 2");
            child.interrupt();
            assertThat(child.rest()).containsExactly("swallowed 2 of 2", "KeyboardInterrupt");
            assertEnd(child, 130);
        }
    }

    @Test
    @Contract(68)
    void whatMainThrowsWhenItIsCancelledComesOutInstead() throws Exception {
        try (ChildJvm child = start("failing")) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.interrupt();
            assertThat(child.rest()).containsExactly("failed: clean-up", "end");
            assertEnd(child, 0);
        }
    }

    @Test
    @Contract(68)
    @CPythonTest("test_runners::test_interrupt_cancelled_task")
    void aMainThatWasBeingCancelledAlreadyIsJustCancelled() throws Exception {
        try (ChildJvm child = start("cancelled")) {
            assertThat(child.line()).isEqualTo("cleaning up");
            child.interrupt();
            assertThat(child.rest()).containsExactly("cancelled", "end");
            assertEnd(child, 0);
        }
    }

    @Test
    @Contract({68, 70})
    void theSecondInterruptsATightLoopThatAsksForIt() throws Exception {
        try (ChildJvm child = start("looping")) {
            assertThat(child.line()).isEqualTo("looping");
            child.interrupt();
            assertThat(child.line()).isEqualTo("handled");
            child.interrupt();
            assertThat(rest(child))
                    .containsExactly("loop interrupted", "run has ended", "KeyboardInterrupt");
            assertEnd(child, 130);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"taking", "sleeping"})
    @Contract({68, 70})
    void theSecondInterruptsABlockingCallInMain(String program) throws Exception {
        try (ChildJvm child = start(program)) {
            assertThat(child.line()).isEqualTo("blocking");
            child.interrupt();
            assertThat(child.line()).isEqualTo("handled");
            child.interrupt();
            assertThat(rest(child))
                    .containsExactly("with InterruptedException", "KeyboardInterrupt");
            assertEnd(child, 130);
        }
    }

    @Test
    @Contract({68, 70})
    void theSecondInterruptsABlockingCallInAnotherTaskAndNothingElse() throws Exception {
        try (ChildJvm child = start("anotherTaskBlocks")) {
            assertThat(child.line()).isEqualTo("blocking");
            child.interrupt();
            assertThat(child.line()).isEqualTo("handled");
            child.interrupt();
            assertThat(rest(child))
                    .containsExactlyInAnyOrder(
                            "interrupted", "main cancelled, flag false", "KeyboardInterrupt")
                    .startsWith("interrupted")
                    .endsWith("KeyboardInterrupt");
            assertEnd(child, 130);
        }
    }

    @Test
    @Contract({61, 68, 69})
    void aThreadThatBlocksIsLetGoByTheFirstAndInterruptedByTheNext() throws Exception {
        try (ChildJvm child = start("executorBlocks")) {
            assertThat(child.line()).isEqualTo("blocking");
            child.interrupt();
            assertThat(child.line()).isEqualTo("main cancelled");
            child.interruptUntilGone(); // whether the next still comes during run is up to the
            // machine
            assertThat(child.rest()).isSubsetOf("interrupted", "KeyboardInterrupt");
            assertThat(child.exitCode()).isEqualTo(130);
        }
    }

    @Test
    @Contract(68)
    void oneThatComesInMainsLastStepIsntLost() throws Exception {
        try (ChildJvm child = start("lastStep")) {
            assertThat(child.line()).isEqualTo("last step");
            child.interrupt();
            assertThat(child.line()).isEqualTo("handled");
            child.tell("go");
            assertThat(child.rest()).containsExactly("KeyboardInterrupt");
            assertEnd(child, 130);
        }
    }

    @Test
    @Contract({68, 69})
    void manyInQuickSuccessionEndTheProgramOneWayOrAnother() throws Exception {
        try (ChildJvm child = start("awaiting")) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.interruptUntilGone();
            assertThat(child.rest()).isSubsetOf("cleaning up", "clean", "KeyboardInterrupt");
            assertThat(child.exitCode()).isEqualTo(130);
        }
    }
}
