package asyncio4j;

import asyncio4j.internal.fiber.Step;

import org.jspecify.annotations.Nullable;

import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The exceptions of a loop's futures that nobody has asked for. Each is reported when its future
 * was collected as garbage, as asyncio does, and all that are left when the loop is closed.
 *
 * <p>The collector's thread only posts a step to the loop, which reports on a pump: the handler is
 * the user's code, and never runs on the stack of a task or of a foreign thread. {@link
 * Entry#retrieved} and {@link Entry#collected} may be called by any thread; the rest belongs to the
 * baton holder.
 */
final class Unretrieved {

    private final DefaultEventLoop loop;

    private final Set<Entry> entries = ConcurrentHashMap.newKeySet();

    private long sequence;

    /** The loop has been closed, so that nobody but the collector's thread will report any. */
    private volatile boolean closed;

    Unretrieved(DefaultEventLoop loop) {
        this.loop = loop;
    }

    /** Remembers that nobody knows of {@code exception} yet. */
    Entry track(AsyncFuture<?> future, Throwable exception) {
        Entry entry = new Entry(future, exception, sequence++);
        entries.add(entry);
        entry.cleanable = Janitor.CLEANER.register(future, entry::collected);
        return entry;
    }

    /** The loop is being closed: reports all, in the order in which they came. */
    void close() {
        List<Entry> left = new ArrayList<>(entries);
        left.sort(Comparator.comparingLong(entry -> entry.number));
        for (Entry entry : left) {
            entry.report();
        }
    }

    /**
     * The loop has been closed. Until now the collector's thread, which the loop refuses by then,
     * has left all to {@link #close}, that is to the exception handler. What came too late for
     * that, or was left because the handler threw, is logged: now, or when its future is collected.
     */
    void closed() {
        closed = true;
        for (Entry entry : entries) {
            if (entry.future.get() == null) {
                entry.log();
            }
        }
    }

    /**
     * One exception that nobody has asked for. It must not hold its future, which could never be
     * collected then.
     */
    final class Entry {

        private final WeakReference<AsyncFuture<?>> future;

        private final Throwable exception;

        private final long number;

        private final String message;

        /** Where the handler is to be called; null if it isn't a task's exception. */
        private final @Nullable Context context;

        private final @Nullable Throwable creationStack;

        /** Null for a moment after this was made. */
        private volatile Cleaner.@Nullable Cleanable cleanable;

        Entry(AsyncFuture<?> future, Throwable exception, long number) {
            Task<?> task = future instanceof Task<?> t ? t : null;
            this.future = new WeakReference<>(future);
            this.exception = exception;
            this.number = number;
            this.message =
                    task == null
                            ? "Future exception was never retrieved"
                            : "Task exception was never retrieved: " + task.getName();
            this.context = task == null ? null : task.getContext();
            this.creationStack = future.creationStack();
        }

        Throwable exception() {
            return exception;
        }

        /** Somebody asked for it. Any thread. */
        void retrieved() {
            var _ = take();
        }

        /**
         * Takes this out, and says whether the caller is the one who did: who tells of the
         * exception, or knows that nobody has to. Any thread.
         */
        private boolean take() {
            if (!entries.remove(this)) {
                return false;
            }
            Cleaner.Cleanable registration = cleanable;
            if (registration != null) {
                registration.clean(); // finds nothing to do, and lets go of this and the loop
            }
            return true;
        }

        /** Nobody can ask for it any more. Any thread. */
        void collected() {
            if (!entries.contains(this)) {
                return;
            }
            boolean posted =
                    loop.core()
                            .post(
                                    new Step() {
                                        @Override
                                        public void run() {
                                            report();
                                        }

                                        @Override
                                        public String toString() {
                                            return "the report of an exception that was never"
                                                    + " retrieved";
                                        }
                                    });
            if (!posted && closed) {
                log();
            }
        }

        private void log() {
            if (take()) {
                loop.reports().log(described());
            }
        }

        private void report() {
            if (!take()) {
                return;
            }
            if (context == null) {
                loop.report(described());
            } else {
                context.call(() -> loop.report(described()));
            }
        }

        private ExceptionContext described() {
            AsyncFuture<?> present = future.get();
            return present == null
                    ? new ExceptionContext(message, exception, null, null, null, creationStack)
                    : ExceptionContext.of(message, exception).future(present);
        }
    }
}
