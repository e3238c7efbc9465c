package asyncio4j;

import asyncio4j.internal.fiber.Step;

/**
 * A step of the library's own that waits for a future: it has its turn one iteration after that is
 * done, as every done callback. On a pump, unless it is {@linkplain #light() light}: only then may
 * a task's fiber run it, as it goes by.
 */
abstract class StepCallback extends Step implements DoneEntry {

    @Override
    public void schedule(AsyncFuture<?> future) {
        future.loop().core().add(this);
    }
}
