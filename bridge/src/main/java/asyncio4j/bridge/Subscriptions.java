package asyncio4j.bridge;

import asyncio4j.Asyncio;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.ExceptionContext;
import asyncio4j.KeyboardInterrupt;
import asyncio4j.SystemExit;
import asyncio4j.Task;
import asyncio4j.internal.access.LoopAccess;

import reactor.core.Exceptions;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
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

    /** In {@code cleaners}: a plain callback. */
    private static final Object NO_TASK = new Object();

    private final EventLoop loop;

    /**
     * Who is inside of {@link #cleanUp}: several, as that may await, and one more than once. The
     * loop's thread.
     */
    private final List<Object> cleaners = new ArrayList<>(1);

    /**
     * How many tasks run that were started for other threads since a Runner began to close the
     * loop. Written by the loop's thread, read by any.
     */
    private volatile int guestTasks;

    /** Those that are open, and whether they count in {@link #guests}. */
    private final Map<Open, Boolean> open = new ConcurrentHashMap<>();

    /** How many subscribers on other threads have come since a Runner began to close the loop. */
    private final AtomicInteger guests = new AtomicInteger();

    /** Weakly: a program may make one for each pipeline, and forget it. */
    private final Set<LoopScheduler> schedulers =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    /** How much of the schedulers' work is on its way to the loop. Any thread. */
    private final AtomicInteger workUnderWay = new AtomicInteger();

    private volatile boolean refusesWork;

    private Subscriptions(EventLoop loop) {
        this.loop = loop;
    }

    /** Those of {@code loop}. */
    static Subscriptions of(EventLoop loop) {
        return (Subscriptions)
                ACCESS.attachment(
                        loop,
                        () -> {
                            Subscriptions fresh = new Subscriptions(loop);
                            ACCESS.addShutdownStep(loop, Coroutine.of(fresh::close));
                            ACCESS.addLastStep(loop, Coroutine.of(fresh::endWork));
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
        if (!ACCESS.holdsBaton(loop)) {
            cleanUp.run();
            return;
        }
        Object cleaner = currentTask();
        cleaners.add(cleaner);
        try {
            cleanUp.run();
        } finally {
            cleaners.remove(cleaner);
        }
    }

    private static Object currentTask() {
        Task<?> task = ACCESS.currentTask();
        return task == null ? NO_TASK : task;
    }

    /**
     * Has {@code task}, which has just been made, count as clean-up if it is. The loop's thread.
     */
    void markCleanUp(Task<?> task) {
        if (!cleaners.isEmpty() && cleaners.contains(currentTask())) {
            ACCESS.markAsCleanUp(task);
        }
    }

    /** Puts one in, or ends it if it is too late for that. */
    void add(Open subscription) {
        boolean guest = ACCESS.closing(loop) && !ACCESS.holdsBaton(loop);
        boolean tooMany = guest && guests.incrementAndGet() > MOST_GUESTS;
        open.put(subscription, guest);
        if ((tooMany || isOver(subscription)) && remove(subscription)) {
            subscription.loopGone();
        }
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
        return subscription.outlastsShut() ? loop.isClosed() : ACCESS.shut(loop);
    }

    /** Has {@code scheduler} disposed of when the loop is closed, unless it is garbage before. */
    void add(LoopScheduler scheduler) {
        schedulers.add(scheduler);
        if (loop.isClosed()) {
            scheduler.dispose();
        }
    }

    /** Takes one out that was disposed of. */
    void remove(LoopScheduler scheduler) {
        schedulers.remove(scheduler);
    }

    /** Whether schedulers take no more work. Any thread. */
    boolean refusesWork() {
        return refusesWork || loop.isClosed();
    }

    /** A scheduler hands work to the loop, to be run now. Any thread. */
    void workSent() {
        workUnderWay.incrementAndGet();
    }

    /** The loop has got that work, or has refused it. Any thread. */
    void workArrived() {
        workUnderWay.decrementAndGet();
    }

    /**
     * The last thing before the loop is closed: schedulers refuse more work, and what they have
     * taken is done, so that the subscribers that wait for it are told.
     */
    private void endWork() {
        refusesWork = true;
        while (workUnderWay.get() > 0) {
            Asyncio.await(Asyncio.sleep(Duration.ZERO));
        }
    }

    /** How many are open. */
    int size() {
        return open.size();
    }

    /** Ends all, but for those that go on until the loop is closed. The loop is shut. */
    private void close() {
        for (Open subscription : List.copyOf(open.keySet())) {
            if (isOver(subscription) && remove(subscription)) {
                end(subscription);
            }
        }
        if (loop.isClosed()) {
            List.copyOf(schedulers).forEach(LoopScheduler::dispose);
        }
    }

    private void end(Open subscription) {
        try {
            subscription.loopGone();
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
