package asyncio4j.child;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.run;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.child.Child.say;

import asyncio4j.AsyncFuture;
import asyncio4j.AsyncGenerator;
import asyncio4j.Task;
import asyncio4j.TaskOptions;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Programs that are looked at from outside. */
public final class WatchedPrograms {

    private WatchedPrograms() {}

    /** Runs the program of that name. */
    public static void main(String[] args) throws Exception {
        Child.run(
                switch (args[0]) {
                    case "waiting" -> WatchedPrograms::waiting;
                    case "held" -> WatchedPrograms::held;
                    case "short" -> WatchedPrograms::shortly;
                    case "noLoop" -> WatchedPrograms::noLoop;
                    default -> throw new IllegalArgumentException(args[0]);
                });
    }

    private static void waiting() {
        run(() -> {
            currentTask().setName("main");
            Task<?> fetch =
                    createTask(WatchedPrograms::fetch, TaskOptions.DEFAULT.name("fetch rows"));
            AsyncGenerator<Integer> numbers = AsyncGenerator.of(g -> g.yield(1));
            await(numbers.anext());
            getRunningLoop().callLater(Duration.ofMillis(1), () -> say("waiting"));
            await(fetch);
        });
    }

    private static void fetch() {
        AsyncFuture<Object> never = getRunningLoop().createFuture();
        await(sleep(Duration.ZERO));
        await(never);
    }

    private static void held() {
        run(() -> {
            currentTask().setName("busy");
            inTheWay();
        });
    }

    private static void inTheWay() throws InterruptedException {
        say("held");
        new CountDownLatch(1).await();
    }

    private static void shortly() {
        run(() -> {
            await(createTask(() -> await(sleep(Duration.ofMillis(1)))));
            say("ran");
        });
    }

    private static void noLoop() {
        say("no loop");
        Child.waitForTheEnd();
    }
}
