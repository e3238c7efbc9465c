package asyncio4j;

import static asyncio4j.Asyncio.newEventLoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.OtherThread;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** When a loop calls back, and what it keeps until then. */
class EventLoopTimersTest {

    private final VirtualClock clock = new VirtualClock();

    private final DefaultEventLoop loop = new DefaultEventLoop(clock.clock());

    private final List<String> order = new ArrayList<>();

    @AfterEach
    void close() {
        loop.close();
    }

    private Runnable note(String name) {
        return () -> order.add(name);
    }

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    private void runIterations(int count) {
        for (int i = 0; i < count; i++) {
            loop.stop();
            loop.runForever();
        }
    }

    private void runUntil(Duration when) {
        loop.callAt(when, loop::stop);
        loop.runForever();
    }

    /**
     * Keeps the loop from having nothing to do, and so its clock from moving, for some iterations.
     */
    private void keepBusy(int iterations) {
        loop.callSoon(() -> {
            if (iterations > 1) {
                keepBusy(iterations - 1);
            }
        });
    }

    @Test
    void timersComeInTheOrderOfTheirTimes() {
        for (int delay : new int[] {30, 10, 20, 50, 40}) {
            loop.callLater(millis(delay), () -> order.add(delay + " at " + loop.time().toMillis()));
        }
        runUntil(millis(100));
        assertThat(order)
                .containsExactly("10 at 10", "20 at 20", "30 at 30", "40 at 40", "50 at 50");
        assertThat(loop.time()).isEqualTo(millis(100));
    }

    @Test
    @CPythonTest({"test_base_events::test_call_later", "test_events::test_when"})
    void aDelayCountsFromTheCallAndATimeFromTheClocksBeginning() {
        loop.callLater(
                millis(10),
                () -> {
                    TimerHandle later = loop.callLater(millis(5), () -> order.add("later"));
                    TimerHandle at = loop.callAt(millis(12), () -> order.add("at"));
                    order.add(later.when().toMillis() + " " + at.when().toMillis());
                });
        runUntil(millis(20));
        assertThat(order).containsExactly("15 12", "at", "later");
    }

    @Test
    void timeMovesOnlyWhenNothingIsReady() {
        loop.callLater(millis(1), note("timer"));
        loop.callSoon(
                new Runnable() {
                    private int left = 1000;

                    @Override
                    public void run() {
                        assertThat(loop.time()).isZero();
                        if (--left > 0) {
                            loop.callSoon(this);
                        } else {
                            order.add("ready");
                        }
                    }
                });
        runUntil(millis(2));
        assertThat(order).containsExactly("ready", "timer");
    }

    @Test
    @Contract(3)
    void aTimerIsDueWhenItsTimeHasComeAndNotOneTickOfTheClockBefore() {
        clock.advance(millis(5));
        loop.callAt(millis(5), note("now"));
        loop.callAt(millis(5).plusNanos(1), note("one tick later"));
        keepBusy(10);
        runIterations(10);
        assertThat(order).containsExactly("now");
        clock.advance(Duration.ofNanos(1));
        runIterations(1);
        assertThat(order).containsExactly("now", "one tick later");
    }

    @Test
    void codeThatTakesItsTimeMakesSeveralTimersDueInTheOrderOfTheirTimes() {
        loop.callLater(millis(30), note("c"));
        loop.callLater(millis(10), note("a"));
        loop.callLater(millis(20), note("b"));
        loop.callLater(millis(31), note("d"));
        loop.callSoon(() -> clock.advance(millis(30)));
        keepBusy(2);
        runIterations(2);
        assertThat(order).containsExactly("a", "b", "c");
    }

