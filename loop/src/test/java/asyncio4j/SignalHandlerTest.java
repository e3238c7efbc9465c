package asyncio4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.child.SignalPrograms;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.ChildJvm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;

/** A loop's signal handlers: real signals to a real program. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SignalHandlerTest {

    private static ChildJvm start(String program, String... options) throws IOException {
        return ChildJvm.start(SignalPrograms.class, program, options);
    }

    /** Nothing went wrong in the program. */
    private static void assertEnd(ChildJvm child) throws IOException, InterruptedException {
        assertThat(child.exitCode()).isZero();
        assertThat(child.errors()).isEmpty();
    }

    @Test
    @CPythonTest({
        "test_events::test_signal_handling_while_selecting",
        "test_events::test_signal_handling_args"
    })
    void aSignalWakesALoopThatWaits() throws Exception {
        try (ChildJvm child = start("waking")) {
            assertThat(child.line()).isEqualTo("waiting");
            child.signal("ALRM");
            assertThat(child.rest()).containsExactly("ALRM", "end");
            assertEnd(child);
        }
    }

    @Test
    void theCallbackRunsInACopyOfTheContextAtRegistrationTheSameEachTime() throws Exception {
        try (ChildJvm child = start("inContext")) {
            assertThat(child.line()).isEqualTo("waiting");
            child.signal("USR1");
            assertThat(child.line()).isEqualTo("at registration");
            child.signal("USR1");
            assertThat(child.line()).isEqualTo("by call 1");
            child.signal("USR1");
            assertThat(child.rest()).containsExactly("by call 2", "done, later", "end");
            assertEnd(child);
        }
    }

    @Test
    void whatTheCallbackThrowsGoesToTheExceptionHandler() throws Exception {
        try (ChildJvm child = start("failing")) {
            assertThat(child.line()).isEqualTo("waiting");
            child.signal("HUP");
            assertThat(child.rest())
                    .containsExactly(
                            "Exception in callback, java.lang.IllegalStateException: no good",
                            "end");
            assertEnd(child);
        }
    }

    @Test
    void aSecondHandlerTakesThePlaceOfTheFirst() throws Exception {
        try (ChildJvm child = start("replaced")) {
            assertThat(child.line()).isEqualTo("waiting");
            child.signal("TERM");
            assertThat(child.rest()).containsExactly("second", "true false", "end");
            assertEnd(child);
        }
    }

    @ParameterizedTest
    @CsvSource({"removed, removed: true", "closed, closed"})
    void onceRemovedOrTheLoopClosedTheJvmsHandlerIsBack(String program, String line)
            throws Exception {
        try (ChildJvm child = start(program)) {
            assertThat(child.line()).isEqualTo(line);
            child.signal("TERM");
            assertThat(child.rest()).containsExactly("shutdown hook");
            assertThat(child.exitCode()).isEqualTo(143);
        }
    }

    @Test
    void oneThatTheLoopGotButCouldNotServeBeforeItWasClosedIsDropped() throws Exception {
        try (ChildJvm child = start("queuedAtClose")) {
            assertThat(child.line()).isEqualTo("idle");
            child.signal("USR1");
            assertThat(child.line()).isEqualTo("handed in");
            child.tell("go");
            assertThat(child.rest()).containsExactly("closed", "end");
            assertEnd(child);
        }
    }

    @Test
    @CPythonTest("test_events::test_add_signal_handler")
    void aHandlerForSigintComesBeforeTheRunners() throws Exception {
        try (ChildJvm child = start("usersInt")) {
            assertThat(child.line()).isEqualTo("waiting");
            for (int i = 1; i <= 3; i++) {
                child.interrupt();
                assertThat(child.line()).isEqualTo("INT " + i);
            }
            assertThat(child.rest()).containsExactly("went on", "end");
            assertEnd(child);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"usersIntRemovedInRun", "closedInt"})
    void afterItTheRunnersHandlerIsBack(String program) throws Exception {
        try (ChildJvm child = start(program)) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.interrupt();
            assertThat(child.rest()).containsExactly("KeyboardInterrupt");
            assertThat(child.exitCode()).isEqualTo(130);
        }
    }

    @Test
    void aHandlerForSigintStaysBetweenRunsAndInLaterOnes() throws Exception {
        try (ChildJvm child = start("intOutlivesARun")) {
            assertThat(child.line()).isEqualTo("between runs");
            child.interrupt();
            assertThat(child.line()).isEqualTo("INT");
            assertThat(child.line()).isEqualTo("awaiting");
            child.interrupt();
            assertThat(child.rest()).containsExactly("interrupted", "end");
            assertEnd(child);
        }
    }

    @ParameterizedTest
    @CsvSource({"lastFirst, 1, loop 0, 0", "firstFirst, 0, loop 1, 1"})
    void ofTwoLoopsTheLastHasItAndThenWhoeverIsLeft(
            String program, int first, String left, int second) throws Exception {
        try (ChildJvm child = start(program)) {
            expect(child, "both", "loop 1");
            expect(child, "without " + first, left);
            expect(child, "without " + second, "before");
            expect(child, "added again", "loop 0 once more");
            expect(child, "closed 0", "loop 1 again");
            expect(child, "closed 1", "before");
            assertThat(child.rest()).containsExactly("end");
            assertEnd(child);
        }
    }

    @Test
    void aHandlerThatSomebodyElsePutOnTopStays() throws Exception {
        try (ChildJvm child = start("foreignOnTop")) {
            assertThat(child.line()).isEqualTo("on top");
            child.signal("USR1");
            assertThat(child.line()).isEqualTo("foreign");
            assertThat(child.line()).isEqualTo("loop");
            assertThat(child.line()).isEqualTo("closed");
            child.signal("USR1");
            assertThat(child.line()).isEqualTo("foreign");
            assertThat(child.line()).isEqualTo("before");
            child.tell("go");
            assertThat(child.rest()).containsExactly("end");
            assertEnd(child);
        }
    }

    @Test
    void aClosedLoopsHandlerThatSomebodyPutsBackDoesWhatTheSystemDoes() throws Exception {
        try (ChildJvm child = start("foreignPutsBack")) {
            assertThat(child.line()).isEqualTo("put back");
            child.signal("USR1");
            assertThat(child.rest()).isEmpty();
            assertThat(child.exitCode()).isEqualTo(128 + 10);
        }
    }

    @Test
    void signalsThatComeDuringAddAndRemoveNeitherEndTheProgramNorAreTheyLost() throws Exception {
        try (ChildJvm child = start("manyTimes")) {
            assertThat(child.line()).isEqualTo("go");
            for (int i = 0; i < 100; i++) {
                child.signal("USR1");
                assertThat(child.line()).isEqualTo("heard");
            }
            child.signal("HUP");
            assertThat(child.rest()).containsExactly("end");
            assertEnd(child);
        }
    }

    @Test
    void whereTheJvmLeavesSignalsAloneTheyAreRefused() throws Exception {
        try (ChildJvm child = start("refusing", "-Xrs")) {
            for (String name : new String[] {"TERM", "INT", "HUP", "QUIT"}) {
                assertThat(child.line())
                        .isEqualTo(
                                "signal "
                                        + name
                                        + " cannot be caught: the system or the JVM keeps it for"
                                        + " itself (with -Xrs also INT, TERM and HUP); use another,"
                                        + " such as USR1");
                assertThat(child.line()).isEqualTo("false");
            }
            assertThat(child.rest()).containsExactly("end");
            assertEnd(child);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"KILL", "SIGSTOP", "QUIT", "SEGV", "BUS", "PIPE", "USR2"})
    @CPythonTest("test_events::test_add_signal_handler")
    void thoseThatCannotBeCaughtAreRefused(String name) {
        try (EventLoop loop = Asyncio.newEventLoop()) {
            assertThatThrownBy(() -> loop.addSignalHandler(name, () -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("signal " + name + " cannot be caught");
            assertThat(loop.removeSignalHandler(name)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"boom", "", "0", "-1", "term", "SIGSIGTERM"})
    @CPythonTest("test_events::test_add_signal_handler")
    void unknownSignalsAreRefused(String name) {
        try (EventLoop loop = Asyncio.newEventLoop()) {
            assertThatThrownBy(() -> loop.addSignalHandler(name, () -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "unknown signal: %s; pass a name that this system has, such as \"TERM\""
                                    + " or \"SIGTERM\"",
                            name);
            assertThatThrownBy(() -> loop.removeSignalHandler(name))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    @CPythonTest("test_events::test_add_signal_handler")
    void itIsRemovedOnce() {
        try (EventLoop loop = Asyncio.newEventLoop()) {
            loop.addSignalHandler("USR1", () -> {});
            assertThat(loop.removeSignalHandler("SIGUSR1")).isTrue();
            assertThat(loop.removeSignalHandler("USR1")).isFalse();
        }
    }

    @Test
    void coroutinesNullAndClosedLoopsAreRefused() {
        EventLoop loop = Asyncio.newEventLoop();
        Runnable both = new RunnableCoroutine();
        assertThatThrownBy(() -> loop.addSignalHandler("TERM", both))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("coroutines cannot be used as callbacks");
        assertThatThrownBy(() -> loop.addSignalHandler(null, () -> {}))
                .isInstanceOf(NullPointerException.class)
                .hasMessageStartingWith("the signal is null");
        assertThatThrownBy(() -> loop.addSignalHandler("TERM", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageStartingWith("the callback is null");
        loop.close();
        assertThatThrownBy(() -> loop.addSignalHandler("TERM", () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("Event loop is closed");
        assertThat(loop.removeSignalHandler("TERM")).isFalse();
    }

    /** What a Runnable must be to be a coroutine too. */
    private static final class RunnableCoroutine implements Runnable, VoidCoroutine {

        @Override
        public void run() {
            // it is refused before that
        }
    }

    private static void expect(ChildJvm child, String when, String says) throws Exception {
        assertThat(child.line()).isEqualTo(when);
        child.signal("USR1");
        assertThat(child.line()).isEqualTo(says);
        if (says.equals("before")) { // no loop was waited for
            child.tell("go");
        }
    }
}
