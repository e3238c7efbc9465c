package asyncio4j;

import asyncio4j.internal.fiber.Fiber;
import asyncio4j.internal.fiber.Step;

import org.jspecify.annotations.Nullable;

/**
 * Runs a new task inside its create call, on a fiber of its own, up to its first suspension.
 * Python's eager tasks.
 *
 * <p>Baton holder only.
 */
final class EagerStart extends Step {

    private final Task<?> task;

    /** Whether the create call still waits, so that it gets what leaves the loop. */
    private boolean inside = true;

    private @Nullable Throwable escaped;

    private EagerStart(Task<?> task) {
        this.task = task;
    }

    static void start(Task<?> task) {
        DefaultEventLoop loop = task.loop();
        EagerStart start = new EagerStart(task);
        Fiber self = DefaultEventLoop.currentFiber();
        loop.tasks().add(task); // it takes itself out when it is done
        loop.core().engine().call(self, start);
        start.inside = false;
        Throwable error = start.escaped;
        if (error != null) {
            throw Sneaky.raise(error);
        }
    }

    @Override
    public void run() {
        try {
            task.step().run();
        } catch (KeyboardInterrupt | SystemExit e) {
            if (!inside) {
                throw e;
            }
            escaped = e;
        }
    }

    @Override
    public String toString() {
        return task.toString();
    }
}
