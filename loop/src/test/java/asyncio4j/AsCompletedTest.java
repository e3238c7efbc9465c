package asyncio4j;

import static asyncio4j.Asyncio.asCompleted;
import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.ensureFuture;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.OtherThread;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Outcomes as they come, by each of the three ways to take them. */
class AsCompletedTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final VirtualRunner runner = new VirtualRunner();

    @AfterEach
    void close() {
        runner.close();
    }

    private static Duration millis(int millis) {
        return Duration.ofMillis(millis);
    }

    /** A way to take the next outcome: null at the end. */
    @FunctionalInterface
    interface Taker {
        <T> T next(AsCompleted<T> all) throws Exception;
    }

    /** The three ways to take an outcome. */
    static Stream<Named<Taker>> takers() {
        return Stream.of(
                Named.of(
                        "coroutines",
                        new Taker() {
                            @Override
                            public <T> T next(AsCompleted<T> all) {
                                Iterator<Coroutine<T>> iterator = all.iterator();
                                return iterator.hasNext() ? await(iterator.next()) : null;
                            }
                        }),
                Named.of(
                        "futures",
                        new Taker() {
                            @Override
                            public <T> T next(AsCompleted<T> all) {
                                Iterator<AsyncFuture<T>> iterator = all.futures().iterator();
                                return iterator.hasNext() ? iterator.next().result() : null;
                            }
                        }),
                Named.of(
                        "anext",
                        new Taker() {
                            @Override
                            public <T> T next(AsCompleted<T> all) {
                                try {
                                    return await(all.anext()).result();
                                } catch (StopAsyncIteration end) {
                                    return null;
                                }
                            }
                        }));
    }

    private static <T> List<T> takeAll(Taker taker, AsCompleted<T> all) throws Exception {
        List<T> taken = new ArrayList<>();
        for (T next = taker.next(all); next != null; next = taker.next(all)) {
            taken.add(next);
        }
        return taken;
    }

    @ParameterizedTest
    @MethodSource("takers")
    @CPythonTest({
        "test_tasks::test_as_completed",
        "test_tasks::test_as_completed_coroutine_use_running_loop"
    })
    void theyComeInTheOrderInWhichTheyAreDone(Taker taker) {
        runner.run(() -> {
            List<Coroutine<String>> work =
                    List.of(sleep(millis(10), "b"), sleep(millis(150), "c"), sleep(millis(5), "a"));
            assertThat(takeAll(taker, asCompleted(work))).containsExactly("a", "b", "c");
            assertThat(runner.clock.time()).isEqualTo(millis(150));
        });
    }

    @Test
    @CPythonTest("test_tasks::test_as_completed_same_tasks_in_as_out")
    void tasksComeOutAsTheyWentIn() {
        runner.run(() -> {
            Task<String> a = createTask(sleep(millis(2), "a"));
            AsyncFuture<String> b = getRunningLoop().createFuture();
            b.setResult("b");
            Coroutine<String> c = sleep(millis(1), "c");
            List<AsyncFuture<String>> out = new ArrayList<>();
            asCompleted(List.of(a, b, c)).futures().forEach(out::add);
            assertThat(out).hasSize(3).allMatch(AsyncFuture::done);
            assertThat(out.get(0)).isSameAs(b);
            assertThat(out.get(1)).isInstanceOf(Task.class).isNotSameAs(a);
            assertThat(out.get(1).result()).isEqualTo("c");
            assertThat(out.get(2)).isSameAs(a);
        });
    }

    @ParameterizedTest
    @MethodSource("takers")
    @Contract(50)
    @CPythonTest("test_tasks::test_as_completed_with_timeout")
    void whenTheTimeIsOverWhatIsNotDoneGoesOn(Taker taker) {
        runner.run(() -> {
            Task<String> a = createTask(sleep(millis(100), "a"));
            Task<String> b = createTask(sleep(millis(150), "b"));
            Task<String> c = createTask(sleep(millis(160), "c"));
            AsCompleted<String> all = asCompleted(List.of(c, b, a), millis(120));
            assertThat(taker.next(all)).isEqualTo("a");
            for (int late = 0; late < 2; late++) {
                assertThatThrownBy(() -> taker.next(all))
                        .isInstanceOf(TimeoutException.class)
                        .hasMessage("not done within PT0.12S");
            }
            assertThat(runner.clock.time()).isEqualTo(millis(120));
            assertThat(taker.next(all)).isNull();
            assertThat(await(gather(b, c))).containsExactly("b", "c");
        });
    }

    @Test
    @Contract(50)
    void theTimeoutIsCaughtAroundTheLoop() {
        List<String> taken = new ArrayList<>();
        runner.run(() -> {
            List<Coroutine<String>> work = List.of(sleep(HOUR, "a"), sleep(millis(1), "b"));
            try {
                for (Coroutine<String> next : asCompleted(work, millis(100))) {
                    taken.add(await(next));
                }
            } catch (TimeoutException e) { // compiles as asCompleted declares it
                taken.add("late");
            }
        });
        assertThat(taken).containsExactly("b", "late");
    }

    @Test
    @Contract(50)
    void whatWasDoneInTimeCanBeTakenLater() {
        runner.run(() -> {
            List<Coroutine<String>> work =
                    List.of(sleep(millis(1), "a"), sleep(millis(2), "b"), sleep(HOUR, "c"));
            AsCompleted<String> all = asCompleted(work, millis(3));
            await(sleep(millis(10)));
            assertThat(all).hasToString("AsCompleted[left=3, pending=0, late]");
            Iterator<AsyncFuture<String>> futures = all.futures().iterator();
            assertThat(futures.next().result()).isEqualTo("a");
            assertThat(futures.next().result()).isEqualTo("b");
            assertThatThrownBy(futures::next).isInstanceOf(TimeoutException.class);
        });
    }

    @ParameterizedTest
    @MethodSource("takers")
    @CPythonTest("test_tasks::test_as_completed_with_unused_timeout")
    void aTimeThatIsntNeededLeavesNothingBehind(Taker taker) {
        runner.run(() -> {
            List<Coroutine<String>> work = List.of(sleep(millis(10), "a"));
            assertThat(takeAll(taker, asCompleted(work, millis(1000)))).containsExactly("a");
            assertThat(takeAll(taker, asCompleted(work, null))).containsExactly("a");
            await(sleep(HOUR));
        });
        assertThat(DefaultEventLoop.unwrap(runner.loop()).core().timers()).isZero();
    }

    @Test
    @CPythonTest("test_tasks::test_as_completed_resume_iterator")
    void aLoopThatWasLeftIsGoneOnWith() {
        runner.run(() -> {
            List<Coroutine<Integer>> work = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                work.add(sleep(millis(i), i));
            }
            AsCompleted<Integer> all = asCompleted(work);
            List<Integer> taken = new ArrayList<>();
            for (Coroutine<Integer> next : all) {
                taken.add(await(next));
                if (taken.size() == 2) {
                    break;
                }
            }
            for (AsyncFuture<Integer> next : all.futures()) {
                taken.add(next.result());
                if (taken.size() == 4) {
                    break;
                }
            }
            for (Coroutine<Integer> next : all) {
                taken.add(await(next));
            }
            assertThat(taken).containsExactly(0, 1, 2, 3, 4);
            assertThat(all.iterator().hasNext()).isFalse();
            assertThatThrownBy(() -> all.iterator().next())
                    .isInstanceOf(NoSuchElementException.class);
            assertThatThrownBy(() -> all.futures().iterator().next())
                    .isInstanceOf(NoSuchElementException.class);
            assertThatThrownBy(() -> await(all.anext())).isInstanceOf(StopAsyncIteration.class);
        });
    }

    @Test
    @CPythonTest("test_tasks::test_as_completed_reverse_wait")
    void whicheverCoroutineIsAwaitedFirstGetsTheFirstOutcome() {
        runner.run(() -> {
            List<Coroutine<String>> work = List.of(sleep(millis(100), "b"), sleep(millis(50), "a"));
            List<Coroutine<String>> coroutines = new ArrayList<>();
            asCompleted(work).forEach(coroutines::add);
            assertThat(coroutines).hasSize(2);
            assertThat(await(coroutines.get(1))).isEqualTo("a");
            assertThat(runner.clock.time()).isEqualTo(millis(50));
            assertThat(await(coroutines.get(0))).isEqualTo("b");
            assertThatThrownBy(() -> await(coroutines.get(0)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot reuse already awaited coroutine");
        });
    }

    @Test
    @CPythonTest("test_tasks::test_as_completed_concurrent")
    void severalMayBeAwaitedAtTheSameTime() {
        runner.run(() -> {
            List<Coroutine<String>> work =
                    List.of(sleep(millis(50), "a"), sleep(millis(50), "b"), sleep(millis(60), "c"));
            List<AsyncFuture<String>> waiting = new ArrayList<>();
            AsCompleted<String> all = asCompleted(work);
            for (Coroutine<String> next : all) {
                waiting.add(ensureFuture(next));
            }
            assertThat(await(Asyncio.wait(waiting)).done())
                    .extracting(AsyncFuture::result)
                    .containsExactly("a", "b", "c");
        });
    }

    @ParameterizedTest
    @MethodSource("takers")
    @Contract(50)
    void aFutureThatComesTwiceIsThereOnceAndACoroutineRunsTwice(Taker taker) {
        runner.run(() -> {
            Task<String> ham = createTask(sleep(millis(1), "ham"));
            Coroutine<String> spam = sleep(millis(2), "spam");
            assertThat(takeAll(taker, asCompleted(List.of(ham, ham, spam, spam))))
                    .containsExactly("ham", "spam", "spam");
        });
    }

    @Test
    @CPythonTest("test_tasks::test_as_completed_coroutine_without_loop")
    void coroutinesNeedALoop() {
        List<Coroutine<String>> work = List.of(sleep(millis(1), "a"));
        assertThatThrownBy(() -> asCompleted(work))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no current event loop");
    }

    @Test
    void badArgumentsAreRefusedAtOnce() {
        assertThatThrownBy(() -> asCompleted(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("the collection of awaitables is null");
        runner.run(() -> {
            assertThatThrownBy(() -> asCompleted(Arrays.asList((Task<?>) null)))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("asCompleted: one of the arguments is null");
            try (EventLoop other = newEventLoop()) {
                List<AsyncFuture<String>> mixed =
                        List.of(getRunningLoop().createFuture(), other.createFuture());
                assertThatThrownBy(() -> asCompleted(mixed))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("asCompleted: the futures belong to different loops");
            }
            assertThat(asCompleted(List.<Task<String>>of(), millis(1))).isEmpty();
        });
    }

    @ParameterizedTest
    @MethodSource("takers")
    void errorsAndCancellationsComeInTurn(Taker taker) {
        runner.run(() -> {
            Coroutine<String> fails =
                    () -> {
                        await(sleep(millis(1)));
                        throw new ArithmeticException("failed");
                    };
            Task<String> cancelled = createTask(sleep(HOUR, "never"));
            getRunningLoop().callLater(millis(2), () -> cancelled.cancel("no more"));
            AsCompleted<String> all =
                    asCompleted(List.of(sleep(millis(3), "last"), cancelled, fails));
            assertThatThrownBy(() -> taker.next(all)).hasMessage("failed");
            assertThatThrownBy(() -> taker.next(all))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("no more");
            assertThat(taker.next(all)).isEqualTo("last");
        });
    }

    @Test
    void whoIsCancelledWhileWaitingTakesNothingAway() {
        runner.run(() -> {
            AsyncFuture<String> first = getRunningLoop().createFuture();
            AsyncFuture<String> second = getRunningLoop().createFuture();
            AsCompleted<String> all = asCompleted(List.of(first, second));
            Task<?> waits = createTask(all.anext());
            Task<AsyncFuture<String>> waitsBehind = createTask(all.anext());
            await(sleep(Duration.ZERO));
            first.setResult("a");
            await(sleep(Duration.ZERO)); // the first of them is woken, but hasn't gone on yet
            waits.cancel();
            assertThatThrownBy(() -> await(waits)).isInstanceOf(CancelledError.class);
            assertThat(await(waitsBehind)).isSameAs(first);
            assertThat(second.done()).isFalse();
        });
    }

    @Test
    void whoIsCancelledBeforeItIsWokenIsLeftOut() {
        runner.run(() -> {
            AsyncFuture<String> first = getRunningLoop().createFuture();
            AsCompleted<String> all = asCompleted(List.of(first, sleep(HOUR, "b")));
            Task<?> waits = createTask(all.anext());
            Task<AsyncFuture<String>> waitsBehind = createTask(all.anext());
            await(sleep(Duration.ZERO));
            first.setResult("a");
            waits.cancel();
            assertThat(await(waitsBehind)).isSameAs(first);
            assertThat(waits.cancelled()).isTrue();
            assertThat(runner.clock.time()).isZero();
        });
    }

    @Test
    @Contract(50)
    void allWhoWaitAreToldThatTheTimeIsOver() {
        runner.run(() -> {
            Task<String> a = createTask(sleep(HOUR, "a"));
            Task<String> b = createTask(sleep(HOUR, "b"));
            AsCompleted<String> all = asCompleted(List.of(a, b), millis(1));
            List<Task<?>> waiting = List.of(createTask(all.anext()), createTask(all.anext()));
            await(Asyncio.wait(waiting));
            assertThat(waiting)
                    .allSatisfy(task ->
                            assertThat(task.exception()).isInstanceOf(TimeoutException.class));
            assertThat(runner.clock.time()).isEqualTo(millis(1));
        });
    }

    @Test
    void whoWaitsIsSeenInTheAwaitGraph() {
        runner.run(() -> {
            Task<String> a = createTask(sleep(millis(1), "a"));
            Task<String> b = createTask(sleep(millis(1), "b"));
            Task<?> waits = createTask(asCompleted(List.of(a, b)).anext());
            await(sleep(Duration.ZERO));
            assertThat(waits.waitsForAll())
                    .singleElement()
                    .satisfies(stand ->
                            assertThat(List.<Object>copyOf(stand.waitsForAll()))
                                    .containsExactly(a, b));
            await(waits);
        });
    }

    @Test
    void itBelongsToTheLoopsThread() {
        runner.run(() -> {
            AsCompleted<String> all = asCompleted(List.of(sleep(millis(1), "a")));
            assertThat(OtherThread.failureOf(() -> all.iterator().next()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("belongs to the thread of");
            getRunningLoop()
                    .callSoon(() ->
                            assertThatThrownBy(() -> all.futures().iterator().next())
                                    .isInstanceOf(IllegalStateException.class)
                                    .hasMessageContaining("inside a plain callback"));
            await(sleep(Duration.ZERO));
            assertThat(await(all.iterator().next())).isEqualTo("a");
        });
        assertThat(runner.reports).isEmpty();
    }
}
