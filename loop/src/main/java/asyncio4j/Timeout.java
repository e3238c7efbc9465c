package asyncio4j;

import asyncio4j.internal.fiber.Step;
import asyncio4j.internal.loop.LoopCore;
import asyncio4j.internal.loop.TimerStep;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/**
 * A deadline for a block of code. Python's {@code asyncio.Timeout}. When it has passed, the task is
 * cancelled; on the way out of the block the cancellation becomes a {@link TimeoutException},
 * unless somebody else has cancelled the task as well. A block that swallows the cancellation ends
 * as if nothing had been.
 *
 * {@snippet :
 * String page = await(timeout(Duration.ofSeconds(2), t -> {
 *     String found = await(sleep(Duration.ofMillis(10), "found"));
 *     t.reschedule(t.when().plusSeconds(5)); // there is something: it may take longer
 *     return found;
 * }));
 * }
 *
 * <p>{@link Asyncio#timeout(Duration, Body)} and {@link Asyncio#timeoutAt(Duration, Body)} are the
 * forms to prefer. {@link Asyncio#timeout(Duration)} and {@link Asyncio#timeoutAt(Duration)} are
 * for a block that can't be a lambda; what is caught there is a {@link TimeoutError}, as an
 * exception that leaves a {@code try} can't be exchanged for another in Java.
 *
 * {@snippet :
 * try (var _ = timeout(Duration.ofSeconds(2))) {
 *     await(sleep(Duration.ofHours(1)));
 * } catch (TimeoutError e) {
 *     System.out.println("too slow");
 * }
 * }
 *
 * <p>Timeouts may be nested; each is for the task that entered it, and ends with that task at the
 * latest. {@link #reschedule} and {@link #close} belong to the loop's thread and fail on any other;
 * any thread may ask the rest, though the answer may not be the last word there.
 */
public final class Timeout implements AutoCloseable {

    /** A block that ends before its deadline, without a result. */
    @FunctionalInterface
    public interface VoidBody {

        /**
         * The block; see {@link Coroutine#run()}.
         *
         * @param timeout the timeout that it runs in
         * @throws Exception what the block throws
         * @throws CancelledError if the task was cancelled, by the deadline or by others
         */
        void run(Timeout timeout) throws Exception;
    }

    /**
     * A block that ends before its deadline, with a result. It is a {@link VoidBody} too, so that
     * Java takes {@code t -> await(...)} for this one.
     *
     * @param <T> the type of the result
     */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object> extends VoidBody {

        /**
         * The block; see {@link Coroutine#run()}.
         *
         * @param timeout the timeout that it runs in
         * @return the result
         * @throws Exception what the block throws
         * @throws CancelledError if the task was cancelled, by the deadline or by others
         */
        T call(Timeout timeout) throws Exception;

        @Override
        default void run(Timeout timeout) throws Exception {
            call(timeout);
        }

        /**
         * A block without a result as one whose result is null.
         *
         * @param body the block
         * @return one that runs {@code body}
         */
        static Body<@Nullable Void> of(VoidBody body) {
            Objects.requireNonNull(body, "the body is null: pass a lambda, such as t -> { ... }");
            return timeout -> {
                body.run(timeout);
                return null;
            };
        }
    }

    /** How the block is written, and so what its deadline throws. */
    enum Form {
        /** A TimeoutException takes the place of the cancellation when the block ends. */
        LAMBDA,
        /** The cancellation is a TimeoutError from the start. */
        TRY
    }

    /** Python's names for its states; there is none before it is entered. */
    private enum State {
        ENTERED("active"),
        EXPIRING("expiring"),
        EXPIRED("expired"),
        EXITED("finished");

        private final String word;

        State(String word) {
            this.word = word;
        }
    }

    private final Task<?> task;

    private final Form form;

    /** How often the task had been cancelled when this was entered. */
    private final int cancelling;

    // Baton holder only, from here on; other threads may look.

    private State state = State.ENTERED;

    private @Nullable Duration when;

    /** How long it might take; null if the deadline was given as a time. */
    private @Nullable Duration within;

    /** What will cancel the task; null if nothing will. */
    private @Nullable Deadline deadline;

    /** This has ended as expired, and nobody else had cancelled the task. */
    private boolean timedOut;

    /** The next one of those that the task has entered. */
    private @Nullable Timeout outer;

    private Timeout(Task<?> task, Form form) {
        this.task = task;
        this.form = form;
        this.cancelling = task.cancelling();
        this.outer = task.timeout;
        task.timeout = this;
    }

    /** Enters one that ends {@code delay} from now; null for never. In {@code task}. */
    static Timeout enter(Task<?> task, @Nullable Duration delay, Form form) {
        Timeout timeout = new Timeout(task, form);
        if (delay != null) {
            timeout.schedule(Durations.after(task.loop().core().nanos(), delay));
            timeout.within = delay;
        }
        return timeout;
    }

    /** Enters one that ends at {@code when}; null for never. In {@code task}. */
    static Timeout enterAt(Task<?> task, @Nullable Duration when, Form form) {
        Timeout timeout = new Timeout(task, form);
        timeout.reschedule(when);
        return timeout;
    }

    /**
     * The deadline.
     *
     * @return the time on the loop's clock; null if there is none
     */
    public @Nullable Duration when() {
        return when;
    }

