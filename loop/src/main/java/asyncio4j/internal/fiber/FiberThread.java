package asyncio4j.internal.fiber;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A thread that runs one fiber after the other, and knows which: a field is found with less code
 * than a thread-local, and each await asks several times.
 */
final class FiberThread extends Thread {

    private static final VarHandle FIBER;

    static {
        try {
            FIBER = MethodHandles.lookup().findVarHandle(FiberThread.class, "fiber", Fiber.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Written by this thread; others may read it, and can only err. */
    private @Nullable Fiber fiber;

    FiberThread(Runnable work, String name, long stackBytes) {
        super(null, work, name, stackBytes, false);
        setDaemon(true);
    }

    /** The fiber that runs now, or null. This thread only. */
    @Nullable Fiber fiber() {
        return fiber;
    }

    /** Says which one runs from now on. This thread only. */
    void runs(@Nullable Fiber now) {
        FIBER.setOpaque(this, now);
    }

    /** The fiber that runs, or null, as far as the calling thread can see. Any thread. */
    @Nullable Fiber running() {
        return (Fiber) FIBER.getOpaque(this);
    }
}
