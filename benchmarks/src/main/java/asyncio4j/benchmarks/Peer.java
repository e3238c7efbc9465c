package asyncio4j.benchmarks;

import org.jspecify.annotations.Nullable;

/**
 * Whose figure it is: ours, or that of a peer that does the same work. In the order of the tables'
 * columns.
 */
enum Peer {
    ASYNCIO4J("asyncio4j", "Asyncio4j"),
    /** The same benchmarks as ours once more, on the other engine. */
    ASYNCIO4J_CONTINUATIONS("asyncio4j on continuations", "Asyncio4jOnContinuations"),
    CPYTHON("CPython", "CPython"),
    UVLOOP("uvloop", "uvloop"),
    KOTLIN("Kotlin", "Kotlin"),
    KOTLIN_FLOW("Kotlin `Flow.asFlux`", "KotlinFlow"),
    VIRTUAL_THREADS("virtual threads", "VirtualThreads"),
    GENERATE("`Flux.generate`", "FluxGenerate"),
    CREATE("`Flux.create`", "FluxCreate"),
    TO_ITERABLE("`toIterable`", "ToIterable"),
    JOX("jox `Channel`", "Jox"),
    BLOCK("`block()`", "Block"),
    BLOCK_VIRTUAL("`block()` on a virtual thread", "BlockVirtual"),
    SCHEDULED_EXECUTOR("`ScheduledThreadPoolExecutor`", "ScheduledExecutor"),
    RAW_CONTINUATION("raw `Continuation`", "RawContinuation");

    /** The head of its column. */
    final String title;

    /** The end of the names of its benchmarks, and its name in what the Python script prints. */
    final String suffix;

    Peer(String title, String suffix) {
        this.title = title;
        this.suffix = suffix;
    }

    /** The peer of a benchmark method: no suffix is the end of another one. */
    static Peer ofMethod(String method) {
        Peer found = null;
        for (Peer peer : values()) {
            if (method.endsWith(peer.suffix)) {
                found = peer;
            }
        }
        return known(found, method);
    }

    /** The peer that the Python script names. */
    static Peer ofName(String name) {
        Peer found = null;
        for (Peer peer : values()) {
            if (peer.suffix.equals(name)) {
                found = peer;
            }
        }
        return known(found, name);
    }

    private static Peer known(@Nullable Peer found, String name) {
        if (found == null) {
            throw new IllegalArgumentException(
                    "whose figure is "
                            + name
                            + "? Its name must end with a suffix that Peer knows");
        }
        return found;
    }
}
