package asyncio4j.internal.fiber;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/**
 * The default engine: every fiber is a virtual thread, and the baton goes from thread to thread.
 *
 * <h2>Who holds the baton</h2>
 *
 * <p>Exactly one of: the thread that drives the loop (while the loop isn't running), or one fiber.
 * It is passed in two ways only, {@link #hand} (to a fiber) and {@link #returnToCaller}, and after
 * either the giver does nothing but wait for it ({@link ThreadFiber#awaitBaton}) or end. {@link
 * ThreadFiber} says why no arrival is lost; the caller waits in the same way, on {@code callerHas}.
 *
 * <h2>What a waiting fiber waits for</h2>
 *
 * <ul>
 *   <li>A <em>suspended</em> fiber is in {@link #suspend}: it gets the baton exactly when a step
 *       that resumes it has its turn, or when it has to die. Nobody else hands it the baton, as it
 *       is in no list.
 *   <li>An <em>idle</em> fiber is in {@code idle}, and taken out of it by whoever hands it the
 *       baton.
 *   <li>A fiber that <em>called</em> another is that one's {@code invoker}, and gets the baton from
 *       it alone.
 *   <li>A fiber that waits for a <em>generator's item</em> is that one's {@code consumer}, and gets
 *       the baton from it alone; a generator at its yield gets it from whoever resumes it.
 * </ul>
 *
 * <p>A step taken off the agenda is done before the baton moves on: a resumption by handing over to
 * its fiber, light bookkeeping on the spot, everything else as the {@code first} of the pump that
 * gets the baton. So no step is lost on the way either.
 *
 * <p>No platform thread is parked or unparked for a step; only {@link #drive} parks its caller,
 * once.
 *
 * <h2>How an interrupt by the loop finds the step that runs</h2>
 *
 * <p>Whoever interrupts first makes {@link Agenda#interrupted} true, then reads {@code holder} and
 * interrupts that one's thread; once it is true no step is taken off the agenda any more. A step
 * taken before that doesn't miss it:
 *
 * <ul>
 *   <li>If the baton stayed where it was since, {@code holder} is right, and the flag isn't taken
 *       down before the step has ended: {@link #take} does that before it asks for the next step,
 *       never after.
 *   <li>If the baton moved, the giver wrote {@code holder}, and the receiver then asked {@link
 *       Agenda#interrupted}. All are volatile accesses: either the one who interrupts sees the
 *       receiver as the holder, or the receiver sees that the loop was interrupted, and interrupts
 *       itself. Both may happen, which does no harm.
 * </ul>
 *
 * <p>Nor does the flag outlive the run in which it was set. It may hit a fiber that has just given
 * the baton away; that one takes it down when it waits, or, if it need not wait, when it has the
 * baton again and the loop isn't interrupted any more.
 */
public final class VirtualThreadEngine implements FiberEngine {

    /** How many pumps without work are kept; more than that end. */
    static final int MAX_IDLE = 128;

    /**
     * How often the code of a dying fiber may try to suspend again before it is left where it is.
     */
    static final int MAX_REFUSALS = 100;

    private final Agenda agenda;

    private final String name;

    // Baton holder only, from here on.

    /**
     * Written by the giver just before the baton arrives; other threads may read it and can only
     * err about others.
     */
    private volatile @Nullable ThreadFiber holder;

    private final ArrayDeque<ThreadFiber> idle = new ArrayDeque<>();

    /** Threads on their last few instructions, so that close can wait for them. */
    private final ArrayDeque<Thread> retired = new ArrayDeque<>();

    /** Runs the steps that block; null until there is one. */
    private @Nullable BlockingFiber blocking;

    private @Nullable Thread caller;

    /**
     * Set by the giver, cleared by the caller: the baton is back at the thread that drives the
     * loop.
     */
    private volatile boolean callerHas;

    /**
     * An engine whose fibers' threads bear {@code name}.
     *
     * @param agenda what to work through; it is also what {@link Fiber#loop} answers
     * @param name the threads' name
     */
    public VirtualThreadEngine(Agenda agenda, String name) {
        this.agenda = agenda;
        this.name = name;
    }

    /** What this works through. Any thread. */
    Agenda agenda() {
        return agenda;
    }

    /** What the threads are called while they are pumps. Any thread. */
    String name() {
        return name;
    }

