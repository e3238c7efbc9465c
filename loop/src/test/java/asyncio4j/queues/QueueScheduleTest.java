package asyncio4j.queues;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gatherReturnExceptions;
import static asyncio4j.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.Task;
import asyncio4j.testing.OnVirtualClock;
import asyncio4j.testing.Schedule;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * Many random courses, and cancellation at every point of a fixed one: no item is lost, none comes
 * twice or out of order, nobody waits for ever.
 */
class QueueScheduleTest extends OnVirtualClock {

    @Test
    void itemsComeOnceAndInOrderWhoeverIsCancelled() {
        Schedule.forSeeds(
                150,
                schedule -> {
                    int items = 30;
                    Queue<Integer> queue = new Queue<>(2);
                    List<Integer> put = new ArrayList<>();
                    List<Integer> got = new ArrayList<>();
                    Task<?> producers =
                            createTask(() -> {
                                while (put.size() < items) {
                                    schedule.pause();
                                    int item = put.size();
                                    schedule.within(queue.put(item), _ -> put.add(item));
                                    schedule.maybeCancelOne();
                                }
                                queue.shutdown();
                            });
                    for (int i = 0; i < 9; i++) {
                        schedule.start(() -> {
                            try {
                                for (; ; ) {
                                    schedule.pause();
                                    schedule.within(
                                            queue.get(),
                                            item -> {
                                                got.add(item);
                                                queue.taskDone();
                                            });
                                    schedule.maybeCancelOne();
                                }
                            } catch (QueueShutDownException e) {
                                assertThat(queue.empty()).isTrue();
                            }
                        });
                    }
                    schedule.finish(5);
                    await(producers);
                    assertThat(got).isEqualTo(put).hasSize(items).isSorted();
                    assertThat(queue).hasToString("Queue[maxsize=2, shutdown]");
                    await(queue.join());
                });
    }

    @Test
    void itemsOfThoseWhoAreNotCancelledAllComeThrough() {
        Schedule.forSeeds(
                150,
                schedule -> {
                    Queue<Integer> queue = new Queue<>(1);
                    List<Integer> put = new ArrayList<>();
                    List<Integer> got = new ArrayList<>();
                    for (int i = 0; i < 9; i++) {
                        int producer = i * 100;
                        schedule.start(() -> {
                            for (int item = producer; item < producer + 4; item++) {
                                schedule.pause();
                                int each = item;
                                schedule.within(queue.put(each), _ -> put.add(each));
                                schedule.maybeCancelOne();
                            }
                        });
                    }
                    Task<?> consumer =
                            createTask(() -> {
                                for (; ; ) {
                                    schedule.pause();
                                    got.add(await(queue.get()));
                                }
                            });
                    schedule.finish(8);
                    iterations(2);
                    while (!queue.empty()) {
                        schedule.pause();
                    }
                    consumer.cancel();
                    iteration();
                    assertThat(got).isEqualTo(put).doesNotHaveDuplicates();
                    assertThat(queue.toString()).doesNotContain("ters");
                });
    }

    /** Three that get and three that put; one of them is cancelled after so many iterations. */
    @Test
    void cancelledAtAnyPointTheOthersMeet() {
        runner.run(() -> {
            for (int victim = 0; victim < 6; victim++) {
                for (int when = 0; when < 12; when++) {
                    assertThat(cancelOne(victim, when))
                            .as("with %d cancelled after %d", victim, when)
                            .isEqualTo("ok");
                }
            }
        });
    }

    /** What went wrong, if anything did. */
    private static String cancelOne(int victim, int when) throws TimeoutException {
        Queue<Integer> queue = new Queue<>(1);
        List<Task<?>> tasks = new ArrayList<>();
        List<Integer> got = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            tasks.add(createTask(() -> got.add(await(queue.get()))));
        }
        for (int i = 0; i < 3; i++) {
            int item = i;
            tasks.add(
                    createTask(() -> {
                        iterations(2);
                        await(queue.put(item));
                    }));
        }
        iterations(when);
        tasks.get(victim).cancel();
        boolean late = tasks.get(victim).done();
        // One that gets may be left over, or one item: that is taken, or given, in the end.
        if (!late && victim < 3) {
            tasks.add(createTask(queue.get()));
        } else if (!late) {
            tasks.add(createTask(queue.put(9)));
        }
        await(waitFor(gatherReturnExceptions(tasks), NEVER));
        boolean cancelled = tasks.get(victim).cancelled();
        if (cancelled == late) {
            return "the wrong one was cancelled";
        }
        return queue.empty() && !queue.toString().contains("ters") ? "ok" : queue.toString();
    }
}
