package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.OtherThread;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** A generator that nobody can reach any more is closed by its loop, which says so. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class AsyncGeneratorForgottenTest {

    private static final ContextVar<String> VAR = ContextVar.withDefault("var", "unset");

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    private final List<String> log = new ArrayList<>();

    /** Has garbage collected on another thread until {@code reached}. */
    private static CompletableFuture<Void> collectUntil(BooleanSupplier reached) {
        return OtherThread.start(() -> {
            while (!reached.getAsBoolean()) {
                System.gc();
            }
            return null;
        });
    }

    /** Has garbage collected while the calling task awaits {@code future}. */
    private static <T> T awaitCollecting(AsyncFuture<T> future) {
        CompletableFuture<Void> collecting = collectUntil(future::done);
        try {
            return await(future);
        } finally {
            collecting.join();
        }
    }

    /** Begins a generator and forgets it; the future is done when it is closed. */
    private AsyncFuture<String> forget() {
        AsyncFuture<String> closed = getRunningLoop().createFuture();
        AsyncGenerator<Integer> generator =
                AsyncGenerator.of(g -> {
                    try {
                        g.yield(1);
                        g.yield(2);
                    } catch (GeneratorExit e) {
                        log.add("exit");
                        throw e;
                    } finally {
                        await(sleep(Duration.ofSeconds(1)));
                        log.add("finally, var " + VAR.get());
                        closed.setResult(currentTask().getName());
                    }
                });
        assertThat(await(generator.anext())).isEqualTo(1);
        assertThat(await(generator.anext())).isEqualTo(2);
        return closed;
    }

    @Test
    @Contract({55, 56})
    @CPythonTest({
        "test_asyncgen::test_async_gen_asyncio_gc_aclose_09",
        "test_base_events::test_asyncgen_finalization_by_gc"
    })
    void itIsClosedInATaskOfItsOwnAndReported() {
        runner.run(() -> {
            VAR.set("consumer's");
            AsyncFuture<String> closed = forget();
            VAR.set("changed since");
            assertThat(awaitCollecting(closed))
                    .isEqualTo(
                            "close of a forgotten generator of "
                                    + AsyncGeneratorForgottenTest.class.getName());
        });
        assertThat(log)
                .as("in a copy of the context of who asked last, as that is then")
                .containsExactly("exit", "finally, var changed since");
        assertThat(runner.reports)
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.message())
                            .isEqualTo(
                                    "an AsyncGenerator[suspended] of "
                                            + AsyncGeneratorForgottenTest.class.getName()
                                            + " was forgotten before its end: it is closed now, in"
                                            + " a task of its own; close it yourself, best by try"
                                            + " (generator) { ... }");
                    assertThat(report.exception()).isNull();
                    assertThat(report.source()).isNull();
                });
    }

    @Test
    @Contract(56)
    @CPythonTest("test_base_events::test_asyncgen_finalization_by_gc_in_other_thread")
    void inDebugModeTheReportSaysWhereItWasMade() {
        runner.loop().setDebug(true);
        runner.run(() -> {
            awaitCollecting(forget());
        });
        assertThat(runner.reports.getFirst().source())
                .hasMessage("the generator was made here")
                .extracting(Throwable::getStackTrace)
                .satisfies(stack ->
                        assertThat(stack)
                                .extracting(StackTraceElement::getMethodName)
                                .contains("forget"));
    }

    @Test
    @Contract(55)
    void theLoopDoesNotKeepItAndWhatIsLeftOfALoopOverItDoesNeither() {
        runner.run(() -> {
            AsyncFuture<String> closed = getRunningLoop().createFuture();
            leaveALoop(closed);
            assertThat(awaitCollecting(closed)).isEqualTo("closed");
        });
        assertThat(runner.reports).hasSize(1);
    }

    private static void leaveALoop(AsyncFuture<String> closed) {
        for (int item : countingUntilClosed(closed)) {
            if (item == 3) {
                break;
            }
        }
    }

    private static AsyncGenerator<Integer> countingUntilClosed(AsyncFuture<String> closed) {
        return AsyncGenerator.of(g -> {
            try {
                for (int i = 1; ; i++) {
                    g.yield(i);
                }
            } finally {
                closed.setResult("closed");
            }
        });
    }

    @Test
    void theTaskThatAskedAndItsResultAreNotKept() {
        runner.run(() -> {
            AsyncGenerator<Integer> held = AsyncGenerator.of(g -> g.yield(1));
            WeakReference<?> result = new WeakReference<>(await(createTask(() -> ask(held))));
            collectUntil(() -> result.refersTo(null)).join();
            await(held.aclose());
        });
        assertThat(runner.reports).isEmpty();
    }

    private static Object ask(AsyncGenerator<Integer> generator) {
        await(generator.anext());
        return new Object();
    }

    @Test
    @Contract(56)
    void whatAGeneratorHoldsIsClosedWithIt() {
        runner.run(() -> {
            AsyncFuture<String> closed = getRunningLoop().createFuture();
            await(passOn(countingUntilClosed(closed)).anext());
            assertThat(awaitCollecting(closed)).isEqualTo("closed");
        });
        assertThat(log).containsExactly("outer closed");
        assertThat(runner.reports).as("the outer one alone was forgotten").hasSize(1);
    }

    private AsyncGenerator<Integer> passOn(AsyncGenerator<Integer> inner) {
        return AsyncGenerator.of(g -> {
            try {
                g.yieldAll(inner);
            } finally {
                log.add("outer closed");
            }
        });
    }

    @Test
    @Contract(56)
    @CPythonTest("test_asyncgen::test_async_gen_asyncio_shutdown_exception_02")
    void anErrorOfItsFinallyBlockIsReportedAtOnce() {
        IOException failure = new IOException("in finally");
        runner.run(() -> {
            AsyncFuture<String> failing = getRunningLoop().createFuture();
            beginFailing(failing, failure);
            awaitCollecting(failing);
            await(sleep(Duration.ZERO));
        });
        assertThat(runner.reports).hasSize(2);
        assertThat(runner.reports.getLast().message())
                .isEqualTo(AsyncGenerators.CLOSING_FAILED + "AsyncGenerator[ended, closed]");
        assertThat(runner.reports.getLast().exception()).isSameAs(failure);
    }

    private static void beginFailing(AsyncFuture<String> failing, IOException failure) {
        await(
                AsyncGenerator.<Integer>of(
                                g -> {
                                    try {
                                        g.yield(1);
                                    } finally {
                                        failing.setResult("failing");
                                        Sneaky.raise(failure);
                                    }
                                })
                        .anext());
    }

    @Test
    @Contract(56)
    void ofAClosedLoopNothingIsLeftToDo() {
        List<String> reports = new ArrayList<>();
        EventLoop loop = Asyncio.newEventLoop(new VirtualClock());
        loop.setExceptionHandler((l, context) -> reports.add(context.message()));
        List<WeakReference<AsyncGenerator<?>>> handles = new ArrayList<>();
        loop.runUntilComplete(Coroutine.of(() -> handles.add(beginAndLeave())));
        loop.close();
        assertThat(log).containsExactly("left");
        collectUntil(() -> handles.getFirst().refersTo(null)).join();
        assertThat(reports).isEmpty();
        assertThat(log).containsExactly("left");
    }

    private WeakReference<AsyncGenerator<?>> beginAndLeave() {
        AsyncGenerator<Integer> generator =
                AsyncGenerator.of(g -> {
                    try {
                        g.yield(1);
                    } finally {
                        log.add("left");
                    }
                });
        await(generator.anext());
        return new WeakReference<>(generator);
    }

    @Test
    @Contract(56)
    void thoseThatHaveEndedWereClosedOrNeverBeganAreForgottenInSilence() {
        runner.run(() -> {
            List<WeakReference<AsyncGenerator<?>>> handles = new ArrayList<>();
            finished(handles);
            AsyncFuture<String> closed = forget(); // found in the same collection or after them
            awaitCollecting(closed);
            collectUntil(() -> handles.stream().allMatch(handle -> handle.refersTo(null))).join();
            await(sleep(Duration.ofSeconds(1)));
        });
        assertThat(runner.reports).as("of the one that was forgotten").hasSize(1);
    }

    private static void finished(List<WeakReference<AsyncGenerator<?>>> handles) {
        for (int i = 0; i < 4; i++) {
            AsyncGenerator<Integer> generator = AsyncGenerator.of(g -> g.yield(1));
            handles.add(new WeakReference<>(generator));
            switch (i) {
                case 0 -> generator.forEach(item -> assertThat(item).isEqualTo(1));
                case 1 -> {
                    await(generator.anext());
                    await(generator.aclose());
                }
                case 2 -> await(generator.aclose());
                default -> assertThat(generator).hasToString("AsyncGenerator[not begun]");
            }
        }
    }

    @Test
    @Contract({56, 58})
    void oneThatIsAskedIsNotForgotten() {
        runner.run(() -> {
            AsyncFuture<String> goOn = getRunningLoop().createFuture();
            Task<String> consumer = createTask(() -> await(waiting(goOn).anext()));
            await(sleep(Duration.ZERO));
            for (int i = 0; i < 3; i++) {
                System.gc();
                await(sleep(Duration.ofSeconds(1)));
            }
            goOn.setResult("item");
            assertThat(await(consumer)).isEqualTo("item");
            assertThat(runner.reports).isEmpty();
        });
    }

    private static AsyncGenerator<String> waiting(AsyncFuture<String> future) {
        return AsyncGenerator.of(g -> g.yield(await(future)));
    }

    @Test
    @Contract({55, 57})
    void theShutdownClosesWhatWasForgottenAndNotFoundYet() {
        runner.run(() -> {
            forget();
        });
        runner.close();
        assertThat(log).containsExactly("exit", "finally, var unset");
    }
}
