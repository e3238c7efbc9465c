package asyncio4j;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** What another thread sees of an {@link AsyncFuture} that is completed just then. */
public final class AsyncFutureStress {

    /** Never runs; so it belongs to whichever thread completes a future of it. */
    private static final EventLoop LOOP = Asyncio.newEventLoop();

    private AsyncFutureStress() {}

    /** A result whose content isn't published by anything but the future. */
    private static final class Box {

        int content;

        Box(int content) {
            this.content = content;
        }
    }

    /** An error whose content isn't published by anything but the future. */
    private static final class BoxError extends RuntimeException {

        private static final long serialVersionUID = 1L;

        int content;

        BoxError(int content) {
            super("stress", null, false, false);
            this.content = content;
        }
    }

    /** A result is set. */
    @JCStressTest
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "not done yet")
    @Outcome(id = "42", expect = ACCEPTABLE, desc = "done, with the whole result")
    @Outcome(expect = FORBIDDEN, desc = "done, without the result or with half of it")
    @State
    public static class SetResultVsResult {

        private final AsyncFuture<Box> future = LOOP.createFuture();

        @Actor
        public void loop() {
            future.setResult(new Box(42));
        }

        @Actor
        public void other(I_Result r) {
            r.r1 = future.done() ? future.result().content : -1;
        }
    }

    /** An exception is set; the loop is one of its own, as it remembers that. */
    @JCStressTest
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "not done yet")
    @Outcome(id = "42", expect = ACCEPTABLE, desc = "done, with the whole exception")
    @Outcome(expect = FORBIDDEN, desc = "done, without the exception or with half of it")
    @State
    public static class SetExceptionVsException {

        private final AsyncFuture<Box> future = Asyncio.newEventLoop().createFuture();

        @Actor
        public void loop() {
            future.setException(new BoxError(42));
        }

        @Actor
        public void other(I_Result r) {
            r.r1 =
                    future.done() && future.exception() instanceof BoxError error
                            ? error.content
                            : -1;
            if (r.r1 == -1 && future.done() && future.exception() == null) {
                r.r1 = 0;
            }
        }
    }

    /** It is cancelled, with a message. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not done yet")
    @Outcome(
            id = "0, 1",
            expect = ACCEPTABLE_INTERESTING,
            desc = "cancelled just after it was asked whether it was")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "cancelled, with the message")
    @Outcome(expect = FORBIDDEN, desc = "cancelled, but without the message, or not done any more")
    @State
    public static class CancelVsResult {

        private final AsyncFuture<Box> future = LOOP.createFuture();

        @Actor
        public void loop() {
            future.cancel("why");
        }

        @Actor
        public void other(II_Result r) {
            r.r1 = future.cancelled() ? 1 : 0;
            try {
                r.r2 = future.result() == null ? 2 : 3;
            } catch (InvalidStateException e) {
                r.r2 = 0;
            } catch (CancelledError e) {
                r.r2 = "why".equals(e.getMessage()) ? 1 : 4;
            }
        }
    }

    /**
     * Two threads ask for the outcome of a cancelled task. The error that ended it, with its stack,
     * is taken by the first; nobody else may hold it, or add to what it has as suppressed.
     */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE_INTERESTING, desc = "the first has the task's own")
    @Outcome(id = "0, 1", expect = ACCEPTABLE_INTERESTING, desc = "the second has the task's own")
    @Outcome(expect = FORBIDDEN, desc = "both have it, or none")
    @State
    public static class ResultOfCancelledVsResult {

        private final CancelledError own = new CancelledError("stress");

        private final AsyncFuture<Box> future = LOOP.createFuture();

        public ResultOfCancelledVsResult() {
            future.becomeCancelled(own);
        }

        private int ask() {
            try {
                throw new AssertionError(future.result());
            } catch (CancelledError e) {
                return e == own ? 1 : 0;
            }
        }

        @Actor
        public void first(II_Result r) {
            r.r1 = ask();
        }

        @Actor
        public void second(II_Result r) {
            r.r2 = ask();
        }
    }
}
