package asyncio4j.internal.fiber;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** What the stress tests have in common. */
public final class Stress {

    /** Has nothing to do. */
    private static final Agenda NOTHING =
            new Agenda() {
                @Override
                public @Nullable Step next(Fiber holder) {
                    return null;
                }

                @Override
                public boolean interrupted() {
                    return false;
                }

                @Override
                public void leave(Throwable error) {
                    throw new AssertionError(error);
                }
            };

    /** Far longer than anything here takes: who waited for so long was never woken. */
    private static final long PATIENCE = TimeUnit.MINUTES.toNanos(1);

    /**
     * Somebody has waited for so long: the test has failed, and the next need not take that long to
     * say so.
     */
    private static volatile boolean failed;

    private Stress() {}

    /** How long to wait for something that has to come, in nanoseconds. */
    public static long patience() {
        return failed ? TimeUnit.MILLISECONDS.toNanos(1) : PATIENCE;
    }

    /**
     * Whether {@code since}, on System.nanoTime, is so long ago that what was waited for since will
     * never come.
     */
    public static boolean tooLong(long since) {
        boolean tooLong = System.nanoTime() - since >= patience();
        if (tooLong) {
            failed = true;
        }
        return tooLong;
    }

    /** A fiber that has no thread, for code that wants one to talk to. */
    public static Fiber fiber() {
        return new ThreadFiber(new VirtualThreadEngine(NOTHING, "stress"));
    }

    /** Sets the flag of the calling thread if {@code fiber} was interrupted while it waited. */
    public static void restoreInterrupt(Fiber fiber) {
        ((ThreadFiber) fiber).restoreInterrupt();
    }

    /** The engine that is stressed: the one of continuations where there is one. */
    static FiberEngine engine(Agenda agenda) {
        return ContinuationEngine.available()
                ? new ContinuationEngine(agenda, "stress")
                : new VirtualThreadEngine(agenda, "stress");
    }

    /** Takes some time, sometimes none, so that the other side may have come anywhere meanwhile. */
    public static void delay() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int turns = random.nextInt(1 << random.nextInt(11)); turns > 0; turns--) {
            Thread.onSpinWait();
        }
    }

    /** A step that runs {@code code} on a fiber. */
    public static Step step(Runnable code) {
        return new Step() {
            @Override
            public void run() {
                code.run();
            }
        };
    }
}
