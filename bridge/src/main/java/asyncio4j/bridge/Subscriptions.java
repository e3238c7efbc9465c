package asyncio4j.bridge;

import asyncio4j.Asyncio;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.ExceptionContext;
import asyncio4j.KeyboardInterrupt;
import asyncio4j.ReturnWhen;
import asyncio4j.SystemExit;
import asyncio4j.Task;
import asyncio4j.internal.access.LoopAccess;

import org.jspecify.annotations.Nullable;

import reactor.core.Exceptions;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The subscriptions that wait for something of a loop, so that none waits for ever when the loop is
 * closed. Any thread.
 *
 * <p>Awaits aren't among them: those end with their tasks.
 *
 * <h2>Why none is left behind</h2>
 *
 * <p>{@link #add} puts the subscription in, and then looks whether the loop is {@linkplain
 * LoopAccess#shut shut}; if so it tries to take it out again. {@link #close} comes after the loop
 * was shut, and takes out all that it finds. Either {@code add} sees that the loop is shut, or its
 * subscription was in before that, and {@code close} finds it. In both cases it is told by the one
 * who takes it out, which an atomic removal decides. {@code close} runs as a step of Runner.close,
 * and again when the loop is closed, which also serves loops without a Runner. A registry that is
 * made so late that its step isn't run any more is made when the loop is shut, and so refuses
 * everything. What {@linkplain Open#outlastsShut outlasts} that goes by whether the loop is closed
 * instead, in the same way.
 *
 * <h2>Why closing comes to an end</h2>
 *
 * <p>What subscribes anew when it is refused, as {@code retry()} does, would do that for ever,
 * within one call. So after {@value #MOST_REFUSALS} refusals in one go there is {@linkplain
 * #isTired no answer} any more.
 */
final class Subscriptions {

    private static final LoopAccess ACCESS = LoopAccess.get();

    /** A subscription that waits for something of the loop. */
    interface Open {

        /**
         * The loop is closed, so what this waits for won't come: ends it with an error. Any thread.
         */
        void loopGone();

        /**
         * Whether this may go on when the loop is shut, as long as it isn't closed: what belongs to
         * code that still runs then.
         */
        default boolean outlastsShut() {
            return false;
        }
    }

    /**
     * How many tasks may run, and how many subscriptions be open, for other threads while a Runner
     * waits for the first tasks.
     */
    private static final int MOST_GUESTS = 1_000;

    /** How often one is refused in one iteration of the loop, or call of its closing thread. */
    private static final int MOST_REFUSALS = 10_000;

    /** How long a step of Runner.close waits for clean-up that may be none. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** As a cleaner: a plain callback. */
    private static final Object NO_TASK = new Object();

    private final EventLoop loop;

    /**
     * Who is inside of {@link #cleanUp}: several, as that may await, and one more than once. The
     * loop's thread.
     */
    private final List<Cleaner> cleaners = new ArrayList<>(1);

    /** Who cleans up, and how. The loop's thread. */
    private static final class Cleaner {

        /** A task, or NO_TASK. */
        private final Object who;

        private boolean briefly;

        Cleaner(Object who, boolean briefly) {
            this.who = who;
            this.briefly = briefly;
        }
    }

    /** The tasks of {@link #cleanUpBriefly}. The loop's thread. */
    private final Set<Task<?>> brief = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Whether a step waits for such tasks. The loop's thread. */
    private boolean waitsBriefly;

    /**
     * How many tasks run that were started for other threads since a Runner began to close the
     * loop. Written by the loop's thread, read by any.
     */
    private volatile int guestTasks;

    /** Those that are open, and whether they count in {@link #guests}. */
    private final Map<Open, Boolean> open = new ConcurrentHashMap<>();

    /** How many subscribers on other threads have come since a Runner began to close the loop. */
    private final AtomicInteger guests = new AtomicInteger();

    private final SchedulerWork schedulers;

    /** Tells what is left that the loop was closed; null if none does. */
    private volatile @Nullable Thread closer;

    /** How often somebody was refused in this go. The loop's thread, and then the closer. */
    private int refusals;

    private Subscriptions(EventLoop loop) {
        this.loop = loop;
        this.schedulers = new SchedulerWork(loop, this);
    }

    /** Those of {@code loop}. */
    static Subscriptions of(EventLoop loop) {
        return (Subscriptions)
                ACCESS.attachment(
                        loop,
                        () -> {
                            Subscriptions fresh = new Subscriptions(loop);
                            ACCESS.addShutdownStep(loop, Coroutine.of(fresh::close));
                            ACCESS.addLastStep(loop, Coroutine.of(fresh.schedulers::endOpen));
                            ACCESS.addLastStep(loop, Coroutine.of(fresh.schedulers::endOpen));
                            ACCESS.addLastStep(loop, Coroutine.of(fresh.schedulers::end));
                            ACCESS.addCloseListener(loop, fresh::close);
                            return fresh;
                        });
    }

    /**
     * Whether a task may be started for a subscriber on another thread. When a Runner closes the
     * loop, the clean-up of the tasks that it cancelled may still need that, so it may as long as
     * these haven't ended, and {@value #MOST_GUESTS} at a time, as for other subscriptions; else
     * subscribers that keep coming could keep the Runner from ever being done. Any thread.
     */
    boolean admitsGuest() {
        return !ACCESS.closing(loop)
                || (!ACCESS.settling(loop) && !ACCESS.shut(loop) && guestTasks < MOST_GUESTS);
    }

    /** A task was started for a subscriber on another thread. The loop's thread. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void addGuest(Task<?> task) {
        if (ACCESS.closing(loop) && !task.done()) {
            guestTasks++;
            ACCESS.addLightCallback(task, () -> guestTasks--);
        }
    }

    /**
     * Runs {@code cleanUp}, such as the cancelling of a publisher, whose hooks may subscribe to
     * coroutines: the tasks of these are waited for when a Runner closes the loop, and not
     * cancelled. Any thread; another one than the loop's starts no tasks.
     */
    void cleanUp(Runnable cleanUp) {
        cleanUp(cleanUp, false);
    }

    /**
     * {@link #cleanUp}, by a step of Runner.close, of what may be clean-up and may as well be what
     * begins anew when it fails: its tasks are waited for until that step loses patience, and are
     * cancelled then.
     */
    void cleanUpBriefly(Runnable cleanUp) {
        cleanUp(cleanUp, true);
    }

    /** {@link #cleanUp} of what follows {@code ended}, a task that has cleaned up. */
    void cleanUpAfter(Task<?> ended, Runnable cleanUp) {
        cleanUp(cleanUp, brief.contains(ended));
    }

    private void cleanUp(Runnable cleanUp, boolean briefly) {
        if (!ACCESS.holdsBaton(loop)) {
            cleanUp.run();
            return;
        }
        Cleaner outer = cleaner();
        Cleaner cleaner = new Cleaner(currentTask(), briefly || (outer != null && outer.briefly));
        cleaners.add(cleaner);
        try {
            cleanUp.run();
        } finally {
            cleaners.remove(cleaner);
        }
    }

    /** The calling code's {@link #cleanUp} goes on {@linkplain #cleanUpBriefly briefly}. */
    void cleansUpBrieflyNow() {
        Cleaner cleaner = ACCESS.holdsBaton(loop) ? cleaner() : null;
        if (cleaner != null) {
            cleaner.briefly = true;
        }
    }

    /** As what the calling code cleans up; null if it doesn't. The loop's thread. */
    private @Nullable Cleaner cleaner() {
        if (cleaners.isEmpty()) {
            return null;
        }
        Object who = currentTask();
        for (int i = cleaners.size() - 1; i >= 0; i--) {
            if (cleaners.get(i).who == who) {
                return cleaners.get(i);
            }
        }
        return null;
    }

    private static Object currentTask() {
        Task<?> task = ACCESS.currentTask();
        return task == null ? NO_TASK : task;
    }

    /**
     * Has {@code task}, which has just been made, count as clean-up if it is. The loop's thread.
     */
    void markCleanUp(Task<?> task) {
        Cleaner cleaner = cleaner();
        if (cleaner == null && !closesGenerator()) {
            return;
        }
        ACCESS.markAsCleanUp(task);
        if (cleaner != null && cleaner.briefly) {
            brief.add(task);
        }
    }

    /**
     * Whether the calling code may start no task: the loop is shut, and it isn't clean-up that is
     * waited for. Any thread.
     */
    boolean shut() {
        return ACCESS.shut(loop) && !(ACCESS.holdsBaton(loop) && admitsCleanUp());
    }

    private boolean admitsCleanUp() {
        Cleaner cleaner = cleaner();
        return cleaner == null ? closesGenerator() : !cleaner.briefly || waitsBriefly;
    }

    /** Whether the calling task is at a generator's finally block when a Runner closes the loop. */
    private boolean closesGenerator() {
        return ACCESS.closingGenerators(loop) && ACCESS.currentTask() != null;
    }

    /** Does {@code step}, and waits for the brief clean-up that comes of it. The loop's thread. */
    void withBriefCleanUp(Runnable step) {
        waitsBriefly = true;
        try {
            step.run();
            awaitBrief(loop.time().plus(PATIENCE));
        } finally {
            waitsBriefly = false;
            brief.forEach(Task::cancel);
        }
    }

    private void awaitBrief(Duration until) {
        for (; ; ) {
            List<Task<?>> left = brief.stream().filter(task -> !task.done()).toList();
            Duration timeout = until.minus(loop.time());
            if (left.isEmpty() || !timeout.isPositive()) {
                return;
            }
            Asyncio.await(Asyncio.wait(left, ReturnWhen.ALL_COMPLETED, timeout));
        }
    }

    /** Puts one in, or ends it if it is too late for that. */
    void add(Open subscription) {
        boolean guest = ACCESS.closing(loop) && !ACCESS.holdsBaton(loop);
        boolean tooMany = guest && guests.incrementAndGet() > MOST_GUESTS;
        open.put(subscription, guest);
        if ((tooMany || isOver(subscription)) && remove(subscription)) {
            if (!isTired()) {
                subscription.loopGone();
            }
        }
    }

    /**
     * Whether the calling code, which is about to be refused, was refused so often that it would go
     * on for ever: then it gets no answer. Any thread.
     */
    boolean isTired() {
        if (!ACCESS.holdsBaton(loop) && Thread.currentThread() != closer) {
            return false;
        }
        if (refusals == 0) {
            ACCESS.enqueueLight(loop, () -> refusals = 0);
        }
        return ++refusals > MOST_REFUSALS;
    }

    /** Takes one out that doesn't need the loop any more; false if it was out. */
    boolean remove(Open subscription) {
        Boolean guest = open.remove(subscription);
        if (Boolean.TRUE.equals(guest)) {
            guests.decrementAndGet();
        }
        return guest != null;
    }

    private boolean isOver(Open subscription) {
        return subscription.outlastsShut() ? loop.isClosed() : shut();
    }

    EventLoop loop() {
        return loop;
    }

    /** The work of the loop's schedulers. */
    SchedulerWork schedulers() {
        return schedulers;
    }

    /** How many are open, the pipelines of schedulers too. */
    int size() {
        return open.size() + schedulers.size();
    }

    /** Ends all, but for those that go on until the loop is closed. The loop is shut. */
    private void close() {
        boolean closed = loop.isClosed();
        closer = closed ? Thread.currentThread() : null;
        try {
            for (Open subscription : List.copyOf(open.keySet())) {
                if (isOver(subscription) && remove(subscription)) {
                    guard(subscription::loopGone);
                }
            }
            if (closed) {
                schedulers.loopClosed();
            }
        } finally {
            closer = null;
        }
    }

    /** Tells a subscriber; what it throws is reported, and doesn't keep others from being told. */
    void guard(Runnable telling) {
        refusals = 0;
        try {
            telling.run();
        } catch (KeyboardInterrupt | SystemExit e) {
            throw e;
        } catch (Throwable e) {
            Exceptions.throwIfJvmFatal(e);
            loop.callExceptionHandler(
                    ExceptionContext.of(
                            "a subscriber failed when it was told that its loop is closed", e));
        }
    }
}
