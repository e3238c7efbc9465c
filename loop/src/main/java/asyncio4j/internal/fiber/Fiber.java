package asyncio4j.internal.fiber;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.locks.LockSupport;

/**
 * A thread of a loop: at its base a pump that takes steps and runs them, and a task's fiber as soon
 * as one of those steps suspends.
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
public final class Fiber {

    private static final ThreadLocal<@Nullable Fiber> CURRENT = new ThreadLocal<>();

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

    /** What to run first when this pump gets the baton. */
    @Nullable Step first;

    /**
     * The fiber that called this one and gets the baton back at the first suspension or at the end.
     */
    @Nullable Fiber invoker;

    /** The fiber that waits for this one's next item, if this one runs a generator's body. */
    @Nullable Fiber consumer;

    /** Where to go when the code of this fiber ends; the pump leaves its thread if this is set. */
    boolean exit;

    private boolean started;

    /** The thread bears another name than the engine's. */
    private boolean labelled;

    private boolean dying;

    private int refusals;

    private @Nullable Object task;

    private @Nullable Object context;

    private final Object loop;

    /** What the thread is called while this is a pump. */
    private final String name;

    Fiber(Object loop, String name) {
        this.loop = loop;
        this.name = name;
    }

    /** The fiber that the calling thread is, or null outside of loops. */
    public static @Nullable Fiber current() {
        return CURRENT.get();
    }

    /** The loop that this fiber belongs to, as the floor above knows it. Any thread. */
    public Object loop() {
        return loop;
    }

    /** The task that this fiber runs, or null. Belongs to the floors above. Baton holder only. */
    public @Nullable Object task() {
        return task;
    }

    /** Sets the task that this fiber runs. Baton holder only. */
    public void task(@Nullable Object newTask) {
        task = newTask;
    }

    /**
     * The context in which this fiber's code runs, or null. Belongs to the floors above. Baton
     * holder only.
     */
    public @Nullable Object context() {
        return context;
    }

    /** Sets the context in which this fiber's code runs. Baton holder only. */
    public void context(@Nullable Object newContext) {
        context = newContext;
    }

    /**
     * The fiber that waits for the item that this one, a generator's, is about to make; or null.
     * Baton holder; others may look, and can only err.
     */
    public @Nullable Fiber consumer() {
        return consumer;
    }

    /**
     * The fiber that called this one and hasn't got the baton back yet, or null. Baton holder;
     * others may look, and can only err.
     */
    public @Nullable Fiber invoker() {
        return invoker;
    }

    /** Whether the thread's name says what this fiber does. Baton holder only. */
    public boolean labelled() {
        return labelled;
    }

    /**
     * Has the thread's name say what this fiber does, until that ends: for thread dumps. Baton
     * holder only.
     */
    public void label(String label) {
        labelled = true;
        thread().setName(name + " " + label);
    }

    /** Gives the thread its own name back. Baton holder only. */
    void unlabel() {
        labelled = false;
        thread().setName(name);
    }

    /** Whether the loop is gone and this fiber's code has to end. Baton holder only. */
    public boolean dying() {
        return dying;
    }

    /** The thread that this fiber is. Any thread. */
    public Thread thread() {
        Thread t = thread;
        if (t == null) {
            throw new IllegalStateException("the fiber has no thread yet");
        }
        return t;
    }

    void thread(Thread newThread) {
        thread = newThread;
    }

    /** Makes {@link #current()} answer this fiber. Its own thread only. */
    void enter() {
        CURRENT.set(this);
    }

    void die() {
        dying = true;
    }

    /** How often this dying fiber has tried to suspend again. */
    int refuse() {
        return ++refusals;
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
            thread().start();
        }
    }

    /** Waits for the baton. This fiber's own thread only. */
    void awaitBaton() {
        while (!granted) {
            LockSupport.park(this);
            noteInterrupt();
        }
        granted = false;
    }

    /**
     * Takes the interrupt flag down, so that parking works, and remembers it if it was a user's.
     * Its own thread only, while it waits.
     */
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
