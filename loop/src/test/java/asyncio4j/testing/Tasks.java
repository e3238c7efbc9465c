package asyncio4j.testing;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;

import asyncio4j.Task;
import asyncio4j.TaskOptions;
import asyncio4j.VoidCoroutine;

import java.time.Duration;

/** What tests do with tasks again and again. */
public final class Tasks {

    private Tasks() {}

    /** A task with a name. */
    public static Task<?> named(String name, VoidCoroutine body) {
        return createTask(body, TaskOptions.DEFAULT.name(name));
    }

    /** Lets all others run as far as they get in some turns. */
    public static void settle() {
        for (int i = 0; i < 5; i++) {
            await(sleep(Duration.ZERO));
        }
    }
}