    /**
     * Moves the deadline. One that has passed already takes effect in the next iteration of the
     * loop. Any code of the loop may do this, not only the block itself.
     *
     * @param newWhen a time on the loop's clock ({@link EventLoop#time()}); null for none
     * @throws IllegalStateException if the deadline has passed or the block has ended
     */
    public void reschedule(@Nullable Duration newWhen) {
        LoopCore core = checkThread("Timeout.reschedule").core();
        if (state != State.ENTERED) {
            throw new IllegalStateException(
                    "Cannot change state of "
                            + state.word
                            + " Timeout: reschedule it inside of its block, before the deadline");
        }
        dropDeadline(core);
        within = null;
        when = newWhen;
        if (newWhen != null) {
            schedule(Durations.nanos(newWhen));
            when = newWhen;
        }
    }

    private void schedule(long nanos) {
        LoopCore core = task.loop().core();
        Deadline next = new Deadline(this, nanos);
        when = Duration.ofNanos(nanos);
        deadline = next;
        if (nanos <= core.nanos()) {
            core.add((Step) next);
        } else {
            core.add(next);
        }
    }

    private void dropDeadline(LoopCore core) {
        Deadline dropped = deadline;
        if (dropped != null) {
            deadline = null;
            core.cancel(dropped);
        }
    }

    /**
     * Whether the deadline has passed while the block was running.
     *
     * @return true from that moment on, and after the end of the block too
     */
    public boolean expired() {
        return state == State.EXPIRING || state == State.EXPIRED;
    }

    /** Ends the block. What try-with-resources calls; does nothing when called again. */
    @Override
    public void close() {
        checkThread("Timeout.close");
        exit();
    }

    /** Runs {@code body} inside of this, and ends it. On the task's fiber. */
    <T extends @Nullable Object> T run(Body<T> body) throws Exception {
        T result;
        try {
            result = body.call(this);
        } catch (Throwable e) {
            throw Sneaky.raise(exitWith(e));
        }
        exit();
        return result;
    }

    /** Ends this, and says whether it has timed out. Baton holder only. */
    private boolean exit() {
        if (state == State.ENTERED || state == State.EXPIRING) {
            dropDeadline(task.loop().core());
            unlink();
            if (state == State.EXPIRING) {
                state = State.EXPIRED;
                timedOut = task.uncancel() <= cancelling;
            } else {
                state = State.EXITED;
            }
        }
        return timedOut;
    }

    /** Ends this, and says what is thrown in place of {@code error}, which left the block. */
    private Throwable exitWith(Throwable error) {
        boolean late = exit();
        Throwable leaving = TimeoutError.leaving(error);
        if (late && leaving instanceof CancelledError) {
            return exception(leaving);
        }
        if (late && !(leaving instanceof GeneratorExit)) {
            addTo(leaving);
        }
        return leaving;
    }

    /** Tells on an error of the block's own that it came when the time was over. */
    private void addTo(Throwable error) {
        if (error instanceof TimeoutException) {
            return;
        }
        for (Throwable suppressed : error.getSuppressed()) {
            if (suppressed instanceof TimeoutException) {
                return;
            }
        }
        error.addSuppressed(new TimeoutException(message()));
    }

    /** Whether this has ended as expired, without anybody else having cancelled the task. */
    boolean timedOut() {
        return timedOut;
    }

    /** What is thrown to those outside. */
    TimeoutException exception(Throwable cause) {
        TimeoutException exception = new TimeoutException(message());
        exception.initCause(cause);
        return exception;
    }

    private String message() {
        return within == null
                ? "not done by " + when + " of the loop's time"
                : "not done within " + within;
    }

    private void unlink() {
        Timeout next = outer;
        outer = null;
        if (task.timeout == this) {
            task.timeout = next;
            return;
        }
        // a block in a generator need not end before those that were entered after it
        for (Timeout each = task.timeout; each != null; each = each.outer) {
            if (each.outer == this) {
                each.outer = next;
                return;
            }
        }
    }

    /** Ends those that {@code task} has entered and not ended. When its body has ended. */
    static void exitAll(Task<?> task) {
        for (Timeout each = task.timeout; each != null; each = task.timeout) {
            each.exit();
        }
    }

    /**
     * What is thrown at an await in {@code task}, to which {@code error} is being delivered: a
     * {@link TimeoutError} if that is what will come of it as it leaves the blocks, judging by what
     * is known now. On the task's fiber.
     */
    static CancelledError delivered(Task<?> task, CancelledError error) {
        int requests = task.cancelling();
        for (Timeout each = task.timeout; each != null; each = each.outer) {
            if (each.state == State.EXPIRING) {
                requests = Math.max(0, requests - 1);
                if (requests <= each.cancelling) {
                    boolean told = error instanceof TimeoutError e && e.timeout() == each;
                    return each.form == Form.LAMBDA || told
                            ? error
                            : new TimeoutError(each, each.message(), error);
                }
            }
        }
        return error;
    }

    private DefaultEventLoop checkThread(String what) {
        DefaultEventLoop loop = task.loop();
        loop.checkThread(what);
        return loop;
    }

    @Override
    public String toString() {
        return "Timeout[" + state.word + (state == State.ENTERED ? ", when=" + when : "") + "]";
    }

    /** Cancels the task when its time has come. Baton holder only. */
    private static final class Deadline extends TimerStep {

        private final Timeout timeout;

        Deadline(Timeout timeout, long when) {
            super(when);
            this.timeout = timeout;
        }

        @Override
        public boolean light() {
            return true;
        }

        @Override
        public void run() {
            if (timeout.deadline == this) {
                timeout.deadline = null;
                timeout.task.cancel();
                timeout.state = State.EXPIRING;
            }
        }

        @Override
        public String toString() {
            return "the deadline of a timeout";
        }
    }
}
