package asyncio4j.queues;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.CancelledError;
import asyncio4j.Task;
import asyncio4j.locks.Event;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.OnVirtualClock;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.TimeoutException;

/** Taking items out, with and without waiting. */
class QueueGetTest extends OnVirtualClock {

    @Test
    @CPythonTest({"test_queues::test_blocking_get", "test_queues::test_nonblocking_get"})
    void itemThatIsThereIsTakenWithoutSuspending() {
        Queue<Integer> queue = new Queue<>();
        queue.putNowait(1);
        assertThat(queue.getNowait()).isEqualTo(1);
        runner.run(() -> {
            queue.putNowait(2);
            runner.loop().callSoon(() -> log.add("iteration"));
            assertThat(await(queue.get())).isEqualTo(2);
            assertThat(log).isEmpty();
        });
    }

    @Test
    @CPythonTest("test_queues::test_nonblocking_get_exception")
    void getNowaitOfAnEmptyQueueIsRefused() {
        assertThatExceptionOfType(QueueEmptyException.class)
                .isThrownBy(() -> new Queue<Integer>().getNowait())
                .withMessage("the queue has no items; await(queue.get()) waits");
    }

    @Test
    @CPythonTest("test_queues::test_get_with_putters")
    void getWakesTheFirstThatWaitsToPut() {
        runner.run(() -> {
            Queue<Integer> queue = new Queue<>(1);
            await(queue.put(1));
            Task<?> putter = createTask(queue.put(2));
            iteration();
            assertThat(await(queue.get())).isEqualTo(1);
            assertThat(queue).hasToString("Queue[maxsize=1, tasks=1]");
            iteration();
            assertThat(putter.done()).isTrue();
            assertThat(queue).hasToString("Queue[maxsize=1, items=[2], tasks=2]");
        });
    }

    @Test
    @CPythonTest("test_queues::test_blocking_get_wait")
    void getWaitsForAnItem() {
        runner.run(() -> {
            Queue<Integer> queue = new Queue<>();
            Event started = new Event();
            Task<Integer> getter =
                    createTask(() -> {
                        started.set();
                        int item = await(queue.get());
                        log.add("got");
                        return item;
                    });
            await(started.waitFor());
            assertThat(log).isEmpty();
            runner.loop().callLater(TICK, () -> queue.putNowait(1));
            assertThat(await(getter)).isEqualTo(1);
            assertThat(log).containsExactly("got");
            assertThat(runner.clock.time()).isEqualTo(TICK);
        });
    }

    @Test
    @CPythonTest("test_queues::test_get_cancelled_race")
    void itemGoesToTheNextIfTheFirstWasCancelled() {
        runner.run(() -> {
            Queue<String> queue = new Queue<>();
            Task<String> first = createTask(queue.get());
            Task<String> second = createTask(queue.get());
            iteration();
            first.cancel();
            iteration();
            assertThat(first.cancelled()).isTrue();
            await(queue.put("a"));
            iteration();
            assertThat(await(second)).isEqualTo("a");
        });
    }

    @Test
    @CPythonTest("test_queues::test_get_with_waiting_putters")
    void itemsOfThoseWhoWaitToPutComeInTheirOrder() {
        runner.run(() -> {
            Queue<String> queue = new Queue<>(1);
            createTask(queue.put("a"));
            createTask(queue.put("b"));
            assertThat(await(queue.get())).isEqualTo("a");
            assertThat(await(queue.get())).isEqualTo("b");
        });
    }

    @Test
    @CPythonTest("test_queues::test_cancelled_getters_not_being_held_in_self_getters")
    void timeoutLeavesNobodyInLine() {
        runner.run(() -> {
            Queue<Integer> queue = new Queue<>(5);
            assertThatThrownBy(() -> await(waitFor(queue.get(), TICK)))
                    .isInstanceOf(TimeoutException.class);
            assertThat(queue).hasToString("Queue[maxsize=5]");
        });
    }

    @Test
    @CPythonTest("test_queues::test_get_cancel_drop_one_pending_reader")
    void getThatIsCancelledAfterItWasWokenLosesNoItem() {
        runner.run(() -> {
            Queue<Integer> queue = new Queue<>();
            Task<Integer> reader = createTask(queue.get());
            iteration();
            queue.putNowait(1);
            queue.putNowait(2);
            reader.cancel();
            assertThatThrownBy(() -> await(reader)).isInstanceOf(CancelledError.class);
            assertThat(await(queue.get())).isEqualTo(1);
            assertThat(await(queue.get())).isEqualTo(2);
        });
    }

    @Test
    @CPythonTest("test_queues::test_get_cancel_drop_many_pending_readers")
    void getThatIsCancelledAfterItWasWokenWakesTheNext() {
        runner.run(() -> {
            Queue<Integer> queue = new Queue<>();
            Task<Integer> first = createTask(queue.get());
            Task<Integer> second = createTask(queue.get());
            Task<Integer> third = createTask(queue.get());
            iteration();
            queue.putNowait(1);
            queue.putNowait(2);
            first.cancel();
            assertThatThrownBy(() -> await(first)).isInstanceOf(CancelledError.class);
            await(waitFor(third, TICK));
            assertThat(List.of(second.result(), third.result())).containsExactly(1, 2);
        });
    }
}
