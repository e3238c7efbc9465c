package asyncio4j;

import asyncio4j.internal.spi.Companion;
import asyncio4j.internal.spi.ThreadLocals;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** The {@link Companion}s that are there, and what they are asked. Any thread. */
final class Companions {

    private static final List<Companion> ALL = load();

    private Companions() {}

    private static List<Companion> load() {
        List<Companion> all = new ArrayList<>();
        for (Companion companion :
                ServiceLoader.load(Companion.class, Companion.class.getClassLoader())) {
            companion.loopCreated();
            all.add(companion);
        }
        return List.copyOf(all);
    }

    /** Makes sure that the companions know that there are loops. */
    static void loopCreated() {
        // loading this class did it
    }

    /** What carries the values of thread-locals along with tasks, or null. */
    static @Nullable ThreadLocals threadLocals() {
        for (Companion companion : ALL) {
            ThreadLocals found = companion.threadLocals();
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /**
     * Reports a result that does nothing as it is: the coroutine forgot an await. In debug mode
     * only.
     */
    static void checkReturned(Task<?> task, Object value) {
        String kind = awaitable(value);
        Unawaited.handedIn(value);
        if (kind != null) {
            task.loop()
                    .report(
                            ExceptionContext.of(
                                            "Task "
                                                    + task.getName()
                                                    + " returned "
                                                    + kind
                                                    + " that nobody awaited, so it never runs: "
                                                    + "write return await(...) in the coroutine",
                                            null)
                                    .future(task));
        }
    }

    private static @Nullable String awaitable(Object value) {
        if (value instanceof Coroutine || value instanceof VoidCoroutine) {
            return "a coroutine";
        }
        for (Companion companion : ALL) {
            String kind = companion.awaitable(value);
            if (kind != null) {
                return kind;
            }
        }
        return null;
    }
}
