package asyncio4j;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * An exception that nobody has asked for is reported once, to the exception handler, unless
 * somebody asks for it before that.
 *
 * <p>Three may come to an entry: whoever asks, on any thread; the cleaner's thread, which only
 * hands a step in; and the loop's own, with that step or with close. Whoever takes it out of the
 * set does what is to be done, and the set gives it to one of them.
 */
public final class UnretrievedStress {

    private UnretrievedStress() {}

    /** A loop with such an exception, and its reports. */
    abstract static class Failed {

        final EventLoop loop = Asyncio.newEventLoop();

        final AtomicInteger reports = new AtomicInteger();

        /** Held, so that the cleaner's thread isn't heard of but by hand. */
        final AsyncFuture<Integer> future = loop.createFuture();

        final Unretrieved.Entry entry =
                future.loop().unretrieved().track(future, new RuntimeException("stress"));

        Failed() {
            loop.setExceptionHandler((reporter, context) -> reports.incrementAndGet());
        }

        /** Runs one iteration. */
        final void turn() {
            loop.stop();
            loop.runForever();
        }
    }

    /** The cleaner's thread comes while another one asks; then the loop runs, and is closed. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "asked for: not reported")
    @Outcome(expect = FORBIDDEN, desc = "reported although it was asked for")
    @State
    public static class RetrievedVsCollected extends Failed {

        @Actor
        public void asker() {
            entry.retrieved();
        }

        @Actor
        public void cleaner() {
            entry.collected();
        }

        @Arbiter
        public void after(I_Result r) {
            turn();
            loop.close();
            r.r1 = reports.get();
        }
    }

    /** The cleaner's thread comes while the loop is closed. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the handler was told, once")
    @Outcome(expect = FORBIDDEN, desc = "the handler was not told, or told twice")
    @State
    public static class CollectedVsClose extends Failed {

        @Actor
        public void closer() {
            loop.close();
        }

        @Actor
        public void cleaner() {
            entry.collected();
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = reports.get();
        }
    }
}