    @Test
    @Contract(4)
    void timersOfTheSameTimeComeInTheOrderOfTheirRegistration() {
        Random random = new Random(4);
        record Timer(long when, int number) {}

        List<Timer> called = new ArrayList<>();
        List<Timer> expected = new ArrayList<>();
        List<TimerHandle> cancelled = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            Timer timer = new Timer(random.nextInt(40), i);
            TimerHandle handle = loop.callAt(millis(timer.when()), () -> called.add(timer));
            if (random.nextInt(4) == 0) {
                cancelled.add(handle);
            } else {
                expected.add(timer);
            }
        }
        cancelled.forEach(TimerHandle::cancel);
        expected.sort(Comparator.comparingLong(Timer::when)); // a stable sort
        runUntil(millis(41));
        assertThat(called).isEqualTo(expected);
    }

    @Test
    @Contract(5)
    @CPythonTest("test_base_events::test_call_later_negative_delays")
    void aDelayThatIsntPositiveComesAfterWhatIsReadyTheMostNegativeFirst() {
        loop.callSoon(() -> {
            loop.callLater(Duration.ZERO, note("0"));
            loop.callLater(millis(-1), note("-1"));
            loop.callLater(millis(-5), note("-5"));
            loop.callSoon(note("soon"));
            loop.callSoon(() -> loop.callSoon(note("soon, one iteration later")));
        });
        runIterations(3);
        assertThat(order).containsExactly("soon", "-5", "-1", "0", "soon, one iteration later");
        assertThat(loop.time()).isZero();
    }

    @Test
    @Contract(5)
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void theMostNegativeDelayThereIsComesAtOnceOnARealClockToo() {
        EventLoop real = newEventLoop();
        real.callAt(Duration.ofSeconds(Long.MIN_VALUE), note("time"));
        real.callLater(Duration.ofSeconds(Long.MIN_VALUE), note("delay"));
        real.callLater(Duration.ZERO, real::stop);
        real.runForever();
        real.close();
        assertThat(order).containsExactly("time", "delay");
    }

    @Test
    void aTimeBeyondAllClocksIsAsFarAsTheyGo() {
        TimerHandle late = loop.callLater(Duration.ofSeconds(Long.MAX_VALUE), note("never"));
        TimerHandle lateToo = loop.callAt(Duration.ofSeconds(Long.MAX_VALUE), note("never"));
        assertThat(late.when())
                .isEqualTo(Duration.ofNanos(Long.MAX_VALUE))
                .isEqualTo(lateToo.when());
        runUntil(millis(1));
        assertThat(order).isEmpty();
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @CPythonTest({"test_base_events::test_time_and_call_at", "test_events::test_call_later"})
    void aRealClockGetsThereOnItsOwn() {
        EventLoop real = newEventLoop();
        Duration before = real.time();
        real.callLater(millis(2), note("b"));
        real.callLater(millis(1), note("a"));
        real.callLater(millis(3), real::stop);
        real.runForever();
        assertThat(real.time()).isGreaterThanOrEqualTo(before.plus(millis(3)));
        real.close();
        assertThat(order).containsExactly("a", "b");
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aLoopThatWaitsForAFarTimerIsWokenFromOutside() {
        EventLoop real = newEventLoop();
        real.callLater(Duration.ofDays(1000), note("far"));
        List<CompletableFuture<Handle>> threads = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            real.callSoon(() ->
                    threads.add(OtherThread.start(() -> real.callSoonThreadsafe(real::stop))));
            real.runForever();
        }
        real.close();
        assertThat(threads).hasSize(100).allSatisfy(thread -> thread.join());
        assertThat(order).isEmpty();
    }

    @Test
    @Contract(6)
    @CPythonTest("test_base_events::test__run_once_cancelled_event_cleanup")
    void upToAHundredTimersAreLeftWhereTheyAreWhenCancelled() {
        List<TimerHandle> handles = timers(100);
        handles.subList(10, 100).forEach(TimerHandle::cancel);
        runIterations(1);
        assertThat(loop.core().timers()).isEqualTo(100);
    }

    @Test
    @Contract(6)
    @CPythonTest("test_base_events::test__run_once_cancelled_event_cleanup")
    void overAHundredAreSweptOnceMoreThanHalfAreCancelled() {
        List<TimerHandle> handles = timers(101);
        handles.subList(51, 101).forEach(TimerHandle::cancel);
        runIterations(1);
        assertThat(loop.core().timers()).as("50 of 101 cancelled").isEqualTo(101);
        handles.get(50).cancel();
        runIterations(1);
        assertThat(loop.core().timers()).as("51 of 101 cancelled").isEqualTo(50);
        runUntil(Duration.ofDays(1));
        assertThat(order).hasSize(50);
    }

    @Test
    @Contract(6)
    @CPythonTest({
        "test_base_events::test__run_once",
        "test_base_events::test__run_once_cancelled_event_cleanup"
    })
    void cancelledTimersAtTheHeadAreDropped() {
        List<TimerHandle> handles = timers(20);
        handles.subList(0, 5).forEach(TimerHandle::cancel);
        handles.get(7).cancel();
        runIterations(1);
        assertThat(loop.core().timers()).isEqualTo(15);
    }

    @Test
    @Contract(6)
    void cancellingTwiceOrLateCountsOnce() {
        List<TimerHandle> handles = timers(150);
        runUntil(millis(40)); // 40 have been called
        assertThat(order).hasSize(40);
        handles.subList(0, 40).forEach(TimerHandle::cancel);
        for (int i = 0; i < 3; i++) {
            handles.subList(100, 130).forEach(TimerHandle::cancel);
        }
        runIterations(1);
        assertThat(loop.core().timers()).as("30 of 110 cancelled").isEqualTo(110);
        runUntil(Duration.ofDays(1));
        assertThat(order).hasSize(120);
        assertThat(loop.core().timers()).isZero();
    }

    @Test
    @Contract(6)
    void theSweepLosesNoTimerWhateverIsCancelledWhen() {
        Random random = new Random(6);
        List<TimerHandle> pending = new ArrayList<>();
        List<Integer> called = new ArrayList<>();
        int expected = 0;
        for (int round = 0; round < 300; round++) {
            for (int i = random.nextInt(20); i > 0; i--) {
                pending.add(loop.callLater(millis(1 + random.nextInt(500)), () -> called.add(1)));
                expected++;
            }
            for (int i = random.nextInt(16); i > 0 && !pending.isEmpty(); i--) {
                TimerHandle handle = pending.remove(random.nextInt(pending.size()));
                if (handle.when().compareTo(loop.time()) > 0) {
                    expected--;
                }
                handle.cancel();
            }
            runUntil(loop.time().plus(millis(random.nextInt(30))));
        }
        runUntil(loop.time().plus(Duration.ofSeconds(1)));
        assertThat(called).hasSize(expected);
        assertThat(loop.core().timers()).isZero();
    }

    @Test
    @CPythonTest("test_base_events::test__run_once")
    void aCancelledTimerDoesntMoveTheTime() {
        loop.callLater(Duration.ofHours(1), note("cancelled")).cancel();
        runUntil(millis(1));
        assertThat(loop.time()).isEqualTo(millis(1));
        assertThat(order).isEmpty();
    }

    @Test
    void aTimerMaySetTheNext() {
        loop.callLater(
                millis(1),
                new Runnable() {
                    @Override
                    public void run() {
                        order.add("tick " + loop.time().toMillis());
                        loop.callLater(millis(1), this);
                    }
                });
        runUntil(millis(4));
        assertThat(order)
                .containsExactly(
                        "tick 1", "tick 2", "tick 3",
                        "tick 4"); // the last in the batch of the stop
    }

    @Test
    void theVirtualClockGoesForwardOnly() {
        assertThatThrownBy(() -> clock.advance(millis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("time doesn't go back, not even by PT-0.001S");
        assertThatThrownBy(() -> clock.advance(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the amount is null: pass how far to move the time");
        assertThatThrownBy(() -> newEventLoop((VirtualClock) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the clock is null: leave it out for the real time");
        clock.advance(Duration.ofSeconds(Long.MAX_VALUE));
        assertThat(clock.time()).isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
    }

    /** That many, a millisecond apart. */
    private List<TimerHandle> timers(int count) {
        List<TimerHandle> handles = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            handles.add(loop.callAt(millis(i), note("" + i)));
        }
        return handles;
    }
}
