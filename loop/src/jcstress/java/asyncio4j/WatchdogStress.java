package asyncio4j;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import asyncio4j.internal.fiber.Stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import java.time.Duration;

/**
 * Loops come and go at the {@link Watchdog} while its thread does, too.
 *
 * <p>The thread decides to go, and a loop to start it, under one monitor: a loop that is there
 * keeps it, and one that comes later starts another.
 */
public final class WatchdogStress {

    /** Its thread goes as soon as it has seen that nothing runs, and so all the time. */
    private static final Watchdog WATCHDOG = new Watchdog(Duration.ofNanos(1), false);

    private WatchdogStress() {}

    /** Two loops. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both were watched, for as long as they ran")
    @Outcome(
            expect = FORBIDDEN,
            desc = "one ran without a thread that watches, or was kept after its run")
    @State
    public static class EnterVsGoing {

        private final DefaultEventLoop one = DefaultEventLoop.unwrap(Asyncio.newEventLoop());

        private final DefaultEventLoop two = DefaultEventLoop.unwrap(Asyncio.newEventLoop());

        private static int run(DefaultEventLoop loop) {
            LoopWatch watch = WATCHDOG.enter(loop);
            Stress.delay();
            boolean there = watched(loop);
            WATCHDOG.leave(watch);
            boolean gone = !WATCHDOG.loops().contains(loop) && watch.loop() == null;
            loop.close();
            return there && gone ? 1 : 0;
        }

        private static boolean watched(DefaultEventLoop loop) {
            Thread thread = WATCHDOG.thread();
            return thread != null && thread.isAlive() && WATCHDOG.loops().contains(loop);
        }

        @Actor
        public void first(II_Result r) {
            r.r1 = run(one);
        }

        @Actor
        public void second(II_Result r) {
            r.r2 = run(two);
        }
    }
}
