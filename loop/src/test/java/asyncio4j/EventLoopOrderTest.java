package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.OtherThread;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** In which order a loop calls back, iteration by iteration. */
class EventLoopOrderTest {

    private final VirtualClock clock = new VirtualClock();

    private final EventLoop loop = newEventLoop(clock);

    private final List<String> order = new ArrayList<>();

    @AfterEach
    void close() {
        loop.close();
    }

    private Runnable note(String name) {
        return () -> order.add(name);
    }

    /** Runs until the callbacks that are ready now, and those that they add, have been called. */
    private void runIterations(int count) {
        for (int i = 0; i < count; i++) {
            loop.stop();
            loop.runForever();
        }
    }

    @Test
    void callbacksAreCalledInTheOrderOfTheirRegistration() {
        for (int i = 0; i < 100; i++) {
            loop.callSoon(note("" + i));
        }
        runIterations(1);
        assertThat(order)
                .hasSize(100)
                .isSortedAccordingTo((a, b) -> Integer.parseInt(a) - Integer.parseInt(b));
    }

    @Test
    @Contract(1)
    void whatIsRegisteredInAnIterationIsCalledInTheNext() {
        loop.callSoon(() -> {
            order.add("a");
            loop.callSoon(note("c"));
        });
        loop.callSoon(note("b"));
        runIterations(1);
        assertThat(order).containsExactly("a", "b");
        runIterations(1);
        assertThat(order).containsExactly("a", "b", "c");
    }

    @Test
    @Contract(1)
    void aChainThatAlwaysRegistersAnotherDoesNotKeepTheRestWaiting() {
        loop.callSoon(
                new Runnable() {
                    @Override
                    public void run() {
                        if (order.size() < 5) {
                            order.add("chain");
                            loop.callSoon(this);
                        }
                    }
                });
        loop.callSoon(note("other"));
        runIterations(5);
        assertThat(order).containsExactly("chain", "other", "chain", "chain", "chain");
    }

    @Test
    @Contract(1)
    void leftoversComeFirstThenWhatCameFromOutsideThenDueTimers() {
        loop.callSoon(() -> {
            loop.callLater(Duration.ofSeconds(1), note("timer"));
            loop.callSoon(note("ready"));
            OtherThread.run(() -> loop.callSoonThreadsafe(note("outside")));
            clock.advance(Duration.ofSeconds(1));
        });
        runIterations(1);
        assertThat(order).isEmpty();
        runIterations(1);
        assertThat(order).containsExactly("ready", "outside", "timer");
    }

    @Test
    @Contract(1)
    void aTimerThatIsntDueWaitsForAnIterationWithNothingElseToDo() {
        loop.callLater(Duration.ofSeconds(1), note("timer"));
        loop.callSoon(() -> loop.callSoon(() -> loop.callSoon(note("third iteration"))));
        loop.callLater(Duration.ofSeconds(2), loop::stop);
        loop.runForever();
        assertThat(order).containsExactly("third iteration", "timer");
    }

    @Test
    void theLoopsOwnThreadMayUseTheThreadsafeCallWithoutChangingTheOrder() {
        loop.callSoon(() -> {
            loop.callSoon(note("a"));
            loop.callSoonThreadsafe(note("b"));
            loop.callSoon(note("c"));
        });
        runIterations(2);
        assertThat(order).containsExactly("a", "b", "c");
    }

    @Test
    @CPythonTest("test_events::test_call_soon_threadsafe_same_thread")
    void theSameHoldsBeforeTheLoopRuns() {
        loop.callSoon(note("a"));
        loop.callSoonThreadsafe(note("b"));
        loop.callSoon(note("c"));
        loop.callSoonThreadsafe(note("d"));
        runIterations(1);
        assertThat(order).containsExactly("a", "b", "c", "d");
    }

