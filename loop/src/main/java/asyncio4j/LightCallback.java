package asyncio4j;

import asyncio4j.internal.fiber.Step;

/**
 * A done callback of the library's own: bookkeeping that runs no user's code, on whichever fiber holds the baton, one
 * iteration after the future is done, as every done callback.
 */
abstract class LightCallback extends Step implements DoneEntry {

    @Override
    public final boolean light() {
        return true;
    }

    @Override
    public void schedule(AsyncFuture<?> future) {
        future.loop().core().add(this);
    }
}
