package asyncio4j.testing;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gatherReturnExceptions;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.Task;
import asyncio4j.VoidCoroutine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A random course of tasks that meet and are cancelled at any point, the same for the same seed. A
 * task that isn't cancelled has to come to its end, and none may fail: a lost wake-up is a timeout,
 * as nothing else happens on the virtual clock.
 */
public final class Schedule {

    public final Random random;

    private final List<Task<?>> tasks = new ArrayList<>();

    private final Set<Task<?>> cancelled = new HashSet<>();

    private Schedule(int seed) {
        random = new Random(seed);
    }

    /** What is done in one run. */
    @FunctionalInterface
    public interface Course {
        void run(Schedule schedule) throws Exception;
    }

    /** Runs {@code course} on a loop of its own for each of so many seeds. */
    public static void forSeeds(int seeds, Course course) {
        for (int i = 0; i < seeds; i++) {
            int seed = i;
            try (VirtualRunner runner = new VirtualRunner()) {
                runner.run(() -> course.run(new Schedule(seed)));
                assertThat(runner.reports).isEmpty();
            } catch (Throwable e) {
                throw new AssertionError("with seed " + seed, e);
            }
        }
    }

    /** Goes on at once, an iteration later, or some milliseconds later. */
    public void pause() {
        switch (random.nextInt(4)) {
            case 0 -> {}
            case 1, 2 -> await(sleep(Duration.ZERO));
            default -> await(sleep(Duration.ofMillis(1 + random.nextInt(3))));
        }
    }

    /** Starts a task that {@link #cancelOne} may cancel. */
    public Task<?> start(VoidCoroutine body) {
        Task<?> task = createTask(body);
        tasks.add(task);
        return task;
    }

    /** Cancels one of the tasks, now and then. */
    public void maybeCancelOne() {
        if (random.nextInt(4) == 0) {
            cancelOne();
        }
    }

    /** Cancels one of the tasks; the first of them are never cancelled. */
    public void cancelOne() {
        Task<?> task = tasks.get(tasks.size() / 3 + random.nextInt(tasks.size() * 2 / 3));
        if (task.cancel()) {
            cancelled.add(task);
        }
    }

    /** Cancels so many tasks, with pauses between, and waits until all tasks are done. */
    public void finish(int cancels) throws TimeoutException {
        Task<?> canceller =
                createTask(() -> {
                    for (int i = 0; i < cancels; i++) {
                        pause();
                        cancelOne();
                    }
                });
        List<?> results = await(waitFor(gatherReturnExceptions(tasks), Duration.ofHours(1)));
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i) instanceof Throwable error) {
                if (!(error instanceof CancelledError)) {
                    throw new AssertionError(tasks.get(i).getName(), error);
                }
                assertThat(cancelled).contains(tasks.get(i));
            }
        }
        canceller.cancel();
    }

    /**
     * Awaits, at times with a deadline, and hands what comes of it on, unless that was over first.
     */
    public <T> void within(Coroutine<T> coroutine, Consumer<? super T> then) {
        T result;
        try {
            result =
                    random.nextBoolean()
                            ? await(coroutine)
                            : await(waitFor(coroutine, Duration.ofMillis(1 + random.nextInt(9))));
        } catch (TimeoutException e) {
            return;
        }
        then.accept(result);
    }
}