    @Override
    public void drive(Runnable onInterrupt) {
        boolean interrupted = Thread.interrupted();
        if (interrupted) {
            onInterrupt.run();
        }
        caller = Thread.currentThread();
        callerHas = false;
        Holders.add(this);
        try {
            hand(pump());
            while (!callerHas) {
                LockSupport.park(this);
                if (Thread.interrupted()) {
                    interrupted = true;
                    onInterrupt.run();
                }
            }
        } finally {
            Holders.remove(this);
        }
        caller = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void suspend(Fiber self, @Nullable Step awaited) {
        if (giveAway(self)) {
            awaitTurn(self);
        }
    }

    /**
     * Hands the baton to whom the next step is for. Apart from {@link #suspend}, because that one's
     * frame is in the heap for as long as the fiber is suspended, and has room for whatever its
     * method needs at any time.
     *
     * @return false if {@code self} keeps it, and goes on
     */
    private boolean giveAway(Fiber self) {
        if (self.dying()) {
            if (self.refuse() <= MAX_REFUSALS) {
                return false;
            }
            passOn(self); // nobody hands it over any more
            return true;
        }
        Fiber invoker = self.invoker;
        if (invoker != null) {
            self.invoker = null;
            hand(invoker);
            return true;
        }
        for (; ; ) {
            Step step = next(self);
            if (step == null) {
                returnToCaller();
                return true;
            }
            Fiber target = step.resumes();
            if (target == self) {
                ((ThreadFiber) self).restoreInterrupt();
                return false;
            }
            if (target != null) {
                hand(target);
                return true;
            }
            if (!step.light()) {
                handToPump(step);
                return true;
            }
            run(step);
        }
    }

    private void handToPump(Step step) {
        Fiber pump = step.blocks() ? blocking() : pump();
        pump.first = step;
        hand(pump);
    }

    @Override
    public void call(Fiber self, Step step) {
        Fiber pump = pump();
        pump.first = step;
        pump.invoker = self;
        hand(pump);
        awaitTurn(self);
    }

    @Override
    public void enter(Fiber self, Step step) {
        Fiber pump = pump();
        pump.first = step;
        resume(self, pump);
    }

    @Override
    public void resume(Fiber self, Fiber generator) {
        generator.consumer = self;
        generator.invoker =
                self.invoker; // the generator's first suspension is that of the fiber that asks
        self.invoker = null;
        if (self.dying()) {
            generator.die(); // or it would suspend, and nobody would ever resume it
        }
        hand(generator);
        awaitTurn(self);
    }

    @Override
    public void yieldBack(Fiber self) {
        Fiber consumer =
                Objects.requireNonNull(self.consumer, "nobody waits for this generator's item");
        self.consumer = null;
        consumer.invoker = self.invoker;
        self.invoker = null;
        hand(consumer);
        awaitTurn(self);
    }

    /**
     * The life of a fiber's thread. As in {@link #suspend}, what needs room is in other methods
     * than the one whose frame is below each suspended task.
     */
    void pump(ThreadFiber self) {
        awaitBaton(self);
        Step step = take(self);
        while (step != null) {
            run(step);
            step = null; // it may be long until the next, and this would keep the task alive
            if (!ran(self)) {
                return;
            }
            step = take(self);
        }
    }

    /**
     * The next step that {@code self} has to run. Others are handed to those whom they are for, and
     * then the baton is waited for.
     *
     * @return the step, or null if the thread has to end
     */
    private @Nullable Step take(ThreadFiber self) {
        while (!self.exit) {
            Step step = self.first;
            if (step != null) {
                self.first = null;
                self.dropUsersInterrupt();
            } else {
                self.dropInterrupts();
                step = next(self);
            }
            Fiber next = null;
            if (step != null) {
                next = step.resumes();
                if (next == null && step.blocks()) {
                    next = blocking();
                    next.first = step;
                } else if (next == null) {
                    return step;
                }
            }
            step = null; // as in pump
            if (!rest(self, next)) {
                return null;
            }
        }
        return null;
    }

    /**
     * The step that {@code self} ran has ended: if that was called, its caller has the baton again.
     *
     * @return false if the thread has to end
     */
    private boolean ran(ThreadFiber self) {
        if (self.dying()) {
            end(self);
            return false;
        }
        if (self.labelled()) {
            self.unlabel();
        }
        Fiber next = self.consumer;
        if (next != null) {
            next.invoker = self.invoker;
            self.consumer = null;
        } else {
            next = self.invoker;
        }
        self.invoker = null;
        return next == null || rest(self, next);
    }

    /**
     * What {@link BlockingFiber} does with the baton: turns at I/O and light steps, until it has to
     * give it away.
     */
    void work(BlockingFiber self) {
        self.awaitBaton();
        self.dropInterrupts();
        if (agenda.interrupted()) {
            self.loopInterrupt();
        }
        Step step = self.first;
        self.first = null;
        Fiber next = null;
        while (step != null) {
            next = step.resumes();
            if (next != null) {
                break;
            }
            if (!step.light() && !step.io()) {
                next = pump();
                next.first = step;
                break;
            }
            run(step);
            self.dropInterrupts();
            step = next(self);
        }
        self.dropInterrupts();
        self.atBase();
        if (next == null) {
            returnToCaller();
        } else {
            hand(next);
        }
    }

    /** The fiber for steps that block. */
    private BlockingFiber blocking() {
        BlockingFiber fiber = blocking;
        if (fiber == null) {
            fiber = new BlockingFiber(this);
            blocking = fiber;
        }
        return fiber;
    }

    /**
     * Gives the baton to {@code next}, or back to the caller if that is null, and waits for it.
     *
     * @return false if there are enough idle pumps, so that this one's thread has to end
     */
    private boolean rest(ThreadFiber self, @Nullable Fiber next) {
        boolean stay = idle.size() < MAX_IDLE;
        if (stay) {
            idle.push(self);
        } else {
            retire(self);
        }
        if (next == null) {
            returnToCaller();
        } else {
            hand(next);
        }
        if (stay) {
            awaitBaton(self);
        }
        return stay;
    }

    /** The code of a dying fiber has ended. */
    private void end(ThreadFiber self) {
        retire(self);
        passOn(self);
    }

    /** A dying fiber won't run any more; whoever waits for its item has to die as well. */
    private void passOn(Fiber self) {
        Fiber consumer = self.consumer;
        self.consumer = null;
        if (consumer == null) {
            returnToCaller();
        } else {
            consumer.die();
            hand(consumer);
        }
    }

    private void retire(ThreadFiber self) {
        Thread oldest = retired.peek();
        while (oldest != null && !oldest.isAlive()) {
            retired.poll();
            oldest = retired.peek();
        }
        retired.add(self.thread());
    }

    /** An idle fiber, or a new one. */
    private ThreadFiber pump() {
        ThreadFiber fiber = idle.poll();
        if (fiber == null) {
            ThreadFiber fresh = new ThreadFiber(this);
            fresh.thread(
                    Thread.ofVirtual()
                            .name(name)
                            .inheritInheritableThreadLocals(false)
                            .unstarted(fresh));
            fiber = fresh;
        }
        return fiber;
    }

    /**
     * Waits for the baton; then the flag of the loop's interrupt is set if the loop is interrupted,
     * and isn't if it is left from an earlier run.
     */
    private void awaitBaton(ThreadFiber self) {
        self.awaitBaton();
        if (self.loopInterrupted() && !agenda.interrupted()) {
            self.noteInterrupt();
        }
        if (agenda.interrupted() && !self.loopInterrupted()) {
            self.loopInterrupt();
        }
    }

    /** Waits for the baton, and puts back the interrupt flag that came meanwhile. */
    private void awaitTurn(Fiber self) {
        ThreadFiber own = (ThreadFiber) self;
        awaitBaton(own);
        own.restoreInterrupt();
    }

    private @Nullable Step next(Fiber self) {
        try {
            return agenda.next(self);
        } catch (Throwable t) {
            agenda.leave(t);
            return null;
        }
    }

    private void run(Step step) {
        try {
            step.run();
        } catch (Throwable t) {
            agenda.leave(t);
        }
    }

    private void hand(Fiber target) {
        ThreadFiber next = (ThreadFiber) target;
        holder = next;
        next.grant();
    }

    private void returnToCaller() {
        Thread waiting = caller;
        holder = null;
        callerHas = true;
        LockSupport.unpark(waiting);
    }

    @Override
    public boolean mayBlock() {
        return holder instanceof BlockingFiber;
    }

    @Override
    public boolean holdsBaton() {
        // A thread that reads its own fiber here holds the baton: it gave this value up itself when
        // it gave the baton
        // up, and whoever wrote its fiber here handed it over.
        ThreadFiber fiber = holder;
        return fiber != null && fiber.thread() == Thread.currentThread();
    }

    @Override
    public @Nullable ThreadFiber holder() {
        return holder;
    }

    @Override
    public void interruptHolder() {
        ThreadFiber fiber = holder;
        if (fiber != null) {
            fiber.loopInterrupt();
        }
    }

    @Override
    public void unwind(Fiber fiber) {
        fiber.die();
        caller = Thread.currentThread();
        callerHas = false;
        Holders.add(this);
        hand(fiber);
        boolean interrupted = false;
        while (!callerHas) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        Holders.remove(this);
        caller = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        boolean interrupted = false;
        for (ThreadFiber fiber : idle) {
            fiber.exit = true;
            fiber.grant();
            interrupted |= join(fiber.thread());
        }
        idle.clear();
        for (Thread thread : retired) {
            interrupted |= join(thread);
        }
        retired.clear();
        if (blocking != null) {
            blocking.end();
            blocking = null;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits until {@code thread} has ended; says whether the calling thread was interrupted
     * meanwhile.
     */
    private static boolean join(Thread thread) {
        boolean interrupted = false;
        for (; ; ) {
            try {
                thread.join();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }
}
