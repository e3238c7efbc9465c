package asyncio4j;

import asyncio4j.internal.fiber.Step;

import org.jspecify.annotations.Nullable;

import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A coroutine that was made in debug mode, and is reported if nobody ever runs it: when it was
 * collected as garbage, or at the latest when the loop is closed that ran the code that made it.
 * Python's "coroutine ... was never awaited".
 *
 * <p>Outside of debug mode there is no such object, and {@link #track} only looks at a flag. The
 * collector's thread does nothing but post a step, as for {@link Unretrieved}.
 */
final class Unawaited<T extends @Nullable Object> extends TimedCoroutine<T> {

    /** Made with the first coroutine of a loop in debug mode. */
    private static final class Janitor {
        static final Cleaner CLEANER = Cleaner.create();
    }

    private static final AtomicLong NUMBERS = new AtomicLong();

    /** Whether there ever was a loop in debug mode. Any thread. */
    private static volatile boolean used;

    private final Coroutine<T> made;

    private final Entry entry;

    private Unawaited(Coroutine<T> made, Entry entry) {
        this.made = made;
        this.entry = entry;
    }

    /** A loop is in debug mode. */
    static void use() {
        used = true;
    }

    /**
     * The same coroutine; in debug mode one that is reported as {@code name} if it is never run.
     */
    static <T extends @Nullable Object> Coroutine<T> track(String name, Coroutine<T> made) {
        return used ? trackIfDebug(name, made) : made;
    }

    /** The same for one with a deadline. */
    static <T extends @Nullable Object> TimedCoroutine<T> track(
            String name, TimedCoroutine<T> made) {
        return used && trackIfDebug(name, made) instanceof TimedCoroutine<T> timed ? timed : made;
    }

    private static <T extends @Nullable Object> Coroutine<T> trackIfDebug(
            String name, Coroutine<T> made) {
        DefaultEventLoop loop = DefaultEventLoop.running();
        if (loop == null || !loop.getDebug() || loop.core().closed()) {
            return made;
        }
        Entry entry = new Entry(loop, name);
        Unawaited<T> tracked = new Unawaited<>(made, entry);
        loop.unawaited().add(entry);
        entry.cleanable = Janitor.CLEANER.register(tracked, entry::collected);
        return tracked;
    }

    /** {@code value} is somebody else's to run or to report from now on, if it is a coroutine. */
    static void handedIn(@Nullable Object value) {
        if (value instanceof Unawaited<?> tracked) {
            tracked.entry.taken();
        }
    }

    /**
     * The calling code's loop runs, and {@code what} is about to refuse {@code coroutine}: says so
     * in debug mode.
     */
    static void refused(@Nullable Object coroutine, String what) {
        DefaultEventLoop loop = used ? DefaultEventLoop.running() : null;
        if (coroutine != null && loop != null && loop.getDebug()) {
            handedIn(coroutine);
            loop.report(
                    new Entry(loop, coroutine.getClass().getName())
                            .described(
                                    ": " + what + " refused it, as a loop runs already; await it"));
        }
    }

    /** Reports all that are left, in the order in which they were made. */
    static void close(DefaultEventLoop loop) {
        List<Entry> left = new ArrayList<>(loop.unawaited());
        left.sort(Comparator.comparingLong(entry -> entry.number));
        left.forEach(Entry::report);
    }

    @Override
    public T run() throws Exception {
        entry.taken();
        return made.run();
    }

    @Override
    public String toString() {
        return made.toString();
    }

    /** What there is to say about one. It must not hold the coroutine. */
    static final class Entry {

        private final DefaultEventLoop loop;

        private final String name;

        private final long number = NUMBERS.incrementAndGet();

        private final CreationStack creationStack =
                new CreationStack("the coroutine was made here");

        /** Null for a moment after this was made. */
        private volatile Cleaner.@Nullable Cleanable cleanable;

        Entry(DefaultEventLoop loop, String name) {
            this.loop = loop;
            this.name = name;
        }

        /** Somebody runs it. Any thread. */
        private void taken() {
            Set<Entry> entries = loop.unawaited();
            if (entries.remove(this)) {
                Objects.requireNonNull(cleanable).clean(); // finds nothing to do, and lets go
            }
        }

        /** Nobody can run it any more. Any thread. */
        private void collected() {
            if (!loop.unawaited().contains(this)) {
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
                                            return "the report of a coroutine that was never"
                                                    + " awaited";
                                        }
                                    });
            if (!posted && loop.unawaited().remove(this)) {
                loop.reports().log(described("")); // it was made while the loop was closed
            }
        }

        private void report() {
            if (loop.unawaited().remove(this)) {
                loop.report(described(": it does nothing until it is run; await it"));
            }
        }

        private ExceptionContext described(String why) {
            return new ExceptionContext(
                    "coroutine " + name + " was never awaited" + why,
                    null,
                    null,
                    null,
                    null,
                    creationStack);
        }
    }

    /** The entries of a loop. */
    static Set<Entry> entries() {
        return ConcurrentHashMap.newKeySet();
    }
}
