package asyncio4j.internal.fiber;

import org.jspecify.annotations.Nullable;

import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A platform thread that works with the baton at times, the only one of a {@link
 * ContinuationEngine}, and that on which a {@link VirtualThreadEngine} does what blocks: it waits
 * for the baton, works until it gives it back, and waits again.
 *
 * <p>{@code job} is the baton's arrival. The giver writes it, then unparks; the thread parks until
 * it reads it, and clears it. There is one baton, so it is never written twice before it is
 * cleared. While the thread waits it doesn't hold the engine, so that a loop that is forgotten
 * without being closed is garbage, and the thread ends soon after.
 */
final class LoopThread implements Runnable {

    /** Whose thread this is. */
    interface Worker {

        /** Has the baton from the begin to the end. */
        void work();
    }

    /** How often to look whether the loop was forgotten. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);

    /**
     * How large the thread's stack may get. Generators' bodies are on their consumers' stacks, and
     * a deep one that is suspended takes some on top. Memory is used for what is touched only.
     */
    private static final long STACK_BYTES = 16L << 20;

    private final WeakReference<Worker> owner;

    private final FiberThread thread;

    /** Written by who hands the baton over, cleared by the thread. */
    private volatile @Nullable Worker job;

    /** Written by the owner of the loop. */
    private volatile boolean quit;

    LoopThread(Worker engine, String name) {
        owner = new WeakReference<>(engine);
        thread = new FiberThread(this, name, STACK_BYTES);
    }

    FiberThread thread() {
        return thread;
    }

    /** Hands the baton over. The calling thread has it, and touches nothing of the loop then. */
    void grant(Worker engine) {
        job = engine;
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        } else {
            LockSupport.unpark(thread);
        }
    }

    /** Ends the thread, which has no job, and waits until it is gone. */
    void end() {
        quit = true;
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        while (!quit && owner.get() != null) {
            if (job == null) {
                LockSupport.parkNanos(this, LOOK_NANOS);
                Thread.interrupted(); // nobody's: no code runs
            }
            work();
        }
    }

    private void work() {
        Worker engine = job;
        if (engine != null) {
            job = null;
            engine.work();
        }
    }
}
