package asyncio4j;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The exceptions of a loop's futures that nobody has asked for. They are reported when their future is gone, as
 * asyncio does, and all that are left when the loop is closed.
 *
 * <p>{@link Entry#retrieved} may be called by any thread; the rest belongs to the baton holder.
 */
final class Unretrieved {

    private final DefaultEventLoop loop;

    private final Set<Entry> entries = ConcurrentHashMap.newKeySet();

    private final ReferenceQueue<AsyncFuture<?>> gone = new ReferenceQueue<>();

    Unretrieved(DefaultEventLoop loop) {
        this.loop = loop;
    }

    /** Remembers that nobody knows of {@code exception} yet. */
    Entry track(AsyncFuture<?> future, Throwable exception) {
        sweep();
        Entry entry = new Entry(future, exception);
        entries.add(entry);
        return entry;
    }

    /** Reports the exceptions of futures that nobody can ask any more. */
    void sweep() {
        for (Reference<?> reference = gone.poll(); reference != null; reference = gone.poll()) {
            report((Entry) reference);
        }
    }

    /** Reports all. */
    void close() {
        for (Entry entry : entries) {
            report(entry);
        }
    }

    private void report(Entry entry) {
        if (entries.remove(entry)) {
            ExceptionContext context = ExceptionContext.of(
                    entry.kind + " exception was never retrieved" + entry.name, entry.exception);
            AsyncFuture<?> future = entry.get();
            loop.callExceptionHandler(future == null ? context : context.future(future));
        }
    }

    /** One exception that nobody has asked for. */
    final class Entry extends WeakReference<AsyncFuture<?>> {

        private final Throwable exception;

        private final String kind;

        private final String name;

        Entry(AsyncFuture<?> future, Throwable exception) {
            super(future, gone);
            this.exception = exception;
            this.kind = future instanceof Task ? "Task" : "Future";
            this.name = future instanceof Task<?> task ? ": " + task.getName() : "";
        }

        /** Somebody asked for it. Any thread. */
        void retrieved() {
            entries.remove(this);
        }
    }
}
