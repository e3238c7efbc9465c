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
 * switch, there is a budget. A fiber's look takes one of {@code looks}; as many are there at the
 * start, and one more comes up every {@code REFILL_NANOS}. So a loop that suspends fibers no more
 * often than that looks each time, and one that does nothing but that spends a thousandth on it.
 *
 * <p>The loop's thread only.
 */
final class HeldMonitors {

    private static final int MOST_LOOKS = 256;

    private static final long REFILL_NANOS = 2_000_000;

    /** After how many suspensions to look at the clock if there are no looks left. */
    private static final int CLOCK_EVERY = 64;

    /** Calls further out than that aren't looked at. */
    private static final int MOST_FRAMES = 256;

    private static final StackWalker WALKER =
            StackWalker.getInstance(
                    EnumSet.of(Option.RETAIN_CLASS_REFERENCE, Option.DROP_METHOD_INFO));

    /** The JDK may come without management; then nothing is looked at. */
    private static final boolean CAN_ASK =
            ModuleLayer.boot().findModule("java.management").isPresent();

    private int looks = CAN_ASK ? MOST_LOOKS : 0;

    private int untilClock = CAN_ASK ? 1 : 0;

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
        if (looks > 0) {
            looks--;
            look(self, to);
        } else if (untilClock > 0 && --untilClock == 0) {
            long now = System.nanoTime();
            looks = (int) Math.min(MOST_LOOKS, (now - refilled) / REFILL_NANOS);
            refilled = now;
            untilClock = looks > 0 ? 1 : CLOCK_EVERY;
        }
    }

    private static void look(ContinuationFiber self, @Nullable Fiber to) {
        if (WALKER.walk(HeldMonitors::maySynchronize)) {
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
