package asyncio4j.internal.fiber;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
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
 * <p>No step is lost: one taken off the agenda is done before another is, by making its fiber the
 * {@code target}, on the spot if it is light, or as the {@code first} of the pump that becomes the
 * {@code target}.
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

    /** How many pumps without work are kept. */
    static final int MAX_IDLE = 256;

    /**
     * How often the code of a dying fiber may try to suspend again before it is left where it is.
     */
    static final int MAX_REFUSALS = 100;

    private static final ScopedValue<Object> BASE = ScopedValue.newInstance();

    private static final VarHandle CURRENT;

    static {
        try {
            CURRENT =
                    MethodHandles.lookup()
                            .findVarHandle(
                                    ContinuationEngine.class, "current", ContinuationFiber.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Agenda agenda;

    private final LoopThread own;

    private final Thread thread;

    private final Fiber.Seat seat;

    // Baton holder only, from here on.

    /** The fiber that has control. Others may read it and can only err. */
    @SuppressWarnings("unused") // through CURRENT
    private @Nullable ContinuationFiber current;

    /** The fiber that is to go on; null to return to the caller. */
    private @Nullable ContinuationFiber target;

    /** The fiber that gave control away last and can have it back if it can't be suspended. */
    private @Nullable ContinuationFiber origin;

    /** Why {@link #origin} can't be suspended. */
    private @Nullable Throwable refusal;

    /** Steps that were taken off the agenda by fibers that couldn't be suspended. */
    private final ArrayDeque<Step> unserved = new ArrayDeque<>();

    private final ArrayDeque<ContinuationFiber> idle = new ArrayDeque<>();

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
        this.seat = own.seat();
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

    @Override
    public void drive(Runnable onInterrupt) {
        boolean interrupted = Thread.interrupted();
        if (interrupted) {
            onInterrupt.run();
        }
        target = pump();
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
        CURRENT.setOpaque(this, null);
        seat.fiber = null;
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
        CURRENT.setOpaque(this, self);
        seat.fiber = self;
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
    public void suspend(Fiber fiber) {
        ContinuationFiber self = (ContinuationFiber) fiber;
        if (self.dying()) {
            if (self.refuse() > MAX_REFUSALS) {
                live--;
                passOn(self);
                transfer(self, target); // nobody gives it back any more
            }
            return;
        }
        Fiber invoker = self.invoker;
        monitors.check(self, invoker);
        if (invoker != null) {
            self.invoker = null;
            try {
                transfer(self, (ContinuationFiber) invoker);
            } catch (Refused e) {
                self.invoker = invoker;
                throw e.error();
            }
            return;
        }
        for (; ; ) {
            Step step = next(self);
            if (step == null) {
                transferFor(null, self, null);
                return;
            }
            ContinuationFiber to = (ContinuationFiber) step.resumes();
            if (to == self) {
                restoreInterrupt(self);
                return;
            }
            if (to != null) {
                transferFor(step, self, to);
                return;
            }
            if (!step.light()) {
                transferToPump(step, self);
                return;
            }
            run(step);
        }
    }

    /** Gives control to {@code resumed}, or to the caller; the step is put back if it can't. */
    private void transferFor(
            @Nullable Step step, ContinuationFiber self, @Nullable ContinuationFiber resumed) {
        try {
            transfer(self, resumed);
        } catch (Refused e) {
            if (step != null) {
                unserved.add(step);
            }
            throw e.error();
        }
    }

    /** Gives control to a pump that runs {@code step}, which is put back if it can't. */
    private void transferToPump(Step step, ContinuationFiber self) {
        ContinuationFiber pump = pump();
        pump.first = step;
        try {
            transfer(self, pump);
        } catch (Refused e) {
            pump.first = null;
            idle.push(pump);
            unserved.add(step);
            throw e.error();
        }
    }

    @Override
    public void call(Fiber self, Step step) {
        ContinuationFiber pump = pump();
        pump.first = step;
        pump.invoker = self;
        go((ContinuationFiber) self, pump);
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
        while (!self.exit) {
            Step step = self.first;
            if (step != null) {
                self.first = null;
                dropUsersInterrupt(self);
            } else {
                dropInterrupts(self);
                step = next(self);
            }
            Fiber next = null;
            if (step != null) {
                next = step.resumes();
                if (next == null) {
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
                    if (next == null) {
                        continue;
                    }
                }
            }
            if (!rest(self, (ContinuationFiber) next)) {
                break;
            }
        }
        live--;
    }

    /**
     * Gives control to {@code next}, or to the caller if that is null, until it comes back.
     *
     * @return false if there are enough idle pumps, so that this one has to end, and control goes
     *     over then
     */
    private boolean rest(ContinuationFiber self, @Nullable ContinuationFiber next) {
        if (!isClean(Continuations.bindings())) {
            dirty = true;
        } else if (idle.size() < MAX_IDLE) {
            idle.push(self);
            transfer(self, next);
            return true;
        }
        target = next;
        origin = null;
        return false;
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

    /** An idle fiber, or a new one. */
    private ContinuationFiber pump() {
        ContinuationFiber fiber = idle.poll();
        if (fiber == null) {
            fiber = new ContinuationFiber(agenda, this);
            live++;
        }
        return fiber;
    }

    private @Nullable Step next(ContinuationFiber self) {
        if (!unserved.isEmpty() && !agenda.interrupted()) {
            return unserved.remove();
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
        return (ContinuationFiber) CURRENT.getOpaque(this);
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
        live -= idle.size();
        idle.clear();
        unserved.clear();
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
