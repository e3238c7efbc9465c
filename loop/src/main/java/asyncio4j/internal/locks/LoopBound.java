package asyncio4j.internal.locks;

import asyncio4j.Asyncio;
import asyncio4j.EventLoop;
import asyncio4j.internal.access.LoopAccess;

import org.jspecify.annotations.Nullable;

/**
 * The loop that a lock or a queue belongs to: none until a task first has to wait for it, and from
 * then on that task's. What {@code asyncio.mixins._LoopBoundMixin} does.
 */
public final class LoopBound {

    /** What belongs to the loop; for messages. */
    private final Object owner;

    /** Set once, under this object's monitor; any thread reads it. */
    private volatile @Nullable EventLoop loop;

    /**
     * Not bound yet.
     *
     * @param owner what messages call by its {@code toString}
     */
    public LoopBound(Object owner) {
        this.owner = owner;
    }

    /**
     * The running loop, which is the owner's from now on. Any thread of a loop.
     *
     * @throws IllegalStateException if no loop runs here, or the owner belongs to another one
     */
    public EventLoop bind() {
        EventLoop running = Asyncio.getRunningLoop();
        EventLoop bound = bound(running);
        if (bound != running) {
            throw new IllegalStateException(
                    owner
                            + " is bound to a different event loop, "
                            + bound
                            + ", not to "
                            + running
                            + ": make one for each loop");
        }
        return running;
    }

    /** The loop; {@code running} if there was none. Two loops may be about to bind it at once. */
    private EventLoop bound(EventLoop running) {
        EventLoop bound = loop;
        if (bound == null) {
            synchronized (this) {
                bound = loop;
                if (bound == null) {
                    bound = running;
                    loop = running;
                }
            }
        }
        return bound;
    }

    /**
     * Fails if a loop is bound and the calling thread isn't its own. Any thread.
     *
     * @param what the method that was called, for the message
     * @throws IllegalStateException if the caller is on the wrong thread
     */
    public void checkThread(String what) {
        EventLoop bound = loop;
        if (bound != null && !LoopAccess.get().mayTouch(bound)) {
            throw new IllegalStateException(
                    what
                            + " belongs to the thread of "
                            + bound
                            + ", not to thread "
                            + Thread.currentThread().getName()
                            + ": use loop.callSoonThreadsafe(...)");
        }
    }
}
