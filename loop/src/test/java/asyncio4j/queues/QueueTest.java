package asyncio4j.queues;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import asyncio4j.Task;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.OnVirtualClock;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What a queue holds, in which order, and what it says of itself. */
class QueueTest extends OnVirtualClock {

    @Test
    @CPythonTest({
        "test_queues::test_repr",
        "test_queues::test_str",
        "test_queues::_QueueJoinTestMixin::test_format",
        "test_queues::_QueueShutdownTestMixin::test_format"
    })
    void toStringTellsWhatIsInItAndWhoWaits() {
        runner.run(() -> {
            Queue<Integer> queue = new Queue<>();
            assertThat(queue).hasToString("Queue[maxsize=0]");
            Task<Integer> getter = createTask(queue.get());
            iteration();
            assertThat(queue).hasToString("Queue[maxsize=0, getters=1]");
            queue.putNowait(0);
            assertThat(await(getter)).isZero();
            assertThat(queue).hasToString("Queue[maxsize=0, tasks=1]");

            Queue<Integer> small = new Queue<>(1);
            small.putNowait(1);
            Task<?> putter = createTask(small.put(2));
            iteration();
            assertThat(small).hasToString("Queue[maxsize=1, items=[1], putters=1, tasks=1]");
            small.getNowait();
            await(putter);
            assertThat(small).hasToString("Queue[maxsize=1, items=[2], tasks=2]");

            queue.shutdown();
            assertThat(queue).hasToString("Queue[maxsize=0, tasks=1, shutdown]");
            LifoQueue<Integer> lifo = new LifoQueue<>();
            lifo.shutdown();
            assertThat(lifo).hasToString("LifoQueue[maxsize=0, shutdown]");
            PriorityQueue<Integer> priority = new PriorityQueue<>();
            priority.putNowait(3);
            assertThat(priority).hasToString("PriorityQueue[maxsize=0, items=[3], tasks=1]");
        });
    }

    @Test
    @CPythonTest("test_queues::test_empty")
    void emptyTellsWhetherThereAreItems() {
        runner.run(() -> {
            Queue<Integer> queue = new Queue<>();
            assertThat(queue.empty()).isTrue();
            await(queue.put(1));
            assertThat(queue.empty()).isFalse();
            assertThat(queue.qsize()).isEqualTo(1);
            assertThat(await(queue.get())).isEqualTo(1);
            assertThat(queue.empty()).isTrue();
        });
    }

    @Test
    @CPythonTest("test_queues::test_full")
    void fullTellsWhetherThereIsRoom() {
        runner.run(() -> {
            assertThat(new Queue<>().full()).isFalse();
            Queue<Integer> queue = new Queue<>(1);
            await(queue.put(1));
            assertThat(queue.full()).isTrue();
            Queue<Integer> endless = new Queue<>(-1);
            endless.putNowait(1);
            assertThat(endless.full()).isFalse();
        });
    }

    private static <T> List<T> throughAQueue(Queue<T> queue, List<T> items) {
        List<T> taken = new ArrayList<>();
        for (T item : items) {
            await(queue.put(item));
        }
        while (!queue.empty()) {
            taken.add(await(queue.get()));
        }
        return taken;
    }

    @Test
    @CPythonTest("test_queues::QueueBasicTests::test_order")
    void queueGivesItemsInTheOrderOfTheirComing() {
        runner.run(() ->
                assertThat(throughAQueue(new Queue<>(), List.of(1, 3, 2)))
                        .containsExactly(1, 3, 2));
    }

    @Test
    @CPythonTest("test_queues::LifoQueueTests::test_order")
    void lifoQueueGivesTheLastItemFirst() {
        runner.run(() ->
                assertThat(throughAQueue(new LifoQueue<>(), List.of(1, 3, 2)))
                        .containsExactly(2, 3, 1));
    }

    @Test
    @CPythonTest("test_queues::PriorityQueueTests::test_order")
    void priorityQueueGivesTheLeastItemFirst() {
        runner.run(() -> {
            assertThat(throughAQueue(new PriorityQueue<>(), List.of(1, 3, 2)))
                    .containsExactly(1, 2, 3);
            assertThat(
                            throughAQueue(
                                    new PriorityQueue<>(Comparator.reverseOrder()),
                                    List.of(1, 3, 2)))
                    .containsExactly(3, 2, 1);
        });
    }

