package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.LoggedWarnings;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What debug mode tells, and how it is switched on. */
class DebugModeTest {

    private static final String PROPERTY = "asyncio4j.debug";

    private final VirtualClock clock = new VirtualClock();

    private final EventLoop loop = newEventLoop(clock);

    private final List<ExceptionContext> reports = new ArrayList<>();

    DebugModeTest() {
        loop.setExceptionHandler((l, context) -> reports.add(context));
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private void runIterations(int count) {
        for (int i = 0; i < count; i++) {
            loop.stop();
            loop.runForever();
        }
    }

    private Runnable taking(long millis) {
        return () -> clock.advance(Duration.ofMillis(millis));
    }

    /** Prints whether a new loop is in debug mode, or why there is none. */
    static final class Child {

        private Child() {}

        public static void main(String[] args) {
            try (EventLoop loop = newEventLoop()) {
                System.out.print(loop.getDebug());
            } catch (IllegalArgumentException e) {
                System.out.print(e.getMessage());
            }
        }
    }

    private static String inAnotherJvm(@Nullable String environment, String... options)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Child.class.getName()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().remove("ASYNCIO4J_DEBUG");
        if (environment != null) {
            builder.environment().put("ASYNCIO4J_DEBUG", environment);
        }
        Process process = builder.start();
        try (InputStream output = process.getInputStream()) {
            return new String(output.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "TRUE", "on", "yes", "", " true "})
    void theSystemPropertySwitchesItOnForTheLoopsMadeFromThenOn(String value) {
        System.setProperty(PROPERTY, value);
        try (EventLoop made = newEventLoop()) {
            assertThat(made.getDebug()).isTrue();
        } finally {
            System.clearProperty(PROPERTY);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "false", "False", "off", "no"})
    void orOff(String value) {
        System.setProperty(PROPERTY, value);
        try (EventLoop made = newEventLoop()) {
            assertThat(made.getDebug()).isFalse();
        } finally {
            System.clearProperty(PROPERTY);
        }
    }

    @Test
    void aSettingThatMeansNothingIsRefusedEveryTime() {
        System.setProperty(PROPERTY, "maybe");
        try {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(Asyncio::newEventLoop)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage(
                                "asyncio4j.debug (ASYNCIO4J_DEBUG) is 'maybe': set it to true or"
                                        + " false");
            }
        } finally {
            System.clearProperty(PROPERTY);
        }
        try (EventLoop made = newEventLoop()) {
            assertThat(made.getDebug()).isFalse();
        }
    }

    @Test
    @CPythonTest({"test_base_events::test_env_var_debug", "test_tasks::test_env_var_debug"})
    void soDoesTheEnvironmentVariableButThePropertyCountsMore() throws IOException {
        assertThat(inAnotherJvm(null)).isEqualTo("false");
        assertThat(inAnotherJvm("1")).isEqualTo("true");
        assertThat(inAnotherJvm("1", "-Dasyncio4j.debug=false")).isEqualTo("false");
        assertThat(inAnotherJvm("0", "-Dasyncio4j.debug")).isEqualTo("true");
        assertThat(inAnotherJvm("perhaps"))
                .isEqualTo(
                        "asyncio4j.debug (ASYNCIO4J_DEBUG) is 'perhaps': set it to true or false");
    }

    @Test
    @Contract(13)
    @CPythonTest("test_base_events::test_log_slow_callbacks")
    void aCallbackThatTakesATenthOfASecondIsReported() {
        loop.setDebug(true);
        loop.callSoon(taking(99));
        loop.callSoon(taking(100));
        loop.callSoon(taking(0));
        loop.callLater(Duration.ofSeconds(1), taking(1234));
        loop.callLater(Duration.ofSeconds(9), loop::stop);
        try (LoggedWarnings log = new LoggedWarnings()) {
            loop.runForever();
            assertThat(log.messages).hasSize(2);
            assertThat(log.messages.get(0))
                    .matches(
                            "Executing Handle\\[asyncio4j\\.DebugModeTest.*] took 100 ms: .* use"
                                    + " toThread\\(\\.\\.\\.\\) for blocking work");
            assertThat(log.messages.get(1))
                    .matches("Executing TimerHandle\\[.*DebugModeTest.*] took 1234 ms: .*");
        }
    }

    @Test
    @Contract(13)
    @CPythonTest("test_base_events::test_log_slow_callbacks")
    void soIsTheStepOfATaskAndByItsName() {
        loop.setDebug(true);
        try (LoggedWarnings log = new LoggedWarnings()) {
            loop.runUntilComplete(() -> {
                await(
                        createTask(
                                () -> {
                                    taking(60).run();
                                    await(sleep(Duration.ZERO)); // none of its steps takes too long
                                    taking(60).run();
                                    await(sleep(Duration.ofSeconds(5))); // nor is waiting work
                                    taking(150).run();
                                    await(sleep(Duration.ZERO));
                                },
                                TaskOptions.DEFAULT.name("busy")));
                return null;
            });
            assertThat(log.messages)
                    .singleElement()
                    .satisfies(message ->
                            assertThat(message)
                                    .startsWith("Executing Task[busy, ")
                                    .contains("took 150 ms"));
        }
    }

