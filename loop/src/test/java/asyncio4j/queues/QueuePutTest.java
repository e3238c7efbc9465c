package asyncio4j.queues;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.CancelledError;
import asyncio4j.Task;
import asyncio4j.locks.Event;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.OnVirtualClock;

import org.junit.jupiter.api.Test;

/** Putting items in, with and without waiting. */
class QueuePutTest extends OnVirtualClock {

    @Test
    @CPythonTest({"test_queues::test_blocking_put", "test_queues::test_nonblocking_put"})
    void whereThereIsRoomPutDoesNotSuspend() {
        Queue<Integer> queue = new Queue<>();
        queue.putNowait(1);
        assertThat(queue.getNowait()).isEqualTo(1);
        runner.run(() -> {
            runner.loop().callSoon(() -> log.add("iteration"));
            await(queue.put(2));
            assertThat(log).isEmpty();
            assertThat(await(queue.get())).isEqualTo(2);
        });
    }

    @Test
    @CPythonTest("test_queues::test_nonblocking_put_exception")
    void putNowaitIntoAFullQueueIsRefused() {
        Queue<Integer> queue = new Queue<>(1);
        queue.putNowait(1);
        assertThatExceptionOfType(QueueFullException.class)
                .isThrownBy(() -> queue.putNowait(2))
                .withMessage("the queue has 1 items already; await(queue.put(item)) waits");
        assertThat(queue).hasToString("Queue[maxsize=1, items=[1], tasks=1]");
    }

    @Test
    @CPythonTest("test_queues::test_blocking_put_wait")
    void putWaitsForRoom() {
        runner.run(() -> {
            Queue<Integer> queue = new Queue<>(1);
            Event started = new Event();
            Task<?> putter =
                    createTask(() -> {
                        started.set();
                        await(queue.put(1));
                        await(queue.put(2));
                        log.add("put");
                    });
            runner.loop().callLater(TICK, queue::getNowait);
            await(started.waitFor());
            assertThat(log).isEmpty();
            await(putter);
            assertThat(log).containsExactly("put");
            assertThat(runner.clock.time()).isEqualTo(TICK);
        });
    }

    @Test
    @CPythonTest("test_queues::test_put_cancel_drop")
    void putThatIsCancelledAfterItWasWokenHasPutNothing() {
        runner.run(() -> {
            Queue<Integer> queue = new Queue<>(1);
            queue.putNowait(1);
            Task<?> writer = createTask(queue.put(2));
            iteration();
            assertThat(queue.getNowait()).isEqualTo(1);
            writer.cancel();
            assertThatThrownBy(() -> await(writer)).isInstanceOf(CancelledError.class);
            assertThat(queue).hasToString("Queue[maxsize=1, tasks=1]");
            await(createTask(queue.put(2)));
            assertThat(queue.getNowait()).isEqualTo(2);
            assertThat(queue.qsize()).isZero();
        });
    }

    @Test
    @CPythonTest({"test_queues::test_put_cancelled", "test_queues::test_put_with_waiting_getters"})
    void putHandsItsItemToTheOneThatWaits() {
        runner.run(() -> {
            Queue<Integer> queue = new Queue<>();
            Task<?> putter = createTask(queue.put(1));
            assertThat(await(queue.get())).isEqualTo(1);
            assertThat(putter.done()).isTrue();
            Task<Integer> getter = createTask(queue.get());
            iteration();
            await(queue.put(2));
            assertThat(await(getter)).isEqualTo(2);
        });
    }

    @Test
    @CPythonTest("test_queues::test_put_cancelled_race")
    void whoIsCancelledDoesNotStandInTheWay() {
        runner.run(() -> {
            Queue<String> queue = new Queue<>(1);
            Task<?> a = createTask(queue.put("a"));
            Task<?> b = createTask(queue.put("b"));
            Task<?> x = createTask(queue.put("x"));
            iteration();
            assertThat(a.done()).isTrue();
            assertThat(b.done()).isFalse();
            x.cancel();
            iteration();
            assertThat(x.cancelled()).isTrue();
            assertThat(queue.getNowait()).isEqualTo("a");
            iteration();
            assertThat(queue.getNowait()).isEqualTo("b");
            await(b);
        });
    }

    @Test
    void putThatIsCancelledAfterItWasWokenWakesTheNext() {
        runner.run(() -> {
            Queue<String> queue = new Queue<>(1);
            queue.putNowait("a");
            Task<?> b = createTask(queue.put("b"));
            Task<?> c = createTask(queue.put("c"));
            iteration();
            queue.getNowait();
            b.cancel();
            await(c);
            assertThat(b.cancelled()).isTrue();
            assertThat(queue.getNowait()).isEqualTo("c");
        });
    }

    @Test
    @CPythonTest({
        "test_queues::test_cancelled_puts_not_being_held_in_self_putters",
        "test_queues::test_cancelled_put_silence_value_error_exception"
    })
    void whoIsCancelledIsNotInLineAnyMoreWokenOrNot() {
        runner.run(() -> {
            Queue<Integer> queue = new Queue<>(1);
            queue.putNowait(1);
            Task<?> first = createTask(queue.put(2));
            iteration();
            assertThat(queue.toString()).contains("putters=1");
            first.cancel();
            assertThatThrownBy(() -> await(first)).isInstanceOf(CancelledError.class);
            assertThat(queue.toString()).doesNotContain("putters");
            Task<?> second = createTask(queue.put(3));
            iteration();
            queue.getNowait();
            second.cancel();
            assertThatThrownBy(() -> await(second)).isInstanceOf(CancelledError.class);
            assertThat(queue).hasToString("Queue[maxsize=1, tasks=1]");
        });
    }
}
