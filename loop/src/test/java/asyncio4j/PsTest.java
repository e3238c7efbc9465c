package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.ps;
import static asyncio4j.Asyncio.pstree;
import static asyncio4j.Asyncio.shield;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.testing.Tasks.named;
import static asyncio4j.testing.Tasks.settle;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.testing.OtherThread;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** The tables and trees of all loops' tasks. */
class PsTest {

    private final VirtualRunner runner = new VirtualRunner();

    @AfterEach
    void close() {
        runner.close();
    }

    private static void step(AsyncFuture<?> future) {
        await(future);
    }

    /** Without line numbers, and the numbers of loops and tasks. */
    private static String plain(String text) {
        return text.replaceAll("\\.java:\\d+|:\\d+", ":1")
                .replaceAll("asyncio4j-loop-\\d+", "loop")
                .replaceAll("Task-\\d+", "Task-0");
    }

    @Test
    void aTableHasARowForEachAwaiterOfEachTask() {
        runner.run(() -> {
            Asyncio.currentTask().setName("main");
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            Task<?> rows = named("rows", () -> step(future));
            named("both", () -> step(gather(List.of(rows, future))));
            named("one", () -> step(rows));
            settle();
            named("late", () -> {});
            rows.cancel();
            assertThat(plain(ps()).replaceAll(" +", " ").replaceAll("-{9,}", "--"))
                    .isEqualTo(
                            """
                            loop task name state stack awaiter chain awaiter name
                            --
                            loop main running PsTest.aTableHasARowForEachAwaiterOfEachTask.lambda:1
                            loop rows ready, cancelling PsTest.step:1 -> PsTest.aTableHasARowForEachAwaiterOfEachTask.lambda:1 PsTest.step:1 -> PsTest.aTableHasARowForEachAwaiterOfEachTask.lambda:1 one
                            loop rows ready, cancelling PsTest.step:1 -> PsTest.aTableHasARowForEachAwaiterOfEachTask.lambda:1 PsTest.step:1 -> PsTest.aTableHasARowForEachAwaiterOfEachTask.lambda:1 both
                            loop both waiting PsTest.step:1 -> PsTest.aTableHasARowForEachAwaiterOfEachTask.lambda:1
                            loop one waiting PsTest.step:1 -> PsTest.aTableHasARowForEachAwaiterOfEachTask.lambda:1
                            loop late not begun\
                            """);
        });
    }

    @Test
    void columnsAreAsWideAsTheyHaveToBe() {
        runner.run(() -> {
            named("a task with quite a name", () -> await(sleep(Duration.ofHours(1))));
            settle();
            List<String> lines = ps().lines().toList();
            int column = lines.get(0).indexOf("state");
            assertThat(lines.get(1)).matches("-+");
            assertThat(lines.subList(2, lines.size()))
                    .allMatch(line -> line.substring(column).matches("(running|waiting) .*"))
                    .noneMatch(line -> line.endsWith(" "));
        });
    }

    @Test
    void anyThreadMayAskAndALoopAnswersForItself() {
        try (EventLoop other = newEventLoop()) {
            AsyncFuture<Integer> future = other.createFuture();
            CountDownLatch begun = new CountDownLatch(1);
            CompletableFuture<Integer> end =
                    OtherThread.start(() ->
                            other.runUntilComplete(() -> {
                                begun.countDown();
                                return await(future);
                            }));
            block(begun);
            String name = ((DefaultEventLoop) other).name();
            assertThat(patiently()).contains(name + " ", " waiting ", "PsTest.any");
            assertThat(OtherThread.call(PsTest::patiently)).contains(name);
            runner.run(() -> assertThat(patiently()).contains(name, " running "));
            other.callSoonThreadsafe(() -> future.setResult(1));
            end.join();
            assertThat(ps()).doesNotContain(name);
        }
    }

    /** The table, however long the machine takes for it. */
    private static String patiently() {
        return PsTable.of(LoopSnapshots.ofAll(Duration.ofMinutes(1)));
    }

