package asyncio4j.internal.fiber;

/**
 * The fiber of a {@link VirtualThreadEngine} that runs the steps that block, on a platform thread
 * of its own. It never becomes a task's: at its base its thread belongs to nobody, and each time it
 * gets the baton there it works until it gives it away.
 */
final class BlockingFiber extends ThreadFiber implements LoopThread.Worker {

    private final LoopThread own;

    @SuppressWarnings("this-escape") // only kept, and used once this is granted the baton
    BlockingFiber(VirtualThreadEngine engine) {
        super(engine);
        this.own = new LoopThread(this, engine.name() + "-io");
        thread(own.thread());
    }

    @Override
    void start() {
        own.grant(this);
    }

    @Override
    public void work() {
        own.thread().runs(this);
        engine.work(this);
        own.thread().runs(null); // this thread's alone, like what follows
    }

    /** Ends the thread, which is at its base. */
    void end() {
        own.end();
    }
}