    @Test
    @Contract(13)
    void whatCountsAsSlowMayBeSet() {
        assertThat(loop.getSlowCallbackDuration()).isEqualTo(Duration.ofMillis(100));
        loop.setDebug(true);
        loop.setSlowCallbackDuration(Duration.ofSeconds(2));
        assertThat(loop.getSlowCallbackDuration()).isEqualTo(Duration.ofSeconds(2));
        assertThat(loop.getDebug()).isTrue();
        loop.callSoon(taking(1999));
        loop.callSoon(taking(2000));
        try (LoggedWarnings log = new LoggedWarnings()) {
            runIterations(1);
            assertThat(log.messages).singleElement().asString().contains("took 2000 ms");
        }
        assertThatThrownBy(() -> loop.setSlowCallbackDuration(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the duration is null: pass the limit");
    }

    @Test
    @Contract(13)
    void withoutDebugModeNobodyLooks() {
        loop.callSoon(taking(1000));
        try (LoggedWarnings log = new LoggedWarnings()) {
            runIterations(1);
            assertThat(log.messages).isEmpty();
        }
    }

    @Test
    @Contract(13)
    void itMayBeSwitchedInTheMiddleOfARun() {
        loop.callSoon(taking(200));
        loop.callSoon(() -> {
            loop.setDebug(true);
            clock.advance(Duration.ofMillis(300)); // began before
        });
        loop.callSoon(taking(400));
        loop.callSoon(() -> loop.setDebug(false));
        loop.callSoon(taking(500));
        try (LoggedWarnings log = new LoggedWarnings()) {
            runIterations(1);
            assertThat(log.messages).singleElement().asString().contains("took 400 ms");
        }
        assertThat(loop.getDebug()).isFalse();
    }

    @Test
    @Contract(13)
    @CPythonTest("test_base_events::test_set_exc_handler_custom")
    void theStacksAreKeptOfThoseWhoRegisteredACallback() {
        loop.setDebug(true);
        Runnable failing =
                () -> {
                    throw new IllegalStateException("broken");
                };
        loop.callSoon(failing);
        loop.callSoonThreadsafe(failing);
        loop.callLater(Duration.ZERO, failing);
        runIterations(1);
        assertThat(reports)
                .hasSize(3)
                .allSatisfy(report -> {
                    assertThat(report.source())
                            .isNotNull()
                            .hasToString("the callback was registered here");
                    assertThat(report.source().getStackTrace())
                            .anyMatch(frame ->
                                    frame.getMethodName()
                                            .equals(
                                                    "theStacksAreKeptOfThoseWhoRegisteredACallback"));
                });
    }

    @Test
    @Contract(13)
    @CPythonTest({
        "test_futures::test_future_source_traceback",
        "test_futures::test_future_exception_never_retrieved_debug",
        "test_tasks::test_task_source_traceback"
    })
    void andOfThoseWhoMadeAFutureOrATask() {
        loop.setDebug(true);
        loop.createFuture().setException(new IllegalStateException("a"));
        loop.createTask(() -> {
            throw new IllegalStateException("b");
        });
        loop.createTask(() -> await(sleep(Duration.ofDays(1))));
        runIterations(1);
        loop.close();
        assertThat(reports)
                .extracting(ExceptionContext::message)
                .satisfiesExactly(
                        message ->
                                assertThat(message)
                                        .isEqualTo("Task was destroyed but it is pending!"),
                        message ->
                                assertThat(message)
                                        .isEqualTo("Future exception was never retrieved"),
                        message ->
                                assertThat(message)
                                        .startsWith("Task exception was never retrieved: Task-"));
        assertThat(reports)
                .allSatisfy(report -> {
                    assertThat(report.source()).isNotNull().hasToString("it was made here");
                    assertThat(report.source().getStackTrace())
                            .anyMatch(frame ->
                                    frame.getMethodName()
                                            .equals("andOfThoseWhoMadeAFutureOrATask"));
                });
    }

    @Test
    @Contract(13)
    void theDefaultHandlerLogsThem() {
        loop.setDebug(true);
        loop.setExceptionHandler(null);
        loop.callSoon(() -> {
            throw new IllegalStateException("broken");
        });
        try (LoggedWarnings log = new LoggedWarnings()) {
            runIterations(1);
            assertThat(log.messages)
                    .singleElement()
                    .satisfies(message ->
                            assertThat(message)
                                    .startsWith("Exception in callback ")
                                    .contains("the callback was registered here\n    at ")
                                    .contains("DebugModeTest.theDefaultHandlerLogsThem("));
        }
    }

    @Test
    @Contract(13)
    void withoutDebugModeNoStacksAreKept() {
        loop.callSoon(() -> {
            throw new IllegalStateException("broken");
        });
        loop.createFuture().setException(new IllegalStateException("a"));
        runIterations(1);
        loop.close();
        assertThat(reports).hasSize(2).allSatisfy(report -> assertThat(report.source()).isNull());
    }

    @Test
    @CPythonTest("test_base_events::test_set_debug")
    void aLoopSaysThatItIsInDebugMode() {
        assertThat(loop.toString()).endsWith("[not running]");
        loop.setDebug(true);
        assertThat(loop.toString()).endsWith("[not running, debug]");
    }
}
