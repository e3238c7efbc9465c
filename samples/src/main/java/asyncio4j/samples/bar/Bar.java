package asyncio4j.samples.bar;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.taskGroup;

import asyncio4j.AsyncGenerator;
import asyncio4j.Task;
import asyncio4j.TaskOptions;
import asyncio4j.locks.Semaphore;
import asyncio4j.queues.Queue;

import org.springframework.stereotype.Component;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What happens behind the counter. All of it is on one loop: between two awaits nobody else changes
 * anything, so there are neither locks nor concurrent collections.
 */
@Component
class Bar {

    private static final int GRINDING_MS = 700;

    private static final int BREWING_MS = 1_800;

    private static final int STEAMING_MS = 2_600;

    private static final int MOST_SHOWN = 30;

    private final Semaphore grinder = new Semaphore(1);

    private final Semaphore machines = new Semaphore(3);

    /** What is being made, and how far it is; also keeps hold of the tasks. */
    private final Set<Task<?>> making = new HashSet<>();

    /** Of those who watch, each has a queue. */
    private final Set<Queue<News>> watchers = new HashSet<>();

    /** Of the latest orders, for those who come later. */
    private final List<Progress> latest = new ArrayList<>();

    private Totals totals = new Totals(0, 0, 0);

    /** Begins with an order; it is made in a task of its own. */
    void make(Order order) {
        totals = totals.taken(order.price());
        tell(order, "waiting", 5);
        Task<?> task = createTask(() -> prepare(order), named("order " + order.number()));
        making.add(task);
        task.addDoneCallback(making::remove);
    }

    /** All news from now on, after what there is now. */
    AsyncGenerator<News> feed() {
        return AsyncGenerator.of(g -> {
            var news = new Queue<News>();
            news.putNowait(new News(totals, List.copyOf(latest)));
            watchers.add(news);
            try {
                while (true) {
                    g.yield(await(news.get()));
                }
            } finally {
                watchers.remove(news); // the client has gone
            }
        });
    }

    private void prepare(Order order) {
        try (var _ = await(grinder.acquire())) {
            tell(order, "grinding", 20);
            work(GRINDING_MS * order.cups());
        }
        try (var _ = await(machines.acquire())) {
            tell(order, "brewing", 50);
            await(
                    taskGroup(group -> {
                        group.createTask(
                                () -> work(BREWING_MS * order.cups()),
                                named("brew " + order.number()));
                        if (order.drink().hasMilk()) {
                            group.createTask(
                                    () -> {
                                        work(STEAMING_MS);
                                        tell(order, "steaming milk", 75);
                                    },
                                    named("steam milk " + order.number()));
                        }
                    }));
        }
        totals = totals.served(order.cups());
        tell(order, "ready", 100);
    }

    private static void work(int millis) {
        await(sleep(Duration.ofMillis(millis)));
    }

    private void tell(Order order, String state, int percent) {
        var progress = new Progress(order, state, percent);
        latest.removeIf(old -> old.order().number() == order.number());
        latest.add(progress);
        if (latest.size() > MOST_SHOWN) {
            latest.removeFirst();
        }
        var news = new News(totals, List.of(progress));
        watchers.forEach(watcher -> watcher.putNowait(news));
    }

    private static TaskOptions named(String name) {
        return TaskOptions.DEFAULT.name(name);
    }
}
