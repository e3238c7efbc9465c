package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One {@link Runner#run}: the main task, and what Ctrl-C and an interrupt of the waiting thread do
 * to it.
 *
 * <p>{@code signals} and {@code atOnce} are touched by the threads of the JVM's signal handlers and
 * by the one that waits, {@code delivered} by the baton holder and by the one that waits.
 */
final class MainTask<T extends @Nullable Object> {

    private final Task<T> task;

    private final DefaultEventLoop loop;

    private final AtomicInteger signals = new AtomicInteger();

    /** How often the waiting thread was interrupted; only that thread touches it. */
    private int interrupts;

    /** The first Ctrl-C has reached the task before its end. */
    private volatile boolean delivered;

    /** A Ctrl-C asked for a KeyboardInterrupt at once. */
    private volatile boolean atOnce;

    MainTask(Task<T> task) {
        this.task = task;
        this.loop = task.loop();
    }

    T run(EventLoop runner) {
        boolean interrupted = Thread.interrupted();
        if (interrupted) {
            interrupts++;
            task.cancel(); // before it has begun, so it never does
        }
        loop.interruptListener(this::interrupted);
        try {
            return runToEnd(runner);
        } catch (CancellationException e) {
            if (atOnce || (task.cancelled() && signals.get() > 0 && task.uncancel() == 0)) {
                KeyboardInterrupt interrupt = new KeyboardInterrupt();
                interrupt.initCause(e);
                throw withOwnFailure(interrupt);
            }
            throw withOwnFailure(e);
        } catch (KeyboardInterrupt | SystemExit e) {
            throw withOwnFailure(e);
        } finally {
            loop.interruptListener(null);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private T runToEnd(EventLoop runner) {
        T result;
        try (var _ = Sigint.install(this::signalled)) {
            result = runner.runUntilComplete(task);
        }
        if (atOnce || (signals.get() > 0 && !delivered)) {
            throw new KeyboardInterrupt(); // it came when the task or the loop had come to its end
            // already
        }
        return result;
    }

    /** What the task made of being interrupted is told along with what made the loop leave. */
    private <E extends Throwable> E withOwnFailure(E leaving) {
        Throwable own = task.peekException();
        if (own != null && own != leaving) {
            leaving.addSuppressed(own);
        }
        task.retrieved();
        return leaving;
    }

    /** Ctrl-C: the first cancels the task; the next interrupts what runs, and leaves at once. */
    private void signalled() {
        if (signals.incrementAndGet() == 1 && !task.done()) {
            loop.enqueue(ThreadsafeFutures.light(() -> delivered = task.cancel()));
        } else {
            atOnce = true;
            loop.core().interrupt(new KeyboardInterrupt());
        }
    }

    /** The JVM shuts down: cancels the task. Any thread. */
    void jvmEnds() {
        loop.enqueue(ThreadsafeFutures.light(() -> task.cancel("the JVM was told to stop")));
    }

    /**
     * The same for an interrupt of the thread that waits for the loop; but a result that is there
     * already counts.
     */
    private void interrupted() {
        if (++interrupts > 1) {
            loop.core()
                    .interrupt(
                            new CancellationException(
                                    "the thread that waited in run was interrupted twice"));
        } else if (!task.done()) {
            loop.enqueue(ThreadsafeFutures.light(task::cancel));
        }
    }
}
