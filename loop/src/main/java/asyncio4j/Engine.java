package asyncio4j;

import asyncio4j.internal.fiber.ContinuationEngine;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/**
 * What the tasks of a loop run on. Without being told, a loop takes {@link #CONTINUATIONS} where
 * they are available, and {@link #VIRTUAL_THREADS} else.
 *
 * <p>The system property {@code asyncio4j.engine} says which one to take: {@code virtual-threads}
 * or {@code continuations}. {@link LoopOptions#engine} and {@link Runner.Builder#engine} come
 * before it.
 */
public enum Engine {

    /**
     * Each task that suspends has a virtual thread, and one of them runs at a time. Needs no flag.
     */
    VIRTUAL_THREADS,

    /**
     * All tasks run on one thread, the loop's own, as they do in asyncio; each that suspends is a
     * continuation of the JDK's. Switching between them is several times as fast. Needs a flag on
     * the command line, {@code --add-exports java.base/jdk.internal.vm=ALL-UNNAMED} ({@code
     * =asyncio4j.loop} if the library is on the module path), or {@code Add-Exports:
     * java.base/jdk.internal.vm} in the manifest of the jar that {@code java -jar} is given.
     *
     * <p>Tasks share the thread's {@code ThreadLocal}s and whatever else belongs to a thread, such
     * as a {@code ReentrantLock}. An await inside of {@code synchronized}, or with a native method
     * or a static initializer on the stack, fails.
     */
    CONTINUATIONS;

    static final String PROPERTY = "asyncio4j.engine";

    /**
     * Whether a loop of this JVM can run on this.
     *
     * @return true if it can
     */
    public boolean isAvailable() {
        return this == VIRTUAL_THREADS || ContinuationEngine.available();
    }

    /** The engine of a new loop for which {@code asked} was asked, or nothing. */
    static Engine choose(@Nullable Engine asked) {
        Engine chosen = asked == null ? byProperty() : asked;
        if (chosen == null) {
            return CONTINUATIONS.isAvailable() ? CONTINUATIONS : VIRTUAL_THREADS;
        }
        if (!chosen.isAvailable()) {
            throw new IllegalStateException(
                    "the engine of continuations was asked for "
                            + (asked == null ? "by the system property " + PROPERTY + " " : "")
                            + "and is not there: start java with --add-exports"
                            + " java.base/jdk.internal.vm="
                            + (Engine.class.getModule().isNamed()
                                    ? Engine.class.getModule().getName()
                                    : "ALL-UNNAMED")
                            + ", or have Add-Exports: java.base/jdk.internal.vm in the manifest of"
                            + " the application's jar, or ask for "
                            + VIRTUAL_THREADS.text());
        }
        return chosen;
    }

    /** What the system property says; null if it isn't set. */
    private static @Nullable Engine byProperty() {
        String setting = System.getProperty(PROPERTY);
        if (setting == null) {
            return null;
        }
        String name = setting.strip().toLowerCase(Locale.ROOT);
        for (Engine engine : values()) {
            if (engine.text().equals(name)) {
                return engine;
            }
        }
        throw new IllegalArgumentException(
                PROPERTY
                        + " is '"
                        + setting
                        + "': set it to "
                        + VIRTUAL_THREADS.text()
                        + " or "
                        + CONTINUATIONS.text());
    }

    private String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
