package asyncio4j;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.child.HandlerPrograms;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.ChildJvm;
import asyncio4j.testing.Contract;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;

/**
 * Ctrl-C during {@link Runner#close}, after a run, and where somebody else deals with it: real
 * signals.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SigintHandlerTest {

    private static ChildJvm start(String program, String... options) throws IOException {
        return ChildJvm.start(HandlerPrograms.class, program, options);
    }

    @Test
    @Contract(69)
    void duringCloseItEndsTheWaitForATaskThatIsUnwound() throws Exception {
        try (ChildJvm child = start("closeWaitsForATask")) {
            assertThat(child.line()).isEqualTo("stuck");
            child.interrupt();
            assertThat(child.rest()).containsExactly("unwound", "KeyboardInterrupt");
            assertThat(child.exitCode()).isEqualTo(130);
            assertThat(child.errors()).contains("Task was destroyed but it is pending!");
        }
    }

    @Test
    @Contract({61, 69})
    void duringCloseItEndsTheWaitForAThreadWhichIsInterrupted() throws Exception {
        try (ChildJvm child = start("closeWaitsForAThread")) {
            assertThat(child.line()).isEqualTo("close waits");
            child.interrupt();
            assertThat(child.rest()).containsExactly("thread interrupted", "KeyboardInterrupt");
            assertThat(child.exitCode()).isEqualTo(130);
        }
    }

    @Test
    @Contract({69, 70})
    void duringCloseItInterruptsABlockingCall() throws Exception {
        try (ChildJvm child = start("closeBlocks")) {
            assertThat(child.line()).isEqualTo("stuck");
            child.interrupt();
            assertThat(child.rest()).containsExactly("interrupted", "KeyboardInterrupt");
            assertThat(child.exitCode()).isEqualTo(130);
        }
    }

    @ParameterizedTest
    @CsvSource({"afterRun, run has ended", "afterClose, closed"})
    @Contract(67)
    void afterARunTheJvmsOwnHandlerIsBack(String program, String line) throws Exception {
        try (ChildJvm child = start(program)) {
            assertThat(child.line()).isEqualTo(line);
            child.interrupt();
            assertThat(child.rest()).containsExactly("shutdown hook");
            assertThat(child.exitCode()).isEqualTo(130);
        }
    }

    @Test
    @Contract(67)
    void oneThatReachesTheRunnersHandlerTooLateIsPassedOnToTheJvms() throws Exception {
        try (ChildJvm child = start("chainedAfterRun")) {
            assertThat(child.line()).isEqualTo("closed");
            child.interrupt();
            assertThat(child.rest()).containsExactly("shutdown hook");
            assertThat(child.exitCode()).isEqualTo(130);
        }
    }

    @Test
    @Contract(67)
    void aUsersHandlerIsntReplaced() throws Exception {
        try (ChildJvm child = start("usersHandler")) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.interrupt();
            assertThat(child.line()).isEqualTo("user's handler");
            assertThat(child.line()).isEqualTo("told by the handler");
            child.interrupt();
            assertThat(child.line()).isEqualTo("user's handler");
            child.tell("1");
            assertThat(child.line()).isEqualTo("closing 1");
            child.interrupt();
            assertThat(child.line()).isEqualTo("user's handler");
            child.tell("2");
            assertThat(child.rest()).containsExactly("closed 2", "end");
            assertThat(child.exitCode()).isZero();
            assertThat(child.errors()).isEmpty();
        }
    }

    @Test
    @Contract(67)
    void aHandlerThatTheUserPutsInDuringARunStays() throws Exception {
        try (ChildJvm child = start("usersHandlerSetInRun")) {
            assertThat(child.line()).isEqualTo("set");
            child.interrupt();
            assertThat(child.line()).isEqualTo("user's handler");
            child.tell("go");
            child.tell("on");
            assertThat(child.line()).isEqualTo("closed on");
            assertThat(child.rest()).containsExactly("end");
            assertThat(child.exitCode()).isZero();
        }
    }

    @Test
    @Contract(67)
    void theSystemsDefaultActionStaysIfTheUserChoseIt() throws Exception {
        try (ChildJvm child = start("usersDefaultAction")) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.interrupt();
            assertThat(child.rest()).isEmpty();
            assertThat(child.exitCode()).isEqualTo(130);
        }
    }

    @Test
    @Contract(67)
    @CPythonTest("test_runners::test_signal_install_not_supported_ok")
    void whereTheJvmLeavesSignalsAloneRunWorksWithout() throws Exception {
        try (ChildJvm child = start("hearing", "-Xrs")) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.tell("go");
            assertThat(child.rest()).containsExactly("heard go", "end");
            assertThat(child.exitCode()).isZero();
            assertThat(child.errors()).isEmpty();
        }
    }

    @Test
    @Contract(67)
    void whereTheJvmLeavesSignalsAloneTheyEndTheProcess() throws Exception {
        try (ChildJvm child = start("hearing", "-Xrs")) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.interrupt();
            assertThat(child.rest()).isEmpty();
            assertThat(child.exitCode()).isEqualTo(130);
        }
    }

    @Test
    @Contract(67)
    void whereSigintIsIgnoredItStaysIgnored() throws Exception {
        try (ChildJvm child = ChildJvm.startIgnoringInterrupts(HandlerPrograms.class, "hearing")) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.interrupt();
            child.tell("go");
            assertThat(child.rest()).containsExactly("heard go", "end");
            assertThat(child.exitCode()).isZero();
        }
    }

    @Test
    @Contract(67)
    void ofTwoRunnersTheFirstHasTheHandlerAndThenTheJvmAgain() throws Exception {
        try (ChildJvm child = start("twoRunners")) {
            assertThat(child.line()).isEqualTo("both await");
            child.interrupt();
            assertThat(child.line()).isEqualTo("first: KeyboardInterrupt");
            assertThat(child.line()).isEqualTo("second goes on");
            child.interrupt();
            assertThat(child.rest()).containsExactly("shutdown hook");
            assertThat(child.exitCode()).isEqualTo(130);
        }
    }

    @Test
    @Contract({67, 68})
    void eachRunHasAFirstOfItsOwn() throws Exception {
        try (ChildJvm child = start("manyRuns")) {
            for (int i = 0; i < 5; i++) {
                assertThat(child.line()).isEqualTo("run " + i);
                child.interrupt();
            }
            assertThat(child.rest()).containsExactly("interrupted 5", "end");
            assertThat(child.exitCode()).isZero();
        }
    }
}
