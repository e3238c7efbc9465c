package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.captureCallGraph;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.shield;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.testing.Tasks.named;
import static asyncio4j.testing.Tasks.settle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.OtherThread;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Who awaits whom, as {@code captureCallGraph} tells. */
class CallGraphTest {

    private final VirtualRunner runner = new VirtualRunner();

    @AfterEach
    void close() {
        runner.close();
    }

    /** The names in brackets: {@code a[b[c], d]} is awaited by b, which c awaits, and by d. */
    private static String shape(FutureCallGraph graph) {
        String name = graph.future() instanceof Task<?> task ? task.getName() : "future";
        return name
                + (graph.awaitedBy().isEmpty()
                        ? ""
                        : graph.awaitedBy().stream().map(CallGraphTest::shape).toList());
    }

    private static List<String> methods(FutureCallGraph graph) {
        return graph.callStack().stream()
                .map(StackTraceElement::getMethodName)
                .filter(name -> !name.startsWith("lambda$"))
                .toList();
    }

    private static void waitFor(AsyncFuture<?> future) {
        await(future);
    }

    @Test
    void aChainOfAwaitsIsFollowedToItsEnd() {
        runner.run(() -> {
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            Task<?> a = named("a", () -> waitFor(future));
            Task<?> b = named("b", () -> waitFor(a));
            named("c", () -> await(b));
            settle();
            FutureCallGraph graph = captureCallGraph(future);
            assertThat(shape(graph)).isEqualTo("future[a[b[c]]]");
            assertThat(graph.future()).isSameAs(future);
            assertThat(graph.callStack()).isEmpty();
            FutureCallGraph ofA = graph.awaitedBy().getFirst();
            assertThat(ofA.future()).isSameAs(a);
            assertThat(methods(ofA)).containsExactly("waitFor");
            assertThat(ofA.callStack().getFirst().getLineNumber()).isPositive();
            assertThat(shape(captureCallGraph(b))).isEqualTo("b[c]");
            future.setResult(1);
        });
    }

    @Test
    void theCallingTaskIsTheUsualOneAndShowsWhereItIs() {
        runner.run(() -> {
            Task<?> inner =
                    named(
                            "inner",
                            () -> {
                                FutureCallGraph graph = theCallers();
                                assertThat(graph.future()).isSameAs(currentTask());
                                assertThat(methods(graph)).containsExactly("theCallers");
                                assertThat(shape(graph)).startsWith("inner[outer[");
                            });
            await(named("outer", () -> await(inner)));
        });
    }

    private static FutureCallGraph theCallers() {
        await(sleep(Duration.ZERO)); // so that somebody waits
        return captureCallGraph();
    }

    @Test
    void gatherIsSeenThroughAndGathersInsideIt() {
        runner.run(() -> {
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            Task<?> a = named("a", () -> await(future));
            Task<?> b = named("b", () -> await(future));
            Task<?> done = named("done", () -> {});
            named("main", () -> await(gather(List.of(gather(List.of(a, a, done)), b))));
            settle();
            assertThat(shape(captureCallGraph(a))).isEqualTo("a[main]");
            assertThat(shape(captureCallGraph(b))).isEqualTo("b[main]");
            assertThat(shape(captureCallGraph(done))).isEqualTo("done");
            assertThat(shape(captureCallGraph(future))).isEqualTo("future[a[main], b[main]]");
            future.setResult(1);
        });
    }

    @Test
    void shieldAndTimeoutsAreSeenThrough() {
        runner.run(() -> {
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            AsyncFuture<Integer> outer = shield(shield(future));
            named("shielding", () -> await(Asyncio.waitFor(outer, Duration.ofHours(1))));
            settle();
            assertThat(shape(captureCallGraph(future))).isEqualTo("future[shielding]");
            assertThat(shape(captureCallGraph(outer))).isEqualTo("future[shielding]");
            future.setResult(1);
        });
    }

    @Test
    void aSharedAwaiterIsOneObjectSoThatDiamondsOfAnyHeightAreSmall() {
        runner.run(() -> {
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            List<AsyncFuture<Integer>> layer = List.of(future, future);
            for (int i = 0; i < 100; i++) { // 2^100 ways up
                List<AsyncFuture<Integer>> below = layer;
                layer =
                        List.of(
                                createTask(() -> await(gather(below)).size()),
                                createTask(() -> await(gather(below)).size()));
            }
            settle();
            FutureCallGraph graph = captureCallGraph(future);
            assertThat(graph.awaitedBy()).hasSize(2);
            assertThat(graph.awaitedBy().get(0).awaitedBy().get(0))
                    .isSameAs(graph.awaitedBy().get(1).awaitedBy().get(0));
            assertThat(Asyncio.formatCallGraph(future).lines()).hasSizeLessThan(2_000);
            future.setResult(1);
            await(gather(layer));
        });
    }

