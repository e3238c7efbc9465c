package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.timeout;
import static asyncio4j.Asyncio.timeoutAt;
import static asyncio4j.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.Contract;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A timeout by try-with-resources: what is thrown inside, what is caught, what it becomes. */
class TimeoutErrorTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private static final Duration HOUR = Duration.ofHours(1);

    private final VirtualRunner runner = new VirtualRunner();

    private final List<String> order = new ArrayList<>();

    @AfterEach
    void close() {
        runner.close();
    }

    private static void turn() {
        await(sleep(Duration.ZERO));
    }

    private int timers() {
        return DefaultEventLoop.unwrap(runner.loop()).core().timers();
    }

    static Stream<Named<VoidCoroutine>> suspensions() {
        return Stream.of(
                Named.of("a sleep", () -> await(sleep(HOUR))),
                Named.of("a future", () -> await(getRunningLoop().createFuture())),
                Named.of("a task", () -> await(createTask(sleep(HOUR)))),
                Named.of("a gather", () -> await(gather(sleep(HOUR), sleep(HOUR)))),
                Named.of(
                        "bare yields",
                        () -> {
                            for (; ; ) {
                                await(sleep(Duration.ZERO));
                            }
                        }),
                Named.of("a longer deadline", () -> await(waitFor(sleep(HOUR), HOUR))));
    }

    @ParameterizedTest
    @MethodSource("suspensions")
    @Contract({44, 45})
    void whatTheDeadlineThrowsIsCaughtBesideTheBlock(VoidCoroutine suspension) {
        runner.run(() -> {
            // bare yields are always ready, so that the virtual time would never move by itself
            getRunningLoop().callSoon(() -> runner.clock.advance(Duration.ofMinutes(1)));
            Timeout timeout = timeout(SECOND);
            try (timeout) {
                try {
                    suspension.run();
                } catch (CancelledError e) {
                    order.add("cancelled");
                    assertThat(timeout).hasToString("Timeout[expiring]");
                    throw e;
                }
            } catch (TimeoutError e) {
                order.add(e.getMessage());
                assertThat(e.timeout()).isSameAs(timeout);
                assertThat(e.getCause()).isExactlyInstanceOf(CancelledError.class);
            }
            assertThat(timeout).hasToString("Timeout[expired]");
            assertThat(currentTask().cancelling()).isZero();
            turn(); // nothing is left to be delivered
        });
        assertThat(order).containsExactly("cancelled", "not done within PT1S");
    }

    @Test
    void aBlockThatEndsInTimeLeavesNothingBehind() {
        runner.run(() -> {
            try (Timeout timeout = timeoutAt(SECOND)) {
                assertThat(timeout.when()).isEqualTo(SECOND);
                await(sleep(SECOND.dividedBy(2)));
                timeout.reschedule(HOUR);
                await(sleep(SECOND));
            }
            try (Timeout none = timeout(null);
                    Timeout noTime = timeoutAt(null)) {
                await(sleep(HOUR));
                assertThat(none.when()).isNull();
                assertThat(noTime.when()).isNull();
            }
            await(sleep(HOUR));
            assertThat(currentTask().cancelling()).isZero();
        });
        assertThat(timers()).isZero();
    }

    @Test
    @Contract(43)
    void aSwallowedOneLeavesTheTaskAsItWas() {
        runner.run(() -> {
            try (var _ = timeout(SECOND)) {
                try {
                    await(sleep(HOUR));
                } catch (CancelledError e) {
                    order.add("swallowed");
                }
            }
            assertThat(currentTask().cancelling()).isZero();
            turn();
        });
        assertThat(order).containsExactly("swallowed");
    }

    @Test
    @Contract(44)
    void aBlockThatNeverSuspendsEndsWell() {
        runner.run(() -> {
            try (var _ = timeout(Duration.ZERO)) {
                order.add("quick");
            }
            turn();
            assertThat(currentTask().cancelling()).isZero();
        });
    }

    @Test
    @Contract(45)
    void withACancelFromOutsideItIsAPlainCancellation() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        try (var _ = timeout(SECOND)) {
                            getRunningLoop().callLater(SECOND, currentTaskCanceller());
                            await(sleep(HOUR));
                        } catch (TimeoutError e) {
                            order.add("timeout");
                        }
                    });
            assertThatThrownBy(() -> await(task)).isExactlyInstanceOf(CancelledError.class);
            assertThat(task.cancelling()).isEqualTo(1);
        });
        assertThat(order).isEmpty();
    }

    private static Runnable currentTaskCanceller() {
        Task<?> task = currentTask();
        return () -> task.cancel("outside");
    }

    @Test
    @Contract(45)
    void aCancelThatComesWhileItUnwindsIsDeliveredAtTheNextAwait() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        try (var _ = timeout(SECOND)) {
                            try {
                                await(sleep(HOUR));
                            } finally {
                                currentTask().cancel("outside");
                            }
                        } catch (TimeoutError e) {
                            order.add("timeout");
                        }
                        await(sleep(HOUR));
                        order.add("ran on");
                    });
            assertThatThrownBy(() -> await(task))
                    .isExactlyInstanceOf(CancelledError.class)
                    .hasMessage("outside");
        });
        assertThat(order).containsExactly("timeout");
    }

    @Test
    @Contract(45)
    void oneThatIsCancelledOnItsWayOutOfATaskIsACancellation() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        try (var _ = timeout(SECOND)) {
                            try {
                                await(sleep(HOUR));
                            } finally {
                                currentTask().cancel("outside");
                            }
                        }
                    });
            assertThatThrownBy(() -> await(task)).isExactlyInstanceOf(CancelledError.class);
            assertThat(task.cancelled()).isTrue();
        });
    }

    @Test
    @Contract(45)
    void itWorksInATaskThatIsBeingCancelled() {
        runner.run(() -> {
            Task<?> task =
                    createTask(() -> {
                        try {
                            await(sleep(HOUR));
                        } finally {
                            try (var _ = timeout(SECOND)) {
                                await(sleep(HOUR));
                            } catch (TimeoutError e) {
                                order.add("timeout");
                            }
                        }
                    });
            turn();
            task.cancel();
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
            assertThat(task.cancelling()).isEqualTo(1);
        });
        assertThat(order).containsExactly("timeout");
    }

    private static void late() {
        try (var _ = timeout(SECOND)) {
            await(sleep(HOUR));
        }
    }

    @Test
    void uncaughtItMakesItsTaskFail() {
        runner.run(() -> {
            Task<?> task = createTask(TimeoutErrorTest::late);
            try {
                await(waitFor(task, HOUR));
                order.add("in time");
            } catch (TimeoutException e) {
                order.add(e.getMessage());
                assertThat(e.getCause()).isInstanceOf(TimeoutError.class);
            }
            assertThat(task.cancelled()).isFalse();
            assertThat(task.exception()).isInstanceOf(TimeoutException.class);
        });
        assertThat(order).containsExactly("not done within PT1S");
        assertThatThrownBy(() -> runner.run(TimeoutErrorTest::late))
                .isInstanceOf(TimeoutException.class);
    }

    @Test
    void uncaughtItLeavesAnAwaitAsATimeoutException() {
        runner.run(() -> {
            Coroutine<?> late = Coroutine.of(TimeoutErrorTest::late);
            for (Coroutine<?> around :
                    List.of(
                            late,
                            waitFor(late, HOUR),
                            timeout(
                                    HOUR,
                                    t -> {
                                        late();
                                    }),
                            timeout(HOUR, t -> await(late)))) {
                assertThatThrownBy(() -> await(around))
                        .isInstanceOf(TimeoutException.class)
                        .hasMessage("not done within PT1S")
                        .hasNoSuppressedExceptions()
                        .hasCauseInstanceOf(TimeoutError.class);
            }
            assertThat(currentTask().cancelling()).isZero();
        });
    }

    @Test
    void anAwaitInsideOfTheBlockLetsItThrough() {
        runner.run(() -> {
            try (var _ = timeout(SECOND)) {
                await(Coroutine.of(() -> await(timeout(HOUR, t -> await(sleep(HOUR))))));
            } catch (TimeoutError e) {
                order.add(e.getMessage());
            }
        });
        assertThat(order).containsExactly("not done within PT1S");
    }

    @Test
    void anInnerOneIsCaughtInside() {
        runner.run(() -> {
            try (var _ = timeout(HOUR)) {
                try (var _ = timeout(SECOND)) {
                    await(sleep(HOUR));
                } catch (TimeoutError e) {
                    order.add("inner");
                }
                await(sleep(SECOND));
            } catch (TimeoutError e) {
                order.add("outer");
            }
            assertThat(currentTask().cancelling()).isZero();
        });
        assertThat(order).containsExactly("inner");
    }

    @Test
    @Contract(45)
    void anOuterOneGoesByTheInnerCatchUnderItsOwnName() {
        runner.run(() -> {
            for (Duration innerLimit : List.of(HOUR, SECOND)) { // later, and at the same time
                Timeout outer = timeout(SECOND);
                Timeout inner = timeout(innerLimit);
                try (outer) {
                    try (inner) {
                        await(sleep(HOUR));
                    } catch (TimeoutError e) {
                        assertThat(e.timeout()).isSameAs(outer);
                        order.add("by the inner one");
                        throw e;
                    }
                } catch (TimeoutError e) {
                    assertThat(e.timeout()).isSameAs(outer);
                    order.add("outer");
                }
                assertThat(inner.expired()).isEqualTo(innerLimit.equals(SECOND));
                assertThat(currentTask().cancelling()).isZero();
            }
        });
        assertThat(order).containsExactly("by the inner one", "outer", "by the inner one", "outer");
    }

    @Test
    @Contract(45)
    void aLambdaAroundIsNotMistakenForTheBlockInside() {
        runner.run(() -> {
            try {
                await(
                        timeout(
                                SECOND,
                                t -> {
                                    try (var _ = timeout(HOUR)) {
                                        await(sleep(HOUR));
                                    } catch (TimeoutError e) {
                                        order.add("inner");
                                    }
                                }));
            } catch (TimeoutException e) {
                order.add("outer");
            }
        });
        assertThat(order).containsExactly("outer");
    }

    @Test
    void oneThatIsNeverClosedEndsWithItsTask() {
        runner.run(() -> {
            Task<Timeout> inTime = createTask(() -> timeout(HOUR));
            assertThat(await(inTime)).hasToString("Timeout[finished]");
            Task<?> late =
                    createTask(() -> {
                        Timeout timeout = timeout(SECOND);
                        await(sleep(HOUR));
                        timeout.close();
                    });
            assertThatThrownBy(() -> await(late)).isInstanceOf(TimeoutException.class);
        });
        assertThat(timers()).isZero();
    }

    @Test
    void theyMayEndInAnotherOrderThanTheyWereEntered() {
        runner.run(() -> {
            Timeout first = timeout(SECOND);
            Timeout second = timeout(SECOND.multipliedBy(2));
            Timeout third = timeout(HOUR);
            second.close();
            first.close();
            assertThatThrownBy(
                            () -> {
                                third.reschedule(SECOND);
                                await(sleep(HOUR));
                            })
                    .isInstanceOfSatisfying(
                            TimeoutError.class, e -> assertThat(e.timeout()).isSameAs(third));
            third.close();
            assertThat(currentTask().cancelling()).isZero();
            assertThat(currentTask().timeout).isNull();
        });
    }

    @Test
    void aLoopThatIsClosedMeanwhileEndsTheBlock() {
        EventLoop loop = Asyncio.newEventLoop(runner.clock);
        loop.setExceptionHandler((l, report) -> {});
        Task<?> task =
                loop.createTask(
                        Coroutine.of(() -> {
                            try (var _ = timeout(SECOND)) {
                                await(sleep(HOUR));
                            } finally {
                                order.add("finally");
                            }
                        }));
        loop.runUntilComplete(Coroutine.of(TimeoutErrorTest::turn));
        loop.close();
        assertThat(order).containsExactly("finally");
        assertThat(task.done()).isTrue();
    }
}
