package asyncio4j.internal.fiber;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.locks.LockSupport;

/**
 * A fiber that is a thread, and waits for the baton by parking.
 *
 * <h2>How the baton moves</h2>
 *
 * <p>{@code granted} is the baton's arrival at this fiber. The giver writes everything that it has
 * to say, then sets {@code granted}, then unparks; from the moment it is set the giver touches
 * nothing that the baton guards. The receiver parks until it reads {@code granted} as true and
 * clears it. No wake-up is lost, because
 *
 * <ul>
 *   <li>{@code granted} is volatile and set before the unpark: if the receiver reads false and
 *       parks, the unpark comes after that read, and its permit makes the park return;
 *   <li>a permit left over from something else, or an interrupt, makes a park return early at most,
 *       and the loop reads {@code granted} again;
 *   <li>there is one baton, so {@code granted} is never set twice before it is cleared.
 * </ul>
 *
 * <p>What the giver wrote is visible to the receiver through the volatile write and read of {@code
 * granted}.
 *
 * <h2>Two kinds of interrupts</h2>
 *
 * <p>The loop's own ({@link #loopInterrupt}) is for the step that runs now and nobody else; {@link
 * VirtualThreadEngine} says how it finds its way. Any other is a user's: if it comes while this
 * fiber waits, its code sees it once it goes on. The loop's sets its mark and the thread's flag
 * together, and both are taken down together, under this fiber's monitor, so that the one is never
 * taken for the other.
 */
sealed class ThreadFiber extends Fiber implements Runnable permits BlockingFiber {

    /** Any thread. */
    final VirtualThreadEngine engine;

    /** Any thread; set once, before the thread starts. */
    private @Nullable Thread thread;

    /** Written by the giver (true) and by this fiber (false). */
    private volatile boolean granted;

    /**
     * Any thread; written under this fiber's monitor: the loop has interrupted this fiber's thread.
     */
    private volatile boolean loopInterrupt;

    /**
     * This fiber's own thread only: an interrupt came while it was suspended; its code is to see
     * it.
     */
    private boolean interrupted;

    // Baton holder only, from here on.

    private boolean started;

    /** The thread bears another name than the engine's. */
    private boolean labelled;

    ThreadFiber(VirtualThreadEngine engine) {
        this.engine = engine;
    }

    @Override
    public Object loop() {
        return engine.agenda();
    }

    /** The life of the thread. */
    @Override
    public void run() {
        try {
            engine.pump(this);
        } finally {
            Holders.forget(this);
        }
    }

    @Override
    public boolean labelled() {
        return labelled;
    }

    @Override
    public void label(String label) {
        labelled = true;
        thread().setName(engine.name() + " " + label);
    }

    @Override
    void unlabel() {
        labelled = false;
        thread().setName(engine.name());
    }

    @Override
    public Thread thread() {
        Thread t = thread;
        if (t == null) {
            throw new IllegalStateException("the fiber has no thread yet");
        }
        return t;
    }

    /** Whether {@code other} is this fiber's thread. Any thread. */
    boolean isOn(Thread other) {
        return thread == other;
    }

    void thread(Thread newThread) {
        thread = newThread;
    }

    @Override
    public StackTraceElement[] stackTrace() {
        return thread().getStackTrace();
    }

    /**
     * Hands the baton to this fiber. The caller holds it and touches nothing of the loop
     * afterwards.
     */
    void grant() {
        if (started) {
            granted = true;
            LockSupport.unpark(thread);
        } else {
            started = true;
            granted = true;
            start();
        }
    }

    /** Has the thread begin to wait for the baton, which is granted already. */
    void start() {
        thread().start();
    }

    /** The thread has nothing on its stack: it will be started again. Baton holder only. */
    void atBase() {
        started = false;
    }

    /** Waits for the baton. This fiber's own thread only. */
    void awaitBaton() {
        while (!granted) {
            LockSupport.park(); // without a blocker: it would be written twice, for nobody
            noteInterrupt();
        }
        granted = false;
    }

    @Override
    public void noteInterrupt() {
        if (loopInterrupt || Thread.currentThread().isInterrupted()) {
            synchronized (this) {
                if (Thread.interrupted() && !loopInterrupt) {
                    interrupted = true;
                }
                loopInterrupt = false;
            }
        }
    }

    /**
     * Puts back the interrupt flag that came while this fiber was suspended. Its own thread only.
     */
    void restoreInterrupt() {
        if (interrupted) {
            interrupted = false;
            Thread.currentThread().interrupt();
        }
    }

    /** Drops the interrupts that came so far, whoever they are from. Its own thread only. */
    void dropInterrupts() {
        interrupted = false;
        if (loopInterrupt || Thread.currentThread().isInterrupted()) {
            synchronized (this) {
                loopInterrupt = false;
                Thread.interrupted();
            }
        }
    }

    /** Drops the interrupts that came so far, but for the loop's. Its own thread only. */
    void dropUsersInterrupt() {
        interrupted = false;
        if (Thread.currentThread().isInterrupted()) {
            synchronized (this) {
                if (!loopInterrupt) {
                    Thread.interrupted();
                }
            }
        }
    }

    /** Whether the loop has interrupted this fiber, and nobody has taken that down. Any thread. */
    boolean loopInterrupted() {
        return loopInterrupt;
    }

    /** Interrupts this fiber's thread for the loop. Any thread. */
    synchronized void loopInterrupt() {
        loopInterrupt = true;
        thread().interrupt();
    }

    @Override
    public String toString() {
        Thread t = thread;
        return "Fiber[" + (t == null ? "unstarted" : t.getName()) + "]";
    }
}
