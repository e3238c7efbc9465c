package asyncio4j;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import java.time.Duration;
import java.util.Objects;

/** The collector finds a forgotten generator while its loop does something about it, too. */
public final class ForgottenGeneratorStress {

    private ForgottenGeneratorStress() {}

    /** A loop with a generator that is suspended at a yield. */
    abstract static class Suspended {

        final EventLoop loop = Asyncio.newEventLoop();

        /** Held, so that the find is made by hand alone. */
        final AsyncGenerator<Integer> generator =
                AsyncGenerator.of(g -> {
                    try {
                        g.yield(1);
                    } finally {
                        ended();
                    }
                });

        final ForgottenGenerator lookout;

        int ends;

        int reports;

        Suspended() {
            loop.setExceptionHandler((reporter, context) -> reports++);
            loop.runUntilComplete(generator.anext());
            lookout = Objects.requireNonNull(generator.state().lookout());
        }

        private void ended() {
            ends++;
        }
    }

    /** The loop is closed. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "ended by the loop's close")
    @Outcome(expect = FORBIDDEN, desc = "not ended, ended twice, or reported")
    @State
    public static class LoopClose extends Suspended {

        @Actor
        public void closer() {
            loop.close();
        }

        @Actor
        public void collector() {
            lookout.collected();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = ends;
            r.r2 = reports;
        }
    }

    /** The loop runs, and closes its generators. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE_INTERESTING, desc = "closed by the shutdown")
    @Outcome(id = "1, 1", expect = ACCEPTABLE_INTERESTING, desc = "found, reported and closed")
    @Outcome(expect = FORBIDDEN, desc = "not closed, closed twice, or reported twice")
    @State
    public static class Shutdown extends Suspended {

        @Actor
        public void closer() {
            loop.runUntilComplete(Asyncio.sleep(Duration.ZERO));
            loop.runUntilComplete(loop.shutdownAsyncGenerators());
        }

        @Actor
        public void collector() {
            lookout.collected();
        }

        @Arbiter
        public void after(II_Result r) {
            loop.runUntilComplete(Asyncio.sleep(Duration.ZERO));
            loop.close();
            r.r1 = ends;
            r.r2 = reports;
        }
    }

    /** A task closes it. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE_INTERESTING, desc = "closed by the task")
    @Outcome(id = "1, 1", expect = ACCEPTABLE_INTERESTING, desc = "found before the task begins")
    @Outcome(expect = FORBIDDEN, desc = "not closed, closed twice, or reported twice")
    @State
    public static class Aclose extends Suspended {

        @Actor
        public void closer() {
            loop.runUntilComplete(generator.aclose());
        }

        @Actor
        public void collector() {
            lookout.collected();
        }

        @Arbiter
        public void after(II_Result r) {
            loop.runUntilComplete(Asyncio.sleep(Duration.ZERO));
            loop.close();
            r.r1 = ends;
            r.r2 = reports;
        }
    }
}