    @Test
    void tasksThatAwaitEachOtherAreShownOnceMoreWhereTheCircleCloses() {
        runner.run(() -> {
            List<Task<?>> ring = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                int next = (i + 1) % 3;
                ring.add(named("t" + i, () -> await(shield(ring.get(next)))));
            }
            settle();
            FutureCallGraph graph = captureCallGraph(ring.get(0));
            assertThat(shape(graph)).isEqualTo("t0[t2[t1[t0]]]");
            FutureCallGraph closing =
                    graph.awaitedBy().getFirst().awaitedBy().getFirst().awaitedBy().getFirst();
            assertThat(closing.future()).isSameAs(ring.get(0));
            assertThat(closing.callStack()).isEmpty();
            ring.forEach(Task::cancel);
        });
    }

    @Test
    void aChainOfAHundredThousandIsNeitherTooLongNorTooDeep() {
        runner.run(() -> {
            int length = 100_000;
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            AsyncFuture<Integer> last = future;
            for (int i = 0; i < length; i++) {
                AsyncFuture<Integer> before = last;
                last = createTask(() -> await(before));
            }
            settle();
            CallGraphOptions noStacks = CallGraphOptions.DEFAULT.limit(0);
            FutureCallGraph graph = captureCallGraph(future, noStacks);
            FutureCallGraph top = graph;
            int height = 0;
            while (!top.awaitedBy().isEmpty()) {
                top = top.awaitedBy().getFirst();
                height++;
            }
            assertThat(height).isEqualTo(length);
            assertThat(top.future()).isSameAs(last);
            assertThat(graph.toString()).endsWith(", 0 calls, awaited by 1]");
            assertThat(graph).isNotEqualTo(top);
            assertThat(Asyncio.formatCallGraph(future, noStacks))
                    .hasLineCount(2 * length + 1)
                    .contains(" (level 100000)");
            future.setResult(1);
            await(last);
        });
    }

    @Test
    void whatIsDoneOrHasNotBegunHasNoStackAndNoAwaiters() {
        runner.run(() -> {
            Task<?> task = named("new", () -> {});
            assertThat(shape(captureCallGraph(task))).isEqualTo("new");
            assertThat(captureCallGraph(task).callStack()).isEmpty();
            settle();
            Task<?> failed =
                    named(
                            "failed",
                            () -> {
                                throw new IllegalStateException("here");
                            });
            settle();
            assertThat(captureCallGraph(failed).callStack()).isEmpty();
            assertThat(failed.exception()).hasMessage("here");
        });
    }

    @Test
    void insideACallbackThereIsNoTask() {
        runner.run(() -> {
            AsyncFuture<Object> seen = getRunningLoop().createFuture();
            getRunningLoop()
                    .callSoon(() -> {
                        assertThat(captureCallGraph()).isNull();
                        assertThat(Asyncio.formatCallGraph()).isEmpty();
                        seen.setResult(1);
                    });
            await(seen);
        });
    }

    private static FutureCallGraph deep(int calls, CallGraphOptions options) {
        return calls == 0 ? captureCallGraph(null, options) : deep(calls - 1, options);
    }

    @Test
    void theDepthSkipsCallsOfTheCallingTask() {
        runner.run(() -> {
            assertThat(methods(deep(3, CallGraphOptions.DEFAULT))).hasSize(4);
            assertThat(methods(deep(3, CallGraphOptions.DEFAULT.depth(2)))).hasSize(3);
            assertThat(methods(deep(3, CallGraphOptions.DEFAULT.depth(1000)))).isEmpty();
            Task<?> other = createTask(() -> waitFor(getRunningLoop().createFuture()));
            settle();
            assertThat(methods(captureCallGraph(other, CallGraphOptions.DEFAULT.depth(5))))
                    .containsExactly("waitFor");
        });
    }

    @Test
    void theLimitKeepsTheInnermostCallsOrTheOutermost() {
        runner.run(() -> {
            List<StackTraceElement> all = deep(5, CallGraphOptions.DEFAULT).callStack();
            assertThat(all).hasSizeGreaterThan(6);
            assertThat(deep(5, CallGraphOptions.DEFAULT.limit(2)).callStack())
                    .isEqualTo(all.subList(0, 2));
            assertThat(deep(5, CallGraphOptions.DEFAULT.limit(-2)).callStack().getFirst())
                    .isEqualTo(all.get(all.size() - 2));
            assertThat(deep(5, CallGraphOptions.DEFAULT.limit(-2)).callStack()).hasSize(2);
            assertThat(deep(5, CallGraphOptions.DEFAULT.limit(0)).callStack()).isEmpty();
            assertThat(deep(5, CallGraphOptions.DEFAULT.limit(100)).callStack()).hasSameSizeAs(all);
            assertThat(deep(5, CallGraphOptions.DEFAULT.limit(Integer.MIN_VALUE)).callStack())
                    .hasSameSizeAs(all);
        });
    }

    @Test
    void misuseIsRefused() {
        assertThatThrownBy(Asyncio::captureCallGraph)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("pass the future to look at");
        assertThatThrownBy(() -> captureCallGraph((AsyncFuture<?>) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("leave it out for the calling task");
        assertThatThrownBy(() -> CallGraphOptions.DEFAULT.depth(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the depth is 0: 1 is the caller, 2 its caller, and so on");
        AsyncFuture<?> future = runner.loop().createFuture();
        assertThat(shape(captureCallGraph(future))).isEqualTo("future");
        runner.run(() ->
                assertThat(OtherThread.failureOf(() -> captureCallGraph(future)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith("captureCallGraph belongs to the thread of"));
    }
}
