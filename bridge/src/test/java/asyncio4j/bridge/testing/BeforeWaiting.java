package asyncio4j.bridge.testing;

import asyncio4j.AsyncFuture;
import asyncio4j.Asyncio;
import asyncio4j.ForwardingEventLoop;
import asyncio4j.VirtualClock;

import org.jspecify.annotations.Nullable;

/** A loop on which something happens on another thread just when a task is about to wait. */
public final class BeforeWaiting extends ForwardingEventLoop {

    /** What happens when a future is made the next time. The loop's thread. */
    public @Nullable Runnable meanwhile;

    public BeforeWaiting() {
        super(Asyncio.newEventLoop(new VirtualClock()));
    }

    @Override
    public <T extends @Nullable Object> AsyncFuture<T> createFuture() {
        Runnable once = meanwhile;
        meanwhile = null;
        if (once != null) {
            Thread other = Thread.ofPlatform().start(once);
            try {
                other.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        return super.createFuture();
    }
}
