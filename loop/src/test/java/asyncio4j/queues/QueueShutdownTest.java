package asyncio4j.queues;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import asyncio4j.Task;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.OnVirtualClock;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.function.IntFunction;

/** The end of a queue's work: join and shutdown, of each kind of queue. */
class QueueShutdownTest extends OnVirtualClock {

    /** Makes a queue of a size. */
    interface Maker extends IntFunction<Queue<Integer>> {}

    static List<Maker> queues() {
        return List.of(Queue::new, LifoQueue::new, PriorityQueue::new);
    }

    private static void assertShutDown(ThrowingCallable call) {
        assertThatExceptionOfType(QueueShutDownException.class)
                .isThrownBy(call)
                .withMessageStartingWith("the queue was shut down: ");
    }

    private static void assertTakesAndGivesNothing(Queue<Integer> queue) {
        assertShutDown(() -> await(queue.put(9)));
        assertShutDown(() -> queue.putNowait(9));
        assertShutDown(() -> await(queue.get()));
        assertShutDown(queue::getNowait);
    }

    @ParameterizedTest
    @MethodSource("queues")
    @CPythonTest("test_queues::test_task_done_underflow")
    void moreDoneThanWerePutAreRefused(Maker maker) {
        assertThatIllegalArgumentException()
                .isThrownBy(maker.apply(0)::taskDone)
                .withMessage(
                        "taskDone: called more often than items were put in; call it once for"
                                + " each");
    }

    @ParameterizedTest
    @MethodSource("queues")
    @CPythonTest("test_queues::test_task_done")
    void joinWaitsUntilAllIsDone(Maker maker) {
        runner.run(() -> {
            Queue<Integer> queue = maker.apply(0);
            for (int i = 0; i < 100; i++) {
                queue.putNowait(i);
            }
            int[] sum = {0};
            List<Task<?>> workers = List.of(worker(queue, sum), worker(queue, sum));
            await(queue.join());
            assertThat(sum[0]).isEqualTo(99 * 100 / 2);
            assertThat(queue.toString()).doesNotContain("tasks");
            queue.shutdown();
            for (Task<?> worker : workers) {
                assertShutDown(() -> await(worker));
            }
        });
    }

    private static Task<?> worker(Queue<Integer> queue, int[] sum) {
        return createTask(() -> {
            for (; ; ) {
                int item = await(queue.get());
                iteration();
                sum[0] += item;
                queue.taskDone();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("queues")
    @CPythonTest("test_queues::test_join_empty_queue")
    void joinOfAQueueWithoutWorkDoesNotSuspend(Maker maker) {
        runner.run(() -> {
            Queue<Integer> queue = maker.apply(0);
            runner.loop().callSoon(() -> log.add("iteration"));
            await(queue.join());
            await(queue.join());
            assertThat(log).isEmpty();
        });
    }

    @ParameterizedTest
    @MethodSource("queues")
    @Contract(75)
    @CPythonTest("test_queues::test_shutdown_empty")
    void shutdownOfAnEmptyQueueEndsThoseWhoGet(Maker maker) {
        runner.run(() -> {
            Queue<Integer> queue = maker.apply(0);
            Task<Integer> getter = createTask(queue.get());
            Task<Integer> second = createTask(queue.get());
            iteration();
            queue.shutdown();
            assertThat(queue.qsize()).isZero();
            await(queue.join());
            iteration();
            assertThat(getter.done()).isTrue();
            assertShutDown(() -> await(getter));
            assertShutDown(() -> await(second));
            assertTakesAndGivesNothing(queue);
            queue.shutdown();
        });
    }

    @ParameterizedTest
    @MethodSource("queues")
    @Contract(75)
    @CPythonTest("test_queues::test_shutdown_nonempty")
    void shutdownEndsThoseWhoPutAndLetsItemsBeTakenFirst(Maker maker) {
        runner.run(() -> {
            Queue<Integer> queue = maker.apply(1);
            queue.putNowait(1);
            Task<?> join = createTask(queue.join());
            Task<?> put = createTask(queue.put(2));
            iteration();
            assertThat(put.done()).isFalse();
            queue.shutdown(false);
            assertThat(queue.qsize()).isEqualTo(1);
            iteration();
            assertThat(put.done()).isTrue();
            assertShutDown(() -> await(put));
            assertThat(await(queue.get())).isEqualTo(1);
            iteration();
            assertThat(join.done()).isFalse();
            assertTakesAndGivesNothing(queue);
            queue.taskDone();
            iteration();
            assertThat(join.done()).isTrue();
            await(join);
            assertThatIllegalArgumentException().isThrownBy(queue::taskDone);
        });
    }

    @ParameterizedTest
    @MethodSource("queues")
    @Contract(75)
    @CPythonTest("test_queues::test_shutdown_immediate")
    void immediateShutdownDropsItemsAndLetsThoseGoOnWhoJoin(Maker maker) {
        runner.run(() -> {
            Queue<Integer> queue = maker.apply(0);
            queue.putNowait(1);
            Task<?> join = createTask(queue.join());
            iteration();
            assertThat(join.done()).isFalse();
            queue.shutdown(true);
            assertThat(queue.qsize()).isZero();
            iteration();
            assertThat(join.done()).isTrue();
            await(join);
            assertTakesAndGivesNothing(queue);
            assertThatIllegalArgumentException().isThrownBy(queue::taskDone);
        });
    }

    @ParameterizedTest
    @MethodSource("queues")
    @Contract(75)
    @CPythonTest("test_queues::test_shutdown_immediate_with_unfinished")
    void immediateShutdownWaitsForWhatWasTakenOut(Maker maker) {
        runner.run(() -> {
            Queue<Integer> queue = maker.apply(0);
            queue.putNowait(1);
            queue.putNowait(1);
            Task<?> join = createTask(queue.join());
            assertThat(await(queue.get())).isEqualTo(1);
            queue.shutdown(true);
            assertThat(queue.qsize()).isZero();
            iteration();
            assertThat(join.done()).isFalse();
            assertTakesAndGivesNothing(queue);
            queue.taskDone();
            assertThatIllegalArgumentException().isThrownBy(queue::taskDone);
            iteration();
            assertThat(join.done()).isTrue();
            await(join);
        });
    }
}