    private static void block(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void inTheWay(CountDownLatch begun, CountDownLatch release) {
        begun.countDown();
        block(release);
    }

    @Test
    void aLoopThatIsHeldIsShownWithWhatHoldsIt() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (EventLoop other = newEventLoop()) {
            CompletableFuture<?> end =
                    OtherThread.start(() ->
                            other.runUntilComplete(() -> {
                                Asyncio.currentTask().setName("busy");
                                inTheWay(begun, release);
                                return 1;
                            }));
            block(begun);
            List<LoopSnapshot> loops = LoopSnapshots.ofAll(Duration.ofMillis(1));
            for (String text : List.of(PsTable.of(loops), PsTree.of(loops))) {
                assertThat(text)
                        .contains(
                                ((DefaultEventLoop) other).name()
                                        + " did not answer within 1 ms: it is held by task busy"
                                        + " (WAITING)\n    at ")
                        .contains("PsTest.inTheWay(");
            }
            assertThat(
                            runner.<Boolean>run(() -> {
                                Thread.currentThread().interrupt();
                                assertThat(ps())
                                        .contains(" held by task busy "); // and doesn't wait
                                return Thread.interrupted();
                            }))
                    .isTrue();
            release.countDown();
            end.join();
        }
    }

    @Test
    void loopsThatAskEachOtherDontHang() {
        CountDownLatch both = new CountDownLatch(2);
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            answers.add(
                    OtherThread.start(() ->
                            Asyncio.run(() -> {
                                inTheWay(both, both);
                                return PsTable.of(LoopSnapshots.ofAll(Duration.ofMillis(10)));
                            })));
        }
        assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).contains(" running "));
    }

    @Test
    void withoutLoopsItSaysSo() {
        assertThat(PsTable.of(List.of())).isEqualTo("no event loop is running");
        assertThat(PsTree.of(List.of())).isEqualTo("no event loop is running");
        LoopSnapshot empty = new LoopSnapshot("loop", List.of(), "");
        assertThat(PsTable.of(List.of(empty))).endsWith("\nloop has no tasks");
        assertThat(PsTree.of(List.of(empty))).isEqualTo("loop has no tasks");
    }

    @Test
    void aTreeHasBelowEachTaskItsCallsAndThoseItAwaits() {
        runner.run(() -> {
            Asyncio.currentTask().setName("main");
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            Task<?> shared = named("shared", () -> step(future));
            Task<?> a = named("a", () -> step(shared));
            Task<?> b = named("b", () -> step(shared));
            named("top", () -> step(gather(List.of(a, b))));
            settle();
            assertThat(plain(pstree()).replaceAll("PsTest\\.aTree\\w*", "PsTest.test"))
                    .isEqualTo(
                            """
                            loop
                            └── (T) main
                                └──  PsTest.test.lambda:1
                            └── (T) top
                                └──  PsTest.test.lambda:1
                                    └──  PsTest.step:1
                                        ├── (T) a
                                        │   └──  PsTest.test.lambda:1
                                        │       └──  PsTest.step:1
                                        │           └── (T) shared
                                        │               └──  PsTest.test.lambda:1
                                        │                   └──  PsTest.step:1
                                        └── (T) b
                                            └──  PsTest.test.lambda:1
                                                └──  PsTest.step:1
                                                    └── (T) shared\
                            """);
            future.setResult(1);
        });
    }

    @Test
    void circlesAreReportedAndTheOthersShown() {
        runner.run(() -> {
            Task<?>[] ring = new Task<?>[3];
            for (int i = 0; i < 3; i++) {
                int next = (i + 1) % 3;
                ring[i] = named("t" + i, () -> await(shield(ring[next])));
            }
            settle();
            assertThat(plain(pstree()))
                    .contains("\n└── (T) Task-0\n", "\n└── (T) t0\n", "└── (T) t0 (shown above)")
                    .endsWith("\ncycle: t0 → t1 → t2 → t0");
            for (Task<?> task : ring) {
                task.cancel();
            }
        });
    }

    @Test
    void aLongChainGoesOnAtTheLeft() {
        runner.run(() -> {
            int length = 10_000;
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            AsyncFuture<Integer> last = future;
            for (int i = 0; i < length; i++) {
                AsyncFuture<Integer> before = last;
                last = createTask(() -> await(before));
            }
            settle();
            String tree = pstree();
            assertThat(tree.lines().filter(line -> line.contains("(T)"))).hasSize(length + 1);
            assertThat(tree).contains("... goes on at the left");
            assertThat(tree.lines()).allMatch(line -> line.length() < 500);
            assertThat(ps().lines()).hasSizeGreaterThan(length);
            future.setResult(1);
            await(last);
        });
    }
}
