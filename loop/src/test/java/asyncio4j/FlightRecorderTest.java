package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What the Flight Recorder gets, in a real recording. */
class FlightRecorderTest {

    private static final String TASK = "asyncio4j.Task";

    private static final String STEP = "asyncio4j.SlowStep";

    @TempDir private Path folder;

    private final EventLoop loop = newEventLoop();

    private void runTasks() {
        loop.runUntilComplete(() -> {
            Asyncio.currentTask().setName("main");
            Task<Integer> fine =
                    createTask(
                            () -> {
                                await(sleep(Duration.ZERO));
                                await(sleep(Duration.ofMillis(1)));
                                return 1;
                            },
                            TaskOptions.DEFAULT.name("fine"));
            Task<Integer> failing =
                    createTask(
                            () -> {
                                throw new IllegalStateException("broken");
                            },
                            TaskOptions.DEFAULT.name("failing"));
            Task<Integer> cancelled = createTask(() -> 1, TaskOptions.DEFAULT.name("never begun"));
            cancelled.cancel();
            await(fine);
            assertThatThrownBy(() -> await(failing)).hasMessage("broken");
            return null;
        });
    }

    /** Takes at least {@code time}, however slow the machine is. */
    private static void take(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(100_000);
        }
    }

    private List<RecordedEvent> events(Recording recording) throws IOException {
        recording.stop();
        Path file = folder.resolve("recording.jfr");
        recording.dump(file);
        String name = ((DefaultEventLoop) loop).name();
        return RecordingFile.readAllEvents(file).stream()
                .filter(event ->
                        event.getEventType().getName().startsWith("asyncio4j.")
                                && event.getString("loop").startsWith(name))
                .toList();
    }

    private static RecordedEvent task(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event ->
                        event.getEventType().getName().equals(TASK)
                                && event.getString("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theLifeOfEachTaskIsAnEvent() throws IOException {
        runTasks(); // nobody records yet, and the classes of the events are there
        try (Recording recording = new Recording();
                loop) {
            recording.enable(TASK);
            recording.disable(STEP);
            recording.start();
            runTasks();
            List<RecordedEvent> events = events(recording);
            assertThat(events).hasSize(4);
            RecordedEvent fine = task(events, "fine");
            assertThat(fine.getString("state")).isEqualTo("finished");
            assertThat(fine.getInt("suspensions")).isEqualTo(2);
            assertThat(fine.getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(1));
            assertThat(fine.getDuration("waited")).isBetween(Duration.ZERO, fine.getDuration());
            assertThat(fine.getEventType().getCategoryNames()).containsExactly("asyncio4j");
            RecordedEvent failing = task(events, "failing");
            assertThat(failing.getString("state")).isEqualTo("failed");
            assertThat(failing.getInt("suspensions")).isZero();
            RecordedEvent cancelled = task(events, "never begun");
            assertThat(cancelled.getString("state")).isEqualTo("cancelled");
            RecordedEvent main = task(events, "main");
            assertThat(main.getInt("suspensions")).isEqualTo(1);
            assertThat(main.getStartTime()).isBeforeOrEqualTo(fine.getStartTime());
            assertThat(main.getEndTime()).isAfterOrEqualTo(fine.getEndTime());
        }
    }

    @Test
    void aStepThatHoldsTheLoopForLongIsAnEvent() throws IOException {
        try (Recording recording = new Recording();
                loop) {
            recording.enable(STEP).withThreshold(Duration.ofMillis(30));
            recording.start();
            loop.runUntilComplete(() -> {
                await(sleep(Duration.ofMillis(40))); // waiting is no step
                Task<?> busy =
                        createTask(
                                () -> {
                                    await(sleep(Duration.ZERO));
                                    take(Duration.ofMillis(31));
                                    await(sleep(Duration.ZERO));
                                },
                                TaskOptions.DEFAULT.name("busy"));
                await(busy);
                AsyncFuture<Integer> called = getRunningLoop().createFuture();
                getRunningLoop()
                        .callSoon(() -> {
                            take(Duration.ofMillis(50));
                            called.setResult(1);
                        });
                return await(called);
            });
            List<RecordedEvent> events = events(recording);
            assertThat(events)
                    .allSatisfy(event ->
                            assertThat(event.getDuration()).isGreaterThan(Duration.ofMillis(30)));
            assertThat(events)
                    .anyMatch(event -> event.getString("step").startsWith("Task[busy, "))
                    .anyMatch(event ->
                            event.getString("step").startsWith("Handle[")
                                    && event.getDuration().compareTo(Duration.ofMillis(50)) >= 0);
        }
    }

    @Test
    void withoutSettingsStepsOfTwentyMillisecondsAreRecordedAndNoTasks() throws IOException {
        try (Recording recording = new Recording();
                loop) {
            recording.start();
            loop.runUntilComplete(() -> {
                take(Duration.ofMillis(21));
                return 1;
            });
            assertThat(events(recording))
                    .isNotEmpty()
                    .allMatch(event -> event.getEventType().getName().equals(STEP));
        }
    }

    @Test
    void whatIsDisabledIsntRecorded() throws IOException {
        try (Recording recording = new Recording();
                loop) {
            recording.disable(TASK);
            recording.disable(STEP);
            recording.start();
            loop.runUntilComplete(() -> {
                take(Duration.ofMillis(25));
                return 1;
            });
            assertThat(events(recording)).isEmpty();
        }
    }
}
