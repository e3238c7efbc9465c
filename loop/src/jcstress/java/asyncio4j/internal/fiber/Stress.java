package asyncio4j.internal.fiber;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** What the stress tests have in common. */
public final class Stress {

    /** Far longer than anything here takes: who waited for so long was never woken. */
    public static final long GUARD = TimeUnit.MINUTES.toNanos(1);

    private Stress() {}

    /** A fiber that has no thread, for code that wants one to talk to. */
    public static Fiber fiber() {
        return new Fiber(new Object());
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
