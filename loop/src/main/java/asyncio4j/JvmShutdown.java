package asyncio4j;

import asyncio4j.internal.fiber.Fiber;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Has a {@link Runner} unwind when the JVM is told to stop: a shutdown hook that cancels the main
 * task and holds up the end of the JVM until the runner is closed.
 *
 * <p>The JVM starts all hooks at the same time, each on a thread of its own, so several runners
 * unwind at once. The hook does nothing itself with the loop, which stays with the runner's thread;
 * it waits for that one, as long as there is something to wait for:
 *
 * <ul>
 *   <li>A runner that is between two runs isn't waited for. Only its own thread could close it, and
 *       what that one is about nobody knows.
 *   <li>Code that calls {@code System.exit} waits in there until all hooks have ended, and forever
 *       after that. If that is the loop's code, or the thread that uses the runner, no more comes
 *       of it. Its stack says so; the hook looks at it again and again, as code may call {@code
 *       exit} while it unwinds, too.
 *   <li>A thread that has ended without closing its runner won't do it any more.
 * </ul>
 */
final class JvmShutdown implements Runnable {

    static final Duration DEFAULT_LIMIT = Duration.ofSeconds(10);

    /** How long between two looks at what the loop is about. */
    private static final long LOOK_MILLIS = 20;

    /** How long a loop may take to say which tasks it has. */
    private static final long ANSWER_MILLIS = 500;

    /** A hook has begun: the JVM shuts down. Any thread. */
    private static volatile boolean begun;

    private final Duration limit;

    /** The runner is closed. Any thread. */
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Null if there is nothing to do at the JVM's shutdown. The runner's thread only. */
    private @Nullable Thread hook;

    // Guarded by this, from here on.

    /** The runner's loop runs a main task, or is being closed. */
    private boolean busy;

    /** The main task; null while there is none. */
    private @Nullable MainTask<?> main;

    /** The loop that was busy last, and who called. */
    private @Nullable DefaultEventLoop loop;

    private @Nullable Thread user;

    private JvmShutdown(Duration limit) {
        this.limit = limit;
    }

    /** Watches over a runner that has just got its loop; not at all if the limit is zero. */
    static JvmShutdown watch(Duration limit) {
        JvmShutdown shutdown = new JvmShutdown(limit);
        if (!limit.isZero()) {
            Thread thread =
                    new Thread(null, shutdown, "asyncio4j-shutdown", 0, false); // inherits nothing
            try {
                Runtime.getRuntime().addShutdownHook(thread);
                shutdown.hook = thread;
            } catch (IllegalStateException e) {
                // it is shutting down: whoever runs something now knows that
            }
        }
        return shutdown;
    }

    /** Whether a hook has begun. Any thread. */
    static boolean begun() {
        return begun;
    }

    /** The calling thread runs {@code running}, or closes it if there is no main task. */
    synchronized void enter(DefaultEventLoop running, @Nullable MainTask<?> mainTask) {
        busy = true;
        loop = running;
        main = mainTask;
        user = Thread.currentThread();
    }

    /** The run has ended. */
    synchronized void leave() {
        busy = false;
        main = null;
    }

    /** The loop is closed. */
    void close() {
        closed.countDown();
        Thread present = hook;
        hook = null;
        if (present != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(present);
            } catch (IllegalStateException e) {
                // the JVM shuts down, and has started it
            }
        }
    }

    /** The hook, on its thread. */
    @Override
    public void run() {
        begun = true;
        DefaultEventLoop awaited;
        Thread waiting;
        synchronized (this) {
            if (!busy) {
                return;
            }
            if (main != null) {
                main.jvmEnds();
            }
            awaited = Objects.requireNonNull(loop);
            waiting = Objects.requireNonNull(user);
        }
        long start = System.nanoTime();
        long nanos = Durations.nanos(limit);
        try {
            while (!closed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                if (neverCloses(awaited, waiting)) {
                    return;
                }
                if (System.nanoTime() - start >= nanos) {
                    report(awaited);
                    return;
                }
            }
        } catch (InterruptedException e) {
            // nobody does that; and if, then for the JVM to go on
        }
    }

    private static boolean neverCloses(DefaultEventLoop loop, Thread user) {
        Fiber holder = loop.core().engine().holder();
        return !user.isAlive() || exits(user) || (holder != null && exits(holder.thread()));
    }

    /** Whether {@code thread} has called {@code System.exit}, which doesn't return. Any thread. */
    static boolean exits(Thread thread) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getClassName().equals("java.lang.Shutdown")) {
                return true;
            }
        }
        return false;
    }

    /** Says what keeps the runner from being closed. */
    private void report(DefaultEventLoop loop) throws InterruptedException {
        StringBuilder text =
                new StringBuilder("The JVM ends before the runner of ")
                        .append(loop)
                        .append(" was closed, after a shutdown timeout of ")
                        .append(limit)
                        .append("; not done:");
        text.append(pending(loop));
        Fiber holder = loop.core().engine().holder();
        HolderStack running = holder == null ? null : HolderStack.of(holder);
        if (running != null && !running.frames().isEmpty()) {
            text.append("\nthe loop is held by ").append(running.who()).append(running);
        }
        LoopReports.write(System.Logger.Level.WARNING, text.toString(), null);
    }

    /** The tasks that didn't end, and where they are. */
    private static String pending(DefaultEventLoop loop) throws InterruptedException {
        CompletableFuture<String> answer = new CompletableFuture<>();
        loop.core().post(ThreadsafeFutures.light(() -> answer.complete(text(loop.tasks().copy()))));
        try {
            return answer.get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return text(loop.tasks().copy()); // one step holds it up, so that they stay as they are
        }
    }

    private static String text(Set<Task<?>> tasks) {
        StringBuilder text = new StringBuilder();
        int left = tasks.size();
        for (Task<?> task : tasks) {
            if (tasks.size() - left == LoopReports.MOST_TASKS) {
                return text.append("\nand ").append(left).append(" more").toString();
            }
            left--;
            text.append('\n').append(task);
            StackTraceElement[] stack = task.getStack();
            if (stack.length == 0) {
                text.append("\n    not begun, or running");
            }
            for (StackTraceElement frame : stack) {
                text.append("\n    at ").append(frame);
            }
        }
        return text.toString();
    }
}
