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
import org.openjdk.jcstress.infra.results.I_Result;

import java.util.concurrent.atomic.AtomicInteger;

/** What other threads do to a loop that is closed just then. */
public final class LoopCloseStress {

    private LoopCloseStress() {}

    /** Somebody wants to know when the loop is closed. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "told, once")
    @Outcome(expect = FORBIDDEN, desc = "not told, or told twice")
    @State
    public static class AddCloseListener {

        private final DefaultEventLoop loop = DefaultEventLoop.unwrap(Asyncio.newEventLoop());

        private final AtomicInteger told = new AtomicInteger();

        @Actor
        public void closer() {
            loop.close();
        }

        @Actor
        public void other() {
            loop.addCloseListener(told::incrementAndGet);
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = told.get();
        }
    }

    /** There is somebody already; another one comes and the first goes. */
    @JCStressTest
    @Outcome(
            id = "10",
            expect = ACCEPTABLE_INTERESTING,
            desc = "the first had gone before; the second was told")
    @Outcome(id = "11", expect = ACCEPTABLE_INTERESTING, desc = "both were told")
    @Outcome(expect = FORBIDDEN, desc = "the second was not told, or one was told twice")
    @State
    public static class AddAndRemoveCloseListeners {

        private final DefaultEventLoop loop = DefaultEventLoop.unwrap(Asyncio.newEventLoop());

        private final AtomicInteger told = new AtomicInteger();

        private final Runnable first = told::incrementAndGet;

        private final Runnable second = () -> told.addAndGet(10);

        public AddAndRemoveCloseListeners() {
            loop.addCloseListener(first);
        }

        @Actor
        public void closer() {
            loop.close();
        }

        @Actor
        public void other() {
            loop.addCloseListener(second);
            loop.removeCloseListener(first);
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = told.get();
        }
    }

    /** Somebody asks for an exception that close would report. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE_INTERESTING, desc = "asked for in time: not reported")
    @Outcome(id = "1", expect = ACCEPTABLE_INTERESTING, desc = "reported, as nobody had asked yet")
    @Outcome(expect = FORBIDDEN, desc = "reported twice")
    @State
    public static class RetrievedVsClose {

        private final EventLoop loop = Asyncio.newEventLoop();

        private final AsyncFuture<Integer> future = loop.createFuture();

        private int reports;

        public RetrievedVsClose() {
            loop.setExceptionHandler((reporter, context) -> reports++);
            future.setException(new IllegalStateException("stress"));
        }

        @Actor
        public void closer() {
            loop.close();
        }

        @Actor
        public void other() {
            if (future.exception() == null) {
                throw new AssertionError("the exception is gone");
            }
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = reports;
        }
    }

    /** Two ask for the same exception, one of them by the result. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "asked for: not reported")
    @Outcome(expect = FORBIDDEN, desc = "reported although it was asked for")
    @State
    public static class RetrievedTwice {

        private final EventLoop loop = Asyncio.newEventLoop();

        private final AsyncFuture<Integer> future = loop.createFuture();

        private int reports;

        public RetrievedTwice() {
            loop.setExceptionHandler((reporter, context) -> reports++);
            future.setException(new IllegalStateException("stress"));
        }

        @Actor
        public void one() {
            if (future.exception() == null) {
                throw new AssertionError("the exception is gone");
            }
        }

        @Actor
        public void two() {
            try {
                throw new AssertionError("there is a result: " + future.result());
            } catch (IllegalStateException expected) {
                // as it was set
            }
        }

        @Arbiter
        public void after(I_Result r) {
            loop.close();
            r.r1 = reports;
        }
    }

    /** An exception is set while another thread asks for it as soon as it is there. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "asked for: not reported")
    @Outcome(expect = FORBIDDEN, desc = "reported although it was asked for")
    @State
    public static class RetrievedAsSoonAsSet {

        private final EventLoop loop = Asyncio.newEventLoop();

        private final AsyncFuture<Integer> future = loop.createFuture();

        private int reports;

        public RetrievedAsSoonAsSet() {
            loop.setExceptionHandler((reporter, context) -> reports++);
        }

        @Actor
        public void loop() {
            future.setException(new IllegalStateException("stress"));
        }

        @Actor
        public void other() {
            while (!future.done()) {
                Thread.onSpinWait();
            }
            if (future.exception() == null) {
                throw new AssertionError("the exception is gone");
            }
        }

        @Arbiter
        public void after(I_Result r) {
            loop.close();
            r.r1 = reports;
        }
    }

    /**
     * A step is added to those of a Runner's close while it comes to them. One side writes that
     * there is a step and then looks whether it is too late, the other writes that it is and then
     * looks for steps: so at least one of the two sees to it.
     */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE_INTERESTING, desc = "in time: the close runs it")
    @Outcome(id = "1, 0", expect = ACCEPTABLE_INTERESTING, desc = "too late, and it is known")
    @Outcome(id = "1, 1", expect = ACCEPTABLE_INTERESTING, desc = "it is run all the same")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "nobody runs it, and nobody knows")
    @State
    public static class AddShutdownStep {

        private final DefaultEventLoop loop = DefaultEventLoop.unwrap(Asyncio.newEventLoop());

        @Actor
        public void other(II_Result r) {
            loop.addShutdownStep(() -> null);
            r.r1 = loop.shut() ? 1 : 0;
        }

        @Actor
        public void closer(II_Result r) {
            loop.startShut();
            r.r2 = loop.shutdownSteps().size();
        }

        @Arbiter
        public void after() {
            loop.close();
        }
    }

    /** A callback is handed in while the loop is closed. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE_INTERESTING, desc = "refused")
    @Outcome(
            id = "1",
            expect = ACCEPTABLE_INTERESTING,
            desc = "taken in time, and dropped by close")
    @Outcome(expect = FORBIDDEN, desc = "it has run")
    @State
    public static class CallSoonThreadsafe {

        private final EventLoop loop = Asyncio.newEventLoop();

        private final AtomicInteger ran = new AtomicInteger();

        @Actor
        public void closer() {
            loop.close();
        }

        @Actor
        public void other(I_Result r) {
            try {
                loop.callSoonThreadsafe(() -> ran.set(2));
                r.r1 = 1;
            } catch (IllegalStateException e) {
                r.r1 = 0;
            }
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 += ran.get();
        }
    }
}
