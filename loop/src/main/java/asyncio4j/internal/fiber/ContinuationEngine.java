package asyncio4j.internal.fiber;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * The engine whose fibers are continuations, all on one thread, the loop's own.
 *
 * <h2>Who holds the baton</h2>
 *
 * <p>Exactly one of: the thread that owns the loop (while the loop isn't running), or the loop's
 * thread. It is passed in two ways only, {@link LoopThread#grant} and {@link #work} at its end, and
 * after either the giver only waits for it. {@link LoopThread} says why no arrival is lost there;
 * the caller waits for {@code callerHas} in the same way. So on the loop's thread nothing needs to
 * be synchronized, and the fibers, which run there alone, never see another one: {@code
 * Thread.currentThread()} is the same before and after each await, as compiled code takes for
 * granted.
 *
 * <h2>How control goes from fiber to fiber</h2>
 *
 * <p>{@code target} is the fiber that is to go on, or null to return to the caller. A continuation
 * can only go back to who has run it. So whoever gives control away sets {@code target} and yields,
 * and whoever has run it looks at {@code target}:
 *
 * <ul>
 *   <li>{@link #rounds}, at the base of the thread, runs the fiber that {@code target}'s stack is
 *       on.
 *   <li>{@link #go} is the call of a generator's body, or of an eager task: their stack is put on
 *       the caller's, which costs half as much as by way of the base. If {@code target} is the
 *       caller, it goes on. If not, the callee is suspended in an await, and the caller, which is
 *       part of the same task, yields as well. When it is run again it either is {@code target}, or
 *       that is on the callee's stack, which it runs.
 * </ul>
 *
 * <p>{@code mount} says on whose stack a fiber's is, from the call to its return; while it is set
 * the fiber is run by that call and nowhere else. So each suspended fiber has one way that leads to
 * it, from the base along the mounts, and every frame on that way is in {@link #go}. Calls are
 * nested {@link #MAX_DEPTH} deep; beyond that, and where {@code ScopedValue}s are bound, they go by
 * the base, so that neither the thread's stack nor an await grows with the depth of a chain of
 * generators.
 *
 * <p>A fiber that has ended isn't used again: to begin another one costs a fifth of what it costs
 * to suspend one and run it again.
 *
 * <h2>A task that is awaited begins on the stack of who awaits it</h2>
 *
 * <p>If a suspended fiber finds that the next step is the first one of the task that it waits for,
 * it is its {@link #host}: it calls a fresh fiber for it, as for an eager task, without being
 * suspended itself in the sense of continuations. A task that ends without suspending costs no
 * switch at all. That fiber looks for the next step itself when it suspends, and goes on at once if
 * that is its own resumption. Else it leaves the step to the host, in {@code unserved}, and goes
 * back to it; from then on it is on nobody's stack, and the base runs it. The host, which is still
 * suspended for its task, does the step as if it had taken it. So steps are done in the order of
 * the agenda, and the stack of an exception shows who awaits, which is true; a step of anything
 * else never runs on a stranger's stack. The floors above don't see a host as {@link
 * Fiber#invoker()}: its task is suspended.
 *
 * <p>No step is lost: one taken off the agenda is done before another is, by making its fiber the
 * {@code target}, on the spot if it is light, as the {@code first} of the pump that becomes the
 * {@code target} or is hosted, or by the host to which it is left.
 *
 * <h2>Where a fiber can't be suspended</h2>
 *
 * <p>A native method or a static initializer on its stack, or that of a fiber below, pins it. Then
 * the yield throws, the one that asked gets {@code target} back and takes back what it did, and
 * throws; the step that it had taken waits in {@code unserved}. {@link HeldMonitors} looks out for
 * monitors.
 *
 * <h2>Scoped values</h2>
 *
 * <p>The bindings of {@code ScopedValue}s are the thread's, and a binding ends by putting back what
 * it found. So a fiber that is suspended within a binding yields inside of one more, whose end puts
 * its own back when it goes on. The base runs inside of a binding, too, and leaves it when it finds
 * that a fiber has yielded within one ({@code dirty}): that puts the base's own back. {@code clean}
 * is what a fiber without bindings has; one that saw an earlier {@code clean} puts that back at
 * some time, which is as good.
 *
 * <h2>Interrupts</h2>
 *
 * <p>Whoever interrupts first makes {@link Agenda#interrupted} true, then sets the mark and the
 * thread's flag together; once it is true no step is taken off the agenda any more. A fiber that
 * arrives asks {@link Agenda#interrupted} and sets both itself if they aren't; one that gives
 * control away takes both down. So the flag hits the step that was under way, and nobody else. Any
 * other interrupt is a user's: one that comes while a fiber has control stays with it across its
 * awaits.
 */
public final class ContinuationEngine implements FiberEngine, LoopThread.Worker {

    /** How deep calls are nested on one stack. */
    static final int MAX_DEPTH = 16;

    /**
     * How often the code of a dying fiber may try to suspend again before it is left where it is.
     */
    static final int MAX_REFUSALS = 100;

    private static final ScopedValue<Object> BASE = ScopedValue.newInstance();

    private final Agenda agenda;

    private final LoopThread own;

    private final FiberThread thread;

    // Baton holder only, from here on.

    /** The fiber that is to go on; null to return to the caller. */
    private @Nullable ContinuationFiber target;

    /** The fiber that gave control away last and can have it back if it can't be suspended. */
    private @Nullable ContinuationFiber origin;

    /** Why {@link #origin} can't be suspended. */
    private @Nullable Throwable refusal;

    /**
     * The step that was taken off the agenda by a fiber that left it to its host, or that couldn't
     * be suspended. It comes before those on the agenda, so there is one at most.
     */
    private @Nullable Step unserved;

    /** How many fibers there are that haven't ended, and weren't given up. */
    private int live;

    /** The bindings of code that has bound nothing. */
    private @Nullable Object clean;

    /** Those that were {@link #clean} when a fiber was suspended within a binding. */
    private @Nullable Set<Object> onceClean;

    /** The thread has the bindings of a fiber that has yielded. */
    private boolean dirty;

    private final HeldMonitors monitors = new HeldMonitors();

    private @Nullable Thread caller;

    /** The baton is back at the thread that drives the loop; that one clears it. */
    private volatile boolean callerHas;

    /** Held while another thread walks a suspended fiber's stack: it mustn't go on meanwhile. */
    private final Object walkLock = new Object();

    /** The loop's thread has the baton. Guarded by {@link #walkLock}. */
    private boolean driven;

    /** Written under {@link #interruptLock}, with the thread's flag; any thread. */
    private volatile boolean loopInterrupt;

    private final Object interruptLock = new Object();

    /**
     * An engine whose thread bears {@code name}.
     *
     * @param agenda what to work through; it is also what {@link Fiber#loop} answers
     * @param name the thread's name
     */
    public ContinuationEngine(Agenda agenda, String name) {
        this.agenda = agenda;
        this.own = new LoopThread(this, name);
        this.thread = own.thread();
    }

    /**
     * Whether there can be one: {@code java.base} exports {@code jdk.internal.vm} to this module.
     */
    public static boolean available() {
        return Object.class
                .getModule()
                .isExported(Continuations.PACKAGE, ContinuationEngine.class.getModule());
    }

    Thread thread() {
        return thread;
    }

    /** What this works through. Any thread. */
    Agenda agenda() {
        return agenda;
    }

    @Override
    public void drive(Runnable onInterrupt) {
        boolean interrupted = Thread.interrupted();
        if (interrupted) {
            onInterrupt.run();
        }
        target = fresh(null);
        interrupted |= handOver(onInterrupt);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Gives the baton to the loop's thread, and waits until it is back.
     *
     * @return whether the calling thread was interrupted; its flag is down
     */
    private boolean handOver(Runnable onInterrupt) {
        boolean interrupted = false;
        caller = Thread.currentThread();
        callerHas = false;
        synchronized (walkLock) {
            driven = true;
        }
        own.grant(this);
        while (!callerHas) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                interrupted = true;
                onInterrupt.run();
            }
        }
        synchronized (walkLock) {
            driven = false;
        }
        caller = null;
        return interrupted;
    }

    // The loop's thread: the base

    /** Has the baton until there is no target any more. */
    @Override
    public void work() {
        try {
            while (target != null) {
                ScopedValue.where(BASE, this).run(this::rounds);
            }
        } catch (Throwable t) {
            target = null;
            agenda.leave(t);
        }
        thread.runs(null);
        origin = null;
        synchronized (interruptLock) {
            loopInterrupt = false;
            Thread.interrupted();
        }
        Thread waiting = caller;
        callerHas = true;
        LockSupport.unpark(waiting);
    }

    private void rounds() {
        clean = Continuations.bindings();
        dirty = false;
        ContinuationFiber next = target;
        while (next != null && !dirty) {
            while (next.mount != null) {
                next = next.mount;
            }
            next.run();
            next = target;
        }
    }

    // The loop's thread: the fibers

    /** Gives control to {@code to}, or to the caller if that is null, until it comes back. */
    private void transfer(ContinuationFiber self, @Nullable ContinuationFiber to) {
        noteInterrupt(self);
        target = to;
        origin = self;
        if (isClean(Continuations.bindings())) {
            yieldFrom(self);
        } else {
            dirty = true;
            remember(clean);
            ScopedValue.where(BASE, self).run(() -> yieldFrom(self));
        }
        arrive(self);
        Throwable refused = refusal;
        if (refused != null) {
            refusal = null;
            throw new Refused(refused);
        }
    }

    /** Yields; if that isn't possible, the fiber that wanted to be suspended is told so. */
    private void yieldFrom(ContinuationFiber self) {
        try {
            Continuations.yieldNow();
        } catch (Throwable t) {
            refusal = t;
            target = origin == null ? self : origin;
        }
    }

    private boolean isClean(@Nullable Object found) {
        Object bindings = found;
        if (bindings == null) { // lost in a stack overflow; this looks for them in the stack
            ScopedValue.where(BASE, this).run(() -> {});
            bindings = Continuations.bindings();
        }
        if (bindings == clean) {
            return true;
        }
        if (onceClean == null || !onceClean.contains(bindings)) {
            return false;
        }
        clean = bindings;
        return true;
    }

    private void remember(@Nullable Object bindings) {
        Set<Object> known = onceClean;
        if (known == null) {
            known = Collections.newSetFromMap(new WeakHashMap<>());
            onceClean = known;
        }
        known.add(bindings);
    }

    /** Gives control to {@code callee}, on this fiber's stack, until it comes back. */
    private void go(ContinuationFiber self, ContinuationFiber callee) {
        if (self.depth >= MAX_DEPTH || !isClean(Continuations.bindings())) {
            try {
                transfer(self, callee);
                return;
            } catch (Refused e) {
                // it can't leave the stack: there is no other place for the callee, then
            }
        }
        noteInterrupt(self);
        callee.mount = self;
        callee.depth = self.depth + 1;
        target = callee;
        do {
            callee.run();
            if (target != self) {
                yieldFrom(self);
            } else if (dirty) {
                clear();
            }
        } while (target != self);
        callee.mount = null;
        callee.depth = 0;
        arrive(self);
    }

    /** Has the base put its own bindings back; the calling fiber is the target. */
    private static void clear() {
        try {
            Continuations.yieldNow();
        } catch (IllegalStateException e) {
            // pinned: the base does it at the next switch
        }
    }

    /** {@code self} has got control. */
    private void arrive(ContinuationFiber self) {
        thread.runs(self);
        if (agenda.interrupted()) {
            if (!loopInterrupt) {
                interruptHolder();
            }
        } else if (loopInterrupt) {
            noteInterrupt(self);
        }
        restoreInterrupt(self);
    }

    @Override
    public void suspend(Fiber fiber, @Nullable Step awaited) {
        ContinuationFiber self = (ContinuationFiber) fiber;
        if (self.dying()) {
            if (self.refuse() > MAX_REFUSALS) {
                live--;
                passOn(self);
                transfer(self, target); // nobody gives it back any more
            }
            return;
        }
        ContinuationFiber invoker = (ContinuationFiber) self.invoker;
        monitors.check(self, invoker);
        if (invoker != null && !invoker.hosts) {
            self.invoker = null;
            try {
                transfer(self, invoker);
            } catch (Refused e) {
                self.invoker = invoker;
                throw e.error();
            }
            return;
        }
        for (; ; ) {
            Step step = next(self);
            Fiber to = step == null ? null : step.resumes();
            if (to == self) {
                restoreInterrupt(self);
                return;
            }
            if (step == null || to != null) {
                leave(self, step, (ContinuationFiber) to);
                return;
            }
            if (step.light()) {
                run(step);
            } else if (step == awaited && mayHost(self)) {
                host(self, step);
            } else {
                leave(self, step, null);
                return;
            }
        }
    }

    /**
     * Gives control away for {@code step}, which is to be done next, or for the caller if that is
     * null; the step is put back if it can't.
     *
     * @param resumed whom the step resumes, if it does
     */
    private void leave(
            ContinuationFiber self, @Nullable Step step, @Nullable ContinuationFiber resumed) {
        ContinuationFiber host = (ContinuationFiber) self.invoker;
        ContinuationFiber to = resumed;
        if (host != null) {
            self.invoker = null;
            unserved = step;
            to = host;
        } else if (to == null && step != null) {
            to = fresh(step);
        }
        try {
            transfer(self, to);
        } catch (Refused e) {
            unserved = step;
            self.invoker = host;
            if (to != host && to != resumed) {
                live--;
            }
            throw e.error();
        }
    }

    private boolean mayHost(ContinuationFiber self) {
        return self.depth < MAX_DEPTH && isClean(Continuations.bindings());
    }

    /**
     * Runs {@code step}, the first of the task that {@code self} waits for, on its stack; comes
     * back when it has ended or gives control away. Then {@code self} has control, but isn't
     * resumed.
     */
    private void host(ContinuationFiber self, Step step) {
        self.hosts = true;
        call(self, step);
        self.hosts = false;
        noteInterrupt(self);
    }

    @Override
    public void call(Fiber self, Step step) {
        ContinuationFiber pump = fresh(step);
        pump.invoker = self;
        go((ContinuationFiber) self, pump);
    }

    @Override
    public void enter(Fiber self, Step step) {
        resume(self, fresh(step));
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
        go((ContinuationFiber) self, (ContinuationFiber) generator);
    }

    @Override
    public void yieldBack(Fiber self) {
        Fiber consumer =
                Objects.requireNonNull(self.consumer, "nobody waits for this generator's item");
        monitors.check((ContinuationFiber) self, consumer);
        Fiber invoker = self.invoker;
        self.consumer = null;
        consumer.invoker = invoker;
        self.invoker = null;
        try {
            transfer((ContinuationFiber) self, (ContinuationFiber) consumer);
        } catch (Refused e) {
            self.consumer = consumer;
            self.invoker = invoker;
            consumer.invoker = null;
            throw e.error();
        }
    }

    /** The life of a fiber. */
    void pump(ContinuationFiber self) {
        arrive(self);
        Fiber next = null;
        Step step = self.first;
        if (step == null) {
            dropInterrupts(self);
            step = next(self);
        } else {
            self.first = null;
            dropUsersInterrupt(self);
        }
        while (step != null) {
            next = step.resumes();
            if (next != null) {
                break;
            }
            run(step);
            if (self.dying()) {
                live--;
                passOn(self);
                return;
            }
            next = self.consumer;
            if (next != null) {
                next.invoker = self.invoker;
                self.consumer = null;
            } else {
                next = self.invoker;
            }
            self.invoker = null;
            dropInterrupts(self);
            if (next != null) {
                break;
            }
            step = null; // it may wait long for another, and would keep the task alive
            step = next(self);
        }
        live--;
        if (!isClean(Continuations.bindings())) {
            dirty = true;
        }
        target = (ContinuationFiber) next;
        origin = null;
    }

    /** A dying fiber won't run any more; whoever waits for its item has to die as well. */
    private void passOn(ContinuationFiber self) {
        Fiber consumer = self.consumer;
        self.consumer = null;
        origin = null;
        target = (ContinuationFiber) consumer;
        if (consumer != null) {
            consumer.die();
        }
    }

    /** A new fiber, which begins with {@code first}. */
    private ContinuationFiber fresh(@Nullable Step first) {
        ContinuationFiber fiber = new ContinuationFiber(this);
        fiber.first = first;
        live++;
        return fiber;
    }

    private @Nullable Step next(ContinuationFiber self) {
        Step left = unserved;
        if (left != null && !agenda.interrupted()) {
            unserved = null;
            return left;
        }
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

    // Interrupts

    /** See {@link Fiber#noteInterrupt}. */
    void noteInterrupt(ContinuationFiber self) {
        if (loopInterrupt || thread.isInterrupted()) {
            synchronized (interruptLock) {
                if (Thread.interrupted() && !loopInterrupt) {
                    self.interrupted = true;
                }
                loopInterrupt = false;
            }
        }
    }

    private static void restoreInterrupt(ContinuationFiber self) {
        if (self.interrupted) {
            self.interrupted = false;
            Thread.currentThread().interrupt();
        }
    }

    /** Drops the interrupts that came so far, whoever they are from. */
    private void dropInterrupts(ContinuationFiber self) {
        self.interrupted = false;
        if (loopInterrupt || thread.isInterrupted()) {
            synchronized (interruptLock) {
                loopInterrupt = false;
                Thread.interrupted();
            }
        }
    }

    /** Drops the interrupts that came so far, but for the loop's. */
    private void dropUsersInterrupt(ContinuationFiber self) {
        self.interrupted = false;
        if (thread.isInterrupted()) {
            synchronized (interruptLock) {
                if (!loopInterrupt) {
                    Thread.interrupted();
                }
            }
        }
    }

    @Override
    public void interruptHolder() {
        synchronized (interruptLock) {
            loopInterrupt = true;
            thread.interrupt();
        }
    }

    // Who has it

    @Override
    public boolean sharesThread() {
        return true;
    }

    @Override
    public boolean mayBlock() {
        return true;
    }

    @Override
    public boolean holdsBaton() {
        return Thread.currentThread() == thread; // which runs nothing while it doesn't have it
    }

    @Override
    public @Nullable Fiber holder() {
        return thread.running();
    }

    /** See {@link Fiber#stackTrace}. */
    StackTraceElement[] stackTrace(ContinuationFiber fiber) {
        int above = 0;
        for (ContinuationFiber each = (ContinuationFiber) holder();
                each != null;
                each = each.mount) {
            if (each == fiber) {
                return part(thread.getStackTrace(), above);
            }
            above++;
        }
        if (fiber.suspendable()) {
            if (holdsBaton()) {
                return fiber.suspendedStack();
            }
            synchronized (walkLock) {
                if (!driven) {
                    return fiber.suspendedStack();
                }
            }
        }
        return new StackTraceElement[0];
    }

    /** What belongs to one fiber in the stack of the thread. */
    private static StackTraceElement[] part(StackTraceElement[] whole, int above) {
        int end = end(whole, above + 1);
        int begin = above == 0 ? 0 : Math.min(end, end(whole, above) + 1);
        return Arrays.copyOfRange(whole, begin, end);
    }

    /** How many frames of a thread's stack belong to the innermost so many continuations. */
    static int end(StackTraceElement[] whole, int stacks) {
        int left = stacks;
        for (int i = 0; i < whole.length; i++) {
            if (isRun(whole[i]) && --left == 0) {
                return i;
            }
        }
        return whole.length;
    }

    /** Whether {@code frame} is the one that runs a continuation: what is above is that one's. */
    private static boolean isRun(StackTraceElement frame) {
        return frame.getMethodName().equals("run")
                && frame.getClassName().equals("jdk.internal.vm.Continuation");
    }

    // The end

    @Override
    public void unwind(Fiber fiber) {
        fiber.die();
        target = (ContinuationFiber) fiber;
        if (handOver(() -> {})) {
            Thread.currentThread().interrupt();
        }
    }

    /** The thread stays while there are suspended fibers: they are to end on it, too. */
    @Override
    public void close() {
        unserved = null;
        if (live <= 0) {
            own.end();
        }
    }

    /** The calling fiber can't be suspended. */
    private static final class Refused extends RuntimeException {

        private static final long serialVersionUID = 1;

        Refused(Throwable cause) {
            super(null, cause, false, false);
        }

        /** What its code gets. */
        RuntimeException error() {
            Throwable cause = getCause();
            if (cause instanceof VirtualMachineError error) {
                throw error; // the stack or the heap is full
            }
            return new IllegalStateException(
                    "can't suspend here: a native method or a static initializer is on the stack,"
                            + " which continuations can't be suspended in; await outside of it, or"
                            + " use the engine of virtual threads",
                    cause);
        }
    }
}
