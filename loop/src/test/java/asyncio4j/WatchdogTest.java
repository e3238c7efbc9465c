package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.internal.loop.Progress;
import asyncio4j.testing.LoggedWarnings;
import asyncio4j.testing.OnVirtualThreads;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** What the watchdog says of a loop; the test looks in its place, at times of its own. */
class WatchdogTest {

    private static final Duration LIMIT = Duration.ofSeconds(4);

    private final EventLoop loop = newEventLoop();

    private final LoopWatch watch = new LoopWatch((DefaultEventLoop) loop);

    private final CountDownLatch held = new CountDownLatch(1);

    private final CountDownLatch release = new CountDownLatch(1);

    private final LoggedWarnings log = new LoggedWarnings();

    private CompletableFuture<Void> running = CompletableFuture.completedFuture(null);

    private long now;

    @BeforeEach
    void limit() {
        loop.setWatchdogLimit(LIMIT);
    }

    @AfterEach
    void close() {
        release.countDown();
        running.join();
        loop.close();
        log.close();
    }

    /** Holds the loop, until the test lets go. */
    private void hold() {
        held.countDown();
        try {
            release.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void start(VoidCoroutine main) {
        running =
                CompletableFuture.runAsync(
                        () -> loop.runUntilComplete(Coroutine.of(main)),
                        Thread::startVirtualThread);
    }

    private void startHeld(VoidCoroutine main) throws InterruptedException {
        start(main);
        held.await();
        Thread holder =
                Objects.requireNonNull(DefaultEventLoop.unwrap(loop).core().engine().holder())
                        .thread();
        while (holder.getState() != Thread.State.WAITING) { // it may still be at the count-down
            Thread.onSpinWait();
        }
    }

    /** Looks once a second, for so many seconds. */
    private void look(int seconds) {
        for (int i = 0; i < seconds; i++) {
            assertThat(watch.look(now)).isTrue();
            now += Duration.ofSeconds(1).toNanos();
        }
    }

    @Test
    void aStepThatHoldsTheLoopIsNamedByTaskTimeAndStack() throws InterruptedException {
        startHeld(() -> await(createTask(this::hold, TaskOptions.DEFAULT.name("busy"))));
        look(4);
        assertThat(log.messages).isEmpty();
        look(1);
        String[] lines = log.messages.getFirst().split("\n");
        assertThat(lines[0])
                .matches(
                        "asyncio4j-loop-\\d+ has been held for 4\\.0 s by task busy \\(WAITING\\):"
                            + " nothing else runs on it meanwhile; use toThread\\(\\.\\.\\.\\) for"
                            + " blocking work");
        assertThat(lines)
                .anyMatch(line ->
                        line.startsWith("    at ") && line.contains("CountDownLatch.await("))
                .anyMatch(line -> line.contains("WatchdogTest.hold(WatchdogTest.java:"))
                .noneMatch(line ->
                        line.contains("asyncio4j.internal")
                                || line.contains("asyncio4j.Task.")
                                || line.contains("VirtualThread"));
        assertThat(lines[lines.length - 1]).contains("asyncio4j.WatchdogTest.");
    }

    @Test
    void itIsNamedOnceThenAtDoublingIntervalsAndItsReleaseIsTold() throws Exception {
        startHeld(this::hold);
        look(8);
        assertThat(log.messages).hasSize(1);
        look(1);
        assertThat(log.messages).hasSize(2).last().asString().contains(" held for 8.0 s by task ");
        look(7);
        assertThat(log.messages).hasSize(2);
        look(1);
        assertThat(log.messages).hasSize(3).last().asString().contains(" held for 16.0 s by task ");
        release.countDown();
        running.join();
        look(10);
        assertThat(log.messages)
                .hasSize(4)
                .last()
                .asString()
                .matches("asyncio4j-loop-\\d+ was released by task Task-\\d+ after about 17\\.0 s");
    }

    @Test
    void aReleaseIsToldEvenIfTheRunEndsWithIt() throws Exception {
        startHeld(this::hold);
        look(5);
        release.countDown();
        running.join();
        watch.end();
        assertThat(watch.look(now)).isFalse();
        assertThat(log.messages).hasSize(2).last().asString().contains(" was released by task ");
        assertThat(watch.look(now)).isFalse();
        assertThat(log.messages).hasSize(2);
    }

    @Test
    void aHoldThatEndedInTimeIsntWorthAWord() throws Exception {
        startHeld(this::hold);
        look(4);
        release.countDown();
        running.join();
        look(10);
        assertThat(log.messages).isEmpty();
    }

    @Test
    void anotherStepIsAnotherHold() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        startHeld(() -> {
            hold();
            await(sleep(Duration.ZERO));
            second.countDown();
            end.await();
        });
        look(4);
        release.countDown();
        second.await();
        look(4);
        assertThat(log.messages).isEmpty();
        look(1);
        assertThat(log.messages).hasSize(1);
        end.countDown();
    }

    @Test
    void aCallbackIsNamedToo() throws InterruptedException {
        loop.callSoon(this::hold);
        startHeld(() -> {});
        look(5);
        assertThat(log.messages)
                .singleElement()
                .asString()
                .contains(" by a callback (WAITING): ")
                .contains("WatchdogTest.hold(");
    }

    @Test
    void aTimersCallbackIsNamedToo() throws InterruptedException {
        loop.callLater(Duration.ofMillis(1), this::hold);
        startHeld(() -> await(sleep(Duration.ofMillis(2))));
        look(5);
        assertThat(log.messages).singleElement().asString().contains("WatchdogTest.hold(");
    }

    private void body(AsyncGenerator.Yielder<Integer> generator) {
        generator.yield(1);
        hold();
    }

    private void consume(AsyncGenerator<Integer> generator) {
        await(generator.anext());
        await(generator.anext());
    }

    @Test
    void aGeneratorsBodyIsShownWithWhoeverAsksIt() throws InterruptedException {
        startHeld(() -> {
            try (AsyncGenerator<Integer> generator = AsyncGenerator.of(this::body)) {
                consume(generator);
            } catch (StopAsyncIteration e) {
                // the body has ended
            }
        });
        look(5);
        assertThat(log.messages)
                .singleElement()
                .asString()
                .containsSubsequence(
                        "WatchdogTest.hold(", "WatchdogTest.body(", "WatchdogTest.consume(")
                .doesNotContain("AsyncGenerator");
    }

    @Test
    void anEagerTaskIsNamedByItsOwnName() throws InterruptedException {
        startHeld(() -> createTask(this::hold, TaskOptions.DEFAULT.name("eager").eagerStart(true)));
        look(5);
        assertThat(log.messages).singleElement().asString().contains(" by task eager ");
    }

    @Test
    void aLoopThatWaitsHoldsNobody() {
        AsyncFuture<Integer> answer = loop.createFuture();
        start(() -> await(answer));
        DefaultEventLoop inner = (DefaultEventLoop) loop;
        while (!inner.isRunning() || !Progress.isIdle(inner.core().progress().word())) {
            Thread.onSpinWait();
        }
        look(100);
        assertThat(log.messages).isEmpty();
        loop.callSoonThreadsafe(() -> answer.setResult(1));
    }

    @Test
    void aLoopThatNobodyDrivesIsHeldByNobody() {
        loop.callSoon(this::hold);
        look(100);
        assertThat(log.messages).isEmpty();
    }

    @Test
    void aJvmThatWasStoppedForLongBlamesNobody() throws InterruptedException {
        startHeld(this::hold);
        look(1);
        now += Duration.ofDays(1).toNanos();
        look(2);
        assertThat(log.messages).isEmpty();
        look(1);
        assertThat(log.messages).hasSize(1);
    }

    @Test
    void withoutALimitNobodyIsNamed() throws InterruptedException {
        loop.setWatchdogLimit(Duration.ZERO);
        startHeld(this::hold);
        look(1000);
        assertThat(log.messages).isEmpty();
        assertThat(watch.isOn()).isFalse();
    }

    @Test
    void itLooksSeveralTimesPerLimitButNotAllTheTime() {
        assertThat(Duration.ofNanos(watch.interval())).isEqualTo(Duration.ofSeconds(1));
        loop.setWatchdogLimit(Duration.ofNanos(1));
        assertThat(Duration.ofNanos(watch.interval())).isEqualTo(Duration.ofMillis(1));
        loop.setWatchdogLimit(Duration.ofDays(1));
        assertThat(Duration.ofNanos(watch.interval())).isEqualTo(Duration.ofSeconds(5));
        loop.setWatchdogLimit(Duration.ZERO);
        assertThat(Duration.ofNanos(watch.interval())).isEqualTo(Duration.ofSeconds(5));
    }

    private static void theOneThatWaits() {
        await(sleep(Duration.ofHours(1)));
    }

    @Test
    @OnVirtualThreads
    void oneThatHasntGotOnWithItsTurnIsToldApart() {
        loop.runUntilComplete(() -> {
            Task<?> task = createTask(WatchdogTest::theOneThatWaits);
            await(sleep(Duration.ZERO));
            HolderStack waiting = HolderStack.of(task.step().resumes());
            assertThat(waiting.waitsForCarrier()).isTrue();
            assertThat(waiting.who()).isEqualTo("task " + task.getName());
            assertThat(waiting.toString()).contains("WatchdogTest.theOneThatWaits(");
            HolderStack running = HolderStack.of(DefaultEventLoop.currentFiber());
            assertThat(running.waitsForCarrier()).isFalse();
            task.cancel();
            return null;
        });
    }
}