    @Test
    void whatOneThreadHandsInStaysInOrder() {
        loop.callSoon(() ->
                OtherThread.run(() -> {
                    for (int i = 0; i < 1000; i++) {
                        loop.callSoonThreadsafe(note("" + i));
                    }
                }));
        runIterations(2);
        assertThat(order)
                .hasSize(1000)
                .isSortedAccordingTo((a, b) -> Integer.parseInt(a) - Integer.parseInt(b));
    }

    @Test
    void whatIsHandedInDuringAnIterationComesBeforeWhatItsLaterCallbacksRegister() {
        loop.callSoon(() -> OtherThread.run(() -> loop.callSoonThreadsafe(note("outside"))));
        loop.callSoon(() -> loop.callSoon(note("later")));
        runIterations(2);
        assertThat(order).containsExactly("outside", "later"); // CPython 3.13 prints the same
    }

    @Test
    void whatIsHandedInDuringAnIterationDoesntMakeTheNextAnyLonger() {
        int most = 1 << 12; // Inbox.MOST_AT_ONCE
        loop.callSoon(() ->
                OtherThread.run(() -> {
                    for (int i = 0; i < 2 * most + 1; i++) {
                        loop.callSoonThreadsafe(note("outside"));
                    }
                }));
        loop.callSoon(() -> loop.callSoon(note("later")));
        runIterations(2);
        assertThat(order).hasSize(most + 1).endsWith("outside", "later");
        runIterations(1);
        assertThat(order).hasSize(2 * most + 1);
        runIterations(1);
        assertThat(order).hasSize(2 * most + 2);
    }

    @Test
    @Contract(2)
    void aCallbackCancelledEarlierInTheSameBatchIsSkipped() {
        List<Handle> handles = new ArrayList<>();
        loop.callSoon(() -> {
            order.add("a");
            handles.get(0).cancel();
        });
        handles.add(loop.callSoon(note("b")));
        loop.callSoon(note("c"));
        runIterations(2);
        assertThat(order).containsExactly("a", "c");
        assertThat(handles.get(0).cancelled()).isTrue();
    }

    @Test
    @Contract(2)
    void aTimerCancelledByAnotherThatIsDueAtTheSameTimeIsSkipped() {
        List<Handle> handles = new ArrayList<>();
        loop.callLater(
                Duration.ofSeconds(1),
                () -> {
                    order.add("a");
                    handles.get(0).cancel();
                });
        handles.add(loop.callLater(Duration.ofSeconds(1), note("b")));
        loop.callLater(Duration.ofSeconds(1), loop::stop);
        loop.runForever();
        runIterations(1);
        assertThat(order).containsExactly("a");
        assertThat(handles.get(0).cancelled()).isTrue();
    }

    @Test
    @Contract(2)
    void whatAnotherThreadHandedInMayBeCancelledThereBeforeItsTurn() {
        loop.callSoon(() ->
                OtherThread.run(() -> {
                    Handle handle = loop.callSoonThreadsafe(note("cancelled"));
                    loop.callSoonThreadsafe(note("kept"));
                    handle.cancel();
                }));
        runIterations(3);
        assertThat(order).containsExactly("kept");
    }

    @Test
    void cancellingLateOrTwiceDoesNothing() {
        Handle handle = loop.callSoon(note("a"));
        runIterations(1);
        assertThat(handle.cancelled()).isFalse();
        handle.cancel();
        handle.cancel();
        runIterations(1);
        assertThat(handle.cancelled()).isTrue();
        assertThat(order).containsExactly("a");
    }

    @Test
    void aCallbackMayCancelItself() {
        List<Handle> own = new ArrayList<>();
        own.add(
                loop.callSoon(() -> {
                    own.get(0).cancel();
                    order.add("to its end");
                }));
        runIterations(2);
        assertThat(order).containsExactly("to its end");
    }

