package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.testing.Contract;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/**
 * What comes of interrupting the thread that waits in {@link Runner#run} or {@link Runner#close}.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RunnerInterruptTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final List<String> order = new CopyOnWriteArrayList<>();

    private final List<ExceptionContext> reports = new CopyOnWriteArrayList<>();

    /** A permit for each time that the coroutine came to the point. */
    private final Semaphore there = new Semaphore(0);

    private final Runner runner = Runner.create();

    /** How a call on a thread of its own ended, and whether the thread's flag was set then. */
    private record Outcome(@Nullable Object result, @Nullable Throwable error, boolean flag) {

        static Outcome of(Callable<?> call) {
            Object result = null;
            Throwable error = null;
            try {
                result = call.call();
            } catch (Throwable e) { // whatever it is, it is what the test is about
                error = e;
            }
            return new Outcome(result, error, Thread.interrupted());
        }

        void isCancellation() {
            assertThat(error).isInstanceOf(CancellationException.class);
            assertThat(flag).isTrue();
        }
    }

    /** A thread of its own that makes calls. */
    private static final class Caller {

        final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

        final Thread thread;

        Caller(Thread.Builder builder, Callable<?> call) {
            thread = builder.start(() -> outcome.complete(Outcome.of(call)));
        }

        Outcome interrupt() {
            thread.interrupt();
            return outcome.join();
        }
    }

    private Caller caller(Callable<?> call) {
        return new Caller(Thread.ofPlatform(), call);
    }

    private Caller run(Coroutine<?> main) {
        runner.getLoop().setExceptionHandler((loop, context) -> reports.add(context));
        return caller(() -> runner.<@Nullable Object>run(main::run));
    }

    /** Tells the test once the calling task is suspended. */
    private void tellOnceSuspended() {
        getRunningLoop().callSoon(there::release);
    }

    /** Waits for an hour, and says what becomes of it; the clean-up awaits as well. */
    private void hang(String name) {
        tellOnceSuspended();
        try {
            await(sleep(HOUR));
        } finally {
            order.add(name + " unwinds");
            await(sleep(Duration.ZERO));
            order.add(name + " unwound");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Contract({68, 70})
    void mainIsCancelledAndUnwoundAndTheFlagIsSetAgain(boolean virtual)
            throws InterruptedException {
        Coroutine<?> main = Coroutine.of(() -> hang("main"));
        Caller caller =
                new Caller(
                        virtual ? Thread.ofVirtual() : Thread.ofPlatform(),
                        () -> runner.<@Nullable Object>run(main::run));
        there.acquire();
        caller.interrupt().isCancellation();
        assertThat(order).containsExactly("main unwinds", "main unwound");
        runner.close();
    }

    @Test
    @Contract({65, 68})
    void theFlagThatIsLeftDoesntKeepCloseFromWaitingForTheOtherTasks() throws InterruptedException {
        Caller caller =
                caller(() -> {
                    try (runner) {
                        return runner.<@Nullable Object>run(() -> {
                            createTask(() -> hang("other"));
                            hang("main");
                            return null;
                        });
                    }
                });
        there.acquire(2);
        caller.interrupt().isCancellation();
        assertThat(order)
                .containsExactly("main unwinds", "main unwound", "other unwinds", "other unwound");
        assertThat(reports).isEmpty();
    }

    @Test
    void interruptedBeforeRunMainNeverBegins() {
        Outcome outcome =
                caller(
                                () -> {
                                    Thread.currentThread().interrupt();
                                    return runner.<@Nullable Object>run(() -> order.add("began"));
                                })
                        .outcome
                        .join();
        outcome.isCancellation();
        assertThat(order).isEmpty();
        runner.close();
    }

    @Test
    void interruptedBeforeCloseItIsDoneAllTheSame() throws InterruptedException {
        run(() -> createTask(() -> hang("left"))).outcome.join();
        EventLoop loop = runner.getLoop();
        Outcome outcome =
                caller(
                                () -> {
                                    Thread.currentThread().interrupt();
                                    runner.close();
                                    return "closed";
                                })
                        .outcome
                        .join();
        assertThat(outcome).isEqualTo(new Outcome("closed", null, true));
        assertThat(order).containsExactly("left unwinds", "left unwound");
        assertThat(loop.isClosed()).isTrue();
    }

    @Test
    void anInterruptThatMainSwallowsLeavesItsResultAndTheFlag() throws InterruptedException {
        Caller caller =
                run(() -> {
                    tellOnceSuspended();
                    try {
                        await(sleep(HOUR));
                        return "slept";
                    } catch (CancelledError e) {
                        currentTask().uncancel();
                        await(sleep(Duration.ZERO));
                        return "swallowed";
                    }
                });
        there.acquire();
        assertThat(caller.interrupt()).isEqualTo(new Outcome("swallowed", null, true));
        runner.close();
    }

    @Test
    void aResultThatIsThereInSpiteOfAnInterruptCounts() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        Caller caller =
                run(() -> {
                    there.release();
                    go.await(); // on the loop's thread: nobody can cancel it there
                    return "result";
                });
        there.acquire();
        caller.thread.interrupt();
        go.countDown();
        assertThat(caller.outcome.join()).isEqualTo(new Outcome("result", null, true));
        runner.close();
    }

    @Test
    @Contract(68)
    void aSecondInterruptLeavesAtOnceWhileMainSwallowsTheFirst() throws InterruptedException {
        Caller caller =
                run(() -> {
                    tellOnceSuspended();
                    try {
                        await(sleep(HOUR));
                    } catch (CancelledError e) {
                        order.add("swallowed");
                        hang("main");
                    }
                    return null;
                });
        there.acquire();
        caller.thread.interrupt();
        there.acquire();
        Outcome outcome = caller.interrupt();
        outcome.isCancellation();
        assertThat(outcome.error).hasMessage("the thread that waited in run was interrupted twice");
        assertThat(order).containsExactly("swallowed");
        runner.close();
        assertThat(order).containsExactly("swallowed", "main unwinds", "main unwound");
        assertThat(reports).isEmpty();
    }

    @Test
    @Contract({68, 70})
    void aSecondInterruptReachesABlockingCall() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        Caller caller =
                run(() -> {
                    there.release();
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        order.add("interrupted, flag " + Thread.currentThread().isInterrupted());
                        throw e;
                    }
                    return null;
                });
        there.acquire();
        Outcome outcome = interruptTwice(caller);
        outcome.isCancellation();
        assertThat(Objects.requireNonNull(outcome.error).getSuppressed())
                .singleElement()
                .isInstanceOf(InterruptedException.class);
        assertThat(order).containsExactly("interrupted, flag false");
        runner.close();
        assertThat(reports).isEmpty();
    }

    @Test
    @Contract({68, 70})
    void aSecondInterruptReachesAnotherTasksStepAndNoneAfterIt() throws InterruptedException {
        Caller caller =
                run(() -> {
                    createTask(() -> {
                        try {
                            await(sleep(HOUR));
                        } finally {
                            order.add("other, flag " + Thread.currentThread().isInterrupted());
                        }
                    });
                    createTask(() -> {
                        there.release();
                        while (!Thread.interrupted()) {
                            Thread.onSpinWait();
                        }
                        order.add("spinning, interrupted");
                        await(sleep(Duration.ZERO));
                    });
                    try {
                        await(sleep(HOUR));
                    } finally {
                        order.add("main, flag " + Thread.currentThread().isInterrupted());
                    }
                    return null;
                });
        there.acquire();
        interruptTwice(caller).isCancellation();
        runner.close();
        assertThat(order).first().isEqualTo("spinning, interrupted");
        assertThat(order)
                .containsExactlyInAnyOrder(
                        "spinning, interrupted", "other, flag false", "main, flag false");
    }

    /**
     * Interrupts twice; the second only once the thread has taken note of the first, or they would
     * be one.
     */
    private static Outcome interruptTwice(Caller caller) {
        caller.thread.interrupt();
        while (caller.thread.isInterrupted()) {
            Thread.onSpinWait();
        }
        return caller.interrupt();
    }

    @Test
    @Contract(69)
    void anInterruptDuringCloseEndsTheWaitAndClosesAllTheSame() throws InterruptedException {
        EventLoop loop = runner.getLoop();
        run(
                        () -> {
                            createTask(() -> {
                                try {
                                    await(sleep(HOUR));
                                } finally {
                                    tellOnceSuspended();
                                    try {
                                        await(sleep(HOUR));
                                    } finally {
                                        order.add("unwound");
                                    }
                                }
                            });
                            await(sleep(Duration.ZERO));
                            return null;
                        })
                .outcome
                .join();
        Caller closing =
                caller(() -> {
                    runner.close();
                    return null;
                });
        there.acquire();
        Outcome outcome = closing.interrupt();
        outcome.isCancellation();
        assertThat(outcome.error)
                .hasMessage("the thread that waited in close was interrupted")
                .hasNoSuppressedExceptions();
        assertThat(order).containsExactly("unwound");
        assertThat(loop.isClosed()).isTrue();
        assertThat(reports)
                .singleElement()
                .extracting(ExceptionContext::message)
                .isEqualTo("Task was destroyed but it is pending!");
    }

    @Test
    void aRunAfterAnInterruptedOneIsAsGoodAsNew() throws InterruptedException {
        Caller caller =
                caller(() -> {
                    Outcome first =
                            Outcome.of(() ->
                                    runner.<@Nullable Object>run(() -> {
                                        hang("first");
                                        return null;
                                    }));
                    first.isCancellation();
                    return runner.<@Nullable Object>run(() -> {
                        await(sleep(Duration.ZERO));
                        return "flag " + Thread.currentThread().isInterrupted();
                    });
                });
        there.acquire();
        assertThat(caller.interrupt()).isEqualTo(new Outcome("flag false", null, false));
        runner.close();
    }
}
