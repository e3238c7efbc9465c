package asyncio4j;

import static asyncio4j.Asyncio.asCompleted;
import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.taskGroup;
import static asyncio4j.Asyncio.timeout;
import static asyncio4j.Asyncio.timeoutAt;
import static asyncio4j.Asyncio.toThread;
import static asyncio4j.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import asyncio4j.locks.Barrier;
import asyncio4j.locks.Condition;
import asyncio4j.locks.Event;
import asyncio4j.locks.Lock;
import asyncio4j.locks.Semaphore;
import asyncio4j.queues.Queue;
import asyncio4j.testing.OtherThread;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Coroutines that nobody ran are reported in debug mode. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnawaitedTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private static final AsyncGenerator<Integer> NUMBERS = AsyncGenerator.of(g -> g.yield(1));

    private final VirtualRunner runner = new VirtualRunner();

    @BeforeEach
    void debug() {
        runner.loop().setDebug(true);
    }

    @AfterEach
    void close() {
        runner.close();
    }

    private static Arguments made(String name, Supplier<Coroutine<?>> maker) {
        return arguments(name, maker);
    }

    private static AsyncFuture<String> done() {
        AsyncFuture<String> future = Asyncio.getRunningLoop().createFuture();
        future.setResult("result");
        return future;
    }

    static Stream<Arguments> makers() {
        return Stream.of(
                made("sleep", () -> sleep(SECOND)),
                made("sleep", () -> sleep(SECOND, "result")),
                made("waitFor", () -> waitFor(() -> "result", SECOND)),
                made("timeout", () -> timeout(SECOND, t -> "result")),
                made("toThread", () -> toThread(() -> "result")),
                made("taskGroup", () -> taskGroup(group -> "result")),
                made("TaskGroup.run", () -> new TaskGroup().run(group -> "result")),
                made("wait", () -> Asyncio.wait(List.of(done()))),
                made("AsCompleted.next", () -> asCompleted(List.of(done())).iterator().next()),
                made("anext", () -> asCompleted(List.of(done())).anext()),
                made("anext", () -> Asyncio.anext(NUMBERS, 0)),
                made("timeoutAt", () -> timeoutAt(null, t -> "result")),
                made("anext", NUMBERS::anext),
                made("asend", () -> NUMBERS.asend(null)),
                made("athrow", () -> NUMBERS.athrow(new IllegalStateException())),
                made("aclose", NUMBERS::aclose),
                made("Semaphore.acquire", () -> new Semaphore(1).acquire()),
                made("Lock.acquire", () -> new Lock().acquire()),
                made("Event.waitFor", () -> new Event().waitFor()),
                made("Lock.acquire", () -> new Condition().acquire()),
                made("Condition.waitFor", () -> new Condition().waitFor()),
                made("Condition.waitFor", () -> new Condition().waitFor(() -> true)),
                made("Barrier.waitFor", () -> new Barrier(2).waitFor()),
                made("Barrier.reset", () -> new Barrier(2).reset()),
                made("Barrier.abort", () -> new Barrier(2).abort()),
                made("Queue.put", () -> new Queue<Integer>().put(1)),
                made("Queue.get", () -> new Queue<Integer>().get()),
                made("Queue.join", () -> new Queue<Integer>().join()),
                made("mine", () -> Coroutine.named("mine", () -> "result")));
    }

    @ParameterizedTest
    @MethodSource("makers")
    void itIsReportedWhenTheLoopIsClosedWithTheStackOfItsMaking(
            String name, Supplier<Coroutine<?>> maker) {
        Coroutine<?>[] kept = new Coroutine<?>[1];
        runner.run(() -> {
            kept[0] = maker.get();
        });
        assertThat(runner.reports).isEmpty();
        runner.close();
        assertThat(runner.reports)
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.message())
                            .isEqualTo(
                                    "coroutine "
                                            + name
                                            + " was never awaited: it does nothing until it is"
                                            + " run; await it");
                    assertThat(report.exception()).isNull();
                    assertThat(report.source()).hasToString("the coroutine was made here");
                    assertThat(report.source().getStackTrace())
                            .anyMatch(frame -> frame.getClassName().equals(getClass().getName()));
                });
        assertThat(kept[0]).isNotNull(); // it wasn't collected
    }

    @ParameterizedTest
    @MethodSource("makers")
    void whatIsHandedToATaskIsnt(String name, Supplier<Coroutine<?>> maker) {
        runner.run(() -> {
            Task<?> task = createTask(maker.get());
            task.cancel(); // so that its body never runs
            await(sleep(Duration.ZERO));
            assertThat(task.cancelled()).as(name).isTrue();
        });
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    @Test
    void whatIsAwaitedIsnt() {
        runner.run(() -> {
            await(sleep(SECOND));
            await(waitFor(sleep(SECOND), SECOND.multipliedBy(2)));
            await(gather(sleep(SECOND, 1), sleep(SECOND, 2)));
            Coroutine<String> twice = sleep(SECOND, "again");
            assertThat(await(twice)).isEqualTo(await(twice));
            await(new Semaphore(1).acquire()).close();
        });
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    @Test
    void theyAreReportedInTheOrderOfTheirMaking() {
        Coroutine<?>[] kept = new Coroutine<?>[100];
        runner.run(() -> {
            for (int i = 0; i < kept.length; i++) {
                kept[i] = Coroutine.named("number " + i, () -> "result");
            }
            assertThat(kept).hasSize(100);
        });
        runner.close();
        assertThat(runner.reports).hasSize(100);
        for (int i = 0; i < kept.length; i++) {
            assertThat(runner.reports.get(i).message()).startsWith("coroutine number " + i + " ");
        }
    }

    @Test
    void oneThatIsCollectedIsReportedWhileTheLoopRuns() {
        String message =
                runner.run(() -> {
                    AsyncFuture<String> reported = runner.loop().createFuture();
                    runner.loop()
                            .setExceptionHandler(
                                    (l, context) -> reported.setResult(context.message()));
                    drop();
                    CompletableFuture<Void> collecting =
                            OtherThread.start(() -> {
                                while (!reported.done()) {
                                    System.gc();
                                }
                                return null;
                            });
                    String text = await(reported);
                    collecting.join();
                    return text;
                });
        assertThat(message).startsWith("coroutine sleep was never awaited");
    }

    private static void drop() {
        assertThat(sleep(SECOND)).isNotNull();
    }

    @Test
    void oneThatATaskReturnsIsReportedAsThatAlone() {
        runner.run(() -> {
            await(createTask(() -> sleep(SECOND)));
        });
        runner.close();
        assertThat(runner.reports)
                .singleElement()
                .satisfies(report ->
                        assertThat(report.message())
                                .contains("returned a coroutine that nobody awaited"));
    }

    @Test
    void oneThatARunnerRefusesIsReported() {
        List<String> said =
                runner.run(() -> {
                    try (Runner inner = Runner.create()) {
                        assertThatThrownBy(() -> inner.run(() -> "lambda"))
                                .isInstanceOf(IllegalStateException.class);
                    }
                    assertThatThrownBy(() -> Asyncio.run(sleep(SECOND)))
                            .isInstanceOf(IllegalStateException.class);
                    return runner.reports.stream().map(ExceptionContext::message).toList();
                });
        assertThat(said)
                .satisfiesExactly(
                        first ->
                                assertThat(first)
                                        .startsWith("coroutine " + getClass().getName() + "$")
                                        .endsWith(
                                                " was never awaited: Runner.run() refused it, as a"
                                                        + " loop runs already; await it"),
                        second ->
                                assertThat(second)
                                        .contains("was never awaited: Asyncio.run() refused it"));
        runner.close();
        assertThat(runner.reports).hasSize(2);
    }

    @Test
    void outsideOfDebugModeThereIsNothingToReport() {
        runner.loop().setDebug(false);
        runner.run(() -> {
            Coroutine<String> body = () -> "result";
            assertThat(Coroutine.named("mine", body)).isSameAs(body);
            assertThat(sleep(SECOND)).isInstanceOf(Sleep.class);
        });
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    @Test
    void whatIsMadeWhereNoLoopRunsIsNotTracked() {
        Coroutine<String> body = () -> "result";
        assertThat(Coroutine.named("mine", body)).isSameAs(body);
        assertThat(sleep(SECOND)).isInstanceOf(Sleep.class);
    }
}
