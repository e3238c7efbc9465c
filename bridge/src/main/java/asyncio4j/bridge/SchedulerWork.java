package asyncio4j.bridge;

import asyncio4j.Asyncio;
import asyncio4j.EventLoop;
import asyncio4j.internal.access.LoopAccess;

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
 * What the {@link LoopScheduler}s of a loop have taken, and the pipelines that wait for them, which
 * end with the loop. Any thread.
 *
 * <h2>Why nothing is left behind</h2>
 *
 * <p>Who hands in work {@linkplain #enter enters}, then looks whether work is refused, makes its
 * pipeline known, gives the work to the loop, and leaves; work that is on its way to the loop
 * counts as one that hasn't left. {@link #end} has work refused, and then waits until all have
 * left. So what wasn't refused is done by then, its pipeline is known, and whoever comes later is
 * refused.
 *
 * <p>A pipeline that is told of its end may start anew, as {@code retry()} does. It is told once
 * more in each of a few steps, and in the end is cancelled and not told.
 */
final class SchedulerWork {

    private static final LoopAccess ACCESS = LoopAccess.get();

    /** For how many iterations a step waits for work that brings more. */
    private static final int MOST_TURNS = 1_000;

    /** How often the last step looks for what has come up in it. */
    private static final int MOST_LOOKS = 3;

    /** How many pipelines of other threads may be open while a Runner closes the loop. */
    private static final int MOST_GUESTS = 1_000;

    private final EventLoop loop;

    private final Subscriptions registry;

    /** Weakly: a program may make one for each pipeline, and forget it. */
    private final Set<LoopScheduler> schedulers =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    /** The pipelines that are open, and whether they count in {@link #guests}. */
    private final Map<Handed, Boolean> open = new ConcurrentHashMap<>();

    /** See {@link #parked(Handed)}. The loop's thread, and then the one that closes it. */
    private final List<Handed> parked = new ArrayList<>();

    /** How many are handing in work, or have work on its way to the loop. */
    private final AtomicInteger underWay = new AtomicInteger();

    /** How many pipelines are open that other threads have opened while the loop is closed. */
    private final AtomicInteger guests = new AtomicInteger();

    private volatile boolean refuses;

    SchedulerWork(EventLoop loop, Subscriptions registry) {
        this.loop = loop;
        this.registry = registry;
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

    /**
     * A pipeline waits for a scheduler.
     *
     * @return false if too many of other threads do while the loop is being closed
     */
    boolean opened(Handed pipeline) {
        boolean guest = ACCESS.closing(loop) && !ACCESS.holdsBaton(loop);
        if (guest && guests.incrementAndGet() > MOST_GUESTS) {
            guests.decrementAndGet();
            return false;
        }
        if (Boolean.TRUE.equals(open.put(pipeline, guest))) {
            guests.decrementAndGet(); // it came twice
        }
        return true;
    }

    /** One was taken that is never done, as it would try again for ever. See isTired. */
    void parked(Handed pipeline) {
        parked.add(pipeline);
    }

    /** A pipeline doesn't wait any more. */
    void ended(Handed pipeline) {
        if (Boolean.TRUE.equals(open.remove(pipeline))) {
            guests.decrementAndGet();
        }
    }

    /** How many pipelines are open. */
    int size() {
        return open.size();
    }

    /** Somebody begins to hand in work, or hands it over to the loop. */
    void enter() {
        underWay.incrementAndGet();
    }

    /** That has been done, or the loop has got the work. */
    void leave() {
        underWay.decrementAndGet();
    }

    /** Whether all work is refused. Who asks has entered. */
    boolean refuses() {
        return refuses || loop.isClosed();
    }

    /**
     * A step before the last: ends what is open when it has done all that it was given. What
     * cleaning up hands in is done as ever.
     */
    void endOpen() {
        await(MOST_TURNS);
        registry.withBriefCleanUp(() -> endAll(false));
    }

    /**
     * The last step before the loop is closed: schedulers refuse more work, what they have taken is
     * done, and what is open then is ended.
     */
    void end() {
        refuses = true;
        await(Integer.MAX_VALUE);
        endAll(true);
    }

    /** The loop is closed: ends what is left. The thread that closes it. */
    void loopClosed() {
        try {
            endAll(true);
        } finally {
            List.copyOf(schedulers).forEach(LoopScheduler::dispose);
            open.clear();
            parked.clear();
        }
    }

    /** Waits until the loop has got what is on its way to it. */
    private void await(int mostTurns) {
        for (int turn = 0; turn < mostTurns && underWay.get() > 0; turn++) {
            Asyncio.await(Asyncio.sleep(Duration.ZERO));
        }
    }

    private void endAll(boolean last) {
        List<Handed> all = List.copyOf(open.keySet());
        List<PipelineEnd> late = new ArrayList<>();
        for (Handed handed : all) {
            if (!last && handed.isDue()) {
                continue; // it is for the next step
            }
            PipelineEnd end = PipelineEnd.of(handed, registry);
            if (end == null) {
                continue;
            }
            if (end.comesLate()) {
                late.add(end);
            } else {
                registry.guard(() -> end.run(last));
            }
        }
        if (!last) {
            await(MOST_TURNS);
        }
        for (PipelineEnd end : late) {
            if (end.isOpen()) {
                registry.guard(() -> end.run(last));
            }
        }
        if (last) {
            cancelParked();
        }
    }

    /** Cancels what has begun anew over and over while others were ended. */
    private void cancelParked() {
        for (int look = 0; look < MOST_LOOKS && !parked.isEmpty(); look++) {
            List<Handed> all = List.copyOf(parked);
            parked.clear();
            for (Handed handed : all) {
                PipelineEnd end = PipelineEnd.of(handed, registry);
                if (end != null) {
                    registry.guard(end::cancelWhole);
                }
            }
        }
    }
}
