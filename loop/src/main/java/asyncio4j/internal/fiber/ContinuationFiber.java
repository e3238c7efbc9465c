package asyncio4j.internal.fiber;

import org.jspecify.annotations.Nullable;

/** A fiber that is a continuation; {@link ContinuationEngine} says how they run. */
final class ContinuationFiber extends Fiber {

    private final ContinuationEngine engine;

    // Baton holder only, from here on.

    /** What this is made of. */
    private final Object continuation;

    /** The fiber on whose stack this one's is, or was when it was suspended; null for the base. */
    @Nullable ContinuationFiber mount;

    /** How many fibers this one's stack is on. */
    int depth;

    /** While this is suspended, and the task that it waits for begins on its stack. */
    boolean hosts;

    /** An interrupt came while this was suspended; its code is to see it. */
    boolean interrupted;

    /** It has been run. */
    private boolean started;

    /** It has ended. */
    private boolean ended;

    ContinuationFiber(ContinuationEngine engine) {
        this.engine = engine;
        this.continuation = Continuations.create(this::live);
    }

    @Override
    public Object loop() {
        return engine.agenda();
    }

    private void live() {
        try {
            engine.pump(this);
        } finally {
            ended = true;
        }
    }

    /** Runs it on the calling code's stack, until it yields or ends. */
    void run() {
        started = true;
        Continuations.run(continuation);
    }

    /** Whether it has a stack. */
    boolean suspendable() {
        return started && !ended;
    }

    /** The stack while it isn't running. */
    StackTraceElement[] suspendedStack() {
        return Continuations.stackTrace(continuation);
    }

    @Override
    boolean suspended() {
        return hosts;
    }

    /** All share a thread: it bears the loop's name. */
    @Override
    public boolean labelled() {
        return true;
    }

    @Override
    public void label(String label) {
        // see labelled
    }

    @Override
    void unlabel() {
        // see labelled
    }

    @Override
    public Thread thread() {
        return engine.thread();
    }

    @Override
    public StackTraceElement[] stackTrace() {
        return engine.stackTrace(this);
    }

    @Override
    public void noteInterrupt() {
        engine.noteInterrupt(this);
    }

    @Override
    public String toString() {
        return "Fiber[" + (ended ? "ended" : started ? "started" : "unstarted") + "]";
    }
}
