package asyncio4j.internal.fiber;

import org.jspecify.annotations.Nullable;

import java.lang.StackWalker.Option;
import java.lang.StackWalker.StackFrame;
import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.util.EnumSet;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds out that a fiber is about to be suspended while it holds a monitor.
 *
 * <p>A continuation takes its monitors along, and nothing tells so. If another fiber of the loop
 * then wants one of them, it waits for it on the thread that all share, and so forever. The fiber
 * that holds it has to be told before.
 *
 * <p>To ask the JVM for the monitors that a thread holds costs some 50 microseconds. So first the
 * classes on the stack are looked at, which takes two: one that has no {@code synchronized} in it
 * holds no monitor, and that is found out once for each class. As even that costs more than a
 * switch, there is a budget: {@code MOST} at the start, and one more every {@code REFILL_NANOS}; to
 * look at the classes takes one, to ask the JVM {@code ASKING}. So a loop that suspends fibers less
 * than some 500 times a second looks each time, and one that does nothing but that is hardly slower
 * for it.
 *
 * <p>The loop's thread only.
 */
final class HeldMonitors {

    /** What may be saved up. */
    private static final int MOST = 1_024;

    /** What it takes to ask the JVM. */
    private static final int ASKING = 16;

    private static final long REFILL_NANOS = 2_000_000;

    /** After how many suspensions to look at the clock if the budget is spent. */
    private static final int CLOCK_EVERY = 64;

    /** Calls further out than that aren't looked at. */
    private static final int MOST_FRAMES = 256;

    private static final StackWalker WALKER =
            StackWalker.getInstance(
                    EnumSet.of(Option.RETAIN_CLASS_REFERENCE, Option.DROP_METHOD_INFO));

    /** The JDK may come without management; then nothing is looked at. */
    private static final boolean CAN_ASK =
            ModuleLayer.boot().findModule("java.management").isPresent();

    /** What is left; below zero if the JVM was asked with less. */
    private long budget = CAN_ASK ? MOST : 0;

    private int untilClock = 1;

    private long refilled = System.nanoTime();

    /**
     * Fails if {@code self}, which is about to give control to {@code to}, holds a monitor, or one
     * of those whose stacks are between the two.
     *
     * @param to the fiber that called this one and goes on; null if all on this thread are
     *     suspended
     * @throws IllegalStateException if there is one, saying which and where it is held
     */
    void check(ContinuationFiber self, @Nullable Fiber to) {
        if (budget > 0 || refill()) {
            look(self, to);
        }
    }

    /** Whether there is something to spend again. */
    private boolean refill() {
        if (!CAN_ASK || --untilClock > 0) {
            return false;
        }
        long now = System.nanoTime();
        long more = (now - refilled) / REFILL_NANOS;
        budget = Math.min(MOST, budget + more);
        refilled += more * REFILL_NANOS;
        untilClock = budget > 0 ? 1 : CLOCK_EVERY;
        return budget > 0;
    }

    private void look(ContinuationFiber self, @Nullable Fiber to) {
        budget--;
        if (WALKER.walk(HeldMonitors::maySynchronize)) {
            budget -= ASKING;
            int stacks = 0;
            for (ContinuationFiber each = self; each != null && each != to; each = each.mount) {
                stacks++;
            }
            String held = held(stacks);
            if (!held.isEmpty()) {
                throw new IllegalStateException(
                        "can't suspend inside of synchronized: "
                                + held
                                + "; all tasks of the loop run on this thread, and the next one to"
                                + " come here would wait forever. Await outside of it, use"
                                + " asyncio4j.locks.Lock instead, or the engine of virtual"
                                + " threads");
            }
        }
    }

    private static boolean maySynchronize(Stream<StackFrame> frames) {
        return frames.limit(MOST_FRAMES)
                .map(StackFrame::getDeclaringClass)
                .takeWhile(each -> each != LoopThread.class)
                .anyMatch(MonitorUse::in);
    }

    /** The monitors that the innermost so many continuations hold. */
    private static String held(int stacks) {
        ThreadInfo info =
                ManagementFactory.getThreadMXBean()
                        .getThreadInfo(new long[] {Thread.currentThread().threadId()}, true, false)[
                        0];
        int end = ContinuationEngine.end(info.getStackTrace(), stacks);
        return Stream.of(info.getLockedMonitors())
                .filter(each -> each.getLockedStackDepth() < end)
                .map(each -> "the monitor of " + each + " is held by " + holder(each))
                .collect(Collectors.joining(", "));
    }

    private static Object holder(MonitorInfo monitor) {
        return Objects.requireNonNullElse(monitor.getLockedStackFrame(), "a native method");
    }
}
