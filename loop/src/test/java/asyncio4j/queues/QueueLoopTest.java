package asyncio4j.queues;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.newEventLoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.KeyboardInterrupt;
import asyncio4j.Task;
import asyncio4j.VirtualClock;
import asyncio4j.testing.Contract;
import asyncio4j.testing.OnVirtualClock;
import asyncio4j.testing.OtherThread;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Which loop and which thread a queue belongs to, and what is left of it when that is closed. */
class QueueLoopTest extends OnVirtualClock {

    @Test
    @Contract(71)
    void itGoesWithTheLoopWhereATaskFirstWaits() {
        Queue<Integer> queue = new Queue<>();
        queue.putNowait(1);
        runner.run(() -> log.add(await(queue.get())));
        try (VirtualRunner other = new VirtualRunner()) {
            other.run(() -> {
                Task<Integer> getter = createTask(queue.get());
                iteration();
                await(queue.put(2));
                log.add(await(getter));
            });
        }
        assertThat(log).containsExactly(1, 2);
        runner.run(() -> {
            await(queue.put(3));
            log.add(await(queue.get()));
            assertThatIllegalStateException()
                    .isThrownBy(() -> await(queue.get()))
                    .withMessageStartingWith(
                            "Queue[maxsize=0, tasks=3] is bound to a different event loop");
            assertThatIllegalStateException()
                    .isThrownBy(() -> await(queue.join()))
                    .withMessageStartingWith(
                            "Queue[maxsize=0, tasks=3] is bound to a different event loop");
        });
    }

    @Test
    void foreignThreadIsRefusedAndChangesNothing() {
        runner.run(() -> {
            Queue<Integer> queue = new Queue<>();
            Task<Integer> getter = createTask(queue.get());
            iteration();
            for (OtherThread.Action action :
                    List.<OtherThread.Action>of(
                            () -> queue.putNowait(1),
                            queue::getNowait,
                            queue::taskDone,
                            queue::shutdown)) {
                assertThat(OtherThread.failureOf(action))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith("Queue.")
                        .hasMessageContaining(" belongs to the thread of asyncio4j-loop-")
                        .hasMessageEndingWith(
                                "not to thread other: use loop.callSoonThreadsafe(...)");
            }
            assertThat(queue).hasToString("Queue[maxsize=0, getters=1]");
            OtherThread.run(() -> runner.loop().callSoonThreadsafe(() -> queue.putNowait(7)));
            assertThat(await(getter)).isEqualTo(7);
        });
    }

    @Test
    void closedLoopLeavesItemsAndNobodyInLine() {
        Queue<Integer> queue = new Queue<>(1);
        EventLoop loop = newEventLoop(new VirtualClock());
        List<String> reports = new ArrayList<>();
        loop.setExceptionHandler((l, context) -> reports.add(context.message()));
        KeyboardInterrupt atOnce = new KeyboardInterrupt();
        assertThatThrownBy(() ->
                        loop.runUntilComplete(
                                Coroutine.of(() -> {
                                    queue.putNowait(0);
                                    for (int i = 1; i <= 3; i++) {
                                        createTask(queue.put(i));
                                    }
                                    createTask(queue.join());
                                    iteration();
                                    queue.getNowait(); // wakes one, but the loop is left before
                                    throw atOnce;
                                })))
                .isSameAs(atOnce);
        assertThat(queue).hasToString("Queue[maxsize=1, putters=2, tasks=1]");
        loop.close();
        assertThat(reports).hasSize(4);
        assertThat(queue).hasToString("Queue[maxsize=1, tasks=1]");
        runner.run(() -> {
            await(queue.put(5));
            assertThat(await(queue.get())).isEqualTo(5);
        });
    }
}
