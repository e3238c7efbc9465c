package asyncio4j;

import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One {@link Runner#run}: the main task, and what Ctrl-C and an interrupt of the waiting thread do to it.
 *
 * <p>The counters are touched by the thread of the JVM's signal handlers and by the one that waits.
 */
final class MainTask<T extends @Nullable Object> {

    private final Task<T> task;

    private final DefaultEventLoop loop;

    private final AtomicInteger signals = new AtomicInteger();

    private final AtomicInteger interrupts = new AtomicInteger();

    /** A Ctrl-C asked for a KeyboardInterrupt at once. */
    private volatile boolean atOnce;

    MainTask(Task<T> task) {
        this.task = task;
        this.loop = task.loop();
    }

    T run(EventLoop runner) {
        loop.interruptListener(this::interrupted);
        try (Sigint sigint = Sigint.install(this::signalled)) {
            T result = runner.runUntilComplete(task);
            if (atOnce) {
                throw new KeyboardInterrupt(); // it came when the loop had left already
            }
            return result;
        } catch (CancellationException e) {
            if (task.cancelled() && signals.get() > 0 && task.uncancel() == 0) {
                KeyboardInterrupt interrupt = new KeyboardInterrupt();
                interrupt.initCause(e);
                throw interrupt;
            }
            throw e;
        } finally {
            loop.interruptListener(null);
        }
    }

    /** Ctrl-C: the first cancels the task; the next interrupts what runs, and leaves at once. */
    private void signalled() {
        if (signals.incrementAndGet() == 1 && !task.done()) {
            loop.enqueue(ThreadsafeFutures.light(task::cancel));
        } else {
            atOnce = true;
            loop.core().interrupt(new KeyboardInterrupt());
        }
    }

    /** The same for an interrupt of the thread that waits for the loop. */
    private void interrupted() {
        if (interrupts.incrementAndGet() == 1 && !task.done()) {
            loop.enqueue(ThreadsafeFutures.light(task::cancel));
        } else {
            loop.core().interrupt(new CancellationException("the thread that waited in run was interrupted twice"));
        }
    }
}
