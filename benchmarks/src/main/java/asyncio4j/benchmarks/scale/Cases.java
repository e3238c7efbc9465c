package asyncio4j.benchmarks.scale;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.taskGroup;

import asyncio4j.AsyncFuture;
import asyncio4j.AsyncGenerator;
import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.Handle;
import asyncio4j.Runner;
import asyncio4j.Task;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Our side of the cases. */
final class Cases {

    private static final Duration SHORT = Duration.ofMillis(1);

    private static final Duration LONG = Duration.ofHours(1);

    /** The timers of a case are due at random within so many nanoseconds for each of them. */
    private static final int NANOS_PER_TIMER = 100;

    private Cases() {}

    /** The case of that name. */
    static ScaleCase of(String name) {
        return switch (name) {
            case "sleep" -> Cases::sleeping;
            case "timers" -> Cases::timers;
            case "chain" -> Cases::chain;
            case "chainCancel" -> Cases::chainCancel;
            case "gather" -> Cases::gathering;
            case "groups" -> Cases::groups;
            case "groupsCancel" -> Cases::groupsCancel;
            case "generators" -> Cases::generators;
            default -> throw new IllegalArgumentException("no such case: " + name);
        };
    }

    /** Tasks that sleep until the runner's close cancels them; before that, others for 1 ms. */
    private static void sleeping(int n, Probe probe, Supplier<Runner> runners) {
        probe.begin();
        try (Runner runner = runners.get()) {
            runner.run(() -> {
                await(gather(sleepers(n, SHORT)));
                probe.spent("sleepEnd");
                List<Task<@Nullable Void>> tasks = sleepers(n, LONG);
                await(sleep(Duration.ZERO));
                probe.held("sleep");
                tasks.clear();
            });
        }
        probe.spent("sleepClose");
    }

    private static List<Task<@Nullable Void>> sleepers(int n, Duration duration) {
        List<Task<@Nullable Void>> tasks = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            tasks.add(createTask(() -> await(sleep(duration))));
        }
        return tasks;
    }

    /** Timers that are due at random times: added, every other one cancelled, the rest fired. */
    private static void timers(int n, Probe probe, Supplier<Runner> runners) {
        try (Runner runner = runners.get()) {
            runner.run(() -> {
                Random random = new Random(n);
                EventLoop loop = getRunningLoop();
                AsyncFuture<@Nullable Void> all = loop.createFuture();
                int[] left = {n - n / 2};
                Runnable fire =
                        () -> {
                            if (--left[0] == 0) {
                                all.setResult(null);
                            }
                        };
                probe.begin();
                List<Handle> handles = new ArrayList<>(n);
                for (int i = 0; i < n; i++) {
                    long delay = random.nextLong((long) n * NANOS_PER_TIMER);
                    handles.add(loop.callLater(Duration.ofNanos(delay), fire));
                }
                probe.held("timersAdded");
                for (int i = 0; i < n / 2; i++) {
                    handles.get(i * 2).cancel();
                }
                probe.spent("timersCancelled");
                await(all);
                probe.spent("timersFired");
            });
        }
    }

    /** Tasks that await each the one before; the first awaits a future, which is completed. */
    private static void chain(int n, Probe probe, Supplier<Runner> runners) {
        try (Runner runner = runners.get()) {
            runner.run(() -> {
                probe.begin();
                AsyncFuture<Integer> start = getRunningLoop().createFuture();
                AsyncFuture<Integer> last = chainOf(n, start);
                await(sleep(Duration.ZERO));
                probe.held("chain");
                start.setResult(1);
                await(last);
                probe.spent("chainDone");
            });
        }
    }

    /** The same chain; its end, which awaits all others, is cancelled. */
    private static void chainCancel(int n, Probe probe, Supplier<Runner> runners) {
        try (Runner runner = runners.get()) {
            runner.run(() -> {
                AsyncFuture<Integer> last = chainOf(n, getRunningLoop().createFuture());
                await(sleep(Duration.ZERO));
                probe.begin();
                last.cancel();
                try {
                    await(last);
                } catch (CancelledError e) {
                    probe.spent("chainCancel");
                }
            });
        }
    }

    private static AsyncFuture<Integer> chainOf(int n, AsyncFuture<Integer> start) {
        AsyncFuture<Integer> last = start;
        for (int i = 0; i < n; i++) {
            AsyncFuture<Integer> before = last;
            last = createTask(() -> await(before));
        }
        return last;
    }

    /** A gather of coroutines that return at once. */
    private static void gathering(int n, Probe probe, Supplier<Runner> runners) {
        try (Runner runner = runners.get()) {
            runner.run(() -> {
                probe.begin();
                List<Coroutine<Integer>> bodies = new ArrayList<>(n);
                for (int i = 0; i < n; i++) {
                    bodies.add(() -> 1);
                }
                AsyncFuture<List<Integer>> all = gather(bodies);
                probe.held("gather");
                await(all);
                probe.spent("gatherDone");
            });
        }
    }

    /** Groups, each in a task of the one around it; the innermost waits for a future. */
    private static void groups(int n, Probe probe, Supplier<Runner> runners) {
        try (Runner runner = runners.get()) {
            runner.run(() -> {
                probe.begin();
                AsyncFuture<Integer> innermost = getRunningLoop().createFuture();
                AsyncFuture<Integer> arrived = getRunningLoop().createFuture();
                Task<?> outermost = createTask(() -> group(n, arrived, innermost));
                await(arrived);
                probe.held("groups");
                innermost.setResult(1);
                await(outermost);
                probe.spent("groupsDone");
            });
        }
    }

    /** The same groups; the outermost is cancelled. */
    private static void groupsCancel(int n, Probe probe, Supplier<Runner> runners) {
        try (Runner runner = runners.get()) {
            runner.run(() -> {
                AsyncFuture<Integer> innermost = getRunningLoop().createFuture();
                AsyncFuture<Integer> arrived = getRunningLoop().createFuture();
                Task<?> outermost = createTask(() -> group(n, arrived, innermost));
                await(arrived);
                probe.begin();
                outermost.cancel();
                try {
                    await(outermost);
                } catch (CancelledError e) {
                    probe.spent("groupsCancel");
                }
            });
        }
    }

    private static int group(int depth, AsyncFuture<Integer> arrived, AsyncFuture<Integer> end)
            throws Exception {
        if (depth == 0) {
            arrived.setResult(1);
            return await(end);
        }
        return await(
                taskGroup(group -> {
                    group.createTask(() -> group(depth - 1, arrived, end));
                    return 1;
                }));
    }

    /** Generators that wait at a yield when the runner is closed. */
    private static void generators(int n, Probe probe, Supplier<Runner> runners) {
        List<AsyncGenerator<Integer>> generators = new ArrayList<>(n);
        try (Runner runner = runners.get()) {
            runner.run(() -> {
                probe.begin();
                for (int i = 0; i < n; i++) {
                    AsyncGenerator<Integer> generator =
                            AsyncGenerator.of(g -> {
                                try {
                                    g.yield(1);
                                } finally {
                                    await(sleep(Duration.ZERO));
                                }
                            });
                    generators.add(generator);
                    await(generator.anext());
                }
                probe.held("generators");
            });
        }
        probe.spent("generatorsClosed");
    }
}