    @Test
    void callbacksRunBetweenTheStepsOfTasksAndAreNoneThemselves() {
        loop.runUntilComplete(() -> {
            loop.callSoon(() -> order.add("callback in " + currentTask()));
            order.add("before");
            await(sleep(Duration.ZERO));
            order.add("after");
            return null;
        });
        assertThat(order).containsExactly("before", "callback in null", "after");
    }

    @Test
    void aCallbackThatAwaitsIsToldToStartATask() {
        List<Throwable> errors = new ArrayList<>();
        loop.runUntilComplete(() -> {
            AsyncFuture<Integer> pending = loop.createFuture();
            loop.callSoon(() -> {
                try {
                    await(pending);
                } catch (IllegalStateException e) {
                    errors.add(e);
                }
            });
            await(sleep(Duration.ZERO));
            return null;
        });
        assertThat(errors)
                .singleElement()
                .satisfies(e ->
                        assertThat(e)
                                .hasMessageContaining("inside a plain callback")
                                .hasMessageContaining("createTask(() -> ...)"));
    }

    @Test
    void tasksAndCallbacksTakeTheirTurnsInOneQueue() {
        loop.runUntilComplete(() -> {
            Task<?> first =
                    createTask(() -> {
                        order.add("task 1");
                    });
            loop.callSoon(note("callback"));
            Task<?> second =
                    createTask(() -> {
                        order.add("task 2");
                    });
            await(first);
            await(second);
            return null;
        });
        assertThat(order).containsExactly("task 1", "callback", "task 2");
    }

    @Test
    @CPythonTest({
        "test_base_events::test_call_soon_non_callable",
        "test_base_events::test_call_later",
        "test_base_events::test_time_and_call_at"
    })
    void whatIsNoCallbackIsRefusedWithAWordOnWhatToDo() {
        assertThatThrownBy(() -> loop.callSoon(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage(
                        "the callback is null: pass what to call, such as () -> future.cancel()");
        assertThatThrownBy(() -> loop.callSoonThreadsafe(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageStartingWith("the callback is null");
        assertThatThrownBy(() -> loop.callLater(Duration.ZERO, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageStartingWith("the callback is null");
        assertThatThrownBy(() -> loop.callAt(Duration.ZERO, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageStartingWith("the callback is null");
        assertThatThrownBy(() -> loop.callSoon(() -> {}, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage(
                        "the context is null: leave it out to run in a copy of the current one");
        assertThatThrownBy(() -> loop.callSoonThreadsafe(() -> {}, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageStartingWith("the context is null");
        assertThatThrownBy(() -> loop.callLater(Duration.ZERO, () -> {}, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageStartingWith("the context is null");
        assertThatThrownBy(() -> loop.callAt(Duration.ZERO, () -> {}, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageStartingWith("the context is null");
        assertThatThrownBy(() -> loop.callLater(null, () -> {}))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the delay is null: use callSoon for none");
        assertThatThrownBy(() -> loop.callAt(null, () -> {}))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the time is null: pass loop.time().plus(...)");
    }

    @Test
    @Contract(13)
    @CPythonTest("test_base_events::test_call_coroutine")
    void aCoroutineIsNoCallbackAndNotOnlyInDebugMode() {
        class Both implements Runnable, VoidCoroutine {
            @Override
            public void run() {
                order.add("called");
            }
        }

        assertThat(loop.getDebug()).isFalse();
        Runnable coroutine = new Both();
        List<Runnable> uses =
                List.of(
                        () -> loop.callSoon(coroutine),
                        () -> loop.callSoonThreadsafe(coroutine),
                        () -> loop.callLater(Duration.ofSeconds(1), coroutine),
                        () -> loop.callAt(Duration.ofSeconds(1), coroutine));
        for (Runnable use : uses) {
            assertThatThrownBy(use::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(
                            "coroutines cannot be used as callbacks: use createTask(coroutine)"
                                    + " for ");
        }
        runIterations(2);
        assertThat(order).isEmpty();
    }
}