    @Test
    void priorityQueueGivesItemsOfOneRankInTheOrderOfTheirComing() {
        List<String> items = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            items.add(i % 3 + "-" + (char) ('A' + i));
        }
        List<String> sorted = new ArrayList<>(items);
        Comparator<String> byDigit = Comparator.comparingInt(item -> item.charAt(0));
        sorted.sort(byDigit); // stable
        runner.run(() ->
                assertThat(throughAQueue(new PriorityQueue<>(byDigit), items))
                        .containsExactlyElementsOf(sorted));
    }

    @Test
    void whatHasNoRankIsNotForAPriorityQueue() {
        PriorityQueue<Object> queue = new PriorityQueue<>();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> queue.putNowait(new Object()))
                .withMessage(
                        "java.lang.Object is not Comparable: make the PriorityQueue with a"
                                + " Comparator");
        queue.putNowait("text");
        assertThatExceptionOfType(ClassCastException.class).isThrownBy(() -> queue.putNowait(1));
        assertThat(queue).hasToString("PriorityQueue[maxsize=0, items=[text], tasks=1]");
        assertThat(queue.getNowait()).isEqualTo("text");
    }

    @Test
    void nullIsAnItemWhereItNeedsNoRank() {
        Queue<@Nullable String> queue = new Queue<>();
        queue.putNowait(null);
        queue.putNowait("a");
        assertThat(queue).hasToString("Queue[maxsize=0, items=[null, a], tasks=2]");
        assertThat(queue.getNowait()).isNull();
        assertThat(queue.getNowait()).isEqualTo("a");
        LifoQueue<@Nullable String> lifo = new LifoQueue<>();
        lifo.putNowait(null);
        assertThat(lifo.getNowait()).isNull();
        assertThatNullPointerException()
                .isThrownBy(() -> new PriorityQueue<>().putNowait(nothing()))
                .withMessage("the item is null, which has no rank in a PriorityQueue");
        assertThatNullPointerException()
                .isThrownBy(() -> new PriorityQueue<>(QueueTest.<Comparator<Object>>nothing()));
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // what a careless caller passes
    private static <T> T nothing() {
        return null;
    }

    @Test
    @CPythonTest("test_queues::test_maxsize")
    void putWaitsWhileAsManyAreInAsMayBe() {
        runner.run(() -> {
            Queue<Integer> queue = new Queue<>(2);
            assertThat(queue.maxsize()).isEqualTo(2);
            Task<?> putter =
                    createTask(() -> {
                        for (int i = 0; i < 3; i++) {
                            await(queue.put(i));
                            log.add(i);
                        }
                    });
            iterations(2);
            assertThat(log).containsExactly(0, 1);
            assertThat(await(queue.get())).isZero();
            iteration();
            assertThat(log).containsExactly(0, 1, 2);
            assertThat(await(queue.get())).isEqualTo(1);
            assertThat(await(queue.get())).isEqualTo(2);
            assertThat(putter.done()).isTrue();
        });
    }

    @Test
    @CPythonTest({
        "test_queues::test_why_are_getters_waiting",
        "test_queues::test_why_are_putters_waiting"
    })
    void producersAndConsumersComeToTheirEnd() {
        runner.run(() -> {
            Queue<Integer> small = new Queue<>(1);
            await(
                    gather(
                            () -> {
                                for (int i = 0; i < 5; i++) {
                                    await(small.put(i));
                                }
                            },
                            () -> {
                                for (int i = 0; i < 5; i++) {
                                    log.add(await(small.get()));
                                }
                            }));
            assertThat(log).containsExactly(0, 1, 2, 3, 4);

            Queue<Integer> queue = new Queue<>(2);
            await(
                    gather(
                            () -> {
                                iteration();
                                for (int left = queue.qsize(); left > 0; left--) {
                                    log.add(queue.getNowait());
                                }
                            },
                            () -> await(queue.put(10)),
                            () -> await(queue.put(11)),
                            () -> await(queue.put(12)),
                            () -> await(queue.put(13))));
            assertThat(log).endsWith(10, 11);
            assertThat(queue).hasToString("Queue[maxsize=2, items=[12, 13], tasks=4]");
        });
    }
}
